"""One step of an article's way in: claim it, make its one domain call, record how it went. Knows no Celery."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from apps.articles.models import Intake
from apps.articles.services import leases, steps
from apps.articles.services.leases import Claimed, LostLease
from apps.attribution.engine import UnknownExtractor
from apps.attribution.types import ExtractorUnavailable
from apps.core.errors import Refusal
from apps.dossiers.models import Dossier
from apps.extractors.engines import engine
from apps.review.services.proposing import propose

log = logging.getLogger(__name__)


def _propose(claimed: Claimed) -> None:
    with leases.keeping(claimed):  # a large model takes a while to load
        reader = engine()
    propose(claimed=claimed, engine=reader, at=timezone.now())


STEPS: Mapping[str, Callable[[Claimed], None]] = {
    Intake.Step.PRESERVE: steps.preserve,
    Intake.Step.EXTRACT: steps.extract,
    Intake.Step.IDENTIFY: steps.identify,
    Intake.Step.PROPOSE: _propose,
}


def work(*, intake_id: int, step: str) -> Intake | None:
    """Do one step if it waits to be done.

    Returns the row as it stands afterwards, or ``None`` if there was nothing to do or another worker took over. A
    failure is recorded on the row, and what may pass is tried again later: nothing is raised but for a database that
    is away, when the lease runs out by itself.
    """
    claimed = leases.claim(intake_id=intake_id, step=step)
    if claimed is None:
        return None
    try:
        STEPS[step](claimed)
    except LostLease:
        return None
    except steps.NotPreserved as refusal:
        leases.fail(claimed, code=refusal.code, reason=str(refusal.reason), raw_sha256=refusal.raw_sha256)
    except Refusal as refusal:
        leases.fail(claimed, code=refusal.code, reason=str(refusal.reason))
    except ExtractorUnavailable as away:
        leases.fail(claimed, code=away.code, reason=str(away), transient=away.transient)
    except UnknownExtractor as unknown:
        leases.fail(claimed, code="unknown_extractor", reason=str(unknown))
    except Exception:
        log.exception("Intake %s broke down at step %s", intake_id, step)
        leases.fail(claimed, code="broke_down", reason=_("Something went wrong here, not with the article."))
    return Intake.objects.get(pk=intake_id)


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
