"""Where one begins."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.dossiers import services as dossiers
from apps.dossiers.models import Dossier
from tests.factories.worlds import World, a_dossier, a_person, a_world, an_article, proposed, submitted
from tests.web.rooms import browser, html, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return a_world()


def test_somebody_unknown_is_asked_to_sign_in(client: object) -> None:
    response = client.get("/")  # type: ignore[attr-defined]
    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/"


def test_who_belongs_to_no_dossier_is_told_how_to_get_one() -> None:
    person = a_person("Olga Outsider")
    page = html(browser(person).get("/"))
    assert "You belong to no dossier yet" in page
    assert person.email in page
    assert reverse("home-open") not in page


def test_each_dossier_shows_the_role_and_what_waits(world: World) -> None:
    proposed(an_article(world))
    submitted(world, an_article(world, "The ministry denied that its troops had crossed the river. Again."))
    editor = html(browser(world.editor).get("/"))
    assert "editor" in editor
    assert "1 statement to review" in editor
    assert "1 to check" in editor
    analyst = html(browser(world.analyst).get("/"))
    assert "1 statement to review" in analyst
    assert "to check" not in analyst


def test_a_reader_sees_nothing_of_what_waits(world: World) -> None:
    proposed(an_article(world))
    page = html(browser(world.reader).get("/"))
    assert world.dossier.title in page
    assert "to review" not in page


def test_home_takes_as_many_queries_for_ten_dossiers_as_for_one() -> None:
    person = a_person("Mara Manager")
    a_dossier(by=person)
    client = browser(person)
    one = queries(client, "/")
    for _number in range(9):
        a_dossier(by=person)
    assert queries(client, "/") == one


def test_staff_opens_a_dossier_and_manages_it() -> None:
    person = a_person("Stella Staff")
    person.is_staff = True
    person.save()
    client = browser(person)
    assert reverse("home-open") in html(client.get("/"))
    sent = {"title": "The strait", "slug": "Strait", "time_zone": "Asia/Baku"}
    response = client.post(reverse("home-open"), sent)
    assert response.status_code == 302
    dossier = Dossier.objects.get(slug="strait")
    assert response["Location"] == reverse("settings", kwargs={"slug": "strait"})
    assert client.get(response["Location"]).status_code == 200
    assert dossier.time_zone == "Asia/Baku"


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"title": "", "slug": "strait", "time_zone": "UTC"}, "This field is required"),
        ({"title": "The strait", "slug": "the strait!", "time_zone": "UTC"}, "valid “slug”"),
        ({"title": "The strait", "slug": "taken", "time_zone": "UTC"}, "Another dossier has this short name"),
        ({"title": "The strait", "slug": "strait", "time_zone": "Mars/Base"}, "is no time zone we know"),
    ],
)
def test_a_dossier_that_will_not_do_is_said_at_its_field(sent: dict[str, str], told: str) -> None:
    person = a_person("Stella Staff")
    person.is_staff = True
    person.save()
    a_dossier(slug="taken", by=a_person("Somebody Else"))
    response = browser(person).post(reverse("home-open"), sent)
    assert response.status_code == 422
    assert told in html(response)
    assert Dossier.objects.count() == 1


def test_who_is_not_staff_opens_none(world: World) -> None:
    response = browser(world.manager).post(reverse("home-open"), {"title": "x", "slug": "x", "time_zone": "UTC"})
    assert response.status_code == 403
    assert "up to the people who run this site" in html(response)


def test_an_ended_membership_is_gone_from_home(world: World) -> None:
    dossiers.end_membership(dossier=world.dossier, user=world.reader, by=world.manager)
    assert world.dossier.title not in html(browser(world.reader).get("/"))
