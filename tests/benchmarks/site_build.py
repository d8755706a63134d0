"""How fast a site is built: from nothing, unchanged, one page, its title, a template; against others in one run.

    python tests/benchmarks/site_build.py --pages 1000 --others

Every generator gets the same pages. `naive/` is the same site as a careful newcomer writes it with Flask and
Frozen-Flask; see there. `--others` adds Pelican and MkDocs, installed into `--tools DIR` or a folder that goes
afterwards; they and the naive site make everything anew each time, so that what changed makes no difference to them.
Builds from nothing are repeated in turn (`--rounds`) and the quickest of each counts; what takes longer than
`--limit` seconds is stopped and told. Processor time is that of all processes of a build, memory that of the largest.
On a shared machine processor time says more than the clock, and even that grows with what the neighbours do.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent))

from site_corpus import write_corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

OTKLIK = Path(sys.executable).with_name("otklik")
NAIVE = Path(__file__).resolve().parent / "naive/app.py"
PELICAN = "PATH='content'\nSITENAME='Tea'\nSITEURL=''\nTIMEZONE='UTC'\nDEFAULT_DATE='fs'\n"
MKDOCS = "site_name: Tea\ndocs_dir: {content}\nsite_dir: {out}\ntheme: {{name: mkdocs}}\nplugins: [search]\n"
# A template of the company's own, as a designer changes it.
TEMPLATE = "content/theme/article.html"
AFTER = '{% extends "otklik/article.html" %}{% block after %}{{ super() }}<p>TEA</p>{% endblock %}\n'
# Runs a program and writes down the memory of its largest process: only a parent of its own can tell it.
MEASURED = """
import resource, subprocess, sys
status = subprocess.run(sys.argv[2:], stdout=2).returncode
open(sys.argv[1], "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
sys.exit(status)
"""


@dataclass(frozen=True)
class Took:
    """What one build took: seconds by the clock, of the processors, and megabytes of its largest process."""

    clock: float
    processor: float
    memory: int


class Runner:
    """Runs builds and prints a line for each kind of them."""

    def __init__(self, scratch: Path, limit: float) -> None:
        self._scratch = scratch
        self._limit = limit

    def run(self, words: Sequence[object], folder: Path) -> Took | None:
        """What a build took; None, and a word why, where it failed or took too long."""
        note, said = self._scratch / "memory", self._scratch / "said"
        before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        with said.open("wb") as stream:
            build = subprocess.Popen(
                [sys.executable, "-c", MEASURED, str(note), *map(str, words)], cwd=folder, stderr=stream,
                start_new_session=True,
            )  # fmt: skip
            try:
                status = build.wait(self._limit)
            except subprocess.TimeoutExpired:
                os.killpg(build.pid, signal.SIGKILL)
                build.wait()
                print(f"{words[0]}: stopped after {self._limit:.0f} s", file=sys.stderr)
                return None
        clock = time.perf_counter() - begun
        if status:
            print(f"{words[0]}: failed\n{said.read_text(errors='replace')[-2000:]}", file=sys.stderr)
            return None
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return Took(clock, processor, int(note.read_text()) // 1024)


def line(name: str, took: Sequence[Took | None]) -> Took | None:
    """Prints the quickest of some builds, and returns it."""
    done = [one for one in took if one]
    if not done:
        print(f"| {name} | - | - | - |", flush=True)
        return None
    best = Took(*(min(getattr(one, field) for one in done) for field in ("clock", "processor", "memory")))
    print(f"| {name} | {best.clock:.2f} | {best.processor:.2f} | {best.memory} |", flush=True)
    return best


def edits(folder: Path, build: Callable[[], Took | None]) -> None:
    """Builds again after nothing, one page's text, its title, a template, and without the published folder."""
    line("otklik, nothing changed", [build() for _ in range(3)])
    page = folder / "content/ru/part-01/note-00001.md"
    took = []
    for word in ("Раз.", "Два.", "Три."):
        page.write_text(page.read_text(encoding="utf-8") + f"\n{word}\n", encoding="utf-8")
        took.append(build())
    line("otklik, one page's text", took)
    took = []
    for word in ("One", "Two", "Three"):
        page.write_text(page.read_text(encoding="utf-8").replace("title: ", f"title: {word}, ", 1), encoding="utf-8")
        took.append(build())
    line("otklik, one page's title", took)
    template = folder / TEMPLATE
    template.write_text(template.read_text(encoding="utf-8").replace("TEA", "COFFEE"), encoding="utf-8")
    line("otklik, a template", [build()])
    shutil.rmtree(folder / "public")
    line("otklik, published folder gone, cache kept", [build()])


def tools(place: Path) -> Path | None:
    """The folder of Pelican's and MkDocs' commands; None where they cannot be installed."""
    bin_ = place / "bin"
    if not (bin_ / "mkdocs").exists():
        try:
            venv.create(place, with_pip=True)
            subprocess.run([bin_ / "python", "-m", "pip", "install", "-qq", "pelican[markdown]", "mkdocs"], check=True)
        except subprocess.CalledProcessError as error:
            print(f"Pelican and MkDocs are left out: {error}", file=sys.stderr)
            return None
    return bin_


def builds(scratch: Path, pages: int, bin_: Path | None) -> dict[str, tuple[list[object], Path, list[Path]]]:
    """Every generator's command, the folder it runs in, and what must be gone for a build from nothing."""
    own, others = scratch / "own", scratch / "others"
    for folder in (own, others):
        write_corpus(folder, pages)
    (own / TEMPLATE).parent.mkdir()
    (own / TEMPLATE).write_text(AFTER, encoding="utf-8")
    out = {name: scratch / name for name in ("naive", "pelican", "mkdocs")}
    found: dict[str, tuple[list[object], Path, list[Path]]] = {
        "otklik": ([OTKLIK, "build"], own, [own / "public", own / ".otklik-cache"]),
        "naive Frozen-Flask": ([sys.executable, NAIVE, "content", out["naive"]], others, [out["naive"]]),
    }
    if bin_:
        (others / "pelicanconf.py").write_text(PELICAN)
        (others / "mkdocs.yml").write_text(MKDOCS.format(content=others / "content", out=out["mkdocs"]))
        pelican: list[object] = [bin_ / "pelican", "content", "-o", out["pelican"], "-s", "pelicanconf.py"]
        found["Pelican"] = (pelican, others, [out["pelican"]])
        found["MkDocs"] = ([bin_ / "mkdocs", "build", "-q"], others, [out["mkdocs"]])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--others", action="store_true", help="Pelican and MkDocs too")
    parser.add_argument("--tools", type=Path, help="where Pelican and MkDocs are, or are installed and stay")
    parser.add_argument("--rounds", type=int, help="builds from nothing of each (3, or 1 above 2,000 pages)")
    parser.add_argument("--limit", type=float, default=900, help="seconds that one build may take (%(default)s)")
    asked = parser.parse_args()
    rounds = asked.rounds or (3 if asked.pages <= 2000 else 1)
    with tempfile.TemporaryDirectory() as made:
        scratch = Path(made)
        runner = Runner(scratch, asked.limit)
        bin_ = tools(asked.tools or scratch / "tools") if asked.others else None
        all_builds = builds(scratch, asked.pages, bin_)
        print(f"{datetime.now(UTC):%d %B %Y}, Python {platform.python_version()}, {os.cpu_count()} cores, "
              f"load average {os.getloadavg()[0]:.1f}; the quickest of {rounds}\n")  # fmt: skip
        print(f"| {asked.pages:,} pages | s | CPU s | MB |\n| --- | ---: | ---: | ---: |")
        took: dict[str, list[Took | None]] = {name: [] for name in all_builds}
        for _round in range(rounds):  # in turn, so that a noisy minute meets all of them
            for name, (words, folder, before) in all_builds.items():
                for gone in before:
                    shutil.rmtree(gone, ignore_errors=True)
                took[name].append(runner.run(words, folder))
        best = {name: line(f"{name}, from nothing", found) for name, found in took.items()}
        words, folder, _before = all_builds["otklik"]
        edits(folder, lambda: runner.run(words, folder))
        print(f"\nload average at the end {os.getloadavg()[0]:.1f}")
        own = best.pop("otklik")
        for name, other in best.items():
            if own and other:
                print(f"from nothing {other.clock / own.clock:.1f} times as fast as {name} by the clock, "
                      f"{other.processor / own.processor:.1f} times by processor time")  # fmt: skip


if __name__ == "__main__":
    main()
