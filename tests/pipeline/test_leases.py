"""Who works on which step until when: one at a time, and whoever lost the lease commits nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article, Capture, Intake
from apps.articles.services import leases, preserving
from apps.articles.services.adding import add_address
from apps.articles.services.leases import Claimed, LostLease
from apps.articles.services.preserving import preserve
from apps.core.errors import Conflict, Refusal
from apps.pipeline import working
from tests.factories.worlds import World, an_intake
from tests.pipeline.conftest import Publisher

PRESERVE, EXTRACT = Intake.Step.PRESERVE, Intake.Step.EXTRACT
ALREADY_OVER = -1
"""The seconds of a lease that has run out as soon as it is given."""


def claim(intake: Intake, *, step: str = PRESERVE, lease: int = leases.LEASE_SECONDS) -> Claimed:
    claimed = leases.claim(intake_id=intake.pk, step=step, lease=lease)
    assert claimed is not None
    return claimed


def now(intake: Intake) -> Intake:
    return Intake.objects.get(pk=intake.pk)


def test_a_step_is_taken_by_one_worker(world: World) -> None:
    intake = an_intake(world)
    claim(intake)
    assert leases.claim(intake_id=intake.pk, step=PRESERVE) is None


def test_only_the_step_that_the_article_is_at_is_taken(world: World) -> None:
    assert leases.claim(intake_id=an_intake(world).pk, step=EXTRACT) is None


def test_a_step_whose_worker_is_gone_is_taken_by_another(world: World) -> None:
    intake = an_intake(world)
    first = claim(intake, lease=ALREADY_OVER)
    assert leases.due() == [(intake.pk, PRESERVE)]
    assert claim(intake).token > first.token


def test_of_what_came_together_the_first_is_due_first(world: World) -> None:
    together = [an_intake(world, f"The office said that it was cold in place {number}.") for number in range(3)]
    at = leases.now()
    for intake in reversed(together):  # a row that is written moves to the end of its table
        Intake.objects.filter(pk=intake.pk).update(run_after=at)
    assert leases.due() == [(intake.pk, PRESERVE) for intake in together]


def test_a_worker_that_lost_its_lease_commits_nothing(world: World) -> None:
    intake = an_intake(world)
    slow = claim(intake, lease=ALREADY_OVER)
    working.work(intake_id=intake.pk, step=PRESERVE)
    working.work(intake_id=intake.pk, step=EXTRACT)

    with pytest.raises(LostLease):
        preserve(slow)

    assert now(intake).step == Intake.Step.IDENTIFY
    assert Capture.objects.count() == 1


def test_control_without_the_fence_the_late_worker_sends_the_article_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def unfenced(claimed: Claimed, *, then: str) -> Iterator[Intake]:
        row = Intake.objects.get(pk=claimed.intake.pk)
        yield row
        row.state, row.step = Intake.State.READY, then
        row.save()

    intake = an_intake(world)
    slow = claim(intake, lease=ALREADY_OVER)
    working.work(intake_id=intake.pk, step=PRESERVE)
    working.work(intake_id=intake.pk, step=EXTRACT)
    monkeypatch.setattr(preserving, "finishing", unfenced)

    preserve(slow)

    assert now(intake).step == EXTRACT


def test_a_lost_lease_neither_fails_nor_defers_the_work_of_another(world: World) -> None:
    intake = an_intake(world)
    slow = claim(intake, lease=ALREADY_OVER)
    claim(intake)
    leases.fail(slow, code="timed_out", reason="late")
    leases.defer(slow, seconds=60)
    row = now(intake)
    assert (row.state, row.failure_code) == (Intake.State.RUNNING, "")


def test_what_may_pass_is_tried_again_later_and_not_for_ever(world: World) -> None:
    intake = an_intake(world)
    for attempt in range(1, len(leases.WAITS) + 2):
        again = leases.fail(claim(intake), code="timed_out", reason="No answer")
        row = now(intake)
        assert again is (attempt <= len(leases.WAITS))
        assert row.attempts == attempt
        if again:
            assert row.run_after > timezone.now()
            assert leases.claim(intake_id=intake.pk, step=PRESERVE) is None
            Intake.objects.filter(pk=intake.pk).update(run_after=timezone.now())
    assert (row.state, row.failure_code, row.failure_reason) == ("failed", "timed_out", "No answer")
    assert row.finished is not None


def test_what_is_wrong_here_is_tried_again_for_ever_and_counts_as_no_attempt(world: World) -> None:
    intake = an_intake(world)
    for _attempt in range(2 * len(leases.WAITS)):
        assert leases.fail(claim(intake), code="storage_full", reason="No room")
        row = now(intake)
        assert (row.state, row.attempts, row.failure_code) == ("ready", 0, "storage_full")
        assert row.run_after > timezone.now()
        Intake.objects.filter(pk=intake.pk).update(run_after=timezone.now())


def test_what_ends_each_worker_that_touches_it_is_given_up_in_the_end(world: World) -> None:
    intake, other = an_intake(world), an_intake(world, "The office said that it was cold.")
    for time in range(leases.MOST_CLAIMS):
        assert leases.give_up() == 0, f"given up after {time} times"
        claim(intake, lease=ALREADY_OVER)
    claim(other, lease=ALREADY_OVER)
    assert leases.give_up() == 1
    assert (now(intake).state, now(intake).failure_code) == ("failed", "worker_lost")
    assert now(other).state == "running"
    leases.retry(intake=intake)
    assert now(intake).state == "ready"


def test_what_will_not_pass_fails_at_once(world: World) -> None:
    intake = an_intake(world)
    assert leases.fail(claim(intake), code="not_text", reason="A picture") is False
    assert now(intake).state == Intake.State.FAILED
    assert leases.due() == []


def test_what_failed_is_tried_again_at_the_step_where_it_stopped(world: World) -> None:
    intake = an_intake(world)
    leases.fail(claim(intake), code="not_text", reason="A picture")
    leases.retry(intake=intake)
    row = now(intake)
    assert (row.state, row.step, row.failure_code, row.finished) == ("ready", PRESERVE, "", None)
    assert leases.due() == [(intake.pk, PRESERVE)]


def test_only_what_stopped_is_tried_again(world: World) -> None:
    with pytest.raises(Conflict):
        leases.retry(intake=an_intake(world))


def test_an_address_is_not_tried_again_while_it_is_on_its_way_anew(world: World, publisher: Publisher) -> None:
    def add() -> Intake:
        by, at = Actor.person(world.analyst), timezone.now()
        return add_address(dossier=world.dossier, address=publisher.url(), by=by, at=at).intake

    failed = add()
    leases.fail(claim(failed), code="http_404", reason="Gone")
    add()
    with pytest.raises(Refusal) as refused:
        leases.retry(intake=failed)
    assert refused.value.code == "already_on_its_way"


def test_what_is_cancelled_is_not_worked_on_and_whoever_does_commits_nothing(world: World) -> None:
    intake = an_intake(world)
    working_on_it = claim(intake)
    leases.cancel(intake=intake)
    assert leases.due() == []
    with pytest.raises(LostLease):
        preserve(working_on_it)
    assert not Article.objects.exists()
    assert now(intake).state == Intake.State.CANCELLED


def test_what_is_done_is_not_cancelled(world: World) -> None:
    intake = an_intake(world)
    leases.cancel(intake=intake)
    with pytest.raises(Conflict):
        leases.cancel(intake=intake)


def test_a_step_given_back_to_wait_counts_as_no_attempt(world: World) -> None:
    intake = an_intake(world)
    leases.defer(claim(intake), seconds=0)
    row = now(intake)
    assert (row.state, row.attempts) == (Intake.State.READY, 0)


def test_what_was_refused_before_anything_was_begun_is_not_tried_again(world: World) -> None:
    intake = an_intake(world)
    Intake.objects.filter(pk=intake.pk).update(state="failed", failure_code="expands_too_far", finished=timezone.now())
    with pytest.raises(Conflict, match="failed on its way"):
        leases.retry(intake=intake)
    assert now(intake).state == "failed"
