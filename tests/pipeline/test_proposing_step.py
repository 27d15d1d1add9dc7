"""The last step of the way in: an extractor that cannot work loses no article, and a slow one no lease."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from apps.articles.models import Intake, Rendition
from apps.articles.services import leases
from apps.articles.services.leases import LostLease
from apps.attribution.types import Attribution, Extractor, ExtractorUnavailable
from apps.pipeline import working
from apps.review.models import MachineReading, Proposal
from apps.review.services import holding, proposing
from tests.factories.finders import Finder, found
from tests.factories.worlds import World, a_world, an_intake

PROPOSE = Intake.Step.PROPOSE
Use = Callable[[Extractor], None]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Use:
    """Has articles on their way read with this extractor."""
    return lambda finder: monkeypatch.setattr(working, "engine", lambda: finder)


def arrived(world: World) -> Intake:
    """A text that is about to be read."""
    intake = an_intake(world)
    for step in (Intake.Step.PRESERVE, Intake.Step.EXTRACT, Intake.Step.IDENTIFY):
        working.work(intake_id=intake.pk, step=step)
    return intake


def worked(intake: Intake) -> Intake:
    row = working.work(intake_id=intake.pk, step=PROPOSE)
    assert row is not None
    return row


def away(code: str, *, transient: bool) -> Finder:
    def fails(text: str) -> list[Attribution]:
        raise ExtractorUnavailable("The endpoint did not answer in time.", code=code, transient=transient)

    return Finder(fails)


@pytest.mark.parametrize("code", ["llm_timed_out", "llm_unreachable", "llm_rate_limited"])
def test_what_may_pass_is_tried_again_and_the_article_stays(world: World, use: Use, code: str) -> None:
    intake = arrived(world)
    use(away(code, transient=True))
    row = worked(intake)
    assert (row.state, row.step, row.failure_code) == (Intake.State.READY, PROPOSE, code)
    assert row.run_after > timezone.now()
    assert row.rendition is not None

    use(Finder())
    Intake.objects.filter(pk=intake.pk).update(run_after=timezone.now())
    row = worked(intake)
    assert (row.state, row.failure_code, row.proposed) == (Intake.State.DONE, "", 1)


@pytest.mark.parametrize("code", ["llm_refused", "llm_budget", "llm_not_configured", "model_not_installed"])
def test_what_will_not_pass_fails_at_once_and_can_be_tried_again_by_hand(
    world: World, use: Use, client: Client, code: str
) -> None:
    intake = arrived(world)
    use(away(code, transient=False))
    row = worked(intake)
    assert (row.state, row.failure_code) == (Intake.State.FAILED, code)

    client.force_login(world.analyst)
    shown = client.get(reverse("intake", args=[world.dossier.slug])).content.decode()
    assert "The endpoint did not answer in time." in shown
    assert "Try again" in shown

    use(Finder())
    client.post(reverse("intake-retry", args=[world.dossier.slug, intake.public_id]))
    assert worked(intake).state == Intake.State.DONE
    assert Proposal.objects.count() == 1


def test_an_extractor_that_the_settings_misspell_is_named_and_not_tried_for_ever(
    world: World, settings: Settings
) -> None:
    settings.COUNTERCLAIM_EXTRACTOR = "oracle"
    row = worked(arrived(world))
    assert (row.state, row.failure_code) == (Intake.State.FAILED, "unknown_extractor")
    assert "oracle" in row.failure_reason
    assert "rules" in row.failure_reason


def test_a_text_that_was_read_before_and_is_being_reviewed_keeps_its_proposals(world: World, use: Use) -> None:
    intake = arrived(world)
    use(Finder())
    worked(intake)
    rendition = Rendition.objects.select_related("article").get()
    holding.hold(article=rendition.article, by=world.analyst, at=timezone.now())
    use(Finder(version="2"))
    Intake.objects.filter(pk=intake.pk).update(state=Intake.State.READY, finished=None)
    assert worked(intake).proposed == 1
    assert MachineReading.objects.get().machine == "stand-in/1"


# --- The lease --------------------------------------------------------------------------------------------------------


@pytest.fixture
def committed(transactional_db: None) -> World:
    """A world that other connections see."""
    return a_world()


def lease_of(intake: Intake) -> float:
    """Seconds from now until the lease runs out."""
    row = Intake.objects.get(pk=intake.pk)
    assert row.lease_until is not None
    return (row.lease_until - timezone.now()).total_seconds()


def test_a_lease_is_renewed_while_something_slow_goes_on_and_no_longer(committed: World) -> None:
    intake = arrived(committed)
    claimed = leases.claim(intake_id=intake.pk, step=PROPOSE, lease=1)
    assert claimed is not None
    with leases.keeping(claimed, every=0.05):
        deadline = time.monotonic() + 10
        while lease_of(intake) < 20 and time.monotonic() < deadline:
            time.sleep(0.05)
        assert lease_of(intake) > 20
    assert not [one for one in threading.enumerate() if one.name.startswith("lease-")]


def test_control_without_renewal_the_lease_of_a_slow_worker_runs_out(committed: World) -> None:
    intake = arrived(committed)
    leases.claim(intake_id=intake.pk, step=PROPOSE, lease=1)
    time.sleep(0.3)
    assert lease_of(intake) < 1


def test_a_lease_is_given_up_in_the_end_lest_a_worker_that_hangs_hold_it_for_ever(committed: World) -> None:
    intake = arrived(committed)
    claimed = leases.claim(intake_id=intake.pk, step=PROPOSE, lease=1)
    assert claimed is not None
    with leases.keeping(claimed, every=0.05, most=0):
        time.sleep(0.3)
    assert lease_of(intake) < 1


def test_a_slow_extractor_finishes_what_it_began_and_nobody_took_it_over(
    committed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = arrived(committed)
    keep = leases.keeping
    monkeypatch.setattr(proposing, "keeping", lambda claimed: keep(claimed, every=0.05))

    def slow(text: str) -> list[Attribution]:
        Intake.objects.filter(pk=intake.pk).update(lease_until=timezone.now() + timedelta(seconds=0.3))
        time.sleep(1)
        assert leases.claim(intake_id=intake.pk, step=PROPOSE) is None
        return [found(text)]

    claimed = leases.claim(intake_id=intake.pk, step=PROPOSE)
    assert claimed is not None
    assert proposing.propose(claimed=claimed, engine=Finder(slow), at=timezone.now())
    assert Intake.objects.get(pk=intake.pk).state == Intake.State.DONE


def test_a_step_that_was_cancelled_meanwhile_is_not_renewed_and_stores_nothing(committed: World) -> None:
    intake = arrived(committed)

    def cancelled_meanwhile(text: str) -> list[Attribution]:
        leases.cancel(intake=intake)
        return [found(text)]

    claimed = leases.claim(intake_id=intake.pk, step=PROPOSE)
    assert claimed is not None
    with pytest.raises(LostLease):
        proposing.propose(claimed=claimed, engine=Finder(cancelled_meanwhile), at=timezone.now())
    assert not leases.extend(claimed)
    assert not Proposal.objects.exists()


def test_a_database_that_is_away_for_a_moment_loses_no_lease(
    committed: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    intake = arrived(committed)
    claimed = leases.claim(intake_id=intake.pk, step=PROPOSE, lease=1)
    assert claimed is not None
    extend, calls = leases.extend, iter([True])

    def fails_once(claimed: leases.Claimed) -> bool:
        if next(calls, False):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        return extend(claimed)

    monkeypatch.setattr(leases, "extend", fails_once)
    with leases.keeping(claimed, every=0.05):
        deadline = time.monotonic() + 10
        while lease_of(intake) < 20 and time.monotonic() < deadline:
            time.sleep(0.05)
    assert lease_of(intake) > 20
    assert "could not be renewed" in caplog.text
