"""A text with thousands of statements chokes neither the machine nor the desk, and says what was left out."""

from __future__ import annotations

import time

import pytest
from django.utils import timezone

from apps.attribution.types import Attribution, Kind, Quotation, Span
from apps.review.models import Proposal
from apps.review.services.proposing import propose_again
from apps.review.services.suggesting import MOST_PROPOSED
from tests.factories.finders import Finder
from tests.factories.worlds import a_world, an_article, rendition_of
from tests.web.desk.sitting import desk_url, signed_in

LINE = "The ministry said that a boat had sunk. "
LINES = 20_000
PATIENCE = 30
"""Seconds, on a machine that does much else; an idle one needs a sixth."""


def every_line(text: str) -> list[Attribution]:
    def span(line: int, words: str) -> tuple[Span, ...]:
        begins = line * len(LINE) + LINE.index(words)
        return (Span(begins, begins + len(words)),)

    return [
        Attribution(
            source=span(line, "The ministry"),
            cue=span(line, "said"),
            content=span(line, "a boat had sunk"),
            kind=Kind.ASSERTION,
            quotation=Quotation.INDIRECT,
            confidence=0.9,
            pattern="preposed",
        )
        for line in range(text.count(LINE.strip()))
    ]


@pytest.mark.slow
@pytest.mark.django_db
def test_thousands_of_statements_are_capped_stored_and_shown_in_good_time() -> None:
    world = a_world()
    article = an_article(world, LINE * LINES)
    began = time.monotonic()
    reading = propose_again(rendition=rendition_of(article), engine=Finder(every_line), at=timezone.now()).reading
    proposed_in = time.monotonic() - began
    assert (reading.found, reading.proposed, reading.left_out) == (LINES, MOST_PROPOSED, LINES - MOST_PROPOSED)
    assert Proposal.objects.attributions().count() == MOST_PROPOSED

    began = time.monotonic()
    shown = signed_in(world.analyst).get(desk_url(world, article)).content.decode()
    shown_in = time.monotonic() - began
    assert "18,000 more were left out" in " ".join(shown.split())
    assert max(proposed_in, shown_in) < PATIENCE, (proposed_in, shown_in)
