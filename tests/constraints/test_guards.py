"""What triggers keep: evidence never changes, facts only end, spans are the words of their text, nobody approves
their own."""

from datetime import timedelta
from typing import Any

import pgtrigger
import psycopg
import pytest
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.ledger.models import Fact
from apps.review.models import Decision, Proposal, Revision
from apps.statements.models import Attribution, Span
from tests.constraints.breaking import our_models
from tests.constraints.conftest import Pair


def with_trigger(name: str) -> list[type[models.Model]]:
    return [
        model for model in our_models() if any(trigger.name == name for trigger in getattr(model._meta, "triggers", []))
    ]


def stopped(sql: str, parameters: list[Any]) -> str:
    with pytest.raises(IntegrityError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)
    return str(raised.value)


def a_row(pair: Pair, model: type[models.Model]) -> models.Model:
    rows = model._base_manager.all()
    if any(field.name == "dossier" for field in model._meta.concrete_fields):
        rows = rows.filter(dossier=pair.here.dossier)
    if issubclass(model, Fact):
        rows = rows.filter(known_until=None)
    row = rows.order_by("pk").first()
    assert row is not None, f"the full world has no {model.__name__}"
    return row


def test_evidence_is_neither_changed_nor_removed(pair: Pair, subtests: pytest.Subtests) -> None:
    for model in with_trigger("append_only"):
        with subtests.test(model.__name__):
            row, table = a_row(pair, model), model._meta.db_table
            assert "never changed or removed" in stopped(f"UPDATE {table} SET id = id WHERE id = %s", [row.pk])
            assert "never changed or removed" in stopped(f"DELETE FROM {table} WHERE id = %s", [row.pk])


def test_a_fact_is_neither_edited_nor_removed_and_ends_once(pair: Pair, subtests: pytest.Subtests) -> None:
    for model in with_trigger("only_ends"):
        with subtests.test(model.__name__):
            _only_ends(pair, model)


def _only_ends(pair: Pair, model: type[models.Model]) -> None:
    row, table = a_row(pair, model), model._meta.db_table
    edit = f"UPDATE {table} SET known_from = known_from - interval '1 day' WHERE id = %s"
    assert "never edited" in stopped(edit, [row.pk])
    assert "never removed" in stopped(f"DELETE FROM {table} WHERE id = %s", [row.pk])
    edit_while_ending = (
        f"UPDATE {table} SET known_until = now() + interval '1 day', known_until_index = 10000, public_id = "
        "gen_random_uuid() WHERE id = %s"
    )
    assert "never edited" in stopped(edit_while_ending, [row.pk])

    end = f"UPDATE {table} SET known_until = clock_timestamp(), known_until_index = 10000 WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(end, [row.pk])
        assert cursor.rowcount == 1
    assert "never edited" in stopped(end, [row.pk])
    unend = f"UPDATE {table} SET known_until = NULL, known_until_index = NULL WHERE id = %s"
    assert "never edited" in stopped(unend, [row.pk])


def test_every_fact_has_the_guards_of_facts() -> None:
    guarded = set(with_trigger("only_ends"))
    assert guarded == {model for model in our_models() if issubclass(model, Fact)}
    assert guarded == set(with_trigger("never_removed"))


def test_control_with_the_guard_switched_off_evidence_changes(pair: Pair) -> None:
    row = a_row(pair, Revision)
    with pgtrigger.ignore("review.Revision:append_only"):
        assert Revision.objects.filter(pk=row.pk).update(machine="x", author=None) == 1


@pytest.fixture
def attribution(pair: Pair) -> Attribution:
    return Attribution.objects.filter(dossier=pair.here.dossier).select_related("rendition").order_by("pk")[0]


def a_span(attribution: Attribution, begins: int, ends: int, exact: str) -> Span:
    with transaction.atomic():
        return Span.objects.create(
            dossier_id=attribution.dossier_id,
            attribution=attribution,
            rendition=attribution.rendition,
            role=Span.Role.CONTENT,
            begins=begins,
            ends=ends,
            exact=exact,
        )


def test_a_span_holds_the_words_of_its_rendition(attribution: Attribution) -> None:
    text = attribution.rendition.text
    assert a_span(attribution, 3, 9, text[3:9]).pk
    with pytest.raises(IntegrityError, match="are not those of its rendition"):
        a_span(attribution, 4, 9, text[4:9].upper())


def test_a_span_lies_inside_its_rendition(attribution: Attribution) -> None:
    text = attribution.rendition.text
    assert a_span(attribution, len(text) - 3, len(text), text[-3:]).pk
    with pytest.raises(IntegrityError, match="lies outside its rendition"):
        a_span(attribution, len(text) - 3, len(text) + 1, text[-3:])


def test_spans_count_code_points_and_not_bytes(pair: Pair, attribution: Attribution) -> None:
    with pgtrigger.ignore("articles.Rendition:append_only"):
        type(attribution.rendition).objects.filter(pk=attribution.rendition.pk).update(text="𝔘 Ագ said so")
    assert a_span(attribution, 2, 4, "Ագ").pk
    with pytest.raises(IntegrityError):
        a_span(attribution, 5, 7, "Ագ")


def approving(proposal: Proposal, by: User) -> Decision:
    """What a service would never write."""
    with transaction.atomic():
        return Decision.objects.create(
            dossier_id=proposal.dossier_id,
            proposal=proposal,
            revision=Revision.objects.filter(proposal=proposal).latest("number"),
            verb=Decision.Verb.APPROVE,
            by=by,
            at=timezone.now() + timedelta(seconds=1),
            from_state="submitted",
            to_state="approved",
        )


def test_nobody_approves_what_they_contributed_to_even_past_the_services(pair: Pair) -> None:
    world = pair.here
    proposal = Proposal.objects.attributions().submitted().filter(dossier=world.dossier)[0]
    with pytest.raises(IntegrityError, match="nobody approves what they contributed to") as refused:
        approving(proposal, world.analyst)
    assert isinstance(refused.value.__cause__, psycopg.errors.CheckViolation)
    assert approving(proposal, world.editor).pk


def test_nor_does_whoever_submitted_what_another_wrote(pair: Pair) -> None:
    world = pair.here
    proposal = Proposal.objects.attributions().submitted().filter(dossier=world.dossier)[0]
    with pgtrigger.ignore("review.Revision:append_only"):
        Revision.objects.filter(proposal=proposal).update(author=world.manager)
    with pytest.raises(IntegrityError, match="nobody approves"):
        approving(proposal, world.analyst)
    with pytest.raises(IntegrityError, match="nobody approves"):
        approving(proposal, world.manager)
