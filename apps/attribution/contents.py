"""What the statements of a text are about, and how they point at what others said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from apps.attribution.cues import Lexicon
from apps.attribution.parties import singular
from apps.attribution.segmentation import Document
from apps.attribution.types import Attribution, Span

MOST_STEMS = 60
# Tokens in which a content has to negate to be a rebuttal: "wounding no one" at its end denies nothing.
EARLY = 8


@dataclass(frozen=True, slots=True)
class Content:
    """One statement: its stems, each with a word it stands for, and how it points at what others said before.

    ``bare`` if its content names nothing of its own, ``points`` at a claim ("the allegation"), ``accusing`` if at an
    accusation; ``negative`` if it negates early, ``false`` if it calls something untrue; ``violent`` counts words of
    violence; ``replies`` and ``rebuts`` are said of its cue; ``owner`` is where it names whose claim it means.
    """

    stems: frozenset[str]
    spelled: Mapping[str, str]
    bare: bool
    points: bool
    accusing: bool
    negative: bool
    false: bool
    violent: int
    replies: bool
    rebuts: bool
    owner: Span | None


class Contents:
    """Reads the statements of one document; at most ``2 * MOST_STEMS`` tokens of each."""

    def __init__(self, doc: Document, lex: Lexicon) -> None:
        self.doc = doc
        self.low = doc.low
        self.lex = lex
        self.words = lex.answering
        self.pointing = lex.answering["accusing_nouns"] | lex.answering["claiming_nouns"]

    def read(self, attribution: Attribution) -> Content:
        tokens = self._of_content(attribution)
        low = [self.low[k] for k in tokens]
        words = self.lex.words
        negative = any(word in words["refusing"] for word in low[:EARLY])
        points = any(self._points(k) for k in tokens if self.low[k] in self.pointing)
        spelled = {stem: self.low[k] for k in reversed(tokens) if (stem := self._stem(k)) is not None}
        cue = {self.low[k] for span in attribution.cue for k in self._tokens(span)}
        first = [self.low[k] for span in attribution.content[:1] for k in self._tokens(span)]
        own = [
            word
            for word in first
            if self._has_meaning(word) and word not in self.words["bare"] and word not in self.pointing
        ]
        return Content(
            stems=frozenset(spelled),
            spelled=spelled,
            bare=not own and len(first) < 12,
            replies=bool(cue & self.words["replying"]),
            rebuts=bool(cue & self.words["rebutting"]),
            owner=self._owner(tokens),
            points=points,
            accusing=points and any(word in self.words["accusing_nouns"] for word in low),
            negative=negative,
            false=any(word in self.words["falsity"] for word in low[: 2 * EARLY]),
            violent=sum(word in self.words["violent"] for word in set(low)),
        )

    def _points(self, k: int) -> bool:
        """Whether a noun such as "claim" is a known one: "the claim", "such claims", "Orland's claim", "a charge"."""
        for n in range(max(0, k - 3), k):
            if self.low[n] in (
                "the",
                "this",
                "that",
                "these",
                "those",
                "such",
                "'s",
                "its",
                "their",
                "a",
                "any",
                "all",
            ):
                return True
        return False

    def _stem(self, k: int) -> str | None:
        word = self.low[k]
        if not self._has_meaning(word) or word in self.words["bare"] or word in self.pointing or len(word) < 3:
            return None
        if not word[0].isalpha() or word in self.lex.figures.numbers or word in self.lex.figures.classes["units"]:
            return None
        return singular(word)

    def _has_meaning(self, word: str) -> bool:
        words = self.lex.words
        if not word[0].isalnum():
            return False
        groups = ("determiners", "auxiliaries", "prepositions", "subordinators", "adverbs", "negations", "refusing")
        if word in self.words["pronouns"] or word in self.words["common"]:
            return False
        return not any(word in words[group] for group in groups)

    def _of_content(self, attribution: Attribution) -> list[int]:
        return [k for span in attribution.content for k in self._tokens(span)][: 2 * MOST_STEMS]

    def _tokens(self, span: Span) -> range:
        first = self.doc.token_at(span.start)
        return range(first, min(self.doc.token_at(span.end - 1), first + 2 * MOST_STEMS) + 1)

    def _owner(self, tokens: list[int]) -> Span | None:
        """Whose claim is meant: "Velland's allegation", "the ministry's account"."""
        for k in tokens[:MOST_STEMS]:
            if self.low[k] in self.pointing and k > 1 and self.low[k - 1] == "'s":
                return Span(self.doc.starts[max(0, k - 3)], self.doc.ends[k - 2])
        return None
