"""What differs between two texts: between two versions of an article, or between a copy and what it was copied from.

Paragraphs are aligned first, then the words inside those that changed. Alignment is by longest common subsequence
(bit-parallel: Hyyrö 2004, as rapidfuzz has it) where the two parts are short enough; in longer ones what stands in each
only once holds the rest in place (patience diff, Cohen), so the time grows about as the length of the texts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import LCSseq

SAME, CUT, ADDED, CHANGED = "same", "cut", "added", "changed"

PARTING: Final = "\n\n"
"""What parts paragraphs in a text as it is stored."""
CELLS: Final = 4_000_000
"""Parts whose lengths multiply to more are not aligned word by word, but held in place by what is in each once."""
RUN: Final = 5
"""So many words and marks in a row hold long paragraphs in place where they stand in each once."""
ALIKE: Final = 0.4
"""Two paragraphs that share at least this part of their words are one that changed."""
NEAR: Final = 12
"""A paragraph is looked for among so many that could have become it."""
MANY: Final = 2_000
"""Where more paragraphs than this were rewritten in a row, each is compared with the next alone."""

_TOKEN: Final = re.compile(r"\w+|\s+|[^\w\s]")
_HAS_WORD: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Run:
    """Words that are the same in both, were cut, or were added; exactly as they are printed, white space included."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Change:
    """One paragraph, or two that are one: ``before`` and ``after`` are its numbers from 1, ``None`` where it is not.

    ``kind`` is same, cut, added or changed.
    """

    kind: str
    before: int | None
    after: int | None
    runs: tuple[Run, ...]

    @property
    def was(self) -> str:
        """The paragraph as it was."""
        return "".join(run.words for run in self.runs if run.kind != ADDED)

    @property
    def became(self) -> str:
        """The paragraph as it is."""
        return "".join(run.words for run in self.runs if run.kind != CUT)


@dataclass(frozen=True, slots=True)
class Extent:
    """How much differs: paragraphs that were cut, added and changed, and words that were cut and added in all."""

    cut: int
    added: int
    changed: int
    words_cut: int
    words_added: int

    @property
    def nothing(self) -> bool:
        return not (self.cut or self.added or self.changed)


@dataclass(frozen=True, slots=True)
class _Block:
    """Places in two sequences that are alike or not; the ends are exclusive."""

    same: bool
    a_start: int
    a_end: int
    b_start: int
    b_end: int


def differences(before: str, after: str) -> list[Change]:
    """Every paragraph of both texts in reading order; what was cut stands before what was added in its place.

    ``before`` is the :attr:`Change.was` of all but those added, parted by blank lines, and ``after`` the
    :attr:`Change.became` of all but those cut.
    """
    olds, news = _paragraphs(before), _paragraphs(after)
    changes: list[Change] = []
    for block in _blocks(olds, news, run=1):
        if block.same:
            changes += [
                Change(SAME, old + 1, new + 1, (Run(SAME, olds[old]),))
                for old, new in zip(range(block.a_start, block.a_end), range(block.b_start, block.b_end), strict=True)
            ]
        else:
            changes += _rewritten(olds, news, block)
    return changes


def extent(changes: Iterable[Change]) -> Extent:
    """How much these changes are."""
    kinds: Counter[str] = Counter()
    words: Counter[str] = Counter()
    for change in changes:
        kinds[change.kind] += 1
        for run in change.runs:
            if run.kind != SAME:
                words[run.kind] += len(run.words.split())
    return Extent(kinds[CUT], kinds[ADDED], kinds[CHANGED], words[CUT], words[ADDED])


def _paragraphs(text: str) -> list[str]:
    return text.split(PARTING) if text else []


def _rewritten(olds: Sequence[str], news: Sequence[str], block: _Block) -> Iterator[Change]:
    """Paragraphs that were cut, added, or changed from one into another, in reading order."""
    old, new = block.a_start, block.b_start
    for was, became in _paired(olds, news, block):
        yield from _alone(CUT, olds, old, was)
        yield from _alone(ADDED, news, new, became)
        yield Change(CHANGED, was + 1, became + 1, tuple(_within(olds[was], news[became])))
        old, new = was + 1, became + 1
    yield from _alone(CUT, olds, old, block.a_end)
    yield from _alone(ADDED, news, new, block.b_end)


def _alone(kind: str, paragraphs: Sequence[str], start: int, end: int) -> Iterator[Change]:
    for place in range(start, end):
        old, new = (place + 1, None) if kind == CUT else (None, place + 1)
        yield Change(kind, old, new, (Run(kind, paragraphs[place]),))


def _paired(olds: Sequence[str], news: Sequence[str], block: _Block) -> Iterator[tuple[int, int]]:
    """Which paragraph became which, in order: for each new one the likest of the next few old ones, if it is alike."""
    start = block.a_start
    reach = NEAR if max(block.a_end - block.a_start, block.b_end - block.b_start) <= MANY else 1
    bags = {place: Counter(olds[place].split()) for place in range(block.a_start, block.a_end)}
    for new in range(block.b_start, block.b_end):
        wanted = Counter(news[new].split())
        near = range(start, min(start + reach, block.a_end))
        likest = max(near, key=lambda place: (_alike(bags[place], wanted), -place), default=None)
        if likest is not None and _alike(bags[likest], wanted) >= ALIKE:
            yield likest, new
            start = likest + 1


