"""Articles are looked at again, by themselves and when somebody asks: what a visit finds, when the next one comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.models import Actor
from apps.articles.models import Article, Capture, Intake, Removal, Rendition, Visit, Watch
from apps.articles.services import revisiting
from apps.articles.services.adding import add_address
from apps.core.errors import Conflict, Denied
from apps.ledger import services as ledger
from apps.ledger.models import Entry
from tests.articles.hosts import Answer, page
from tests.factories.worlds import World, run_until_quiet
from tests.pipeline.conftest import Publisher

WORDS = (
    "The ministry denied on Monday that its troops had crossed the river. The harbour office said that the lower quay "
    "was closed because of the ice, and that nobody was hurt when the boats were moved to the northern bank."
)
WALL = "We value your privacy."


def story(text: str = WORDS, *, head: str = "") -> bytes:
    return (
        f"<html><head><title>Troops at the river</title>{head}</head>"
        f"<body><article><h1>Troops at the river</h1><p>{text}</p></article></body></html>"
    ).encode()


@pytest.fixture
def article(world: World, publisher: Publisher) -> Article:
    """An article that was fetched and read."""
    publisher.answers["/a.html"] = page(story())
    add_address(
        dossier=world.dossier, address=publisher.url("/a.html"), by=Actor.person(world.analyst), at=timezone.now()
    )
    run_until_quiet()
    return Article.objects.get()


def make_due(article: Article) -> None:
    Watch.objects.filter(article=article).update(next_visit=timezone.now() - timedelta(seconds=5))


def visited(article: Article, publisher: Publisher, answer: Answer) -> Intake:
    """The article, looked at again when its publisher says this."""
    publisher.answers["/a.html"] = answer
    make_due(article)
    row = revisiting.begin_visit(watch_id=article.pk, at=timezone.now())
    assert row is not None
    run_until_quiet()
    return Intake.objects.get(pk=row.pk)


def ago(hours: float) -> None:
    """All visits so far were so many hours earlier."""
    for visit in Visit.objects.all():
        Visit.objects.filter(pk=visit.pk).update(at=visit.at - timedelta(hours=hours))


def not_found() -> Answer:
    return page(b"Not here", status="404 Not Found")


# --- When -------------------------------------------------------------------------------------------------------------


def test_what_was_fetched_is_looked_at_again_within_the_hour(article: Article) -> None:
    watch = Watch.objects.get()
    wait = watch.next_visit - timezone.now()
    assert timedelta(minutes=59) < wait < timedelta(minutes=67)
    assert revisiting.due_visits(limit=10) == []
    make_due(article)
    assert revisiting.due_visits(limit=10) == [article.pk]


def test_nothing_is_looked_at_where_that_is_switched_off(article: Article, settings: Settings) -> None:
    make_due(article)
    settings.REVISIT = False
    assert revisiting.due_visits(limit=10) == []


def test_what_is_due_is_put_on_its_way_once(article: Article) -> None:
    make_due(article)
    row = revisiting.begin_visit(watch_id=article.pk, at=timezone.now())
    assert row is not None
    assert (row.purpose, row.article, row.actor) == ("revisit", article, "machine:revisit")
    assert revisiting.begin_visit(watch_id=article.pk, at=timezone.now()) is None
    make_due(article)
    assert revisiting.begin_visit(watch_id=article.pk, at=timezone.now()) is None
    assert revisiting.due_visits(limit=10) == []


def test_an_address_that_is_being_added_anew_is_not_looked_at_besides(world: World, article: Article) -> None:
    add_address(dossier=world.dossier, address=article.address, by=Actor.person(world.analyst), at=timezone.now())
    make_due(article)
    assert revisiting.begin_visit(watch_id=article.pk, at=timezone.now()) is None


def test_an_article_is_as_old_as_it_says_itself(world: World, publisher: Publisher) -> None:
    head = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2021-04-03T09:30:00Z"}</script>'
    )
    publisher.answers["/a.html"] = page(story(head=head))
    by = Actor.person(world.analyst)
    add_address(dossier=world.dossier, address=publisher.url("/a.html"), by=by, at=timezone.now())
    run_until_quiet()
    visited(Article.objects.get(), publisher, page(story(head=head)))
    watch = Watch.objects.get()
    assert watch.began.year == 2021
    assert watch.next_visit - timezone.now() > timedelta(days=30)


def test_a_feed_that_says_so_brings_the_next_visit_forward(article: Article) -> None:
    keys = [str(article.address_key)]
    assert revisiting.look_soon(dossier_id=article.dossier_id, address_keys=keys) == 1
    assert revisiting.due_visits(limit=10) == [article.pk]
    assert revisiting.look_soon(dossier_id=article.dossier_id, address_keys=["https://example.org/other"]) == 0


# --- Asked for by somebody --------------------------------------------------------------------------------------------


def test_somebody_may_ask_to_look_now_and_once_at_a_time(world: World, article: Article) -> None:
    by = Actor.person(world.analyst)
    row = revisiting.look_again(article=article, by=by, at=timezone.now())
    assert row.actor == by.ref
    with pytest.raises(Conflict):
        revisiting.look_again(article=article, by=by, at=timezone.now())


def test_a_reader_may_not(world: World, article: Article) -> None:
    with pytest.raises(Denied):
        revisiting.look_again(article=article, by=Actor.person(world.reader), at=timezone.now())
    with pytest.raises(Denied):
        revisiting.stop_looking(article=article, by=Actor.person(world.reader))


def test_an_article_is_left_alone_until_somebody_wants_it_watched_again(world: World, article: Article) -> None:
    by = Actor.person(world.analyst)
    revisiting.stop_looking(article=article, by=by)
    revisiting.stop_looking(article=article, by=by)
    make_due(article)
    assert revisiting.due_visits(limit=10) == []
    assert revisiting.begin_visit(watch_id=article.pk, at=timezone.now()) is None
    revisiting.keep_looking(article=article, by=by)
    revisiting.keep_looking(article=article, by=by)
    assert Watch.objects.get().active
    verbs = Entry.objects.filter(dossier=world.dossier).order_by("-index").values_list("verb", flat=True)
    assert list(verbs[:2]) == ["article.watched", "article.left_alone"]


# --- What is found ----------------------------------------------------------------------------------------------------


def test_a_page_that_did_not_change_leaves_a_visit_and_no_evidence(article: Article, publisher: Publisher) -> None:
    entries = Entry.objects.count()
    row = visited(article, publisher, page(story()))
    assert (row.state, row.outcome) == ("done", "unchanged")
    visit = Visit.objects.get()
    assert (visit.outcome, visit.status) == ("unchanged", 200)
    assert (Capture.objects.count(), Rendition.objects.count(), Entry.objects.count()) == (1, 1, entries)
    watch = Watch.objects.get()
    assert (watch.visits, watch.changes, watch.failures) == (1, 0, 0)


def test_a_corrected_page_has_another_capture_and_text(article: Article, publisher: Publisher) -> None:
    row = visited(article, publisher, page(story(WORDS.replace("Monday", "Tuesday")), headers='ETag: "2"\r\n'))
    assert (row.state, row.outcome) == ("done", "changed")
    assert Visit.objects.get().outcome == "changed"
    watch = Watch.objects.get()
    assert (watch.changes, watch.etag) == (1, '"2"')
    assert Capture.objects.count() == 2
    assert "Tuesday" in Rendition.objects.latest("pk").text


def test_a_page_that_is_gone_is_removed_at_once_and_its_capture_stays(article: Article, publisher: Publisher) -> None:
    row = visited(article, publisher, page(b"", status="410 Gone"))
    assert (row.state, row.outcome) == ("done", "gone")
    removal = Removal.objects.current().get()
    assert (removal.article, removal.status, removal.address) == (article, 410, article.address)
    entry = Entry.objects.latest("index")
    assert (entry.verb, entry.actor) == ("article.removed", "machine:revisit")
    assert entry.payload["facts"] == [{"noun": "removal", "id": str(removal.public_id), "op": "added"}]
    assert Capture.objects.count() == 1
    visited(article, publisher, page(b"", status="410 Gone"))
    assert Removal.objects.count() == 1
    assert ledger.verify(dossier_id=article.dossier_id) is None


def test_a_page_that_is_not_found_is_asked_again_before_it_counts_as_removed(
    article: Article, publisher: Publisher
) -> None:
    visited(article, publisher, not_found())
    assert not Removal.objects.exists()
    wait = Watch.objects.get().next_visit - timezone.now()
    assert timedelta(minutes=59) < wait < timedelta(minutes=70)
    visited(article, publisher, not_found())
    assert not Removal.objects.exists()
    ago(hours=1.1)
    visited(article, publisher, not_found())
    assert Removal.objects.current().get().status == 404


def test_a_page_that_was_found_in_between_begins_anew(article: Article, publisher: Publisher) -> None:
    visited(article, publisher, not_found())
    visited(article, publisher, page(story()))
    ago(hours=2)
    visited(article, publisher, not_found())
    assert not Removal.objects.exists()


@pytest.mark.parametrize("text", [WORDS, WORDS.replace("Monday", "Tuesday")])
def test_a_page_that_is_back_ends_its_removal(article: Article, publisher: Publisher, text: str) -> None:
    visited(article, publisher, page(b"", status="410 Gone"))
    visited(article, publisher, page(story(text)))
    assert not Removal.objects.current().exists()
    facts = [fact for entry in Entry.objects.order_by("index") for fact in entry.payload.get("facts", ())]
    assert {"noun": "removal", "id": str(Removal.objects.get().public_id), "op": "withdrawn"} in facts


# --- What is doubted --------------------------------------------------------------------------------------------------


def test_a_wall_before_the_article_is_no_correction(article: Article, publisher: Publisher) -> None:
    row = visited(article, publisher, page(story(WALL), headers='ETag: "wall"\r\n'))
    assert (row.state, row.failure_code, row.outcome) == ("failed", "much_shorter", "")
    assert row.raw_sha256
    visit = Visit.objects.get()
    assert (visit.outcome, visit.code) == ("failed", "much_shorter")
    assert (Capture.objects.count(), Rendition.objects.count()) == (1, 1)
    watch = Watch.objects.get()
    assert (watch.failures, watch.etag) == (1, "")
    assert watch.next_visit > timezone.now() + timedelta(minutes=59)


def test_somebody_who_looks_at_it_may_take_it_for_a_version(
    world: World, article: Article, publisher: Publisher
) -> None:
    row = visited(article, publisher, page(story("This article was withdrawn.")))
    revisiting.accept(intake=row, by=Actor.person(world.analyst), at=timezone.now())
    run_until_quiet()
    row.refresh_from_db()
    assert (row.state, row.outcome) == ("done", "changed")
    assert "This article was withdrawn." in Rendition.objects.latest("pk").text
    with pytest.raises(Conflict):
        revisiting.accept(intake=row, by=Actor.person(world.analyst), at=timezone.now())


def test_not_once_the_article_was_preserved_again(world: World, article: Article, publisher: Publisher) -> None:
    row = visited(article, publisher, page(story(WALL)))
    visited(article, publisher, page(story(WORDS.replace("Monday", "Tuesday"))))
    with pytest.raises(Conflict):
        revisiting.accept(intake=row, by=Actor.person(world.analyst), at=timezone.now())


def test_being_led_to_the_front_page_is_no_correction(article: Article, publisher: Publisher) -> None:
    publisher.answers["/"] = page(story(WORDS.replace("Monday", "Friday")))
    row = visited(article, publisher, page(b"", status="302 Found", headers="Location: /\r\n"))
    assert (row.state, row.failure_code) == ("failed", "another_page")


# --- What fails -------------------------------------------------------------------------------------------------------


def test_each_visit_that_fails_counts_once_and_the_next_comes_later(article: Article, publisher: Publisher) -> None:
    waits = []
    for _n in range(3):
        row = visited(article, publisher, page(b"No", status="403 Forbidden"))
        assert row.state == "failed"
        revisiting.note_failure(intake_id=row.pk)
        waits.append(Watch.objects.get().next_visit - timezone.now())
    assert waits == sorted(waits)
    assert waits[-1] > timedelta(hours=15)
    assert list(Visit.objects.values_list("outcome", "code")) == [("failed", "http_403")] * 3
    visited(article, publisher, page(story()))
    assert Watch.objects.get().failures == 0


def test_a_failure_that_nobody_noted_is_accounted_for_when_the_next_is_due(
    article: Article, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(revisiting, "note_failure", lambda *, intake_id: None)
        visited(article, publisher, page(b"No", status="403 Forbidden"))
    make_due(article)
    assert revisiting.begin_visit(watch_id=article.pk, at=timezone.now()) is None
    assert Visit.objects.get().code == "http_403"
    assert Watch.objects.get().next_visit > timezone.now()


def test_looking_for_what_is_due_reads_the_clock_of_the_database(article: Article) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_watch SET next_visit = clock_timestamp() - interval '1 second'")
    assert revisiting.due_visits(limit=10) == [article.pk]
