"""Find a claim, a source, a statement or an article by words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django import forms
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.dossiers.rules import Power
from apps.statements.reading import Times
from apps.web.http import Request, Room, as_of, in_dossier, page
from apps.web.keyset import address, cut, place
from apps.web.search import finding

FEW = 5
MANY = 30

Found = finding.FoundClaim | finding.FoundSource | finding.FoundStatement | finding.FoundArticle
Finder = Callable[..., Sequence[Found]]

KINDS: Mapping[str, tuple[str | Promise, Finder]] = {
    "claims": (_("Claims"), finding.claims),
    "sources": (_("Sources"), finding.sources),
    "statements": (_("Statements"), finding.statements),
    "articles": (_("Articles"), finding.articles),
}


class WordsForm(forms.Form):
    q = forms.CharField(label=_("Words"), max_length=200)


@dataclass(frozen=True)
class Section:
    """What was found of one kind; ``more_url`` shows the rest."""

    kind: str
    title: str | Promise
    found: Sequence[Found]
    more_url: str


@require_safe
@in_dossier(Power.READ)
def search(request: Request, room: Room) -> HttpResponse:
    moments = as_of(request)
    times = Times(moments.said_until, moments.known_at)
    form = WordsForm(request.GET if request.GET.get("q", "").strip() else None)
    query = f"?{moments.query}" if moments.query else ""
    context: dict[str, object] = {"form": form, "words": "", "times": moments, "query": query, "sections": []}
    if not form.is_valid():
        return page(request, "search/search.html", context, status=400 if form.is_bound else 200)
    words = " ".join(form.cleaned_data["q"].split())
    context |= {"words": words}
    only = request.GET.get("in", "")
    if words and only in KINDS:
        section = _all_of(request, room, only, words, times)
        newest = address(request, before=None) if "before" in request.GET else ""
        context |= {
            "sections": [section],
            "only": only,
            "newer_url": newest,
            "all_url": address(request, **{"in": None, "before": None}),
        }
    elif words:
        context["sections"] = [_first_of(request, room, kind, words, times) for kind in KINDS]
    context["nothing"] = not any(section.found for section in context["sections"])  # type: ignore[attr-defined]
    return page(request, "search/search.html", context)


def _first_of(request: Request, room: Room, kind: str, words: str, times: Times) -> Section:
    title, find = KINDS[kind]
    sheet = cut(find(room.dossier.pk, words, before=None, limit=FEW + 1, times=times), FEW)
    return Section(kind, title, sheet.rows, address(request, **{"in": kind, "before": None}) if sheet.more else "")


def _all_of(request: Request, room: Room, kind: str, words: str, times: Times) -> Section:
    title, find = KINDS[kind]
    sheet = cut(find(room.dossier.pk, words, before=place(request), limit=MANY + 1, times=times), MANY)
    return Section(kind, title, sheet.rows, address(request, before=sheet.rows[-1].place) if sheet.more else "")
