"""A dossier at a glance."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from apps.articles.models import Article, Origin
from apps.claims.models import Measure
from apps.crosscheck import overview as glance
from apps.crosscheck.selectors import Moments, said_by_then
from apps.crosscheck.sheets import stated_figures
from apps.dossiers.rules import Power
from apps.sources.models import Outlet
from apps.web.http import Request, Room, as_of, in_dossier, page
from apps.web.overview.showing import (
    capped,
    changed_positions,
    chips,
    list_url,
    overview_rows,
    toll,
    waiting_for,
)
from apps.web.quoting import times_of

ROWS = 20
WAITING_SHOWN = 5
CHANGED_SHOWN = 3


@in_dossier(Power.READ)
def overview(request: Request, room: Room) -> HttpResponse:
    """Claims with a mark per party, the tolls as stated, and what waits for the other side."""
    read, only, dossier = as_of(request), request.GET.get("only", ""), room.dossier
    times, here = times_of(read), reverse("overview", args=[room.dossier.slug])
    found = glance.overview(dossier.pk, times, only=only, older_than=request.GET.get("before", ""), most=ROWS)
    waiting = glance.overview(dossier.pk, times, only="unanswered", most=WAITING_SHOWN)
    changed = glance.changed(dossier.pk, times, most=CHANGED_SHOWN)
    context = {
        "parties": found.parties,
        "rows": overview_rows(dossier.slug, found, read),
        "chips": chips(here, glance.counts(dossier.pk) if read.is_now else None, only, read),
        "only": only,
        "older_url": list_url(here, read, only=only, before=found.older) if found.older else "",
        "waiting": waiting_for(dossier.slug, waiting, read),
        "changed": changed_positions(dossier.slug, changed, read),
        "chart": toll(dossier.slug, stated_figures(dossier.pk, Measure.KILLED, times), read),
        "held": _held(dossier.pk, times),
        "newest": Article.objects.in_dossier(dossier.pk).as_known(read.known_at).order_by("-pk").first(),
        "read": read,
        "here": here,
    }
    return page(request, "overview/overview.html", context, part="list")


def _held(dossier_id: int, times: Moments) -> dict[str, tuple[int, str]]:
    """How much the dossier holds, counted no further than 1,000 of each: the number, and how it is shown."""
    at = times.known_at
    counted = {
        "articles": Article.objects.in_dossier(dossier_id).as_known(at),
        "outlets": Outlet.objects.in_dossier(dossier_id).as_known(at),
        "origins": Origin.objects.in_dossier(dossier_id).as_known(at),
        "statements": said_by_then(dossier_id, times),
    }
    numbers = {name: rows[: glance.MOST_COUNTED].count() for name, rows in counted.items()}
    return {name: (number, capped(number)) for name, number in numbers.items()}
