"""A claim with all its sides next to each other, the list of claims, and the graph around one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.articles.models import Article
from apps.crosscheck import sheets
from apps.crosscheck.selectors import Moments
from apps.dossiers.rules import Power
from apps.graph.selectors import neighbourhood
from apps.web.charts import Lane, Mark, timeline
from apps.web.claims.showing import column, facts, history
from apps.web.http import AsOf, Request, Room, as_of, in_dossier, page
from apps.web.moments import here as zone_here
from apps.web.overview.showing import chips, figure_words, overview_rows
from apps.web.quoting import article_url, in_words

MOST_COUNTED = 1000
GRAPH_NODES = 150


def _moments(read: AsOf) -> Moments:
    return Moments(said_until=read.said_until, known_at=read.known_at)


@in_dossier(Power.READ)
def claims(request: Request, room: Room) -> HttpResponse:
    """The dossier's claims, filtered and paged."""
    read, only = as_of(request), request.GET.get("only", "")
    found = sheets.overview(
        room.dossier.pk, _moments(read), only=only, older_than=request.GET.get("before", "")
    )
    here = reverse("claims", args=[room.dossier.slug])
    context = {
        "overview": found,
        "rows": overview_rows(room.dossier.slug, found, read),
        "chips": chips(here, sheets.counts(room.dossier.pk), only) if read.is_now else (),
        "older_url": _older(here, found.older, only, read),
        "read": read,
        "here": here,
    }
    return page(request, "claims/claims.html", context, part="list")


def _older(here: str, cursor: str | None, only: str, read: AsOf) -> str:
    if cursor is None:
        return ""
    parts = [f"before={cursor.replace('+', '%2B')}", f"only={only}" if only else "", read.query]
    return f"{here}?{'&'.join(filter(None, parts))}"


@in_dossier(Power.READ)
def claim(request: Request, room: Room, number: int) -> HttpResponse:
    """One claim: a column per party, its standing with the grounds, who spoke when, and what is related."""
    read = as_of(request)
    found = sheets.find_claim(room.dossier.pk, number, _moments(read))
    if found is None:
        raise Http404(_("No claim of this number is held, or was held then."))
    held = Article.objects.in_dossier(room.dossier.pk).as_known(read.known_at)[:MOST_COUNTED].count()
    sheet = sheets.claim_sheet(found, _moments(read), articles_held=held)
    slug, query = room.dossier.slug, f"?{read.query}" if read.query else ""
    here = reverse("claim", args=[slug, found.number])
    context: dict[str, Any] = {
        "sheet": sheet,
        "facts": facts(sheet),
        "columns": [column(slug, c, sheet, query=query) for c in sheet.columns],
        "chart": _timeline(slug, sheet, query),
        "figures": [(figure, figure_words(figure)) for figure in sheet.figures],
        "history": history(sheet),
        "read": read,
        "query": query,
        "here": here,
        "crumbs": [{"label": _("Claims"), "url": reverse("claims", args=[slug]) + query}],
        "graph_url": reverse("claim-graph", args=[slug, found.number]) + query,
        "api_url": reverse("api-claim-graph", args=[slug, found.ref]) + "?depth=1",
    }
    return page(request, "claims/claim.html", context)


def _timeline(slug: str, sheet: sheets.ClaimSheet, query: str) -> object:
    lanes = []
    for one in sheet.columns:
        marks = [
            Mark(
                at=t.statement.said_until,
                kind=t.stance,
                label=in_words(t),
                url=article_url(slug, t.statement.first, query) if t.statement.first else "",
            )
            for t in one.positions
        ]
        lanes.append(Lane(side=one.party, marks=tuple(marks)))
    return timeline([lane for lane in lanes if lane.side is not None or lane.marks], zone=zone_here())


@in_dossier(Power.READ)
def claim_graph(request: Request, room: Room, number: int) -> HttpResponse:
    """The claims and statements around a claim, drawn, and as a list that needs no drawing."""
    read = as_of(request)
    found = sheets.find_claim(room.dossier.pk, number, _moments(read))
    if found is None:
        raise Http404(_("No claim of this number is held, or was held then."))
    depth = min(max(int(raw), 1), 3) if (raw := request.GET.get("depth", "1")).isdigit() else 1
    graph = neighbourhood(room.dossier.pk, found, depth=depth, moments=_moments(read), limit=GRAPH_NODES)
    return page(request, "claims/graph.html", {"graph": graph, "claim": found, "depth": depth, "read": read})
