"""Taking an approval back: the facts end, and are still there for whoever asks as of before."""

import pytest
from django.utils import timezone

from apps.accounts.models import Actor, User
from apps.claims.models import Claim, Counter, Figure, Position
from apps.core.errors import Conflict, Denied, Refusal
from apps.ledger import services as ledger
from apps.review.drafts import AliasDraft, CounterDraft, FigureDraft, NameDraft
from apps.review.models import Proposal
from apps.review.services import judging, withdrawing
from apps.review.services.judging import Taken
from apps.sources.models import Alias, Source
from apps.statements.models import Attribution, Statement
from tests.factories.worlds import (
    World,
    a_claim,
    a_draft,
    a_source,
    a_world,
    accept,
    an_article,
    approve,
    approved,
    proposed,
)

pytestmark = pytest.mark.django_db

RELAY = "Moscow argued that the ministry's admission that its troops had crossed the river changed everything."


@pytest.fixture
def world() -> World:
    return a_world()


def withdraw(world: World, proposal: Proposal, *, by: User | None = None, note: str = "Misread") -> list[Proposal]:
    return withdrawing.withdraw(proposal=proposal, by=Actor.person(by or world.editor), at=timezone.now(), note=note)


def test_a_withdrawn_statement_ends_with_all_that_rests_on_it_and_stays_readable_as_of_before(world: World) -> None:
    draft = a_draft(figures=[FigureDraft("killed", "exactly", 3)])
    one, other = a_claim(world, "Troops crossed"), a_claim(world, "None were there")
    taken = Taken("denies", claim=one, against=other, counter_kind="rebuts")
    proposal = approved(world, draft=draft, positions=[taken])
    before = Statement.objects.get().known_from

    assert withdraw(world, proposal) == [proposal]

    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.WITHDRAWN
    assert proposal.decisions.latest("pk").note == "Misread"
    for model in (Statement, Attribution, Position, Counter, Figure):
        assert not model.objects.current().exists(), model
        assert model.objects.as_known(before).count() == 1, model
    assert ledger.verify(dossier_id=world.dossier.pk) is None


def test_a_withdrawn_statement_takes_its_copies_along(world: World) -> None:
    first, copy = an_article(world), an_article(world)
    source = a_source(world)
    (original,) = proposed(first, source=source)
    (repeat,) = proposed(copy, source=source, copies_of=[first])
    accept(world, original, source=source)
    approve(world, original, repeat)

    assert set(withdraw(world, original)) == {original, repeat}
    assert not Attribution.objects.current().exists()


def test_withdrawing_a_copy_leaves_the_statement(world: World) -> None:
    first, copy = an_article(world), an_article(world)
    source = a_source(world)
    (original,) = proposed(first, source=source)
    (repeat,) = proposed(copy, source=source, copies_of=[first])
    accept(world, original, source=source)
    approve(world, original, repeat)

    assert withdraw(world, repeat) == [repeat]
    assert Attribution.objects.current().get().is_copy is False
    assert Statement.objects.current().exists()
    approve(world, repeat)
    assert Attribution.objects.current().count() == 2


def test_a_withdrawn_relayer_takes_what_it_relays_along(world: World) -> None:
    article, source = an_article(world, RELAY), a_source(world)
    outer_draft = a_draft(RELAY, source="Moscow", cue="argued", content="admission that its troops had crossed")
    inner_draft = a_draft(RELAY, source="ministry", cue="admission", content="its troops had crossed the river")
    outer, inner = proposed(article, outer_draft, inner_draft, source=source, relayed_by={1: 0})
    accept(world, outer, source=source)
    accept(world, inner, source=source, relayed_by=outer)
    approve(world, outer, inner)

    assert withdraw(world, outer) == [outer, inner]
    assert not Statement.objects.current().exists()


def test_a_withdrawn_statement_can_be_mended_submitted_and_approved_again(world: World) -> None:
    source = a_source(world)
    proposal = approved(world, source=source)
    withdraw(world, proposal)
    accept(world, proposal, source=source)
    approve(world, proposal)
    assert Statement.objects.count() == 2
    assert Statement.objects.current().count() == 1


def test_a_withdrawal_says_why(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        withdraw(world, approved(world), note=" ")
    assert refused.value.code == "no_note"


def test_only_an_editor_and_no_machine_withdraws(world: World) -> None:
    proposal = approved(world)
    with pytest.raises(Denied, match="role of editor"):
        withdraw(world, proposal, by=world.analyst)
    with pytest.raises(Denied, match="Only a person"):
        withdrawing.withdraw(proposal=proposal, by=Actor.part("rules"), at=timezone.now(), note="No")


def test_what_is_not_approved_is_not_withdrawn(world: World) -> None:
    proposal = approved(world)
    withdraw(world, proposal)
    with pytest.raises(Conflict) as refused:
        withdraw(world, proposal)
    assert refused.value.code == "wrong_state"


def test_a_claim_with_positions_a_source_with_statements_and_a_name_in_use_stay(world: World) -> None:
    source, claim = a_source(world), a_claim(world)
    approved(
        world,
        source=source,
        draft=a_draft(learn=NameDraft("The ministry", "short")),
        positions=[Taken("denies", claim=claim)],
    )
    for proposal in (Proposal.objects.get(claim=claim), Proposal.objects.get(kind="source")):
        with pytest.raises(Conflict) as refused:
            withdraw(world, proposal)
        assert refused.value.code == "in_use"


def test_a_name_that_attributions_rest_on_stays(world: World) -> None:
    source = a_source(world)
    named = judging.propose_alias(
        source=source, draft=AliasDraft("The ministry", "short"), by=Actor.person(world.analyst), at=timezone.now()
    )
    (named,) = approve(world, named)
    approved(world, source=source, draft=a_draft(learn=NameDraft("The ministry", "short")))
    with pytest.raises(Conflict) as refused:
        withdraw(world, named)
    assert refused.value.code == "in_use"


def test_an_unused_claim_source_name_and_counter_end(world: World) -> None:
    by, at = Actor.person(world.analyst), timezone.now()
    one, other = a_claim(world, "Troops crossed"), a_claim(world, "None were there")
    counter = judging.propose_counter(claim=one, against=other, kind="contradicts", draft=CounterDraft(), by=by, at=at)
    source = a_source(world, names=[("MoD", "acronym")])
    name = judging.propose_alias(source=source, draft=AliasDraft("The ministry", "short"), by=by, at=at)
    counter, name = approve(world, counter, name)

    withdraw(world, counter)
    assert not Counter.objects.current().exists()
    withdraw(world, name)
    assert set(Alias.objects.current().values_list("name", flat=True)) == {"Ministry of Defence", "MoD"}
    withdraw(world, Proposal.objects.get(claim=one))
    assert list(Claim.objects.current()) == [other]
    withdraw(world, Proposal.objects.get(source=source, kind="source"))
    assert not Source.objects.current().exists()
    assert not Alias.objects.current().exists()
