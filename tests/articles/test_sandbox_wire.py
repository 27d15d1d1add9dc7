"""What goes between a worker and its child: only what is expected arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.articles.sandbox import wire
from apps.articles.sandbox.wire import Garbled


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    body: bytes
    at: datetime | None


@dataclass(frozen=True)
class Outer:
    words: str
    count: int
    share: float
    sure: bool
    precision: Literal["minute", "day", ""]
    inner: Inner
    several: tuple[Inner, ...]
    pair: tuple[str, int]
    named: dict[str, int]
    listed: list[str]
    anything: Any
    colour: Colour


MOMENTS = st.datetimes(timezones=st.just(UTC))
TEXTS = st.text(st.characters(codec=None))
INNER = st.builds(Inner, st.binary(max_size=50), st.none() | MOMENTS)
OUTER = st.builds(
    Outer,
    TEXTS,
    st.integers(),
    st.floats(allow_nan=False),
    st.booleans(),
    st.sampled_from(["minute", "day", ""]),
    INNER,
    st.lists(INNER, max_size=4).map(tuple),
    st.tuples(TEXTS, st.integers()),
    st.dictionaries(TEXTS, st.integers(), max_size=4),
    st.lists(TEXTS, max_size=4),
    st.none() | st.lists(st.dictionaries(TEXTS, TEXTS, max_size=2), max_size=2),
    st.just(Colour.RED),
)


def sent(value: object, raw: bytes = b"") -> tuple[bytes, bytes]:
    """The two parts of a frame, as they arrive."""
    head, *parts = wire.pack(b"v", value, raw)
    tag, words, rest = wire.HEAD.unpack(head)
    whole = b"".join(parts)
    assert (tag, len(whole)) == (b"v", words + rest)
    return whole[:words], whole[words:]


@given(OUTER)
def test_what_is_sent_arrives(value: Outer) -> None:
    assert wire.unpack(Outer, *sent(value)) == value


@given(st.binary(max_size=20), st.lists(st.binary(max_size=20), max_size=4))
def test_bytes_beside_a_value_are_not_taken_for_its_own(raw: bytes, several: list[bytes]) -> None:
    words, rest = sent(several, raw)
    assert wire.unpack(list[bytes], words, rest) == several
    assert rest[: len(raw)] == raw


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (str, b"7"),
        (int, b'"7"'),
        (int, b"true"),
        (int, b"1.5"),
        (float, b"true"),
        (bool, b"1"),
        (str, b"null"),
        (bytes, b"[0, 4]"),
        (bytes, b"[-1, 1]"),
        (bytes, b"[3, -1]"),
        (bytes, b'"abc"'),
        (bytes, b"[0]"),
        (datetime, b'"yesterday"'),
        (datetime, b"7"),
        (Colour, b'"blue"'),
        (Colour, b"[]"),
        (Literal["a", "b"], b'"c"'),
        (Literal[0, 1], b"true"),
        (tuple[str, int], b'["a"]'),
        (tuple[str, ...], b'{"a": "b"}'),
        (list[str], b'"ab"'),
        (Sequence[str], b"[7]"),
        (dict[str, int], b"[]"),
        (Mapping[str, int], b'{"a": "b"}'),
        (Inner, b"[[0, 0]]"),
        (Inner, b'{"body": [0, 0], "at": null}'),
        (Inner, b"[[0, 0], null, null]"),
        (str, b""),
        (str, b"\xff"),
        (list[Any], b"[" * 100_000),
        (str, b'"a" "b"'),
    ],
)
def test_what_is_not_expected_is_garbled(kind: Any, words: bytes) -> None:
    with pytest.raises(Garbled):
        wire.unpack(kind, words, b"abc")


@pytest.mark.parametrize("kind", [set[str], complex, str | int])
def test_what_has_no_one_form_cannot_be_sent(kind: Any) -> None:
    with pytest.raises(TypeError):
        wire.unpack(kind, b"[]", b"")
