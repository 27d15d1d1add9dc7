"""An outlet whose pages change while one looks: one article is corrected, another is taken down.

Times run from when a page is first asked for, so that whoever follows ``/changing/feed.xml`` sees the first text, and a
few minutes later what becomes of it. It belongs to no dossier.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from demo.shapes import Article, Outlet

OUTLET: Final = Outlet(slug="changing", name="The Second Edition", language="en")
CORRECTED_AFTER: Final = 90.0
GONE_AFTER: Final = 180.0
"""Seconds since the page was first asked for."""


class Changing:
    """The outlet's articles as they are now. ``clock`` gives seconds that only grow."""

    def __init__(self, *, opened: datetime | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._first_asked: dict[str, float] = {}
        published = (opened or datetime.now(UTC)).replace(microsecond=0)
        self._first = _article(
            "ferries-stopped-after-shots",
            "Ferries stopped after shots near the quay",
            "Two crew members are hurt, the ministry says.",
            (
                "WEXHAVEN — Ferries were stopped on Thursday after shots near the quay, the transport ministry said.",
                "The ministry said that two crew members were hurt and that the ferries would not sail before Monday.",
                "The coast guard denied that its boats had fired. “No crew used a weapon,” said its head, Ivo Marrel.",
                "The islanders’ council accused the coast guard of firing at a fishing boat.",
            ),
            published,
        )
        self._second = replace(
            self._first,
            headline="Ferries stopped after shots near the quay, correction",
            summary="The number of those hurt was corrected by the ministry.",
            paragraphs=(
                self._first.paragraphs[0],
                "The ministry said that five crew members were hurt and that the ferries would not sail before Monday.",
                self._first.paragraphs[2],
                "An earlier version of this article gave another number of those hurt.",
            ),
        )
        self._brief = _article(
            "mayor-says-quay-was-closed",
            "Mayor says the quay was closed",
            "A short report.",
            (
                "WEXHAVEN — The quay was closed when the shots were heard, the mayor of Wexhaven, Lene Tarn, said.",
                "Tarn said that nobody had been on the ferries at that time.",
            ),
            published,
        )

    @property
    def outlet(self) -> Outlet:
        return OUTLET

    def articles(self) -> list[Article]:
        """What is held at this moment, newest first."""
        first = self._second if self._since(self._first.path) >= CORRECTED_AFTER else self._first
        return [first] if self.is_gone(self._brief.path) else [first, self._brief]

    def is_gone(self, path: str) -> bool:
        """Whether there was an article at that path that is no longer there."""
        return path == self._brief.path and self._since(path) >= GONE_AFTER

    def asked(self, path: str) -> Article | None:
        """The article at that path, for whoever asks for its page now; ``None`` where there is none."""
        if path not in {self._first.path, self._brief.path}:
            return None
        self._first_asked.setdefault(path, self._clock())
        return next((article for article in self.articles() if article.path == path), None)

    def _since(self, path: str) -> float:
        first = self._first_asked.get(path)
        return 0.0 if first is None else self._clock() - first


def _article(slug: str, headline: str, summary: str, paragraphs: tuple[str, ...], published: datetime) -> Article:
    return Article(
        slug=slug,
        outlet=OUTLET.slug,
        headline=headline,
        summary=summary,
        byline="Ada Renn",
        section="Harbour",
        published=published,
        paragraphs=paragraphs,
        copy_of=None,
        note="",
    )
