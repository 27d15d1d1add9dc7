"""Where a preserved page is shown: from a host that serves nothing else, to whoever was just given its address."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.models import Actor
from apps.articles.models import Capture
from apps.articles.services.adding import Described, add_file
from apps.core.checks import pages_origin_complete
from tests.factories.worlds import World, a_world, run_until_quiet
from tests.web.rooms import browser, html

pytestmark = pytest.mark.django_db

PAGE = (
    b'<html><head><title>x</title><link rel="preconnect" href="https://elsewhere.example">'
    b"<script>alert(1)</script></head><body><p>The ministry denied that its troops had crossed the river, twice, and "
    b"nobody else was asked about that on either bank.</p></body></html>"
)


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def apart(settings: Settings) -> None:
    settings.PAGES_ORIGIN = "http://pages.testserver"
    settings.APP_ORIGIN = "http://testserver"
    settings.ALLOWED_HOSTS = ["testserver", "pages.testserver"]


def a_capture(world: World, body: bytes = PAGE, media_type: str = "text/html") -> Capture:
    add_file(
        dossier=world.dossier,
        name="page",
        media_type=media_type,
        body=body,
        described=Described(),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    run_until_quiet()
    return Capture.objects.select_related("article").get()


def around(capture: Capture) -> str:
    parts = {"number": capture.article.number, "capture_id": capture.public_id, "slug": capture.dossier.slug}
    return reverse("as-preserved", kwargs=parts)


def framed(world: World, capture: Capture) -> str:
    """The address of the frame, as the page around it has it."""
    page = html(browser(world.reader).get(around(capture)))
    (address,) = re.findall(r'<iframe class="preserved"\s+src="([^"]+)"', page)
    return unescape(address)


@pytest.mark.usefixtures("apart")
def test_the_frame_is_of_another_host_and_needs_no_cookie(world: World) -> None:
    address = framed(world, a_capture(world))
    assert address.startswith("http://pages.testserver/preserved/")
    path = address.removeprefix("http://pages.testserver")
    shown = Client(headers={"host": "pages.testserver"}).get(path)
    assert shown.status_code == 200
    assert "denied that its troops" in html(shown)
    assert not shown.cookies
    policy = shown["Content-Security-Policy"]
    for part in ("sandbox;", "default-src 'none'", "form-action 'none'", "base-uri 'none'"):
        assert part in policy
    assert policy.endswith("frame-ancestors http://testserver")
    assert "allow-" not in policy
    assert shown["X-Content-Type-Options"] == "nosniff"
    assert shown["Referrer-Policy"] == "no-referrer"
    assert "X-Frame-Options" not in shown


@pytest.mark.usefixtures("apart")
def test_neither_host_serves_what_is_the_others(world: World) -> None:
    path = framed(world, a_capture(world)).removeprefix("http://pages.testserver")
    assert Client().get(path).status_code == 404
    reader = browser(world.reader)
    for other in ("/", "/sign-in/", "/healthz", "/api/v1/dossiers", "/static/css/base.css", "/preserved", "/admin/"):
        answer = reader.get(other, headers={"host": "pages.testserver"})
        assert (answer.status_code, bytes(answer.content)) == (404, b"Not found"), other


def test_without_a_host_of_its_own_only_the_sandbox_parts_it(world: World) -> None:
    address = framed(world, a_capture(world))
    assert address.startswith("/preserved/")
    shown = Client().get(address)
    assert shown.status_code == 200
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]


def test_an_address_holds_for_five_minutes_and_one_capture(world: World) -> None:
    capture = a_capture(world)
    with time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False):
        address = framed(world, capture)
        assert Client().get(address).status_code == 200
        forged = address.replace("/preserved/", "/preserved/x")
        assert Client().get(forged).status_code == 404
    with time_machine.travel(datetime(2026, 11, 25, 12, tzinfo=UTC) + timedelta(seconds=301), tick=False):
        assert Client().get(address).status_code == 404


def test_it_is_shown_in_a_frame_only(world: World) -> None:
    address = framed(world, a_capture(world))
    for where, status in (("iframe", 200), ("document", 403), ("image", 403)):
        assert Client().get(address, headers={"Sec-Fetch-Dest": where}).status_code == status


def test_what_is_no_page_is_not_shown_and_strangers_are_not_given_an_address(world: World) -> None:
    capture = a_capture(world, b"Plain words of somebody, and more of them.", "text/plain")
    assert browser(world.reader).get(around(capture)).status_code == 404
    stranger = a_world()
    assert browser(stranger.reader).get(around(capture)).status_code == 404


def test_the_page_around_it_may_frame_that_host_and_nothing_else(world: World, settings: Settings) -> None:
    capture = a_capture(world)
    settings.PAGES_ORIGIN, settings.APP_ORIGIN = "http://pages.testserver", "http://testserver"
    policy = browser(world.reader).get(around(capture))["Content-Security-Policy"]
    assert "frame-src http://pages.testserver" in policy


@pytest.mark.parametrize(
    ("pages", "app", "complaints"),
    [
        ("", "", 0),
        ("https://pages.example.org", "https://example.org", 0),
        ("https://pages.example.org", "", 1),
        ("https://pages.example.org", "https://pages.example.org", 1),
        ("https://elsewhere.example", "https://example.org", 1),
        ("pages.example.org", "https://example.org", 1),
    ],
)
def test_settings_under_which_no_page_would_be_shown_are_refused(
    settings: Settings, pages: str, app: str, complaints: int
) -> None:
    settings.PAGES_ORIGIN, settings.APP_ORIGIN, settings.ALLOWED_HOSTS = pages, app, [".example.org"]
    assert [found.id for found in pages_origin_complete(app_configs=None)] == ["core.E003"] * complaints
