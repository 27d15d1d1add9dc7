"""A preserved page is shown, and whatever it was made to do when it is shown, it does not."""

import socket
import threading
from collections.abc import Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from apps.accounts.models import Actor, User
from apps.articles.models import Capture, Intake
from apps.articles.services.adding import Described, add_file
from apps.pipeline import working
from tests.factories.worlds import PASSWORD, World, a_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Canary:
    """A port of this machine that nothing may connect to. ``connections`` counts who did."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.at = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.connections = 0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        while True:
            try:
                connection, _address = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    running = Canary()
    yield running
    running.close()


def hostile(canary: str) -> str:
    """A page that tries to call from everywhere a page can."""
    there = f"http://{canary}"
    return f"""<!doctype html><html><head><title>Troops crossed the river</title>
    <base href="{there}/"><meta http-equiv="refresh" content="0; url={there}/refresh">
    <link rel="stylesheet" href="{there}/a.css"><LINK rel="preconnect" href="{there}">
    <link rel="dns-prefetch" href="//{canary}"><link rel="prefetch" href="{there}/p"><link rel="preload" as="image"
    href="{there}/l"><link rel="modulepreload" href="{there}/m.js"><link rel="icon" href="{there}/favicon.ico">
    <link rel="manifest" href="{there}/manifest"><link rel="prerender" href="{there}/r">
    <style>@import url({there}/i.css); @font-face {{ font-family: X; src: url({there}/f.woff) }}
    body {{ background: url({there}/bg.png); font-family: X }}</style>
    <script src="{there}/s.js"></script><script>document.title = "ran"; fetch("{there}/fetch");
    top.location = "{there}/top"; navigator.sendBeacon("{there}/beacon"); new WebSocket("ws://{canary}/w")</script>
    <script type="speculationrules">{{"prefetch": [{{"source": "list", "urls": ["{there}/spec"]}}]}}</script></head>
    <body onload="document.title='ran'"><h1>Troops crossed the river</h1>
    <p id="words">The ministry denied that its troops had crossed the river. Nobody else was asked about that.</p>
    <img src="{there}/img.png" srcset="{there}/img2.png 2x" onerror="document.title='ran'">
    <iframe src="{there}/frame"></iframe><object data="{there}/object"></object><embed src="{there}/embed">
    <video src="{there}/v" poster="{there}/po" autoplay></video><audio src="{there}/a" autoplay></audio>
    <svg><image href="{there}/svg"/><script>document.title='ran'</script><use href="{there}/use#x"/></svg>
    <form action="{there}/form" id="f"><input name="x" autofocus
    onfocus="this.form.submit()"></form><script>document.getElementById("f").submit()</script>
    <button id="send" form="f" formaction="{there}/formaction">Send</button>
    <a id="out" href="{there}/link" target="_top" ping="{there}/ping">A link</a>
    <a id="in" href="{there}/in" ping="{there}/ping">Another</a>
    <iframe srcdoc="<script>parent.document.title='ran'</script><img src={there}/srcdoc>"></iframe>
    <input type="image" src="{there}/input"><table background="{there}/table"><tr><td>x</td></tr></table>
    </body></html>"""


def preserved(world: World, markup: str) -> Capture:
    added = add_file(
        dossier=world.dossier,
        name="page.html",
        media_type="text/html; charset=utf-8",
        body=markup.encode(),
        described=Described(),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    for step in (Intake.Step.PRESERVE, Intake.Step.EXTRACT):
        working.work(intake_id=added.intake.pk, step=step)
    return Capture.objects.select_related("article").get()


def signed_in(browser: Browser, at: str, user: User) -> Page:
    """A page of somebody's own, without the watch that other tests have: here much is refused, and shall be."""
    page = browser.new_context().new_page()
    page.goto(f"{at}/sign-in/")
    page.fill("[name=username]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    return page


@pytest.mark.parametrize("apart", [True, False], ids=["at an origin of its own", "at the application's"])
def test_a_hostile_page_is_shown_and_runs_loads_and_leads_to_nothing(
    apart: bool, canary: Canary, browser: Browser, live_server: LiveServer, settings: Settings
) -> None:
    if apart:
        settings.PAGES_ORIGIN = live_server.url.replace("localhost", "pages.localhost")
        settings.APP_ORIGIN = live_server.url
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "pages.localhost"]
    world = a_world()
    capture = preserved(world, hostile(canary.at))
    page = signed_in(browser, live_server.url, world.reader)
    article = capture.article
    page.goto(f"{live_server.url}/d/{world.dossier.slug}/articles/{article.ref}/preserved/{capture.public_id}/")
    frame = page.frame_locator("iframe.preserved")
    frame.locator("#words").wait_for()
    assert "denied that its troops" in frame.locator("#words").inner_text()
    frame.locator("#out").click()
    frame.locator("#in").click()
    frame.locator("#send").click()
    page.wait_for_timeout(1500)
    assert "As preserved" in page.title()
    assert page.url.startswith(live_server.url)
    assert canary.connections == 0


def test_control_the_same_page_opened_by_itself_does_call(canary: Canary, browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(hostile(canary.at), wait_until="commit")
    page.wait_for_timeout(1500)
    page.close()
    assert canary.connections > 0
