"""Words of two texts side by side: what was cut and what was added is marked by shape and told in words."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.articles.differing import ADDED, CUT, Extent, Run

register = template.Library()


@register.simple_tag
def different_words(runs: Iterable[Run]) -> SafeString:
    """`{% different_words change.runs %}`: exactly the words, with nothing of the template's own between them."""
    return format_html_join("", "{}", ((_run(run),) for run in runs))


def _run(run: Run) -> SafeString:
    if run.kind == CUT:
        return format_html('<del><span class="visually-hidden"> [{} </span>{}{}</del>', _("cut:"), run.words, _CLOSED)
    if run.kind == ADDED:
        return format_html('<ins><span class="visually-hidden"> [{} </span>{}{}</ins>', _("added:"), run.words, _CLOSED)
    return format_html("{}", run.words)


_CLOSED = SafeString('<span class="visually-hidden">] </span>')


@register.simple_tag
def extent_words(extent: Extent | None) -> str:
    """`{% extent_words branch.extent %}`: "1 paragraph cut, 2 changed"; empty where it was not counted."""
    if extent is None:
        return ""
    if extent.nothing:
        return _("Nothing differs, word for word.")
    parts = [
        ngettext("%(n)d paragraph cut", "%(n)d paragraphs cut", extent.cut) % {"n": extent.cut} if extent.cut else "",
        ngettext("%(n)d paragraph added", "%(n)d paragraphs added", extent.added) % {"n": extent.added}
        if extent.added
        else "",
        ngettext("%(n)d paragraph changed", "%(n)d paragraphs changed", extent.changed) % {"n": extent.changed}
        if extent.changed
        else "",
    ]
    return ", ".join(part for part in parts if part)
