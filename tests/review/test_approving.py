"""Where facts come from: only an editor's approval, of what others submitted, all at once or not at all."""

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.claims.models import Claim, Counter, Figure, Position
from apps.core.errors import Conflict, Denied, Refusal
from apps.dossiers.models import Role
from apps.ledger import services as ledger
from apps.ledger.models import Entry
from apps.review import selectors
from apps.review.drafts import AliasDraft, ClaimDraft, CounterDraft, FigureDraft, NameDraft, SourceDraft
from apps.review.models import Proposal
from apps.review.services import approving, judging, withdrawing
from apps.review.services.judging import Filled, NewSource, Taken
from apps.sources.models import Alias, Source
from apps.statements.models import Attribution, Span, Statement
from tests.factories.worlds import (
    World,
    a_claim,
    a_draft,
    a_member,
    a_source,
    a_world,
    accept,
    an_article,
    approve,
    approved,
    proposed,
    rendition_of,
    submitted,
)

pytestmark = pytest.mark.django_db

RELAY = "Moscow argued that the ministry's admission that its troops had crossed the river changed everything."


@pytest.fixture
def world() -> World:
    return a_world()


def test_approval_makes_the_statement_its_words_its_position_and_its_figures(world: World) -> None:
    source, claim = a_source(world, party=world.north), a_claim(world)
    draft = a_draft(figures=[FigureDraft("killed", "at_least", 3, of_whom="soldiers")])
    proposal = submitted(world, draft=draft, source=source, positions=[Taken("denies", claim=claim)])
    assert not Statement.objects.exists()

    (proposal,) = approve(world, proposal)

    statement = Statement.objects.get()
    assert proposal.state == Proposal.State.APPROVED
    assert (proposal.statement, statement.source, statement.principal) == (statement, source, source)
    assert Position.objects.get().stance == "denies"
    assert Figure.objects.get().low == 3
    assert Span.objects.get(role="content").exact == "its troops had crossed the river"
    entry = Entry.objects.latest("index")
    assert (entry.verb, entry.touches_facts) == ("review.approved", True)
    assert {fact["noun"] for fact in entry.payload["facts"]} == {"statement", "attribution", "position", "figure"}
    assert statement.known_from_index == entry.index
    assert ledger.verify(dossier_id=world.dossier.pk) is None


def test_whom_a_spokesperson_speaks_for_is_the_principal(world: World) -> None:
    ministry = a_source(world)
    person = a_source(world, "Anna Ek", kind="person", institution=ministry, role="spokesperson")
    approved(world, source=person, principal=ministry)
    statement = Statement.objects.get()
    assert (statement.source, statement.principal) == (person, ministry)


def test_an_author_cannot_approve_their_own_attribution(world: World) -> None:
    proposal = submitted(world, by=world.editor)
    with pytest.raises(Denied) as refused:
        approve(world, proposal)
    assert refused.value.code == "own_contribution"
    assert not Statement.objects.exists()


def test_whoever_contributed_to_an_earlier_revision_cannot_approve_either(world: World) -> None:
    source = a_source(world)
    proposal = submitted(world, source=source, by=world.editor)
    second = a_member(world.dossier, Role.EDITOR)
    proposal = judging.send_back(
        proposal=proposal, expected_revision=1, by=Actor.person(second), at=timezone.now(), note="Which ministry?"
    )
    accept(world, proposal, source=source)
    with pytest.raises(Denied):
        approve(world, proposal, by=world.editor)
    assert approve(world, proposal, by=second)[0].state == Proposal.State.APPROVED


def test_nobody_approves_a_claim_of_their_own_that_came_with_anothers_statement(world: World) -> None:
    claim = judging.propose_claim(
        dossier=world.dossier, draft=ClaimDraft("Troops crossed"), by=Actor.person(world.editor), at=timezone.now()
    )
    proposal = submitted(world, positions=[Taken("denies", claim_proposal=claim)])
    with pytest.raises(Denied) as refused:
        approve(world, proposal)
    assert refused.value.code == "own_contribution"


@pytest.mark.parametrize("who", ["analyst", "reader"])
def test_only_an_editor_approves(world: World, who: str) -> None:
    proposal = submitted(world)
    other = a_member(world.dossier, who)
    with pytest.raises(Denied, match="role of editor"):
        approve(world, proposal, by=other)


def test_an_editor_of_another_dossier_approves_nothing_here(world: World) -> None:
    with pytest.raises(Denied, match="role of editor"):
        approve(world, submitted(world), by=a_world().editor)


def test_no_machine_approves(world: World) -> None:
    proposal = submitted(world)
    with pytest.raises(Denied, match="Only a person approves"):
        approving.approve(proposal=proposal, expected_revision=1, by=Actor.part("rules"), at=timezone.now())


