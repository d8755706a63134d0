"""How fast a site is built: cold, unchanged, one page, its title, a template; against other generators in one run.

    python tests/benchmarks/site_build.py --pages 1000 --others

`--others` installs Pelican and MkDocs into a throw-away environment. Processor time is that of all processes of a
build; on a shared machine it says more than the clock. The naive Frozen-Flask site does what a tutorial does: it reads
all pages, renders Markdown with the same extensions in the view, and freezes every address through a small template.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from site_corpus import write_corpus

OTKLIK = Path(sys.executable).with_name("otklik")
NAIVE = '''
import sys
from pathlib import Path
import markdown, yaml
from flask import Flask, render_template_string
from flask_frozen import Freezer
content, out = map(Path, sys.argv[1:])
app = Flask(__name__)
app.config.update(FREEZER_DESTINATION=str(out), FREEZER_IGNORE_MIMETYPE_WARNINGS=True)
pages = {}
for file in content.rglob("*.md"):
    head, body = file.read_text(encoding="utf-8").split("\\n---\\n", 1)
    url = file.relative_to(content).with_suffix("").as_posix().removesuffix("index").rstrip("/")
    pages[url] = (yaml.safe_load(head.removeprefix("---\\n")), body)
TEMPLATE = """<!doctype html><html lang="{{ lang }}"><head><meta charset="utf-8"><title>{{ page.title }}</title>
<meta name="description" content="{{ page.description }}"></head><body><nav>{% for url, other in menu %}
<a href="{{ url_for('page', url=url) }}">{{ other.title }}</a>{% endfor %}</nav><h1>{{ page.title }}</h1>
{{ body|safe }}</body></html>"""
@app.route("/<path:url>/")
def page(url):
    head, body = pages[url]
    menu = [(other, found[0]) for other, found in pages.items() if found[0].get("nav") and other[:2] == url[:2]]
    html = markdown.markdown(body, extensions=["attr_list", "tables", "footnotes", "def_list", "md_in_html", "toc"])
    return render_template_string(TEMPLATE, page=head, body=html, menu=menu, lang=url[:2])
freezer = Freezer(app)
@freezer.register_generator
def page():
    for url in pages:
        yield {"url": url}
freezer.freeze()
'''
PELICAN = "PATH='content'\nSITENAME='Tea'\nSITEURL=''\nTIMEZONE='UTC'\nDEFAULT_DATE='fs'\n"
MKDOCS = "site_name: Tea\ndocs_dir: {content}\nsite_dir: {out}\ntheme: {{name: mkdocs}}\nplugins: []\n"


def run(name: str, words: list[object], folder: Path, **environ: str) -> tuple[str, float, float, int]:
    """Runs a build and tells its time by the clock, its processor time, and the memory of its largest process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    program = "import os, resource, subprocess, sys\nsubprocess.run(sys.argv[2:], check=True, stdout=2)\n"
    program += "open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\n"
    note = folder / "memory"
    subprocess.run(
        [sys.executable, "-c", program, str(note), *map(str, words)], cwd=folder, check=True,
        stderr=subprocess.DEVNULL, env={**os.environ, **environ},
    )  # fmt: skip
    clock = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    memory = int(note.read_text()) // 1024
    print(f"| {name} | {clock:.2f} | {processor:.2f} | {memory} |", flush=True)
    return name, clock, processor, memory


def ours(folder: Path) -> None:
    build: list[object] = [OTKLIK, "build"]
    run("otklik, cold", build, folder)
    run("otklik, nothing changed", build, folder)
    page = folder / "content/ru/part-01/note-00001.md"
    page.write_text(page.read_text(encoding="utf-8") + "\nЕщё слово.\n", encoding="utf-8")
    run("otklik, one page's text", build, folder)
    page.write_text(page.read_text(encoding="utf-8").replace("title: ", "title: New, "), encoding="utf-8")
    run("otklik, one page's title", build, folder)
    # The company's name stands on every page, as an edited template does: all are made anew, no text is read again.
    journey = folder / "content/journey.toml"
    journey.write_text(journey.read_text(encoding="utf-8").replace("Anna's Tea", "Olga's Tea"), encoding="utf-8")
    run("otklik, what stands on every page", build, folder)
    shutil.rmtree(folder / "public")
    run("otklik, published folder gone, cache kept", build, folder)


def others(folder: Path, scratch: Path) -> None:
    place = scratch / "venv"
    venv.create(place, with_pip=True)
    python = place / "bin/python"
    subprocess.run([python, "-m", "pip", "install", "-q", "pelican[markdown]", "mkdocs"], check=True)
    (folder / "pelicanconf.py").write_text(PELICAN)
    (folder / "mkdocs.yml").write_text(MKDOCS.format(content=folder / "content", out=scratch / "mkdocs"))
    run("Pelican", [place / "bin/pelican", "content", "-o", scratch / "pelican", "-s", "pelicanconf.py"], folder)
    run("MkDocs", [place / "bin/mkdocs", "build", "-q"], folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--others", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        scratch = Path(made)
        folder = scratch / "site"
        write_corpus(folder, asked.pages)
        print(f"{asked.pages} pages, load average {os.getloadavg()[0]:.1f}\n")
        print("| | s | CPU s | MB |\n| --- | ---: | ---: | ---: |")
        ours(folder)
        (scratch / "naive.py").write_text(NAIVE)
        run("naive Frozen-Flask", [sys.executable, scratch / "naive.py", "content", scratch / "naive"], folder)
        if asked.others:
            others(folder, scratch)
        print(f"\nload average at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
