"""What every test shares: the browser, or a plain word about its absence."""

import os
import sys
from collections.abc import Generator

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
    """Whatever drives a browser asks for `chromium`, so that it cannot be skipped without a word. Whatever takes long
    comes first, so that no process waits for another at the end."""
    for item in items:
        if item.get_closest_marker("browser") and isinstance(item, pytest.Function):
            item.fixturenames.insert(0, "chromium")
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Whatever is `untraced` runs at its own speed: coverage is not told of its lines.

    pytest-cov's `no_cover` does not do that in a process of xdist, which coverage measures by two collectors: one that
    is stopped starts the other.
    """
    trace = sys.gettrace()
    if item.get_closest_marker("untraced") is None:
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(trace)
