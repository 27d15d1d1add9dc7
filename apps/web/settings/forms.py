"""What a manager sets."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.dossiers.models import Role, known_zone
from apps.dossiers.selectors import PartyLabel


class DossierForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=160)
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        validators=[known_zone],
        help_text=_("All times are shown in it, such as Asia/Baku."),
    )


class PartyForm(forms.Form):
    code = forms.CharField(
        label=_("Code"), max_length=4, help_text=_("One to four letters, beside its colour wherever it is shown.")
    )
    name = forms.CharField(label=_("Name"), max_length=80)

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not code.isalnum():
            raise forms.ValidationError(_("A code has letters and digits only."), code="bad_code")
        return code.upper()


class OutletForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    host = forms.CharField(
        label=_("Host of its pages"), max_length=255, required=False, help_text=_("Such as www.example.org.")
    )


class OutletNameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)


class ToponymForm(forms.Form):
    """One of the names of a place."""

    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    party = forms.ChoiceField(label=_("Used by"), required=False)
    language = forms.CharField(label=_("Language"), max_length=12, required=False)

    def __init__(self, *args: object, parties: Sequence[PartyLabel], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        named = [(party.public_id, party.name) for party in parties]
        self.fields["party"].choices = [("", _("in common use")), *named]  # type: ignore[attr-defined]

    def clean(self) -> None:
        if not self.cleaned_data.get("name") and (self.cleaned_data.get("party") or self.cleaned_data.get("language")):
            self.add_error("name", forms.ValidationError(_("Which name?"), code="no_name"))


class _Toponyms(forms.BaseFormSet[ToponymForm]):
    """The names of one place: at least one, none twice."""

    def clean(self) -> None:
        names = [form.cleaned_data["name"] for form in self.forms if form.cleaned_data.get("name")]
        if any(self.errors):
            return
        if not names:
            raise forms.ValidationError(_("A place needs at least one name."), code="no_name")
        if len({name.casefold() for name in names}) != len(names):
            raise forms.ValidationError(_("The same name stands here twice."), code="name_twice")


ToponymFormSet = forms.formset_factory(ToponymForm, formset=_Toponyms, extra=4, max_num=12)


class InviteForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"), max_length=254)
    name = forms.CharField(
        label=_("Name"), max_length=120, required=False, help_text=_("For somebody who has no account yet.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.ANALYST)


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
