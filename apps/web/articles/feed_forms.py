"""What is said of a feed that is to be followed, and the list of feeds that is brought along."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from apps.articles import listings, opml
from apps.articles.items import FeedUnreadable
from apps.articles.models import Feed
from apps.articles.services.following import USUAL_LEAST, USUAL_MOST, USUAL_SECONDS, Wanted

AUTO = ""
LEAST = (
    (60, _("every minute")),
    (USUAL_LEAST, _("every 5 minutes")),
    (USUAL_SECONDS, _("every 15 minutes")),
    (3600, _("every hour")),
    (USUAL_MOST, _("every 6 hours")),
    (86_400, _("every day")),
)
MOST = (
    (3600, _("every hour")),
    (USUAL_MOST, _("every 6 hours")),
    (86_400, _("every day")),
    (7 * 86_400, _("every week")),
)


class BoundsForm(forms.Form):
    """Between which intervals a feed is asked: its own rhythm decides."""

    selector = forms.CharField(
        label=_("CSS selector"),
        max_length=listings.LONGEST_SELECTOR,
        required=False,
        help_text=_("Only for a page that lists articles: which links are articles, such as <code>main h2 a</code>."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    least = forms.TypedChoiceField(label=_("Ask it at most"), coerce=int, initial=USUAL_LEAST, choices=LEAST)
    most = forms.TypedChoiceField(label=_("and at least"), coerce=int, initial=USUAL_MOST, choices=MOST)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        selector, kind = data.get("selector", ""), data.get("kind")
        if kind == Feed.Kind.LISTING and not selector:
            told = _("Say which links on this page are articles.")
            self.add_error("selector", forms.ValidationError(told, code="required"))
        elif kind in (Feed.Kind.FEED, Feed.Kind.SITEMAP) and selector:
            told = _("This is of use for a page that lists articles only.")
            self.add_error("selector", forms.ValidationError(told, code="not_used"))
        elif selector:
            try:
                listings.check_selector(selector)
            except FeedUnreadable as refusal:
                self.add_error("selector", forms.ValidationError(str(refusal), code=refusal.code))
        if data.get("least", 0) > data.get("most", 0):
            self.add_error(
                "most",
                forms.ValidationError(
                    _("This is shorter than the shortest interval: choose as long a one, or longer."),
                    code="bad_interval",
                ),
            )
        return data

    def wanted(self, *, title: str = "") -> Wanted:
        data = self.cleaned_data
        return Wanted(
            # Whoever names links means a page that lists them.
            kind=data["kind"] or (Feed.Kind.LISTING if data["selector"] else AUTO),
            selector=data["selector"],
            title=title,
            least_seconds=data["least"],
            most_seconds=data["most"],
            name=data.get("name", ""),
        )


class FeedForm(BoundsForm):
    """A feed, a news sitemap, or a page that lists articles."""

    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        help_text=_(
            "Of a feed (RSS, Atom, JSON), a news sitemap, or a page. Its new articles are taken in by themselves."
        ),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "placeholder": "https://"}),
    )
    kind = forms.ChoiceField(label=_("What it is"), required=False, choices=[(AUTO, _("find out")), *Feed.Kind.choices])
    field_order = ["address", "kind", "selector", "least", "most"]


class ChangeForm(BoundsForm):
    """How a feed that is followed already is asked and read."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        required=False,
        help_text=_("What you call it here. Left empty, it goes by what it calls itself."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kind = forms.ChoiceField(label=_("What it is"), choices=Feed.Kind.choices)
    field_order = ["name", "kind", "selector", "least", "most"]

    def __init__(self, data: Any = None, *, feed: Feed) -> None:
        held = {"kind": feed.kind, "selector": feed.selector, "least": feed.least_seconds, "most": feed.most_seconds}
        super().__init__(data, initial=held | {"name": feed.name})
        # Bounds that another way in has set are kept unless somebody chooses others.
        for name, choices in (("least", LEAST), ("most", MOST)):
            if held[name] not in dict(choices):
                odd = (held[name], _("every %(n)s seconds") % {"n": held[name]})
                self.fields[name].choices = sorted([odd, *choices], key=lambda choice: choice[0])  # type: ignore[attr-defined]


class OpmlForm(forms.Form):
    """A list of feeds from another program."""

    file = forms.FileField(
        label=_("OPML file"),
        help_text=_("As feed readers export it; up to 1,000 feeds."),
        widget=forms.FileInput(attrs={"accept": ".opml,.xml,text/x-opml"}),
        error_messages={"empty": _("The file is empty.")},
    )

    def clean_file(self) -> UploadedFile[bytes]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if (file.size or 0) > opml.LARGEST:
            raise forms.ValidationError(_("This is larger than 2 MB, the most we take of a list."), code="too_large")
        return file
