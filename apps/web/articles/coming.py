"""What is on its way in, with its steps and failures; what was in a file stands under that file."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from apps.articles import intake_reading as reading
from apps.articles import storage
from apps.articles.intake_reading import MOST_COUNTED, WAY, Totals, Wanted
from apps.articles.models import Feed, Intake
from apps.articles.services import leases, retrying
from apps.core.errors import Refusal
from apps.dossiers.rules import Power
from apps.pipeline import waking
from apps.web.articles.intake_rows import Chip, history, row_of
from apps.web.http import Request, Room, in_dossier, page, saved, tell
from apps.web.keyset import BadPlace, address, cut, place

ROWS = 25
RETRIED_AT_ONCE = 200
STATES = (
    ("", gettext_lazy("All")),
    (WAY, gettext_lazy("On their way")),
    (Intake.State.FAILED, gettext_lazy("Failed")),
    (Intake.State.DONE, gettext_lazy("In")),
    (Intake.State.CANCELLED, gettext_lazy("Cancelled")),
)


@require_safe
@in_dossier(Power.ADD)
def intake(request: Request, room: Room) -> HttpResponse:
    wanted = _wanted(room, request.GET)
    now = timezone.now()
    found = reading.intakes(room.dossier.pk, wanted, before=place(request), limit=ROWS + 1)
    sheet = cut(found, ROWS)
    parts = reading.inside(row.pk for row in sheet.rows if row.step == Intake.Step.UNPACK)
    rows = [row_of(row, now=now, inside=parts.get(row.pk)) for row in sheet.rows]
    totals = reading.totals(room.dossier.pk, wanted)
    shows_failed = wanted.state == Intake.State.FAILED
    again = len(reading.failed(room.dossier.pk, wanted, limit=RETRIED_AT_ONCE)) if shows_failed else 0
    context = {
        "rows": rows,
        "wanted": wanted,
        "chips": _chips(request, wanted, totals),
        "kinds": _kinds(request, wanted),
        "narrowed": _narrowed_by(request, wanted),
        "again": again,
        "state": wanted.state,
        "busy": totals.way > 0,
        "here": address(request),
        "query": request.GET.urlencode(),
        "older_url": address(request, before=sheet.rows[-1].pk) if sheet.more else "",
        "newer_url": address(request, before=None) if "before" in request.GET else "",
    }
    return page(request, "articles/coming.html", context, part="coming")


@require_safe
@in_dossier(Power.ADD)
def one(request: Request, room: Room, intake_id: UUID) -> HttpResponse:
    """One row: what was done when, and all that is known of why it failed."""
    found = _intake(room, intake_id)
    now = timezone.now()
    parts = reading.inside([found.pk]) if found.step == Intake.Step.UNPACK else {}
    row = row_of(found, now=now, inside=parts.get(found.pk))
    context = {"one": row, "history": history(found, now=now), "came": found.came, "here": request.path}
    return page(request, "articles/coming_one.html", context, part="one")


@require_safe
@in_dossier(Power.ADD)
def given(request: Request, room: Room, intake_id: UUID) -> HttpResponse:
    """The bytes as they came, also of what was refused: to be saved, never shown, as they come from a stranger."""
    row = _intake(room, intake_id)
    if not row.raw_sha256:
        raise Http404(_("No bytes came with this."))
    return saved(storage.read(row.raw_sha256), f"{row.raw_sha256[:12]}.bin")


@require_POST
@in_dossier(Power.ADD)
def retry(request: Request, room: Room, intake_id: UUID) -> HttpResponse:
    row = _intake(room, intake_id)
    leases.retry(intake=row)
    row.refresh_from_db()
    waking.wake(row)
    messages.success(request, _("It is tried again."))
    return _back(request, room)


@require_POST
@in_dossier(Power.ADD)
def retry_all(request: Request, room: Room) -> HttpResponse:
    """Everything that failed among what the page was narrowed to."""
    rows = reading.failed(room.dossier.pk, _wanted(room, request.POST), limit=RETRIED_AT_ONCE)
    again = retrying.retry_all(intakes=rows)
    for row in Intake.objects.filter(pk__in=[row.pk for row in again]):
        waking.wake(row)
    told = ngettext("%(n)d is tried again.", "%(n)d are tried again.", len(again)) % {"n": len(again)}
    if left := len(rows) - len(again):
        told = _("%(told)s %(left)d are on their way already.") % {"told": told, "left": left}
    messages.success(request, told)
    return _back(request, room)


@require_POST
@in_dossier(Power.ADD)
def cancel(request: Request, room: Room, intake_id: UUID) -> HttpResponse:
    try:
        leases.cancel(intake=_intake(room, intake_id))
    except Refusal as refusal:
        if "back" not in request.POST:
            raise
        tell(request, refusal)
    else:
        messages.success(request, _("It is cancelled. What was preserved of it stays."))
    return _back(request, room)


def _back(request: Request, room: Room) -> HttpResponse:
    """To where the button was pressed."""
    back = request.POST.get("back", "")
    here = reverse("intake", kwargs={"slug": room.dossier.slug})
    if back.startswith(here) and url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        return redirect(back)
    return redirect(here)


def _intake(room: Room, intake_id: UUID) -> Intake:
    row = reading.find_intake(room.dossier.pk, intake_id)
    if row is None:
        raise Http404(_("Nothing of this kind comes in here."))
    return row


def _wanted(room: Room, asked: Mapping[str, str]) -> Wanted:
    """What the page is narrowed to. Raises ``BadPlace`` for what names nothing, ``Http404`` for what is not here."""
    state = asked.get("state", "")
    feed = _uuid(asked, "feed")
    batch, within = _uuid(asked, "batch"), _uuid(asked, "within")
    return Wanted(
        state=state if state in dict(STATES) else "",
        feed=_feed(room, feed) if feed else None,
        batch=_intake(room, batch) if batch else None,
        within=_intake(room, within) if within else None,
        visits=asked.get("visits") == "1",
    )


def _uuid(asked: Mapping[str, str], name: str) -> UUID | None:
    raw = asked.get(name, "")
    try:
        return UUID(raw) if raw else None
    except ValueError as error:
        raise BadPlace(_("“%(raw)s” is no place in this list.") % {"raw": raw[:40]}) from error


def _feed(room: Room, feed_id: UUID) -> Feed:
    feed = Feed.objects.filter(dossier=room.dossier, public_id=feed_id).first()
    if feed is None:
        raise Http404(_("Nothing of this kind comes in here."))
    return feed


def _words(count: int) -> str:
    return f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)


def _chips(request: Request, wanted: Wanted, totals: Totals) -> list[Chip]:
    counts = {
        WAY: totals.way,
        Intake.State.FAILED: totals.failed,
        Intake.State.DONE: totals.done,
        Intake.State.CANCELLED: totals.cancelled,
    }
    return [
        Chip(
            str(label),
            address(request, state=key or None, before=None),
            key == wanted.state,
            _words(counts[key]) if key else None,
        )
        for key, label in STATES
        if key != Intake.State.CANCELLED or counts[key] or key == wanted.state
    ]


def _kinds(request: Request, wanted: Wanted) -> list[Chip]:
    added = address(request, visits=None, state=None, before=None)
    visits = address(request, visits="1", state=None, before=None)
    return [
        Chip(_("Taking in"), added, not wanted.visits),
        Chip(_("Looking again"), visits, wanted.visits),
    ]


def _narrowed_by(request: Request, wanted: Wanted) -> list[Chip]:
    """What the list is narrowed to, each with the way back."""
    found = []
    if wanted.feed is not None:
        label = _("from %(feed)s") % {"feed": wanted.feed}
        found.append(Chip(label, address(request, feed=None, before=None), True))
    if wanted.batch is not None:
        found.append(Chip(_("added in one go"), address(request, batch=None, before=None), True))
    if wanted.within is not None:
        name = wanted.within.file_name or wanted.within.headline or _("one file")
        found.append(Chip(_("in %(file)s") % {"file": name}, address(request, within=None, before=None), True))
    return found
