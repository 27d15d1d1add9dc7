"""Opening a dossier, its people and roles, its parties."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.core.errors import Conflict, Denied, Refusal
from apps.dossiers import selectors, services
from apps.dossiers.models import Dossier, Membership, Role
from apps.dossiers.permissions import can, check_can
from apps.dossiers.rules import NEEDED, Power, allows
from apps.ledger.models import Entry
from tests.factories.worlds import World, a_dossier, a_person, a_world


@pytest.fixture
def world(db: None) -> World:
    return a_world()


@pytest.mark.parametrize(
    ("role", "powers"),
    [
        (None, set()),
        ("reader", {Power.READ}),
        ("analyst", {Power.READ, Power.ADD, Power.REVIEW}),
        ("editor", {Power.READ, Power.ADD, Power.REVIEW, Power.CHECK}),
        ("manager", set(Power)),
    ],
)
def test_each_role_may_also_do_what_those_before_it_may(role: str | None, powers: set[Power]) -> None:
    assert {power for power in NEEDED if allows(role, power)} == powers


@pytest.mark.django_db
def test_whoever_opens_a_dossier_manages_it() -> None:
    person = a_person()
    dossier = a_dossier(by=person, zone="Asia/Baku")
    assert selectors.role_of(person.pk, dossier.pk) == Role.MANAGER
    assert str(dossier.zone) == "Asia/Baku"
    assert Entry.objects.get(dossier=dossier).verb == "dossier.opened"


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", [{"slug": "not a slug"}, {"time_zone": "Baku"}, {"title": ""}])
def test_a_dossier_has_a_short_name_a_title_and_a_zone_that_exists(wrong: dict[str, str]) -> None:
    given = {"slug": "river", "title": "The river", "time_zone": "UTC", **wrong}
    with pytest.raises(ValidationError):
        services.open_dossier(**given, by=a_person(), at=timezone.now())
    assert not Dossier.objects.exists()


@pytest.mark.django_db
def test_two_dossiers_do_not_share_a_short_name() -> None:
    a_dossier(slug="river")
    with pytest.raises(ValidationError):
        a_dossier(slug="river")


def test_the_ledger_keeps_what_a_dossier_was_called(world: World) -> None:
    services.rename_dossier(dossier=world.dossier, title="The ford", time_zone="Europe/Paris", by=world.manager)
    entry = Entry.objects.filter(dossier=world.dossier).newest_first()[0]
    assert entry.payload["before"] == {"title": "The river", "time_zone": "UTC"}
    assert entry.payload["after"] == {"title": "The ford", "time_zone": "Europe/Paris"}


def test_a_role_that_changes_leaves_the_earlier_one_on_record(world: World) -> None:
    services.give_role(dossier=world.dossier, user=world.reader, role=Role.EDITOR, by=world.manager)
    held = Membership.objects.filter(dossier=world.dossier, user=world.reader).order_by("pk")
    assert [(row.role, row.is_current) for row in held] == [("reader", False), ("editor", True)]


def test_giving_the_same_role_again_changes_nothing(world: World) -> None:
    before = Entry.objects.count()
    services.give_role(dossier=world.dossier, user=world.reader, role=Role.READER, by=world.manager)
    assert Entry.objects.count() == before


def test_whoever_left_may_do_nothing_more(world: World) -> None:
    services.end_membership(dossier=world.dossier, user=world.analyst, by=world.manager)
    assert not can(Power.READ, user=world.analyst, dossier=world.dossier)
    with pytest.raises(Denied, match="not a member"):
        check_can(Power.READ, user=world.analyst, dossier=world.dossier)
    with pytest.raises(Conflict):
        services.end_membership(dossier=world.dossier, user=world.analyst, by=world.manager)


def test_an_account_that_was_closed_may_do_nothing(world: World) -> None:
    world.editor.is_active = False
    world.editor.save(update_fields=["is_active"])
    assert not can(Power.READ, user=world.editor, dossier=world.dossier)


def test_a_dossier_keeps_a_manager(world: World) -> None:
    for leave in (
        lambda: services.end_membership(dossier=world.dossier, user=world.manager, by=world.manager),
        lambda: services.give_role(dossier=world.dossier, user=world.manager, role=Role.READER, by=world.manager),
    ):
        with pytest.raises(Conflict) as refused:
            leave()
        assert refused.value.code == "last_manager"
    services.give_role(dossier=world.dossier, user=world.editor, role=Role.MANAGER, by=world.manager)
    services.end_membership(dossier=world.dossier, user=world.manager, by=world.editor)


def test_a_member_of_one_dossier_is_nobody_in_another(world: World) -> None:
    other = a_world()
    assert selectors.role_of(world.manager.pk, other.dossier.pk) is None
    assert [access.dossier for access in selectors.accessible(world.manager.pk)] == [world.dossier]
    assert list(Dossier.objects.readable_by(other.reader.pk)) == [other.dossier]
    assert [row.user for row in selectors.members(world.dossier.pk)] == [
        world.analyst,
        world.editor,
        world.manager,
        world.reader,
    ]


def test_parties_stand_in_the_order_in_which_they_came_each_with_a_hue(world: World) -> None:
    labels = selectors.party_labels(world.dossier.pk)
    assert [(label.code, label.name, label.hue) for label in labels] == [("N", "North", 1), ("S", "South", 2)]


def test_a_party_that_is_renamed_was_called_otherwise_before(world: World) -> None:
    before = timezone.now()
    services.rename_party(party=world.north, code="no", name="Northland", by=world.manager)
    assert selectors.party_labels(world.dossier.pk)[0].code == "NO"
    assert selectors.party_labels(world.dossier.pk, known_at=before)[0].name == "North"


def test_two_parties_do_not_share_a_code(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        services.add_party(dossier=world.dossier, code="n", name="Other", by=world.manager)
    assert refused.value.code == "code_taken"
    assert len(selectors.party_labels(world.dossier.pk)) == 2


def test_at_most_eight_parties_stand_side_by_side(world: World) -> None:
    for number in range(services.MOST_PARTIES - 2):
        services.add_party(dossier=world.dossier, code=f"P{number}", name=f"Party {number}", by=world.manager)
    with pytest.raises(Refusal) as refused:
        services.add_party(dossier=world.dossier, code="Z", name="Ninth", by=world.manager)
    assert refused.value.code == "too_many_parties"
