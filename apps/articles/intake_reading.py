"""Reads of what comes in: lists that can be narrowed, how much there is of what, what became of a container's parts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from apps.articles.models import Feed, Intake

MOST_COUNTED = 1_000
BATCH_AT_MOST = 5_000
"""The rows of one batch were written at once: they lie close together."""
WAY = "way"
"""Not one of the states of a row, but two: whatever is not finished."""
_ON_ITS_WAY = (Intake.State.READY, Intake.State.RUNNING)


@dataclass(frozen=True)
class Wanted:
    """Which rows: of a feed, added in one go with a row, inside a container, visits instead of additions; and in which
    state, or those that are under :data:`WAY`."""

    state: str = ""
    feed: Feed | None = None
    batch: Intake | None = None
    within: Intake | None = None
    visits: bool = False

    @property
    def nested(self) -> bool:
        """Whether what is inside a container is listed with what is not, rather than under it."""
        return bool(self.state or self.feed or self.batch or self.within)


@dataclass(frozen=True)
class Totals:
    """How many rows there are in which state, each counted up to :data:`MOST_COUNTED` and one more for "or more"."""

    way: int
    failed: int
    done: int
    cancelled: int


@dataclass(frozen=True)
class Inside:
    """How many parts of a container are in, failed, on their way, cancelled."""

    done: int = 0
    failed: int = 0
    way: int = 0
    cancelled: int = 0


def find_intake(dossier_id: int, public_id: UUID) -> Intake | None:
    """A row with what it has led to. One query."""
    rows = Intake.objects.in_dossier(dossier_id).select_related("article", "feed", "parent", "capture", "rendition")
    return rows.defer("rendition__text", "rendition__words").filter(public_id=public_id).first()


def intakes(dossier_id: int, wanted: Wanted, *, before: int | None = None, limit: int) -> tuple[Intake, ...]:
    """What comes in or came, newest first; what is inside a container only if it is asked for. One query."""
    rows = _narrowed(dossier_id, wanted)
    if not wanted.nested:
        rows = rows.filter(parent=None)
    rows = rows.select_related("article", "feed", "parent", "capture", "rendition")
    rows = rows.defer("rendition__text", "rendition__words").order_by("-pk")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(in_state(rows, wanted.state)[:limit])


def totals(dossier_id: int, wanted: Wanted) -> Totals:
    """How much of what is wanted is in which state, containers that are unpacked not counted. Four queries."""
    rows = _narrowed(dossier_id, wanted).exclude(outcome=Intake.Outcome.UNPACKED).order_by()

    def count(state: str) -> int:
        return len(in_state(rows, state).values_list("pk", flat=True)[: MOST_COUNTED + 1])

    return Totals(
        way=count(WAY),
        failed=count(Intake.State.FAILED),
        done=count(Intake.State.DONE),
        cancelled=count(Intake.State.CANCELLED),
    )


def failed(dossier_id: int, wanted: Wanted, *, limit: int) -> tuple[Intake, ...]:
    """The rows among what is wanted that failed at a step and can be tried again, oldest first. One query."""
    rows = _narrowed(dossier_id, wanted)
    rows = rows.filter(state=Intake.State.FAILED, attempts__gt=0).order_by("pk")
    return tuple(rows[:limit])


def inside(parents: Iterable[int]) -> Mapping[int, Inside]:
    """What became of the parts of these containers, by the container's id. One query."""
    ids = list(parents)
    if not ids:
        return {}
    way = Q(state__in=_ON_ITS_WAY)
    rows = (
        Intake.objects.filter(parent__in=ids)
        .order_by()
        .values("parent")
        .annotate(
            done=Count("pk", filter=Q(state=Intake.State.DONE)),
            failed=Count("pk", filter=Q(state=Intake.State.FAILED)),
            way=Count("pk", filter=way),
            cancelled=Count("pk", filter=Q(state=Intake.State.CANCELLED)),
        )
    )
    return {
        row["parent"]: Inside(done=row["done"], failed=row["failed"], way=row["way"], cancelled=row["cancelled"])
        for row in rows
        if row["parent"] is not None
    }


def in_state(rows: QuerySet[Intake], state: str) -> QuerySet[Intake]:
    """Those in a state, in any if it is empty."""
    if state == WAY:
        return rows.filter(state__in=_ON_ITS_WAY)
    return rows.filter(state=state) if state else rows


def _narrowed(dossier_id: int, wanted: Wanted) -> QuerySet[Intake]:
    purpose = Intake.Purpose.REVISIT if wanted.visits else Intake.Purpose.TAKE_IN
    rows = Intake.objects.in_dossier(dossier_id).filter(purpose=purpose)
    if wanted.feed is not None:
        rows = rows.filter(feed=wanted.feed)
    if wanted.within is not None:
        rows = rows.filter(parent=wanted.within)
    if wanted.batch is not None:
        first = wanted.batch
        rows = rows.filter(pk__gte=first.pk - BATCH_AT_MOST, pk__lte=first.pk + BATCH_AT_MOST)
        rows = rows.filter(added=first.added, actor=first.actor)
    return rows
