"""The fields of a statement card. What they name is looked up in the dossier; what is wrong is said at the field."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.claims.models import Claim, Comparator, CounterKind, Counting, Measure, Stance
from apps.dossiers.selectors import PartyLabel
from apps.review.choices import called, claim_called
from apps.review.models import Proposal
from apps.sources.models import Alias, Source
from apps.statements.models import Kind, Quotation, Statement
from apps.web.http import FIRST_YEAR, LAST_YEAR

ROLES = ("source", "cue", "content")
NO_CLAIM = "none"
MOST_POSITIONS = 6
MOST_FIGURES = 12
SECONDS = "%Y-%m-%dT%H:%M:%S"
KIND_STANCE = {
    Kind.ASSERTION: Stance.ASSERTS,
    Kind.ACCUSATION: Stance.ASSERTS,
    Kind.JUSTIFICATION: Stance.ASSERTS,
    Kind.DENIAL: Stance.DENIES,
    Kind.ACKNOWLEDGEMENT: Stance.CONCEDES,
    Kind.NO_COMMENT: Stance.DECLINES,
    Kind.RETRACTION: Stance.RETRACTS,
}
"""The stance that a kind of statement suggests, until a person says otherwise."""


def public_id(value: str, *, letter: str) -> uuid.UUID | None:
    """The id in ``S-…`` or ``P-…``, or ``None`` if it is none."""
    if not value.startswith(f"{letter}-"):
        return None
    try:
        return uuid.UUID(value[2:])
    except ValueError:
        return None


def held_source(dossier_id: int, value: str) -> Source | None:
    found = public_id(value, letter="S")
    return Source.objects.in_dossier(dossier_id).current().filter(public_id=found).first() if found else None


def pending(dossier_id: int, value: str, kind: str) -> Proposal | None:
    """The proposal that a form names, of this kind, as long as it waits or was approved."""
    found = public_id(value, letter="P")
    if found is None:
        return None
    rows = Proposal.objects.in_dossier(dossier_id).filter(kind=kind, public_id=found)
    return rows.filter(state__in=[Proposal.State.SUBMITTED, Proposal.State.APPROVED]).first()


class CardForm(forms.Form):
    """Who said it, on whose behalf, how and when. Claims and figures have forms of their own."""

    expected = forms.IntegerField(required=False, widget=forms.HiddenInput)
    source = forms.CharField(required=False, max_length=60)
    source_q = forms.CharField(label=_("Another source"), required=False, max_length=200)
    new_name = forms.CharField(label=_("Name"), required=False, max_length=200)
    new_kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("choose")), *Source.Kind.choices])
    new_party = forms.ChoiceField(label=_("Party"), required=False)
    new_institution = forms.CharField(label=_("Speaks for"), required=False, max_length=200)
    new_role = forms.CharField(label=_("Role there"), required=False, max_length=120)
    learn = forms.BooleanField(required=False)
    learn_form = forms.ChoiceField(
        label=_("Form of the name"), required=False, choices=Alias.Form.choices, initial=Alias.Form.SHORT
    )
    principal = forms.CharField(
        label=_("On whose behalf"),
        required=False,
        max_length=200,
        help_text=_("Empty: the source speaks for itself."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    quotation = forms.ChoiceField(label=_("Quotation"), choices=Quotation.choices)
    channel = forms.CharField(label=_("Channel"), required=False, max_length=60)
    said_from = forms.DateTimeField(label=_("Said from"), required=False)
    said_until = forms.DateTimeField(label=_("Said until"))
    relayed_by = forms.ChoiceField(label=_("Relayed by"), required=False)
    note = forms.CharField(
        label=_("Note to the editor"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    source_words = forms.CharField(required=False, max_length=4000, strip=False)
    source_ranges = forms.CharField(required=False, max_length=2000)
    source_occurrence = forms.IntegerField(required=False, min_value=1)
    cue_words = forms.CharField(required=False, max_length=4000, strip=False)
    cue_ranges = forms.CharField(required=False, max_length=2000)
    cue_occurrence = forms.IntegerField(required=False, min_value=1)
    content_words = forms.CharField(required=False, max_length=20_000, strip=False)
    content_ranges = forms.CharField(required=False, max_length=2000)
    content_occurrence = forms.IntegerField(required=False, min_value=1)

    def __init__(
        self,
        *args: Any,
        dossier_id: int,
        parties: tuple[PartyLabel, ...],
        relayers: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.dossier_id = dossier_id
        self._choices("new_party", [("", _("no party")), *((p.public_id, f"{p.code} · {p.name}") for p in parties)])
        self._choices("relayed_by", [("", _("nobody: it reaches us as the source’s own")), *relayers])
        for name in ("said_from", "said_until"):
            self.fields[name].widget = forms.DateTimeInput(
                format=SECONDS, attrs={"type": "datetime-local", "step": "1"}
            )
        self.fields["principal"].widget.attrs["list"] = "source-names"
        self.fields["new_institution"].widget.attrs["list"] = "source-names"

    def hidden_spans(self) -> list[forms.BoundField]:
        """What the card carries of the spans while they are not being edited."""
        return [self[f"{role}_{part}"] for role in ROLES for part in ("words", "ranges", "occurrence")]

    def _choices(self, name: str, choices: list[tuple[str, str | Promise]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _called(self, name: str) -> Source | None:
        typed = self.cleaned_data.get(name, "").strip()
        if not typed:
            return None
        found = called(self.dossier_id, typed)
        if not found:
            raise forms.ValidationError(_("No source of this dossier goes by that name."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several sources go by that name: write a fuller one."))
        return found[0]

    def _clean_moment(self, name: str) -> datetime | None:
        value: datetime | None = self.cleaned_data[name]
        if value is not None and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise forms.ValidationError(_("No time like that can be recorded: look at the year."))
        return value

    def clean_said_from(self) -> datetime | None:
        return self._clean_moment("said_from")

    def clean_said_until(self) -> datetime | None:
        return self._clean_moment("said_until")

    def clean_principal(self) -> Source | None:
        return self._called("principal")

    def clean_new_institution(self) -> Source | None:
        return self._called("new_institution")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        value = data.get("source", "")
        data["held"] = held_source(self.dossier_id, value)
        data["pending"] = pending(self.dossier_id, value, Proposal.Kind.SOURCE)
        if value == "new":
            if not data.get("new_name", "").strip():
                self.add_error("new_name", _("A source needs a name."))
            if not data.get("new_kind"):
                self.add_error("new_kind", _("Choose what kind of source it is."))
        elif data["held"] is None and data["pending"] is None:
            self.add_error(
                "source", _("That source is not held any more: choose again.") if value else _("Choose who said it.")
            )
        return data


class PositionForm(forms.Form):
    """A claim and what the statement does to it; blank if no claim is chosen and nothing else was said."""

    claim = forms.CharField(required=False, max_length=60)
    claim_q = forms.CharField(label=_("Find a claim"), required=False, max_length=200)
    wording = forms.CharField(
        label=_("Wording"), required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
    about = forms.MultipleChoiceField(label=_("About"), required=False, widget=forms.CheckboxSelectMultiple)
    stance = forms.ChoiceField(required=False, choices=[("", ""), *Stance.choices])
    offered = forms.CharField(required=False, widget=forms.HiddenInput)
    retracts = forms.CharField(required=False, max_length=60)
    against = forms.CharField(label=_("It answers the claim"), required=False, max_length=20)
    counter_kind = forms.ChoiceField(
        label=_("which it"), required=False, choices=[("", _("choose")), *CounterKind.choices]
    )

    def __init__(self, *args: Any, dossier_id: int, parties: tuple[PartyLabel, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.dossier_id = dossier_id
        about = self.fields["about"]
        assert isinstance(about, forms.MultipleChoiceField)
        about.choices = [(str(p.id), f"{p.code} · {p.name}") for p in parties]
        self.fields["against"].widget.attrs["placeholder"] = "C-0001"

    @property
    def chosen(self) -> str:
        value = str(self["claim"].value() or "")
        return "" if value == NO_CLAIM else value

    @property
    def stance_now(self) -> str:
        return str(self["stance"].value() or "")

    @property
    def is_blank(self) -> bool:
        """Nothing was said here but what the card suggested."""
        data = self.cleaned_data
        return not (data.get("claim") or data.get("wording") or data.get("against")) and (
            data.get("stance", "") in ("", data.get("offered", ""))
        )

    def clean_claim(self) -> str:
        value: str = self.cleaned_data["claim"]
        return "" if value == NO_CLAIM else value

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["held"], data["pending"], data["against_claim"], data["retracted"] = None, None, None, None
        if self.is_blank:
            return data
        value = data.get("claim", "") or ("new" if data.get("wording", "").strip() else "")
        data["claim"] = value
        if value == "new":
            if not data.get("wording", "").strip():
                self.add_error("wording", _("A claim needs a wording."))
        else:
            data["held"] = claim_called(self.dossier_id, value) if value else None
            data["pending"] = pending(self.dossier_id, value, Proposal.Kind.CLAIM)
            if data["held"] is None and data["pending"] is None:
                self.add_error("claim", _("Choose the claim that the position is on."))
        self._clean_stance(data)
        self._clean_counter(data)
        return data

    def _clean_stance(self, data: dict[str, Any]) -> None:
        if not data.get("stance") and not data.get("against"):
            self.add_error("stance", _("Say what the source does to this claim."))
        if data.get("stance") == Stance.RETRACTS:
            found = public_id(data.get("retracts", ""), letter="S")
            held = Statement.objects.in_dossier(self.dossier_id).current()
            data["retracted"] = held.filter(public_id=found).first() if found else None
            if data["retracted"] is None:
                self.add_error("retracts", _("Say which statement is taken back."))

    def _clean_counter(self, data: dict[str, Any]) -> None:
        typed, kind = data.get("against", "").strip(), data.get("counter_kind", "")
        if not typed and not kind:
            return
        found: Claim | None = claim_called(self.dossier_id, typed)
        data["against_claim"] = found
        if found is None:
            self.add_error("against", _("There is no claim with that reference, such as C-0007."))
        elif found == data.get("held"):
            self.add_error("against", _("A claim cannot answer itself."))
        if not kind:
            self.add_error("counter_kind", _("Say how it answers it."))


class FigureForm(forms.Form):
    """A number; blank if there is none. ``part_of`` is the number of another figure of the card, from 1."""

    measure = forms.ChoiceField(label=_("Measure"), required=False, choices=Measure.choices)
    comparator = forms.ChoiceField(label=_("How much"), required=False, choices=Comparator.choices)
    low = forms.IntegerField(label=_("Number"), required=False, min_value=0, max_value=2**62)
    high = forms.IntegerField(label=_("up to"), required=False, min_value=0, max_value=2**62)
    of_whom = forms.CharField(label=_("Of whom"), required=False, max_length=160)
    counting = forms.ChoiceField(label=_("Counts"), required=False, choices=Counting.choices, initial=Counting.UNSTATED)
    part_of = forms.TypedChoiceField(label=_("Included in"), required=False, coerce=int, empty_value=None)
    remove = forms.BooleanField(label=_("remove"), required=False)

    def __init__(self, *args: Any, others: Sequence[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["part_of"]
        assert isinstance(field, forms.ChoiceField)
        named = ((str(number), _("Figure %(n)d") % {"n": number}) for number in others)
        field.choices = [("", _("no other figure")), *named]

    @property
    def is_blank(self) -> bool:
        data = self.cleaned_data
        return bool(data.get("remove")) or (data.get("low") is None and data.get("high") is None)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.is_blank:
            return data
        if data.get("low") is None:
            self.add_error("low", _("A figure needs a number."))
        elif data.get("comparator") == Comparator.RANGE:
            if data.get("high") is None or data["high"] <= data["low"]:
                self.add_error("high", _("A range needs a second number, above the first."))
        elif data.get("high") is not None:
            self.add_error("high", _("Only a range has two numbers."))
        return data


PositionFormSet = forms.formset_factory(PositionForm, extra=0, max_num=MOST_POSITIONS, validate_max=True)


class Figures(forms.BaseFormSet[FigureForm]):
    """The figures of a card. Each may be included in any of the others."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        count = self.total_form_count() if index is not None else 0
        others = [number for number in range(1, count + 1) if number - 1 != index]
        return {**super().get_form_kwargs(index), "others": others}


FigureFormSet = forms.formset_factory(FigureForm, formset=Figures, extra=0, max_num=MOST_FIGURES, validate_max=True)
