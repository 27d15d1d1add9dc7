"""The article on the desks: its paragraphs with the words of every statement marked."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from apps.articles.marking import MarkedParagraph
from apps.review.card import Painted
from apps.web.templatetags.look import hue

register = template.Library()


@register.simple_tag
def marked(paragraph: MarkedParagraph[Painted], numbered: bool = True, element: str = "p") -> SafeString:
    """`{% marked paragraph %}`: the text as it stands, escaped, in spans that nest and name their statement.

    What is drawn but not part of the text carries the class "n"; `static/js/desk.js` counts the rest in code points.
    """
    runs = format_html_join(
        "",
        "{}{}{}",
        ((_opened(run.opens, run.under), run.words, _closed(run.closes)) for run in paragraph.runs),
    )
    number = format_html('<a class="n" href="#p{0}">{0}</a>', paragraph.number) if numbered else ""
    return format_html(
        '<{0} id="p{1}" data-start="{2}">{3}{4}</{0}>', element, paragraph.number, paragraph.begins, number, runs
    )


@register.filter
def heads(paragraphs: list[MarkedParagraph[Painted]], headline: str) -> bool:
    """`{% if paragraphs|heads:headline %}`: whether the text begins with its headline, which is then shown once."""
    first = "".join(run.words for run in paragraphs[0].runs) if paragraphs else ""
    return bool(headline) and first.strip() == headline.strip()


def _tag(mark: Painted) -> str:
    return "em" if mark.role == "cue" else "span"


def _opened(marks: tuple[Painted, ...], under: tuple[Painted, ...]) -> SafeString:
    return format_html_join(
        "",
        '<{} class="{}" data-a="{}" data-state="{}" data-settled="{}">',
        ((_tag(mark), _classes(mark, under), mark.key, mark.state, mark.settled) for mark in marks),
    )


def _classes(mark: Painted, under: tuple[Painted, ...]) -> str:
    classes = [f"m-{mark.role}"]
    if mark.role == "source":
        classes.append(hue(mark.party))
    if mark.role == "content" and any(m.role == "content" and m.key != mark.key for m in under[: under.index(mark)]):
        classes.append("m-nested")
    return " ".join(classes)


def _closed(marks: tuple[Painted, ...]) -> SafeString:
    return format_html_join("", "</{}>", ((_tag(mark),) for mark in marks))
