from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.articles.feed_site import Site
from tests.factories.worlds import World, a_world


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    running = Site()
    settings.FETCH_EXEMPT_ORIGIN = f"http://{running.host.origin}"
    yield running
    running.host.close()


@pytest.fixture
def world(db: None) -> World:
    return a_world()
