"""Extract: what of an article is kept beside its text, and which visits find a change."""

from __future__ import annotations

import logging
import os
import re
import signal
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from django.apps import apps as django_apps
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles import extraction, sandbox, storage
from apps.articles.models import Capture, Intake, Rendition
from apps.articles.sandbox import parent
from apps.articles.services import extracting, leases, revisiting
from apps.articles.services.adding import Described, add_address, add_file
from apps.articles.services.leases import Claimed
from apps.pipeline import working
from tests.articles import files
from tests.articles.hosts import page
from tests.factories.worlds import TEXT, World, an_intake, run_until_quiet
from tests.pipeline.conftest import Publisher

HEAD = (
    "<link rel='canonical' href='/sea/strait'>"
    "<script type='application/ld+json'>{{'@type': 'NewsArticle', 'datePublished': '2021-04-03T09:30:00Z', "
    "'dateModified': '2021-04-03T10:00:00Z', 'publisher': {{'name': 'The Lantern'}}, "
    "'sourceOrganization': {{'name': 'Norwire'}}}}</script>"
).replace("{{", "{").replace("}}", "}")  # fmt: skip


def article(text: str = TEXT, *, head: str = "", beside: str = "") -> bytes:
    marked = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n\n"))
    return (
        f"<html><head><title>Troops at the river</title>{head}</head><body><article><h1>Troops at the river</h1>"
        f"{marked}{beside}</article></body></html>"
    ).encode()


def fetched(world: World, publisher: Publisher, body: bytes) -> Rendition:
    publisher.answers["/a.html"] = page(body)
    by = Actor.person(world.analyst)
    add_address(dossier=world.dossier, address=publisher.url("/a.html"), by=by, at=timezone.now())
    run_until_quiet()
    return Rendition.objects.get()


def visited(world: World, publisher: Publisher, body: bytes) -> Intake:
    """The article, looked at again when its publisher says this."""
    publisher.answers["/a.html"] = page(body)
    known = Rendition.objects.latest("pk").article
    row = revisiting.look_again(article=known, by=Actor.person(world.analyst), at=timezone.now())
    run_until_quiet()
    return Intake.objects.select_related("capture", "rendition").get(pk=row.pk)


def test_captions_and_what_a_page_says_of_itself_are_kept_beside_its_text(world: World, publisher: Publisher) -> None:
    figure = "<figure><img src='x.jpg'><figcaption>A ferry below the quay.</figcaption></figure>"
    rendition = fetched(world, publisher, article(head=HEAD.replace("'", '"'), beside=figure))
    assert rendition.captions == ["A ferry below the quay."]
    assert "ferry below" not in rendition.text
    assert rendition.text.startswith("Troops at the river\n\n")
    assert (rendition.credit, rendition.canonical) == ("Norwire", publisher.url("/sea/strait"))
    assert rendition.modified is not None
    assert rendition.published is not None
    assert (rendition.modified - rendition.published).total_seconds() == 1_800


def test_a_pdf_goes_the_whole_way_in(world: World) -> None:
    lines = files.set_in_lines(files.PARAGRAPHS, top=700)
    body = files.pdf([[files.Line(files.HEADLINE, 760, size=20), *lines]])
    by = Actor.person(world.analyst)
    add_file(
        dossier=world.dossier,
        name="print.pdf",
        media_type="application/pdf",
        body=body,
        described=Described(),
        by=by,
        at=timezone.now(),
    )
    run_until_quiet()
    rendition = Rendition.objects.get()
    assert rendition.text == "\n\n".join((files.HEADLINE, *files.PARAGRAPHS))
    assert storage.read(rendition.capture.sha256) == body


