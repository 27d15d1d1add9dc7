"""What analysts and editors say of a proposal short of making it a fact."""

from dataclasses import replace

import pytest
from django.utils import timezone

from apps.accounts.models import Actor, Key
from apps.accounts.services import make_key
from apps.claims.models import Claim
from apps.core.errors import Conflict, Denied, Refusal
from apps.dossiers.models import Role
from apps.ledger.models import Entry
from apps.review.drafts import (
    AliasDraft,
    AttributionDraft,
    ClaimDraft,
    CounterDraft,
    NameDraft,
    SourceDraft,
    SpanDraft,
)
from apps.review.models import Decision, Proposal
from apps.review.services import holding, judging
from apps.review.services.judging import Filled, NewSource, Taken
from apps.sources.models import Source
from apps.statements.models import Statement
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


@pytest.fixture
def world() -> World:
    return a_world()


def send_back(world: World, proposal: Proposal, note: str = "Who exactly?") -> Proposal:
    return judging.send_back(
        proposal=proposal,
        expected_revision=proposal.last_revision,
        by=Actor.person(world.editor),
        at=timezone.now(),
        note=note,
    )


def reject(world: World, proposal: Proposal) -> Proposal:
    return judging.reject(
        proposal=proposal,
        expected_revision=proposal.last_revision,
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )


def undo(proposal: Proposal, by: object) -> Proposal:
    return judging.undo(proposal=proposal, by=Actor.person(by), at=timezone.now())  # type: ignore[arg-type]


def states(proposal: Proposal) -> list[tuple[str, str, str]]:
    return list(proposal.decisions.order_by("pk").values_list("verb", "from_state", "to_state"))


def test_accepting_a_proposal_makes_a_revision_a_decision_and_a_ledger_entry_but_no_fact(world: World) -> None:
    source = a_source(world)
    (proposal,) = proposed(an_article(world), source=source)

    proposal = accept(world, proposal, source=source)

    assert proposal.state == Proposal.State.SUBMITTED
    assert [r.author for r in proposal.revisions.order_by("number")] == [None, world.analyst]
    assert states(proposal) == [("propose", "open", "open"), ("submit", "open", "submitted")]
    assert Entry.objects.filter(verb="review.submitted", touches_facts=False).exists()
    assert not Statement.objects.exists()


def test_an_analyst_adds_a_statement_that_no_machine_proposed(world: World) -> None:
    proposal = submitted(world)
    assert (proposal.state, proposal.last_revision) == (Proposal.State.SUBMITTED, 1)
    assert proposal.begins == 0


def test_a_reader_can_neither_accept_nor_add_nor_reject(world: World) -> None:
    article, source = an_article(world), a_source(world)
    (proposal,) = proposed(article, source=source)
    with pytest.raises(Denied, match="role of analyst"):
        accept(world, proposal, source=source, by=world.reader)
    with pytest.raises(Denied, match="role of analyst"):
        submitted(world, article, source=source, by=world.reader)
    with pytest.raises(Denied, match="role of analyst"):
        judging.reject(proposal=proposal, expected_revision=1, by=Actor.person(world.reader), at=timezone.now())


def test_a_machine_decides_nothing(world: World) -> None:
    (proposal,) = proposed(an_article(world))
    with pytest.raises(Denied, match="Only a person"):
        judging.reject(proposal=proposal, expected_revision=1, by=Actor.part("rules"), at=timezone.now())


def test_what_somebody_changed_meanwhile_is_not_decided_unseen(world: World) -> None:
    source = a_source(world)
    (proposal,) = proposed(an_article(world), source=source)
    accept(world, proposal, source=source)
    with pytest.raises(Conflict) as refused:
        judging.reject(proposal=proposal, expected_revision=1, by=Actor.person(world.analyst), at=timezone.now())
    assert refused.value.code == "changed_meanwhile"


def test_what_was_submitted_is_not_submitted_again(world: World) -> None:
    source = a_source(world)
    proposal = submitted(world, source=source)
    with pytest.raises(Conflict) as refused:
        accept(world, proposal, source=source)
    assert refused.value.code == "wrong_state"


def test_nobody_submits_words_that_are_not_those_of_the_article(world: World) -> None:
    source = a_source(world)
    draft = a_draft()
    wrong = replace(draft, spans=(replace(draft.spans[2], exact="its troops had not moved"), *draft.spans[:2]))
    with pytest.raises(Refusal) as refused:
        submitted(world, draft=wrong, source=source)
    assert refused.value.code == "span_words_differ"


