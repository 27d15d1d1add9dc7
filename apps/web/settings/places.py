"""Places with the names that each party uses, and the outlets that publish."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from apps.core.errors import Refusal
from apps.dossiers.models import Party
from apps.dossiers.permissions import check_can
from apps.dossiers.rules import Power
from apps.sources import reading, services
from apps.sources.models import Outlet
from apps.sources.selectors import places as places_of
from apps.sources.services import PlaceName
from apps.web.http import Request, Room, actor, as_of, in_dossier, page
from apps.web.keyset import cut
from apps.web.settings.forms import OutletForm, OutletNameForm, ToponymFormSet

OUTLETS = 100


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.READ)
def places(request: Request, room: Room) -> HttpResponse:
    """Every place by all its names; none of them is the dossier's own. Managers add to them."""
    times = as_of(request)
    formset = ToponymFormSet(request.POST or None, prefix="names", form_kwargs={"parties": room.parties})
    status = 200
    if request.method == "POST":
        check_can(Power.MANAGE, user=request.user, dossier=room.dossier)
        if formset.is_valid():
            names = _names(room, [form.cleaned_data for form in formset if form.cleaned_data.get("name")])
            services.add_place(dossier=room.dossier, names=names, by=actor(request))
            messages.success(request, _("The place is kept under all its names."))
            return redirect("places", slug=room.dossier.slug)
        status = 422
    context = {
        "places": places_of(room.dossier.pk, known_at=times.known_at),
        "formset": formset,
        "times": times,
    }
    return page(request, "settings/places.html", context, status=status)


def _names(room: Room, rows: list[dict[str, str]]) -> list[PlaceName]:
    parties = {str(party.public_id): party for party in Party.objects.in_dossier(room.dossier.pk).current()}
    return [PlaceName(row["name"], parties.get(row["party"]), row["language"]) for row in rows]


def _outlets(request: Request, room: Room, *, status: int = 200, **bound: object) -> HttpResponse:
    sheet = cut(reading.outlets(room.dossier.pk, after=request.GET.get("after", "")[:120], limit=OUTLETS + 1), OUTLETS)
    context = {"form": OutletForm(), "outlets": sheet.rows, "last": sheet.rows[-1] if sheet.more else None, **bound}
    return page(request, "settings/outlets.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.MANAGE)
def outlets(request: Request, room: Room) -> HttpResponse:
    if request.method != "POST":
        return _outlets(request, room)
    form = OutletForm(request.POST)
    if not form.is_valid():
        return _outlets(request, room, form=form, status=422)
    services.add_outlet(dossier=room.dossier, **form.cleaned_data, by=actor(request))
    messages.success(request, _("The outlet is kept."))
    return redirect("settings-outlets", slug=room.dossier.slug)


@require_POST
@in_dossier(Power.MANAGE)
def rename_outlet(request: Request, room: Room, outlet_id: UUID) -> HttpResponse:
    outlet = Outlet.objects.in_dossier(room.dossier.pk).current().filter(public_id=outlet_id).first()
    if outlet is None:
        raise Http404(_("There is no such outlet in this dossier."))
    form = OutletNameForm(request.POST, auto_id="renamed_%s")
    if form.is_valid():
        try:
            services.rename_outlet(outlet=outlet, name=form.cleaned_data["name"], by=actor(request))
        except Refusal as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, _("The outlet is renamed. Reads as of before keep the old name."))
            return redirect("settings-outlets", slug=room.dossier.slug)
    return _outlets(request, room, renamed=form, renaming=str(outlet_id), status=422)
