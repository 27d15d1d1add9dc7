"""The first step: one article under all its addresses, its bytes with how they came, and what was refused."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone
from warcio.archiveiterator import ArchiveIterator

from apps.accounts.models import Actor
from apps.articles import fetching, records, storage
from apps.articles.models import Article, Capture, Host, Intake, OtherAddress, Watch
from apps.articles.services import hosts, leases, preserving
from apps.articles.services.adding import add_address
from apps.articles.services.preserving import preserve
from apps.ledger import services as ledger
from apps.ledger.models import Entry
from apps.pipeline import working
from tests.articles.hosts import Answer, page, raw, redirect
from tests.factories.worlds import World, a_world
from tests.pipeline.conftest import PAGE, Publisher

PATH = "/2024/the-ferry-was-late.html"
COME = "Come back later."


def added(world: World, address: str) -> Intake:
    by = Actor.person(world.analyst)
    return add_address(dossier=world.dossier, address=address, by=by, at=timezone.now()).intake


def preserved(intake: Intake) -> Intake:
    """The row after its first step."""
    row = working.work(intake_id=intake.pk, step=Intake.Step.PRESERVE)
    assert row is not None
    return row


def taken_in(world: World, address: str) -> Intake:
    """The row after its first step, and out of the way of others."""
    row = preserved(added(world, address))
    Intake.objects.filter(pk=row.pk).update(state="done", step="propose")
    return row


def called(canonical: str, body: str = PAGE) -> Answer:
    return page(body.replace("<title>", f'<link rel="canonical" href="{canonical}"><title>').encode())


def kinds(sha256: str) -> list[str]:
    return [record.rec_type for record in ArchiveIterator(io.BytesIO(records.read(sha256)), check_digests="raise")]


class TestAFetchedPage:
    def test_has_a_capture_that_says_how_it_came(self, world: World, publisher: Publisher) -> None:
        publisher.answers["/short"] = redirect(PATH, status="301 Moved Permanently")
        before = timezone.now()
        row = preserved(added(world, publisher.url("/short")))
        capture = Capture.objects.get()
        assert (row.state, row.step, row.capture) == ("ready", "extract", capture)
        assert capture.final_address == publisher.url(PATH)
        assert capture.redirects == [{"address": publisher.url("/short"), "status": 301, "location": PATH}]
        assert (capture.ip_address, capture.tls, capture.status) == ("127.0.0.1", {}, 200)
        assert before - timedelta(seconds=1) < capture.preserved < timezone.now() + timedelta(seconds=1)
        assert kinds(capture.record_sha256) == ["warcinfo", *["request", "response", "metadata"] * 2]
        assert storage.read(capture.sha256) == PAGE.encode()

    def test_is_looked_at_again_and_remembered_by_its_validators(self, world: World, publisher: Publisher) -> None:
        publisher.answers[PATH] = page(PAGE.encode(), headers='ETag: "1"\r\n')
        preserved(added(world, publisher.url(PATH)))
        assert Watch.objects.get().etag == '"1"'

    def test_whose_time_is_that_of_the_database(
        self, world: World, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fetching, "_utc_now", lambda: datetime(2001, 1, 1, tzinfo=UTC))
        preserved(added(world, publisher.url(PATH)))
        assert Capture.objects.get().preserved.year > 2001

    def test_that_robots_txt_forbids_is_not_asked_for(self, world: World, publisher: Publisher) -> None:
        publisher.answers["/robots.txt"] = page(b"User-agent: counterclaim\nDisallow: /2024/")
        row = preserved(added(world, publisher.url(PATH)))
        assert (row.state, row.failure_code) == ("failed", "robots_disallowed")
        assert "upload" in row.failure_reason
        assert [head.split()[1] for head in publisher.host.requests] == [b"/robots.txt"]

    def test_waits_for_its_host_without_that_being_an_attempt(self, world: World, publisher: Publisher) -> None:
        turn = hosts.take(publisher.url())
        assert isinstance(turn, hosts.Turn)
        hosts.give_back(turn, pause=50)
        row = preserved(added(world, publisher.url(PATH)))
        assert (row.state, row.step, row.attempts, row.failure_code) == ("ready", "preserve", 0, "")
        assert row.run_after > timezone.now() + timedelta(seconds=45)
        assert publisher.host.requests == []

    def test_of_a_host_that_asks_for_patience_is_tried_when_it_says(self, world: World, publisher: Publisher) -> None:
        publisher.answers[PATH] = page(COME.encode(), status="429 Too Many", headers="Retry-After: 100\r\n")
        row = preserved(added(world, publisher.url(PATH)))
        assert (row.state, row.failure_code) == ("ready", "bad_response")
        assert storage.read(row.raw_sha256) == COME.encode()
        Intake.objects.update(run_after=timezone.now())
        row = preserved(row)
        assert (row.attempts, row.failure_code) == (1, "bad_response")
        assert row.run_after > timezone.now() + timedelta(seconds=90)
        assert Host.objects.get().next_ask > timezone.now() + timedelta(seconds=90)


class TestOneArticle:
    def test_is_found_again_by_the_address_a_redirect_led_to(self, world: World, publisher: Publisher) -> None:
        publisher.answers["/short"] = redirect(PATH, status="301 Moved Permanently")
        first = taken_in(world, publisher.url("/short"))
        assert OtherAddress.objects.get().key == publisher.url(PATH)
        again = taken_in(world, publisher.url(PATH))
        assert (again.article, again.capture) == (first.article, first.capture)
        assert Article.objects.count() == Capture.objects.count() == 1

    def test_is_found_again_when_another_address_leads_to_it(self, world: World, publisher: Publisher) -> None:
        publisher.answers["/short"] = redirect(PATH, status="308 Permanent Redirect")
        first = taken_in(world, publisher.url(PATH))
        assert taken_in(world, publisher.url("/short")).article == first.article
        assert not OtherAddress.objects.exists()  # where it led is the article's own address

    def test_is_found_again_by_what_its_page_calls_itself(self, world: World, publisher: Publisher) -> None:
        publisher.answers["/a?from=feed"] = called(PATH)
        publisher.answers["/print/a"] = called(PATH, PAGE.replace("crossed", "crossed again"))
        first = taken_in(world, publisher.url("/a?from=feed"))
        assert OtherAddress.objects.values_list("key", "kind").get() == (publisher.url(PATH), "canonical")
        assert taken_in(world, publisher.url("/print/a")).article == first.article
        assert taken_in(world, publisher.url(PATH)).article == first.article
        assert (Article.objects.count(), Capture.objects.count()) == (1, 3)

    def test_is_not_another_sites_that_its_page_claims_to_be(self, world: World, publisher: Publisher) -> None:
        publisher.answers["/a"] = called("https://victim.example/story-of-the-year")
        taken_in(world, publisher.url("/a"))
        assert not OtherAddress.objects.exists()

    def test_is_not_made_of_two_by_a_wall_that_both_are_behind(self, world: World, publisher: Publisher) -> None:
        for path in ("/2024/one", "/2024/two"):
            publisher.answers[path] = redirect("/consent")
        publisher.answers["/consent"] = called("/consent", "<title>Agree</title><p>Agree</p>")
        assert (
            taken_in(world, publisher.url("/2024/one")).article != taken_in(world, publisher.url("/2024/two")).article
        )

    def test_keeps_its_name_when_another_is_known_under_it(self, world: World, publisher: Publisher) -> None:
        one = taken_in(world, publisher.url("/one"))
        two = taken_in(world, publisher.url("/two"))
        publisher.answers["/one"] = called("/two")
        again = taken_in(world, publisher.url("/one"))
        assert (again.article, two.article == one.article) == (one.article, False)
        assert not OtherAddress.objects.exists()

    def test_of_another_dossier_is_another(self, world: World, publisher: Publisher) -> None:
        publisher.answers["/a"] = called(PATH)
        taken_in(world, publisher.url("/a"))
        elsewhere = taken_in(a_world(), publisher.url(PATH))
        assert elsewhere.article is not None
        assert elsewhere.article.dossier_id != world.dossier.pk
        assert Article.objects.count() == 2

    def test_has_its_further_addresses_in_the_ledger_with_the_capture(self, world: World, publisher: Publisher) -> None:
        publisher.answers["/a"] = called(PATH)
        taken_in(world, publisher.url("/a"))
        entry = Entry.objects.get(verb="article.preserved")
        assert OtherAddress.objects.get().known_from_index == entry.index
        assert ledger.verify(dossier_id=world.dossier.pk) is None

    @pytest.mark.django_db(transaction=True)
    def test_stays_one_when_two_workers_find_it_at_once_under_different_addresses(
        self, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = a_world()
        rows = []
        for path in ("/a", "/b"):
            publisher.answers[path] = called(PATH)
            rows.append(added(world, publisher.url(path)))
        both = threading.Barrier(2)
        fetched = preserving._fetched

        def together(*args: object, **kwargs: object) -> object:
            kept = fetched(*args, **kwargs)  # type: ignore[arg-type]
            both.wait(timeout=20)
            return kept

        monkeypatch.setattr(preserving, "_fetched", together)

        def work(row: Intake) -> None:
            try:
                working.work(intake_id=row.pk, step=Intake.Step.PRESERVE)
            finally:
                connections.close_all()

        workers = [threading.Thread(target=work, args=(row,)) for row in rows]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert {row.failure_code for row in Intake.objects.all()} == {""}
        assert Article.objects.count() == Capture.objects.count() == OtherAddress.objects.count() == 1


class TestWhatIsRefused:
    def refused(self, world: World, publisher: Publisher, answer: Answer) -> Intake:
        publisher.answers[PATH] = answer
        return preserved(added(world, publisher.url(PATH)))

    def test_keeps_its_bytes_its_record_and_how_it_came(self, world: World, publisher: Publisher) -> None:
        row = self.refused(world, publisher, page(b"<p>Gone.</p>", status="410 Gone"))
        assert (row.state, row.failure_code, row.article) == ("failed", "http_410", None)
        assert (storage.read(row.raw_sha256), row.raw_size) == (b"<p>Gone.</p>", 12)
        assert kinds(row.record_sha256) == ["warcinfo", "request", "response", "metadata"]
        assert (row.came["status"], row.came["ip_address"]) == (410, "127.0.0.1")

    def test_keeps_what_came_until_the_connection_broke(self, world: World, publisher: Publisher) -> None:
        row = self.refused(world, publisher, raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n<p>Half"))
        assert (row.state, row.failure_code) == ("ready", "bad_response")
        assert storage.read(row.raw_sha256) == b"<p>Half"
        assert b"WARC-Truncated: disconnect" in gunzipped(row.record_sha256)

    def test_keeps_what_came_up_to_the_cap(
        self, world: World, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def small(address: str, **options: object) -> fetching.Fetched:
            return fetch(address, max_bytes=1_000, **options)

        fetch: Callable[..., fetching.Fetched] = hosts.fetch
        monkeypatch.setattr(hosts, "fetch", small)
        row = self.refused(world, publisher, page(b"x" * 5_000))
        assert (row.state, row.failure_code, row.raw_size) == ("failed", "too_large", 1_000)
        assert storage.read(row.raw_sha256) == b"x" * 1_000

    def test_keeps_the_redirect_that_led_into_a_private_network(self, world: World, publisher: Publisher) -> None:
        row = self.refused(world, publisher, redirect("http://10.0.0.1/"))
        assert (row.state, row.failure_code, row.raw_sha256) == ("failed", "not_public", "")
        assert b"http://10.0.0.1/" in gunzipped(row.record_sha256)

    def test_is_written_on_the_row_only_while_it_is_ours(self, world: World, publisher: Publisher) -> None:
        intake = added(world, publisher.url(PATH))
        publisher.answers[PATH] = page(b"", status="404 Not Found")
        claimed = leases.claim(intake_id=intake.pk, step=Intake.Step.PRESERVE)
        assert claimed is not None
        leases.cancel(intake=intake)
        with pytest.raises(preserving.NotPreserved):
            preserve(claimed)
        row = Intake.objects.get(pk=intake.pk)
        assert (row.state, row.record_sha256, row.came) == ("cancelled", "", {})


class TestAStorageThatIsFull:
    def test_loses_nothing_and_is_told_apart(
        self, world: World, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(body: bytes) -> str:
            raise storage.Full

        intake = added(world, publisher.url(PATH))
        with monkeypatch.context() as patched:
            patched.setattr(storage, "keep", full)
            assert preserved(intake).failure_code == "storage_full"
        assert not Capture.objects.exists()


def gunzipped(sha256: str) -> bytes:
    """Every record's own bytes, headers and all."""
    found = io.BytesIO()
    for record in ArchiveIterator(io.BytesIO(records.read(sha256)), no_record_parse=True):
        found.write(record.rec_headers.to_bytes())
        found.write(record.raw_stream.read())
    return found.getvalue()
