"""Which origins to list, and what a person says when deciding about one."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.articles.services.placing import LONGEST_REASON

_REF = re.compile(r"(?:A-)?0*(\d{1,9})", re.IGNORECASE)


class FilterForm(forms.Form):
    """Which origins to list."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("carried by several articles")),
            ("all", _("all, also of one article alone")),
            ("decided", _("where somebody decided")),
        ],
    )
    q = forms.CharField(label=_("Called"), max_length=160, required=False)


class PlaceForm(forms.Form):
    """Why an article is parted from an origin, or put with one."""

    reason = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Say why: it is kept with the decision.")},
    )
    other = forms.CharField(
        label=_("Article"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "A-0001", "size": 8}),
    )
    own_label = forms.CharField(
        label=_("Give it an origin of its own, called"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    along = forms.BooleanField(required=False)

    def clean_other(self) -> int | None:
        raw: str = self.cleaned_data["other"].strip()
        if not raw:
            return None
        match = _REF.fullmatch(raw)
        if match is None:
            raise forms.ValidationError(_("Name an article as in A-0001."), code="no_such_article")
        return int(match[1])
