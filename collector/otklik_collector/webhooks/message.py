"""What a webhook is told: a JSON body, and a signature by which its receiver knows that it comes from us.

Headers and signature follow Standard Webhooks 1.0, for which most languages have a library.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any
from uuid import UUID

from otklik_collector.response import Response, utc_text
from otklik_collector.store.outbox import Delivery
from otklik_collector.store.webhooks import Webhook
from otklik_widget.scales import SCALES

TEST = "test"


def body_of(kind: str, milliseconds: int, data: Mapping[str, Any]) -> bytes:
    """The JSON that is sent: what happened, when, and the facts."""
    said = {"type": kind, "timestamp": utc_text(milliseconds), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def facts(response: Response, hook: Webhook) -> dict[str, Any]:
    """A response for another system: words and contacts only where the webhook was made with them."""
    found: dict[str, Any] = {
        "id": str(UUID(bytes=response.id)), "rev": response.rev, "touchpoint": response.touchpoint,
        "place": response.place, "scale": response.scale, "score": response.score,
        "low": response.score in SCALES[response.scale].unhappy, "reasons": list(response.reasons),
        "channel": response.channel, "segment": response.segment, "lang": response.lang,
        "answered_at": utc_text(response.answered_at), "received_at": utc_text(response.received_at),
        "customer": response.person.hex() if response.person else None, "flags": list(response.flags),
    }  # fmt: skip
    if "comment" in hook.carries:
        found["comment"] = response.comment
    if "contact" in hook.carries:
        value, consent = response.contact or (None, None)
        found["contact"] = {"value": value, "consent": consent} if value else None
    return found


def message(delivery: Delivery, hook: Webhook, response: Response | None) -> bytes | None:
    """The body of a delivery; None where its response is there no more."""
    if delivery.response is None:
        return body_of(delivery.kind, delivery.created_at, json.loads(delivery.body))
    return body_of(delivery.kind, delivery.created_at, facts(response, hook)) if response else None


def signed(hook: Webhook, id: str, seconds: int, body: bytes) -> dict[str, str]:
    """The headers of a request, signed with the webhook's secret."""
    key = base64.b64decode(hook.secret.removeprefix("whsec_"))
    signature = hmac.digest(key, f"{id}.{seconds}.".encode() + body, "sha256")
    return {
        "Content-Type": "application/json",
        "User-Agent": f"otklik/{version('otklik')}",
        "Webhook-Id": id,
        "Webhook-Timestamp": str(seconds),
        "Webhook-Signature": f"v1,{base64.b64encode(signature).decode()}",
    }
