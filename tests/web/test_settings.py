"""Setting a dossier up: title, parties, outlets, places, people."""

from __future__ import annotations

import re
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.test import Client

from apps.accounts.models import Actor, User
from apps.dossiers import invitations
from apps.dossiers.models import Membership, PartyName
from apps.dossiers.selectors import role_of
from apps.ledger.models import Entry
from apps.sources import services as sources
from apps.sources.models import OutletName, Toponym
from tests.factories.worlds import World, a_member, a_person, a_world
from tests.web.rooms import at, browser, html, queries

pytestmark = pytest.mark.django_db

NASTY = "<script>alert('x')</script>"
MANAGERS = ["settings", "settings-outlets", "people"]


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.mark.parametrize("name", [*MANAGERS, "places"])
def test_nobody_unknown_and_no_outsider_sees_settings(client: object, world: World, name: str) -> None:
    assert client.get(at(world, name)).status_code == 302  # type: ignore[attr-defined]
    assert browser(a_person("Olga Outsider")).get(at(world, name)).status_code == 404


@pytest.mark.parametrize("name", MANAGERS)
def test_an_editor_is_told_that_managing_needs_a_manager(world: World, name: str) -> None:
    response = browser(world.editor).get(at(world, name))
    assert response.status_code == 403
    assert "needs the role of manager" in html(response)
    assert browser(world.editor).post(at(world, name), {}).status_code == 403


def test_title_and_zone_are_changed_and_the_ledger_keeps_what_they_were(world: World) -> None:
    sent = {"title": "The strait", "time_zone": "Asia/Baku"}
    assert browser(world.manager).post(at(world, "settings"), sent).status_code == 302
    world.dossier.refresh_from_db()
    assert (world.dossier.title, world.dossier.time_zone) == ("The strait", "Asia/Baku")
    assert Entry.objects.get(verb="dossier.renamed").payload["before"]["title"] == "The river"


def test_a_zone_that_is_none_is_said_at_its_field(world: World) -> None:
    response = browser(world.manager).post(at(world, "settings"), {"title": "The strait", "time_zone": "Mars"})
    assert response.status_code == 422
    assert 'id="id_time_zone_error"' in html(response)
    world.dossier.refresh_from_db()
    assert world.dossier.title == "The river"


def test_parties_are_added_and_renamed(world: World) -> None:
    manager = browser(world.manager)
    assert manager.post(at(world, "settings-party-add"), {"code": "os", "name": "Osmark"}).status_code == 302
    assert PartyName.objects.get(name="Osmark").code == "OS"
    rename = at(world, "settings-party", party_id=world.north.public_id)
    assert manager.post(rename, {"code": "NO", "name": "The North"}).status_code == 302
    assert PartyName.objects.current().get(party=world.north).name == "The North"
    assert PartyName.objects.filter(party=world.north).count() == 2


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"code": "N", "name": "Another north"}, "Another party of this dossier has that code"),
        ({"code": "N-1", "name": "North"}, "letters and digits only"),
        ({"code": "LONGER", "name": "North"}, "at most 4 characters"),
        ({"code": "X", "name": ""}, "This field is required"),
    ],
)
def test_a_party_that_will_not_do_is_said_at_its_field(world: World, sent: dict[str, str], told: str) -> None:
    manager = browser(world.manager)
    added = manager.post(at(world, "settings-party-add"), sent)
    assert added.status_code == 422
    assert told in html(added)
    renamed = manager.post(at(world, "settings-party", party_id=world.south.public_id), sent)
    assert renamed.status_code == 422
    assert told in html(renamed)
    assert PartyName.objects.count() == 2


def test_a_ninth_party_is_refused(world: World) -> None:
    manager = browser(world.manager)
    for number in range(6):
        manager.post(at(world, "settings-party-add"), {"code": f"P{number}", "name": f"Party {number}"})
    response = manager.post(at(world, "settings-party-add"), {"code": "P9", "name": "Ninth"})
    assert response.status_code == 422
    assert "at most eight parties" in html(response)


def test_another_dossiers_party_is_not_renamed(world: World) -> None:
    other = a_world()
    rename = at(world, "settings-party", party_id=other.north.public_id)
    assert browser(world.manager).post(rename, {"code": "X", "name": "X"}).status_code == 404


