"""What a visit brought that is perhaps no version of its article, for a person to look at."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from apps.articles import refusals, sandbox, storage
from apps.articles.models import Article, Capture, Intake
from apps.articles.services.revisiting import DOUBTS
from apps.core.errors import Refusal

SHOWN = 600


@dataclass(frozen=True)
class Doubt:
    """The newest visit that was doubted, why, and the beginning of what it brought."""

    intake: Intake
    reason: str
    at: datetime
    words: str


def doubt_of(article: Article) -> Doubt | None:
    """Of the newest visit, if it was doubted and the article was not preserved again since. Two queries."""
    visits = Intake.objects.filter(article=article, purpose=Intake.Purpose.REVISIT)
    row = visits.exclude(state=Intake.State.CANCELLED).order_by("-pk").first()
    if row is None or row.state != Intake.State.FAILED or row.failure_code not in DOUBTS or row.finished is None:
        return None
    if Capture.objects.filter(article=article, known_from__gte=row.added).exists():
        return None
    return Doubt(intake=row, reason=refusals.sentence(row.failure_code), at=row.finished, words=_words(row))


def _words(row: Intake) -> str:
    told = (str(value) for name, value in row.came.get("headers", ()) if str(name).lower() == "content-type")
    with suppress(Refusal):
        body = storage.read(row.raw_sha256)
        address = str(row.came.get("final_address", row.address))
        drawn = sandbox.extract(body, media_type=next(told, ""), url=address)
        return drawn.text[:SHOWN]
    return ""