def test_what_no_analyst_accepted_is_not_approved(world: World) -> None:
    (proposal,) = proposed(an_article(world), source=a_source(world))
    with pytest.raises(Conflict, match="cannot be done any more"):
        approve(world, proposal)


def test_an_approved_one_is_not_approved_again(world: World) -> None:
    proposal = approved(world)
    with pytest.raises(Conflict) as refused:
        approve(world, proposal)
    assert refused.value.code == "wrong_state"
    assert Statement.objects.count() == 1


def test_what_was_changed_since_the_editor_looked_is_not_approved(world: World) -> None:
    source = a_source(world)
    (proposal,) = proposed(an_article(world), source=source)
    accept(world, proposal, source=source)
    with pytest.raises(Conflict) as refused:
        approving.approve(proposal=proposal, expected_revision=1, by=Actor.person(world.editor), at=timezone.now())
    assert refused.value.code == "changed_meanwhile"


def test_there_is_something_to_approve_and_not_too_much_and_of_one_dossier(world: World) -> None:
    by, at = Actor.person(world.editor), timezone.now()
    with pytest.raises(Refusal) as refused:
        approving.approve_all(proposals=[], by=by, at=at)
    assert refused.value.code == "nothing_to_approve"
    proposal = submitted(world)
    with pytest.raises(Refusal) as refused:
        approving.approve_all(proposals=[(proposal, 1)] * 201, by=by, at=at)
    assert refused.value.code == "too_many"
    with pytest.raises(Refusal) as refused:
        approve(world, proposal, submitted(a_world()))
    assert refused.value.code == "several_dossiers"


def test_a_batch_is_one_entry_and_all_or_nothing(world: World) -> None:
    article = an_article(world)
    source = a_source(world)
    good = submitted(world, article, source=source)
    own = submitted(world, article, source=source, by=world.editor)
    before = Entry.objects.filter(dossier=world.dossier).count()

    with pytest.raises(Denied):
        approve(world, good, own)
    assert not Statement.objects.exists()

    other = submitted(world, article, source=source)
    approve(world, good, other)
    assert Statement.objects.count() == 2
    assert Entry.objects.filter(dossier=world.dossier).count() == before + 2  # a submission, and the batch


