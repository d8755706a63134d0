"""How long a response takes at 500 a second, whoever else is slow: an open loop, so nobody waits politely.

python tests/benchmarks/open_loop.py [--rate 500] [--seconds 20] [--half-sent 200]

A response is due at its time whether or not earlier ones were acknowledged, and its time counts from then on: a stall
of the collector is felt by all who come meanwhile, as in a shop.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from pathlib import Path

from company import PLACES, TOUCHPOINTS, journey_of
from durable import cpu_seconds, free_port, memory_mb, running

from otklik_widget.contract import make_uuid7


def request(port: int) -> bytes:
    now = int(time.time() * 1000)
    body = json.dumps(
        {
            "id": str(make_uuid7()), "point": f"point-{random.randrange(TOUCHPOINTS)}", "scale": "smiley5",
            "score": random.randrange(5), "place": f"place-{random.randrange(PLACES)}", "lang": "ru",
            "segment": "host", "at": now, "sent": now,
        }
    )  # fmt: skip
    head = f"POST /responses HTTP/1.1\r\nHost: x\r\nOrigin: http://127.0.0.1:{port}\r\n"
    return f"{head}Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


async def visit(
    connections: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]], due: float, port: int
) -> tuple[float, bool]:
    """One response over the first free connection: seconds from when it was due, and whether it was stored."""
    reader, writer = await connections.get()
    writer.write(request(port))
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    await reader.readexactly(length)
    taken = time.perf_counter() - due
    connections.put_nowait((reader, writer))
    return taken, head.startswith(b"HTTP/1.1 201")


async def load(port: int, rate: int, seconds: float) -> tuple[list[float], int]:
    """The times of all responses, sorted, and how many were not stored."""
    connections: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _n in range(128):
        connections.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    begun, visits = time.perf_counter() + 0.1, []
    for number in range(int(rate * seconds)):
        due = begun + number / rate
        await asyncio.sleep(max(0, due - time.perf_counter()))
        visits.append(asyncio.create_task(visit(connections, due, port)))
    found = await asyncio.gather(*visits)
    while not connections.empty():
        connections.get_nowait()[1].close()
    return sorted(taken for taken, _stored in found), sum(not stored for _taken, stored in found)


async def half_sent(port: int, number: int) -> list[asyncio.StreamWriter]:
    """So many clients that begin a body and never end it."""
    opened = []
    for _n in range(number):
        _reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /responses HTTP/1.1\r\nHost: x\r\nContent-Length: 300\r\n\r\n{")
        opened.append(writer)
    return opened


async def measure(name: str, pid: int, port: int, rate: int, seconds: float, slow: int) -> None:
    await load(port, rate, 2)
    hanging = asyncio.create_task(_keep_half_sent(port, slow)) if slow else None
    await asyncio.sleep(0.5)
    spent = cpu_seconds(pid)
    times, refused = await load(port, rate, seconds)
    spent = cpu_seconds(pid) - spent
    if hanging:
        hanging.cancel()

    def at(share: float) -> float:
        return times[min(int(len(times) * share), len(times) - 1)] * 1000

    print(
        f"| {name} | {at(0.5):.1f} | {at(0.95):.1f} | {at(0.99):.1f} | {at(1):.1f} | {refused}"
        f" | {spent / len(times) * 1e6:.0f} | {memory_mb(pid):.0f} |",
        flush=True,
    )


async def _keep_half_sent(port: int, number: int) -> None:
    """Keeps so many half-sent bodies open; the collector ends each after ten seconds, so new ones come."""
    opened: list[asyncio.StreamWriter] = []
    try:
        while True:
            opened += await half_sent(port, number)
            await asyncio.sleep(9)
            for writer in opened[:-number]:
                writer.close()
            del opened[:-number]
    finally:
        for writer in opened:
            writer.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--half-sent", type=int, default=200)
    args = parser.parse_args()
    print("| ms | half | 95 % | 99 % | longest | refused | CPU µs each | memory MB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    with tempfile.TemporaryDirectory() as scratch:
        folder, port = Path(scratch), free_port()
        journey_of(folder)
        command = [sys.executable, "-m", "otklik_widget.cli", "serve", "--port", str(port)]
        command += ["--db", str(folder / "o.db"), "--journey", str(folder / "journey.toml")]
        with running(command, port, folder) as pid:
            rate = f"{args.rate} a second"
            asyncio.run(measure(rate, pid, port, args.rate, args.seconds, 0))
            beside = f"{rate}, {args.half_sent} half-sent bodies beside"
            asyncio.run(measure(beside, pid, port, args.rate, args.seconds, args.half_sent))
        # What the machine itself adds just now: the same load on a server that stores nothing.
        nothing = [sys.executable, str(Path(__file__).with_name("peers.py")), "rsgi", str(port), scratch]
        with running(nothing, port, folder) as pid:
            asyncio.run(measure("limit: a server that does nothing", pid, port, args.rate, args.seconds, 0))


if __name__ == "__main__":
    main()
