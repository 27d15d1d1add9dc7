"""The ways in: an address, a pasted text, a file; and a feed."""

from __future__ import annotations

from datetime import datetime, time

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.articles.services.adding import LARGEST, Described

LONGEST_TEXT = 2_000_000
READABLE = (".html", ".htm", ".xhtml", ".txt", ".text")


class AddressForm(forms.Form):
    """One article, by its address."""

    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        help_text=_("Of one article. It is fetched once, at once, and kept as it was."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"}),
    )


class DescribedForm(forms.Form):
    """What a text does not say itself."""

    headline = forms.CharField(label=_("Headline"), max_length=500, required=False)
    outlet = forms.CharField(
        label=_("Outlet"),
        max_length=120,
        required=False,
        help_text=_("Who published it."),
        widget=forms.TextInput(attrs={"list": "outlets", "autocomplete": "off"}),
    )
    published = forms.DateField(
        label=_("Published on"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_published(self) -> datetime | None:
        day = self.cleaned_data["published"]
        if day is None:
            return None
        moment = timezone.make_aware(datetime.combine(day, time()))
        if moment > timezone.now():
            raise forms.ValidationError(_("This day has not come yet."), code="to_come")
        return moment

    def described(self) -> Described:
        data = self.cleaned_data
        return Described(headline=data["headline"], outlet_name=data["outlet"], published=data["published"])


class TextForm(DescribedForm):
    """A text as it was copied from somewhere."""

    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "words"}),
        help_text=_("The whole article, with a blank line between paragraphs. It is kept exactly as given."),
    )
    address = forms.CharField(
        label=_("Where it was found"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )
    field_order = ["text", "headline", "outlet", "published", "address"]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError(_("There is no text to add."), code="empty_text")
        return text


class FileForm(DescribedForm):
    """A saved page or a text file."""

    file = forms.FileField(
        label=_("File"),
        max_length=255,
        help_text=_("A saved web page or plain text, up to 25 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(READABLE)}),
        error_messages={"empty": _("The file is empty.")},
    )
    field_order = ["file", "headline", "outlet", "published"]

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(_("This is larger than 25 MB, the most we take in at once."), code="too_large")
        if not (file.name or "").lower().endswith(READABLE):
            raise forms.ValidationError(
                _("Only web pages (.html) and plain text (.txt) can be read so far."), code="not_text"
            )
        return file


class FeedForm(forms.Form):
    """An RSS or Atom feed."""

    address = forms.CharField(
        label=_("Address of a feed"),
        max_length=2000,
        help_text=_("RSS or Atom. Its new articles are taken in by themselves."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"}),
    )
    minutes = forms.TypedChoiceField(
        label=_("Ask it"),
        coerce=int,
        initial=15,
        choices=[
            (5, _("every 5 minutes")),
            (15, _("every 15 minutes")),
            (60, _("every hour")),
            (360, _("every 6 hours")),
        ],
    )


class FilterForm(forms.Form):
    """Which articles to list."""

    outlet = forms.ChoiceField(label=_("Outlet"), required=False)
    q = forms.CharField(label=_("Words in the text"), max_length=200, required=False)

    def __init__(self, *args: object, outlets: list[tuple[int, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["outlet"].choices = [("", _("every outlet")), *((str(pk), name) for pk, name in outlets)]  # type: ignore[attr-defined]
