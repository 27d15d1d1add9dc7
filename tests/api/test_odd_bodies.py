"""Bodies that no client should send, each of which once was answered with a 500, or with a yes to half of it."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from kombu.exceptions import OperationalError

from apps.accounts.models import Actor, Key
from apps.accounts.services import make_key
from apps.articles.models import Intake
from apps.articles.services import adding
from apps.articles.services.adding import Described, add_file
from apps.core.errors import Conflict
from apps.pipeline import waking
from tests.factories.worlds import World, a_world


@pytest.fixture
def world(db: None) -> World:
    return a_world()


@pytest.fixture
def key(world: World) -> str:
    _row, secret = make_key(owner=world.analyst, name="odd", scope=Key.Scope.ADD, at=timezone.now())
    return secret


def where(world: World) -> str:
    return f"/api/v1/dossiers/{world.dossier.slug}/articles"


def test_half_a_surrogate_in_a_name_is_told_and_not_a_failure(world: World, key: str) -> None:
    body = '{"text": "x", "\\ud800": 1}'
    got = Client().post(where(world), body, content_type="application/json", headers={"Authorization": f"Bearer {key}"})
    assert got.status_code == 400
    assert got["Content-Type"] == "application/problem+json"
    assert got.json()["errors"][0]["code"] == "unknown_field"


def test_chunks_are_asked_to_say_their_length(world: World, key: str) -> None:
    got = Client().generic(
        "POST",
        where(world),
        b"",
        content_type="application/json",
        headers={"Authorization": f"Bearer {key}", "Transfer-Encoding": "chunked"},
        CONTENT_LENGTH="",
    )
    assert (got.status_code, got.json()["code"]) == (411, "length_required")


def test_of_two_files_none_is_taken_silently(world: World, key: str) -> None:
    files = [SimpleUploadedFile("a.txt", b"The office said one."), SimpleUploadedFile("b.txt", b"The office said two.")]
    got = Client().post(where(world), {"file": files}, headers={"Authorization": f"Bearer {key}"})
    assert got.status_code == 400
    assert "several_bodies" in json.dumps(got.json())
    assert not Intake.objects.on_its_way().exists()


def test_a_nul_in_a_name_or_type_is_left_out(world: World) -> None:
    added = add_file(
        dossier=world.dossier,
        name="a\x00.txt",
        media_type="text/pl\x00ain",
        body=b"The office said that it was cold.",
        described=Described(),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    assert (added.intake.file_name, added.intake.media_type) == ("a.txt", "text/plain")


def test_a_key_that_is_used_for_two_articles_at_once_is_a_conflict(world: World) -> None:
    """Both addresses are on their way already, and the key is noted for one of them in between."""

    def add(path: str, *, key: str | None = None) -> Intake:
        return adding.add_address(
            dossier=world.dossier, address=f"https://example.org/{path}", by=Actor.person(world.analyst),
            at=timezone.now(), idempotency_key=key,
        ).intake  # fmt: skip

    one, other = add("one"), add("other")
    Intake.objects.filter(pk=other.pk).update(idempotency_key="k")
    row = Intake(dossier=world.dossier, address_key=one.address_key)
    digest = "not the one of the other"
    with pytest.raises(Conflict):
        adding._the_one_before(row, "k", digest)


def test_a_broker_that_does_not_answer_is_not_waited_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    class Task:
        def apply_async(self, **options: object) -> None:
            tries.append("tried")
            raise OperationalError("timed out")

    monkeypatch.setattr(waking, "_task", lambda name, kwargs: Task())
    monkeypatch.setattr(waking, "_last", {})
    assert [waking._send("sweep", {}) for _ in range(3)] == [False, False, False]
    assert len(tries) == 1
    monkeypatch.setattr(waking, "AWAY_FOR", 0.0)
    waking._send("sweep", {})
    assert len(tries) == 2
