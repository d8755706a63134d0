"""The manual's recipes for hosts, tried with real web servers and read as these hosts read them."""

from __future__ import annotations

import gzip
import http.client
import re
import shutil
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from conftest import TOP
from letters import free_port

from otklik_widget.cli import main

MODULES = "mpm_event authn_core authz_core alias dir mime headers deflate filter unixd"
# Longer than what nginx sets aside for an address, and of other letters than ours.
LONG = "stranitsa-o-tom-kak-my-vozvrashchaem-dengi-za-tovar-kotoryy-ne-podoshyol"


def recipe(kind: str, lang: str = "en") -> str:
    """The recipe of a kind in the manual: `kind` is what stands behind its fence."""
    text = (TOP / f"docs/{lang}/hosting.md").read_text(encoding="utf-8")
    return "\n".join(re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL))


@pytest.mark.parametrize("kind", ["nginx", "apache", "yaml", "toml", "sh"])
def test_both_languages_have_the_same_recipes(kind: str) -> None:
    bare = [re.sub(r"(^|\s)#.*", "", recipe(kind, lang)).split() for lang in ("en", "ru")]
    assert bare[0] == bare[1]
    assert bare[0]


def test_what_machines_of_hosts_read_can_be_read() -> None:
    workflow = yaml.safe_load(recipe("yaml"))
    steps = workflow["jobs"]["site"]["steps"]
    assert [step["run"] for step in steps if "otklik build" in step.get("run", "")]
    netlify = tomllib.loads(recipe("toml").partition("[build]")[1] + recipe("toml").partition("[build]")[2])
    assert netlify["build"]["publish"] == "public"
    assert [part["for"] for part in netlify["headers"]] == ["/*", "/pictures/*"]


@pytest.fixture(scope="module")
def public() -> Iterator[Path]:
    """A company's site with renamed pages, where servers that give up their rights can read it."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        folder.chmod(0o755)
        assert main(["new", str(folder / "shop"), "--lang", "en"]) == 0
        for lang in ("ru", "en"):
            page = folder / f"shop/content/{lang}/contacts.md"
            moved = f"moved_from: [/{lang}/where/, /{lang}/old/where.html, /{lang}/где-мы/, /{lang}/{LONG}/]\n"
            page.write_text(page.read_text(encoding="utf-8").replace("title:", f"{moved}title:", 1), encoding="utf-8")
        words = ["--content", str(folder / "shop/content"), "--out", str(folder / "public")]
        assert main(["build", *words, "--base-url", "https://shop.example.com", "--lang", "en"]) == 0
        yield folder / "public"


class Host:
    """A web server at a port of its own."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        connection.request("GET", path, headers={"Host": "shop.example.com", **headers})
        reply = connection.getresponse()
        found = reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
        connection.close()
        return found


