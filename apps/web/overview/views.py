"""A dossier at a glance."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse

from apps.articles.models import Article, Origin
from apps.crosscheck import sheets
from apps.crosscheck.selectors import Moments
from apps.dossiers.rules import Power
from apps.sources.models import Outlet
from apps.statements.models import Statement
from apps.web.http import Request, Room, as_of, in_dossier, page
from apps.web.overview.showing import chips, overview_rows, toll

MOST_COUNTED = 1000
WAITING_SHOWN = 6


@in_dossier(Power.READ)
def overview(request: Request, room: Room) -> HttpResponse:
    """Claims with a mark per party, the tolls as stated, and what waits for the other side."""
    read, only, dossier = as_of(request), request.GET.get("only", ""), room.dossier
    times = Moments(said_until=read.said_until, known_at=read.known_at)
    here = reverse("overview", args=[dossier.slug])
    found = sheets.overview(dossier.pk, times, only=only, older_than=request.GET.get("before", ""), most=20)
    waiting = sheets.overview(dossier.pk, only="unanswered", most=WAITING_SHOWN)
    figures = sheets.stated_figures(dossier.pk, "killed", times)
    context = {
        "found": found,
        "rows": overview_rows(dossier.slug, found, read),
        "chips": chips(here, sheets.counts(dossier.pk), only) if read.is_now else (),
        "older_url": _older(here, found.older, only),
        "waiting": [
            (row, reverse("claim", args=[dossier.slug, row.ref]), _names(row, found.parties)) for row in waiting.rows
        ],
        "chart": toll(dossier.slug, figures),
        "held": _held(dossier.pk),
        "newest": Article.objects.in_dossier(dossier.pk).order_by("-pk").first(),
        "read": read,
        "here": here,
    }
    return page(request, "overview/overview.html", context, part="list")


def _older(here: str, cursor: str | None, only: str) -> str:
    if cursor is None:
        return ""
    return f"{here}?before={cursor.replace('+', '%2B')}" + (f"&only={only}" if only else "")


def _names(row: sheets.OverviewRow, parties: tuple[sheets.PartyLabel, ...]) -> str:
    return ", ".join(party.name for party in parties if party.id in row.standing.found.waiting_for)


def _held(dossier_id: int) -> dict[str, int]:
    """How much the dossier holds, counted no further than 1,000 of each."""
    return {
        "articles": Article.objects.in_dossier(dossier_id)[:MOST_COUNTED].count(),
        "outlets": Outlet.objects.in_dossier(dossier_id).current()[:MOST_COUNTED].count(),
        "origins": Origin.objects.in_dossier(dossier_id).current()[:MOST_COUNTED].count(),
        "statements": Statement.objects.in_dossier(dossier_id).current()[:MOST_COUNTED].count(),
    }