def test_outlets_are_added_and_renamed(world: World) -> None:
    manager = browser(world.manager)
    sent = {"name": "Harbour Ledger", "host": "ledger.example.org"}
    assert manager.post(at(world, "settings-outlets"), sent).status_code == 302
    outlet = OutletName.objects.get(name="Harbour Ledger").outlet
    rename = at(world, "settings-outlet", outlet_id=outlet.public_id)
    assert manager.post(rename, {"name": "The Harbour Ledger"}).status_code == 302
    assert "The Harbour Ledger" in html(manager.get(at(world, "settings-outlets")))
    sources.add_outlet(dossier=world.dossier, name="River Post", host="", by=Actor.person(world.manager))
    taken = manager.post(rename, {"name": "River Post"})
    assert taken.status_code == 422
    assert "has that name" in html(taken)
    assert manager.post(rename, {"name": ""}).status_code == 422
    assert manager.post(at(world, "settings-outlets"), {"name": ""}).status_code == 422
    foreign = sources.add_outlet(dossier=a_world().dossier, name="Far", host="", by=Actor.person(world.manager))
    assert manager.post(at(world, "settings-outlet", outlet_id=foreign.public_id), {"name": "x"}).status_code == 404


def test_outlets_go_on_after_a_name(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.settings.places.OUTLETS", 1)
    for name in ("Alpha", "Beta"):
        sources.add_outlet(dossier=world.dossier, name=name, host="", by=Actor.person(world.manager))
    manager = browser(world.manager)
    assert "?after=Alpha" in html(manager.get(at(world, "settings-outlets")))
    assert "Beta" in html(manager.get(at(world, "settings-outlets"), {"after": "Alpha"}))


def names(*rows: tuple[str, str, str]) -> dict[str, str]:
    sent = {"names-TOTAL_FORMS": str(len(rows)), "names-INITIAL_FORMS": "0"}
    for number, (name, party, language) in enumerate(rows):
        sent |= {f"names-{number}-name": name, f"names-{number}-party": party, f"names-{number}-language": language}
    return sent


def test_a_place_is_kept_under_every_partys_name(world: World) -> None:
    sent = names(("Martuni", str(world.north.public_id), "hy"), ("Khojavend", str(world.south.public_id), "az"))
    assert browser(world.manager).post(at(world, "places"), sent).status_code == 302
    assert Toponym.objects.count() == 2
    page = html(browser(world.reader).get(at(world, "places")))
    assert 'lang="hy">Martuni' in page
    assert "Khojavend" in page
    assert "Add a place" not in page


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("", "", "")], "A place needs at least one name"),
        ([("Sallow", "", ""), ("sallow", "", "")], "stands here twice"),
        ([("", "", "hy")], "Which name?"),
        ([("Sallow", "nobody", "")], "Select a valid choice"),
    ],
)
def test_a_place_that_will_not_do_says_why(world: World, rows: list[tuple[str, str, str]], told: str) -> None:
    response = browser(world.manager).post(at(world, "places"), names(*rows))
    assert response.status_code == 422
    assert told in html(response)
    assert not Toponym.objects.exists()


def test_a_reader_reads_places_and_adds_none(world: World) -> None:
    reader = browser(world.reader)
    assert "No place is named yet" in html(reader.get(at(world, "places")))
    assert reader.post(at(world, "places"), names(("Sallow", "", ""))).status_code == 403


def test_somebody_new_is_invited_chooses_a_password_and_is_in(world: World) -> None:
    sent = {"email": "new@example.org", "name": "Nina New", "role": "analyst"}
    manager = browser(world.manager)
    assert manager.post(at(world, "people"), sent).status_code == 302
    assert "invited" in html(manager.get(at(world, "people")))
    (message,) = mail.outbox
    assert message.to == ["new@example.org"]
    assert "Mara Manager" in message.body
    assert world.dossier.title in message.subject
    found = re.search(r"http://testserver(/password-reset/\S+)", str(message.body))
    assert found is not None
    newcomer = Client()
    form = newcomer.get(found[1], follow=True)
    password = "quite another long sentence"
    done = newcomer.post(
        form.redirect_chain[-1][0], {"new_password1": password, "new_password2": password}, follow=True
    )
    assert done.status_code == 200
    newcomer.post("/sign-in/", {"username": "New@Example.org", "password": password})
    assert newcomer.get(at(world, "articles")).status_code == 200
    assert newcomer.get(found[1], follow=True).context["validlink"] is False


