"""Reads for the page that compares versions of an article: each text that was drawn of it, in the order they came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from apps.articles import differing
from apps.articles.differing import ADDED, CUT, SAME, Change, Run
from apps.articles.models import Article, Rendition

MOST: Final = 200
ABOUT: Final = 1
"""So many unchanged paragraphs are shown before and after a change; the others are folded."""


@dataclass(frozen=True, slots=True)
class Version:
    """A text of the article: its number from 1, and whether it is another capture or the same one read anew."""

    number: int
    rendition: Rendition
    reread: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """Paragraphs in a row: those that changed with some about them, or unchanged ones that may be folded."""

    folded: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that is told of an article beside its text, and differs: as printed, empty where it was not told."""

    name: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two versions of an article."""

    headline: tuple[Run, ...]
    facts: tuple[Fact, ...]
    stretches: tuple[Stretch, ...]
    captions: tuple[Change, ...]
    extent: differing.Extent

    @property
    def nothing(self) -> bool:
        return self.extent.nothing and not self.facts and not self.captions and not self.headline


def versions_of(article: Article, *, known_at: datetime | None = None) -> tuple[Version, ...]:
    """Every text drawn of an article, the oldest first, without their words. One query."""
    rows = (
        Rendition.objects.as_known(known_at)
        .filter(article=article)
        .select_related("capture")
        .defer("text", "words")
        .order_by("pk")[:MOST]
    )
    seen: set[int] = set()
    found = []
    for number, row in enumerate(rows, start=1):
        found.append(Version(number, row, reread=row.capture_id in seen))
        seen.add(row.capture_id)
    return tuple(found)


def difference(before: Rendition, after: Rendition) -> Difference:
    """What differs between two texts of one article, and in what is told beside them. One query."""
    words = dict(Rendition.objects.filter(pk__in=[before.pk, after.pk]).values_list("pk", "text"))
    changes = differing.differences(words[before.pk], words[after.pk])
    headline = () if before.headline == after.headline else _line(before.headline, after.headline)
    captions = differing.differences("\n\n".join(before.captions), "\n\n".join(after.captions))
    return Difference(
        headline=headline,
        facts=tuple(_facts(before, after)),
        stretches=stretches(changes),
        captions=tuple(captions) if before.captions != after.captions else (),
        extent=differing.extent(changes),
    )


def stretches(changes: Sequence[Change]) -> tuple[Stretch, ...]:
    """Changes with what stands about them; longer stretches where nothing changed are folded."""
    near = {
        other
        for place, change in enumerate(changes)
        if change.kind != SAME
        for other in range(place - ABOUT, place + ABOUT + 1)
    }
    found: list[Stretch] = []
    for place, change in enumerate(changes):
        folded = place not in near
        if found and found[-1].folded == folded:
            found[-1] = Stretch(folded, (*found[-1].changes, change))
        else:
            found.append(Stretch(folded, (change,)))
    return tuple(found)


def _line(before: str, after: str) -> tuple[Run, ...]:
    """Two headlines, word by word where they are alike, else one after the other."""
    if before and after:
        changes = differing.differences(before, after)
        if len(changes) == 1:
            return changes[0].runs
    return tuple(Run(kind, words) for kind, words in ((CUT, before), (ADDED, after)) if words)


TOLD: Final = ("published", "modified", "byline", "credit", "language", "canonical")


def _facts(before: Rendition, after: Rendition) -> list[Fact]:
    return [
        Fact(name, getattr(before, name), getattr(after, name))
        for name in TOLD
        if getattr(before, name) != getattr(after, name)
    ]
