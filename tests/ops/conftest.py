"""A cluster of this suite's own, apart from the one the suite's database is in."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.cluster import UNSAFE_BUT_FAST, Cluster


@pytest.fixture(scope="session")
def reachable() -> Iterator[Path]:
    """A folder that a borrowed account may enter; pytest's own are closed to it."""
    with tempfile.TemporaryDirectory(prefix="counterclaim-ops-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@pytest.fixture(scope="session")
def cluster(reachable: Path) -> Iterator[Cluster]:
    made = Cluster(reachable / "postgres", settings=UNSAFE_BUT_FAST)
    made.start()
    yield made
    made.remove()
