"""What a person changes about themselves."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Key


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Others see it beside what you did."))


class _Password(forms.PasswordInput):
    def __init__(self, autocomplete: str) -> None:
        super().__init__(attrs={"autocomplete": autocomplete})


class PasswordForm(forms.Form):
    present = forms.CharField(label=_("Present password"), strip=False, widget=_Password("current-password"))
    new = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=_Password("new-password"),
        help_text=password_validators_help_text_html(),
    )
    again = forms.CharField(label=_("New password, again"), strip=False, widget=_Password("new-password"))

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new"):
            raise forms.ValidationError(_("The two are not the same."), code="password_mismatch")
        return again


class SessionsForm(forms.Form):
    present = forms.CharField(label=_("Password"), strip=False, widget=_Password("current-password"))


class KeyForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(label=_("What it is for"), max_length=80)
    scope = forms.ChoiceField(label=_("It may"), choices=Key.Scope.choices, widget=forms.RadioSelect, initial="read")
    last_day = forms.DateField(
        label=_("Its last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Left open, it works until you revoke it."),
    )

    def clean_last_day(self) -> datetime | None:
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        ends = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))
        if ends <= timezone.now():
            raise forms.ValidationError(_("This day is past."), code="past")
        return ends