def test_a_statement_needs_somebody_who_said_it(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        judging.add(
            rendition=rendition_of(an_article(world)),
            filled=Filled(draft=a_draft()),
            by=Actor.person(world.analyst),
            at=timezone.now(),
        )
    assert refused.value.code == "no_source"


def test_a_statement_takes_one_position_on_each_claim(world: World) -> None:
    claim = a_claim(world)
    with pytest.raises(Refusal) as refused:
        submitted(world, positions=[Taken("denies", claim=claim), Taken("asserts", claim=claim)])
    assert refused.value.code == "position_twice"


def test_a_position_is_on_a_claim(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        submitted(world, positions=[Taken("denies")])
    assert refused.value.code == "no_claim"


def test_a_retraction_names_what_it_takes_back(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        submitted(world, positions=[Taken("retracts", claim=a_claim(world))])
    assert refused.value.code == "retracts_nothing"


def test_a_new_claim_and_a_new_source_are_proposed_along_with_the_statement(world: World) -> None:
    judging.add(
        rendition=rendition_of(an_article(world)),
        filled=Filled(
            draft=a_draft(),
            new_source=NewSource(SourceDraft("The ministry", "institution"), party=world.north),
            positions=[Taken("denies", new_claim=ClaimDraft("Troops crossed", about=(world.north.pk,)))],
        ),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    kinds = Proposal.objects.submitted().values_list("kind", flat=True)
    assert sorted(kinds) == ["attribution", "claim", "source"]
    assert not Claim.objects.exists()
    assert not Source.objects.exists()


@pytest.mark.parametrize(
    ("draft", "code"),
    [(ClaimDraft("  "), "no_wording"), (ClaimDraft("Troops crossed", about=(10**9,)), "no_such_party")],
)
def test_a_claim_has_a_wording_and_is_about_parties_of_the_dossier(world: World, draft: ClaimDraft, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        judging.propose_claim(dossier=world.dossier, draft=draft, by=Actor.person(world.analyst), at=timezone.now())
    assert refused.value.code == code


def test_a_source_and_a_further_name_need_a_name(world: World) -> None:
    source = a_source(world)
    by, at = Actor.person(world.analyst), timezone.now()
    with pytest.raises(Refusal) as refused:
        judging.propose_source(dossier=world.dossier, new=NewSource(SourceDraft(" ", "person")), by=by, at=at)
    assert refused.value.code == "no_name"
    with pytest.raises(Refusal) as refused:
        judging.propose_alias(source=source, draft=AliasDraft(" ", "short"), by=by, at=at)
    assert refused.value.code == "no_name"


def test_a_claim_counters_only_another(world: World) -> None:
    claim = a_claim(world)
    with pytest.raises(Refusal) as refused:
        judging.propose_counter(
            claim=claim,
            against=claim,
            kind="rebuts",
            draft=CounterDraft(),
            by=Actor.person(world.analyst),
            at=timezone.now(),
        )
    assert refused.value.code == "same_claim"


def test_an_analyst_sets_aside_what_is_no_statement(world: World) -> None:
    (proposal,) = proposed(an_article(world))
    assert reject(world, proposal).state == Proposal.State.REJECTED


def test_an_editor_returns_with_a_note_and_the_analyst_submits_again(world: World) -> None:
    source = a_source(world)
    proposal = send_back(world, submitted(world, source=source))
    assert proposal.state == Proposal.State.RETURNED
    assert proposal.decisions.latest("pk").note == "Who exactly?"

    proposal = accept(world, proposal, source=source)
    assert (proposal.state, proposal.last_revision) == (Proposal.State.SUBMITTED, 2)


def test_a_return_says_why(world: World) -> None:
    proposal = submitted(world)
    with pytest.raises(Refusal) as refused:
        send_back(world, proposal, note=" ")
    assert refused.value.code == "no_note"


def test_an_analyst_returns_nothing(world: World) -> None:
    proposal = submitted(world)
    other = a_member(world.dossier, Role.ANALYST)
    with pytest.raises(Denied, match="role of editor"):
        judging.send_back(
            proposal=proposal, expected_revision=1, by=Actor.person(other), at=timezone.now(), note="Mend"
        )


def test_an_editor_does_not_return_their_own(world: World) -> None:
    proposal = submitted(world, by=world.editor)
    with pytest.raises(Denied) as refused:
        send_back(world, proposal)
    assert refused.value.code == "own_contribution"


@pytest.mark.parametrize("verb", ["submit", "reject"])
def test_an_analyst_undoes_their_last_decision_and_the_record_keeps_both(world: World, verb: str) -> None:
    source = a_source(world)
    (proposal,) = proposed(an_article(world), source=source)
    decided = accept(world, proposal, source=source) if verb == "submit" else reject(world, proposal)

    proposal = undo(decided, world.analyst)

    assert proposal.state == Proposal.State.OPEN
    last = proposal.decisions.latest("pk")
    assert (last.verb, last.undoes and last.undoes.verb) == ("undo", verb)


def test_an_editor_undoes_a_return(world: World) -> None:
    proposal = send_back(world, submitted(world))
    assert undo(proposal, world.editor).state == Proposal.State.SUBMITTED


def test_undoing_what_was_added_by_hand_sets_it_aside(world: World) -> None:
    assert undo(submitted(world), world.analyst).state == Proposal.State.REJECTED


def test_nobody_undoes_what_another_decided(world: World) -> None:
    proposal = submitted(world)
    other = a_member(world.dossier, Role.ANALYST)
    with pytest.raises(Denied) as refused:
        undo(proposal, other)
    assert refused.value.code == "not_yours"


def test_undo_ends_once_an_editor_has_acted(world: World) -> None:
    proposal = submitted(world)
    send_back(world, proposal)
    with pytest.raises(Denied) as refused:
        undo(proposal, world.analyst)
    assert refused.value.code == "not_yours"


def test_an_approval_is_withdrawn_and_not_undone(world: World) -> None:
    proposal = approved(world)
    with pytest.raises(Conflict) as refused:
        undo(proposal, world.editor)
    assert refused.value.code == "too_late"


def test_an_undo_cannot_itself_be_undone(world: World) -> None:
    (proposal,) = proposed(an_article(world))
    proposal = undo(reject(world, proposal), world.analyst)
    with pytest.raises(Conflict) as refused:
        undo(proposal, world.analyst)
    assert refused.value.code == "too_late"


def test_one_person_at_a_time_reviews_an_article(world: World) -> None:
    article, source = an_article(world), a_source(world)
    (proposal,) = proposed(article, source=source)
    other = a_member(world.dossier, Role.ANALYST, name="Olga Other")
    holding.hold(article=article, by=other, at=timezone.now())

    with pytest.raises(Conflict, match="Olga Other is reviewing") as refused:
        accept(world, proposal, source=source)
    assert refused.value.code == "held_by_another"

    holding.release(article=article, by=other)
    assert accept(world, proposal, source=source).state == Proposal.State.SUBMITTED


def test_a_hold_is_renewed_by_its_holder_kept_from_others_and_lapses(world: World) -> None:
    article = an_article(world)
    other = a_member(world.dossier, Role.ANALYST)
    now = timezone.now()
    first = holding.hold(article=article, by=world.analyst, at=now)
    assert holding.hold(article=article, by=other, at=now).user == world.analyst
    renewed = holding.hold(article=article, by=world.analyst, at=now + holding.HOLD_FOR / 2)
    assert renewed.until > first.until
    assert holding.hold(article=article, by=other, at=renewed.until).user == other


def test_an_approval_by_key_counts_as_its_owner(world: World) -> None:
    """The revision made with a key is its owner's contribution."""
    key, _secret = make_key(owner=world.editor, name="import", scope=Key.Scope.ADD, at=timezone.now())
    proposal = judging.add(
        rendition=rendition_of(an_article(world)),
        filled=Filled(draft=a_draft(), source=a_source(world)),
        by=Actor.person(world.editor, key),
        at=timezone.now(),
    )
    assert proposal.revisions.get().key == key
    with pytest.raises(Denied) as refused:
        approve(world, proposal)
    assert refused.value.code == "own_contribution"


def test_what_a_body_says_reads_back_as_it_was_written() -> None:
    draft = a_draft()
    assert AttributionDraft.read(draft.body()) == draft
    assert draft.words("content") == "its troops had crossed the river"
    assert SpanDraft.of("abc", role="cue", begins=2, ends=9).exact == "c"


def test_each_decision_keeps_who_made_it(world: World) -> None:
    proposal = approved(world)
    assert list(Decision.objects.filter(proposal=proposal).order_by("pk").values_list("verb", "by")) == [
        ("submit", world.analyst.pk),
        ("approve", world.editor.pk),
    ]


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (SourceDraft("x" * 201, "institution"), "too_long"),
        (SourceDraft("Ministry", "ministry"), "no_such_value"),
        (SourceDraft("Ministry", "institution", form="nickname"), "no_such_value"),
        (SourceDraft("Ministry", "institution", role="x" * 121), "too_long"),
        (SourceDraft("Ministry", "institution", names=(NameDraft("x" * 201, "short"),)), "too_long"),
        (SourceDraft("Baku", "state", form="metonym"), "metonym_preferred"),
    ],
)
def test_a_source_that_no_approval_could_write_is_refused_at_once(world: World, draft: SourceDraft, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        judging.propose_source(
            dossier=world.dossier, new=NewSource(draft), by=Actor.person(world.analyst), at=timezone.now()
        )
    assert refused.value.code == code


def test_a_wording_a_channel_and_a_name_fit_where_approval_writes_them(world: World) -> None:
    by, at = Actor.person(world.analyst), timezone.now()
    with pytest.raises(Refusal, match="at most 300"):
        judging.propose_claim(dossier=world.dossier, draft=ClaimDraft("x" * 301), by=by, at=at)
    with pytest.raises(Refusal, match="at most 60"):
        submitted(world, draft=replace(a_draft(), channel="x" * 61))
    with pytest.raises(Refusal, match="none of the values"):
        submitted(world, draft=replace(a_draft(), kind="lie"))
    with pytest.raises(Refusal, match="at most 200"):
        judging.propose_alias(source=a_source(world), draft=AliasDraft("x" * 201, "short"), by=by, at=at)
