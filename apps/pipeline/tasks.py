"""What workers are sent. A task takes ids, does one step, and wakes whoever does the next.

It may be sent twice, late, or never: the row decides what is done. Queues and time limits are in the settings.
"""

from __future__ import annotations

import logging

from celery import shared_task

from apps.articles.models import Intake
from apps.articles.services import leases, polling
from apps.crosscheck.services import catch_up
from apps.pipeline import waking, working

log = logging.getLogger(__name__)

TRY_AGAIN_AFTER = 1.0


def _work(intake_id: int, step: str) -> None:
    row = working.work(intake_id=intake_id, step=step)
    if row is None or row.failure_code:
        return  # nothing to do, or the sweep wakes the next try when its time has come
    if row.outcome == Intake.Outcome.UNPACKED:
        waking.wake_children(row)
    # Still at the same step: it waits for an article before it, or for its host.
    waking.wake(row, seconds=TRY_AGAIN_AFTER if row.step == step else 0)


@shared_task
def unpack(*, intake_id: int) -> None:
    """Put what is in a container on its way, each thing by itself."""
    _work(intake_id, Intake.Step.UNPACK)


@shared_task
def preserve(*, intake_id: int) -> None:
    """Fetch an article's bytes and keep them."""
    _work(intake_id, Intake.Step.PRESERVE)


@shared_task
def extract(*, intake_id: int) -> None:
    """Draw the text from the bytes."""
    _work(intake_id, Intake.Step.EXTRACT)


@shared_task
def identify(*, intake_id: int) -> None:
    """Find out who published the text and where it comes from."""
    _work(intake_id, Intake.Step.IDENTIFY)


@shared_task
def propose(*, intake_id: int) -> None:
    """Suggest who said what in it."""
    _work(intake_id, Intake.Step.PROPOSE)


@shared_task
def poll_feed(*, feed_id: int) -> None:
    """Ask one feed that is due, and take its new items in."""
    claimed = polling.claim_feed(feed_id=feed_id)
    if claimed is not None:
        for intake in polling.poll(claimed):
            waking.wake(intake)


@shared_task
def summarise(*, dossier_id: int) -> None:
    """Bring the summaries of a dossier's claims level with its ledger."""
    catch_up(dossier_id=dossier_id)


@shared_task
def poll_feeds() -> None:
    """Every few seconds: have the feeds asked that are due, and articles looked at again."""
    if waking.is_time_to("poll feeds"):
        waking.wake_feeds_that_are_due()
        waking.begin_visits_that_are_due()


@shared_task
def sweep() -> None:
    """Every few seconds: wake workers for whatever a lost message or a killed worker left behind."""
    if waking.is_time_to("sweep"):
        leases.give_up()
        waking.wake_what_is_due()
