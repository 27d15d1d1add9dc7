"""The graph around a claim as a browser draws it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import ConsoleMessage, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.factories.stories import a_dispute

NODES = 9
"""Four claims and what is said one step around the ferry's."""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_drawing_is_drawn_under_the_policy_and_moves_by_keyboard(
    live_server: LiveServer, chromium: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    told = a_dispute()
    client.force_login(told.world.reader)
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context()
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        address = reverse("claim-graph", args=[told.world.dossier.slug, told.claims["ferry"].ref])
        page.goto(live_server.url + address)
        page.wait_for_selector("#drawing[data-drawn]")
        assert int(page.get_attribute("#drawing", "data-drawn") or 0) == NODES
        page.focus("#drawing .canvas")
        page.keyboard.press("ArrowLeft")
        assert told.claims["ferry"].ref in page.inner_text("#drawing .told")
        page.keyboard.press("ArrowLeft")
        assert told.claims["ferry"].ref not in page.inner_text("#drawing .told")
        page.click("[data-graph=in]")
        browser.close()
    assert complaints == []
