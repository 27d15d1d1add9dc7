"""People and the keys they make for their programs."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts import rules, services
from apps.accounts.models import Actor, Key, User
from apps.accounts.people import account_for
from apps.core.errors import Denied, Refusal
from tests.factories.worlds import a_person

NOW = timezone.now()


@pytest.fixture
def owner(db: None) -> User:
    return a_person("Ada Berg")


def a_key(owner: User, **options: object) -> tuple[Key, str]:
    return services.make_key(owner=owner, name="import", scope=Key.Scope.READ, at=NOW, **options)  # type: ignore[arg-type]


def test_a_secret_is_ours_only_in_our_form() -> None:
    assert rules.split("cc_0123456789ab_" + "x" * 43) == "0123456789ab"
    for other in ("", "cc_0123456789ab_short", "xx_0123456789ab_" + "x" * 43, "cc_0123456789AB_" + "x" * 43):
        assert rules.split(other) is None


def test_only_a_hash_of_a_key_is_kept_and_it_opens(owner: User) -> None:
    key, secret = a_key(owner)
    assert secret.encode() not in bytes(key.digest)
    assert services.use_key(secret=secret, at=NOW) == key
    assert services.use_key(secret=secret[:-1] + ("A" if secret[-1] != "A" else "B"), at=NOW) is None
    assert services.use_key(secret="cc_0123456789ab_" + "x" * 43, at=NOW) is None
    assert services.use_key(secret="no key", at=NOW) is None


def test_a_key_opens_until_it_ends_is_revoked_or_its_owner_leaves(owner: User) -> None:
    _key, secret = a_key(owner, expires=NOW + timedelta(days=1))
    assert services.use_key(secret=secret, at=NOW)
    assert services.use_key(secret=secret, at=NOW + timedelta(days=1)) is None

    key, secret = a_key(owner)
    services.revoke_key(key=key, by=owner, at=NOW)
    assert services.use_key(secret=secret, at=NOW) is None

    _key, secret = a_key(owner)
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert services.use_key(secret=secret, at=NOW) is None


def test_only_its_owner_revokes_a_key_and_the_first_time_counts(owner: User) -> None:
    key, _secret = a_key(owner)
    with pytest.raises(Denied):
        services.revoke_key(key=key, by=a_person("Bo Dahl"), at=NOW)
    services.revoke_key(key=key, by=owner, at=NOW)
    services.revoke_key(key=key, by=owner, at=NOW + timedelta(days=1))
    key.refresh_from_db()
    assert key.revoked == NOW


def test_the_use_of_a_key_is_noted_once_a_minute(owner: User) -> None:
    key, secret = a_key(owner)
    for later in (timedelta(0), timedelta(seconds=30), timedelta(seconds=61)):
        services.use_key(secret=secret, at=NOW + later)
        key.refresh_from_db()
        assert key.last_used == (NOW if later < services.USED_EVERY else NOW + later)


@pytest.mark.django_db
def test_an_address_belongs_to_one_person_whatever_its_case() -> None:
    person = a_person(email="Ada@example.org")
    with pytest.raises(ValidationError):
        a_person("Another", email="Ada@example.org")
    assert User.objects.get_by_natural_key("ADA@EXAMPLE.ORG") == person
    assert account_for(email="ada@EXAMPLE.org", name="Other") == (person, False)


@pytest.mark.django_db
def test_an_account_is_made_without_a_password_for_whoever_is_invited() -> None:
    person, new = account_for(email="bo@example.org", name="Bo Dahl")
    assert (new, person.has_usable_password(), person.initials) == (True, False, "BD")
    person.is_active = False
    person.save(update_fields=["is_active"])
    with pytest.raises(Refusal) as refused:
        account_for(email="bo@example.org", name="Bo Dahl")
    assert refused.value.code == "account_closed"
    with pytest.raises(Refusal) as refused:
        account_for(email="no address", name="Bo Dahl")
    assert refused.value.code == "bad_person"


@pytest.mark.django_db
def test_an_administrator_is_made_for_the_administration() -> None:
    person = User.objects.create_superuser("root@example.org", "Root", "a-long-enough-password")
    assert person.is_staff
    assert person.is_superuser
    assert (person.get_full_name(), person.get_short_name(), str(person)) == ("Root", "Root", "Root")


def test_the_ledger_knows_an_actor_by_an_opaque_name(owner: User) -> None:
    key, _secret = a_key(owner)
    assert Actor.person(owner).ref == f"person:{owner.pk}"
    assert Actor.person(owner, key).ref == f"key:{key.pk}"
    assert Actor.part("rules/1").ref == "machine:rules/1"
    assert str(key).startswith("import (")
