"""The editors' desk: only others' work, what is decided there, and what was approved taken back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Actor, User
from apps.articles.models import Article
from apps.claims.models import Claim, Counter, Position
from apps.review.drafts import AliasDraft, ClaimDraft, CounterDraft, NameDraft, SourceDraft
from apps.review.models import Proposal
from apps.review.services import judging
from apps.review.services.judging import NewSource, Taken
from apps.sources.models import Alias, Source
from apps.statements.models import Attribution, Statement
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.submitting import form_of, press, values_of, words_of

pytestmark = pytest.mark.django_db

TEXT = (
    "Before all of this nothing was said.\n\n"
    "The ministry denied that its troops had crossed the river.\n\n"
    "It said that 12 people were wounded near the bridge.\n\n"
    "After all of this the bridge was closed."
)


@pytest.fixture
def world() -> World:
    return worlds.a_world()


@pytest.fixture
def ministry(world: World) -> Source:
    return worlds.a_source(world, "Ministry of Defence", party=world.north, names=[("The ministry", "short")])


@pytest.fixture
def article(world: World) -> Article:
    return worlds.an_article(world, TEXT, headline="A river is disputed", outlet="Valley Post")


@pytest.fixture
def waiting(world: World, article: Article, ministry: Source) -> Proposal:
    """A denial that the analyst accepted, on a claim that is new with it."""
    text = worlds.rendition_of(article).text
    (proposal,) = worlds.proposed(article, worlds.a_draft(text, kind="denial"))
    new = ClaimDraft("Northern troops crossed the river", (world.north.pk,))
    return worlds.accept(world, proposal, source=ministry, positions=[Taken("denies", new_claim=new)])


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def editor(world: World) -> Client:
    return signed_in(world.editor)


def queue_url(world: World) -> str:
    return reverse("check", args=[world.dossier.slug])


def one_url(world: World, proposal: Proposal) -> str:
    return reverse("check-one", args=[world.dossier.slug, proposal.public_id])


def state_of(proposal: Proposal) -> str:
    return Proposal.objects.get(pk=proposal.pk).state


# --- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["check", "check-approved", "check-one", "check-withdraw"])
def test_the_desk_is_closed_to_all_but_editors_and_unknown_to_strangers(
    world: World, waiting: Proposal, name: str
) -> None:
    args = [world.dossier.slug, *([waiting.public_id] if name in ("check-one", "check-withdraw") else [])]
    url = reverse(name, args=args)
    assert signed_in(world.reader).get(url).status_code == 403
    assert signed_in(world.analyst).get(url).status_code == 403
    assert signed_in(worlds.a_world().editor).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_a_proposal_of_another_dossier_is_not_found(waiting: Proposal) -> None:
    other = worlds.a_world()
    client = signed_in(other.editor)
    assert client.get(one_url(other, waiting)).status_code == 404
    assert client.post(one_url(other, waiting), {"do": "approve", "expected": "2"}).status_code == 404
    assert state_of(waiting) == "submitted"


def test_an_analyst_cannot_approve(world: World, waiting: Proposal) -> None:
    response = signed_in(world.analyst).post(one_url(world, waiting), {"do": "approve", "expected": "2"})
    assert response.status_code == 403
    assert state_of(waiting) == "submitted"


# --- The queue --------------------------------------------------------------------------------------------------------


def test_the_queue_lists_what_others_submitted_and_never_ones_own(
    world: World, article: Article, waiting: Proposal, ministry: Source, editor: Client
) -> None:
    text = worlds.rendition_of(article).text
    own = worlds.submitted(
        world,
        article,
        draft=worlds.a_draft(text, source="It", cue="said", content="12 people were wounded near the bridge"),
        source=ministry,
        by=world.editor,
    )
    page = editor.get(queue_url(world))
    assert "its troops had crossed the river" in words_of(page)
    assert "12 people were wounded" not in words_of(page)
    assert "Northern troops crossed" not in words_of(page)  # waits with its statement
    shown = editor.get(one_url(world, own))
    assert "You contributed to this; somebody else has to check it." in words_of(shown)
    assert b'value="approve"' not in shown.content
    refused = editor.post(one_url(world, own), {"do": "approve", "expected": "1"})
    assert refused.status_code == 403
    assert "You contributed to this" in words_of(refused)
    assert state_of(own) == "submitted"


def test_an_empty_queue_says_so(world: World, editor: Client) -> None:
    assert "Nothing waits for you" in words_of(editor.get(queue_url(world)))


def test_queries_do_not_grow_with_what_waits(
    world: World, ministry: Source, editor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    text = " ".join(f"The ministry denied that matter {n} was so." for n in range(10))
    one = worlds.an_article(world, text)
    drawn = worlds.rendition_of(one).text
    found = [
        worlds.submitted(world, one, draft=worlds.a_draft(drawn, content=f"matter {n} was so"), source=ministry)
        for n in range(10)
    ]
    with django_assert_max_num_queries(32):
        editor.get(queue_url(world))
    with django_assert_max_num_queries(45):
        editor.get(one_url(world, found[0]))


# --- The record -------------------------------------------------------------------------------------------------------


def test_the_excerpt_stands_beside_the_record(world: World, waiting: Proposal, editor: Client) -> None:
    response = editor.get(one_url(world, waiting))
    page = html.fromstring(response.content.decode())
    excerpt = " ".join(page.xpath("//div[@class='excerpt']")[0].text_content().split())
    assert "Before all of this" in excerpt
    assert "It said that 12 people" in excerpt
    assert "After all of this" not in excerpt
    assert [e.text for e in page.xpath("//div[@class='excerpt']//em")] == ["denied"]
    said = words_of(response)
    for expected in ("Valley Post", "Ministry of Defence", "North", "denies", "Northern troops crossed the river"):
        assert expected in said
    assert "new, approved along" in said


def test_the_record_shows_what_changed_since_the_machine(
    world: World, article: Article, ministry: Source, editor: Client
) -> None:
    text = worlds.rendition_of(article).text
    (proposal,) = worlds.proposed(article, worlds.a_draft(text, content="its troops"))
    worlds.accept(world, proposal, source=ministry, draft=worlds.a_draft(text, kind="denial"))
    said = words_of(editor.get(one_url(world, proposal)))
    assert "Changed since the machine" in said
    assert "What its troops → its troops had crossed the river" in said
    assert "Kind assertion → denial" in said


def test_the_record_shows_what_changed_since_the_return(
    world: World, waiting: Proposal, ministry: Source, editor: Client
) -> None:
    press(editor, editor.get(one_url(world, waiting)), "return", change={"note": "Is it the government?"})
    state = worlds.a_source(world, "Government of the North", party=world.north)
    worlds.accept(world, waiting, source=state)
    said = words_of(editor.get(one_url(world, waiting)))
    assert "Changed since the return" in said
    assert "Source Ministry of Defence → Government of the North" in said
    assert "Is it the government?" in said


def test_a_name_that_an_attribution_rests_on_leads_to_all_that_does(
    world: World, article: Article, ministry: Source, editor: Client
) -> None:
    alias = Alias.objects.get(name="The ministry")
    text = worlds.rendition_of(article).text
    proposal = judging.add(
        rendition=worlds.rendition_of(article),
        filled=judging.Filled(draft=worlds.a_draft(text), source=ministry, alias=alias),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    url = reverse("source-alias", args=[world.dossier.slug, ministry.public_id, alias.public_id])
    assert url in editor.get(one_url(world, proposal)).content.decode()


# --- Approving --------------------------------------------------------------------------------------------------------


def test_approving_makes_the_facts_and_goes_on(world: World, waiting: Proposal, editor: Client) -> None:
    response = press(editor, editor.get(one_url(world, waiting)), "approve")
    assert response.status_code == 302
    assert response["location"] == queue_url(world)
    assert state_of(waiting) == "approved"
    position = Position.objects.current().get()
    assert position.stance == "denies"
    assert position.claim.wordings.get().text == "Northern troops crossed the river"


def test_approving_through_htmx_shows_the_next_that_waits(
    world: World, article: Article, waiting: Proposal, ministry: Source, editor: Client
) -> None:
    text = worlds.rendition_of(article).text
    second = worlds.submitted(
        world, article, draft=worlds.a_draft(text, source="It", cue="said", content="12 people"), source=ministry
    )
    response = press(editor, editor.get(one_url(world, waiting)), "approve", htmx=True)
    assert response.status_code == 200
    assert response["HX-Push-Url"] == one_url(world, second)
    assert "12 people" in words_of(response)
    assert "<html" not in response.content.decode()
    last = press(editor, response, "approve", htmx=True)
    assert last["HX-Redirect"] == queue_url(world)


def test_what_changed_since_it_was_opened_is_not_approved(
    world: World, waiting: Proposal, ministry: Source, editor: Client
) -> None:
    page = editor.get(one_url(world, waiting))
    judging.undo(proposal=waiting, by=Actor.person(world.analyst), at=timezone.now())
    worlds.accept(world, waiting, source=ministry)
    response = press(editor, page, "approve")
    assert response.status_code == 409
    assert "Somebody changed this since you opened it." in words_of(response)
    assert state_of(waiting) == "submitted"
    assert not Statement.objects.exists()


def test_all_of_an_article_is_approved_at_once_as_it_was_seen(
    world: World, article: Article, waiting: Proposal, ministry: Source, editor: Client
) -> None:
    text = worlds.rendition_of(article).text
    draft = worlds.a_draft(text, source="It", cue="said", content="12 people")
    relayed = worlds.submitted(world, article, draft=draft, source=ministry, relayed_by=waiting)
    page = editor.get(one_url(world, relayed))
    assert "approve that first" in words_of(page)
    refused = press(editor, page, "approve")
    assert refused.status_code == 409
    assert "It is relayed by a statement that is not approved" in words_of(refused)
    response = press(editor, page, "approve-article", follow=True)
    assert "2 approved." in words_of(response)
    assert {state_of(waiting), state_of(relayed)} == {"approved"}


def test_what_came_after_the_page_was_opened_is_not_approved_with_the_article(
    world: World, article: Article, waiting: Proposal, ministry: Source, editor: Client
) -> None:
    text = worlds.rendition_of(article).text
    draft = worlds.a_draft(text, source="It", cue="said", content="12 people")
    second = worlds.submitted(world, article, draft=draft, source=ministry)
    page = editor.get(one_url(world, waiting))
    later = worlds.submitted(world, article, draft=worlds.a_draft(text, content="its troops"), source=ministry)
    press(editor, page, "approve-article")
    assert state_of(second) == "approved"
    assert state_of(later) == "submitted"


def test_an_unknown_decision_is_refused(world: World, waiting: Proposal, editor: Client) -> None:
    response = editor.post(one_url(world, waiting), {"do": "bless"})
    assert response.status_code == 422
    assert "nothing of that kind" in words_of(response)


# --- Returning --------------------------------------------------------------------------------------------------------


def test_a_return_needs_a_note_and_can_be_undone(world: World, waiting: Proposal, editor: Client) -> None:
    page = editor.get(one_url(world, waiting))
    refused = press(editor, page, "return", change={"note": "  "})
    assert refused.status_code == 422
    assert "Say what should be mended." in words_of(refused)
    press(editor, page, "return", change={"note": "Whose troops?"})
    assert state_of(waiting) == "returned"
    back = editor.get(one_url(world, waiting))
    assert "There is nothing to decide here: it is “returned”." in words_of(back)
    response = press(editor, back, "undo")
    assert response["location"] == one_url(world, waiting)
    assert state_of(waiting) == "submitted"


# --- By themselves ----------------------------------------------------------------------------------------------------


def test_claims_sources_names_and_counters_are_checked_by_themselves(
    world: World, ministry: Source, editor: Client
) -> None:
    one, two = worlds.a_claim(world, "Nobody crossed"), worlds.a_claim(world, "Troops crossed")
    by, at = Actor.person(world.analyst), timezone.now()
    dossier = world.dossier
    new = NewSource(SourceDraft("Anna Vale", "person", role="spokesperson"), party=world.south, institution=ministry)
    expected = [
        (judging.propose_claim(dossier=dossier, draft=ClaimDraft("A bridge closed"), by=by, at=at), "A bridge closed"),
        (judging.propose_source(dossier=dossier, new=new, by=by, at=at), "Anna Vale"),
        (judging.propose_alias(source=ministry, draft=AliasDraft("MoD", "acronym"), by=by, at=at), "MoD"),
        (
            judging.propose_counter(claim=one, against=two, kind="rebuts", draft=CounterDraft("plainly"), by=by, at=at),
            "plainly",
        ),
    ]
    listed = words_of(editor.get(queue_url(world)))
    for proposal, words in expected:
        page = editor.get(one_url(world, proposal))
        assert words in words_of(page)
        assert proposal.get_kind_display() in listed
        press(editor, page, "approve")
        assert state_of(proposal) == "approved"
    assert Claim.objects.count() == 3
    assert Alias.objects.filter(name="MoD", source=ministry).exists()
    assert Counter.objects.get().made_by is None


def test_a_pending_source_and_a_learnt_name_are_shown_as_new(world: World, article: Article, editor: Client) -> None:
    text = worlds.rendition_of(article).text
    new = NewSource(SourceDraft("Anna Vale", "person"), party=world.south)
    proposal = judging.add(
        rendition=worlds.rendition_of(article),
        filled=judging.Filled(draft=worlds.a_draft(text, learn=NameDraft("The ministry", "short")), new_source=new),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    page = editor.get(one_url(world, proposal))
    said = words_of(page)
    assert "Anna Vale new, approved along" in said
    assert "“The ministry” becomes a name of it" in said
    press(editor, page, "approve")
    source = Source.objects.get()
    assert {a.name for a in Alias.objects.filter(source=source)} == {"Anna Vale", "The ministry"}


# --- Copies -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def copies(world: World, article: Article, waiting: Proposal) -> list[Proposal]:
    """Two copies of the denial, in two outlets; the denial is approved."""
    made = []
    for outlet in ("Hill Gazette", "Harbour Mail"):
        again = worlds.an_article(world, TEXT, headline="The same", outlet=outlet)
        draft = worlds.a_draft(worlds.rendition_of(again).text, kind="denial")
        made += worlds.proposed(again, draft, copies_of=[article])
    worlds.approve(world, waiting)
    return made


def test_copies_are_approved_in_bulk_as_further_evidence_of_one_statement(
    world: World, waiting: Proposal, copies: list[Proposal], editor: Client
) -> None:
    page = editor.get(queue_url(world))
    assert "2 copies · Hill Gazette, Harbour Mail" in words_of(page)
    form = form_of(page, action=reverse("check-copies", args=[world.dossier.slug]))
    response = editor.post(form.get("action"), values_of(form), follow=True)
    assert "2 approved." in words_of(response)
    assert Statement.objects.count() == 1
    assert Attribution.objects.filter(is_copy=True).count() == 2
    assert {state_of(copy) for copy in copies} == {"approved"}


def test_one_copy_is_approved_from_its_own_page(world: World, copies: list[Proposal], editor: Client) -> None:
    page = editor.get(one_url(world, copies[0]))
    assert "This repeats another statement" in words_of(page)
    form = form_of(page, action=reverse("check-copies", args=[world.dossier.slug]))
    editor.post(form.get("action"), values_of(form))
    assert [state_of(copy) for copy in copies] == ["approved", "open"]


def test_approving_no_copies_is_refused_in_words(world: World, editor: Client) -> None:
    url = reverse("check-copies", args=[world.dossier.slug])
    response = editor.post(url, {"copy": ["nonsense", "0" * 36 + ":1"]})
    assert response.status_code == 422
    assert "There is nothing to approve here." in words_of(response)


# --- Withdrawing ------------------------------------------------------------------------------------------------------


def test_an_approval_is_withdrawn_with_why_and_takes_its_copies_along(
    world: World, waiting: Proposal, copies: list[Proposal], editor: Client
) -> None:
    worlds.approve(world, *copies)
    listed = editor.get(reverse("check-approved", args=[world.dossier.slug]))
    url = reverse("check-withdraw", args=[world.dossier.slug, waiting.public_id])
    assert url in listed.content.decode()
    page = editor.get(url)
    assert "2 copies go along." in words_of(page)
    refused = editor.post(url, {"note": " "})
    assert refused.status_code == 422
    assert "Say why the approval is withdrawn." in words_of(refused)
    response = editor.post(url, {"note": "The article was corrected."}, follow=True)
    assert "3 approvals are withdrawn." in words_of(response)
    assert not Statement.objects.current().exists()
    again = editor.post(url, {"note": "Once more."})
    assert again.status_code == 409
    assert "there is nothing to withdraw" in words_of(again)


def test_what_is_in_use_is_not_withdrawn(world: World, waiting: Proposal, editor: Client) -> None:
    worlds.approve(world, waiting)
    claim = Proposal.objects.get(kind="claim")
    url = reverse("check-withdraw", args=[world.dossier.slug, claim.public_id])
    response = editor.post(url, {"note": "Wrongly worded."})
    assert response.status_code == 409
    assert "Positions are taken on this claim" in words_of(response)
    assert "Wrongly worded." in response.content.decode()


def test_the_approved_are_listed_by_kind_and_article(
    world: World, article: Article, waiting: Proposal, editor: Client
) -> None:
    worlds.approve(world, waiting)
    url = reverse("check-approved", args=[world.dossier.slug])
    assert "its troops had crossed" in words_of(editor.get(url, {"article": article.ref}))
    assert "Northern troops crossed" in words_of(editor.get(url, {"kind": "claim"}))
    assert "Nothing of this kind is approved" in words_of(editor.get(url, {"kind": "counter"}))
    assert editor.get(url, {"article": "A-0099"}).status_code == 404
    assert editor.get(url, {"article": "nonsense"}).status_code == 404


def test_lists_are_turned_page_by_page(
    world: World, ministry: Source, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.review.record.PAGE", 2)
    text = " ".join(f"The ministry denied that matter {n} was so." for n in range(3))
    one = worlds.an_article(world, text)
    drawn = worlds.rendition_of(one).text
    found = [
        worlds.submitted(world, one, draft=worlds.a_draft(drawn, content=f"matter {n} was so"), source=ministry)
        for n in range(3)
    ]
    first = editor.get(queue_url(world))
    assert "matter 2" not in words_of(first)
    assert "matter 2" in words_of(editor.get(f"{queue_url(world)}?after={found[1].pk}"))
    assert f"?after={found[1].pk}" in first.content.decode()
    worlds.approve(world, *found)
    url = reverse("check-approved", args=[world.dossier.slug])
    assert "matter 0" not in words_of(editor.get(url))
    assert "matter 0" in words_of(editor.get(url, {"before": found[1].pk}))
