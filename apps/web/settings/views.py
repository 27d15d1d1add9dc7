"""Title, time zone and parties of a dossier."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import Refusal
from apps.dossiers import services
from apps.dossiers.models import Party
from apps.dossiers.rules import Power
from apps.dossiers.selectors import party_labels
from apps.web.http import Request, Room, in_dossier, page
from apps.web.settings.forms import DossierForm, PartyForm


def _page(request: Request, room: Room, *, renaming: str = "", status: int = 200, **bound: forms.Form) -> HttpResponse:
    """The page with every form on it; ``bound`` replaces the one that was sent, ``renaming`` is that of a party."""
    parties = party_labels(room.dossier.pk)
    initial = {"title": room.dossier.title, "time_zone": room.dossier.time_zone}
    context = {
        "dossier_form": DossierForm(initial=initial),
        "party_form": PartyForm(auto_id="new_%s"),
        "parties": [
            (
                party,
                bound["rename_form"] if renaming == party.public_id else _rename_form(party.public_id, initial=party),
            )
            for party in parties
        ],
        "renaming": renaming,
        **bound,
    }
    return page(request, "settings/settings.html", context, status=status)


def _rename_form(party_id: str, data: object = None, initial: object = None) -> PartyForm:
    first = {"code": initial.code, "name": initial.name} if initial else None  # type: ignore[attr-defined]
    return PartyForm(data, initial=first, auto_id=f"party-{party_id[:8]}-%s")  # type: ignore[arg-type]


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.MANAGE)
def settings(request: Request, room: Room) -> HttpResponse:
    if request.method != "POST":
        return _page(request, room)
    form = DossierForm(request.POST)
    if form.is_valid():
        services.rename_dossier(dossier=room.dossier, **form.cleaned_data, by=request.user)
        messages.success(request, _("Title and time zone are kept."))
        return redirect("settings", slug=room.dossier.slug)
    return _page(request, room, dossier_form=form, status=422)


@require_POST
@in_dossier(Power.MANAGE)
def add_party(request: Request, room: Room) -> HttpResponse:
    form = PartyForm(request.POST, auto_id="new_%s")
    if form.is_valid():
        try:
            services.add_party(dossier=room.dossier, **form.cleaned_data, by=request.user)
        except Refusal as refusal:
            form.add_error("code" if refusal.code == "code_taken" else None, str(refusal))
        else:
            messages.success(request, _("The party has the next column."))
            return redirect("settings", slug=room.dossier.slug)
    return _page(request, room, party_form=form, status=422)


@require_POST
@in_dossier(Power.MANAGE)
def rename_party(request: Request, room: Room, party_id: UUID) -> HttpResponse:
    party = Party.objects.in_dossier(room.dossier.pk).current().filter(public_id=party_id).first()
    if party is None:
        raise Http404(_("There is no such party in this dossier."))
    form = _rename_form(str(party_id), request.POST)
    if form.is_valid():
        try:
            services.rename_party(party=party, **form.cleaned_data, by=request.user)
        except Refusal as refusal:
            form.add_error("code" if refusal.code == "code_taken" else None, str(refusal))
        else:
            messages.success(request, _("The party is renamed. Reads as of before keep the old name."))
            return redirect("settings", slug=room.dossier.slug)
    return _page(request, room, rename_form=form, renaming=str(party_id), status=422)
