"""The versions of an article, two at a time; and looking at its address again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from apps.articles import versions
from apps.articles.doubts import doubt_of
from apps.articles.models import Article, Removal
from apps.articles.reading import article_numbered, watched
from apps.articles.services import revisiting
from apps.articles.versions import Version
from apps.core.errors import Refusal
from apps.dossiers.rules import Power
from apps.pipeline import waking
from apps.statements.models import Gone
from apps.statements.reading import Attributed, Times, attributed, evidence
from apps.web.http import Request, Room, actor, as_of, in_dossier, page, tell

NAMES = {
    "published": gettext_lazy("Published"),
    "modified": gettext_lazy("Changed by its own word"),
    "byline": gettext_lazy("By"),
    "credit": gettext_lazy("Credits"),
    "language": gettext_lazy("Language"),
    "canonical": gettext_lazy("Calls itself"),
}
TIMES = {"published", "modified"}


@require_safe
@in_dossier(Power.READ)
def newest(request: Request, room: Room, number: int) -> HttpResponse:
    """The two newest versions, or those that a form asks for."""
    article, found = _found(request, room, number)
    numbers = [request.GET.get(name, "") for name in ("from", "to")]
    if all(one.isascii() and one.isdecimal() and len(one) < 6 for one in numbers):
        first, second = sorted(int(one) for one in numbers)
        times = as_of(request)
        url = reverse("versions-between", args=[room.dossier.slug, article.number, first, second])
        return redirect(f"{url}?{times.query}" if times.query else url)
    if len(found) < 2:
        return _page(request, room, article, found, None)
    return _page(request, room, article, found, (found[-2], found[-1]))


@require_safe
@in_dossier(Power.READ)
def between(request: Request, room: Room, number: int, first: int, second: int) -> HttpResponse:
    article, found = _found(request, room, number)
    if not 1 <= first < second <= len(found):
        raise Http404(_("There are no two such versions of this article."))
    return _page(request, room, article, found, (found[first - 1], found[second - 1]))


def _found(request: Request, room: Room, number: int) -> tuple[Article, tuple[Version, ...]]:
    known_at = as_of(request).known_at
    article = article_numbered(room.dossier.pk, number, known_at=known_at)
    if article is None:
        raise Http404(_("There is no such article in this dossier."))
    return article, versions.versions_of(article, known_at=known_at)


def _page(
    request: Request, room: Room, article: Article, found: tuple[Version, ...], pair: tuple[Version, Version] | None
) -> HttpResponse:
    times = as_of(request)
    difference = versions.difference(pair[0].rendition, pair[1].rendition) if pair else None
    context = {
        "article": article,
        "versions": found,
        "pair": pair,
        "difference": difference,
        "facts": [(NAMES[fact.name], fact, fact.name in TIMES) for fact in difference.facts] if difference else [],
        "gone": _gone(article, pair, Times(times.said_until, times.known_at)) if pair else (),
        "removal": Removal.objects.as_known(times.known_at).filter(article=article).first(),
        "watched": watched(article) if times.is_now else None,
        "doubt": doubt_of(article) if times.is_now else None,
        "times": times,
        "query": f"?{times.query}" if times.query else "",
    }
    return page(request, "articles/versions.html", context)


def _gone(article: Article, pair: tuple[Version, Version], times: Times) -> tuple[Attributed, ...]:
    """Statements whose words are in the first of two versions and gone from the second."""
    lost = Gone.objects.as_known(times.known_at).filter(
        article=article, rendition__gt=pair[0].rendition.pk, rendition__lte=pair[1].rendition.pk
    )
    rows = evidence(article.dossier_id, times).filter(pk__in=lost.values("attribution_id"))
    return attributed(article.dossier_id, rows.order_by("pk"), times)


@require_POST
@in_dossier(Power.ADD)
def look(request: Request, room: Room, number: int) -> HttpResponse:
    """Look at the article's address again now, no more, or again from now on."""
    article = article_numbered(room.dossier.pk, number)
    if article is None:
        raise Http404(_("There is no such article in this dossier."))
    by = actor(request)
    try:
        match request.POST.get("do"):
            case "stop":
                revisiting.stop_looking(article=article, by=by)
                messages.success(request, _("It is not looked at again."))
            case "keep":
                revisiting.keep_looking(article=article, by=by)
                messages.success(request, _("It is looked at again, ever more rarely."))
            case _now:
                waking.wake(revisiting.look_again(article=article, by=by, at=timezone.now()))
                messages.success(request, _("It is being looked at."))
    except Refusal as refusal:
        tell(request, refusal)
    return redirect("article", slug=room.dossier.slug, number=article.number)
