"""Pages about sources: by party, one by one, and by each of their names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.review.models import Proposal
from apps.review.services import judging
from apps.review.services.judging import Filled, Taken
from apps.sources.models import Alias, Source
from tests.factories.worlds import (
    SAID,
    TEXT,
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

pytestmark = pytest.mark.django_db

NASTY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def world() -> World:
    return a_world()


def test_nobody_unknown_and_no_outsider_sees_sources(client: object, world: World) -> None:
    assert client.get(at(world, "sources")).status_code == 302  # type: ignore[attr-defined]
    assert browser(a_person("Olga Outsider")).get(at(world, "sources")).status_code == 404


def test_sources_stand_with_their_party_and_none_is_said_to_be_so(world: World) -> None:
    a_source(world, "Northern Ministry", party=world.north)
    a_source(world, "Observer Mission")
    page = html(browser(world.reader).get(at(world, "sources")))
    assert page.index("Northern Ministry") < page.index("No source stands with this party in what we hold.")
    assert page.index("no party", page.index("Northern Ministry")) < page.index("Observer Mission")


def test_one_party_is_listed_alone_and_goes_on_after_a_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.sources.views.ROWS", 2)
    for name in ("Gamma office", "Alpha office", "Beta office"):
        a_source(world, name, party=world.north)
    a_source(world, "Southern Ministry", party=world.south)
    reader = browser(world.reader)
    page = html(reader.get(at(world, "sources"), {"party": str(world.north.public_id)}))
    assert page.index("Alpha office") < page.index("Beta office")
    assert "Gamma office" not in page
    assert "Southern Ministry" not in page
    second = Alias.objects.get(name="Beta office").pk
    older = html(reader.get(at(world, "sources"), {"party": str(world.north.public_id), "after": str(second)}))
    assert "Gamma office" in older
    assert "Alpha office" not in older
    assert reader.get(at(world, "sources"), {"party": "nobody"}).status_code == 404
    assert "No source without a party is held." in html(reader.get(at(world, "sources"), {"party": "none"}))


def test_each_party_shows_its_first_sources_and_leads_to_all(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.statements.voices.SHOWN_OF_EACH", 1)
    a_source(world, "Alpha office", party=world.north)
    a_source(world, "Beta office", party=world.north)
    page = html(browser(world.reader).get(at(world, "sources")))
    assert "Alpha office" in page
    assert "Beta office" not in page
    assert f"?party={world.north.public_id}" in page


def test_the_list_takes_as_many_queries_for_ten_sources_as_for_one(world: World) -> None:
    a_source(world, "The first", party=world.north)
    reader = browser(world.reader)
    one = queries(reader, at(world, "sources"))
    for number in range(9):
        a_source(world, f"Office {number}", party=world.south if number % 2 else None)
    assert queries(reader, at(world, "sources")) == one


def test_a_source_shows_its_names_ties_and_words(world: World) -> None:
    ministry = a_source(world, "Ministry of Defence", party=world.north, names=[("Sallow", "metonym")])
    voice = a_source(world, "Vera Voice", kind="person", institution=ministry, role="spokesperson")
    claim = a_claim(world)
    article = an_article(world, headline="At the river")
    approved(world, article, source=voice, principal=ministry, positions=[Taken(stance="denies", claim=claim)])
    page = html(browser(world.reader).get(at(world, "source", source_id=ministry.public_id)))
    assert "metonym" in page
    assert "spokesperson" in page
    assert "its troops had crossed the river" in page
    assert "Vera Voice" in page
    assert claim.ref in page
    assert "At the river" in page


def test_a_source_of_whom_nothing_is_held_is_not_said_to_be_silent(world: World) -> None:
    source = a_source(world)
    page = html(browser(world.reader).get(at(world, "source", source_id=source.public_id)))
    assert "No statement held" in page
    assert "does not mean that none was made" in page


def test_words_are_listed_newest_first_and_go_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.sources.views.STATEMENTS", 2)
    ministry = a_source(world)
    article = an_article(
        world, "The ministry denied one thing. The ministry denied two things. It denied three things."
    )
    text = rendition_of(article).text
    for day, content in enumerate(("one thing", "two things", "three things")):
        draft = a_draft(text, source="ministry", content=content, said_until=SAID + timedelta(days=day))
        approved(world, article, draft=draft, source=ministry)
    reader = browser(world.reader)
    address = at(world, "source", source_id=ministry.public_id)
    page = html(reader.get(address))
    assert page.index("three things") < page.index("two things")
    assert "one thing<" not in page
    older = page.split("?before=")[1].split('"')[0]
    assert "one thing<" in html(reader.get(address, {"before": older}))
    assert "three things" not in html(reader.get(address, {"before": older}))
    assert reader.get(address, {"before": "-1"}).status_code == 400


def test_a_source_is_shown_as_it_was_known(world: World) -> None:
    before = timezone.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    source = a_source(world)
    reader = browser(world.reader)
    assert reader.get(at(world, "source", source_id=source.public_id), {"known_at": before}).status_code == 404
    assert "Ministry of Defence" not in html(reader.get(at(world, "sources"), {"known_at": before}))


def test_a_suggested_name_waits_and_is_not_shown(world: World) -> None:
    source = a_source(world)
    address = at(world, "source", source_id=source.public_id)
    sent = {"name": "The Brown House", "form": "metonym", "language": "en"}
    analyst = browser(world.analyst)
    assert analyst.post(address, sent).status_code == 302
    assert Proposal.objects.get(kind="alias").state == Proposal.State.SUBMITTED
    assert "The Brown House" not in html(browser(world.reader).get(address))
    approve(world, Proposal.objects.get(kind="alias"))
    assert "The Brown House" in html(browser(world.reader).get(address))


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"name": "", "form": "short"}, "This field is required"),
        ({"name": "...", "form": "short"}, "A name needs at least a letter"),
        ({"name": "ministry of defence", "form": "short"}, "goes by this name already"),
        ({"name": "MoD", "form": "nickname"}, "Select a valid choice"),
        ({"name": "x" * 201, "form": "short"}, "at most 200 characters"),
    ],
)
def test_a_name_that_will_not_do_is_said_at_its_field(world: World, sent: dict[str, str], told: str) -> None:
    source = a_source(world)
    response = browser(world.analyst).post(at(world, "source", source_id=source.public_id), sent)
    assert response.status_code == 422
    assert told in html(response)
    assert not Proposal.objects.filter(kind="alias").exists()


def test_a_reader_cannot_suggest_a_name_or_a_source(world: World) -> None:
    source = a_source(world)
    reader = browser(world.reader)
    address = at(world, "source", source_id=source.public_id)
    assert "Suggest a name" not in html(reader.get(address))
    assert reader.post(address, {"name": "MoD", "form": "acronym"}).status_code == 403
    assert reader.get(at(world, "source-suggest")).status_code == 403


def test_a_source_is_suggested_with_party_and_institution(world: World) -> None:
    ministry = a_source(world, names=[("The ministry", "short")])
    sent = {
        "name": "Vera Voice",
        "form": "official",
        "kind": "person",
        "party": world.north.public_id,
        "speaks_for": "the  Ministry",
        "role": "spokesperson",
    }
    assert browser(world.analyst).post(at(world, "source-suggest"), sent).status_code == 302
    proposal = Proposal.objects.get(kind="source", state=Proposal.State.SUBMITTED)
    made = approve(world, proposal)[0].source
    assert made is not None
    page = html(browser(world.reader).get(at(world, "source", source_id=made.public_id)))
    assert "North" in page
    assert str(ministry.public_id) in page


def test_a_source_that_will_not_do_is_said_at_its_field(world: World) -> None:
    a_source(world, "First office", names=[("the office", "short")])
    a_source(world, "Second office", names=[("the office", "short")])
    analyst = browser(world.analyst)
    sent = {"name": "Vera", "form": "official", "kind": "person", "party": "", "role": ""}
    unknown = analyst.post(at(world, "source-suggest"), {**sent, "speaks_for": "nobody"})
    assert "No source of this dossier goes by this name" in html(unknown)
    shared = analyst.post(at(world, "source-suggest"), {**sent, "speaks_for": "the office"})
    assert shared.status_code == 422
    assert "Several sources go by this name" in html(shared)
    assert "at least a letter" in html(analyst.post(at(world, "source-suggest"), {**sent, "name": "–"}))


def test_all_that_rests_on_a_name_is_found_by_it(world: World) -> None:
    source = a_source(world, names=[("The ministry", "short")])
    alias = Alias.objects.get(source=source, name="The ministry")
    article = an_article(world)
    filled = Filled(draft=a_draft(rendition_of(article).text), source=source, alias=alias)
    waiting = judging.add(
        rendition=rendition_of(article), filled=filled, by=Actor.person(world.analyst), at=timezone.now()
    )
    reader = browser(world.reader)
    address = at(world, "source-alias", source_id=source.public_id, alias_id=alias.public_id)
    assert "Nothing rests on this name" in html(reader.get(address))
    approve(world, waiting)
    assert "its troops had crossed the river" in html(reader.get(address))
    assert "1 attribution rests on it" in html(reader.get(at(world, "source", source_id=source.public_id)))
    other = a_source(world, "Another")
    assert reader.get(at(world, "source-alias", source_id=other.public_id, alias_id=alias.public_id)).status_code == 404


def test_a_source_takes_as_many_queries_for_ten_statements_as_for_one(world: World) -> None:
    text = " ".join(f"The ministry denied thing number {n}." for n in range(10))
    article = an_article(world, text)
    whole = rendition_of(article).text
    ministry = a_source(world, names=[("The ministry", "short")])
    claim = a_claim(world)

    def say(number: int) -> None:
        draft = a_draft(whole, content=f"thing number {number}")
        approved(world, article, draft=draft, source=ministry, positions=[Taken(stance="denies", claim=claim)])

    say(0)
    reader = browser(world.reader)
    one = queries(reader, at(world, "source", source_id=ministry.public_id))
    for number in range(1, 10):
        say(number)
    assert queries(reader, at(world, "source", source_id=ministry.public_id)) == one


def test_nothing_in_a_name_becomes_markup_and_nothing_pending_is_shown(world: World) -> None:
    source = a_source(world, f"Ministry {NASTY}", party=world.north, names=[(f"Short {NASTY}", "metonym")])
    approved(world, an_article(world, f"{TEXT} {NASTY}", headline=NASTY), source=source)
    pending = an_article(world, "The ministry denied that PENDING words were said.")
    words = rendition_of(pending).text
    submitted(world, pending, source=source, draft=a_draft(words, content="PENDING words were said"))
    reader = browser(world.reader)
    alias = Alias.objects.get(source=source, form="metonym")
    for address in (
        at(world, "sources"),
        at(world, "source", source_id=source.public_id),
        at(world, "source-alias", source_id=source.public_id, alias_id=alias.public_id),
    ):
        page = html(reader.get(address))
        assert NASTY not in page
        assert "&lt;img" in page
        assert "PENDING" not in page


def test_another_dossiers_source_is_not_found(world: World) -> None:
    foreign: Source = a_source(a_world())
    assert browser(world.reader).get(at(world, "source", source_id=foreign.public_id)).status_code == 404
