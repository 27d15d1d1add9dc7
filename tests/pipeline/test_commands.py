"""The commands that operators run."""

import json
import re
from collections.abc import Iterator
from io import StringIO

import pgtrigger
import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Actor, User
from apps.articles.models import Sketch
from apps.crosscheck.models import Summary
from apps.dossiers.models import Dossier
from apps.dossiers.selectors import role_of
from apps.ledger.models import Entry, Fact
from apps.pipeline import grants
from apps.pipeline.grants import Keeping
from apps.review.models import Decision, Proposal
from apps.review.services import withdrawing
from apps.review.services.judging import Taken
from apps.statements.models import Statement
from tests.factories.worlds import (
    a_claim,
    a_person,
    a_world,
    accept,
    an_intake,
    approve,
    approved,
    run_until_quiet,
)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_first_dossier_comes_with_a_manager_who_chooses_a_password_by_the_link(client: Client) -> None:
    printed = run(
        *("create_dossier", "strait-2024", "--title", "The strait", "--zone", "Asia/Baku"),
        *("--manager", "mara@example.org", "--name", "Mara Ek", "--site", "https://claims.example.org/"),
    )
    manager = User.objects.get(email="mara@example.org")
    dossier = Dossier.objects.get(slug="strait-2024")
    assert (manager.name, role_of(manager.pk, dossier.pk)) == ("Mara Ek", "manager")

    link = re.search(r"https://claims\.example\.org(/\S+)", printed)
    assert link is not None
    form = client.get(link[1], follow=True)
    assert form.status_code == 200
    chosen = {"new_password1": "quite-a-long-secret", "new_password2": "quite-a-long-secret"}
    client.post(form.redirect_chain[-1][0], chosen)
    manager.refresh_from_db()
    assert manager.check_password("quite-a-long-secret")


@pytest.mark.django_db
def test_whoever_has_a_password_is_sent_no_link() -> None:
    person = a_person("Mara Ek")
    printed = run("create_dossier", "strait", "--title", "The strait", "--manager", person.email.upper())
    assert "password" not in printed
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments",
    [
        ("not a slug", "--zone", "UTC", "--manager", "mara@example.org"),
        ("strait", "--zone", "Baku", "--manager", "mara@example.org"),
        ("strait", "--zone", "UTC", "--manager", "mara"),
    ],
)
def test_a_dossier_that_cannot_be_is_refused_in_words_and_nobody_is_made(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        run("create_dossier", "--title", "The strait", *arguments)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_ledger_that_holds_together_is_said_to_and_one_that_was_altered_is_named() -> None:
    world, other = a_world(), a_world()
    assert f"{world.dossier.slug}: " in run("verify_ledger", world.dossier.slug)
    with pgtrigger.ignore("ledger.Entry:append_only"):
        Entry.objects.filter(dossier=world.dossier, index=2).update(actor="person:0")
    with pytest.raises(CommandError, match=f"{world.dossier.slug}: entry 2: the entry was changed"):
        run("verify_ledger")
    assert "hold together" in run("verify_ledger", other.dossier.slug)
    with pytest.raises(CommandError, match="There is no dossier nowhere"):
        run("verify_ledger", "nowhere")


@pytest.mark.django_db
def test_what_is_derived_is_made_anew() -> None:
    world = a_world()
    claim = a_claim(world)
    approved(world, positions=[Taken("denies", claim=claim)])
    Sketch.objects.all().delete()
    Summary.objects.all().delete()
    assert "1 sketches" in run("rebuild_sketches")
    assert f"{world.dossier.slug}: 1 claims." in run("rebuild_summaries")
    assert Sketch.objects.count() == Summary.objects.count() == 1


def test_what_a_table_holds_decides_what_a_role_may_do_with_it() -> None:
    kept = grants.tables()
    for name in ("articles_capture", "articles_rendition", "articles_article", "statements_span", "review_revision"):
        assert kept[name] is Keeping.EVIDENCE
    for name in ("review_link", "review_decision", "ledger_entry"):
        assert kept[name] is Keeping.EVIDENCE
    for model in Fact.__subclasses__():
        assert kept[model._meta.db_table] is Keeping.FACT
    assert kept["review_proposal"] is kept["ledger_head"] is kept["articles_intake"] is Keeping.WORKING
    assert kept["django_migrations"] is Keeping.APPLIED


def test_a_role_is_named_as_roles_are() -> None:
    with pytest.raises(CommandError, match="no name for a role"):
        run("evidence_grants", 'web"; DROP TABLE ledger_entry; --')


@pytest.fixture
def role(transactional_db: None) -> Iterator[str]:
    """A role of the database server with exactly what the command grants."""
    name = f"counterclaim_test_{connection.settings_dict['NAME']}"[:60]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP ROLE IF EXISTS {name}")
        cursor.execute(f"CREATE ROLE {name}")
        for statement in run("evidence_grants", name).splitlines():
            if statement not in {"BEGIN;", "COMMIT;"}:
                cursor.execute(statement)
    yield name
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute(f"DROP OWNED BY {name}")
        cursor.execute(f"DROP ROLE {name}")


def test_a_role_with_these_grants_does_all_of_the_work_and_alters_no_evidence(role: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
    world = a_world()
    an_intake(world)
    run_until_quiet()
    proposal = Proposal.objects.attributions().get()
    source_proposal = approved(world).revisions.get().source
    accept(world, proposal, source=source_proposal, positions=[Taken("denies", claim=a_claim(world))])
    (proposal,) = approve(world, proposal)
    withdrawing.withdraw(proposal=proposal, by=Actor.person(world.editor), at=timezone.now(), note="Misread")
    assert Statement.objects.current().count() == 1

    for table in [name for name, kept in grants.tables().items() if kept in (Keeping.EVIDENCE, Keeping.FACT)]:
        for forbidden in (f'UPDATE "{table}" SET id = id', f'DELETE FROM "{table}"', f'TRUNCATE "{table}" CASCADE'):
            _is_denied(forbidden)
    _is_denied("ALTER TABLE ledger_entry DISABLE TRIGGER ALL")
    _is_denied("UPDATE statements_statement SET kind = 'denial'")
    # Nor with the triggers told to look away.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pgtrigger.ignore', '{review_decision:append_only}', true)")
        _is_denied("UPDATE review_decision SET note = 'other'")


def _is_denied(statement: str) -> None:
    with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege), statement


def test_control_the_owner_is_stopped_by_triggers_alone(transactional_db: None) -> None:
    approved(a_world())
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE review_decision DISABLE TRIGGER USER")
        cursor.execute("UPDATE review_decision SET note = 'other'")
        assert cursor.rowcount == Decision.objects.count() > 0
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_the_bench_measures_writers_in_one_dossier_and_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this test's own database, which is thrown away as the bench's would be."""
    made: list[str] = []
    monkeypatch.setattr(connection.creation, "create_test_db", lambda **options: made.append("made"))
    monkeypatch.setattr(connection.creation, "destroy_test_db", lambda name, **options: made.append("destroyed"))

    found = json.loads(run("bench_approvals", "--writers=2", "--each=2", "--json"))

    assert made == ["made", "destroyed"]
    assert [(one["writers"], one["dossiers"], one["approvals"]) for one in found] == [(2, 1, 4), (2, 2, 4)]
    assert all(0 < one["head_held_ms"]["p50"] <= one["approval_ms"]["most"] for one in found)
    assert Proposal.objects.attributions().filter(state=Proposal.State.APPROVED).count() == 8
    assert "2 writers in one dossier" in run("bench_approvals", "--writers=2", "--each=2")
