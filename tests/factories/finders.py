"""Extractors that find what a test says, and the attributions they find."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from apps.attribution.types import Answer, Attribution, Figure, Kind, Quotation, Span


def place(text: str, words: str) -> tuple[Span, ...]:
    """Where the words first stand; nowhere if there are none."""
    return (Span(text.index(words), text.index(words) + len(words)),) if words else ()


def found(
    text: str,
    *,
    source: str = "The ministry",
    cue: str = "denied",
    content: str = "its troops had crossed the river",
    kind: Kind = Kind.DENIAL,
    relayed_by: int | None = None,
    figures: Sequence[Figure] = (),
    answers: Sequence[Answer] = (),
    pattern: str = "preposed",
    confidence: float = 0.9,
) -> Attribution:
    """An attribution with its spans where the words first stand in the text."""
    return Attribution(
        source=place(text, source),
        cue=place(text, cue),
        content=place(text, content),
        kind=kind,
        quotation=Quotation.INDIRECT,
        confidence=confidence,
        pattern=pattern,
        relayed_by=relayed_by,
        figures=tuple(figures),
        answers=tuple(answers),
    )


@dataclass
class Finder:
    """Finds what ``finds`` makes of a text; ``heard`` keeps the languages that it was asked for."""

    finds: Callable[[str], list[Attribution]] = lambda text: [found(text)]
    name: str = "stand-in"
    version: str = "1"
    heard: list[str] = field(default_factory=list)

    def extract(self, text: str, *, published: date | None = None, language: str = "en") -> list[Attribution]:
        self.heard.append(language)
        return self.finds(text)
