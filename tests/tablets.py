"""What a tablet sends to a collector."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

from conftest import Reply, _lower


def post(url: str, path: str, sent: object, **headers: str) -> Reply:
    """Sends JSON, or bytes as they are."""
    body = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    request = urllib.request.Request(url + path, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as found:
            return Reply(found.status, _lower(found.headers), found.read())
    except urllib.error.HTTPError as refused:
        with refused:
            return Reply(refused.code, _lower(refused.headers), refused.read())
