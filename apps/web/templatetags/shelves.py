"""The words of an article with its marks, written by code: a template's own white space would get between them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


class Piece(Protocol):
    """Words under the same marks: how they look, and the statement that they are evidence of, if of any."""

    @property
    def words(self) -> str: ...
    @property
    def look(self) -> str: ...
    @property
    def statement(self) -> str: ...


@register.simple_tag
def marked_words(pieces: Iterable[Piece]) -> SafeString:
    """`{% marked_words paragraph.pieces %}`: each mark leads to its statement beside the text."""
    return format_html_join("", "{}", ((_piece(piece),) for piece in pieces))


def _piece(piece: Piece) -> SafeString:
    if not piece.statement:
        return format_html("{}", piece.words)
    if piece.words.isspace():  # between two words that are marks by themselves: nothing to read out or to press
        return format_html('<span class="{}">{}</span>', piece.look, piece.words)
    return format_html('<a class="ink {}" href="#s-{}">{}</a>', piece.look, piece.statement, piece.words)
