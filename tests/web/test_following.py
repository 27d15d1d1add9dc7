"""Following claims: what is new is told to who follows, from the facts alone, until they say that it is read."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article, Removal
from apps.claims import following, news
from apps.claims.models import Claim, Follow
from apps.core.errors import Denied
from apps.ledger import services as ledger
from apps.ledger.models import Head
from apps.review.drafts import CounterDraft
from apps.review.models import Proposal
from apps.review.services import judging, withdrawing
from apps.review.services.judging import Taken
from apps.sources.models import Source
from tests.factories.versions import corrected
from tests.factories.worlds import (
    World,
    a_claim,
    a_draft,
    a_person,
    a_source,
    a_world,
    an_article,
    approve,
    approved,
    rendition_of,
    submitted,
)
from tests.web.rooms import at, browser, html, queries
from tests.web.submitting import form_of, values_of, words_of

pytestmark = pytest.mark.django_db

TEXT = "The ministry denied that its troops had crossed the river. Boats were seen near the northern bank."
WITHOUT = "Boats were seen near the northern bank."


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def claim(world: World) -> Claim:
    return a_claim(world, about=[world.north])


@pytest.fixture
def ministry(world: World) -> Source:
    return a_source(world, "Ministry of Defence", party=world.north)


@pytest.fixture
def reader(world: World) -> Client:
    return browser(world.reader)


def followed(world: World, claim: Claim) -> None:
    following.follow(claim=claim, by=world.reader, at=timezone.now())


def denied(world: World, claim: Claim, ministry: Source, text: str = TEXT) -> Proposal:
    """Somebody denies the claim in an article of its own, and an editor approves that."""
    article = an_article(world, text)
    positions = [Taken("denies", claim=claim)]
    return approved(world, article, draft=a_draft(rendition_of(article).text), source=ministry, positions=positions)


def happened(world: World) -> list[str]:
    """What is new to the reader, the newest first."""
    return [str(one.what) for one in news.following(world.dossier.pk, world.reader.pk).news if one.new]


def unread(world: World) -> int:
    return news.unread(world.reader.pk, [world.dossier.pk]).get(world.dossier.pk, 0)


def remove(article: Article) -> Removal:
    with transaction.atomic(), ledger.entry(dossier_id=article.dossier_id, actor="machine:x", verb="x.y") as moment:
        return Removal.objects.create(
            article=article, address="https://example.org/a", status=410, noticed=timezone.now(), **moment.begins()
        )


def give_back(removal: Removal) -> None:
    with transaction.atomic(), ledger.entry(dossier_id=removal.dossier_id, actor="machine:x", verb="x.y") as moment:
        Removal.objects.filter(pk=removal.pk).update(**moment.ends())


# --- What is told -----------------------------------------------------------------------------------------------------


def test_who_follows_hears_of_new_positions_and_of_none_before(world: World, claim: Claim, ministry: Source) -> None:
    denied(world, claim, ministry)
    followed(world, claim)
    assert (happened(world), unread(world)) == ([], 0)
    denied(world, claim, ministry, f"{TEXT} Again.")
    assert (happened(world), unread(world)) == (["taken"], 1)
    one = news.following(world.dossier.pk, world.reader.pk).news[0]
    assert (one.source, one.stance, one.words) == (
        "Ministry of Defence",
        "denies",
        "its troops had crossed the river",
    )


def test_of_other_claims_nothing_is_told(world: World, claim: Claim, ministry: Source) -> None:
    followed(world, claim)
    denied(world, a_claim(world, "Boats were seen"), ministry)
    assert happened(world) == []


def test_nothing_that_is_not_approved_is_told(world: World, claim: Claim, ministry: Source) -> None:
    followed(world, claim)
    article = an_article(world, TEXT)
    submitted(world, article, draft=a_draft(TEXT), source=ministry, positions=[Taken("denies", claim=claim)])
    corrected(article, WITHOUT)
    assert (happened(world), unread(world)) == ([], 0)


def test_a_withdrawal_is_told_without_the_words(world: World, claim: Claim, ministry: Source, reader: Client) -> None:
    proposal = denied(world, claim, ministry)
    followed(world, claim)
    withdrawing.withdraw(proposal=proposal, by=Actor.person(world.editor), at=timezone.now(), note="Another ministry.")
    assert happened(world) == ["withdrawn"]
    page = words_of(reader.get(at(world, "following")))
    assert "A position was withdrawn" in page
    assert "its troops had crossed" not in page


def test_words_that_a_later_version_lacks_are_told_and_so_is_their_return(
    world: World, claim: Claim, ministry: Source
) -> None:
    proposal = denied(world, claim, ministry)
    assert proposal.article is not None
    followed(world, claim)
    corrected(proposal.article, WITHOUT)
    assert happened(world) == ["gone"]
    corrected(proposal.article, f"Correction. {TEXT}")
    assert happened(world) == ["back", "gone"]


def test_a_removal_is_told_once_however_many_statements_the_article_has_and_so_is_its_return(
    world: World, claim: Claim, ministry: Source
) -> None:
    proposal = denied(world, claim, ministry)
    assert proposal.article is not None
    again = a_draft(TEXT, source="Boats", cue="were seen", content="near the northern bank")
    approved(world, proposal.article, draft=again, source=ministry, positions=[Taken("asserts", claim=claim)])
    followed(world, claim)
    removal = remove(proposal.article)
    assert happened(world) == ["removed"]
    give_back(removal)
    assert happened(world) == ["returned", "removed"]


def test_a_counter_is_told(world: World, claim: Claim) -> None:
    other = a_claim(world, "Nobody was there")
    followed(world, claim)
    drawn = judging.propose_counter(
        claim=other,
        against=claim,
        kind="contradicts",
        draft=CounterDraft("Both cannot be"),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    assert happened(world) == []
    approve(world, drawn)
    assert happened(world) == ["countered"]


# --- Read -------------------------------------------------------------------------------------------------------------


def test_what_is_read_is_new_no_more_and_what_came_since_is(world: World, claim: Claim, ministry: Source) -> None:
    followed(world, claim)
    denied(world, claim, ministry)
    seen = news.following(world.dossier.pk, world.reader.pk).up_to
    denied(world, claim, ministry, f"{TEXT} Again.")
    following.mark_read(dossier=world.dossier, by=world.reader, up_to=seen)
    assert (happened(world), unread(world)) == (["taken"], 1)
    following.mark_read(dossier=world.dossier, by=world.reader, up_to=10**12)
    assert unread(world) == 0
    assert Follow.objects.get().seen_index == Head.objects.get(dossier=world.dossier).index
    denied(world, claim, ministry, f"{TEXT} And again.")
    assert unread(world) == 1


def test_reading_goes_never_backwards(world: World, claim: Claim) -> None:
    followed(world, claim)
    before = Follow.objects.get().seen_index
    following.mark_read(dossier=world.dossier, by=world.reader, up_to=0)
    assert Follow.objects.get().seen_index == before


def test_everybody_reads_for_themselves(world: World, claim: Claim, ministry: Source) -> None:
    followed(world, claim)
    following.follow(claim=claim, by=world.analyst, at=timezone.now())
    denied(world, claim, ministry)
    following.mark_read(dossier=world.dossier, by=world.analyst, up_to=10**12)
    assert unread(world) == 1


def test_who_is_no_member_follows_nothing(world: World, claim: Claim) -> None:
    with pytest.raises(Denied):
        following.follow(claim=claim, by=a_person("Olga Outsider"), at=timezone.now())


# --- The pages --------------------------------------------------------------------------------------------------------


def test_a_claim_is_followed_and_left_with_one_button(world: World, claim: Claim, reader: Client) -> None:
    url, address = at(world, "claim", number=claim.number), at(world, "claim-follow", number=claim.number)
    form = form_of(reader.get(url), action=address)
    response = reader.post(address, {**values_of(form), "do": "follow"}, follow=True)
    assert "You follow C-0001." in words_of(response)
    assert 'data-key="f"' in html(response)
    assert Follow.objects.get().user == world.reader
    reader.post(address, {"do": "follow"})
    assert Follow.objects.count() == 1
    reader.post(address, {"do": "unfollow"})
    assert not Follow.objects.exists()


def test_htmx_gets_the_button_alone(world: World, claim: Claim, reader: Client) -> None:
    address = at(world, "claim-follow", number=claim.number)
    response = reader.post(address, {"do": "follow"}, headers={"hx-request": "true"})
    assert html(response).lstrip().startswith("<form")
    assert 'value="unfollow"' in html(response)


def test_a_claim_that_is_not_held_cannot_be_followed(world: World, reader: Client) -> None:
    assert reader.post(at(world, "claim-follow", number=99), {"do": "follow"}).status_code == 404


def test_the_page_says_how_to_begin(world: World, reader: Client) -> None:
    assert "You follow no claim of this dossier" in words_of(reader.get(at(world, "following")))


def test_what_is_new_is_counted_in_the_bar_and_at_home_until_it_is_read(
    world: World, claim: Claim, ministry: Source, reader: Client
) -> None:
    followed(world, claim)
    denied(world, claim, ministry)
    assert "Following 1" in words_of(reader.get(at(world, "overview")))
    assert "1 new on what you follow" in words_of(reader.get("/"))
    page = reader.get(at(world, "following"))
    assert "A position was approved new" in words_of(page)
    form = form_of(page, action=at(world, "following-read"))
    response = reader.post(at(world, "following-read"), values_of(form), follow=True)
    assert "Marked as read." in words_of(response)
    assert "A position was approved new" not in words_of(response)
    assert "new on what you follow" not in words_of(reader.get("/"))


@pytest.mark.parametrize("up_to", ["", "-1", "x", "9" * 40])
def test_a_place_that_is_none_marks_nothing(world: World, claim: Claim, reader: Client, up_to: str) -> None:
    followed(world, claim)
    before = Follow.objects.get().seen_index
    assert reader.post(at(world, "following-read"), {"up_to": up_to}).status_code == 302
    assert Follow.objects.get().seen_index == before


def test_unfollowing_from_the_list_leads_back_to_it(world: World, claim: Claim, reader: Client) -> None:
    followed(world, claim)
    address = at(world, "claim-follow", number=claim.number)
    response = reader.post(address, {"do": "unfollow", "back": "following"})
    assert response["Location"] == at(world, "following")


def test_every_kind_of_news_has_words_and_a_way_to_it(
    world: World, claim: Claim, ministry: Source, reader: Client
) -> None:
    followed(world, claim)
    proposal = denied(world, claim, ministry)
    assert proposal.article is not None
    corrected(proposal.article, WITHOUT)
    corrected(proposal.article, f"Correction. {TEXT}")
    give_back(remove(proposal.article))
    page = words_of(reader.get(at(world, "following")))
    for words in (
        "A position was approved",
        "Words are gone from the later version of A-0001",
        "A later version of A-0001 has the words again",
        "The publisher removed A-0001; its captures stay",
        "A-0001 is at its address again",
    ):
        assert words in page


def test_the_page_takes_as_many_queries_for_ten_claims_as_for_one(
    world: World, claim: Claim, ministry: Source, reader: Client
) -> None:
    followed(world, claim)
    denied(world, claim, ministry)
    one = queries(reader, at(world, "following"))
    for number in range(9):
        other = a_claim(world, f"Boats were seen {number}")
        followed(world, other)
        denied(world, other, ministry, f"{TEXT} Number {number}.")
    assert queries(reader, at(world, "following")) == one <= 25
