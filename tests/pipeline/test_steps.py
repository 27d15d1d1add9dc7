"""Preserve, extract, identify: what each leaves behind, also when it goes wrong."""

import logging
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles import storage
from apps.articles.models import Capture, Intake, Lineage, Origin, Publication, Sketch
from apps.articles.services import leases, sketching
from apps.articles.services.adding import add_address
from apps.articles.services.extracting import extract
from apps.articles.services.identifying import identify
from apps.articles.services.preserving import preserve
from apps.core.errors import Refusal
from apps.ledger.models import Entry
from apps.pipeline import working
from apps.sources.models import OutletName
from tests.articles.hosts import page
from tests.factories.worlds import World, an_intake, run_until_quiet
from tests.pipeline.conftest import PAGE, Publisher

LONG = (
    "The ministry denied that its troops had crossed the river. A spokesperson said that the ferry was attacked at "
    "noon. Fishermen along the northern bank had watched the boats for three days before anything happened, and the "
    "harbour office closed the lower quay on Monday evening because of the ice. Nobody else was asked."
)


def fetched(world: World, publisher: Publisher, path: str = "/troops.html") -> Intake:
    by = Actor.person(world.analyst)
    added = add_address(dossier=world.dossier, address=publisher.url(path), by=by, at=timezone.now())
    return added.intake


def now(intake: Intake) -> Intake:
    return Intake.objects.select_related("article", "capture", "rendition").get(pk=intake.pk)


def test_a_fetched_page_is_kept_as_it_came_with_how_it_came(world: World, publisher: Publisher) -> None:
    intake = fetched(world, publisher)
    run_until_quiet()
    capture = Capture.objects.get()
    assert storage.read(capture.sha256) == PAGE.encode()
    assert (capture.status, capture.media_type, capture.size) == (200, "text/html", len(PAGE.encode()))
    assert capture.final_address == publisher.url()
    assert ["Content-Type", "text/html"] in capture.headers
    assert capture.actor == f"person:{world.analyst.pk}"
    assert now(intake).state == Intake.State.DONE


def test_each_step_is_one_entry_of_the_ledger(world: World, publisher: Publisher) -> None:
    fetched(world, publisher)
    run_until_quiet()
    verbs = Entry.objects.filter(dossier=world.dossier, verb__startswith="article.").values_list("verb", flat=True)
    assert list(verbs.order_by("index")) == ["article.preserved", "article.rendered", "article.identified"]


def test_an_error_page_is_no_article_but_its_bytes_are_kept(world: World, publisher: Publisher) -> None:
    publisher.answers["/gone.html"] = page(b"<p>It is gone.</p>", status="404 Not Found")
    intake = fetched(world, publisher, "/gone.html")
    run_until_quiet()
    row = now(intake)
    assert (row.state, row.step, row.failure_code, row.article) == ("failed", "preserve", "http_404", None)
    assert "404" in row.failure_reason
    assert storage.read(row.raw_sha256) == b"<p>It is gone.</p>"


def test_a_publisher_in_trouble_is_asked_again_later(world: World, publisher: Publisher) -> None:
    publisher.answers["/busy.html"] = page(b"Busy", status="503 Service Unavailable")
    intake = fetched(world, publisher, "/busy.html")
    working.work(intake_id=intake.pk, step=Intake.Step.PRESERVE)
    row = now(intake)
    assert (row.state, row.failure_code, row.attempts) == ("ready", "bad_response", 1)

    del publisher.answers["/busy.html"]
    Intake.objects.filter(pk=intake.pk).update(run_after=timezone.now())
    run_until_quiet()
    row = now(intake)
    assert (row.state, row.failure_code, row.attempts) == ("done", "", 0)


def test_what_breaks_down_is_logged_and_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(claimed: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(working.STEPS, Intake.Step.PRESERVE, broken)
    intake = an_intake(world)
    with caplog.at_level(logging.ERROR):
        row = working.work(intake_id=intake.pk, step=Intake.Step.PRESERVE)
    assert row is not None
    assert (row.state, row.failure_code) == ("ready", "broke_down")
    assert "ZeroDivisionError" in caplog.text


def test_stored_bytes_that_were_tampered_with_are_not_read(world: World) -> None:
    intake = an_intake(world)
    working.work(intake_id=intake.pk, step=Intake.Step.PRESERVE)
    (file,) = Path(str(settings.EVIDENCE_ROOT)).rglob(now(intake).raw_sha256)
    file.chmod(0o640)
    file.write_bytes(b"Other words")
    run_until_quiet()
    assert now(intake).failure_code == "evidence_damaged"
    file.unlink()
    with pytest.raises(Refusal, match="missing"):
        storage.read(now(intake).raw_sha256)


def test_a_second_run_of_a_step_adds_nothing(world: World) -> None:
    intake = an_intake(world)
    run_until_quiet()
    before = Entry.objects.count()
    for step in (preserve, extract, identify):
        Intake.objects.filter(pk=intake.pk).update(state="ready", step=step.__name__)
        claimed = leases.claim(intake_id=intake.pk, step=step.__name__)
        assert claimed is not None
        step(claimed)
    assert Capture.objects.count() == 1
    assert Entry.objects.filter(verb__in=["article.preserved", "article.rendered"]).count() == 2
    assert Entry.objects.count() <= before + 1


def test_the_outlet_that_a_person_names_is_the_publisher_and_one_whatever_its_case(world: World) -> None:
    an_intake(world, LONG, outlet="The Lantern")
    an_intake(world, "A different text altogether. The office said that it was cold.", outlet="the lantern")
    run_until_quiet()
    assert Publication.objects.count() == 2
    assert OutletName.objects.get().name == "The Lantern"


def test_copies_share_one_origin_and_the_first_is_given_it_when_the_second_shows_it(world: World) -> None:
    an_intake(world, LONG, outlet="The Lantern")
    run_until_quiet()
    assert not Lineage.objects.exists()
    for outlet, added in (("The Kiln", "More tomorrow."), ("The Compass", "Read on page four.")):
        an_intake(world, f"{LONG}\n\n{added}", outlet=outlet)
        run_until_quiet()
    assert Origin.objects.count() == 1
    lineages = Lineage.objects.order_by("pk")
    assert {lineage.origin for lineage in lineages} == {Origin.objects.get()}
    first = Intake.objects.earliest("pk").article
    assert {lineage.copied_from for lineage in lineages if lineage.article != first} == {first}


def test_texts_on_one_event_are_no_copies(world: World) -> None:
    an_intake(world, LONG)
    an_intake(world, "On Monday the harbour office closed the quay. The ministry said that no troops were there.")
    run_until_quiet()
    assert not Lineage.objects.exists()


def test_sketches_are_derived_and_can_be_made_anew(world: World) -> None:
    an_intake(world, LONG)
    run_until_quiet()
    before = Sketch.objects.get().hashes
    Sketch.objects.update(hashes=[1])
    assert sketching.rebuild() == 1
    assert Sketch.objects.get().hashes == before
    Sketch.objects.all().delete()
    sketching.rebuild()
    assert Sketch.objects.get().hashes == before