@contextmanager
def running(command: list[str], port: int) -> Iterator[Host]:
    """A server while it is needed, once it answers."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    host = Host(port)
    try:
        for _try in range(100):
            try:
                host.ask("/")
                break
            except OSError:
                assert process.poll() is None, process.communicate()[0]
                time.sleep(0.05)
        yield host
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture(scope="module")
def nginx(public: Path) -> Iterator[Host]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if not program:
        pytest.skip("no nginx on this machine")
    port = free_port()
    own = recipe("nginx").replace("/srv/site", str(public)).replace("listen 80;", f"listen 127.0.0.1:{port};")
    folder = public.parent
    places = "\n".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = folder / "nginx.conf"
    conf.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;\nevents {{}}\n"
        f"http {{ include /etc/nginx/mime.types; access_log off;\n{places}\n{own}\n}}",
        encoding="utf-8",
    )
    with running([program, "-c", str(conf), "-e", f"{folder}/nginx.log"], port) as host:
        yield host


@pytest.fixture(scope="module")
def apache(public: Path) -> Iterator[Host]:
    program = shutil.which("apache2", path="/usr/sbin:/usr/bin") or shutil.which("httpd", path="/usr/sbin:/usr/bin")
    modules = Path("/usr/lib/apache2/modules")
    if not program or not modules.is_dir():
        pytest.skip("no Apache on this machine")
    port = free_port()
    folder = public.parent
    own = recipe("apache").replace("/srv/site", str(public)).replace("*:80", f"127.0.0.1:{port}")
    built_in = subprocess.run([program, "-l"], capture_output=True, text=True, check=True).stdout
    wanted = [name for name in MODULES.split() if f"mod_{name}.c" not in built_in and f"{name}.c" not in built_in]
    conf = folder / "apache.conf"
    conf.write_text(
        f"ServerRoot {folder}\nServerName shop.example.com\nListen 127.0.0.1:{port}\nPidFile {folder}/apache.pid\n"
        f"ErrorLog {folder}/apache.log\nUser www-data\nGroup www-data\nDefaultRuntimeDir {folder}\n"
        + "".join(f"LoadModule {name}_module {modules}/mod_{name}.so\n" for name in wanted)
        + f"TypesConfig /etc/mime.types\n<Directory />\nRequire all denied\nAllowOverride None\n</Directory>\n{own}",
        encoding="utf-8",
    )
    with running([program, "-f", str(conf), "-D", "FOREGROUND"], port) as host:
        yield host


def again(headers: dict[str, str]) -> dict[str, str]:
    """What a browser sends along when it has the file already."""
    known = {"last-modified": "If-Modified-Since", "etag": "If-None-Match"}
    return {known[name]: value for name, value in headers.items() if name in known}


def path_of(location: str) -> str:
    """Where a redirect leads on the same host."""
    return re.sub(r"^http://[^/]+", "", location)


@pytest.mark.slow
@pytest.mark.parametrize("server", ["nginx", "apache"])
def test_a_recipe_gives_what_it_promises(server: str, public: Path, request: pytest.FixtureRequest) -> None:
    host: Host = request.getfixturevalue(server)
    status, headers, body = host.ask("/en/contacts/")
    assert (status, body) == (200, (public / "en/contacts/index.html").read_bytes())
    assert headers["content-type"].replace(" ", "").lower() == "text/html;charset=utf-8"
    assert headers["cache-control"] == "no-cache"
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    again = {"If-Modified-Since": headers["last-modified"]} | (
        {"If-None-Match": headers["etag"]} if "etag" in headers else {}
    )
    assert host.ask("/en/contacts/", **again)[0] == 304

    # A folder without its last stroke leads to the one with it.
    status, headers, _body = host.ask("/en/contacts")
    assert (status, path_of(headers["location"])) == (301, "/en/contacts/")

    # Renamed pages, of any letters and any length.
    for old in ("where/", "where", "old/where.html", "%D0%B3%D0%B4%D0%B5-%D0%BC%D1%8B/", f"{LONG}/"):
        status, headers, _body = host.ask(f"/en/{old}?from=letter")
        assert (status, path_of(headers["location"])) == (301, "/en/contacts/?from=letter"), old

    # What is not there, at any depth, and what is nobody's business.
    for path in ("/nowhere", "/en/a/b/c/", "/.otklik", "/redirects.map", "/_redirects", "/.htaccess"):
        status, headers, body = host.ask(path)
        assert status == 404, path
        assert b'href="/site.' in body, path
        assert "default-src 'none'" in headers["content-security-policy"], path
        assert "immutable" not in headers.get("cache-control", "")

    # What has its content in its name is remembered; the script that others embed is not.
    (style,) = public.glob("site.*.css")
    status, headers, _body = host.ask(f"/{style.name}")
    assert (status, headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert host.ask("/ask.js")[1]["cache-control"] == "no-cache"

    # Packed, where the browser takes it.
    for path in (f"/{style.name}", "/en/contacts/", "/ask.js", "/sitemap.xml", "/en/search/words.json"):
        file = public / path.lstrip("/") / ("index.html" if path.endswith("/") else "")
        status, headers, body = host.ask(path, **{"Accept-Encoding": "gzip"})
        assert (status, headers["content-encoding"], headers["vary"]) == (200, "gzip", "Accept-Encoding"), path
        assert gzip.decompress(body) == file.read_bytes()
