"""What comes in, for programs: files of several articles, lists, another try, an end; and what is not acknowledged."""

from __future__ import annotations

import gzip
import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from apps.accounts.models import Key
from apps.articles import storage
from apps.articles.models import Capture, Intake
from apps.articles.services import leases
from tests.api.program import Program
from tests.factories.worlds import TEXT, World, a_world, an_intake, run_until_quiet

PAGE = "<html><head><title>{0}</title></head><body><article><h1>{0}</h1><p>{1}</p></article></body></html>"


@pytest.fixture
def sender(world: World) -> Program:
    return Program(world.analyst, slug=world.dossier.slug, scope=Key.Scope.ADD)


@pytest.fixture
def anywhere(world: World) -> Program:
    return Program(world.analyst, scope=Key.Scope.ADD)


def a_zip(*members: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, body in members:
            archive.writestr(name, body)
    return file.getvalue()


def upload(program: Program, path: str, fields: dict[str, Any], *, expect: int = 202, **headers: str) -> dict[str, Any]:
    response = program.client.post(program.base + path, fields, headers={**program.headers, **headers})
    return program.answered("post", response, expect)


def a_page(headline: str) -> bytes:
    return PAGE.format(headline, f"{headline}. {TEXT * 4}").encode()


def test_a_file_is_sent_as_one_and_kept_to_the_byte(sender: Program) -> None:
    file = SimpleUploadedFile("river.html", a_page("At the river"), content_type="text/html")
    coming = upload(sender, "/articles", {"file": file, "outlet": "The Estuary Post"})
    assert (coming["file_name"], coming["size"], coming["step"]) == (
        "river.html",
        len(a_page("At the river")),
        "preserve",
    )
    run_until_quiet()
    done = sender.get(f"/intakes/{coming['id']}")
    assert (done["state"], done["outcome"], done["children"]) == ("done", "taken_in", None)
    held = sender.get(f"/articles/{done['article']}")
    assert held["article"]["outlet"] == "The Estuary Post"
    (capture,) = held["captures"]
    assert storage.read(capture["sha256"]) == a_page("At the river")
    assert b"WARC/1.1" in gzip.decompress(storage.read(capture["record_sha256"]))


def test_a_file_of_several_is_unpacked_and_each_followed_from_it(sender: Program) -> None:
    body = a_zip(("one.html", a_page("One")), ("two.html", a_page("Two")), ("three.html", b"\x89PNG\r\n\x1a\n" * 30))
    # Called a page, and is none: its bytes say what it is.
    coming = upload(sender, "/articles", {"file": SimpleUploadedFile("river.html", body, content_type="text/html")})
    assert (coming["step"], coming["children"]) == ("unpack", {"done": 0, "failed": 0, "on_the_way": 0, "cancelled": 0})
    run_until_quiet()
    done = sender.get(f"/intakes/{coming['id']}")
    assert (done["state"], done["outcome"], done["article"]) == ("done", "unpacked", None)
    inside = sender.all("/intakes", within=coming["id"])
    assert {row["parent"] for row in inside} == {coming["id"]}
    states = [row["state"] for row in inside]
    assert done["children"]["done"] == states.count("done") == 2
    assert done["children"]["failed"] == states.count("failed")
    assert [row["id"] for row in sender.all("/intakes")] == [coming["id"]]


def test_an_article_is_sent_to_the_dossier_that_the_body_names(world: World, anywhere: Program) -> None:
    sent = {"dossier": world.dossier.slug, "text": TEXT, "headline": "At the river"}
    coming = anywhere.post("/articles", sent, headers={"Idempotency-Key": "run-7"})
    assert anywhere.response["Location"].endswith(f"/api/v1/dossiers/{world.dossier.slug}/intakes/{coming['id']}")
    again = anywhere.post("/articles", sent, headers={"Idempotency-Key": "run-7"})
    assert again["id"] == coming["id"]
    beside = Program(world.analyst, slug=world.dossier.slug, scope=Key.Scope.ADD)
    of_dossier = {name: value for name, value in sent.items() if name != "dossier"}
    assert beside.post("/articles", of_dossier, headers={"Idempotency-Key": "run-7"})["id"] == coming["id"]
    file = SimpleUploadedFile("river.txt", TEXT.encode(), content_type="text/plain")
    assert upload(anywhere, "/articles", {"dossier": world.dossier.slug, "file": file})["file_name"] == "river.txt"


def test_another_dossier_is_not_there_and_a_reader_adds_nothing(world: World, anywhere: Program) -> None:
    elsewhere = a_world()
    assert (
        anywhere.post("/articles", {"dossier": elsewhere.dossier.slug, "text": TEXT}, expect=404)["code"] == "not_found"
    )
    reader = Program(world.reader, scope=Key.Scope.ADD)
    sent = {"dossier": world.dossier.slug, "text": TEXT}
    assert reader.post("/articles", sent, expect=403)["code"] == "not_permitted"
    only_reads = Program(world.analyst)
    assert only_reads.post("/articles", sent, expect=403)["code"] == "scope_missing"
    assert anywhere.post("/articles", {"text": TEXT}, expect=400)["errors"][0]["pointer"] == "#/dossier"
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    ("raised", "status", "code"), [(storage.Full, 507, "storage_full"), (storage.Away, 503, "storage_away")]
)
def test_nothing_is_acknowledged_that_could_not_be_kept(
    sender: Program, monkeypatch: pytest.MonkeyPatch, raised: type[Exception], status: int, code: str
) -> None:
    def fail(body: bytes) -> str:
        raise raised

    monkeypatch.setattr(storage, "keep", fail)
    refused = sender.post("/articles", {"text": TEXT}, expect=status, headers={"Idempotency-Key": "run-7"})
    assert refused["code"] == code
    assert sender.response["Retry-After"] == "5"
    assert not Intake.objects.exists()
    monkeypatch.undo()
    sender.post("/articles", {"text": TEXT}, headers={"Idempotency-Key": "run-7"})


