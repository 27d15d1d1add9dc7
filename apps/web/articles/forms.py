"""The ways in: addresses, a pasted text, files, a page that a browser shows."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, time
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from apps.articles.pasted import MOST, Named, addresses_in, lines_without
from apps.articles.services.adding import LONGEST_SELECTION, Described

LONGEST_TEXT = 2_000_000
MOST_FILES = 100
FIRST_YEAR = 1800
"""As with what a page says itself."""


_SEVERAL = _("This is said of one article. Leave it empty for several files, and choose the files again.")


class Once(forms.Form):
    """A form that is the same form however often it is sent, so that a second click adds nothing."""

    once = forms.RegexField(r"^[0-9a-f]{32}\Z", required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial["once"] = secrets.token_hex(16)

    def key(self, *parts: str | bytes) -> str | None:
        """The idempotency key of these contents, sent with this form; nothing for a form without a token."""
        if not self.cleaned_data["once"]:
            return None
        digest = hashlib.sha256()
        for part in parts:
            digest.update(part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part)
            digest.update(b"\x1f")
        return f"form:{self.cleaned_data['once']}:{digest.hexdigest()[:32]}"


class AddressForm(forms.Form):
    """One article, by its address."""

    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        help_text=_("Of one article. It is fetched once, at once, and kept as it was."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"}),
    )


class AddressesForm(Once):
    """Many articles, by their addresses."""

    pasted = forms.CharField(
        label=_("Addresses"),
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_(
            "One a line, up to 500. A table, a mail or the source of a page will do as well: the addresses are found "
            "in them."
        ),
    )

    silent: tuple[int, ...] = ()
    """The lines that hold something and no address."""

    def clean_pasted(self) -> list[Named]:
        self.silent = tuple(lines_without(self.cleaned_data["pasted"]))
        found = addresses_in(self.cleaned_data["pasted"])
        if not found:
            raise forms.ValidationError(_("There is no address in this."), code="no_address")
        if len(found) > MOST:
            raise forms.ValidationError(
                _("There are %(count)s addresses in this, and at most %(most)s are taken at once. Divide the list."),
                code="too_many",
                params={"count": len(found), "most": MOST},
            )
        return found


class DescribedForm(Once):
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
    address = forms.CharField(
        label=_("Where it was found"),
        max_length=2000,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url"}),
    )

    def clean_published(self) -> datetime | None:
        day = self.cleaned_data["published"]
        if day is None:
            return None
        moment = timezone.make_aware(datetime.combine(day, time()))
        if moment.year < FIRST_YEAR:
            told = _("There were no articles yet in the year %(year)s.")
            raise forms.ValidationError(told, code="bad_time", params={"year": moment.year})
        if moment > timezone.now():
            raise forms.ValidationError(_("This day has not come yet."), code="to_come")
        return moment

    def described(self) -> Described:
        data = self.cleaned_data
        return Described(headline=data["headline"], outlet_name=data["outlet"], published=data["published"])

    def key_of(self, body: str | bytes) -> str | None:
        """The idempotency key of this text or file with what is said of it."""
        data = self.cleaned_data
        return self.key(body, data["headline"], data["outlet"], str(data["published"]), data["address"])


class TextForm(DescribedForm):
    """A text as it was copied from somewhere."""

    text = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "words"}),
        help_text=_("The whole article, with a blank line between paragraphs. It is kept exactly as given."),
    )
    field_order = ["text", "headline", "outlet", "published", "address"]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        if not text.strip():
            raise forms.ValidationError(_("There is no text to add."), code="empty_text")
        return text


class ManyFiles(forms.FileInput):
    """A choice of several files."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Any]:
        return list(files.getlist(name)) if hasattr(files, "getlist") else [files[name]] if name in files else []


class FilesField(forms.FileField):
    """Several files, each checked as one is."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        given = data or ([None] if self.required else [])
        return [super(FilesField, self).clean(one, initial) for one in given]


class FileForm(DescribedForm):
    """Saved pages, texts and archives of them."""

    file = FilesField(
        label=_("Files"),
        max_length=255,
        allow_empty_file=True,  # refused with a row that says so, as anything else that is of no use
        widget=ManyFiles(attrs={"multiple": True}),
    )
    field_order = ["file", "headline", "outlet", "published", "address"]

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.too_large = too_large
        self.fields["file"].help_text = _(
            "Web pages, plain text, PDF, ninjs or NewsML-G2, up to 25 MB each. WARC, WACZ and ZIP files of these are "
            "unpacked. Up to %(files)s files, all together up to %(mb)s MB. What a file is, its content says and not "
            "its name."
        ) % {"files": MOST_FILES, "mb": settings.LARGEST_UPLOAD_MB}
        if too_large:
            self.fields["file"].required = False

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        several = len(data.get("file") or ()) > 1
        if self.too_large:
            told = _("This is larger than %(mb)s MB, the most that is taken in at once.")
            self.add_error(
                "file",
                forms.ValidationError(told, code="too_large", params={"mb": settings.LARGEST_UPLOAD_MB}),
            )
        elif len(data.get("file") or ()) > MOST_FILES:
            told = _("These are more than %(most)s files. Put them into a ZIP, or send them bit by bit.")
            self.add_error("file", forms.ValidationError(told, code="too_many", params={"most": MOST_FILES}))
        for name in ("headline", "address"):
            if several and data.get(name):
                self.add_error(name, forms.ValidationError(_SEVERAL, code="not_used"))
        return data


class SeenForm(DescribedForm):
    """A page as the browser of whoever sends it showed it. The page itself comes as a file, exactly as it is."""

    page = forms.FileField(
        max_length=255, allow_empty_file=True, widget=forms.FileInput(attrs={"hidden": True, "tabindex": "-1"})
    )
    title = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)
    charset = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    selection = forms.CharField(max_length=LONGEST_SELECTION, required=False, widget=forms.HiddenInput, strip=False)
    seen = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)
    address = forms.CharField(max_length=2000, widget=forms.TextInput(attrs={"inputmode": "url"}), label=_("Address"))
    field_order = ["address", "headline", "outlet", "published"]

    def clean_seen(self) -> datetime | None:
        try:
            found = parse_datetime(self.cleaned_data["seen"])
        except ValueError:
            return None
        return found if found is not None and found.tzinfo is not None else None


class FilterForm(forms.Form):
    """Which articles to list."""

    outlet = forms.ChoiceField(label=_("Outlet"), required=False)
    q = forms.CharField(label=_("Words in the text"), max_length=200, required=False)

    def __init__(self, *args: object, outlets: list[tuple[int, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["outlet"].choices = [("", _("every outlet")), *((str(pk), name) for pk, name in outlets)]  # type: ignore[attr-defined]
