"""What is on its way in, with its steps and failures; and the feeds that bring articles by themselves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts.models import Actor
from apps.articles.models import Feed, Intake
from apps.articles.reading import feeds_of, on_the_way
from apps.articles.services import leases, polling
from apps.articles.services.asking import ask_now
from apps.core.errors import Refusal
from apps.dossiers.rules import Power
from apps.pipeline import waking
from apps.web.articles.forms import FeedForm
from apps.web.http import Request, Room, actor, in_dossier, page
from apps.web.keyset import address, cut, place

ROWS = 25
STATES = (
    ("", gettext_lazy("All")),
    ("way", gettext_lazy("On their way")),
    (Intake.State.FAILED, gettext_lazy("Failed")),
    (Intake.State.DONE, gettext_lazy("In")),
    (Intake.State.CANCELLED, gettext_lazy("Cancelled")),
)
STEPS = (
    (Intake.Step.PRESERVE, gettext_lazy("Preserved")),
    (Intake.Step.EXTRACT, gettext_lazy("Text drawn")),
    (Intake.Step.IDENTIFY, gettext_lazy("Copies looked for")),
    (Intake.Step.PROPOSE, gettext_lazy("Statements proposed")),
)


@dataclass(frozen=True)
class Step:
    """A step of the way in: done, now, todo or failed."""

    label: str
    state: str


@dataclass(frozen=True)
class Coming:
    """A row of the page: the intake, what to call it, and how far it is."""

    row: Intake
    title: str
    steps: tuple[Step, ...]
    reason: str
    waits_until: datetime | None

    @property
    def can_retry(self) -> bool:
        return self.row.state in {Intake.State.FAILED, Intake.State.CANCELLED}

    @property
    def can_cancel(self) -> bool:
        return self.row.state in {Intake.State.READY, Intake.State.RUNNING}


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    current: bool
    count: int | None = None


@require_safe
@in_dossier(Power.ADD)
def intake(request: Request, room: Room) -> HttpResponse:
    state = request.GET.get("state", "")
    state = state if state in dict(STATES) else ""
    now = timezone.now()
    sheet = cut(on_the_way(room.dossier.pk, state=state, before=place(request), limit=ROWS + 1), ROWS)
    rows = [_coming(row, now) for row in sheet.rows]
    context = {
        "rows": rows,
        "chips": [
            Chip(str(label), address(request, state=key or None, before=None), key == state) for key, label in STATES
        ],
        "state": state,
        "busy": any(row.can_cancel for row in rows),
        "here": address(request),
        "older_url": address(request, before=sheet.rows[-1].pk) if sheet.more else "",
        "newer_url": address(request, before=None) if "before" in request.GET else "",
    }
    return page(request, "articles/coming.html", context, part="coming")


def _coming(row: Intake, now: datetime) -> Coming:
    headline = row.rendition.headline if row.rendition else ""
    return Coming(
        row=row,
        title=headline or row.headline or row.address or row.file_name or _("A pasted text"),
        steps=_steps(row),
        reason=row.failure_reason,
        waits_until=row.run_after if row.state == Intake.State.READY and row.run_after > now else None,
    )


def _steps(row: Intake) -> tuple[Step, ...]:
    order = [step for step, _label in STEPS]
    at = len(order) if row.state == Intake.State.DONE else order.index(Intake.Step(row.step))
    here = {Intake.State.FAILED: "failed", Intake.State.CANCELLED: "todo"}.get(Intake.State(row.state), "now")
    return tuple(
        Step(str(label), "done" if number < at else here if number == at else "todo")
        for number, (_step, label) in enumerate(STEPS)
    )


@require_POST
@in_dossier(Power.ADD)
def retry(request: Request, room: Room, intake_id: UUID) -> HttpResponse:
    row = _intake(room, intake_id)
    leases.retry(intake=row)
    row.refresh_from_db()
    waking.wake(row)
    messages.success(request, _("It is tried again."))
    return redirect("intake", slug=room.dossier.slug)


@require_POST
@in_dossier(Power.ADD)
def cancel(request: Request, room: Room, intake_id: UUID) -> HttpResponse:
    leases.cancel(intake=_intake(room, intake_id))
    messages.success(request, _("It is cancelled. What was preserved of it stays."))
    return redirect("intake", slug=room.dossier.slug)


def _intake(room: Room, intake_id: UUID) -> Intake:
    row = Intake.objects.in_dossier(room.dossier.pk).filter(public_id=intake_id).first()
    if row is None:
        raise Http404(_("Nothing of this kind comes in here."))
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.ADD)
def feeds(request: Request, room: Room) -> HttpResponse:
    form = FeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            feed = polling.add_feed(
                dossier=room.dossier,
                address=form.cleaned_data["address"],
                every_seconds=form.cleaned_data["minutes"] * 60,
                by=actor(request),
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error("address", str(refusal))
        else:
            waking.wake_feed(feed)
            messages.success(request, _("The feed is asked now, and from now on."))
            return redirect("feeds", slug=room.dossier.slug)
    context = {"form": form, "feeds": feeds_of(room.dossier.pk)}
    return page(request, "articles/feeds.html", context, status=422 if form.errors else 200)


Doing = Callable[[Feed, Actor], str]


@require_POST
@in_dossier(Power.ADD)
def feed(request: Request, room: Room, feed_id: UUID) -> HttpResponse:
    """Pause a feed, resume it, or have it asked now."""
    row = Feed.objects.filter(dossier=room.dossier, public_id=feed_id).first()
    doing = DOING.get(request.POST.get("do", ""))
    if row is None or doing is None:
        raise Http404(_("There is no such feed here."))
    messages.success(request, doing(row, actor(request)))
    return redirect("feeds", slug=room.dossier.slug)


def _pause(feed: Feed, by: Actor) -> str:
    polling.set_feed_active(feed=feed, active=False, by=by, at=timezone.now())
    return _("The feed is paused.")


def _resume(feed: Feed, by: Actor) -> str:
    polling.set_feed_active(feed=feed, active=True, by=by, at=timezone.now())
    waking.wake_feed(feed)
    return _("The feed is asked again.")


def _ask(feed: Feed, by: Actor) -> str:
    ask_now(feed=feed, at=timezone.now())
    waking.wake_feed(feed)
    return _("The feed is being asked.")


DOING: dict[str, Doing] = {"pause": _pause, "resume": _resume, "ask": _ask}
