"""Suggesting a source, or a further name of one. Both wait for an editor."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.names import fold
from apps.dossiers.selectors import PartyLabel
from apps.sources.models import Alias, Source
from apps.sources.reading import source_named


def readable(name: str) -> str:
    """A name with at least a letter or digit in it."""
    if not fold(name):
        raise forms.ValidationError(_("A name needs at least a letter."), code="no_name")
    return name


class NameForm(forms.Form):
    """A further name of a source."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As articles write it."))
    form = forms.ChoiceField(label=_("Form"), choices=Alias.Form.choices, initial=Alias.Form.SHORT)
    language = forms.CharField(
        label=_("Language"), max_length=12, required=False, help_text=_("Its code, such as hy or az.")
    )

    def __init__(self, *args: object, taken: Sequence[str] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.taken = {fold(name) for name in taken}

    def clean_name(self) -> str:
        name = readable(self.cleaned_data["name"])
        if fold(name) in self.taken:
            raise forms.ValidationError(_("The source goes by this name already."), code="name_known")
        return name


class SourceForm(forms.Form):
    """A source that nobody has recorded yet."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("The name by which the dossier is to call it."))
    form = forms.ChoiceField(
        label=_("Form of the name"),
        choices=[choice for choice in Alias.Form.choices if choice[0] != Alias.Form.METONYM],
        initial=Alias.Form.OFFICIAL,
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Source.Kind.choices, initial=Source.Kind.INSTITUTION)
    party = forms.ChoiceField(label=_("Party"), required=False)
    speaks_for = forms.CharField(
        label=_("Speaks for"),
        max_length=200,
        required=False,
        help_text=_("A source of this dossier, by one of its names."),
    )
    role = forms.CharField(
        label=_("In what role"), max_length=120, required=False, help_text=_("Such as spokesperson.")
    )

    def __init__(self, *args: object, dossier_id: int, parties: Sequence[PartyLabel], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.dossier_id = dossier_id
        named = [(party.public_id, party.name) for party in parties]
        self.fields["party"].choices = [("", _("no party")), *named]  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        return readable(self.cleaned_data["name"])

    def clean_speaks_for(self) -> Source | None:
        name: str = self.cleaned_data["speaks_for"]
        if not name:
            return None
        found = source_named(self.dossier_id, name)
        if not found:
            raise forms.ValidationError(_("No source of this dossier goes by this name."), code="no_such_source")
        if len(found) > 1:
            raise forms.ValidationError(
                _("Several sources go by this name: give another of theirs."), code="shared_name"
            )
        return found[0]
