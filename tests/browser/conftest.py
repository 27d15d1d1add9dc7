"""A browser, and people who sit at it: every page they open is watched for what no page may do."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from apps.crosscheck.services import catch_up
from apps.ledger.signals import recorded
from tests.browser.steps import Seat, Watch

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


@pytest.fixture(autouse=True)
def level_summaries() -> Iterator[None]:
    """There is no worker beside these tests: the index of standings is brought level where it is committed."""

    def level(sender: object, *, dossier_id: int, **kwargs: object) -> None:
        catch_up(dossier_id=dossier_id)

    recorded.connect(level, dispatch_uid="tests.level_summaries", weak=False)
    yield
    recorded.disconnect(dispatch_uid="tests.level_summaries")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One for a module. Playwright runs a loop in this thread, which Django would take for asynchronous code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            yield started
            started.close()


@pytest.fixture
def watch(live_server: LiveServer) -> Watch:
    """Collects what may not be; a test that has a page refuse something takes that from it."""
    return Watch(live_server.url)


@pytest.fixture
def seat(
    browser: Browser, live_server: LiveServer, transactional_db: None, watch: Watch
) -> Iterator[Callable[..., Seat]]:
    """Seats people at browsers of their own; at the end nothing may have been complained of."""
    seats: list[Seat] = []

    def sit(**options: object) -> Seat:
        seats.append(Seat.taken(browser, live_server.url, watch, **options))
        return seats[-1]

    yield sit
    for one in seats:
        one.page.context.close()
    assert not watch.complaints, "\n".join(watch.complaints)
