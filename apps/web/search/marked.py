"""Found words in a text that is not ours: escaped first, marked after."""

from __future__ import annotations

import re

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

# Two characters that PostgreSQL puts around what it found, and that no text is shown with: from the private use area.
BEGINS, ENDS = "\ue002", "\ue003"
_FOUND = re.compile(f"{BEGINS}([^{BEGINS}{ENDS}]*){ENDS}")


def marked(headline: str) -> SafeString:
    """What ``ts_headline`` gave, as HTML: everything escaped, each find in a ``<mark>``, stray signs left out."""
    pieces: list[SafeString] = []
    end = 0
    for found in _FOUND.finditer(headline):
        pieces += [_plain(headline[end : found.start()]), format_html("<mark>{}</mark>", found[1])]
        end = found.end()
    pieces.append(_plain(headline[end:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def _plain(text: str) -> SafeString:
    return conditional_escape(text.replace(BEGINS, "").replace(ENDS, ""))
