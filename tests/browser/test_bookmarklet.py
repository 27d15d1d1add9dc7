"""A page is handed over from a publisher's window, whatever that publisher forbids, and none speaks for another."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from apps.articles import storage
from apps.articles.models import Capture, Intake
from tests.browser.steps import PATIENCE, Seat, select
from tests.factories.worlds import World, a_world, run_until_quiet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "The ministry denied on Tuesday that its troops had crossed the river “at any point”. Nobody else was asked."
PAGE = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="windows-1252"><title>Ministry: no crossing</title></head>
<body><article><h1>Ministry: no crossing</h1>
<p>{WORDS}</p>
<p>Residents of the eastern bank said that they had heard engines through the night, and that the bridge was closed.</p>
<p>The council will meet on Friday to hear both of them, its speaker said, and until then the ferry is not to sail.</p>
</article><p id="later"></p><script>document.getElementById("later").textContent = "Added by a script.";</script></body>
</html>"""
POLICIES: dict[str, dict[str, str]] = {
    "/plain": {},
    "/strict": {"Content-Security-Policy": "default-src 'none'; script-src 'none'; frame-ancestors 'none'"},
    "/popups": {"Cross-Origin-Opener-Policy": "same-origin-allow-popups"},
    "/apart": {"Cross-Origin-Opener-Policy": "same-origin"},
}


class Publisher(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.send_response(200 if path in POLICIES else 404)
        self.send_header("Content-Type", "text/html; charset=windows-1252")
        for name, value in POLICIES.get(path, {}).items():
            self.send_header(name, value)
        self.end_headers()
        if path in POLICIES:
            self.wfile.write(PAGE.encode("windows-1252"))

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def publisher() -> Iterator[str]:
    """A publisher's site, at an origin that is not ours."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Publisher)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def analyst(seat: Callable[..., Seat], world: World, publisher: str) -> Seat:
    return seat().sign_in(world.analyst)


def code_of(analyst: Seat, world: World) -> str:
    """The bookmarklet, as it is dragged from its page."""
    page = analyst.open(f"/d/{world.dossier.slug}/articles/add/from/")
    link = page.get_by_role("link", name=f"Preserve in {world.dossier.title}")
    link.click()
    expect(page.get_by_text("Drag it there instead")).to_be_visible()
    assert page.get_by_label("Make a bookmark of any page").input_value() == link.get_attribute("href")
    return str(link.get_attribute("href"))


def clicked(analyst: Seat, code: str, address: str, *, marked: str = "") -> Page:
    """The window that the bookmarklet opens over a publisher's page. As a browser does of its own bookmarks, it is run
    beside the page's policy."""
    elsewhere = analyst.page.context.new_page()
    elsewhere.goto(address)
    if marked:
        select(elsewhere, marked)
    with elsewhere.expect_popup() as opened:
        elsewhere.evaluate(code.removeprefix("javascript:").replace("%25", "%"))
    opened.value.wait_for_load_state()
    return opened.value


@pytest.mark.parametrize("path", ["/plain?a=%31", "/strict", "/popups"])
def test_what_the_analyst_sees_is_preserved(analyst: Seat, world: World, publisher: str, path: str) -> None:
    window = clicked(analyst, code_of(analyst, world), publisher + path, marked="its troops had crossed the river")
    expect(window.get_by_role("heading", name="Ministry: no crossing")).to_be_visible(timeout=PATIENCE)
    expect(window.get_by_text("its troops had crossed the river", exact=True)).to_be_visible()
    assert not Intake.objects.exists(), "nothing is kept before the analyst says so"
    with window.expect_navigation():
        window.keyboard.press("Enter")
    expect(window.get_by_text("It is on its way.")).to_be_visible()
    row = Intake.objects.get()
    assert (row.method, row.address) == (Capture.Method.BOOKMARKED, publisher + path)
    assert row.came["selection"] == "its troops had crossed the river"
    assert row.came["charset"] == "windows-1252"
    body = storage.read(row.raw_sha256).decode()
    assert body.startswith('<!DOCTYPE html><html lang="en">')
    assert WORDS in body
    assert ('<p id="later">Added by a script.</p>' in body) == (path != "/strict")  # as this browser showed it
    run_until_quiet()
    row.refresh_from_db()
    assert row.state == Intake.State.DONE, row.failure_reason
    capture = Capture.objects.get()
    assert (capture.method, capture.actor) == ("bookmarked", f"person:{world.analyst.pk}")
    assert row.rendition is not None
    assert WORDS in row.rendition.text


def test_where_the_publisher_keeps_apart_the_address_is_left(analyst: Seat, world: World, publisher: str) -> None:
    window = clicked(analyst, code_of(analyst, world), f"{publisher}/apart")
    expect(window.get_by_text("Only the address came")).to_be_visible(timeout=PATIENCE)
    expect(window.get_by_label("Address", exact=True).last).to_have_value(f"{publisher}/apart")
    assert not Intake.objects.exists()


def test_no_page_speaks_for_another(analyst: Seat, world: World, publisher: str, live_server: LiveServer) -> None:
    """A stranger's page that opens ours and says that it is another's gets nothing in."""
    at = f"{live_server.url}/d/{world.dossier.slug}/articles/receive/"
    stranger = analyst.page.context.new_page()
    stranger.goto(f"{publisher}/plain")
    with stranger.expect_popup() as opened:
        stranger.evaluate(
            """(at) => { const w = open(at); addEventListener("message", () => w.postMessage({
                what: "counterclaim:page", address: "https://news.example/a", html: "<p>x</p>"}, "*")); }""",
            at,
        )
    window = opened.value
    expect(window.get_by_text("No page was handed over")).to_be_visible(timeout=PATIENCE)
    assert window.get_by_role("button", name="Preserve it").count() == 0


def test_opened_by_nobody_the_page_says_so(analyst: Seat, world: World) -> None:
    page = analyst.open(f"/d/{world.dossier.slug}/articles/receive/")
    expect(page.get_by_text("No page was handed over")).to_be_visible()
