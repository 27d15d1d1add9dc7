"""What a child says to its parent, asked here from a thread: frames, one after the other."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from apps.articles.sandbox import child, limits, wire
from tests.articles import readers

HERE = readers.__name__


class Line:
    """The parent's end of the line to a child that serves from a thread."""

    def __init__(self, *, most: int = 2**62) -> None:
        self.ours, theirs = socket.socketpair()
        self.ours.settimeout(10)
        self.serving = threading.Thread(target=self._serve, args=(theirs, most))
        self.serving.start()

    def _serve(self, theirs: socket.socket, most: int) -> None:
        with theirs:
            child.serve(theirs, limits.Memory(), most=most)

    def ask(self, name: str, body: bytes = b"", **options: object) -> None:
        for part in wire.pack(child.ASK, [f"{HERE}:{name}", options, 0], body):
            self.ours.sendall(part)

    def told(self) -> tuple[bytes, Any]:
        head = self.ours.recv(wire.HEAD.size, socket.MSG_WAITALL)
        tag, words, raw = wire.HEAD.unpack(head)
        return tag, json.loads(self.ours.recv(words + raw, socket.MSG_WAITALL)[:words])

    def hang_up(self) -> None:
        self.ours.close()
        self.serving.join(timeout=10)
        assert not self.serving.is_alive()


@pytest.fixture
def line() -> Iterator[Line]:
    one = Line()
    assert one.told()[0] == child.READY
    yield one
    one.hang_up()


def test_it_answers_until_its_parent_hangs_up(line: Line) -> None:
    line.ask("told", b"words")
    assert line.told() == (child.VALUE, [["words", None], True])
    line.ask("length", b"xyz")
    assert line.told() == (child.VALUE, [3, True])


def test_it_sends_one_of_many_after_the_other(line: Line) -> None:
    line.ask("many", count=2)
    assert [line.told() for _ in range(3)] == [
        (child.ONE_OF_MANY, ["0", None]),
        (child.ONE_OF_MANY, ["1", None]),
        (child.VALUE, [None, True]),
    ]


def test_it_refuses_by_name_and_code_and_is_fit_for_more(line: Line) -> None:
    line.ask("refused")
    assert line.told() == (child.REFUSED, ["Unreadable", "too_deep", "as said", True])
    line.ask("length", b"xyz")
    assert line.told() == (child.VALUE, [3, True])


@pytest.mark.parametrize(
    ("name", "tag"),
    [("recurses", child.TOO_DEEP), ("starved", child.NO_MEMORY), ("breaks", child.BROKE), ("shut", child.BROKE)],
)
def test_it_ends_after_what_may_have_left_something_behind(name: str, tag: bytes) -> None:
    line = Line()
    line.told()
    line.ask(name)
    assert line.told()[0] == tag
    line.serving.join(timeout=10)
    assert not line.serving.is_alive()
    line.hang_up()


def test_it_ends_once_it_holds_too_much() -> None:
    line = Line(most=0)
    line.told()
    line.ask("length", b"xyz")
    assert line.told() == (child.VALUE, [3, False])
    line.hang_up()


@pytest.mark.parametrize("cut", [1, 6, 12])
def test_it_ends_where_a_request_does(cut: int) -> None:
    line = Line()
    line.told()
    line.ours.sendall(b"".join(wire.pack(child.ASK, [f"{HERE}:length", {}, 0], b"xyz"))[:cut])
    line.hang_up()


def test_it_ends_where_nobody_hears_its_answer() -> None:
    line = Line()
    line.told()
    line.ask("many", count=200_000)
    line.told()
    line.hang_up()
