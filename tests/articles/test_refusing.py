"""What is refused at the door is a row with its reason and its bytes, and is no article."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles import storage
from apps.articles.models import Article, Intake
from apps.articles.pasted import Named
from apps.articles.services import adding
from apps.articles.services.adding import Described, Seen
from apps.articles.services.adding_many import Fate, add_addresses
from apps.core.errors import Conflict, Refusal
from tests.factories import worlds
from tests.factories.worlds import World

pytestmark = pytest.mark.django_db

Add = Callable[..., Any]
A_ZIP = b"PK\x05\x06" + bytes(18)


@pytest.fixture
def world() -> World:
    return worlds.a_world()


def given(world: World, **more: object) -> dict[str, Any]:
    return {"dossier": world.dossier, "by": Actor.person(world.analyst), "at": timezone.now(), **more}


def file(name: str, body: bytes, **more: object) -> dict[str, Any]:
    return {"name": name, "media_type": "text/html", "body": body, "described": Described(), **more}


@pytest.mark.parametrize(
    ("add", "what", "code", "kept"),
    [
        (adding.add_address, {"address": "gopher://old.example/1"}, "scheme_not_allowed", None),
        (adding.add_address, {"address": "http://10.0.0.7/"}, "not_public", None),
        (adding.add_address, {"address": "http://news.example/" + "a" * 3000 + "\x00"}, "address_too_long", None),
        (adding.add_address, {"address": "http://news.example/\x00\ud800"}, "bad_address", None),
        (adding.add_text, {"text": " \n\t", "described": Described()}, "empty_text", b" \n\t"),
        (adding.add_file, file("empty.html", b""), "empty_text", b""),
        (adding.add_file, file("page.html", b"<p>words", address="http://"), "bad_address", b"<p>words"),
        (adding.add_file, file("several.zip", A_ZIP, address="https://news.example/a"), "not_used", A_ZIP),
        (adding.add_page, {"seen": Seen(address="https://news.example/a", body=b" ")}, "empty_text", b" "),
    ],
    ids=[
        "scheme",
        "private",
        "endless",
        "unwritable",
        "blank text",
        "empty file",
        "bad address",
        "several",
        "blank page",
    ],
)
def test_a_refusal_is_a_row_with_its_reason_and_its_bytes(
    world: World, add: Add, what: dict[str, Any], code: str, kept: bytes | None
) -> None:
    with pytest.raises(Refusal) as refused:
        add(**given(world, **what))
    row = Intake.objects.get(public_id=refused.value.intake_id)
    assert (row.state, row.failure_code, row.failure_reason) == ("failed", code, str(refused.value))
    assert row.finished is not None
    assert (storage.read(row.raw_sha256) if row.raw_sha256 else None) == kept
    assert not Intake.objects.can_be_tried_again().exists()
    assert not Article.objects.exists()


def test_of_what_is_too_large_the_first_bytes_are_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "LARGEST", 10)
    with pytest.raises(Refusal, match="25 MB"):
        adding.add_file(**given(world, **file("long.html", b"<p>0123456789")))
    row = Intake.objects.get()
    assert (row.failure_code, row.raw_size, storage.read(row.raw_sha256)) == ("too_large", 10, b"<p>0123456")


def test_the_same_refusal_twice_is_one_row_and_another_is_another(world: World) -> None:
    refused = []
    for address in ("ftp://a.example/", "ftp://a.example/", "ftp://b.example/"):
        with pytest.raises(Refusal) as refusal:
            adding.add_address(**given(world, address=address))
        refused.append(refusal.value.intake_id)
    assert refused[0] == refused[1] != refused[2]
    assert Intake.objects.count() == 2


def test_a_password_is_not_kept_and_what_turns_the_direction_of_reading_is_spelled_out(world: World) -> None:
    for address in ("https://ada:secret@news.example/a@b", "ftp://news.example/\u202egnp.exe"):
        with pytest.raises(Refusal):
            adding.add_address(**given(world, address=address))
    kept = Intake.objects.order_by("pk").values_list("address", flat=True)
    assert list(kept) == ["https://…@news.example/a@b", "ftp://news.example/%E2%80%AEgnp.exe"]


def test_an_address_within_an_address_is_fetched_as_it_was_given(world: World) -> None:
    inside = "https://archive.example/web/2023/https://ada:b@news.example/a"
    lines = add_addresses(named=[Named(1, inside)], **given(world))
    assert [line.fate for line in lines] == [Fate.TAKEN]
    assert Intake.objects.get().address == inside


def test_nothing_is_recorded_of_an_address_that_is_none(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        adding.add_address(**given(world, address=""))
    assert refused.value.intake_id == ""
    assert not Intake.objects.exists()


def test_a_storage_that_is_full_is_no_refusal_of_what_was_given(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(body: bytes) -> str:
        raise storage.Full("no room")

    monkeypatch.setattr(storage, "keep", full)
    with pytest.raises(storage.Full):
        adding.add_text(**given(world, text="Words.", described=Described()))
    assert not Intake.objects.exists()


def test_a_key_that_was_used_for_something_else_leaves_no_row(world: World) -> None:
    adding.add_text(**given(world, text="Words.", described=Described(), idempotency_key="k"))
    with pytest.raises(Conflict):
        adding.add_text(**given(world, text="Other words.", described=Described(), idempotency_key="k"))
    assert Intake.objects.count() == 1
