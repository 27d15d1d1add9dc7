"""Signing in and out, the password, keys."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from apps.accounts import people, services
from apps.accounts.models import Key, User
from apps.core.errors import Refusal
from tests.factories.worlds import PASSWORD, a_person
from tests.web.rooms import browser, html, queries

pytestmark = pytest.mark.django_db

NEW = "quite another long sentence"


@pytest.fixture
def person() -> User:
    return a_person("Ada Berg", email="ada@example.org")


@pytest.mark.parametrize("name", ["account", "keys"])
def test_somebody_unknown_is_asked_to_sign_in(client: Client, name: str) -> None:
    assert client.get(reverse(name)).status_code == 302


def test_one_signs_in_whatever_the_case_of_the_address_and_goes_on(client: Client, person: User) -> None:
    sent = {"username": " ADA@example.org ", "password": PASSWORD, "next": "/account/keys/"}
    response = client.post(reverse("sign-in"), sent)
    assert response["Location"] == "/account/keys/"
    assert client.get("/sign-in/")["Location"] == "/"


def test_one_is_never_sent_to_another_site(client: Client, person: User) -> None:
    sent = {"username": "ada@example.org", "password": PASSWORD, "next": "https://evil.example/"}
    assert client.post(reverse("sign-in"), sent)["Location"] == "/"


def test_a_wrong_password_is_said_without_saying_which_is_wrong(client: Client, person: User) -> None:
    wrong = html(client.post(reverse("sign-in"), {"username": "ada@example.org", "password": "no"}))
    unknown = html(client.post(reverse("sign-in"), {"username": "eve@example.org", "password": "no"}))
    told = "No account has this address and this password."
    assert told in wrong
    assert told in unknown


def test_guessing_is_paused_in_words_whatever_the_case_of_the_address(
    client: Client, person: User, settings: Settings
) -> None:
    settings.AXES_ENABLED = True
    addresses = ["ada@example.org", "ADA@example.org", "Ada@Example.org", "aDa@example.org", "adA@example.org"]
    for address in addresses:
        response = client.post(reverse("sign-in"), {"username": address, "password": "no"})
    assert response.status_code == 429
    assert "Too many wrong passwords" in html(response)
    right = client.post(reverse("sign-in"), {"username": "ada@example.org", "password": PASSWORD})
    assert right.status_code == 429


def test_signing_out_takes_a_post(person: User) -> None:
    client = browser(person)
    assert client.get(reverse("sign-out")).status_code == 405
    assert client.post(reverse("sign-out"))["Location"] == "/sign-in/"
    assert client.get("/").status_code == 302


def test_forms_need_their_token(person: User) -> None:
    client = browser(person, csrf=True)
    assert client.post(reverse("account"), {"name": "Eve"}).status_code == 403


def test_a_forgotten_password_is_replaced_by_mail(client: Client, person: User) -> None:
    client.post(reverse("password_reset"), {"email": "Ada@example.org"})
    (message,) = mail.outbox
    assert message.subject == "A new password for Counterclaim"
    found = re.search(r"http://testserver(/password-reset/\S+)", str(message.body))
    assert found is not None
    form = client.get(found[1], follow=True)
    client.post(form.redirect_chain[-1][0], {"new_password1": NEW, "new_password2": NEW})
    person.refresh_from_db()
    assert person.check_password(NEW)


def test_an_unknown_address_gets_the_same_answer_and_no_mail(client: Client) -> None:
    response = client.post(reverse("password_reset"), {"email": "eve@example.org"})
    assert response["Location"] == reverse("password_reset_done")
    assert mail.outbox == []


def test_a_name_is_changed(person: User) -> None:
    assert browser(person).post(reverse("account"), {"name": "Ada B. Berg"}).status_code == 302
    person.refresh_from_db()
    assert person.name == "Ada B. Berg"
    assert browser(person).post(reverse("account"), {"name": "  "}).status_code == 422


def test_the_account_shows_name_and_address(person: User) -> None:
    page = html(browser(person).get(reverse("account")))
    assert "Ada Berg" in page
    assert "ada@example.org" in page


def test_the_services_refuse_what_the_forms_would(person: User) -> None:
    with pytest.raises(Refusal, match="at least a letter"):
        people.rename(user=person, name=" ")
    with pytest.raises(Refusal) as refused:
        people.account_for(email="nobody", name="Nobody")
    assert refused.value.code == "bad_person"


def test_a_password_is_changed_and_other_sessions_end(person: User) -> None:
    here, elsewhere = browser(person), browser(person)
    sent = {"present": PASSWORD, "new": NEW, "again": NEW}
    assert here.post(reverse("account-password"), sent).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    person.refresh_from_db()
    assert person.check_password(NEW)


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"present": "wrong", "new": NEW, "again": NEW}, "not your present password"),
        ({"present": PASSWORD, "new": NEW, "again": "other"}, "The two are not the same"),
        ({"present": PASSWORD, "new": "short", "again": "short"}, "too short"),
        ({"present": PASSWORD, "new": "", "again": ""}, "This field is required"),
    ],
)
def test_a_password_that_will_not_do_says_why(person: User, sent: dict[str, str], told: str) -> None:
    response = browser(person).post(reverse("account-password"), sent)
    assert response.status_code == 422
    assert told in html(response)
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_one_signs_out_everywhere_else(person: User) -> None:
    here, elsewhere = browser(person), browser(person)
    assert here.post(reverse("account-sessions"), {"present": "wrong"}).status_code == 422
    assert elsewhere.get("/").status_code == 200
    assert here.post(reverse("account-sessions"), {"present": PASSWORD}).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


def test_a_key_is_shown_once_and_works(person: User) -> None:
    client = browser(person)
    response = client.post(reverse("keys"), {"name": "Night script", "scope": "read"})
    found = re.search(r'value="(cc_[^"]+)"', html(response))
    assert found is not None
    assert "no-store" in response["Cache-Control"]
    assert services.use_key(secret=found[1], at=timezone.now()) == Key.objects.get()
    page = html(client.get(reverse("keys")))
    assert found[1] not in page
    assert "Night script" in page


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"name": "", "scope": "read"}, "This field is required"),
        ({"name": "x", "scope": "everything"}, "Select a valid choice"),
        ({"name": "x", "scope": "read", "last_day": "2001-01-01"}, "This day is past"),
    ],
)
def test_a_key_that_will_not_do_is_said_at_its_field(person: User, sent: dict[str, str], told: str) -> None:
    response = browser(person).post(reverse("keys"), sent)
    assert response.status_code == 422
    assert told in html(response)
    assert not Key.objects.exists()


def test_a_key_works_through_its_last_day(person: User) -> None:
    today = timezone.now().date()
    browser(person).post(reverse("keys"), {"name": "x", "scope": "read", "last_day": today.isoformat()})
    ends = Key.objects.get().expires
    assert ends is not None
    assert ends.date() == today + timedelta(days=1)


def test_only_the_owner_revokes_a_key(person: User) -> None:
    key, secret = services.make_key(owner=person, name="Night script", scope="read", at=timezone.now())
    address = reverse("keys-revoke", kwargs={"pk": key.pk})
    assert browser(a_person("Eve")).post(address).status_code == 404
    assert services.use_key(secret=secret, at=timezone.now()) is not None
    assert browser(person).post(address).status_code == 302
    assert services.use_key(secret=secret, at=timezone.now()) is None
    assert "revoked" in html(browser(person).get(reverse("keys")))


def test_an_ended_key_says_so(person: User) -> None:
    earlier = timezone.now() - timedelta(days=2)
    services.make_key(owner=person, name="Old", scope="read", at=earlier, expires=earlier + timedelta(days=1))
    assert "ended" in html(browser(person).get(reverse("keys")))


def test_keys_take_as_many_queries_for_ten_as_for_one(person: User) -> None:
    client = browser(person)
    services.make_key(owner=person, name="First", scope="read", at=timezone.now())
    one = queries(client, reverse("keys"))
    for number in range(9):
        services.make_key(owner=person, name=f"Further {number}", scope="read", at=timezone.now())
    assert queries(client, reverse("keys")) == one


def test_the_administration_shows_everything_and_changes_only_people(person: User) -> None:
    person.is_staff = person.is_superuser = True
    person.save()
    services.make_key(owner=person, name="Night script", scope="read", at=timezone.now())
    client = browser(person)
    key = Key.objects.get()
    assert client.get(reverse("admin:accounts_key_changelist")).status_code == 200
    assert client.get(reverse("admin:accounts_key_change", args=[key.pk])).status_code == 200
    assert client.post(reverse("admin:accounts_key_change", args=[key.pk]), {"name": "x"}).status_code == 403
    assert client.get(reverse("admin:accounts_key_add")).status_code == 403
    assert client.post(reverse("admin:accounts_key_delete", args=[key.pk])).status_code == 403
    assert client.get(reverse("admin:accounts_user_change", args=[person.pk])).status_code == 200
    assert client.post(reverse("admin:accounts_user_delete", args=[person.pk])).status_code == 403
