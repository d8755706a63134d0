"""The command `otklik` without the half second of its start, which the tests would spend a thousand times.

One process imports everything and then forks for each command. What runs is a process of its own all the same, with
arguments, environment, folder and streams of its own, killed and waited for like any other. What is told of the
interpreter itself (PYTHON…, the locale) needs a real start.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

NUMBER = struct.Struct("!i")


class Started:
    """A running command, as `subprocess.Popen` shows one; `stdout` and `stderr` are pipes."""

    def __init__(self, told: socket.socket, stdout: IO[str], stderr: IO[str]) -> None:
        self._told = told
        self.stdout, self.stderr = stdout, stderr
        self.pid = _number(told)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("otklik", timeout or 0)
            self.returncode = _number(self._told)
            self._told.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        self.stdout.close()
        self.stderr.close()


class Commands:
    """Starts commands; ends with the process that made it, or when it is closed."""

    def __init__(self) -> None:
        self._asks, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, __file__, str(theirs.fileno())]
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])

    def start(self, words: Sequence[object], cwd: Path, environ: Mapping[str, str], typed: str = "") -> Started:
        """Starts a command that reads a few words which somebody `typed`."""
        told, theirs = socket.socketpair()
        into, into_end = os.pipe()
        os.write(into_end, typed.encode())
        os.close(into_end)
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        socket.send_fds(self._asks, [b"."], [theirs.fileno(), into, out_end, err_end])
        theirs.close()
        for end in (into, out_end, err_end):
            os.close(end)
        wanted = {"words": [str(word) for word in words], "cwd": str(cwd), "environ": dict(environ)}
        told.sendall(json.dumps(wanted).encode())
        told.shutdown(socket.SHUT_WR)
        return Started(told, os.fdopen(out, encoding="utf-8"), os.fdopen(err, encoding="utf-8"))

    def close(self) -> None:
        self._asks.close()
        self._process.wait(10)


def _number(told: socket.socket) -> int:
    found: int = NUMBER.unpack(told.recv(NUMBER.size, socket.MSG_WAITALL))[0]
    return found


# --- the process that forks ----------------------------------------------------------------------------------------


def _words_of_a_command(asks: socket.socket) -> list[str]:
    """Returns in each new command, with its words; where nobody asks any more, this process ends."""
    keepers: set[int] = set()
    while True:
        _byte, handles, _flags, _address = socket.recv_fds(asks, 1, 4)
        with contextlib.suppress(ChildProcessError):  # so that who measures a run sees what its commands cost
            while ended := os.waitpid(-1, os.WNOHANG)[0]:
                keepers.discard(ended)
        if not handles:
            for keeper in keepers:  # a run that was broken off leaves nothing behind
                os.kill(keeper, signal.SIGTERM)
            sys.exit()
        keeper = os.fork()
        if keeper == 0:
            asks.close()
            return _begin(handles[0], handles[1:])
        keepers.add(keeper)
        for handle in handles:
            os.close(handle)


def _begin(told: int, streams: Sequence[int]) -> list[str]:
    """Forks the command and stays behind to tell how it ended."""
    with socket.socket(fileno=told) as teller:
        with teller.makefile() as asked:
            wanted = json.load(asked)
        pid = os.fork()
        if pid:
            for handle in (*streams, 1, 2):
                os.close(handle)
            signal.signal(signal.SIGTERM, lambda *_: os.kill(pid, signal.SIGTERM))
            teller.sendall(NUMBER.pack(pid))
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            with contextlib.suppress(OSError):
                teller.sendall(NUMBER.pack(status))
            os._exit(0)
    for number, handle in enumerate(streams):
        os.dup2(handle, number)
        os.close(handle)
    os.chdir(wanted["cwd"])
    os.environ.clear()
    os.environ.update(wanted["environ"])
    time.tzset()
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)
    words: list[str] = wanted["words"]
    sys.argv[1:] = words
    return words


def _prepare() -> None:
    import flask_frozen  # noqa: F401

    import otklik_collector.serve
    import otklik_site.freeze
    import otklik_widget.cli

    with contextlib.redirect_stdout(io.StringIO()):
        otklik_widget.cli.main(["--version"])
    del otklik_collector, otklik_site
    gc.collect()
    gc.freeze()  # what is here stays shared with every command


if __name__ == "__main__":
    _prepare()
    words = _words_of_a_command(socket.socket(fileno=int(sys.argv[1])))
    from otklik_widget.cli import main

    sys.exit(main(words))