def _alike(one: Counter[str], other: Counter[str]) -> float:
    """The share of words that two paragraphs have in common, in any order (Dice)."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _within(before: str, after: str) -> Iterator[Run]:
    """The words of a paragraph that changed. White space and marks alone do not part two changes from each other."""
    olds, news = _TOKEN.findall(before), _TOKEN.findall(after)
    cut, added, between = "", "", ""
    for block in _blocks(olds, news, run=RUN):
        was, became = "".join(olds[block.a_start : block.a_end]), "".join(news[block.b_start : block.b_end])
        if not block.same:
            cut, added, between = cut + between + was, added + between + became, ""
        elif (cut or added) and not _HAS_WORD.search(was):
            between += was
        else:
            yield from _runs(cut, added, between + was)
            cut, added, between = "", "", ""
    yield from _runs(cut, added, between)


def _runs(cut: str, added: str, same: str) -> Iterator[Run]:
    for kind, words in ((CUT, cut), (ADDED, added), (SAME, same)):
        if words:
            yield Run(kind, words)


def _blocks(a: Sequence[str], b: Sequence[str], *, run: int) -> Iterator[_Block]:
    """Both sequences in blocks that are the same or not, in turn."""
    i = j = 0
    for start_a, start_b, length in _joined(_matches(a, b, run=run)):
        if start_a > i or start_b > j:
            yield _Block(False, i, start_a, j, start_b)
        yield _Block(True, start_a, start_a + length, start_b, start_b + length)
        i, j = start_a + length, start_b + length
    if i < len(a) or j < len(b):
        yield _Block(False, i, len(a), j, len(b))


def _joined(matches: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int, int]]:
    """Matches that follow each other without a gap as one, empty ones left out."""
    held: tuple[int, int, int] | None = None
    for i, j, length in matches:
        if not length:
            continue
        if held is not None and (held[0] + held[2], held[1] + held[2]) == (i, j):
            held = (held[0], held[1], held[2] + length)
            continue
        if held is not None:
            yield held
        held = (i, j, length)
    if held is not None:
        yield held


def _matches(a: Sequence[str], b: Sequence[str], *, run: int) -> Iterator[tuple[int, int, int]]:
    """Where the sequences match, as (place in a, place in b, length), in order and apart."""
    start = _common(a, b)
    end = _common(a[start:][::-1], b[start:][::-1])
    yield 0, 0, start
    inner_a, inner_b = a[start : len(a) - end], b[start : len(b) - end]
    if len(inner_a) * len(inner_b) <= CELLS:
        yield from _aligned(inner_a, inner_b, start, start)
    else:
        i = j = 0
        for next_i, next_j in [*_anchors(inner_a, inner_b, run), (len(inner_a), len(inner_b))]:
            if next_i < i or next_j < j:
                continue  # within what the last one held in place
            gap_a, gap_b = inner_a[i:next_i], inner_b[j:next_j]
            if len(gap_a) * len(gap_b) <= CELLS:
                yield from _aligned(gap_a, gap_b, start + i, start + j)
            length = _common(inner_a[next_i : next_i + run], inner_b[next_j : next_j + run])
            yield start + next_i, start + next_j, length
            i, j = next_i + length, next_j + length
    yield len(a) - end, len(b) - end, end


def _aligned(a: Sequence[str], b: Sequence[str], i: int, j: int) -> Iterator[tuple[int, int, int]]:
    for code in LCSseq.opcodes(a, b):
        if code.tag == "equal":
            yield i + code.src_start, j + code.dest_start, code.src_end - code.src_start


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many of the first are the same."""
    most = min(len(a), len(b))
    return next((place for place in range(most) if a[place] != b[place]), most)


def _anchors(a: Sequence[str], b: Sequence[str], run: int) -> list[tuple[int, int]]:
    """Places of runs that stand once in each, in an order that both have: the longest such row (patience)."""
    in_a, in_b = _once(a, run), _once(b, run)
    pairs = sorted((place, in_b[key]) for key, place in in_a.items() if key in in_b)
    ends: list[int] = []
    rows: list[int] = []
    before: list[int | None] = []
    for number, (_place, other) in enumerate(pairs):
        at = bisect_left(ends, other)
        before.append(rows[at - 1] if at else None)
        ends[at : at + 1] = [other]
        rows[at : at + 1] = [number]
    chosen: list[tuple[int, int]] = []
    number_or_none = rows[-1] if rows else None
    while number_or_none is not None:
        chosen.append(pairs[number_or_none])
        number_or_none = before[number_or_none]
    return chosen[::-1]


def _once(sequence: Sequence[str], run: int) -> dict[Hashable, int]:
    """Runs that stand once in the sequence, with their places."""
    counts: Counter[Hashable] = Counter()
    places: dict[Hashable, int] = {}
    for place in range(len(sequence) - run + 1):
        key = tuple(sequence[place : place + run])
        counts[key] += 1
        places[key] = place
    return {key: place for key, place in places.items() if counts[key] == 1}