def test_somebody_known_is_led_to_the_dossier(world: World) -> None:
    person = a_person("Karl Known", email="karl@example.org")
    sent = {"email": "Karl@Example.org", "name": "", "role": "reader"}
    assert browser(world.manager).post(at(world, "people"), sent).status_code == 302
    assert role_of(person.pk, world.dossier.pk) == "reader"
    assert f"http://testserver{at(world, 'overview')}" in mail.outbox[0].body
    assert User.objects.filter(email__iexact="karl@example.org").count() == 1


def test_an_invitation_that_cannot_be_is_said_at_its_field(world: World) -> None:
    manager = browser(world.manager)
    member = manager.post(at(world, "people"), {"email": world.reader.email, "role": "editor"})
    assert member.status_code == 422
    assert "is a member already" in html(member)
    closed = a_person("Clara Closed")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    assert "is closed" in html(manager.post(at(world, "people"), {"email": closed.email, "role": "reader"}))
    assert manager.post(at(world, "people"), {"email": "nobody", "role": "reader"}).status_code == 422
    assert manager.post(at(world, "people"), {"email": "a@example.org", "role": "owner"}).status_code == 422
    assert role_of(world.reader.pk, world.dossier.pk) == "reader"
    assert mail.outbox == []


def test_a_mail_that_cannot_be_sent_leaves_the_member_and_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise SMTPServerDisconnected

    monkeypatch.setattr(invitations, "send_mail", away)
    sent = {"email": "new@example.org", "name": "Nina New", "role": "analyst"}
    manager = browser(world.manager)
    page = html(manager.post(at(world, "people"), sent, follow=True))
    assert "the mail could not be sent" in page
    monkeypatch.undo()
    person = User.objects.get(email="new@example.org")
    told = manager.post(at(world, "people-do", user_id=person.pk), {"do": "resend"}, follow=True)
    assert "told by mail again" in html(told)
    assert len(mail.outbox) == 1


def test_roles_change_and_memberships_end(world: World) -> None:
    manager = browser(world.manager)
    do = at(world, "people-do", user_id=world.reader.pk)
    manager.post(do, {"do": "role", "role": "editor"})
    assert role_of(world.reader.pk, world.dossier.pk) == "editor"
    assert "There is no such role" in html(manager.post(do, {"do": "role", "role": "owner"}, follow=True))
    manager.post(do, {"do": "end"})
    assert role_of(world.reader.pk, world.dossier.pk) is None
    assert browser(world.reader).get(at(world, "articles")).status_code == 404
    assert manager.post(do, {"do": "end"}).status_code == 404
    assert Membership.objects.filter(user=world.reader).count() == 2  # both roles are kept


def test_the_last_manager_stays(world: World) -> None:
    do = at(world, "people-do", user_id=world.manager.pk)
    page = html(browser(world.manager).post(do, {"do": "end"}, follow=True))
    assert role_of(world.manager.pk, world.dossier.pk) == "manager"
    assert "A dossier needs a manager" in page


def test_who_leaves_goes_home(world: World) -> None:
    other = a_member(world.dossier, "manager", name="Otto Other", by=world.manager)
    response = browser(other).post(at(world, "people-do", user_id=other.pk), {"do": "end"})
    assert response["Location"] == "/"


def test_people_take_as_many_queries_for_ten_as_for_one(world: World) -> None:
    manager = browser(world.manager)
    one = queries(manager, at(world, "people"))
    for _number in range(9):
        a_member(world.dossier, "reader", by=world.manager)
    assert queries(manager, at(world, "people")) == one


def test_nothing_that_is_set_becomes_markup(world: World) -> None:
    manager = browser(world.manager)
    manager.post(at(world, "settings"), {"title": f"The {NASTY}", "time_zone": "UTC"})
    manager.post(at(world, "settings-party-add"), {"code": "X", "name": f"Party {NASTY}"})
    manager.post(at(world, "settings-outlets"), {"name": f"Outlet {NASTY}"})
    manager.post(at(world, "places"), names((f"Place {NASTY}", "", "")))
    manager.post(at(world, "people"), {"email": "n@example.org", "name": f"N {NASTY}", "role": "reader"})
    for name in [*MANAGERS, "places", "history"]:
        assert NASTY not in html(manager.get(at(world, name)))
