"""Adding an article: safe before it is acknowledged, once for each idempotency key, followed to its end."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.models import Key
from apps.articles import storage
from apps.articles.models import Capture, Intake
from apps.pipeline import waking
from tests.api.program import Program
from tests.articles.files import zipped
from tests.factories.worlds import TEXT, World, a_world, run_until_quiet

HTML = f"<html><head><title>At the river</title></head><body><article><h1>At the river</h1><p>{TEXT * 4}</p></article>"
SENT = {
    "text": TEXT,
    "headline": "At the river",
    "outlet": "The Estuary Post",
    "published": "2024-03-12T09:00:00+01:00",
}


@pytest.fixture
def sender(world: World) -> Program:
    return Program(world.analyst, slug=world.dossier.slug, scope=Key.Scope.ADD)


def test_a_text_is_kept_as_sent_and_followed_until_it_is_held(sender: Program) -> None:
    coming = sender.post("/articles", SENT)
    assert (coming["state"], coming["method"], coming["article"]) == ("ready", "sent", None)
    where = sender.response["Location"].removeprefix("http://testserver")
    assert sender.get(where)["id"] == coming["id"]
    run_until_quiet()
    done = sender.get(where)
    assert (done["state"], done["article"], done["failure"]) == ("done", "A-0001", None)
    assert "proposed" not in done
    held = sender.get(f"/articles/{done['article']}")
    assert (held["article"]["headline"], held["article"]["outlet"]) == ("At the river", "The Estuary Post")
    assert held["article"]["published"] == "2024-03-12T08:00:00Z"
    assert storage.read(held["captures"][0]["sha256"]) == TEXT.encode()
    assert Capture.objects.get().actor == f"key:{sender.key.pk}"


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        ({"html": HTML}, "text/html; charset=utf-8"),
        ({"content_base64": base64.b64encode(HTML.encode()).decode()}, "text/html"),
        (
            {"content_base64": base64.b64encode(TEXT.encode()).decode(), "media_type": "text/plain"},
            "text/plain",
        ),
    ],
)
def test_a_page_or_any_bytes_are_kept_as_sent(sender: Program, body: dict[str, str], media_type: str) -> None:
    coming = sender.post("/articles", body | {"address": "https://estuary-post.example/river"})
    run_until_quiet()
    done = sender.get(f"/intakes/{coming['id']}")
    assert (done["state"], done["address"]) == ("done", "https://estuary-post.example/river"), done
    held = sender.get(f"/articles/{done['article']}")
    assert held["captures"][0]["media_type"] == media_type
    assert TEXT in held["text"]["text"]


def test_an_address_is_taken_down_to_be_fetched(sender: Program) -> None:
    coming = sender.post("/articles", {"address": "https://estuary-post.example/river"})
    assert (coming["method"], coming["step"]) == ("fetched", "preserve")
    again = sender.post("/articles", {"address": "https://estuary-post.example/river"})
    assert again["id"] == coming["id"]


def test_a_worker_is_woken_once_the_article_is_safe(
    sender: Program, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    sent: list[dict[str, int]] = []
    monkeypatch.setattr(waking, "_send", lambda name, kwargs, **_options: sent.append(kwargs))
    with django_capture_on_commit_callbacks(execute=True):
        sender.post("/articles", SENT)
    assert sent == [{"intake_id": Intake.objects.get().pk}]


def test_the_same_key_with_the_same_article_adds_it_once(sender: Program) -> None:
    first = sender.post("/articles", SENT, headers={"Idempotency-Key": "run-7"})
    again = sender.post("/articles", SENT, headers={"Idempotency-Key": "run-7"})
    assert again["id"] == first["id"]
    assert Intake.objects.count() == 1
    other = sender.post("/articles", SENT | {"text": "Other words."}, headers={"Idempotency-Key": "run-7"}, expect=409)
    assert other["code"] == "idempotency_key_reused"


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "é"])
def test_an_idempotency_key_that_cannot_be_one_is_refused(sender: Program, key: str) -> None:
    refused = sender.post("/articles", SENT, headers={"Idempotency-Key": key}, expect=400)
    assert refused["code"] == "bad_idempotency_key"


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "#", "nothing_to_add"),
        ([], "#", "invalid"),
        ("null", "#", "null"),
        ({"text": TEXT, "html": HTML}, "#", "several_bodies"),
        ({"text": ""}, "#/text", "blank"),
        ({"text": 7, "headline": ["x"]}, "#/headline", "invalid"),
        ({"text": 7}, "#/text", "invalid"),
        ({"text": "a\x00b"}, "#/text", "null_characters_not_allowed"),
        ({"text": "a\ud800b"}, "#/text", "surrogate_characters_not_allowed"),
        ({"text": TEXT, "headline": "x" * 501}, "#/headline", "max_length"),
        ({"text": TEXT, "published": "2024-03-12T09:00:00"}, "#/published", "bad_time"),
        ({"text": TEXT, "published": 1710230400}, "#/published", "bad_time"),
        ({"text": TEXT, "title": "x"}, "#/title", "unknown_field"),
        ({"text": TEXT, "media_type": "text/plain"}, "#/media_type", "not_used"),
        ({"content_base64": "%%%"}, "#/content_base64", "bad_base64"),
        ({"content_base64": "eA==", "media_type": "nonsense"}, "#/media_type", "invalid"),
        ({"address": "https://estuary-post.example/", "headline": "x"}, "#/headline", "not_used"),
    ],
)
def test_a_body_that_is_not_as_it_should_be_says_where(sender: Program, body: object, pointer: str, code: str) -> None:
    refused = sender.post("/articles", body, expect=400)
    assert refused["code"] == "invalid_body"
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in refused["errors"]]
    kept = Intake.objects.get()
    assert (str(kept.public_id), kept.state, kept.failure_code) == (refused["intake"], "failed", "invalid_body")
    assert storage.read(kept.raw_sha256) == (body if isinstance(body, str) else json.dumps(body)).encode()
    assert pointer in kept.failure_reason


def test_a_body_that_is_no_json_is_kept_as_it_came(sender: Program) -> None:
    refused = sender.post("/articles", '{"text": "The ministry', expect=400)
    assert refused["code"] == "malformed_body"
    kept = Intake.objects.get(public_id=refused["intake"])
    assert storage.read(kept.raw_sha256) == b'{"text": "The ministry'
    assert (kept.failure_code, kept.failure_reason) == ("malformed_body", refused["detail"])


def test_what_is_refused_for_something_beside_its_address_is_found_by_it(sender: Program) -> None:
    sent = {"address": "https://estuary-post.example/a", "published": "yesterday"}
    refused = sender.post("/articles", sent, expect=400)
    assert Intake.objects.get(public_id=refused["intake"]).address == "https://estuary-post.example/a"


def test_a_body_that_names_its_dossier_is_kept_there_and_in_no_foreign_one(sender: Program) -> None:
    foreign = a_world()
    kept = []
    for slug in (sender.base.rpartition("/")[2], foreign.dossier.slug, "a\x00b", 7):
        body = json.dumps({"dossier": slug, "text": TEXT, "published": "yesterday"})
        response = sender.client.post("/api/v1/articles", body, content_type="application/json", headers=sender.headers)
        assert response.status_code == 400
        kept.append(bool(response.json().get("intake")))
    assert kept == [True, False, False, False]
    assert not Intake.objects.filter(dossier=foreign.dossier).exists()


def test_a_file_with_something_wrong_beside_it_is_kept(sender: Program) -> None:
    sent = {"file": SimpleUploadedFile("a.txt", b"The ministry said so."), "published": "yesterday"}
    response = sender.client.post(sender.base + "/articles", sent, headers=sender.headers)
    kept = Intake.objects.get(public_id=response.json()["intake"])
    assert (response.status_code, kept.file_name, kept.failure_code) == (400, "a.txt", "invalid_body")
    assert storage.read(kept.raw_sha256) == b"The ministry said so."


def test_an_article_of_more_than_ten_megabytes_is_taken(sender: Program) -> None:
    sender.post("/articles", {"text": "The ministry said so. " * 550_000})
    assert Intake.objects.get().raw_size > 11 * 10**6


def test_what_a_file_held_beside_articles_is_told(sender: Program) -> None:
    body = base64.b64encode(zipped({"a.html": HTML.encode(), "a.png": b"\x89PNG\r\n\x1a\n"})).decode()
    coming = sender.post("/articles", {"content_base64": body})
    run_until_quiet()
    assert sender.get(f"/intakes/{coming['id']}")["left_out"] == {"image/png": 1}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"address": "http://10.0.0.1/"}, "not_public"),
        ({"address": "ftp://estuary-post.example/"}, "scheme_not_allowed"),
        ({"address": "https://estuary-post.example:8443/"}, "port_not_allowed"),
        ({"text": " \n "}, "empty_text"),
    ],
)
def test_what_is_understood_and_not_taken_says_why(sender: Program, body: dict[str, str], code: str) -> None:
    refused = sender.post("/articles", body, expect=422)
    assert refused["code"] == code
    kept = sender.get(f"/intakes/{refused['intake']}")
    assert (kept["state"], kept["failure"]) == ("failed", {"code": code, "reason": refused["detail"]})


def test_a_failure_on_the_way_is_told(sender: Program) -> None:
    coming = sender.post("/articles", {"content_base64": base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(200)).decode()})
    run_until_quiet()
    failed = sender.get(f"/intakes/{coming['id']}")
    assert failed["state"] == "failed"
    assert failed["failure"]["code"] == "not_text"
    assert failed["failure"]["reason"]


def test_an_intake_has_no_past_and_is_not_for_readers(world: World, sender: Program) -> None:
    coming = sender.post("/articles", SENT)
    path = f"/intakes/{coming['id']}"
    assert sender.get(path, expect=400, known_at="2024-03-12T08:00:00Z")["code"] == "unknown_parameter"
    assert Program(world.reader, slug=world.dossier.slug).get(path, expect=403)["code"] == "not_permitted"
    sender.get("/intakes/7d1c2b0a-0000-4000-8000-000000000000", expect=404)
