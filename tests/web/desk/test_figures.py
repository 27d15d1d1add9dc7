"""The figures of a card: what they count, what they are included in, and how both reach the record and the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.articles.models import Article
from apps.attribution.types import Figure as Found
from apps.attribution.types import Span
from apps.claims.models import Figure
from apps.claims.services import Number, record_figures
from apps.review.drafts import FigureDraft
from apps.review.models import Proposal
from apps.review.rules import Fault, faults
from apps.review.services.proposing import propose_again
from apps.sources.models import Source
from tests.factories import worlds
from tests.factories.finders import Finder, found
from tests.factories.worlds import World
from tests.web.desk.sitting import card_url, latest, source_value
from tests.web.submitting import press, words_of

pytestmark = pytest.mark.django_db

TEXT = "The ministry said that 27 people had been killed so far, including seven civilians."
KILLED = Found("killed", 27, None, "exactly", "people", Span(23, 32), counting="cumulative")
CIVILIANS = Found("killed", 7, None, "exactly", "civilians", Span(66, 81), part_of=0)


@pytest.fixture
def article(world: World) -> Article:
    article = worlds.an_article(world, TEXT)
    content = "27 people had been killed so far, including seven civilians"
    engine = Finder(lambda text: [found(text, cue="said", content=content, figures=[KILLED, CIVILIANS])])
    propose_again(rendition=worlds.rendition_of(article), engine=engine, at=timezone.now())
    return article


@pytest.fixture
def proposal(article: Article) -> Proposal:
    return Proposal.objects.attributions().get()


def accepted(world: World, article: Article, proposal: Proposal, analyst: Client, **change: Any) -> Any:
    page = analyst.get(card_url(world, article, proposal))
    return press(analyst, page, "accept", change=change)


def test_what_the_machine_read_is_on_the_card_in_words(
    world: World, article: Article, proposal: Proposal, analyst: Client
) -> None:
    said = words_of(analyst.get(card_url(world, article, proposal)))
    assert "27 killed, people (in all so far)" in said
    assert "7 killed, civilians (included in figure 1)" in said


def test_accepted_and_approved_it_is_what_the_api_tells(
    world: World, article: Article, proposal: Proposal, analyst: Client, ministry: Source
) -> None:
    accepted(world, article, proposal, analyst, source=source_value(ministry))
    worlds.approve(world, proposal)
    whole, part = Figure.objects.order_by("pk")
    assert (whole.counting, whole.part_of, part.counting, part.part_of) == ("cumulative", None, "unstated", whole)
    answer = analyst.get(reverse("api-statements", args=[world.dossier.slug])).json()
    told = [(f["counting"], f["part_of"]) for f in answer["items"][0]["figures"]]
    assert told == [("cumulative", None), ("unstated", str(whole.public_id))]


def test_an_analyst_says_otherwise(
    world: World, article: Article, proposal: Proposal, analyst: Client, ministry: Source
) -> None:
    change = {"figures-0-counting": "new", "figures-0-part_of": "2", "figures-1-part_of": ""}
    accepted(world, article, proposal, analyst, source=source_value(ministry), **change)
    figures = latest(proposal)[1].figures
    assert [(f.counting, f.part_of) for f in figures] == [("new", 1), ("unstated", None)]
    worlds.approve(world, proposal)
    part = Figure.objects.get(low=27)
    assert part.part_of == Figure.objects.get(low=7)


def test_what_was_included_in_a_figure_that_is_removed_stands_by_itself(
    world: World, article: Article, proposal: Proposal, analyst: Client, ministry: Source
) -> None:
    accepted(world, article, proposal, analyst, source=source_value(ministry), **{"figures-0-remove": "on"})
    (left,) = latest(proposal)[1].figures
    assert (left.low, left.part_of) == (7, None)


def test_figures_included_in_each_other_are_refused_in_words(
    world: World, article: Article, proposal: Proposal, analyst: Client, ministry: Source
) -> None:
    response = accepted(world, article, proposal, analyst, source=source_value(ministry), **{"figures-0-part_of": "2"})
    assert response.status_code == 422
    assert "never of itself" in words_of(response)


def test_a_figure_that_is_none_of_the_card_is_refused_at_its_field(
    world: World, article: Article, proposal: Proposal, analyst: Client, ministry: Source
) -> None:
    response = accepted(world, article, proposal, analyst, source=source_value(ministry), **{"figures-1-part_of": "9"})
    assert response.status_code == 422
    assert '<details class="card fold" open>' in " ".join(response.content.decode().split())


def test_a_row_that_is_added_is_seen(world: World, article: Article, proposal: Proposal, analyst: Client) -> None:
    page = analyst.get(card_url(world, article, proposal))
    added = press(analyst, page, "more-figure")
    assert "Figure 3" in words_of(added)
    assert '<details class="card fold" open>' in " ".join(added.content.decode().split())


@pytest.mark.parametrize("part_of", [0, 5, -1])
def test_a_part_is_of_another_figure_of_the_statement(part_of: int) -> None:
    draft = worlds.a_draft(figures=[FigureDraft("killed", "exactly", 7, part_of=part_of)])
    assert faults(draft, text=worlds.TEXT) == [Fault("figure_part_wrong")]


def test_figures_in_a_circle_are_recorded_by_nobody(world: World) -> None:
    numbers = [Number("killed", "exactly", n, None, "", part_of=1 - n) for n in (0, 1)]
    with pytest.raises(ValueError, match="circle"):
        record_figures(moment=None, statement=None, numbers=numbers)  # type: ignore[arg-type]