class TestAVisit:
    def test_that_finds_the_same_words_in_other_markup_finds_no_change(
        self, world: World, publisher: Publisher
    ) -> None:
        fetched(world, publisher, article())
        row = visited(world, publisher, article(beside="<aside>Read more</aside><!-- 7 -->"))
        assert (row.state, row.outcome) == ("done", "unchanged")
        assert (Capture.objects.count(), Rendition.objects.count()) == (1, 1)

    def test_that_finds_other_words_makes_a_capture_and_a_rendition(self, world: World, publisher: Publisher) -> None:
        fetched(world, publisher, article())
        corrected = article(TEXT + "\n\nAn earlier version gave another number of ferries.")
        row = visited(world, publisher, corrected)
        assert (row.state, row.outcome) == ("done", "changed")
        assert row.capture is not None
        assert row.rendition is not None
        assert storage.read(row.capture.sha256) == corrected
        assert row.capture.record_sha256
        assert row.rendition.text.endswith("another number of ferries.")
        assert set(Capture.objects.values_list("article", flat=True)) == {row.article_id}

    def test_that_draws_the_text_in_another_way_tells_the_publishers_changes_from_ours(
        self, world: World, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = sandbox.extract

        def shorter(body: bytes, **options: object) -> extraction.Extracted:
            drawn = whole(body, **options)  # type: ignore[arg-type]
            return type(drawn)(drawn.text[:-9], drawn.headline, drawn.extractor, "of old")

        with monkeypatch.context() as before:
            before.setattr(sandbox, "extract", shorter)
            fetched(world, publisher, article())
        assert Rendition.objects.get().version == "of old"
        row = visited(world, publisher, article(beside="<!-- 7 -->"))
        assert (row.state, row.outcome) == ("done", "unchanged")


def test_a_child_that_is_ended_by_another_costs_an_article_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    intake = an_intake(world)
    working.work(intake_id=intake.pk, step=Intake.Step.PRESERVE)
    ask = parent.Child.ask

    def ended_meanwhile(self: parent.Child, *args: object, **options: object) -> object:
        os.kill(self.pid, signal.SIGKILL)
        self.process.wait()
        return ask(self, *args, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as meanwhile, caplog.at_level(logging.ERROR):
        meanwhile.setattr(parent.Child, "ask", ended_meanwhile)
        row = working.work(intake_id=intake.pk, step=Intake.Step.EXTRACT)
    assert row is not None
    assert (row.state, row.failure_code) == ("ready", "parser_lost")
    assert not caplog.records
    Intake.objects.filter(pk=intake.pk).update(run_after=timezone.now())
    run_until_quiet()
    assert Intake.objects.get(pk=intake.pk).state == "done"


READS = re.compile(r"\b(?:extraction\.from_\w+|(?:feeds|sitemaps|listings|opml|jsonfeeds)\.parse|discovery\.look)\(")


def test_nothing_that_runs_beside_secrets_calls_what_reads() -> None:
    apps = Path(django_apps.get_app_config("articles").path).parent
    beside = [
        *(apps / "articles" / "services").glob("*.py"),
        *(apps / "web").rglob("*.py"),
        *(apps / "api").rglob("*.py"),
    ]
    beside += (apps / "pipeline").rglob("*.py")
    assert len(beside) > 50
    assert [f"{path}: {found[0]}" for path in beside for found in READS.finditer(path.read_text())] == []
    assert READS.search("found = extraction.from_bytes(body)")


def test_the_same_bytes_drawn_twice_at_one_moment_have_one_text(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (
        add_file(
            dossier=world.dossier,
            name=name,
            media_type="text/html",
            body=article(),
            described=Described(),
            by=Actor.person(world.analyst),
            at=timezone.now(),
        ).intake
        for name in ("a.html", "b.html")
    )
    for row in (first, second):
        working.work(intake_id=row.pk, step="preserve")
    finishing, others = leases.finishing, [second]

    def held_up(claimed: Claimed, *, then: str | None) -> AbstractContextManager[Intake]:
        if others:  # the other is quicker
            working.work(intake_id=others.pop().pk, step="extract")
        return finishing(claimed, then=then)

    monkeypatch.setattr(extracting, "finishing", held_up)
    done = working.work(intake_id=first.pk, step="extract")
    assert done is not None
    second.refresh_from_db()
    assert (done.failure_code, done.step) == ("", "identify")
    assert done.rendition == second.rendition == Rendition.objects.get()
