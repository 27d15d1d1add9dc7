"""Who may ask: by key or in a session; what a key and a role allow; and that a foreign dossier is not there at all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Key
from apps.accounts.services import make_key, revoke_key
from apps.api.throttling import PerKeyThrottle
from apps.articles.models import Intake
from apps.dossiers.services import end_membership
from tests.api.program import Program
from tests.factories.worlds import TEXT, World, a_claim, a_world


def test_a_stranger_is_told_how_to_come_in(world: World) -> None:
    nobody = Program(slug=world.dossier.slug)
    assert nobody.get("/claims", expect=401)["code"] == "not_authenticated"
    assert nobody.response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "Api-Key"])
def test_a_key_opens_under_either_scheme(world: World, scheme: str) -> None:
    program = Program(world.reader, slug=world.dossier.slug)
    program.headers = {"Authorization": f"{scheme} {program.secret}"}
    program.get("/claims")


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer a b", "Bearer cc_nonsense", "Bearer cc_\x80", "Bearer cc_000000000000_" + "A" * 43]
)
def test_what_is_no_key_is_refused(world: World, header: str) -> None:
    program = Program(slug=world.dossier.slug)
    program.headers = {"Authorization": header}
    assert program.get("/claims", expect=401)["code"] == "bad_key"


def test_a_key_that_ended_or_was_revoked_opens_nothing(world: World) -> None:
    program = Program(world.reader, slug=world.dossier.slug)
    revoke_key(key=program.key, by=world.reader, at=timezone.now())
    assert program.get("/claims", expect=401)["code"] == "bad_key"
    yesterday = timezone.now() - timedelta(days=1)
    _key, secret = make_key(owner=world.reader, name="old", scope="read", at=yesterday, expires=yesterday)
    program.headers = {"Authorization": f"Bearer {secret}"}
    program.get("/claims", expect=401)


def test_a_person_in_a_browser_reads_without_a_key(world: World) -> None:
    program = Program(slug=world.dossier.slug)
    program.client.force_login(world.reader)
    program.get("/claims")


def test_a_browser_adds_only_with_the_token_against_forgery(world: World) -> None:
    program = Program(slug=world.dossier.slug)
    program.client = Client(enforce_csrf_checks=True)
    program.client.force_login(world.analyst)
    assert "CSRF" in program.post("/articles", {"text": TEXT}, expect=403)["detail"]
    assert not Intake.objects.exists()


def test_a_dossier_of_others_is_not_there(world: World) -> None:
    other = a_world()
    program = Program(world.manager, slug=other.dossier.slug)
    nowhere = Program(world.manager, slug="nowhere")
    for path in ("", "/claims", "/claims/C-0001", "/sources", "/changes"):
        theirs = program.get(path, expect=404)
        assert theirs["detail"] == nowhere.get(path, expect=404)["detail"]
    program = Program(world.manager, slug=other.dossier.slug, scope=Key.Scope.ADD)
    program.post("/articles", {"text": TEXT}, expect=404)


def test_a_place_in_the_list_of_another_dossier_is_refused(world: World) -> None:
    other = a_world()
    theirs = Program(other.reader, slug=other.dossier.slug)
    for number in range(2):
        a_claim(other, f"Claim {number}")
        a_claim(world, f"Claim {number}")
    cursor = theirs.get("/claims", limit=1)["next"].rpartition("cursor=")[2]
    ours = Program(world.reader, slug=world.dossier.slug)
    assert ours.get("/claims", expect=400, cursor=cursor)["code"] == "bad_cursor"
    assert theirs.get("/sources", expect=400, cursor=cursor)["code"] == "bad_cursor"


def test_who_leaves_a_dossier_is_out_with_every_key(world: World) -> None:
    program = Program(world.reader, slug=world.dossier.slug)
    program.get("/claims")
    end_membership(dossier=world.dossier, user=world.reader, by=world.manager)
    program.get("/claims", expect=404)
    assert program.get("/api/v1/dossiers")["items"] == []


def test_a_key_for_reading_adds_nothing_whatever_its_owner_may(world: World) -> None:
    program = Program(world.manager, slug=world.dossier.slug, scope=Key.Scope.READ)
    assert program.post("/articles", {"text": TEXT}, expect=403)["code"] == "scope_missing"
    assert not Intake.objects.exists()


def test_a_key_for_adding_adds_nothing_where_its_owner_may_only_read(world: World) -> None:
    program = Program(world.reader, slug=world.dossier.slug, scope=Key.Scope.ADD)
    assert program.post("/articles", {"text": TEXT}, expect=403)["code"] == "not_permitted"
    assert not Intake.objects.exists()


def test_each_key_is_slowed_by_its_own_requests_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(PerKeyThrottle, "rate", "2/min", raising=False)
    busy, other = (Program(world.reader, slug=world.dossier.slug) for _ in range(2))
    busy.get()
    busy.get()
    refused = busy.get(expect=429)
    assert refused["code"] == "too_many_requests"
    assert 0 < int(busy.response["Retry-After"]) <= 61
    other.get()
    cache.clear()
