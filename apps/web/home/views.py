"""Where one begins: the dossiers one may use, and what waits in each."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from apps.claims.news import unread
from apps.core.errors import Denied
from apps.dossiers import services
from apps.dossiers.models import Dossier, Role
from apps.dossiers.rules import Power, allows
from apps.dossiers.selectors import Access, accessible
from apps.review.selectors import Waiting
from apps.review.waiting import waiting_in
from apps.web.home.forms import DossierForm
from apps.web.http import Request, page, signed_in


@dataclass(frozen=True)
class Mine:
    """A dossier of mine: my role in words, and what waits for me there, if my role does such work."""

    dossier: Dossier
    role: str
    to_review: int
    to_check: int
    new: int
    """What is new on the claims that I follow there, counted to 100."""


@require_safe
@signed_in
def home(request: Request) -> HttpResponse:
    accesses = accessible(request.user.pk)
    at_desks = [a.dossier.pk for a in accesses if allows(a.role, Power.REVIEW)]
    waits = waiting_in(at_desks, request.user.pk)
    news = unread(request.user.pk, [a.dossier.pk for a in accesses])
    rows = [_mine(access, waits.get(access.dossier.pk), news.get(access.dossier.pk, 0)) for access in accesses]
    return page(request, "home/home.html", {"rows": rows})


def _mine(access: Access, waits: Waiting | None, new: int) -> Mine:
    return Mine(
        dossier=access.dossier,
        role=str(Role(access.role).label),
        to_review=waits.to_review if waits else 0,
        to_check=waits.to_check if waits and allows(access.role, Power.CHECK) else 0,
        new=new,
    )


@signed_in
def open_dossier(request: Request) -> HttpResponse:
    if not request.user.is_staff:
        raise Denied(_("Opening a dossier is up to the people who run this site."))
    form = DossierForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        dossier = services.open_dossier(**form.cleaned_data, by=request.user, at=timezone.now())
        return redirect("settings", slug=dossier.slug)
    return page(request, "home/open.html", {"form": form}, status=422 if form.errors else 200)
