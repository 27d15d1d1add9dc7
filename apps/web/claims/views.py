"""A claim with all its sides next to each other, the list of claims, and the graph around one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.accounts.selectors import named
from apps.articles.models import Article
from apps.claims.models import Claim
from apps.claims.news import follows
from apps.core.errors import Refusal
from apps.crosscheck import overview as glance
from apps.crosscheck import sheets
from apps.dossiers.rules import Power
from apps.graph.selectors import neighbourhood
from apps.web.claims.drawing import drawing
from apps.web.claims.showing import at_once, column, facts, history, spoke_when
from apps.web.http import AsOf, Request, Room, as_of, in_dossier, page
from apps.web.overview.showing import carried_on, chips, figure_words, list_url, overview_rows
from apps.web.quoting import article_url, times_of

DEPTHS = (1, 2, 3)
GRAPH_NODES = 120


class BadDepth(Refusal):
    """A depth that is not offered."""

    status = 400
    code = "bad_depth"


@in_dossier(Power.READ)
def claims(request: Request, room: Room) -> HttpResponse:
    """The dossier's claims, filtered and paged."""
    read, only, dossier = as_of(request), request.GET.get("only", ""), room.dossier
    found = glance.overview(dossier.pk, times_of(read), only=only, older_than=request.GET.get("before", ""))
    here = reverse("claims", args=[dossier.slug])
    context = {
        "parties": found.parties,
        "rows": overview_rows(dossier.slug, found, read),
        "chips": chips(here, glance.counts(dossier.pk) if read.is_now else None, only, read),
        "only": only,
        "older_url": list_url(here, read, only=only, before=found.older) if found.older else "",
        "read": read,
        "here": here,
    }
    return page(request, "claims/claims.html", context, part="list")


@in_dossier(Power.READ)
def claim(request: Request, room: Room, number: int) -> HttpResponse:
    """One claim: a column per party, its standing with the grounds, who spoke when, and what is related."""
    read, now = as_of(request), timezone.now()
    found = _find(room, number, read)
    times, slug, query = times_of(read), room.dossier.slug, carried_on(read)
    sheet = sheets.claim_sheet(found, times)
    held = Article.objects.in_dossier(room.dossier.pk).as_known(read.known_at)[: glance.MOST_COUNTED].count()
    here = reverse("claim", args=[slug, found.number])
    chart, older_marks = spoke_when(slug, sheet, query)
    names = named({step.actor for step in sheet.history})
    context: dict[str, Any] = {
        "sheet": sheet,
        "claim": found,
        "follows": follows(found, user_id=request.user.pk),
        "facts": facts(sheet, until=min(filter(None, (read.said_until, read.known_at, now)))),
        "at_once": at_once(sheet),
        "columns": [column(slug, c, articles_held=held, query=query) for c in sheet.columns],
        "chart": chart,
        "older_marks": older_marks,
        "figures": [
            (figure, figure_words(figure), article_url(slug, figure.statement.first, query))
            for figure in sheet.figures
            if figure.statement.first
        ],
        "history": history(slug, sheet.history, names),
        "read": read,
        "query": query,
        "here": here,
        "crumbs": [{"label": _("Claims"), "url": reverse("claims", args=[slug]) + query}],
        "graph_url": reverse("claim-graph", args=[slug, found.number]) + query,
        "api_url": reverse("api-claim", args=[slug, found.ref]) + query,
        "permalink": f"{here}?{(read if read.known_at else AsOf(read.said_until, now)).query}",
    }
    return page(request, "claims/claim.html", context)


def _find(room: Room, number: int, read: AsOf) -> Claim:
    found = sheets.find_claim(room.dossier.pk, number, times_of(read))
    if found is None:
        raise Http404(_("No claim of this number is held, or was held then."))
    return found


@in_dossier(Power.READ)
def claim_graph(request: Request, room: Room, number: int) -> HttpResponse:
    """The claims and statements around a claim, drawn, and as a list that needs no drawing."""
    read, raw = as_of(request), request.GET.get("depth", "1")
    if raw not in {str(depth) for depth in DEPTHS}:
        raise BadDepth(_("A graph is drawn one, two or three claims deep."))
    depth, slug = int(raw), room.dossier.slug
    found = _find(room, number, read)
    graph = neighbourhood(room.dossier.pk, found, depth=depth, moments=times_of(read), limit=GRAPH_NODES)
    here = reverse("claim-graph", args=[slug, found.number])
    ahead = f"&{read.query}" if read.query else ""
    context: dict[str, Any] = {
        "claim": found,
        "graph": graph,
        "shown": drawing(slug, graph, query=carried_on(read)),
        "depth": depth,
        "depths": [(each, f"{here}?depth={each}{ahead}") for each in DEPTHS],
        "nodes": len(graph.nodes),
        "read": read,
        "query": carried_on(read),
        "here": here,
        "claim_url": reverse("claim", args=[slug, found.number]) + carried_on(read),
        "api_url": f"{reverse('api-claim-graph', args=[slug, found.ref])}?depth={depth}{ahead}",
        "crumbs": [
            {"label": _("Claims"), "url": reverse("claims", args=[slug]) + carried_on(read)},
            {"label": found.ref, "url": reverse("claim", args=[slug, found.number]) + carried_on(read)},
        ],
    }
    return page(request, "claims/graph.html", context)
