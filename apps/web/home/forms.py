"""Opening a dossier."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.dossiers.models import Dossier, known_zone


class DossierForm(forms.Form):
    """A new body of work."""

    title = forms.CharField(
        label=_("Title"), max_length=160, help_text=_("What the conflict is called, by nobody's side.")
    )
    slug = forms.SlugField(
        label=_("Short name in addresses"), max_length=60, help_text=_("Small letters, digits and hyphens. It stays.")
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        max_length=60,
        initial="UTC",
        validators=[known_zone],
        help_text=_("All times are shown in it, such as Asia/Baku."),
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].lower()
        if Dossier.objects.filter(slug=slug).exists():
            raise forms.ValidationError(_("Another dossier has this short name."), code="slug_taken")
        return slug
