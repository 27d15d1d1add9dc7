"""The card of a denial: what it most likely answers, and the claim that it may deny, which nobody is made to take."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from lxml import html

from apps.accounts.models import Actor
from apps.articles.models import Article
from apps.attribution.types import Answer, Attribution, Kind
from apps.review.drafts import AttributionDraft, ClaimDraft, FigureDraft
from apps.review.models import Proposal
from apps.review.services import judging
from apps.review.services.judging import Taken
from apps.review.services.proposing import propose_again
from apps.sources.models import Source
from tests.factories import worlds
from tests.factories.finders import Finder, found
from tests.factories.worlds import World
from tests.web.desk.sitting import card_url, latest, source_value
from tests.web.submitting import form_of, press, values_of, words_of

pytestmark = pytest.mark.django_db

TEXT = (
    "The harbour office said that troops had crossed the river.\n\n"
    "The ministry denied that its troops had left the barracks."
)
BECAUSE = "both are about troops"
ASSERTED: dict[str, Any] = {
    "source": "The harbour office",
    "cue": "said",
    "content": "troops had crossed the river",
    "kind": Kind.ASSERTION,
}


def both(text: str) -> list[Attribution]:
    denial = found(text, content="its troops had left the barracks", answers=[Answer(0, BECAUSE, 0.8)])
    return [found(text, **ASSERTED), denial]


@pytest.fixture
def article(world: World) -> Article:
    article = worlds.an_article(world, TEXT)
    propose_again(rendition=worlds.rendition_of(article), engine=Finder(both), at=timezone.now())
    return article


@pytest.fixture
def pair(article: Article) -> tuple[Proposal, Proposal]:
    """What was asserted, and the denial that most likely answers it."""
    asserted, denial = Proposal.objects.attributions().select_related("dossier").order_by("begins")
    return asserted, denial


@pytest.fixture
def office(world: World) -> Source:
    return worlds.a_source(world, "Harbour Office", names=[("The harbour office", "short")])


def take_button(response: Any) -> list[Any]:
    page = html.fromstring(response.content.decode())
    found: list[Any] = page.xpath("//button[starts-with(@value, 'deny:')]")
    return found


def test_the_card_says_what_it_most_likely_answers_and_why_with_a_way_there(
    world: World, article: Article, pair: tuple[Proposal, Proposal], analyst: Client
) -> None:
    asserted, denial = pair
    response = analyst.get(card_url(world, article, denial))
    said = words_of(response)
    assert "Most likely answers statement 1: “troops had crossed the river” (The harbour office)" in said
    assert f"because {BECAUSE}" in said
    links = html.fromstring(response.content.decode()).xpath("//dd//a[text()='statement 1']/@href")
    assert links == [card_url(world, article, asserted)]
    assert not take_button(response), "nothing is decided about it, so there is no claim to deny"
    assert "Most likely answers" not in words_of(analyst.get(card_url(world, article, asserted)))


def test_the_claim_of_what_it_answers_is_suggested_first_and_not_chosen_for_anybody(
    world: World, article: Article, pair: tuple[Proposal, Proposal], analyst: Client, office: Source
) -> None:
    asserted, denial = pair
    worlds.a_claim(world, "The troops had left the barracks")
    claim = worlds.a_claim(world, "A crossing took place")
    worlds.accept(world, asserted, source=office, positions=[Taken("asserts", claim=claim)])
    response = analyst.get(card_url(world, article, denial))
    (button,) = take_button(response)
    assert (button.get("value"), button.get("data-key")) == (f"deny:{claim.ref}", "r")
    page = html.fromstring(response.content.decode())
    first = page.xpath("//input[@name='positions-0-claim']")[0]
    assert first.get("value") == claim.ref
    assert "stated by what this most likely answers" in words_of(response)
    assert not page.xpath("//input[@name='positions-0-claim'][@checked][not(@value='none')]")


@pytest.mark.parametrize("htmx", [False, True])
def test_taking_it_fills_in_the_denial_for_a_person_to_accept(  # noqa: PLR0917 (fixtures)
    world: World, article: Article, pair: tuple[Proposal, Proposal], analyst: Client, office: Source, htmx: bool
) -> None:
    asserted, denial = pair
    claim = worlds.a_claim(world, "A crossing took place")
    worlds.accept(world, asserted, source=office, positions=[Taken("asserts", claim=claim)])
    page = analyst.get(card_url(world, article, denial))
    filled = press(analyst, page, f"deny:{claim.ref}", change={"source": source_value(office)}, htmx=htmx)
    assert filled.status_code == 200
    sends = values_of(form_of(filled, button="do", value="accept"))
    assert (sends["positions-0-claim"], sends["positions-0-stance"]) == ([claim.ref], ["denies"])
    assert latest(denial)[0].state == "open"
    assert "denied below" in words_of(filled)
    assert not take_button(filled)

    press(analyst, filled, "accept")
    accepted, draft = latest(denial)
    link = accepted.revisions.get(number=2).links.get()
    assert (link.claim, link.stance) == (claim, "denies")
    assert [answer.reason for answer in draft.answers] == [BECAUSE]


def test_a_claim_that_waits_for_an_editor_may_be_taken_too(
    world: World, article: Article, pair: tuple[Proposal, Proposal], analyst: Client, office: Source
) -> None:
    asserted, denial = pair
    new = ClaimDraft("A crossing took place")
    worlds.accept(world, asserted, source=office, positions=[Taken("asserts", new_claim=new)])
    pending = Proposal.objects.get(kind="claim", state="submitted")
    (button,) = take_button(analyst.get(card_url(world, article, denial)))
    assert button.get("value") == f"deny:P-{pending.public_id}"


def test_what_a_person_chose_already_is_left_and_the_denial_comes_behind(
    world: World, article: Article, pair: tuple[Proposal, Proposal], analyst: Client, office: Source
) -> None:
    asserted, denial = pair
    claim, other = worlds.a_claim(world, "A crossing took place"), worlds.a_claim(world, "Nobody left")
    worlds.accept(world, asserted, source=office, positions=[Taken("presupposes", claim=claim)])
    page = analyst.get(card_url(world, article, denial))
    chosen = {"positions-0-claim": other.ref, "positions-0-stance": "asserts"}
    filled = press(analyst, page, f"deny:{claim.ref}", change=chosen)
    sends = values_of(form_of(filled, button="do", value="accept"))
    assert (sends["positions-0-claim"], sends["positions-0-stance"]) == ([other.ref], ["asserts"])
    assert (sends["positions-1-claim"], sends["positions-1-stance"]) == ([claim.ref], ["denies"])


@pytest.mark.parametrize("stance", ["denies", "declines", "evades"])
def test_who_did_not_take_the_claim_for_true_has_said_nothing_to_deny(  # noqa: PLR0917 (fixtures)
    world: World, article: Article, pair: tuple[Proposal, Proposal], analyst: Client, office: Source, stance: str
) -> None:
    asserted, denial = pair
    claim = worlds.a_claim(world, "A crossing took place")
    worlds.accept(world, asserted, source=office, positions=[Taken(stance, claim=claim)])
    assert not take_button(analyst.get(card_url(world, article, denial)))


def test_what_was_set_aside_or_replaced_is_no_longer_named(
    world: World, article: Article, pair: tuple[Proposal, Proposal], analyst: Client
) -> None:
    asserted, denial = pair
    judging.reject(proposal=asserted, expected_revision=1, by=Actor.person(world.analyst), at=timezone.now())
    assert "Most likely answers" not in words_of(analyst.get(card_url(world, article, denial)))


def test_the_card_tells_which_machine_proposed_it_and_that_its_number_is_no_probability(
    world: World, article: Article, pair: tuple[Proposal, Proposal], analyst: Client
) -> None:
    said = words_of(analyst.get(card_url(world, article, pair[1])))
    assert "Where this proposal comes from Proposed by stand-in/1 Pattern preposed Order 0.90:" in said
    assert "is no probability" in said


def test_what_a_person_marked_by_hand_comes_from_no_machine(
    world: World, article: Article, analyst: Client, office: Source
) -> None:
    draft = worlds.a_draft(TEXT, content="its troops had left the barracks")
    by_hand = worlds.submitted(world, article, draft=draft, source=office)
    assert "Where this proposal comes from" not in words_of(analyst.get(card_url(world, article, by_hand)))


def test_bodies_from_before_answers_and_countings_are_still_read() -> None:
    body = worlds.a_draft(figures=[FigureDraft("killed", "exactly", 9)]).body()
    del body["answers"]
    for name in ("counting", "part_of"):
        del body["figures"][0][name]
    draft = AttributionDraft.read(body)
    assert draft.answers == ()
    assert (draft.figures[0].counting, draft.figures[0].part_of) == ("unstated", None)
