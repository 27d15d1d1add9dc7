"""Reads a text with the rules and shows what was found in plain words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from apps.attribution.engine import extractor
from apps.attribution.types import Attribution, Span


@dataclass(frozen=True)
class Reading:
    """An attribution with the words under its spans."""

    found: Attribution
    source: str
    cue: str
    content: str
    target: str | None


def words(text: str, spans: Sequence[Span]) -> str:
    """The words under the spans, discontinuous parts joined by a bar."""
    return " | ".join(text[span.start : span.end] for span in spans)


def read(text: str, *, published: date | None = None) -> list[Reading]:
    """Everything the rules find in ``text``, in order."""
    return [
        Reading(
            found,
            words(text, found.source),
            words(text, found.cue),
            words(text, found.content),
            words(text, [found.target]) if found.target else None,
        )
        for found in extractor().extract(text, published=published)
    ]


def only(text: str, *, published: date | None = None) -> Reading:
    """The one attribution in ``text``; fails where there is none or more than one."""
    (reading,) = read(text, published=published)
    return reading
