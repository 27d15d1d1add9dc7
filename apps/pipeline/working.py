"""One step of an article's way in: claim it, make its one domain call, record how it went. Knows no Celery."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from apps.articles.models import Intake
from apps.articles.services import leases, revisiting
from apps.articles.services.extracting import extract
from apps.articles.services.identifying import identify
from apps.articles.services.leases import Claimed, LostLease
from apps.articles.services.preserving import NotPreserved, preserve
from apps.articles.services.unpacking import unpack
from apps.attribution.engine import UnknownExtractor
from apps.attribution.types import ExtractorUnavailable
from apps.core.errors import Refusal
from apps.dossiers.models import Dossier
from apps.extractors.engines import engine
from apps.review.services.proposing import propose

log = logging.getLogger(__name__)


def _propose(claimed: Claimed) -> None:
    propose(claimed=claimed, engine=engine(), at=leases.now())


STEPS: Mapping[str, Callable[[Claimed], None]] = {
    Intake.Step.UNPACK: unpack,
    Intake.Step.PRESERVE: preserve,
    Intake.Step.EXTRACT: extract,
    Intake.Step.IDENTIFY: identify,
    Intake.Step.PROPOSE: _propose,
}


def work(*, intake_id: int, step: str) -> Intake | None:
    """Do one step if it waits to be done.

    Returns the row as it stands afterwards, or ``None`` if there was nothing to do, another worker took over, or the
    database went away, when the lease runs out by itself. A failure is recorded on the row, and what may pass is tried
    again later.
    """
    try:
        claimed = leases.claim(intake_id=intake_id, step=step)
        if claimed is None:
            return None
        try:
            with leases.keeping(claimed):
                STEPS[step](claimed)
        except LostLease:
            return None
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:  # noqa: BLE001 (recorded on the row)
            _record(claimed, error)
        return claimed.left or leases.as_it_stands(intake_id)
    except (OperationalError, InterfaceError):
        log.warning("The database went away over intake %s, step %s", intake_id, step, exc_info=True)
        connection.close()
        return None


def _record(claimed: Claimed, error: Exception) -> None:
    """Why a step failed, on its row."""
    transient: bool | None = None
    raw_sha256 = ""
    match error:
        case NotPreserved():
            code, reason, raw_sha256 = error.code, str(error.reason), error.raw_sha256
        case Refusal():
            code, reason = error.code, str(error.reason)
        case ExtractorUnavailable():
            code, reason, transient = error.code, str(error), error.transient
        case UnknownExtractor():
            code, reason = "unknown_extractor", str(error)
        case _:
            log.error("Intake %s broke down at step %s", claimed.intake.pk, claimed.intake.step, exc_info=error)
            code, reason = "broke_down", _("Something went wrong here, not with the article.")
    again = leases.fail(claimed, code=code, reason=reason, raw_sha256=raw_sha256, transient=transient)
    if not again and claimed.intake.purpose == Intake.Purpose.REVISIT:
        revisiting.note_failure(intake_id=claimed.intake.pk)


def drain(dossier: Dossier, *, seconds: float) -> bool:
    """Do here and now what waits in a dossier, beside any workers; whether nothing is on its way any more.

    Steps that others hold, or that wait for a later try, are waited for, up to ``seconds``.
    """
    deadline = time.monotonic() + seconds
    while True:
        on_its_way = list(Intake.objects.in_dossier(dossier.pk).on_its_way().order_by("pk"))
        if not on_its_way:
            return True
        if not any(work(intake_id=row.pk, step=row.step) for row in on_its_way):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.2)
