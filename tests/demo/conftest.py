from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns
from threading import Thread

import pytest

from demo import data
from demo.newsstand import Newsstand
from demo.site import Site


@pytest.fixture(params=data.slugs())
def slug(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def newsstand() -> Newsstand:
    shelves = [(data.load(slug), data.articles(slug)) for slug in data.slugs()]
    return Newsstand(shelves, base="http://newsstand.example")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site("127.0.0.1", 0) as running:
        thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """A copy of the data files to put mistakes into."""
    return Path(copytree(data.HERE, tmp_path / "demo", ignore=ignore_patterns("*.py", "__pycache__")))
