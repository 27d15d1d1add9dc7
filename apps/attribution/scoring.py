"""How well predicted attributions match a gold standard: exact, partial, and whole attributions.

Definitions, after Johansson & Moschitti (2013), Pareti (2015) and PolNeAR (Newell et al. 2018). A *mention* is the set
of tokens under all spans of one role in one attribution, so a discontinuous content is one mention.

exact     equal token sets, leaving out quotation marks, commas and full stops at the outer edges of each span
partial   precision: mean over predicted mentions of the share of it that the best gold mention covers; recall alike
overlap   at least one token in common with a mention of the other side
full      one to one, best content overlap (Jaccard) first: contents overlap by at least one half and each source
          contains the head of the other; a gold attribution without a source wants a prediction without one
full+cue  the same, and the cues have a token in common
full.8    as full, with contents that overlap by at least four fifths
content.5 contents overlap by at least one half, whatever the source

By quotation type of the content: recall by the gold's type, precision by the prediction's.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(r"[^\W_]+(?:[-'’.&][^\W_]+)*|[^\w\s]|_")
DOUBLE_MARKS = frozenset(("“", "”", '"'))
EDGES = frozenset("\"“”„«»‘’'`,.;")
ROLES = ("cue", "source", "content")
TYPES = ("direct", "mixed", "indirect")
DIRECT_SHARE = 0.9
AFTER_HEAD = frozenset(
    [
        "of",
        "in",
        "at",
        "for",
        "from",
        "on",
        "who",
        "which",
        "that",
        "with",
        "to",
        "by",
        "whose",
        "about",
        "against",
        "as",
        "near",
        "inside",
        "under",
        "around",
        "including",
        "close",
        "familiar",
    ]
)
INSIDE_NAMES = frozenset("\"“”'’‘.-&/")
FULL: Mapping[str, tuple[float, bool, bool]] = {
    "full": (0.5, True, False),
    "full+cue": (0.5, True, True),
    "full.8": (0.8, True, False),
    "content.5": (0.5, False, False),
}

Spans = Sequence[Sequence[int]]
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Measure:
    """Precision, recall and their harmonic mean, each in 0..1; 0 where nothing could be counted."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class TokenSets:
    """The tokens of a mention: all, all but punctuation at the edges, words only."""

    all: frozenset[int]
    core: frozenset[int]
    words: frozenset[int]


class TokenizedText:
    """A text as the scorer cuts it, which is finer and simpler than the extractor's own cut."""

    def __init__(self, text: str) -> None:
        spans = [found.span() for found in TOKEN.finditer(text)]
        self.ends = [end for _, end in spans]
        self.starts = [start for start, _ in spans]
        self.tokens = [text[start:end] for start, end in spans]
        self.is_word = [any(c.isalnum() for c in token) for token in self.tokens]
        self.quoted = self._quoted(text)

    def _quoted(self, text: str) -> list[bool]:
        """Whether each token stands between double quotation marks; an open quotation ends with its paragraph."""
        out: list[bool] = []
        inside = False
        last = 0
        for word, start, end in zip(self.tokens, self.starts, self.ends, strict=True):
            inside = inside and "\n" not in text[last:start]
            last = end
            if word in DOUBLE_MARKS:
                out.append(True)
                inside = word == "“" or (word == '"' and not inside)
            else:
                out.append(inside)
        return out

    def _under(self, start: int, end: int) -> range:
        return range(bisect_left(self.ends, start + 1), bisect_left(self.starts, end))

    def mention(self, spans: Spans) -> TokenSets:
        """The tokens that the spans touch."""
        every: set[int] = set()
        core: set[int] = set()
        for start, end in spans:
            under = self._under(start, end)
            every.update(under)
            first, last = under.start, under.stop
            while first < last and self.tokens[first] in EDGES:
                first += 1
            while first < last and self.tokens[last - 1] in EDGES:
                last -= 1
            core.update(range(first, last))
        words = frozenset(k for k in every if self.is_word[k])
        full = frozenset(every)
        return TokenSets(full, frozenset(core) or full, words or full)

    def head(self, spans: Spans) -> int | None:
        """The token that most likely heads a source: the last word before a preposition, relative or comma."""
        for start, end in spans:
            words: list[int] = []
            for k in self._under(start, end):
                token = self.tokens[k]
                ends = token.lower() in AFTER_HEAD or (not self.is_word[k] and token not in INSIDE_NAMES)
                if words and ends:
                    break
                if self.is_word[k] and token.lower() not in ("'s", "s"):
                    words.append(k)
            if words:
                return words[-1]
        return None

    def quotation(self, mention: TokenSets) -> str:
        """direct, mixed or indirect, by the share of words between quotation marks."""
        words = [k for k in mention.words if self.is_word[k]]
        quoted = sum(self.quoted[k] for k in words)
        if not words or not quoted:
            return "indirect"
        return "direct" if quoted >= DIRECT_SHARE * len(words) else "mixed"


