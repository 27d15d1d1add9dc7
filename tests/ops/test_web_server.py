"""What stands between the network and the pages: proxies, the health check, the policy on what a page may load."""

from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client, override_settings

from apps.core.staticfinder import PATTERNS, NodeModulesFinder
from config import probe
from config.wsgi import behind_proxies

Environ = dict[str, str]


def echo(environ: Environ, _start: object) -> Iterable[str]:
    return [environ["REMOTE_ADDR"], environ["wsgi.url_scheme"]]


def asked_from(address: str, proxies: list[str]) -> list[str]:
    """Client and scheme as the application sees them, of a request from an address that claims to forward another's."""
    environ = {
        "REMOTE_ADDR": address,
        "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.7",
        "HTTP_X_FORWARDED_PROTO": "https",
        "wsgi.url_scheme": "http",
    }
    return [*behind_proxies(echo, proxies)(environ, None)]


def test_a_trusted_proxy_is_believed_about_the_nearest_client_it_does_not_know() -> None:
    assert asked_from("10.0.0.2", ["10.0.0.0/8"]) == ["198.51.100.7", "https"]


def test_anybody_else_is_not_believed() -> None:
    assert asked_from("192.0.2.66", ["10.0.0.0/8"]) == ["192.0.2.66", "http"]
    assert asked_from("10.0.0.2", []) == ["10.0.0.2", "http"]


@pytest.mark.django_db
def test_the_health_check_is_open_and_says_no_more_than_ok(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_the_health_check_says_when_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("secret address")

    monkeypatch.setattr(connection, "cursor", away)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "database unavailable"})


@pytest.mark.django_db
def test_a_page_may_load_nothing_from_elsewhere_and_nothing_inline(client: Client) -> None:
    policy = client.get("/healthz")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "http:", "https:"} & set(
        policy.replace(";", "").split()
    )


class Site(BaseHTTPRequestHandler):
    status = 200

    def do_GET(self) -> None:
        expected = self.path == "/healthz" and self.headers["Host"] == "counterclaim.example.org"
        self.send_response(self.status if expected else 400)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def test_the_probe_ends_with_0_only_when_the_site_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("PORT", str(server.server_port))
        monkeypatch.setenv("ALLOWED_HOSTS", "counterclaim.example.org,other.example")
        assert probe.main() == 0
        monkeypatch.setattr(Site, "status", 503)
        assert probe.main() == 1
        server.shutdown()
    assert probe.main() == 1


def test_only_listed_files_of_node_modules_are_served() -> None:
    finder = NodeModulesFinder()
    font = "npm/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2"
    assert Path(str(finder.find(font))).is_file()
    assert finder.find(font, find_all=True) == [finder.find(font)]
    for refused in (
        "npm/cytoscape/package.json",
        "npm/@fontsource-variable/inter/files/../../../cytoscape/package.json",
        "npm/@fontsource-variable/inter/files/inter-../../../x-wght-normal.woff2",
        font.removeprefix("npm/"),
    ):
        assert finder.find(refused) == []


def test_every_pattern_names_something_and_ignored_files_are_left_out() -> None:
    listed = [path for path, _storage in NodeModulesFinder().list([])]
    assert len(listed) == len(set(listed)) >= len(PATTERNS)
    assert not any(path.endswith(".css") for path, _storage in NodeModulesFinder().list(["*.css"]))


def test_collecting_without_installed_packages_fails_aloud(tmp_path: Path) -> None:
    with override_settings(NODE_MODULES=tmp_path), pytest.raises(ImproperlyConfigured, match="make setup"):
        list(NodeModulesFinder().list(None))


@pytest.mark.parametrize("storage", ["HashedStorage", "CompressedStorage"])
def test_collected_files_are_named_by_their_content_down_to_fonts_and_imports(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage: str
) -> None:
    own = tmp_path / "own"
    (own / "js").mkdir(parents=True)
    (own / "js" / "graph.js").write_text('import cytoscape from "../npm/cytoscape/dist/cytoscape.esm.min.mjs";\n')
    hashed = {"staticfiles": {"BACKEND": f"apps.core.staticstorage.{storage}"}}
    with override_settings(STATIC_ROOT=tmp_path / "out", STATICFILES_DIRS=[own], STORAGES=hashed):
        fresh = [NodeModulesFinder(), finders.FileSystemFinder()]
        monkeypatch.setattr("django.contrib.staticfiles.management.commands.collectstatic.get_finders", lambda: fresh)
        call_command("collectstatic", "--noinput", verbosity=0)
    (graph,) = (tmp_path / "out" / "js").glob("graph.????????????.js")
    assert "cytoscape.esm.min.mjs" not in graph.read_text()
    assert '"../npm/cytoscape/dist/cytoscape.esm.min.' in graph.read_text()
    inter = next((tmp_path / "out" / "npm" / "@fontsource-variable" / "inter").glob("index.????????????.css"))
    for font in inter.read_text().split("url(")[1:]:
        assert (inter.parent / font.split(")")[0].strip("\"'")).is_file()
    assert inter.with_name(inter.name + ".gz").exists() is (storage == "CompressedStorage")
