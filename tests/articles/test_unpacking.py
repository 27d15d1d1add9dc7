"""A file of several articles: each goes its own way in, once, and what cannot be read is a row that says why."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles import sandbox, storage
from apps.articles.models import Capture, Intake, Rendition
from apps.articles.refusals import Refusal
from apps.articles.services import leases
from apps.articles.services.adding import Described, add_file
from apps.articles.services.leases import LostLease
from apps.articles.services.unpacking import unpack
from apps.pipeline import working
from tests.articles import files
from tests.articles.files import ADDRESS, HEADLINE, PAGE, PARAGRAPHS, Answer
from tests.factories.worlds import World, a_world, run_until_quiet


@pytest.fixture
def world(db: None) -> World:
    return a_world()


def a_file(world: World, body: bytes, *, name: str = "several.zip", outlet: str = "") -> Intake:
    added = add_file(
        dossier=world.dossier,
        name=name,
        media_type="application/octet-stream",
        body=body,
        described=Described(outlet_name=outlet),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    Intake.objects.filter(pk=added.intake.pk).update(step=Intake.Step.UNPACK)
    return added.intake


def unpacked(intake: Intake) -> list[Intake]:
    """The rows of what was in a file."""
    claimed = leases.claim(intake_id=intake.pk, step=Intake.Step.UNPACK)
    assert claimed is not None
    unpack(claimed)
    return list(Intake.objects.filter(parent=intake).order_by("pk"))


def test_each_article_of_a_file_goes_its_own_way_in(world: World) -> None:
    text = "\n\n".join(PARAGRAPHS[:2]).encode()
    intake = a_file(world, files.zipped({"sea/page.html": PAGE, "text.txt": text}), outlet="The Lantern")
    page, words = unpacked(intake)
    assert (page.member, page.file_name, page.step, page.state) == ("sea/page.html", "page.html", "preserve", "ready")
    assert (page.method, page.outlet_name, page.actor) == (intake.method, "The Lantern", intake.actor)
    assert storage.read(words.raw_sha256) == text
    row = Intake.objects.get(pk=intake.pk)
    assert (row.state, row.outcome, row.came["left_out"]) == ("done", "unpacked", {})

    run_until_quiet()
    assert set(Intake.objects.filter(parent=intake).values_list("state", flat=True)) == {"done"}
    assert Rendition.objects.filter(headline=HEADLINE).count() == 1
    assert Rendition.objects.count() == 2


def test_a_copy_that_is_read_before_what_it_carries_waits_for_it_and_is_taken_in(world: World) -> None:
    text = "\n\n".join(PARAGRAPHS[:2]).encode()
    first, copy = unpacked(a_file(world, files.zipped({"page.html": PAGE, "text.txt": text})))
    for step in (Intake.Step.PRESERVE, Intake.Step.EXTRACT, Intake.Step.IDENTIFY):
        for row in (first, copy):
            working.work(intake_id=row.pk, step=step)
    waiting = working.work(intake_id=copy.pk, step=Intake.Step.PROPOSE)
    assert waiting is not None
    assert (waiting.state, waiting.failure_code, waiting.attempts) == ("ready", "", 0)
    assert waiting.run_after > leases.now()

    run_until_quiet()
    assert set(Intake.objects.filter(parent=first.parent).values_list("state", flat=True)) == {"done"}


def test_what_an_archive_holds_has_the_archives_word_for_where_and_when(world: World) -> None:
    intake = a_file(world, files.wacz([Answer(date="2021-04-03T09:30:00Z")]), name="crawl.wacz")
    (page,) = unpacked(intake)
    assert (page.method, page.address, page.record_sha256 != "") == ("archived", ADDRESS, True)
    run_until_quiet()
    capture = Capture.objects.get()
    assert capture.preserved == datetime(2021, 4, 3, 9, 30, tzinfo=UTC)
    assert (capture.status, capture.final_address, capture.ip_address) == (200, ADDRESS, "203.0.113.7")
    assert capture.article.address == ADDRESS
    assert storage.read(capture.record_sha256).startswith(b"\x1f\x8b")


def test_items_of_a_wire_keep_their_bytes_and_say_who_sent_them(world: World) -> None:
    item = json.dumps(files.ninjs())
    intake = a_file(world, f"[{item}]".encode(), name="bundle.json")
    (row,) = unpacked(intake)
    assert storage.read(row.raw_sha256) == item.encode()
    run_until_quiet()
    rendition = Rendition.objects.get()
    assert (rendition.headline, rendition.credit, rendition.byline) == (HEADLINE, "Norwire", "Ann Lok")
    row.refresh_from_db()
    assert row.outlet_name == "The Courier"
    assert row.came["usage_terms"] == "For subscribers only."


def test_what_cannot_be_read_is_a_row_that_says_why_and_names_its_bytes(world: World) -> None:
    inner = files.zipped({"a.html": PAGE})
    entries = {
        "a.html": PAGE,
        "inner.zip": inner,
        "x.png": b"\x89PNG",
        "crawl.warc": files.warc([Answer(status="404 No")]),
    }
    intake = a_file(world, files.zipped(entries))
    rows = {row.member: row for row in unpacked(intake)}
    nested = rows["inner.zip"]
    assert (nested.state, nested.failure_code) == ("failed", "nested_archive")
    assert "once more" in nested.failure_reason
    assert storage.read(nested.raw_sha256) == inner
    missing = rows[f"crawl.warc / {ADDRESS}"]
    assert (missing.state, missing.failure_code) == ("failed", "http_404")
    assert "404" in missing.failure_reason
    assert rows["a.html"].state == "ready"
    assert Intake.objects.get(pk=intake.pk).came["left_out"] == {"image/png": 1}
    run_until_quiet()
    assert Rendition.objects.count() == 1


def test_what_has_no_bytes_of_its_own_names_those_of_the_file(world: World) -> None:
    body = bytearray(files.zipped({"a.html": PAGE, "b.html": PAGE}))
    body[6] |= 1
    body[body.find(b"PK\x01\x02") + 8] |= 1
    intake = a_file(world, bytes(body))
    locked, _open = unpacked(intake)
    assert (locked.failure_code, locked.raw_sha256) == ("encrypted", intake.raw_sha256)


def test_a_second_run_adds_nothing(world: World) -> None:
    intake = a_file(world, files.zipped({"a.html": PAGE}))
    unpacked(intake)
    assert leases.claim(intake_id=intake.pk, step=Intake.Step.UNPACK) is None
    assert Intake.objects.filter(parent=intake).count() == 1


def test_a_worker_that_lost_its_lease_adds_nothing(world: World) -> None:
    intake = a_file(world, files.zipped({"a.html": PAGE}))
    claimed = leases.claim(intake_id=intake.pk, step=Intake.Step.UNPACK)
    assert claimed is not None
    Intake.objects.filter(pk=intake.pk).update(token=claimed.token + 1)
    with pytest.raises(LostLease):
        unpack(claimed)
    assert not Intake.objects.filter(parent=intake).exists()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (files.zipped({"x.png": b"\x89PNG"}), "nothing_inside"),
        (files.zipped({}), "nothing_inside"),
        (files.message(), "nothing_inside"),
        (PAGE, "nothing_inside"),
        (files.zipped({"a.html": PAGE})[:-30], "damaged_archive"),
    ],
)
def test_a_file_that_holds_no_article_or_is_damaged_says_so(world: World, body: bytes, code: str) -> None:
    intake = a_file(world, body)
    with pytest.raises(Refusal) as refused:
        unpacked(intake)
    assert refused.value.code == code
    assert not Intake.objects.filter(parent=intake).exists()


def test_where_reading_stops_half_way_what_came_before_counts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sandbox.unpack

    def stops(body: bytes, *, kind: object, filename: str = "") -> object:
        yield next(whole(body, kind=kind, filename=filename))  # type: ignore[arg-type]
        raise sandbox.ParserStopped("parser_time")

    monkeypatch.setattr(sandbox, "unpack", stops)
    rows = unpacked(a_file(world, files.zipped({"a.html": PAGE, "b.html": PAGE})))
    assert [(row.member, row.failure_code) for row in rows] == [("a.html", ""), ("…", "parser_time")]


def test_a_child_that_was_ended_leaves_everything_to_the_next_try(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sandbox.unpack

    def ended(body: bytes, *, kind: object, filename: str = "") -> object:
        yield next(whole(body, kind=kind, filename=filename))  # type: ignore[arg-type]
        raise sandbox.ParserLost("parser_lost")

    monkeypatch.setattr(sandbox, "unpack", ended)
    intake = a_file(world, files.zipped({"a.html": PAGE, "b.html": PAGE}))
    with pytest.raises(sandbox.ParserLost):
        unpacked(intake)
    assert not Intake.objects.filter(parent=intake).exists()


def test_a_member_without_bytes_is_no_text_and_not_read_as_the_whole_file(world: World) -> None:
    empty, page = unpacked(a_file(world, files.zipped({"empty.txt": b"", "page.html": PAGE})))
    assert (empty.state, empty.failure_code, page.state) == ("failed", "empty_text", "ready")
