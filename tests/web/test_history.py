"""The dossier's ledger in words."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts import services as accounts
from apps.accounts.models import Actor
from apps.articles.services.adding import Described, add_text
from apps.ledger.models import Entry
from apps.sources import services as sources
from apps.web.history.words import VERBS
from tests.factories.worlds import (
    TEXT,
    World,
    a_claim,
    a_person,
    a_source,
    a_world,
    an_article,
    approved,
    run_until_quiet,
    submitted,
)
from tests.web.rooms import at, browser, html, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return a_world()


def test_nobody_unknown_and_no_outsider_reads_the_history(client: object, world: World) -> None:
    assert client.get(at(world, "history")).status_code == 302  # type: ignore[attr-defined]
    assert browser(a_person("Olga Outsider")).get(at(world, "history")).status_code == 404


def test_entries_are_newest_first_with_who_and_what(world: World) -> None:
    claim = a_claim(world, "Troops crossed the river")
    page = html(browser(world.reader).get(at(world, "history")))
    assert page.index("approved") < page.index("opened the dossier")
    assert "Edda Editor" in page
    assert f"{claim.ref} Troops crossed the river" in page
    assert "Rosa Reader: reader" in page


def test_articles_sources_parties_and_outlets_are_named(world: World) -> None:
    article = an_article(world, outlet="Harbour Ledger")
    source = a_source(world, "Northern Ministry")
    approved(world, article, source=source)
    outlet = sources.add_outlet(dossier=world.dossier, name="River Post", host="", by=Actor.person(world.manager))
    sources.rename_outlet(outlet=outlet, name="The River Post", by=Actor.person(world.manager))
    page = html(browser(world.reader).get(at(world, "history")))
    for name in (article.ref, "Northern Ministry", "North", "The River Post"):
        assert name in page
    renamed = page.split("renamed an outlet")[1].split("</tr>")[0]
    assert "withdrawn" not in renamed  # a new name is no withdrawal of the outlet


def test_a_program_is_named_by_its_key_and_a_machine_by_its_part(world: World) -> None:
    key, _secret = accounts.make_key(owner=world.analyst, name="Night script", scope="add", at=timezone.now())
    add_text(
        dossier=world.dossier,
        text=TEXT,
        described=Described(),
        by=Actor.person(world.analyst, key),
        at=timezone.now(),
    )
    run_until_quiet()
    page = html(browser(world.reader).get(at(world, "history")))
    assert "Anton Analyst" in page
    assert "Night script" in page
    assert "the machine" in page


def test_what_is_only_suggested_is_for_the_desks(world: World) -> None:
    submitted(world)
    assert "submitted a suggestion" not in html(browser(world.reader).get(at(world, "history")))
    assert "submitted a suggestion" in html(browser(world.analyst).get(at(world, "history")))


def test_only_facts_leaves_out_what_changed_none(world: World) -> None:
    a_claim(world)
    page = html(browser(world.analyst).get(at(world, "history"), {"only": "facts"}))
    assert "submitted a suggestion" not in page
    assert "gave a role" not in page
    assert "approved" in page


def test_the_history_goes_on_below_an_entry(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.history.views.ROWS", 2)
    a_claim(world)
    reader = browser(world.reader)
    page = html(reader.get(at(world, "history")))
    assert "opened the dossier" not in page
    assert "?before=" in page
    assert "opened the dossier" in html(reader.get(at(world, "history"), {"before": 2}))
    assert reader.get(at(world, "history"), {"before": "first"}).status_code == 400


def test_every_verb_in_the_ledger_has_words(world: World) -> None:
    approved(world, an_article(world, outlet="Harbour Ledger"))
    assert set(Entry.objects.values_list("verb", flat=True)) <= set(VERBS)


def test_the_history_takes_as_many_queries_for_ten_entries_as_for_one(world: World) -> None:
    approved(world, an_article(world, outlet="Harbour Ledger"))
    a_claim(world)
    reader = browser(world.reader)
    one = queries(reader, at(world, "history"))
    for number in range(9):
        a_claim(world, f"Claim number {number}")
    assert queries(reader, at(world, "history")) == one


def test_a_manager_has_the_ledger_verified(world: World) -> None:
    response = browser(world.manager).post(at(world, "history-verify"), follow=True)
    assert "The ledger is whole" in html(response)


def test_a_ledger_that_was_tampered_with_is_reported(world: World) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE ledger_entry SET verb = 'nothing.happened' WHERE index = 2")
        cursor.execute("SET LOCAL session_replication_role = origin")
    response = browser(world.manager).post(at(world, "history-verify"), follow=True)
    assert "does not hold together at entry 2" in html(response)


def test_an_editor_cannot_have_it_verified(world: World) -> None:
    response = browser(world.editor).post(at(world, "history-verify"))
    assert response.status_code == 403
    assert "needs the role of manager" in html(response)


def test_nothing_in_the_history_becomes_markup(world: World) -> None:
    nasty = "<script>alert(1)</script>"
    a_claim(world, f"Claim {nasty}")
    a_source(world, f"Source {nasty}")
    assert nasty not in html(browser(world.reader).get(at(world, "history")))
