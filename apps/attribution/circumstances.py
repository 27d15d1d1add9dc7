"""What goes with an attribution: the channel, the time it was said, the figures in its content."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from apps.attribution.channels import Channels
from apps.attribution.cues import Lexicon
from apps.attribution.drafts import Draft
from apps.attribution.figures import figures
from apps.attribution.saying import Saying
from apps.attribution.segmentation import Document
from apps.attribution.surroundings import Surroundings
from apps.attribution.types import Figure, Said, Span

MOST_FIGURES = 40


class Circumstances:
    """Reads the surroundings of a cue; figures are read once for the whole text."""

    def __init__(self, doc: Document, lex: Lexicon, published: date | None) -> None:
        self.surroundings = Surroundings(doc, lex)
        self.channels = Channels(doc, lex)
        self.saying = Saying(doc, lex, published)
        self.all_figures = figures(doc, lex)
        self.figure_starts = [figure.span.start for figure in self.all_figures]

    def figures(self, content: Sequence[Span]) -> tuple[Figure, ...]:
        """Figures that stand inside the content, in order; ``part_of`` counted anew among them."""
        places: list[int] = []
        for span in content:
            first = bisect_left(self.figure_starts, span.start)
            for n in range(first, min(first + MOST_FIGURES, len(self.all_figures))):
                if self.all_figures[n].span.start >= span.end:
                    break
                if self.all_figures[n].span.end <= span.end:
                    places.append(n)
        anew = {n: place for place, n in enumerate(places)}
        return tuple(
            replace(figure, part_of=None if figure.part_of is None else anew.get(figure.part_of))
            for figure in (self.all_figures[n] for n in places)
        )

    def channel(self, draft: Draft) -> str | None:
        """The channel whose words stand beside the cue, outside the content."""
        beside = self.surroundings
        return self.channels.of(draft, [*beside.regions(draft), beside.closing(draft), *beside.swallowed(draft)])

    def said(self, draft: Draft) -> Said | None:
        """The time named beside the cue, against the day of publication and the dateline where it has to be."""
        return self.saying.of(self.surroundings.regions(draft), self.surroundings.opening(draft))
