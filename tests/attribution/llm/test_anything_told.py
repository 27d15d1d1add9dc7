"""Whatever text and whatever a model says of it: no exception, and no span but of words copied from it."""

from __future__ import annotations

import socket
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.attribution.types import Attribution, Kind
from tests.attribution.llm.model import Request, entry, reader, serving, tells, words

PIECES = [
    *("Orland", "the ministry", "He", "said", "denied", "that", "claims", "the road", "was shut", "12 people"),
    *("were hurt", "on Tuesday", "Telegram", "“", "”", '"', "’s", ",", ".", ":", "\n\n", "\n"),
    *("e\u0301", "Баку", "否认", "\u00a0"),
]
Told = list[dict[str, object]]


@st.composite
def spoken(draw: st.DrawFn) -> tuple[str, Told]:
    """A text of pieces, and attributions whose parts are runs of its pieces and, at times, other words."""
    pieces = draw(st.lists(st.sampled_from(PIECES), min_size=4, max_size=40))
    runs = st.builds(
        lambda first, more: " ".join(pieces[first : first + more]),
        st.integers(0, len(pieces) - 1),
        st.integers(1, 5),
    )
    others = st.one_of(st.sampled_from(PIECES), st.text(max_size=5))
    part = st.lists(st.one_of(runs, runs, runs, others), min_size=1, max_size=3)
    kinds = st.sampled_from([*(kind.value for kind in Kind), "praise"])
    scattered = st.builds(
        lambda source, cue, content, target, where, kind: entry(source, cue, content, kind, target=target, where=where),
        *(part, part, part, part, runs, kinds),
    )
    cuts = st.lists(st.integers(0, len(pieces)), min_size=4, max_size=4, unique=True)
    in_a_row = st.builds(lambda at, kind: _in_a_row(pieces, sorted(at), kind), cuts, kinds)
    entries = st.one_of(scattered, in_a_row)
    return " ".join(pieces), draw(st.lists(entries, min_size=1, max_size=6))


def _in_a_row(pieces: list[str], at: list[int], kind: str) -> dict[str, object]:
    source, cue, content = (" ".join(pieces[first:last]) for first, last in pairwise(at))
    return entry([source], [cue], [content], kind)


def test_every_span_is_in_the_text_and_in_what_the_model_said() -> None:
    told: Told = []
    counts = []

    def answer(connection: socket.socket, request: Request) -> None:
        tells(*told)(connection, request)

    with serving(answer) as server:

        @settings(max_examples=150, deadline=None, database=None, derandomize=True)
        @given(spoken())
        def check(case: tuple[str, Told]) -> None:
            text, told[:] = case
            found = reader(server).extract(text)
            counts.append(len(found))
            for attribution in found:
                _check(text, attribution, [str(piece) for one in told for piece in _pieces(one)])

        check()
    assert sum(counts) > 30  # or the test would show nothing


def _pieces(one: dict[str, object]) -> list[object]:
    return [piece for name in ("source", "cue", "content", "target") for piece in one[name]]  # type: ignore[attr-defined]


def _check(text: str, found: Attribution, said: list[str]) -> None:
    assert found.cue
    assert found.content
    assert found.kind in Kind
    parts = sorted([*found.source, *found.cue, *found.content], key=lambda span: span.start)
    assert all(before.end <= after.start for before, after in pairwise(parts))
    spans = [*parts, *([found.target] if found.target else [])]
    for span, copied in zip(spans, words(text, spans), strict=True):
        assert 0 <= span.start < span.end <= len(text)
        assert any(copied in piece for piece in said) or _joined(copied, said)


def _joined(copied: str, said: list[str]) -> bool:
    """Pieces of one part that overlap are one span: some pieces cover all of it."""
    covered = [False] * len(copied)
    for piece in (piece.strip() for piece in said):
        for at in range(len(copied)):
            overlap = piece and (copied.startswith(piece, at) or (at == 0 and _ends_of(piece, copied)))
            if overlap:
                covered[at : at + len(piece)] = [True] * len(covered[at : at + len(piece)])
    return all(covered)


def _ends_of(piece: str, copied: str) -> bool:
    return any(copied.startswith(piece[k:]) for k in range(1, len(piece)))
