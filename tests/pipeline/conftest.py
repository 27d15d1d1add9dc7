from collections.abc import Iterator
from dataclasses import dataclass, field
from socket import socket
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from apps.pipeline import waking
from tests.articles.hosts import Answer, Host, page
from tests.factories.worlds import TEXT, World, a_world

PAGE = f"<html><head><title>Troops</title></head><body><article><h1>Troops</h1><p>{TEXT}</p></article></body></html>"


@dataclass
class Publisher:
    """A site of this machine that says what a test wants it to say: by path, else an article."""

    answers: dict[str, Answer] = field(default_factory=dict)
    host: Host = field(init=False)

    def __post_init__(self) -> None:
        self.host = Host(self._answer)

    def _answer(self, connection: socket, head: bytes) -> None:
        path = head.split()[1].decode()
        self.answers.get(path, page(PAGE.encode()))(connection, head)

    def url(self, path: str = "/troops.html") -> str:
        return self.host.url(path)


@pytest.fixture
def publisher(settings: Settings) -> Iterator[Publisher]:
    running = Publisher()
    settings.FETCH_EXEMPT_ORIGIN = f"http://{running.host.origin}"
    yield running
    running.host.close()


@pytest.fixture(autouse=True)
def _nothing_was_swept_yet() -> None:
    waking._last.clear()


@pytest.fixture
def world(db: None) -> World:
    return a_world()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, int]]]:
    """What would have been sent to workers, at once instead of after the commit: (task, arguments)."""
    calls: list[tuple[str, dict[str, int]]] = []
    monkeypatch.setattr(waking, "transaction", SimpleNamespace(on_commit=lambda call: call()))
    monkeypatch.setattr(waking, "_send", lambda name, kwargs, **more: calls.append((name, kwargs)))
    return calls