def test_the_bytes_are_there_before_the_row_is(sender: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the row fail, bytes are left that nobody names; the other way round, a row would name none."""
    kept = storage.keep

    def keep(body: bytes) -> str:
        assert not Intake.objects.exists()
        return kept(body)

    monkeypatch.setattr(storage, "keep", keep)
    coming = sender.post("/articles", {"text": TEXT})
    assert storage.read(coming["sha256"]) == TEXT.encode()


def test_what_is_larger_than_any_upload_is_refused_unread(sender: Program, settings: Settings) -> None:
    settings.LARGEST_UPLOAD_MB = 0
    file = SimpleUploadedFile("large.zip", b"x" * (2 * 2**20 + 1))
    assert upload(sender, "/articles", {"file": file}, expect=413)["code"] == "too_large"


def test_an_article_is_held_to_less_than_a_file_of_several(
    sender: Program, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.articles.services.adding.LARGEST", 100)
    settings.LARGEST_UPLOAD_MB = 1
    several = a_zip(("one.html", a_page("One")))
    assert len(several) > 100
    upload(sender, "/articles", {"file": SimpleUploadedFile("a.zip", several)})
    one = SimpleUploadedFile("a.html", a_page("One"))
    assert upload(sender, "/articles", {"file": one}, expect=422)["code"] == "too_large"
    settings.LARGEST_UPLOAD_MB = 0
    many = SimpleUploadedFile("a.zip", several)
    assert upload(sender, "/articles", {"file": many}, expect=422)["code"] == "too_large"


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({}, "#/file", "required"),
        ({"file": "no file"}, "#/file", "invalid"),
        ({"file": SimpleUploadedFile("a.txt", b"x"), "title": "x"}, "#/title", "unknown_field"),
    ],
)
def test_a_file_that_is_not_sent_as_it_should_be_says_where(
    sender: Program, fields: dict[str, Any], pointer: str, code: str
) -> None:
    refused = upload(sender, "/articles", fields, expect=400)
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in refused["errors"]]


def test_a_file_of_several_has_no_address(sender: Program) -> None:
    file = SimpleUploadedFile("a.zip", a_zip(("one.html", a_page("One"))))
    sent = {"file": file, "address": "https://estuary-post.example/one"}
    assert upload(sender, "/articles", sent, expect=422)["code"] == "not_used"


def test_what_failed_is_listed_with_its_reason_and_tried_again(world: World, sender: Program) -> None:
    row = an_intake(world, headline="Waiting here")
    claimed = leases.claim(intake_id=row.pk, step=Intake.Step.PRESERVE)
    assert claimed is not None
    leases.fail(claimed, code="not_public", reason="This address does not lead to a public host.")
    (failed,) = sender.all("/intakes", state="failed")
    assert failed["failure"] == {"code": "not_public", "reason": "This address does not lead to a public host."}
    assert sender.all("/intakes", state="ready") == []
    again = sender.post(f"/intakes/{failed['id']}/retry", {}, expect=200)
    assert (again["state"], again["failure"]) == ("ready", None)
    assert again["next_try"]
    assert sender.post(f"/intakes/{failed['id']}/retry", {}, expect=409)["code"] == "conflict"


def test_what_is_on_its_way_is_cancelled_once(world: World, sender: Program) -> None:
    row = an_intake(world)
    cancelled = sender.post(f"/intakes/{row.public_id}/cancel", {}, expect=200)
    assert (cancelled["state"], cancelled["next_try"]) == ("cancelled", None)
    assert sender.post(f"/intakes/{row.public_id}/cancel", {}, expect=409)["code"] == "conflict"
    Program(world.analyst, slug=world.dossier.slug).post(f"/intakes/{row.public_id}/retry", {}, expect=403)
    elsewhere = an_intake(a_world())
    sender.post(f"/intakes/{elsewhere.public_id}/cancel", {}, expect=404)


def test_a_visit_is_listed_apart(world: World, sender: Program) -> None:
    row = an_intake(world)
    run_until_quiet()
    row.refresh_from_db()
    Intake.objects.create(
        dossier=world.dossier,
        method=Capture.Method.FETCHED,
        purpose=Intake.Purpose.REVISIT,
        address="https://estuary-post.example/river",
        article=row.article,
        actor="machine:revisit",
        added=row.added,
        run_after=row.added,
    )
    assert [one["purpose"] for one in sender.all("/intakes")] == ["take_in"]
    assert [one["purpose"] for one in sender.all("/intakes", purpose="revisit")] == ["revisit"]


def test_the_list_goes_on_page_by_page_with_as_many_queries_for_ten_as_for_one(world: World, sender: Program) -> None:
    def asked(limit: int) -> int:
        with CaptureQueriesContext(connection) as taken:
            sender.get("/intakes", limit=limit)
        return len(taken)

    rows = [an_intake(world, f"{TEXT} {number}") for number in range(10)]
    assert [one["id"] for one in sender.all("/intakes", limit=3)] == [str(row.public_id) for row in reversed(rows)]
    assert asked(10) == asked(1)
    assert sender.get("/intakes", expect=400, cursor="aW50YWtlOng")["code"] == "bad_cursor"
    assert sender.get("/intakes", expect=400, state="lost")["code"] == "bad_parameter"


def test_a_removal_and_another_address_are_told_of_an_article(world: World, sender: Program) -> None:
    row = an_intake(world)
    run_until_quiet()
    row.refresh_from_db()
    assert row.article is not None
    held = sender.get(f"/articles/{row.article.ref}")
    assert (held["removal"], held["other_addresses"], held["text"]["captions"]) == (None, [], [])
    assert held["captures"][0]["method"] == "pasted"
