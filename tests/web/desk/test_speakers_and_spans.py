"""The analysts' desk: who said it, when, in which words."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article
from apps.review.drafts import FigureDraft, SourceDraft
from apps.review.models import Proposal
from apps.review.services import judging
from apps.review.services.judging import NewSource
from apps.sources.models import Source
from apps.web.desk.finding import Ambiguous, Marked, NotFound, find
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.desk.sitting import card_url, desk_url, latest, source_value
from tests.web.submitting import press, words_of

pytestmark = pytest.mark.django_db


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
