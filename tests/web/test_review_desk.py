"""The analysts' desk: who may open it, what each verb does, and that it works without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Actor, User
from apps.articles.models import Article
from apps.claims.models import Claim
from apps.review.drafts import AttributionDraft, ClaimDraft, FigureDraft, SourceDraft
from apps.review.models import Decision, Hold, Proposal
from apps.review.services import holding, judging
from apps.review.services.judging import NewSource, Taken
from apps.sources.models import Source
from apps.web.desk.finding import Ambiguous, Marked, NotFound, find
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.submitting import press, values_of, words_of

pytestmark = pytest.mark.django_db

TEXT = (
    "The ministry denied that its troops had crossed the river.\n\n"
    "It said that 12 people were wounded near the bridge.\n\n"
    "Anna Vale said that the bridge was closed. Nobody else was asked."
)


@pytest.fixture
def world() -> World:
    return worlds.a_world()


@pytest.fixture
def ministry(world: World) -> Source:
    return worlds.a_source(
        world, "Ministry of Defence of the North", party=world.north, names=[("The ministry", "short")]
    )


@pytest.fixture
def article(world: World) -> Article:
    return worlds.an_article(world, TEXT, headline="A river is disputed", outlet="Valley Post")


@pytest.fixture
def proposals(article: Article) -> list[Proposal]:
    text = worlds.rendition_of(article).text
    return worlds.proposed(
        article,
        worlds.a_draft(text, kind="denial"),
        worlds.a_draft(text, source="It", cue="said", content="12 people were wounded near the bridge"),
        worlds.a_draft(text, source="Anna Vale", cue="said", content="the bridge was closed"),
    )


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def analyst(world: World) -> Client:
    return signed_in(world.analyst)


def desk_url(world: World, article: Article) -> str:
    return reverse("review-article", args=[world.dossier.slug, article.ref])


def card_url(world: World, article: Article, proposal: Proposal) -> str:
    return reverse("review-statement", args=[world.dossier.slug, article.ref, proposal.public_id])


def latest(proposal: Proposal) -> tuple[Proposal, AttributionDraft]:
    fresh = Proposal.objects.get(pk=proposal.pk)
    return fresh, AttributionDraft.read(fresh.revisions.get(number=fresh.last_revision).body)


def source_value(source: Source) -> str:
    return f"S-{source.public_id}"


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["review", "review-article", "review-statement", "review-add", "review-sources"])
def test_the_desk_is_closed_to_readers_and_unknown_to_strangers(
    world: World, article: Article, proposals: list[Proposal], name: str
) -> None:
    slug = world.dossier.slug
    args: dict[str, list[Any]] = {
        "review": [slug],
        "review-sources": [slug],
        "review-article": [slug, article.ref],
        "review-add": [slug, article.ref],
        "review-statement": [slug, article.ref, proposals[0].public_id],
    }
    url = reverse(name, args=args[name])
    stranger = worlds.a_world()
    assert signed_in(world.reader).get(url).status_code == 403
    assert signed_in(stranger.analyst).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert not Hold.objects.exists()


def test_an_article_of_another_dossier_is_not_found(world: World, article: Article, proposals: list[Proposal]) -> None:
    other = worlds.a_world()
    client = signed_in(other.analyst)
    assert client.get(card_url(other, article, proposals[0])).status_code == 404


def test_a_reader_cannot_accept(world: World, article: Article, proposals: list[Proposal]) -> None:
    response = signed_in(world.reader).post(card_url(world, article, proposals[0]), {"do": "accept"})
    assert response.status_code == 403
    assert latest(proposals[0])[0].state == "open"


# --- The queue --------------------------------------------------------------------------------------------------------


def test_the_queue_shows_progress_and_who_holds_an_article(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    worlds.accept(world, proposals[0], source=ministry)
    holding.hold(article=article, by=world.editor, at=timezone.now())
    said = words_of(analyst.get(reverse("review", args=[world.dossier.slug])))
    assert "A river is disputed" in said
    assert "Valley Post" in said
    assert "1 / 3" in said
    assert "Edda Editor" in said


def test_the_queue_is_empty_once_all_is_reviewed(world: World, analyst: Client) -> None:
    assert "Nothing waits for an analyst" in words_of(analyst.get(reverse("review", args=[world.dossier.slug])))


def test_queries_do_not_grow_with_the_statements(
    world: World, analyst: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    text = " ".join(f"The ministry denied that matter {n} was so." for n in range(12))
    one = worlds.an_article(world, text, headline="Many matters")
    drafts = [worlds.a_draft(worlds.rendition_of(one).text, content=f"matter {n} was so") for n in range(12)]
    worlds.proposed(one, *drafts)
    with django_assert_max_num_queries(75):
        analyst.get(desk_url(world, one))


# --- Opening ----------------------------------------------------------------------------------------------------------


def test_opening_an_article_holds_it_and_shows_every_statement_marked(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    response = analyst.get(desk_url(world, article))
    page = html.fromstring(response.content.decode())
    text = worlds.rendition_of(article).text
    paragraphs = page.xpath("//article[@data-rendition]/p[@data-start]")
    for paragraph in paragraphs:
        start = int(paragraph.get("data-start"))
        shown = "".join(paragraph.xpath(".//text()[not(ancestor::a[@class='n'])]"))
        assert text[start : start + len(shown)] == shown
    assert {one.get("data-a") for one in page.xpath("//*[@data-a]")} == {str(p.public_id) for p in proposals}
    assert [one.text for one in page.xpath("//em[@data-state='active']")] == ["denied"]
    hold = Hold.objects.get(article=article)
    assert hold.user == world.analyst
    assert hold.until > timezone.now() + timedelta(minutes=29)


def test_what_an_article_says_is_escaped(world: World, analyst: Client) -> None:
    evil = "The ministry denied that <script>alert(1)</script> was so & nothing else."
    one = worlds.an_article(world, evil)
    text = worlds.rendition_of(one).text
    assert "<script>" in text
    worlds.proposed(one, worlds.a_draft(text, content="<script>alert(1)</script> was so"))
    shown = analyst.get(desk_url(world, one)).content.decode()
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_relayed_words_are_marked_inside_the_relayers(world: World, analyst: Client) -> None:
    one = worlds.an_article(world, "Osmark argued that the ministry's admission that it retreated changed everything.")
    text = worlds.rendition_of(one).text
    worlds.proposed(
        one,
        worlds.a_draft(
            text, source="Osmark", cue="argued", content="the ministry's admission that it retreated changed everything"
        ),
        worlds.a_draft(text, source="the ministry", cue="admission", content="it retreated"),
        relayed_by={1: 0},
    )
    page = html.fromstring(analyst.get(desk_url(world, one)).content.decode())
    (inner,) = page.xpath("//span[contains(@class, 'm-content')]//span[contains(@class, 'm-content')]")
    assert inner.text_content() == "it retreated"
    assert "m-nested" in inner.get("class")


def test_an_article_held_by_another_is_read_only(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    holding.hold(article=article, by=world.editor, at=timezone.now())
    response = analyst.get(desk_url(world, article))
    assert "Edda Editor is reviewing this article" in words_of(response)
    assert b'value="accept"' not in response.content
    refused = analyst.post(
        card_url(world, article, proposals[0]),
        {**first_card(world, article, proposals[0], ministry), "do": "accept"},
    )
    assert refused.status_code == 409
    assert "Edda Editor is reviewing this article" in words_of(refused)
    assert latest(proposals[0])[0].state == "open"


def first_card(world: World, article: Article, proposal: Proposal, source: Source) -> dict[str, Any]:
    """What the card of a proposal sends, read off the desk of somebody who may open it."""
    taken = Hold.objects.filter(article=article).first()
    holder = taken.user if taken else world.analyst
    page = html.fromstring(signed_in(holder).get(card_url(world, article, proposal)).content.decode())
    form = next(f for f in page.forms if f.xpath(".//button[@value='accept']"))
    return {**values_of(form), "source": source_value(source)}


def test_a_hold_that_lapsed_is_anybodys(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    holding.hold(article=article, by=world.editor, at=timezone.now() - timedelta(minutes=31))
    assert b'value="accept"' in analyst.get(desk_url(world, article)).content
    assert Hold.objects.get(article=article).user == world.analyst


def test_an_article_without_proposals_says_so_and_offers_to_add_one(
    world: World, article: Article, analyst: Client
) -> None:
    response = analyst.get(desk_url(world, article))
    assert "No statement was proposed here" in words_of(response)
    assert reverse("review-add", args=[world.dossier.slug, article.ref]).encode() in response.content


def test_releasing_lets_another_work(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    analyst.get(desk_url(world, article))
    response = analyst.post(reverse("review-release", args=[world.dossier.slug, article.ref]))
    assert response["location"] == reverse("review", args=[world.dossier.slug])
    assert not Hold.objects.exists()


# --- Accepting --------------------------------------------------------------------------------------------------------


def test_accepting_without_javascript_submits_and_opens_the_next(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    claim = worlds.a_claim(world, "Northern troops crossed the river", about=[world.north])
    page = analyst.get(desk_url(world, article))
    response = press(analyst, page, "accept", change={"source": source_value(ministry), "positions-0-claim": claim.ref})
    assert response.status_code == 302
    assert response["location"] == card_url(world, article, proposals[1])
    proposal, _draft = latest(proposals[0])
    assert proposal.state == "submitted"
    revision = proposal.revisions.get(number=2)
    assert revision.source == ministry
    assert revision.author == world.analyst
    assert revision.alias is not None
    assert revision.alias.name == "The ministry"
    link = revision.links.get()
    assert (link.claim, link.stance) == (claim, "denies")


def test_accepting_through_htmx_gives_the_next_card_the_queue_and_the_marks(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    page = analyst.get(desk_url(world, article))
    response = press(analyst, page, "accept", change={"source": source_value(ministry)}, htmx=True)
    assert response.status_code == 200
    assert response["HX-Push-Url"] == card_url(world, article, proposals[1])
    said = response.content.decode()
    assert "<html" not in said
    assert "Statement 2 of 3" in words_of(response)
    assert 'id="queue"' in said
    assert 'id="read" hx-swap-oob="true"' in said
    assert "1 / 3" in words_of(response)


def test_after_the_last_one_the_desk_says_that_all_is_reviewed(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    for _each in proposals:
        page = analyst.get(desk_url(world, article))
        response = press(analyst, page, "accept", change={"source": source_value(ministry)}, follow=True)
    assert "All of it is reviewed" in words_of(response)


def test_a_card_without_a_source_is_refused_and_keeps_what_was_typed(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    page = analyst.get(desk_url(world, article))
    response = press(
        analyst,
        page,
        "accept",
        change={"source": [], "positions-0-claim": "new", "positions-0-wording": "A wording", "channel": "radio"},
    )
    assert response.status_code == 422
    assert "Choose who said it." in words_of(response)
    assert "A wording" in response.content.decode()
    assert 'value="radio"' in response.content.decode()
    assert latest(proposals[0])[0].state == "open"


def test_a_new_claim_goes_along_with_the_parties_it_is_about(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    page = analyst.get(desk_url(world, article))
    press(
        analyst,
        page,
        "accept",
        change={
            "source": source_value(ministry),
            "positions-0-claim": "new",
            "positions-0-wording": "Northern troops crossed the river",
            "positions-0-about": [str(world.north.pk)],
        },
    )
    pending = Proposal.objects.get(kind="claim", state="submitted")
    assert ClaimDraft.read(pending.revisions.get().body) == ClaimDraft(
        "Northern troops crossed the river", (world.north.pk,)
    )
    assert not Claim.objects.exists()


def test_a_pending_claim_is_offered_and_marked_so_that_nobody_makes_it_twice(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    draft = ClaimDraft("Troops crossed the river")
    pending = judging.propose_claim(
        dossier=world.dossier, draft=draft, by=Actor.person(world.analyst), at=timezone.now()
    )
    page = analyst.get(desk_url(world, article))
    value = f"P-{pending.public_id}"
    assert value in page.content.decode()
    assert "waits for an editor" in words_of(page)
    press(analyst, page, "accept", change={"source": source_value(ministry), "positions-0-claim": value})
    assert latest(proposals[0])[0].revisions.get(number=2).links.get().claim_proposal == pending
    assert Proposal.objects.filter(kind="claim").count() == 1


def test_a_statement_may_take_positions_on_two_claims(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    one, two = worlds.a_claim(world, "Troops crossed the river"), worlds.a_claim(world, "Troops were near the river")
    page = analyst.get(desk_url(world, article))
    page = press(
        analyst, page, "more-position", change={"source": source_value(ministry), "positions-0-claim": one.ref}
    )
    assert page.status_code == 200
    press(analyst, page, "accept", change={"positions-1-claim": two.ref, "positions-1-stance": "presupposes"})
    links = latest(proposals[0])[0].revisions.get(number=2).links.all()
    assert [(link.claim, link.stance) for link in links] == [(one, "denies"), (two, "presupposes")]


def test_two_positions_on_one_claim_are_refused_at_the_card(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    one = worlds.a_claim(world)
    page = press(analyst, analyst.get(desk_url(world, article)), "more-position")
    response = press(
        analyst,
        page,
        "accept",
        change={
            "source": source_value(ministry),
            "positions-0-claim": one.ref,
            "positions-1-claim": one.ref,
            "positions-1-stance": "asserts",
        },
    )
    assert response.status_code == 422
    assert "one position on each claim" in words_of(response)


def test_a_retraction_names_what_it_takes_back(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    claim = worlds.a_claim(world)
    earlier = worlds.a_statement(world, source=ministry, claim=claim, stance="asserts")
    change = {
        "source": source_value(ministry),
        "positions-0-claim": claim.ref,
        "positions-0-stance": "retracts",
    }
    page = press(analyst, analyst.get(desk_url(world, article)), "look", change=change)
    assert f"S-{earlier.public_id}" in page.content.decode()
    refused = press(analyst, page, "accept")
    assert refused.status_code == 422
    assert "Say which statement is taken back." in words_of(refused)
    press(analyst, refused, "accept", change={"positions-0-retracts": f"S-{earlier.public_id}"})
    assert latest(proposals[0])[0].revisions.get(number=2).links.get().retracts == earlier


def test_a_speaker_may_argue_that_a_claim_answers_another(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    one, two = worlds.a_claim(world, "Nobody crossed the river"), worlds.a_claim(world, "Troops crossed the river")
    change = {
        "source": source_value(ministry),
        "positions-0-claim": one.ref,
        "positions-0-stance": "asserts",
        "positions-0-against": two.ref,
    }
    refused = press(analyst, analyst.get(desk_url(world, article)), "accept", change=change)
    assert refused.status_code == 422
    assert "Say how it answers it." in words_of(refused)
    press(analyst, refused, "accept", change={"positions-0-counter_kind": "rebuts"})
    link = latest(proposals[0])[0].revisions.get(number=2).links.get()
    assert (link.against, link.counter_kind) == (two, "rebuts")


def test_a_stance_that_a_person_chose_needs_a_claim(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    page = analyst.get(desk_url(world, article))
    response = press(
        analyst, page, "accept", change={"source": source_value(ministry), "positions-0-stance": "concedes"}
    )
    assert response.status_code == 422
    assert "Choose the claim that the position is on." in words_of(response)


# --- The source -------------------------------------------------------------------------------------------------------


def test_the_speaker_above_is_taken_with_one_key(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    worlds.accept(world, proposals[0], source=ministry)
    page = press(analyst, analyst.get(card_url(world, article, proposals[1])), "same", change={"channel": "radio"})
    assert page.status_code == 200
    response = press(analyst, page, "accept")
    assert response.status_code == 302
    proposal, draft = latest(proposals[1])
    assert proposal.revisions.get(number=2).source == ministry
    assert draft.channel == "radio"


def test_a_new_source_is_proposed_along_with_the_statement(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    page = analyst.get(card_url(world, article, proposals[2]))
    refused = press(analyst, page, "accept", change={"source": "new"})
    assert refused.status_code == 422
    assert "A source needs a name." in words_of(refused)
    press(
        analyst,
        refused,
        "accept",
        change={
            "new_name": "Anna Vale",
            "new_kind": "person",
            "new_party": str(world.north.public_id),
            "new_institution": "ministry of defence of the north",
            "new_role": "spokesperson",
        },
    )
    pending = latest(proposals[2])[0].revisions.get(number=2).source_proposal
    assert pending is not None
    revision = pending.revisions.get()
    assert SourceDraft.read(revision.body).name == "Anna Vale"
    assert (revision.party, revision.principal) == (world.north, ministry)


def test_a_pending_source_may_be_chosen_again(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    new = NewSource(SourceDraft("Anna Vale", "person"))
    pending = judging.propose_source(dossier=world.dossier, new=new, by=Actor.person(world.analyst), at=timezone.now())
    page = analyst.get(card_url(world, article, proposals[2]))
    value = f"P-{pending.public_id}"
    assert value in page.content.decode()
    press(analyst, page, "accept", change={"source": value})
    assert latest(proposals[2])[0].revisions.get(number=2).source_proposal == pending


def test_a_name_is_learnt_if_the_analyst_says_so(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    page = analyst.get(card_url(world, article, proposals[2]))
    press(
        analyst,
        page,
        "accept",
        change={"source": source_value(ministry), "learn": "on", "learn_form": "transliterated"},
    )
    learn = latest(proposals[2])[1].learn
    assert learn is not None
    assert (learn.name, learn.form) == ("Anna Vale", "transliterated")


def test_a_principal_is_found_by_any_of_its_names_or_refused(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    anna = worlds.a_source(world, "Anna Vale", kind="person", institution=ministry)
    page = analyst.get(card_url(world, article, proposals[2]))
    refused = press(analyst, page, "accept", change={"source": source_value(anna), "principal": "Nobody we know"})
    assert refused.status_code == 422
    assert "No source of this dossier goes by that name." in words_of(refused)
    press(analyst, refused, "accept", change={"principal": "the ministry"})
    assert latest(proposals[2])[0].revisions.get(number=2).principal == ministry


def test_sources_and_claims_are_searched_by_words(world: World, analyst: Client, ministry: Source) -> None:
    worlds.a_claim(world, "Northern troops crossed the river")
    slug = world.dossier.slug
    found = analyst.get(reverse("review-sources", args=[slug]), {"source_q": "minist"}, headers={"hx-request": "true"})
    assert source_value(ministry) in found.content.decode()
    none = analyst.get(reverse("review-sources", args=[slug]), {"source_q": "zzzz"})
    assert "No source goes by that name." in words_of(none)
    claims = reverse("review-claims", args=[slug])
    found = analyst.get(claims, {"prefix": "positions-0", "positions-0-claim_q": "cross river"})
    assert 'name="positions-0-claim"' in found.content.decode()
    assert "C-0001" in found.content.decode()
    by_ref = analyst.get(claims, {"prefix": "positions-0", "positions-0-claim_q": "c-1"})
    assert "C-0001" in by_ref.content.decode()
    none = analyst.get(claims, {"prefix": "positions-0", "positions-0-claim_q": "zzzz & | ' ("})
    assert "No claim holds these words." in words_of(none)
    assert analyst.get(claims, {"prefix": "x"}).status_code == 404


def test_a_source_of_another_dossier_cannot_be_named(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    foreign = worlds.a_source(worlds.a_world())
    page = analyst.get(desk_url(world, article))
    response = press(analyst, page, "accept", change={"source": source_value(foreign)})
    assert response.status_code == 422
    assert latest(proposals[0])[0].state == "open"


# --- When, how much, through whom -------------------------------------------------------------------------------------


def test_times_and_figures_are_edited_added_and_removed(
    world: World, article: Article, analyst: Client, ministry: Source
) -> None:
    text = worlds.rendition_of(article).text
    figures = [FigureDraft("wounded", "exactly", 12), FigureDraft("killed", "exactly", 1)]
    draft = worlds.a_draft(
        text, source="It", cue="said", content="12 people were wounded near the bridge", figures=figures
    )
    (proposal,) = worlds.proposed(article, draft, source=ministry)
    page = press(analyst, analyst.get(card_url(world, article, proposal)), "more-figure")
    press(
        analyst,
        page,
        "accept",
        change={
            "said_from": "2024-03-11T10:00",
            "figures-0-comparator": "at_least",
            "figures-1-remove": "on",
            "figures-2-measure": "missing",
            "figures-2-comparator": "range",
            "figures-2-low": "3",
            "figures-2-high": "5",
            "figures-2-of_whom": "fishermen",
        },
    )
    now = latest(proposal)[1]
    assert now.figures == (FigureDraft("wounded", "at_least", 12), FigureDraft("missing", "range", 3, 5, "fishermen"))
    assert now.said_from is not None
    assert now.said_from.isoformat() == "2024-03-11T10:00:00+00:00"
    assert now.said_until == worlds.SAID


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"said_from": "2030-01-01T00:00"}, "It cannot have been said from later than until."),
        ({"said_until": "yesterday"}, "Enter a valid date/time."),
        ({"figures-0-low": "9", "figures-0-comparator": "range"}, "A range needs a second number, above the first."),
        ({"figures-0-low": "9", "figures-0-high": "10"}, "Only a range has two numbers."),
        ({"figures-0-low": "-1"}, "greater than or equal to 0"),
        ({"kind": "gossip"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_the_card(
    *,
    world: World,
    article: Article,
    proposals: list[Proposal],
    analyst: Client,
    ministry: Source,
    change: dict[str, str],
    said: str,
) -> None:
    page = press(analyst, analyst.get(desk_url(world, article)), "more-figure")
    response = press(analyst, page, "accept", change={"source": source_value(ministry), **change})
    assert response.status_code == 422
    assert said in words_of(response)
    assert latest(proposals[0])[0].state == "open"


def test_a_relayer_is_named_from_the_same_article(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    page = analyst.get(card_url(world, article, proposals[1]))
    key = str(proposals[0].public_id)
    press(analyst, page, "accept", change={"source": source_value(ministry), "relayed_by": key})
    assert latest(proposals[1])[0].revisions.get(number=2).relayed_by == proposals[0]


# --- Spans ------------------------------------------------------------------------------------------------------------


def test_spans_are_edited_without_javascript_by_writing_the_words(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    page = press(analyst, analyst.get(card_url(world, article, proposals[2])), "spans")
    assert b"data-span-words" in page.content
    press(
        analyst,
        page,
        "accept",
        change={"source": source_value(ministry), "content_words": "the bridge was closed.\nNobody else was asked"},
    )
    content = [span for span in latest(proposals[2])[1].spans if span.role == "content"]
    text = worlds.rendition_of(article).text
    assert [text[span.begins : span.ends] for span in content] == ["the bridge was closed.", "Nobody else was asked"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"content_words": "words that nobody printed"}, "is not in the article, word for word"),
        ({"content_words": "", "content_ranges": ""}, "Mark what was said: a statement needs content."),
        ({"content_words": "said that", "content_ranges": ""}, "These words stand there 2 times"),
        ({"cue_words": "said", "cue_occurrence": "7"}, "These words stand in the article only 2 times."),
        ({"content_words": "", "content_ranges": "5-99999"}, "lies outside the article"),
    ],
)
def test_spans_that_cannot_stand_are_refused(
    *,
    world: World,
    article: Article,
    proposals: list[Proposal],
    analyst: Client,
    ministry: Source,
    change: dict[str, str],
    said: str,
) -> None:
    page = press(analyst, analyst.get(desk_url(world, article)), "spans")
    response = press(analyst, page, "accept", change={"source": source_value(ministry), **change})
    assert response.status_code == 422
    assert said in words_of(response)
    assert latest(proposals[0])[0].last_revision == 1


def test_a_statement_is_added_by_hand(world: World, article: Article, analyst: Client, ministry: Source) -> None:
    page = analyst.get(reverse("review-add", args=[world.dossier.slug, article.ref]))
    response = press(
        analyst,
        page,
        "accept",
        change={
            "source": source_value(ministry),
            "source_words": "It",
            "cue_words": "said",
            "content_words": "12 people were wounded near the bridge",
        },
    )
    assert response.status_code == 302
    proposal = Proposal.objects.attributions().get()
    assert proposal.state == "submitted"
    spans = {span.role: span for span in latest(proposal)[1].spans}
    text = worlds.rendition_of(article).text
    assert spans["cue"].begins == text.index("said", spans["source"].begins)
    assert spans["source"].begins == text.index("It said")


class TestFinding:
    def test_ranges_stand_where_their_words_are_the_forms(self) -> None:
        (span,) = find("a b a b", Marked("cue", "a", "4-5"))
        assert (span.begins, span.exact) == (4, "a")

    def test_words_that_were_changed_by_hand_are_looked_up(self) -> None:
        (span,) = find("a b c", Marked("cue", "b", "0-1"))
        assert span.begins == 2

    def test_offsets_count_code_points(self) -> None:
        (span,) = find("🙂🙂 said", Marked("cue", "said"))
        assert (span.begins, span.ends) == (3, 7)

    def test_whole_words_come_before_parts_of_words(self) -> None:
        (span,) = find("Cairo said it", Marked("source", "air"))
        assert span.begins == 1
        (span,) = find("Cairo said air", Marked("source", "air"))
        assert span.begins == 11

    def test_of_several_the_numbered_or_the_closest_is_meant(self) -> None:
        assert find("so so so", Marked("cue", "so", occurrence=3))[0].begins == 6
        assert find("so so so", Marked("cue", "so"), near=4)[0].begins == 3
        with pytest.raises(Ambiguous):
            find("so so", Marked("cue", "so"))
        with pytest.raises(NotFound):
            find("so so", Marked("cue", "so", occurrence=3))

    def test_lines_and_white_space_of_the_text_do_not_matter(self) -> None:
        (span,) = find("one\n two  three", Marked("content", "one two three"))
        assert span.exact == "one\n two  three"


# --- Setting aside, taking back, changed meanwhile --------------------------------------------------------------------


def test_not_a_statement_sets_aside_and_undo_takes_it_back(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    page = press(analyst, analyst.get(desk_url(world, article)), "reject", follow=True)
    assert latest(proposals[0])[0].state == "rejected"
    assert "Statement 2 of 3" in words_of(page)
    undo = reverse("review-undo", args=[world.dossier.slug, article.ref])
    assert undo.encode() in page.content
    response = analyst.post(undo, {"statement": str(proposals[0].public_id)})
    assert response["location"] == card_url(world, article, proposals[0])
    assert latest(proposals[0])[0].state == "open"


def test_undo_through_htmx_opens_what_was_undone(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    press(analyst, analyst.get(desk_url(world, article)), "accept", change={"source": source_value(ministry)})
    undo = reverse("review-undo", args=[world.dossier.slug, article.ref])
    response = analyst.post(undo, {"statement": str(proposals[0].public_id)}, headers={"hx-request": "true"})
    assert response["HX-Push-Url"] == card_url(world, article, proposals[0])
    assert "Statement 1 of 3" in words_of(response)


def test_nobody_undoes_anothers_decision(
    world: World, article: Article, proposals: list[Proposal], ministry: Source
) -> None:
    worlds.accept(world, proposals[0], source=ministry)
    other = signed_in(worlds.a_member(world.dossier, "analyst", name="Olga Other", by=world.manager))
    undo = reverse("review-undo", args=[world.dossier.slug, article.ref])
    response = other.post(undo, {"statement": str(proposals[0].public_id)})
    assert response.status_code == 403
    assert latest(proposals[0])[0].state == "submitted"
    assert other.post(undo, {"statement": "nonsense"}).status_code == 404


def test_undo_ends_once_an_editor_has_acted(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    worlds.accept(world, proposals[0], source=ministry)
    worlds.approve(world, proposals[0])
    page = analyst.get(desk_url(world, article))
    assert reverse("review-undo", args=[world.dossier.slug, article.ref]).encode() not in page.content


@pytest.mark.parametrize("verb", ["accept", "reject"])
def test_a_statement_changed_meanwhile_is_refused_and_the_card_kept(
    *, world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source, verb: str
) -> None:
    page = analyst.get(desk_url(world, article))
    changed = worlds.accept(world, proposals[0], source=ministry)
    judging.undo(proposal=changed, by=Actor.person(world.analyst), at=timezone.now())
    response = press(analyst, page, verb, change={"source": source_value(ministry), "channel": "radio"})
    assert response.status_code == 409
    assert "Somebody changed this since you opened it." in words_of(response)
    assert 'value="radio"' in response.content.decode()
    assert latest(proposals[0])[0].state == "open"


def test_a_returned_statement_shows_the_editors_note(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    worlds.accept(world, proposals[0], source=ministry)
    judging.send_back(
        proposal=Proposal.objects.get(pk=proposals[0].pk),
        expected_revision=2,
        by=Actor.person(world.editor),
        at=timezone.now(),
        note="Is it not the government?",
    )
    said = words_of(analyst.get(card_url(world, article, proposals[0])))
    assert "Edda Editor returned this: Is it not the government?" in said


def test_an_approved_statement_is_shown_with_who_approved_it(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    worlds.accept(world, proposals[0], source=ministry, positions=[Taken("asserts", claim=worlds.a_claim(world))])
    worlds.approve(world, proposals[0])
    response = analyst.get(card_url(world, article, proposals[0]))
    assert "by Edda Editor" in words_of(response)
    assert b'value="accept"' not in response.content


def test_a_copy_waits_for_the_editor_with_what_it_repeats(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    copy = worlds.an_article(world, TEXT, headline="The same again", outlet="Hill Gazette")
    (repeated,) = worlds.proposed(copy, worlds.a_draft(worlds.rendition_of(copy).text), copies_of=[article])
    assert repeated.copy_of == proposals[0]
    assert "The same again" not in words_of(analyst.get(reverse("review", args=[world.dossier.slug])))
    page = analyst.get(card_url(world, copy, repeated))
    assert "This repeats a statement of another article" in words_of(page)
    assert card_url(world, article, proposals[0]).encode() in page.content
    press(analyst, page, "reject")
    assert latest(repeated)[0].state == "rejected"


def test_every_button_works_by_get_or_post_only(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    slug = world.dossier.slug
    assert analyst.get(reverse("review-undo", args=[slug, article.ref])).status_code == 405
    assert analyst.post(desk_url(world, article)).status_code == 405
    assert analyst.get(reverse("review-article", args=[slug, "A-0099"])).status_code == 404


def test_a_reviewed_article_keeps_every_decision(
    world: World, article: Article, proposals: list[Proposal], analyst: Client, ministry: Source
) -> None:
    press(analyst, analyst.get(desk_url(world, article)), "accept", change={"source": source_value(ministry)})
    verbs = Decision.objects.filter(proposal=proposals[0]).order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["propose", "submit"]


def test_going_back_in_the_browser_gets_the_whole_page(
    world: World, article: Article, proposals: list[Proposal], analyst: Client
) -> None:
    url = card_url(world, article, proposals[1])
    part = analyst.get(url, headers={"hx-request": "true"}).content
    assert b"<html" not in part
    assert b'id="queue"' not in part
    whole = analyst.get(url, headers={"hx-request": "true", "hx-history-restore-request": "true"}).content
    assert b"<html" in whole
    assert b'id="queue"' in whole
