"""What a browser must not say while it is tested."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage


@contextmanager
def quiet(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A context whose storage begins empty; at its end nothing may stand in its console."""
    context = browser.new_context(**options)
    context.set_default_timeout(8000)
    said: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        # The browser itself notes a refused or broken request there; no page can prevent it.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            said.append(message.text)

    context.on("console", listen)
    context.on("weberror", lambda error: said.append(str(error.error)))
    yield context
    context.close()
    assert said == []
