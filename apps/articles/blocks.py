"""From a tree of elements to text: a blank line around every block, a line for each row and each line break."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree
from lxml.html import HtmlElement

from . import texts

DRAWN: Final = frozenset({"p", "head", "item", "quote", "table", "code", "pre", "list", "div"})
"""The blocks of what trafilatura draws from a page."""
FLAT: Final = frozenset(
    (
        "article", "blockquote", "body", "dd", "div", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "li", "main", "p",
        "pre", "section", "td", "th", "tr",
    )
)  # fmt: skip
"""The blocks of HTML, where each cell of a table is one."""

_LINES: Final = frozenset({"lb", "br", "row"})
_SPACE: Final = re.compile(r"[ \t\r\n\f\v]+")
# Elements that hold no words of an article.
_FURNITURE: Final = (
    "script", "style", "noscript", "template", "head", "nav", "header", "footer", "aside", "form", "button", "select",
    "iframe", "svg", "object", "figure",
)  # fmt: skip


def rendered(root: HtmlElement, blocks: frozenset[str]) -> str:
    """The words under ``root``, normalised."""
    parts: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        if tag in blocks:
            parts.append("\n\n")
        elif tag in _LINES and event == "start":
            parts.append("\n")
        elif tag == "cell" and event == "end" and element.getnext() is not None:
            parts.append(" | ")
        words = element.text if event == "start" else element.tail if element is not root else None
        if words:
            parts.append(_SPACE.sub(" ", words))
    return texts.normalise("\n".join(line.strip(" ") for line in "".join(parts).split("\n")))


def whole_page(tree: HtmlElement) -> str:
    """Every word of a page outside its furniture, which is taken out of it."""
    body = tree.find("body")
    page = tree if body is None else body
    for element in [found for name in _FURNITURE for found in page.iter(name)]:
        element.drop_tree()
    return rendered(page, FLAT)
