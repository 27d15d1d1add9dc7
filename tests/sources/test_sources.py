"""Sources by their names, parties and whom they speak for; outlets and places."""

from datetime import date

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.core.errors import Conflict, Refusal
from apps.review.drafts import SourceDraft
from apps.review.services import judging
from apps.review.services.judging import NewSource
from apps.sources import selectors, services
from apps.sources.models import Affiliation, Alias, OutletName, Place
from apps.sources.services import PlaceName
from tests.factories.worlds import World, a_source, a_world, approve


@pytest.fixture
def world(db: None) -> World:
    return a_world()


def test_a_source_is_shown_by_its_preferred_name_its_party_and_whom_it_speaks_for(world: World) -> None:
    ministry = a_source(world, "Ministry of Defence", party=world.north, names=[("MoD", "acronym")])
    person = a_source(world, "Anna Ek", kind="person", institution=ministry, role="spokesperson")
    labels = selectors.source_labels(world.dossier.pk)
    party = labels[ministry.pk].party
    assert labels[ministry.pk].name == "Ministry of Defence"
    assert party is not None
    assert party.code == "N"
    assert (labels[person.pk].role, labels[person.pk].speaks_for, labels[person.pk].party) == (
        "spokesperson",
        ministry.pk,
        None,
    )


def test_a_name_that_differs_only_in_case_or_article_is_the_same_name(world: World) -> None:
    source = a_source(world, "The Ministry", names=[("ministry", "short"), ("MINISTRY", "acronym"), ("MoD", "acronym")])
    assert sorted(Alias.objects.filter(source=source).values_list("name", flat=True)) == ["MoD", "The Ministry"]
    assert {alias.name for alias in selectors.names_to_resolve(world.dossier.pk)} == {"MoD", "The Ministry"}


def test_somebody_speaks_for_an_institution_from_a_day_to_a_day_both_included(world: World) -> None:
    ministry = a_source(world)
    draft = SourceDraft("Anna Ek", "person", role="spokesperson", since=date(2022, 9, 1), until=date(2023, 5, 31))
    proposal = judging.propose_source(
        dossier=world.dossier,
        new=NewSource(draft, institution=ministry),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    approve(world, proposal)
    days = Affiliation.objects.get().days
    assert (days.lower, days.upper) == (date(2022, 9, 1), date(2023, 6, 1))


def test_a_source_that_changes_sides_stood_elsewhere_before(world: World) -> None:
    source = a_source(world, party=world.north)
    before = timezone.now()
    by = Actor.person(world.manager)
    services.align(source=source, party=world.south, by=by)

    def party(known_at: object = None) -> str:
        label = selectors.source_labels(world.dossier.pk, [source.pk], known_at=known_at)[source.pk].party  # type: ignore[arg-type]
        return label.code if label else ""

    assert (party(), party(before)) == ("S", "N")
    with pytest.raises(Conflict):
        services.align(source=source, party=world.south, by=by)
    services.align(source=source, party=None, by=by)
    assert party() == ""


def test_an_outlet_is_added_once_and_its_earlier_name_stays_on_record(world: World) -> None:
    by = Actor.person(world.manager)
    outlet = services.add_outlet(dossier=world.dossier, name="The Lantern", host="Lantern.example", by=by)
    assert services.add_outlet(dossier=world.dossier, name=" The Lantern ", host="", by=by) == outlet
    assert outlet.host == "lantern.example"
    before = timezone.now()
    services.rename_outlet(outlet=outlet, name="The Lamp", by=by)
    assert selectors.outlet_names(world.dossier.pk) == {outlet.pk: "The Lamp"}
    assert selectors.outlet_names(world.dossier.pk, [outlet.pk], known_at=before) == {outlet.pk: "The Lantern"}


def test_two_outlets_do_not_share_a_name(world: World) -> None:
    by = Actor.person(world.manager)
    services.add_outlet(dossier=world.dossier, name="The Lantern", host="", by=by)
    other = services.add_outlet(dossier=world.dossier, name="The Lamp", host="", by=by)
    with pytest.raises(Refusal) as refused:
        services.rename_outlet(outlet=other, name="The Lantern", by=by)
    assert refused.value.code == "name_taken"
    assert OutletName.objects.current().get(outlet=other).name == "The Lamp"


def test_a_place_goes_by_every_partys_name_and_none_of_ours(world: World) -> None:
    by = Actor.person(world.manager)
    names = [PlaceName("Ferry Town", world.north, "en"), PlaceName("Ford", world.south), PlaceName("The ferry")]
    services.add_place(dossier=world.dossier, names=names, by=by)
    (place,) = selectors.places(world.dossier.pk)
    assert [(name, label and label.code) for name, label, _language in place.names] == [
        ("Ferry Town", "N"),
        ("Ford", "S"),
        ("The ferry", None),
    ]
    with pytest.raises(Refusal) as refused:
        services.add_place(dossier=world.dossier, names=[], by=by)
    assert refused.value.code == "no_name"
    assert Place.objects.count() == 1
