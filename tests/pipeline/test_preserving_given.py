"""The first step for what was not fetched but given, and for what is looked at again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles import records, storage
from apps.articles.models import Capture, Intake, OtherAddress, Watch
from apps.articles.services import revisiting
from apps.articles.services.adding import Described, add_file, add_text
from tests.articles.hosts import page, raw
from tests.factories.worlds import World, an_intake
from tests.pipeline.conftest import PAGE, Publisher
from tests.pipeline.test_preserving import PATH, kinds, preserved, taken_in


class TestWhatSomebodyGave:
    def test_has_a_record_too_and_the_time_at_which_it_came(self, world: World) -> None:
        intake = an_intake(world)
        row = preserved(intake)
        capture = Capture.objects.get()
        assert (capture.method, capture.preserved) == ("pasted", intake.added)
        assert kinds(capture.record_sha256) == ["warcinfo", "resource", "metadata"]
        assert row.record_sha256 == capture.record_sha256
        assert not Watch.objects.exists()

    def test_makes_the_same_record_when_the_step_is_done_again(self, world: World) -> None:
        intake = an_intake(world)
        first = preserved(intake).record_sha256
        Intake.objects.update(step="preserve", state="ready", record_sha256="", capture=None, article=None)
        assert preserved(intake).record_sha256 == first

    def test_is_found_under_the_address_that_its_page_calls_itself(self, world: World, publisher: Publisher) -> None:
        first = taken_in(world, publisher.url(PATH))
        by = Actor.person(world.analyst)
        body = PAGE.replace("<title>", f'<link rel="canonical" href="{PATH}"><title>').encode()
        saved = add_file(
            dossier=world.dossier,
            name="saved.html",
            media_type="text/html",
            body=body,
            described=Described(),
            by=by,
            at=timezone.now(),
            address=publisher.url("/reader-view"),
        ).intake
        assert preserved(saved).article == first.article

    def test_says_as_an_archive_did_how_and_when_it_came(self, world: World) -> None:
        at = datetime(2021, 5, 4, 3, 2, 1, tzinfo=UTC)
        came = {
            "final_address": "https://news.example/b",
            "status": 200,
            "headers": [["Content-Type", "text/html"]],
            "redirects": [{"address": "https://news.example/a", "status": 301, "location": "/b"}],
            "ip_address": "192.0.2.1",
            "preserved": at.isoformat(),
        }
        intake = self.archived(world, came=came, record_sha256=storage.keep(b"the archive's own record"))
        preserved(intake)
        capture = Capture.objects.get()
        assert (capture.method, capture.preserved, capture.ip_address) == ("archived", at, "192.0.2.1")
        assert capture.headers == came["headers"]
        assert records.read(capture.record_sha256) == b"the archive's own record"
        assert OtherAddress.objects.get().key == "https://news.example/b"

    @pytest.mark.parametrize("preserved_at", ["", "yesterday", "9999-01-01T00:00:00Z", "2021-05-04T03:02:01", 7])
    def test_came_when_it_was_added_where_an_archive_says_no_time(self, world: World, preserved_at: object) -> None:
        intake = self.archived(world, came={"preserved": preserved_at})
        preserved(intake)
        assert Capture.objects.get().preserved == intake.added

    def test_has_no_address_where_an_archive_gives_one_that_cannot_be_read(self, world: World) -> None:
        row = preserved(self.archived(world, address="http://user@[odd/"))
        assert row.article is not None
        assert row.article.address_key is None

    def test_is_not_an_article_when_its_bytes_are_gone(self, world: World) -> None:
        intake = an_intake(world)
        Intake.objects.update(raw_sha256="0" * 64)
        assert preserved(intake).failure_code == "evidence_damaged"

    def archived(self, world: World, **columns: object) -> Intake:
        text = add_text(
            dossier=world.dossier,
            text="The ferry was late.",
            described=Described(),
            by=Actor.person(world.analyst),
            at=timezone.now(),
        )
        of_archive = {"method": "archived", "address": "https://news.example/a", **columns}
        Intake.objects.filter(pk=text.intake.pk).update(**of_archive)
        return Intake.objects.get(pk=text.intake.pk)


class TestAVisit:
    @pytest.fixture
    def visiting(self, world: World, publisher: Publisher) -> Callable[[], Intake]:
        """Begins a visit of an article that was taken in, and does its first step."""
        publisher.answers[PATH] = page(
            PAGE.encode(), headers='ETag: "1"\r\nLast-Modified: Tue, 12 Mar 2024 08:00:00 GMT\r\n'
        )
        row = taken_in(world, publisher.url(PATH))
        assert row.article is not None

        def visit() -> Intake:
            Watch.objects.update(next_visit=timezone.now() - timedelta(minutes=1))
            intake = revisiting.begin_visit(watch_id=row.article_id or 0, at=timezone.now())
            assert intake is not None
            return preserved(intake)

        return visit

    def test_asks_only_for_what_has_changed(self, publisher: Publisher, visiting: Callable[[], Intake]) -> None:
        publisher.answers[PATH] = raw(b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\n\r\n')
        row = visiting()
        asked = publisher.host.requests[-1].decode()
        assert '\r\nIf-None-Match: "1"\r\n' in asked
        assert "\r\nIf-Modified-Since: Tue, 12 Mar 2024 08:00:00 GMT\r\n" in asked
        assert (row.state, row.outcome) == ("done", "unchanged")
        assert Watch.objects.get().etag == '"2"'
        assert Capture.objects.count() == 1

    def test_that_finds_the_very_bytes_ends(self, visiting: Callable[[], Intake]) -> None:
        row = visiting()
        assert (row.state, row.outcome, Capture.objects.count()) == ("done", "unchanged", 1)

    def test_that_finds_other_bytes_keeps_them_for_the_next_step(
        self, publisher: Publisher, visiting: Callable[[], Intake]
    ) -> None:
        other = PAGE.replace("crossed", "reached").encode()
        publisher.answers[PATH] = page(other)
        row = visiting()
        assert (row.state, row.step, row.capture) == ("ready", "extract", None)
        assert storage.read(row.raw_sha256) == other
        assert kinds(row.record_sha256)[1:] == ["request", "response", "metadata"]
        assert row.came["final_address"] == publisher.url(PATH)
        assert Capture.objects.count() == 1

    @pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
    def test_that_finds_nothing_there_ends_as_gone(
        self, publisher: Publisher, visiting: Callable[[], Intake], status: str
    ) -> None:
        publisher.answers[PATH] = page(b"", status=status)
        row = visiting()
        assert (row.state, row.outcome) == ("done", "gone")

    def test_that_meets_an_error_is_tried_again(self, publisher: Publisher, visiting: Callable[[], Intake]) -> None:
        publisher.answers[PATH] = page(b"Broken", status="500 Broken")
        row = visiting()
        assert (row.state, row.step, row.failure_code) == ("ready", "preserve", "bad_response")