class Tally:
    """Sums over documents: gold and predicted counts, and what was found of each."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.found: dict[tuple[str, str], float] = {}

    def add(self, measure: str, side: str, amount: float) -> None:
        key = (measure, side)
        self.found[key] = self.found.get(key, 0.0) + amount

    def measure(self, name: str, counted: str) -> Measure:
        gold, predicted = self.counts[counted, "gold"], self.counts[counted, "predicted"]
        precision = self.found.get((name, "predicted"), 0.0) / predicted if predicted else 0.0
        recall = self.found.get((name, "gold"), 0.0) / gold if gold else 0.0
        total = precision + recall
        return Measure(precision, recall, 2 * precision * recall / total if total else 0.0)


def score(pairs: Iterable[tuple[str, Sequence[Record], Sequence[Record]]]) -> dict[str, Measure]:
    """Measures by name over (text, gold attributions, predicted attributions) of each document.

    An attribution is a mapping with "source", "cue" and "content", each a list of [start, end] in code points.
    """
    tally = Tally()
    for text, gold, predicted in pairs:
        tokenized = TokenizedText(text)
        for role in ROLES:
            _add_role(tally, tokenized, role, gold, predicted)
        _add_full(tally, tokenized, gold, predicted)
    out = {f"{role}.{name}": tally.measure(f"{role}.{name}", role) for role in ROLES for name in _ROLE_MEASURES}
    for name in FULL:
        for kind in ("all", *TYPES):
            out[f"{name}.{kind}"] = tally.measure(f"{name}.{kind}", f"type.{kind}")
    return out


_ROLE_MEASURES = ("exact", "partial", "overlap")


def _mentions(text: TokenizedText, role: str, records: Sequence[Record]) -> list[TokenSets]:
    found = [text.mention(record[role]) for record in records if record.get(role)]
    return [mention for mention in found if mention.all]


def _add_role(
    tally: Tally, text: TokenizedText, role: str, gold: Sequence[Record], predicted: Sequence[Record]
) -> None:
    wanted, made = _mentions(text, role, gold), _mentions(text, role, predicted)
    tally.counts[role, "gold"] += len(wanted)
    tally.counts[role, "predicted"] += len(made)
    equal = (Counter(m.core for m in wanted) & Counter(m.core for m in made)).total()
    tally.add(f"{role}.exact", "gold", equal)
    tally.add(f"{role}.exact", "predicted", equal)
    for side, these, those in (("gold", wanted, made), ("predicted", made, wanted)):
        for mention in these:
            best = max((len(mention.words & other.words) for other in those), default=0)
            tally.add(f"{role}.partial", side, best / len(mention.words))
            tally.add(f"{role}.overlap", side, best > 0)


def _add_full(tally: Tally, text: TokenizedText, gold: Sequence[Record], predicted: Sequence[Record]) -> None:
    wanted = [(text.mention(r["content"]), r) for r in gold if r.get("content")]
    made = [(text.mention(r["content"]), r) for r in predicted if r.get("content")]
    types = {
        "gold": [text.quotation(mention) for mention, _ in wanted],
        "predicted": [text.quotation(mention) for mention, _ in made],
    }
    for side, kinds in types.items():
        for kind in kinds:
            tally.counts[f"type.{kind}", side] += 1
            tally.counts["type.all", side] += 1
    overlaps = sorted(
        (
            (len(a.words & b.words) / len(a.words | b.words), i, j)
            for i, (a, _) in enumerate(wanted)
            for j, (b, _) in enumerate(made)
            if a.words & b.words
        ),
        reverse=True,
    )
    for name, (least, by_source, by_cue) in FULL.items():
        used: dict[str, set[int]] = {"gold": set(), "predicted": set()}
        for overlap, i, j in overlaps:
            if overlap < least or i in used["gold"] or j in used["predicted"]:
                continue
            if by_source and not _same_source(text, wanted[i][1], made[j][1]):
                continue
            if by_cue and not _share_cue(text, wanted[i][1], made[j][1]):
                continue
            used["gold"].add(i)
            used["predicted"].add(j)
        for side, numbers in used.items():
            for n in numbers:
                tally.add(f"{name}.{types[side][n]}", side, 1)
                tally.add(f"{name}.all", side, 1)


def _same_source(text: TokenizedText, gold: Record, predicted: Record) -> bool:
    if not gold.get("source") or not predicted.get("source"):
        return not gold.get("source") and not predicted.get("source")
    wanted, made = text.mention(gold["source"]).words, text.mention(predicted["source"]).words
    return text.head(gold["source"]) in made and text.head(predicted["source"]) in wanted


def _share_cue(text: TokenizedText, gold: Record, predicted: Record) -> bool:
    if not gold.get("cue") or not predicted.get("cue"):
        return False
    return bool(text.mention(gold["cue"]).all & text.mention(predicted["cue"]).all)
