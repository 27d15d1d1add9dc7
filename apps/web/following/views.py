"""Follow a claim, hear what is new on those that are followed, and say that it is read."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.claims import following as acts
from apps.claims import news as reads
from apps.claims.models import Claim
from apps.claims.news import News, What
from apps.dossiers.rules import Power
from apps.web.http import Request, Room, in_dossier, page, wants_part


@dataclass(frozen=True)
class Line:
    """Something new in words, with where it is read: a claim's page, an article's, or the ledger's entry."""

    news: News
    words: str
    url: str


@require_safe
@in_dossier(Power.READ)
def following(request: Request, room: Room) -> HttpResponse:
    """What happened to the claims that this person follows, what is new of it first marked as such."""
    found = reads.following(room.dossier.pk, request.user.pk)
    context = {"found": found, "lines": [_line(room.dossier.slug, one) for one in found.news]}
    return page(request, "following/following.html", context)


@require_POST
@in_dossier(Power.READ)
def mark_read(request: Request, room: Room) -> HttpResponse:
    """All that the page listed is known now; what came since stays new."""
    raw = request.POST.get("up_to", "")
    acts.mark_read(dossier=room.dossier, by=request.user, up_to=int(raw) if raw.isdecimal() and len(raw) < 18 else 0)
    messages.success(request, _("Marked as read."))
    return redirect("following", room.dossier.slug)


@require_POST
@in_dossier(Power.READ)
def follow(request: Request, room: Room, number: int) -> HttpResponse:
    """Follow a claim, or no more."""
    claim = Claim.objects.in_dossier(room.dossier.pk).filter(number=number).select_related("dossier").first()
    if claim is None:
        raise Http404(_("No claim of this number is held, or was held then."))
    if request.POST.get("do") == "unfollow":
        acts.unfollow(claim=claim, by=request.user)
        messages.success(request, _("You follow %(ref)s no more.") % {"ref": claim.ref})
    else:
        acts.follow(claim=claim, by=request.user, at=timezone.now())
        messages.success(
            request, _("You follow %(ref)s. What is new on it is told under Following.") % {"ref": claim.ref}
        )
    if wants_part(request):
        context = {"claim": claim, "follows": reads.follows(claim, user_id=request.user.pk), "fragment": True}
        return page(request, "following/button.html", context)
    if request.POST.get("back") == "following":
        return redirect("following", room.dossier.slug)
    return redirect("claim", room.dossier.slug, claim.number)


def _line(slug: str, one: News) -> Line:
    claim = reverse("claim", args=[slug, one.claim_ref])
    article = reverse("article", args=[slug, one.article_ref]) if one.article_ref else claim
    entry = f"{reverse('history', args=[slug])}?before={one.index + 1}"
    match one.what:
        case What.TAKEN:
            return Line(one, _("A position was approved"), claim)
        case What.WITHDRAWN:
            return Line(one, _("A position was withdrawn"), entry)
        case What.COUNTERED:
            return Line(one, _("Another claim was set against it"), claim)
        case What.GONE:
            return Line(one, _("Words are gone from the later version of %(ref)s") % {"ref": one.article_ref}, article)
        case What.BACK:
            return Line(one, _("A later version of %(ref)s has the words again") % {"ref": one.article_ref}, article)
        case What.REMOVED:
            return Line(one, _("The publisher removed %(ref)s; its captures stay") % {"ref": one.article_ref}, article)
        case What.RETURNED:
            return Line(one, _("%(ref)s is at its address again") % {"ref": one.article_ref}, article)
