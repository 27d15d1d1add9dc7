"""Adding articles: each way in is a tab of its own address, so that it works without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from apps.articles.models import Intake
from apps.articles.services import adding, adding_many
from apps.articles.services.adding import Added, Held
from apps.articles.services.adding_many import Fate
from apps.articles.uploads import body_of
from apps.core.errors import Refusal
from apps.dossiers.rules import Power
from apps.pipeline import waking
from apps.sources.reading import outlets
from apps.web.articles.forms import AddressesForm, AddressForm, FileForm, TextForm
from apps.web.http import Request, Room, actor, in_dossier, page

AnyForm = AddressForm | AddressesForm | TextForm | FileForm

FORMS: Mapping[str, type[AnyForm]] = {
    "address": AddressForm,
    "addresses": AddressesForm,
    "text": TextForm,
    "file": FileForm,
}
TABS = (
    ("address", gettext_lazy("By address")),
    ("addresses", gettext_lazy("Many addresses")),
    ("text", gettext_lazy("Pasted text")),
    ("file", gettext_lazy("Files")),
)
ABOUT: Mapping[str, str] = {"address": "address", "addresses": "pasted", "text": "text", "file": "file"}
OF_THE_BYTES = frozenset({"empty_text", "too_large", "storage_full", "storage_away", "idempotency_key_reused"})
OUTLETS_SUGGESTED = 200
LINES_TOLD = 20
WOKEN_AT_ONCE = 50
"""For how many rows workers are woken at once; the sweep comes to the rest within seconds."""

SAYS: Mapping[Fate, str | Promise] = {
    Fate.TAKEN: gettext_lazy("on its way"),
    Fate.HELD: gettext_lazy("held already"),
    Fate.COMING: gettext_lazy("on its way already"),
    Fate.TWICE: gettext_lazy("stands further up in this list"),
}


@dataclass(frozen=True)
class Result:
    """What became of one address or file: ``says`` it in words, ``url`` leads to it."""

    name: str
    fate: Fate
    says: str
    url: str = ""
    ref: str = ""
    line: int = 0
    code: str = ""


@dataclass(frozen=True)
class Tab:
    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Now:
    """Who adds, and when: the same for all that one form brings."""

    request: Request
    room: Room
    at: datetime


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.ADD)
def add(request: Request, room: Room) -> HttpResponse:
    by = request.GET.get("by", "address")
    by = by if by in FORMS else "address"
    if request.method != "POST":
        return _page(request, room, by, FORMS[by]())
    form = _form(request, by)
    if not form.is_valid():
        return _page(request, room, by, form, status=422)
    try:
        return _take(Now(request, room, timezone.now()), by, form)
    except Refusal as refusal:
        form.add_error(_field(refusal, by, form), str(refusal))
        return _page(request, room, by, form, status=422 if refusal.status < 500 else refusal.status)


def _form(request: Request, by: str) -> AnyForm:
    if by == "file":
        sent = request.POST  # only once this is read it is known how much there was
        return FileForm(sent, request.FILES, too_large=bool(getattr(request, "upload_too_large", False)))
    return FORMS[by](request.POST)


def _take(now: Now, by: str, form: AnyForm) -> HttpResponse:
    if isinstance(form, AddressesForm):
        return _many(now, form)
    if isinstance(form, FileForm):
        return _files(now, form)
    if isinstance(form, TextForm):
        return _text(now, form)
    return _one(now, form)


def _one(now: Now, form: AddressForm) -> HttpResponse:
    address = form.cleaned_data["address"]
    held = adding_many.held_at(dossier_id=now.room.dossier.pk, address=address)
    if held is not None and "again" not in now.request.POST:
        return _page(now.request, now.room, "address", form, results=[_held(now.room, address, Held(held))], again=True)
    added = adding.add_address(dossier=now.room.dossier, address=address, by=actor(now.request), at=now.at)
    return _on_its_way(now, added, _("This address is on its way already."))


def _text(now: Now, form: TextForm) -> HttpResponse:
    data = form.cleaned_data
    body = data["text"].encode("utf-8", "surrogatepass")
    held = adding.held_already(dossier_id=now.room.dossier.pk, body=body, address=data["address"])
    if held is not None:
        return _page(now.request, now.room, "text", form, results=[_held(now.room, _("The pasted text"), held)])
    added = adding.add_text(
        dossier=now.room.dossier,
        text=data["text"],
        described=form.described(),
        address=data["address"],
        by=actor(now.request),
        at=now.at,
        idempotency_key=form.key_of(data["text"]),
    )
    return _on_its_way(now, added, _("This text is on its way already."))


def _on_its_way(now: Now, added: Added, already: str) -> HttpResponse:
    waking.wake(added.intake)
    messages.success(now.request, _("It is on its way.") if added.new else already)
    return redirect("intake", slug=now.room.dossier.slug)


def _many(now: Now, form: AddressesForm) -> HttpResponse:
    lines = adding_many.add_addresses(
        dossier=now.room.dossier,
        named=form.cleaned_data["pasted"],
        by=actor(now.request),
        at=now.at,
        once=form.cleaned_data["once"],
    )
    results = []
    for line in lines:
        url, ref = _where(now.room, Held(line.article, line.intake))
        says = line.reason if line.fate is Fate.REFUSED else str(SAYS[line.fate])
        # As it is kept: without whoever's password.
        name = line.intake.address if line.fate is Fate.REFUSED and line.intake else line.named.text
        results.append(Result(name, line.fate, says, url=url, ref=ref, line=line.named.line, code=line.code))
    taken = [line.intake for line in lines if line.fate is Fate.TAKEN and line.intake is not None]
    return _results(now, "addresses", results, taken, silent=form.silent)


def _files(now: Now, form: FileForm) -> HttpResponse:
    """Each file for itself: one that is refused keeps no other out."""
    files = form.cleaned_data["file"]
    results: list[Result] = []
    taken: list[Intake] = []
    for file in files:
        body = body_of(file)
        held = adding.held_already(dossier_id=now.room.dossier.pk, body=body, address=form.cleaned_data["address"])
        if held is not None:
            results.append(_held(now.room, file.name, held))
            continue
        try:
            added = adding.add_file(
                dossier=now.room.dossier,
                name=file.name,
                media_type=file.content_type or "",
                body=body,
                described=form.described(),
                address=form.cleaned_data["address"],
                by=actor(now.request),
                at=now.at,
                idempotency_key=form.key_of(body),
            )
        except Refusal as refusal:
            if len(files) == 1:
                raise
            url = _kept_at(now.room, refusal.intake_id)
            results.append(Result(file.name, Fate.REFUSED, str(refusal), url=url, code=refusal.code))
            continue
        if len(files) == 1:
            return _on_its_way(now, added, _("This file is on its way already."))
        fate = Fate.TAKEN if added.new else Fate.COMING
        url, ref = _where(now.room, Held(intake=added.intake))
        results.append(Result(file.name, fate, str(SAYS[fate]), url=url, ref=ref))
        taken.append(added.intake)
    return _results(now, "file", results, taken)


def _held(room: Room, name: str, held: Held) -> Result:
    """That it is here already, with where."""
    url, ref = _where(room, held)
    if held.article is not None:
        return Result(name, Fate.HELD, str(SAYS[Fate.HELD]), url=url, ref=ref)
    unpacked = held.intake is not None and held.intake.outcome == Intake.Outcome.UNPACKED
    says = _("was unpacked already") if unpacked else str(SAYS[Fate.COMING])
    return Result(name, Fate.HELD if unpacked else Fate.COMING, says, url=url, ref=ref)


def _where(room: Room, held: Held) -> tuple[str, str]:
    slug = room.dossier.slug
    if held.article is not None:
        return reverse("article", kwargs={"slug": slug, "number": held.article.ref}), held.article.ref
    if held.intake is not None:
        return _kept_at(room, str(held.intake.public_id)), ""
    return "", ""


def _kept_at(room: Room, intake_id: str) -> str:
    return reverse("intake-one", kwargs={"slug": room.dossier.slug, "intake_id": intake_id}) if intake_id else ""


def _results(
    now: Now, by: str, results: list[Result], taken: list[Intake], *, silent: Sequence[int] = ()
) -> HttpResponse:
    for row in taken[:WOKEN_AT_ONCE]:
        waking.wake(row)
    batch = taken[0].public_id if taken else None
    told: dict[str, Any] = {
        "silent": ", ".join(str(line) for line in silent[:LINES_TOLD]) + (" …" if len(silent) > LINES_TOLD else ""),
        "silent_count": len(silent),
    }
    return _page(now.request, now.room, by, FORMS[by](), results=results, batch=batch, **told)


def _field(refusal: Refusal, by: str, form: forms.Form) -> str | None:
    """The field that a refusal is about: bytes where they are empty or too many, else the address if there is one."""
    if refusal.code in OF_THE_BYTES:
        return ABOUT[by]
    return "address" if "address" in form.fields else None


def _page(
    request: Request,
    room: Room,
    by: str,
    form: forms.Form,
    *,
    status: int = 200,
    **more: object,
) -> HttpResponse:
    url = reverse("article-add", kwargs={"slug": room.dossier.slug})
    described = by in ("text", "file")
    names = [o.name for o in outlets(room.dossier.pk, limit=OUTLETS_SUGGESTED)] if described else []
    tabs = [Tab(str(label), f"{url}?by={name}", name == by) for name, label in TABS]
    context = {"by": by, "form": form, "outlets": names, "tabs": tabs, "counts": _counts(more.get("results")), **more}
    return page(request, "articles/add.html", context, status=status)


def _counts(results: object) -> Mapping[str, int]:
    """How many lines met each fate."""
    found: dict[str, int] = {}
    for result in results if isinstance(results, list) else ():
        found[result.fate.value] = found.get(result.fate.value, 0) + 1
    return found
