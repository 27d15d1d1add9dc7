"""A row of what comes in, as a page shows it: what to call it, how far it is, when each step was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.articles.intake_reading import Inside
from apps.articles.models import Capture, Intake

Step_, State, Outcome = Intake.Step, Intake.State, Intake.Outcome

STEPS = (
    (Step_.PRESERVE, gettext_lazy("Preserved")),
    (Step_.EXTRACT, gettext_lazy("Text drawn")),
    (Step_.IDENTIFY, gettext_lazy("Copies looked for")),
    (Step_.PROPOSE, gettext_lazy("Statements proposed")),
)
UNPACKING = ((Step_.UNPACK, gettext_lazy("Unpacked")),)
ENDS_EARLY = frozenset({Outcome.UNCHANGED, Outcome.GONE})
"""A visit that found nothing new has no further steps."""


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    current: bool
    count: str | None = None


@dataclass(frozen=True)
class Step:
    """A step of the way in: done, now, todo or failed."""

    label: str
    state: str


@dataclass(frozen=True)
class Coming:
    """A row of the page: the intake, what to call it, how far it is, and what became of what was in it."""

    row: Intake
    title: str
    steps: tuple[Step, ...]
    reason: str
    waits_until: datetime | None
    inside: Inside | None

    @property
    def can_retry(self) -> bool:
        return self.row.state == State.CANCELLED or (self.row.state == State.FAILED and self.row.attempts > 0)

    @property
    def is_refused(self) -> bool:
        """Before any step was begun: nothing was fetched or read."""
        return self.row.state == State.FAILED and self.row.attempts == 0

    @property
    def can_cancel(self) -> bool:
        return self.row.state in {State.READY, State.RUNNING}

    @property
    def is_visit(self) -> bool:
        return self.row.purpose == Intake.Purpose.REVISIT

    @property
    def came_to(self) -> str:
        """What a visit found, in words; empty for anything else."""
        return str(self.row.get_outcome_display()) if self.is_visit and self.row.outcome else ""


@dataclass(frozen=True)
class Moment:
    """Something that was done to a row, or will be."""

    label: str
    at: datetime | None
    state: str
    note: str = ""


def row_of(row: Intake, *, now: datetime, inside: Inside | None = None) -> Coming:
    """How a row is shown. Its article, rendition and feed are loaded with it."""
    return Coming(
        row=row,
        title=title_of(row),
        steps=_steps(row),
        reason=row.failure_reason,
        waits_until=row.run_after if row.state == State.READY and row.run_after > now else None,
        inside=inside,
    )


def title_of(row: Intake) -> str:
    """What to call it: its headline, or what else is known of it."""
    headline = row.rendition.headline if row.rendition else ""
    named = headline or row.headline or str(row.came.get("title", "")) or row.address or row.file_name or row.member
    return named or (_("A pasted text") if row.method == Capture.Method.PASTED else _("Sent without a name"))


def _steps(row: Intake) -> tuple[Step, ...]:
    if row.state == State.FAILED and row.attempts == 0:
        return (Step(_("Refused"), "failed"),)
    steps = UNPACKING if row.step == Step_.UNPACK else STEPS
    order = [step for step, _label in steps]
    if row.state == State.DONE and row.outcome in ENDS_EARLY:
        steps = steps[:1]
    at = len(order) if row.state == State.DONE else order.index(Step_(row.step))
    here = {State.FAILED: "failed", State.CANCELLED: "todo"}.get(State(row.state), "now")
    return tuple(
        Step(str(label), "done" if number < at else here if number == at else "todo")
        for number, (_step, label) in enumerate(steps)
    )


def history(row: Intake, *, now: datetime) -> list[Moment]:
    """What was done when, as far as that is recorded, and what comes next."""
    found = [Moment(_("Added"), row.added, "done", note=str(row.get_method_display()))]
    if row.state == State.FAILED and row.attempts == 0:
        return [*found, Moment(_("Refused"), row.finished, "failed")]
    when = {
        Step_.PRESERVE: row.capture.known_from if row.capture else None,
        Step_.EXTRACT: row.rendition.known_from if row.rendition else None,
        Step_.UNPACK: row.finished if row.outcome == Outcome.UNPACKED else None,
        Step_.PROPOSE: row.finished if row.state == State.DONE else None,
    }
    steps = UNPACKING if row.step == Step_.UNPACK else STEPS
    for (step, _label), shown in zip(steps, _steps(row), strict=False):
        at = when.get(step) if shown.state == "done" else None
        # What was held before is not of this row.
        known_before = at is not None and at < row.added
        found.append(
            Moment(
                shown.label, None if known_before else at, shown.state, note=_("held before") if known_before else ""
            )
        )
    if row.state in {State.FAILED, State.CANCELLED}:
        found.append(Moment(str(row.get_state_display()), row.finished, "failed"))
    elif row.state == State.READY and row.run_after > now:
        found.append(Moment(_("Next try"), row.run_after, "todo"))
    elif row.outcome in ENDS_EARLY:
        found.append(Moment(str(row.get_outcome_display()), row.finished, "done"))
    return found
