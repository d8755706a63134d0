"""Firefox and WebKit, driven in their own ways with the standard library: Marionette and W3C WebDriver."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

WEBKIT = ("/usr/lib/*/webkit2gtk-4.1/MiniBrowser", "/usr/lib/*/webkit2gtk-4.0/MiniBrowser")


class NotHere(Exception):  # noqa: N818 - it is no error of ours
    """This machine has no such browser; the text says what is missing."""


class Engine:
    """A browser with one window; `ask` sends a command of WebDriver."""

    name = ""
    version = ""

    def ask(self, command: str, **values: Any) -> Any:
        raise NotImplementedError

    def open(self, address: str) -> None:
        self.ask("Navigate", url=address)

    def run(self, script: str, *values: Any) -> Any:
        """What a piece of JavaScript returns in the page."""
        return self.ask("ExecuteScript", script=script, args=list(values))

    def until(self, script: str, seconds: float = 20) -> Any:
        """What the script returns as soon as that is something."""
        end = time.monotonic() + seconds
        while not (found := self.run(script)):
            assert time.monotonic() < end, f"{self.name}: never: {script}"
            time.sleep(0.05)
        return found

    def press(self, selector: str, number: int = 0, inside: str = "otklik-ask") -> None:
        """A real press of the mouse on an element of the question."""
        x, y = self.until(
            f"const found = document.querySelector('{inside}')?.shadowRoot?.querySelectorAll('{selector}')[{number}];"
            "found?.scrollIntoView({block: 'center'}); const box = found?.getBoundingClientRect();"
            "return box?.width && [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]"
        )
        moves = [{"type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": "viewport"}]
        moves += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        mouse = {"type": "pointer", "id": "mouse", "parameters": {"pointerType": "mouse"}, "actions": moves}
        self.ask("PerformActions", actions=[mouse])

    def type(self, *keys: str) -> None:
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.ask("PerformActions", actions=[{"type": "key", "id": "keyboard", "actions": strokes}])


class Firefox(Engine):
    """Marionette: JSON over a socket, each message with its length before it."""

    name = "Firefox"

    def __init__(self, line: socket.socket) -> None:
        self._line = line.makefile("rwb")
        self._number = 0
        self._read()
        found = self.ask("NewSession", capabilities={"alwaysMatch": {}})
        self.version = found["capabilities"]["browserVersion"]

    def ask(self, command: str, **values: Any) -> Any:
        self._number += 1
        text = json.dumps([0, self._number, f"WebDriver:{command}", values]).encode()
        self._line.write(b"%d:%s" % (len(text), text))
        self._line.flush()
        _kind, _number, fault, found = self._read()
        assert fault is None, fault
        return found["value"] if isinstance(found, dict) and set(found) == {"value"} else found

    def end(self) -> None:
        self._line.close()

    def _read(self) -> Any:
        length = b""
        while (letter := self._line.read(1)) != b":":
            length += letter
        return json.loads(self._line.read(int(length)))


PATHS = {"Navigate": "/url", "ExecuteScript": "/execute/sync", "PerformActions": "/actions"}


class WebKit(Engine):
    """WebKitGTK's own driver: W3C WebDriver over HTTP."""

    name = "WebKitGTK"

    def __init__(self, address: str, browser: str) -> None:
        self._address = address
        options = {"binary": browser, "args": ["--automation"]}
        found = self._post("/session", {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}})
        self._session = f"/session/{found['sessionId']}"
        self.version = found["capabilities"]["browserVersion"]

    def ask(self, command: str, **values: Any) -> Any:
        return self._post(self._session + PATHS[command], values)

    def end(self) -> None:
        request = urllib.request.Request(self._address + self._session, method="DELETE")
        with suppress(OSError), urllib.request.urlopen(request, timeout=10):
            pass

    def _post(self, path: str, value: Any) -> Any:
        request = urllib.request.Request(self._address + path, json.dumps(value).encode())
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return json.load(reply)["value"]
        except urllib.error.HTTPError as refused:
            with refused:
                raise AssertionError(refused.read().decode()) from None


@contextmanager
def firefox() -> Iterator[Engine]:
    """A Firefox without a window; raises `NotHere`."""
    found = shutil.which("firefox") or shutil.which("firefox-esr")
    if not found:
        raise NotHere("there is no firefox (apt-get install firefox-esr)")
    port = _free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        settings = {"marionette.port": port, "app.update.enabled": False, "datareporting.policy.firstRunURL": ""}
        lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in settings.items())
        Path(profile, "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [found, "--headless", "--marionette", "--no-remote", "--profile", profile]
        with _running(command, HOME=profile), _connected(port) as line:
            engine = Firefox(line)
            yield engine
            engine.end()


@contextmanager
def webkit() -> Iterator[Engine]:
    """WebKitGTK's MiniBrowser on a screen in memory; raises `NotHere`."""
    browsers = [str(path) for pattern in WEBKIT for path in Path("/").glob(pattern[1:])]
    driver, screen = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
    if not driver or not browsers:
        raise NotHere("there is no WebKitWebDriver (apt-get install webkit2gtk-driver)")
    if not screen:
        raise NotHere("there is no Xvfb (apt-get install xvfb)")
    port, display = _free_port(), f":{90 + os.getpid() % 900}"
    environ = {"DISPLAY": display, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1", "LIBGL_ALWAYS_SOFTWARE": "1"}
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        _running([screen, display, "-screen", "0", "1280x900x24", "-nolisten", "tcp"]),
        _running([driver, f"--port={port}"], HOME=home, GDK_BACKEND="x11", **environ),
    ):
        _answering(f"http://127.0.0.1:{port}/status")
        engine = WebKit(f"http://127.0.0.1:{port}", browsers[0])
        try:
            yield engine
        finally:
            engine.end()


@contextmanager
def _running(command: list[str], **environ: str) -> Iterator[None]:
    process = subprocess.Popen(
        command, env={**os.environ, **environ}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _connected(port: int, seconds: float = 60) -> socket.socket:
    end = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def _answering(address: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
