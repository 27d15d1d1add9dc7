"""What workers are sent, and what becomes of it when messages are lost, doubled, or the broker is away."""

import logging
from datetime import timedelta

import pytest
import time_machine
from celery import current_app
from django.conf import settings
from django.db import OperationalError as DatabaseAway
from django.db import connection
from django.utils import timezone
from kombu.exceptions import OperationalError

from apps.accounts.models import Actor
from apps.articles.models import Feed, Intake
from apps.articles.services import following, leases, polling
from apps.core.errors import Conflict, Refusal
from apps.crosscheck.models import Watermark
from apps.ledger.models import Head
from apps.pipeline import tasks, waking, working
from apps.review.models import Proposal
from tests.articles.hosts import page
from tests.factories.worlds import World, a_world, an_intake
from tests.pipeline.conftest import Publisher

Sent = list[tuple[str, dict[str, int]]]
FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>The Lantern</title>{items}</channel></rss>"""
ITEM = "<item><title>{name}</title><link>{url}</link><guid>{url}</guid><pubDate>{date}</pubDate></item>"


def now(intake: Intake) -> Intake:
    return Intake.objects.get(pk=intake.pk)


def test_each_task_does_one_step_and_wakes_the_next(world: World, sent: Sent) -> None:
    intake = an_intake(world)
    this = {"intake_id": intake.pk}
    for task, announced in (
        (tasks.preserve, [("extract", this)]),
        (tasks.extract, [("identify", this)]),
        (tasks.identify, [("propose", this)]),
        (tasks.propose, []),
    ):
        sent.clear()
        task(intake_id=intake.pk)
        assert sent == announced
    assert now(intake).state == Intake.State.DONE


def test_a_message_that_comes_twice_does_nothing_the_second_time(world: World, sent: Sent) -> None:
    intake = an_intake(world)
    tasks.preserve(intake_id=intake.pk)
    sent.clear()
    tasks.preserve(intake_id=intake.pk)
    assert sent == []
    assert now(intake).step == Intake.Step.EXTRACT


def test_a_message_about_an_article_that_was_cancelled_does_nothing(world: World, sent: Sent) -> None:
    intake = an_intake(world)
    leases.cancel(intake=intake)
    tasks.preserve(intake_id=intake.pk)
    waking.wake(now(intake))
    assert sent == []


def test_a_step_that_failed_wakes_nobody(world: World, sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(claimed: object) -> None:
        raise Refusal("No", code="timed_out")

    monkeypatch.setitem(working.STEPS, Intake.Step.PRESERVE, refused)
    tasks.preserve(intake_id=an_intake(world).pk)
    assert sent == []


def test_who_waits_for_an_earlier_article_is_woken_again(
    world: World, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = an_intake(world)
    for step in (Intake.Step.PRESERVE, Intake.Step.EXTRACT, Intake.Step.IDENTIFY):
        working.work(intake_id=intake.pk, step=step)
    monkeypatch.setattr("apps.review.services.proposing._on_their_way", lambda ids: True)
    tasks.propose(intake_id=intake.pk)
    assert sent == [("propose", {"intake_id": intake.pk})]


def test_work_is_announced_only_when_it_is_committed(
    world: World, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: object
) -> None:
    calls: list[str] = []
    monkeypatch.setattr(waking, "_send", lambda name, kwargs, **more: calls.append(name))
    with django_capture_on_commit_callbacks(execute=False) as waiting:  # type: ignore[operator]
        waking.wake(an_intake(world))
    assert calls == []
    for callback in waiting:
        callback()
    assert "preserve" in calls


def test_a_broker_that_is_away_fails_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*args: object, **kwargs: object) -> None:
        raise OperationalError("no broker")

    monkeypatch.setattr("celery.canvas.Signature.apply_async", away)
    with caplog.at_level(logging.WARNING):
        assert waking._send("preserve", {"intake_id": 1}) is False
    assert "The sweep will" in caplog.text


def queued(queue: str) -> int:
    return waking._waiting_in(queue)


@pytest.fixture
def empty_queues() -> None:
    with current_app.connection_for_write() as connection:
        for queue in current_app.amqp.queues.values():
            queue.bind(connection.default_channel).declare()
            queue.bind(connection.default_channel).purge()


@pytest.mark.usefixtures("empty_queues")
def test_the_sweep_wakes_workers_for_what_a_lost_message_left_behind(world: World) -> None:
    an_intake(world)
    extracting = an_intake(world)
    working.work(intake_id=extracting.pk, step=Intake.Step.PRESERVE)
    tasks.sweep()
    assert (queued("fetch"), queued("parse")) == (1, 1)


@pytest.mark.usefixtures("empty_queues")
def test_the_sweep_leaves_alone_what_somebody_works_on_or_what_waits_for_its_time(world: World) -> None:
    leases.claim(intake_id=an_intake(world).pk, step=Intake.Step.PRESERVE)
    later = an_intake(world)
    claimed = leases.claim(intake_id=later.pk, step=Intake.Step.PRESERVE)
    assert claimed is not None
    leases.fail(claimed, code="timed_out", reason="No answer")
    tasks.sweep()
    assert queued("fetch") == 0


@pytest.mark.usefixtures("empty_queues")
def test_the_sweep_does_not_flood_a_queue_that_nobody_empties(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waking, "MOST_WAITING", 3)
    for number in range(5):
        an_intake(world, f"The office said that it was day {number}.")
    for _sweep in range(4):
        waking._last.clear()
        tasks.sweep()
    assert queued("fetch") == 3


@pytest.mark.usefixtures("empty_queues")
def test_summaries_that_fell_behind_are_brought_level(world: World) -> None:
    dossier = world.dossier
    assert Head.objects.get(dossier=dossier).index > 0
    Watermark.objects.filter(dossier=dossier).delete()
    tasks.sweep()
    assert queued("default") == 1
    tasks.summarise(dossier_id=dossier.pk)
    assert Watermark.objects.get(dossier=dossier).index == Head.objects.get(dossier=dossier).index


def test_every_task_is_routed_to_a_queue_that_exists_and_named_in_the_schedule_only_if_it_exists() -> None:
    current_app.loader.import_default_modules()
    ours = {name for name in current_app.tasks if name.startswith(waking.TASKS)}
    assert {f"{waking.TASKS}.{step}" for step in working.STEPS} < ours
    declared = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    assert {waking._queue_of(name.rpartition(".")[2]) for name in ours} == declared
    assert {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()} <= ours


def rss(publisher: Publisher, *names: str) -> bytes:
    """Items of these names, the newest first as feeds have them."""
    items = [
        ITEM.format(name=name, url=publisher.url(f"/{name}.html"), date=f"Tue, {day:02d} Mar 2024 08:00:00 GMT")
        for day, name in enumerate(names, start=1)
    ]
    return FEED.format(items="".join(reversed(items))).encode()


def a_feed(world: World, publisher: Publisher, path: str = "/feed.xml") -> Feed:
    return following.add_feed(
        dossier=world.dossier,
        address=publisher.url(path),
        every_seconds=60,
        by=Actor.person(world.manager),
        at=timezone.now(),
    )


def due_again(feed: Feed) -> None:
    Feed.objects.filter(pk=feed.pk).update(next_poll=timezone.now())


def test_a_feeds_new_items_come_in_the_oldest_first_and_once(world: World, publisher: Publisher, sent: Sent) -> None:
    publisher.answers["/feed.xml"] = page(rss(publisher, "one", "two"))
    feed = a_feed(world, publisher)

    tasks.poll_feed(feed_id=feed.pk)
    assert [i.address for i in Intake.objects.order_by("pk")] == [
        publisher.url("/one.html"),
        publisher.url("/two.html"),
    ]
    assert [name for name, _ in sent if name == "preserve"] == ["preserve", "preserve"]

    publisher.answers["/feed.xml"] = page(rss(publisher, "one", "two", "three"))
    due_again(feed)
    tasks.poll_feed(feed_id=feed.pk)
    assert Intake.objects.count() == 3
    feed.refresh_from_db()
    assert (feed.title, feed.items_seen, feed.failures) == ("The Lantern", 3, 0)


def test_a_feed_that_is_not_due_or_is_being_asked_is_not_asked(world: World, publisher: Publisher) -> None:
    publisher.answers["/feed.xml"] = page(rss(publisher, "one"))
    feed = a_feed(world, publisher)
    assert polling.claim_feed(feed_id=feed.pk) is not None
    assert polling.claim_feed(feed_id=feed.pk) is None
    assert polling.due_feeds() == []
    tasks.poll_feed(feed_id=feed.pk)
    assert publisher.host.connections == 0


def test_a_feed_that_says_nothing_changed_is_asked_again_at_its_time(world: World, publisher: Publisher) -> None:
    publisher.answers["/feed.xml"] = page(rss(publisher, "one"), headers='ETag: "1"\r\n')
    feed = a_feed(world, publisher)
    tasks.poll_feed(feed_id=feed.pk)
    publisher.answers["/feed.xml"] = page(b"", status="304 Not Modified")
    due_again(feed)
    tasks.poll_feed(feed_id=feed.pk)
    feed.refresh_from_db()
    assert (feed.failures, feed.etag) == (0, '"1"')
    assert b'If-None-Match: "1"' in publisher.host.requests[-1]
    assert feed.next_poll > timezone.now()


@pytest.mark.parametrize(
    ("answer", "code"),
    [(page(b"<p>No feed</p>"), "not_a_feed"), (page(b"No", status="404 Not Found"), "http_404")],
)
def test_a_feed_that_fails_says_why_and_is_asked_ever_more_rarely(
    world: World, publisher: Publisher, answer: object, code: str
) -> None:
    publisher.answers["/feed.xml"] = answer  # type: ignore[assignment]
    feed = a_feed(world, publisher)
    waits = []
    for _time in range(2):
        due_again(feed)
        tasks.poll_feed(feed_id=feed.pk)
        feed.refresh_from_db()
        waits.append(feed.next_poll - timezone.now())
    assert (feed.failure_code, feed.failures) == (code, 2)
    assert feed.failure_reason
    assert waits[1] > waits[0] * 1.5


def test_an_item_that_may_not_be_fetched_keeps_no_other_out(world: World, publisher: Publisher) -> None:
    good = rss(publisher, "one").decode()
    bad = ITEM.format(name="x", url="http://10.0.0.1/x", date="Tue, 05 Mar 2024 08:00:00 GMT")
    publisher.answers["/feed.xml"] = page(good.replace("<item>", bad + "<item>", 1).encode())
    tasks.poll_feed(feed_id=a_feed(world, publisher).pk)
    assert [(intake.address, intake.state, intake.failure_code) for intake in Intake.objects.order_by("state")] == [
        ("http://10.0.0.1/x", "failed", "not_public"),
        (publisher.url("/one.html"), "ready", ""),
    ]


def test_a_feed_is_added_once_paused_and_resumed(world: World, publisher: Publisher) -> None:
    feed = a_feed(world, publisher)
    with pytest.raises(Conflict) as refused:
        a_feed(world, publisher)
    assert refused.value.code == "feed_known"
    by, at = Actor.person(world.manager), timezone.now()
    following.set_feed_active(feed=feed, active=False, by=by, at=at)
    assert polling.due_feeds() == []
    following.set_feed_active(feed=feed, active=True, by=by, at=at)
    assert polling.due_feeds() == [feed.pk]


@pytest.mark.usefixtures("empty_queues")
def test_feeds_that_are_due_are_sent_out(world: World, publisher: Publisher) -> None:
    a_feed(world, publisher)
    tasks.poll_feeds()
    assert queued("fetch") == 1


def test_a_dossier_is_drained_here_and_now(world: World) -> None:
    an_intake(world)
    an_intake(a_world())
    assert working.drain(world.dossier, seconds=5)
    assert Proposal.objects.attributions().count() == 1
    assert Intake.objects.on_its_way().count() == 1


def test_draining_gives_up_on_what_another_worker_holds(world: World) -> None:
    leases.claim(intake_id=an_intake(world).pk, step=Intake.Step.PRESERVE)
    assert not working.drain(world.dossier, seconds=0)


def test_a_worker_does_not_sweep_twice_at_once_however_many_messages_piled_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[int] = []
    monkeypatch.setattr(waking, "wake_what_is_due", lambda: swept.append(1))
    for _message in range(5):
        tasks.sweep()
    assert len(swept) == 1
    monkeypatch.setattr(waking, "NOT_WITHIN", 0.0)
    tasks.sweep()
    assert len(swept) == 2


def test_a_queue_that_cannot_hold_messages_back_is_sent_none_that_must_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waking, "_over_amqp", lambda: True)
    assert waking._send("sweep", {}, countdown=1) is False
    assert waking._send("sweep", {}) is True


def test_what_was_in_a_container_is_waked_when_it_is_unpacked(world: World, sent: Sent) -> None:
    parent = an_intake(world)
    common = {"dossier": world.dossier, "method": "uploaded", "raw_sha256": parent.raw_sha256, "actor": parent.actor,
              "added": parent.added, "run_after": parent.added, "parent": parent}  # fmt: skip
    ready = Intake.objects.create(member="one", **common)
    Intake.objects.create(member="two", state="failed", **common)
    waking.wake_children(parent)
    assert sent == [("preserve", {"intake_id": ready.pk})]


def test_a_database_that_goes_away_in_the_middle_of_a_step_ends_no_worker(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    intake = an_intake(world)

    def away(claimed: object) -> None:
        raise DatabaseAway("the connection is lost")

    monkeypatch.setattr(working, "STEPS", {"preserve": away})
    monkeypatch.setattr(connection, "close", lambda: None)
    assert working.work(intake_id=intake.pk, step="preserve") is None
    assert now(intake).state == Intake.State.RUNNING
    assert "The database went away" in caplog.text


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_worker_whose_clock_is_wrong_does_its_steps_at_the_databases_time(world: World, hours: int) -> None:
    before = leases.now()
    intake = an_intake(world)
    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=True):
        for task in (tasks.preserve, tasks.extract, tasks.identify, tasks.propose):
            task(intake_id=intake.pk)
    finished = now(intake)
    assert finished.state == Intake.State.DONE
    assert finished.finished is not None
    assert before < finished.finished < leases.now()
    proposal = Proposal.objects.get()
    assert before < proposal.created < leases.now()
