"""GET /api/v1/openapi.json: every public address with its parameters, replies and examples (OpenAPI 3.1)."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import flask
import yaml

SOURCE = Path(__file__).parent / "openapi.yaml"


@cache
def description() -> dict[str, Any]:
    """The document as data; our version is filled in."""
    text = SOURCE.read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    found["info"]["version"] = version("otklik")
    return found


@cache
def _text() -> str:
    return json.dumps(description(), ensure_ascii=False, default=str)


def document() -> flask.Response:
    reply = flask.Response(_text(), mimetype="application/json")
    reply.headers["Cache-Control"] = "public, max-age=300"
    # It holds nothing of anybody: documentation pages elsewhere may show it.
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply
