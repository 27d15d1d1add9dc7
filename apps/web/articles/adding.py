"""Adding an article: each way in is a tab of its own address, so that it works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from apps.articles.services import adding
from apps.articles.services.adding import Added
from apps.core.errors import Refusal
from apps.dossiers.rules import Power
from apps.pipeline import waking
from apps.sources.reading import outlets
from apps.web.articles.forms import AddressForm, FileForm, TextForm
from apps.web.http import Request, Room, actor, in_dossier, page

FORMS: Mapping[str, type[AddressForm | TextForm | FileForm]] = {
    "address": AddressForm,
    "text": TextForm,
    "file": FileForm,
}
ABOUT: Mapping[str, str] = {"address": "address", "text": "text", "file": "file"}
OUTLETS_SUGGESTED = 200


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.ADD)
def add(request: Request, room: Room) -> HttpResponse:
    by = request.GET.get("by", "address")
    by = by if by in FORMS else "address"
    if request.method != "POST":
        return _page(request, room, by, FORMS[by]())
    form = FORMS[by](request.POST, request.FILES)
    if form.is_valid():
        try:
            added = _add(request, room, form)
        except Refusal as refusal:
            form.add_error(_field(refusal, by, form), str(refusal))
        else:
            waking.wake(added.intake)
            told = _("It is on its way.") if added.new else _("This address is on its way already.")
            messages.success(request, told)
            return redirect("intake", slug=room.dossier.slug)
    return _page(request, room, by, form, status=422)


def _add(request: Request, room: Room, form: AddressForm | TextForm | FileForm) -> Added:
    by, at, data = actor(request), timezone.now(), form.cleaned_data
    if isinstance(form, TextForm):
        return adding.add_text(
            dossier=room.dossier, text=data["text"], described=form.described(), address=data["address"], by=by, at=at
        )
    if isinstance(form, FileForm):
        file = data["file"]
        return adding.add_file(
            dossier=room.dossier,
            name=file.name,
            media_type=file.content_type or "",
            body=file.read(),
            described=form.described(),
            by=by,
            at=at,
        )
    return adding.add_address(dossier=room.dossier, address=data["address"], by=by, at=at)


def _field(refusal: Refusal, by: str, form: forms.Form) -> str | None:
    """The field that a refusal is about: bytes where they are empty or too many, else the address if there is one."""
    if refusal.code in {"empty_text", "too_large"}:
        return ABOUT[by]
    return "address" if "address" in form.fields else None


def _page(request: Request, room: Room, by: str, form: forms.Form, *, status: int = 200) -> HttpResponse:
    names = [] if by == "address" else [o.name for o in outlets(room.dossier.pk, limit=OUTLETS_SUGGESTED)]
    return page(request, "articles/add.html", {"by": by, "form": form, "outlets": names}, status=status)
