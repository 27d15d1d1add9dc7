"""What every test shares: the browser, or a plain word about its absence."""

import os

import pytest

from ops import browser


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser that tests marked `browser` drive."""
    found = browser.find()
    if found is None:
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail("REQUIRE_BROWSER=1, and there is no Chromium here")
        pytest.skip("there is no Chromium here (COUNTERCLAIM_CHROMIUM names one)")
    return found


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever drives a browser asks for `chromium`, so that it cannot be skipped without a word."""
    for item in items:
        if item.get_closest_marker("browser") and isinstance(item, pytest.Function):
            item.fixturenames.insert(0, "chromium")
