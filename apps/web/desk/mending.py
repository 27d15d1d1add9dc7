"""What an editor returned and stands by itself, mended: a claim, a source, a name, a counter."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from apps.core.errors import Denied, Refusal
from apps.dossiers.models import Party
from apps.dossiers.rules import Power
from apps.dossiers.selectors import PartyLabel
from apps.review.drafts import AliasDraft, ClaimDraft, CounterDraft, SourceDraft
from apps.review.models import Decision, Proposal
from apps.review.record import Record, record
from apps.review.services import judging
from apps.web.http import Request, Room, actor, in_dossier, page
from apps.web.sources.forms import NameForm, SourceForm


class ClaimForm(forms.Form):
    """A claim as suggested."""

    text = forms.CharField(label=gettext_lazy("Wording"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    about = forms.TypedMultipleChoiceField(
        label=gettext_lazy("About"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, parties: tuple[PartyLabel, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = [(str(p.id), f"{p.code} · {p.name}") for p in parties]  # type: ignore[attr-defined]


class CounterForm(forms.Form):
    """Why an analyst draws a counter; between which claims stays as it was."""

    why = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_dossier(Power.REVIEW)
def review_returned(request: Request, room: Room, key: UUID) -> HttpResponse:
    """One that was returned, with why, as a form to hand it in again or to set it aside."""
    rows = Proposal.objects.in_dossier(room.dossier.pk).exclude(kind=Proposal.Kind.ATTRIBUTION)
    proposal = rows.select_related("dossier").filter(public_id=key, state=Proposal.State.RETURNED).first()
    if proposal is None:
        raise Http404(_("Nothing of this kind was returned, or somebody mended it already."))
    found = record(proposal, user=request.user)
    form = _form(request, room, found)
    if request.method == "POST" and (request.POST.get("do") == "reject" or form.is_valid()):
        try:
            said = _decide(request, room, found, form)
        except Denied:
            raise
        except Refusal as refusal:
            return _page(request, found, form, status=refusal.status, error=str(refusal))
        messages.success(request, said)
        return redirect("review", room.dossier.slug)
    return _page(request, found, form, status=422 if request.method == "POST" else 200)


def _decide(request: Request, room: Room, found: Record, form: forms.Form) -> str:
    raw = request.POST.get("expected", "")
    held: dict[str, Any] = {
        "proposal": found.proposal,
        "expected_revision": int(raw) if raw.isdecimal() and len(raw) < 10 else 0,
        "by": actor(request),
        "at": timezone.now(),
    }
    if request.POST.get("do") == "reject":
        judging.reject(**held)
        return _("Set aside.")
    data = form.cleaned_data
    match found.proposal.kind:
        case Proposal.Kind.CLAIM:
            judging.resubmit(draft=ClaimDraft(data["text"], about=tuple(data["about"])), **held)
        case Proposal.Kind.SOURCE:
            parties = Party.objects.in_dossier(room.dossier.pk).current()
            names = {name: data[name] for name in ("name", "kind", "form", "role")}
            judging.resubmit(
                draft=replace(SourceDraft.read(found.revision.body), **names),
                party=parties.filter(public_id=data["party"]).first() if data["party"] else None,
                institution=data["speaks_for"],
                **held,
            )
        case Proposal.Kind.ALIAS:
            judging.resubmit(draft=AliasDraft(**data), **held)
        case _:
            judging.resubmit(draft=CounterDraft(data["why"].strip()), **held)
    return _("It waits for an editor again.")


def _form(request: Request, room: Room, found: Record) -> forms.Form:
    """The form of its kind, as the last revision has it or as it was filled."""
    data = request.POST if request.method == "POST" else None
    body: dict[str, Any] = found.revision.body
    match found.proposal.kind:
        case Proposal.Kind.CLAIM:
            return ClaimForm(data, parties=room.parties, initial=body)
        case Proposal.Kind.SOURCE:
            initial = body | _ties(found)
            return SourceForm(data, initial=initial, dossier_id=room.dossier.pk, parties=room.parties)
        case Proposal.Kind.ALIAS:
            return NameForm(data, initial=body)
        case _:
            return CounterForm(data, initial=body)


def _ties(found: Record) -> dict[str, str]:
    who = found.simple.source if found.simple else None
    return {
        "party": who.party.public_id if who and who.party else "",
        "speaks_for": who.speaks_for if who else "",
    }


def _page(request: Request, found: Record, form: forms.Form, *, status: int, error: str = "") -> HttpResponse:
    returned = next((d for d in found.decisions if d.verb == Decision.Verb.RETURN), None)
    context = {"record": found, "simple": found.simple, "form": form, "returned": returned, "error": error}
    return page(request, "desk/returned.html", context, status=status)