def test_pending_claims_and_sources_are_approved_along_with_the_first_statement_that_needs_them(world: World) -> None:
    rendition = rendition_of(an_article(world))
    proposal = judging.add(
        rendition=rendition,
        filled=Filled(
            draft=a_draft(),
            new_source=NewSource(
                SourceDraft("The ministry", "institution", names=(NameDraft("MoD", "acronym"),)), party=world.north
            ),
            positions=[Taken("denies", new_claim=ClaimDraft("Troops crossed", about=(world.north.pk,)))],
        ),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    pending = Proposal.objects.get(kind="claim")
    second = submitted(world, source=a_source(world, "Other"), positions=[Taken("asserts", claim_proposal=pending)])

    approve(world, proposal)
    approve(world, second)

    claim = Claim.objects.get()
    assert claim.ref == "C-0001"
    assert {p.stance for p in claim.positions.all()} == {"denies", "asserts"}
    statement = Statement.objects.get(source__aliases__name="MoD")
    assert set(statement.source.aliases.values_list("name", flat=True)) == {"The ministry", "MoD"}
    assert statement.source.alignments.get().party == world.north


def test_the_relayer_is_approved_before_the_relayed_whatever_the_order_asked_for(world: World) -> None:
    article = an_article(world, RELAY)
    moscow, ministry = a_source(world, "Moscow"), a_source(world, "Ministry")
    outer_draft = a_draft(RELAY, source="Moscow", cue="argued", content="admission that its troops had crossed")
    inner_draft = a_draft(RELAY, source="ministry", cue="admission", content="its troops had crossed the river")
    inner_first = proposed(article, inner_draft, outer_draft, source=ministry, relayed_by={0: 1})
    inner = next(p for p in inner_first if p.begins > 0)
    outer = next(p for p in inner_first if p.begins == 0)
    accept(world, inner, source=ministry, relayed_by=outer)
    accept(world, outer, source=moscow)

    with pytest.raises(Conflict) as refused:
        approve(world, inner)
    assert refused.value.code == "relayer_first"

    approve(world, inner, outer)

    relayed = Statement.objects.get(source=ministry)
    assert relayed.relayed_by == Statement.objects.get(source=moscow)


def test_statements_that_relay_each_other_in_a_circle_are_refused(world: World) -> None:
    article = an_article(world, RELAY)
    source = a_source(world)
    outer = a_draft(RELAY, source="Moscow", cue="argued", content="admission that its troops had crossed")
    inner = a_draft(RELAY, source="ministry", cue="admission", content="its troops had crossed the river")
    one, other = proposed(article, outer, inner, source=source)
    accept(world, one, source=source, relayed_by=other)
    accept(world, other, source=source, relayed_by=one)
    with pytest.raises(Refusal) as refused:
        approve(world, one, other)
    assert refused.value.code == "circular_relay"


def test_an_approved_copy_is_further_evidence_of_one_statement(world: World) -> None:
    first, copy = an_article(world), an_article(world)
    source, claim = a_source(world), a_claim(world)
    (original,) = proposed(first, source=source)
    (repeat,) = proposed(copy, source=source, copies_of=[first])
    assert repeat.copy_of == original

    with pytest.raises(Conflict):
        approve(world, repeat)

    accept(world, original, source=source, positions=[Taken("denies", claim=claim)])
    approve(world, original)
    assert list(selectors.copies_to_approve(world.dossier.pk)) == [repeat]
    approve(world, repeat)

    statement = Statement.objects.get()
    assert sorted(statement.attributions.values_list("is_copy", flat=True)) == [False, True]
    assert Position.objects.count() == 1


def test_an_original_and_its_copy_are_approved_together(world: World) -> None:
    first, copy = an_article(world), an_article(world)
    source = a_source(world)
    (original,) = proposed(first, source=source)
    (repeat,) = proposed(copy, source=source, copies_of=[first])
    accept(world, original, source=source)
    approve(world, repeat, original)
    assert (Statement.objects.count(), Attribution.objects.count()) == (1, 2)


def test_a_further_name_comes_with_the_statement_that_shows_it(world: World) -> None:
    source = a_source(world, "Ministry of Defence")
    proposal = approved(world, draft=a_draft(learn=NameDraft("The ministry", "short")), source=source)
    assert proposal.attribution is not None
    assert proposal.attribution.alias == Alias.objects.get(name="The ministry", source=source)


def test_a_name_and_a_counter_suggested_by_themselves_come_to_exist_by_approval(world: World) -> None:
    source = a_source(world)
    by, at = Actor.person(world.analyst), timezone.now()
    name = judging.propose_alias(source=source, draft=AliasDraft("MoD", "acronym"), by=by, at=at)
    one, other = a_claim(world, "Troops crossed"), a_claim(world, "No troops were there")
    drawn = judging.propose_counter(
        claim=other, against=one, kind="contradicts", draft=CounterDraft("Both cannot be"), by=by, at=at
    )
    approve(world, name, drawn)
    assert source.aliases.filter(name="MoD").exists()
    counter = Counter.objects.get()
    assert (counter.claim, counter.against, counter.made_by) == (other, one, None)


def test_a_counter_that_a_speaker_argued_is_made_by_the_statement(world: World) -> None:
    one, other = a_claim(world, "Troops crossed"), a_claim(world, "No troops were there")
    taken = Taken("asserts", claim=other, against=one, counter_kind="rebuts")
    proposal = approved(world, positions=[taken])
    assert Counter.objects.get().made_by == proposal.statement


def test_a_source_that_was_withdrawn_meanwhile_gets_no_statement(world: World) -> None:
    source = a_source(world)
    proposal = submitted(world, source=source)
    made = Proposal.objects.get(source=source)
    withdrawing.withdraw(proposal=made, by=Actor.person(world.editor), at=timezone.now(), note="There is no such body")
    with pytest.raises(Conflict) as refused:
        approve(world, proposal)
    assert refused.value.code == "source_withdrawn"


def test_a_claim_that_was_withdrawn_meanwhile_gets_no_position(world: World) -> None:
    claim = a_claim(world)
    proposal = submitted(world, positions=[Taken("denies", claim=claim)])
    made = Proposal.objects.get(claim=claim)
    withdrawing.withdraw(proposal=made, by=Actor.person(world.editor), at=timezone.now(), note="Two claims in one")
    with pytest.raises(Conflict) as refused:
        approve(world, proposal)
    assert refused.value.code == "claim_withdrawn"
    assert not Statement.objects.exists()


def test_two_sources_may_share_a_name(world: World) -> None:
    a_source(world, "Ministry")
    a_source(world, "Ministry")
    assert Source.objects.count() == 2


def test_what_waits_is_counted_for_each_desk(world: World) -> None:
    source = a_source(world)
    (open_one,) = proposed(an_article(world), source=source)
    submitted(world, source=source)
    waiting = selectors.waiting(dossier_id=world.dossier.pk, user_id=world.editor.pk)
    assert (waiting.to_review, waiting.to_check) == (1, 1)
    assert selectors.waiting(dossier_id=world.dossier.pk, user_id=world.analyst.pk).to_check == 0
    assert list(selectors.reviewable(world.dossier.pk)) == [open_one]


def test_a_copy_needs_nobody_to_resolve_again_who_said_it(world: World) -> None:
    first, copy = an_article(world), an_article(world)
    source = a_source(world)
    (original,) = proposed(first)
    (repeat,) = proposed(copy, copies_of=[first])
    accept(world, original, source=source)
    approve(world, original, repeat)
    assert Statement.objects.get().source == source
    assert Attribution.objects.count() == 2
