"""The analysts' desk where something is not as the card had it: changed meanwhile, offered already, dated by a day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from apps.accounts.models import Actor
from apps.articles.models import Article, Rendition
from apps.review.models import Proposal
from apps.review.services import judging
from apps.sources.models import Source
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.rooms import at, browser
from tests.web.submitting import Response, press, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return worlds.a_world(zone="Asia/Baku")


@pytest.fixture
def ministry(world: World) -> Source:
    return worlds.a_source(
        world, "Ministry of Defence of the North", party=world.north, names=[("The ministry", "short")]
    )


@pytest.fixture
def article(world: World) -> Article:
    return worlds.an_article(world)


@pytest.fixture
def proposal(article: Article, ministry: Source) -> Proposal:
    (proposal,) = worlds.proposed(article, worlds.a_draft(worlds.rendition_of(article).text), source=ministry)
    return proposal


@pytest.fixture
def analyst(world: World) -> Client:
    return browser(world.analyst)


def opened(world: World, client: Client, article: Article, proposal: Proposal) -> Response:
    return client.get(at(world, "review-statement", number=article.number, key=proposal.public_id))


def shown(response: Response, name: str) -> list[str]:
    """The values of the fields of that name."""
    return [
        str(one.get("value", "")) for one in html.fromstring(response.content.decode()).xpath(f"//*[@name='{name}']")
    ]


class TestChangedMeanwhile:
    """Another window of the same analyst, or somebody who took the article over."""

    def elsewhere(self, world: World, client: Client, article: Article, proposal: Proposal, *, send_back: bool) -> None:
        press(client, opened(world, client, article, proposal), "accept", change={"channel": "television"})
        if send_back:
            proposal.refresh_from_db()
            judging.send_back(
                proposal=proposal,
                expected_revision=proposal.last_revision,
                by=Actor.person(world.editor),
                at=timezone.now(),
                note="Was it not on the radio?",
            )

    @pytest.mark.parametrize("button", ["accept", "reject"])
    def test_says_what_changed_keeps_what_was_typed_and_lets_one_go_on_knowingly(
        self, *, world: World, article: Article, proposal: Proposal, analyst: Client, button: str
    ) -> None:
        stale = opened(world, analyst, article, proposal)
        self.elsewhere(world, analyst, article, proposal, send_back=True)
        refused = press(analyst, stale, button, change={"channel": "radio"})
        assert refused.status_code == 409
        said = words_of(refused)
        assert "Somebody changed this since you opened it." in said
        assert "Anton Analyst changed since you opened it: Channel: television" in said
        assert shown(refused, "channel") == ["radio"]
        assert press(analyst, refused, button).status_code == 302
        proposal.refresh_from_db()
        if button == "reject":
            assert proposal.state == "rejected"
        else:
            assert proposal.state == "submitted"
            assert proposal.revisions.get(number=3).body["channel"] == "radio"

    def test_shows_the_statement_as_it_stands_if_it_can_no_longer_be_accepted(
        self, world: World, article: Article, proposal: Proposal, analyst: Client
    ) -> None:
        stale = opened(world, analyst, article, proposal)
        self.elsewhere(world, analyst, article, proposal, send_back=False)
        refused = press(analyst, stale, "accept", change={"channel": "radio"})
        assert refused.status_code == 409
        assert "Channel: television" in words_of(refused)
        assert b'value="accept"' not in refused.content


def test_a_search_whose_finds_are_offered_already_does_not_say_that_there_are_none(
    world: World, article: Article, proposal: Proposal, analyst: Client
) -> None:
    worlds.a_claim(world, "Northern troops crossed the river")
    card = opened(world, analyst, article, proposal)
    found = press(analyst, card, "look", change={"source_q": "ministry", "positions-0-claim_q": "crossed river"})
    said = words_of(found)
    assert "No source goes by that name." not in said
    assert "No claim holds these words." not in said
    none = words_of(press(analyst, card, "look", change={"source_q": "zzzz", "positions-0-claim_q": "zzzz"}))
    assert "No source goes by that name." in none
    assert "No claim holds these words." in none


def test_by_hand_what_a_day_s_article_prints_was_said_until_that_day_s_end(
    world: World, article: Article, analyst: Client
) -> None:
    rendition = worlds.rendition_of(article)
    Rendition.objects.bulk_create([again(rendition, datetime(2024, 5, 6, 20, tzinfo=UTC), "day")])  # the 7th in Baku
    by_hand = reverse("review-add", args=[world.dossier.slug, article.ref])
    assert shown(analyst.get(by_hand), "said_until") == ["2024-05-07T23:59:59"]
    Rendition.objects.bulk_create([again(rendition, datetime(2024, 5, 6, 20, 30, tzinfo=UTC), "minute")])
    assert shown(analyst.get(by_hand), "said_until") == ["2024-05-07T00:30:00"]


def again(rendition: Rendition, published: datetime, precision: str) -> Rendition:
    """The text drawn once more, with another date."""
    values = {field.attname: getattr(rendition, field.attname) for field in Rendition._meta.concrete_fields}
    del values["id"], values["public_id"]
    version = f"{precision} {published}"
    return Rendition(**{**values, "version": version, "published": published, "published_precision": precision})


def test_what_a_new_source_needs_is_not_called_optional(
    world: World, article: Article, proposal: Proposal, analyst: Client
) -> None:
    page = html.fromstring(opened(world, analyst, article, proposal).content.decode())
    labels = {
        name: " ".join(page.xpath(f"string(//label[@for='id_{name}'])").split())
        for name in ("new_name", "new_kind", "new_role")
    }
    assert labels == {"new_name": "Name", "new_kind": "Kind", "new_role": "Role there optional"}
