"""NewsML-G2, the XML of the wires (IPTC): one news item, or several in a message.

The words of an item are in NITF, in XHTML or in plain text; all are read, and the names of their elements without their
namespaces, since wires declare them each in its own way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from lxml import etree

from apps.articles import blocks, texts
from apps.articles.formats.members import LeftOut, Member
from apps.articles.formats.wires import WireItem, later, line, moment, of_markup
from apps.articles.refusals import Unreadable

VERSION: Final = "1"
MEDIA_TYPE: Final = "application/vnd.iptc.g2.newsitem+xml"
DEEPEST: Final = 200
MOST_ELEMENTS: Final = 200_000

_ENTITY: Final = re.compile(rb"<!ENTITY|<\0!\0E\0N\0T\0I\0T\0Y\0|\0<\0!\0E\0N\0T\0I\0T\0Y", re.IGNORECASE)
# NITF beside what HTML has: lines of headlines, a paragraph's like, and what holds others.
_BLOCKS: Final = blocks.FLAT | {
    "hl1",
    "hl2",
    "block",
    "bq",
    "body.content",
    "body.end",
    "body.head",
    "note",
    "dateline",
}
_BESIDE: Final = ("media", "media-caption", "figure", "script", "style", "body.head", "head")


def read(body: bytes) -> WireItem:
    """Read one item. Raises ``Unreadable``: not_readable, too_deep, too_large, empty_text, entities_declared."""
    root = _parsed(body)
    item = root if _name(root) == "newsItem" else next(_all(root, "newsItem"), None)
    if item is None:
        raise Unreadable("not_readable", "no newsItem")
    text, captions = _content(item)
    about = _first(item, "itemMeta")
    meta = _first(item, "contentMeta")
    sent = moment(_value(about, "firstCreated"), _value(meta, "contentCreated"), _value(about, "versionCreated"))
    return WireItem(
        identity=line(item.get("guid")),
        headline=_value(meta, "headline"),
        text=text,
        captions=captions,
        byline=_byline(meta),
        credit=_value(meta, "creditline", 120) or _label(meta, "infoSource"),
        outlet_name=_label(about, "provider"),
        published=sent,
        modified=later(moment(_value(about, "versionCreated")), sent),
        language=_language(item, meta),
        usage_terms=_value(_first(item, "rightsInfo"), "usageTerms", 2_000),
    )


def members(body: bytes) -> Iterator[Member | LeftOut]:
    """The news items of a message, each a document of its own; packages and items without words are counted.

    Raises ``Unreadable``: not_readable, too_deep, too_large, entities_declared.
    """
    root = _parsed(body)
    left_out: Counter[str] = Counter()
    for name in ("packageItem", "conceptItem", "knowledgeItem", "planningItem", "catalogItem"):
        left_out[name] += sum(1 for _ in _all(root, name))
    for number, item in enumerate(_all(root, "newsItem"), start=1):
        if not any(_name(part) in ("inlineXML", "inlineData") for part in item.iter()):
            left_out["newsItem without words"] += 1
            continue
        tail, item.tail = item.tail, None
        cut = etree.tostring(item, encoding="utf-8", xml_declaration=True)
        item.tail = tail
        yield Member(name=f"{number} {line(item.get('guid'), 300)}".strip(), body=cut, media_type=MEDIA_TYPE)
    yield LeftOut({name: count for name, count in left_out.items() if count})


def _parsed(body: bytes) -> Any:
    if _ENTITY.search(body):
        raise Unreadable("entities_declared")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        deep = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
        raise Unreadable("too_deep" if deep else "not_readable", str(error)[:200]) from error
    _check_depth(root)
    return root


def _check_depth(root: Any) -> None:
    depth = count = 0
    for event, _element in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        count += event == "start"
        if depth > DEEPEST:
            raise Unreadable("too_deep", f"deeper than {DEEPEST} elements")
        if count > MOST_ELEMENTS:
            raise Unreadable("too_large", f"more than {MOST_ELEMENTS} elements")


def _name(element: Any) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(element: Any, name: str) -> Iterator[Any]:
    return iter(element.iter("{*}" + name)) if element is not None else iter(())


def _first(element: Any, name: str) -> Any:
    return next(_all(element, name), None)


def _words(element: Any, most: int = 500) -> str:
    return line("".join(element.itertext()), most) if element is not None else ""


def _value(element: Any, name: str, most: int = 500) -> str:
    """The words of the first element of a name that has some."""
    return next((words for found in _all(element, name) if (words := _words(found, most))), "")


def _label(element: Any, name: str) -> str:
    """Who is meant by a name: in words, else as the code says behind its scheme ("nprov:NRW")."""
    for found in _all(element, name):
        told = _value(found, "name", 120) or line(found.get("literal"), 120)
        if told or found.get("qcode"):
            return told or line(found.get("qcode").rpartition(":")[2], 120)
    return ""


def _byline(meta: Any) -> str:
    said = _value(meta, "by", 300)
    names = [_value(found, "name", 120) or line(found.get("literal"), 120) for found in _all(meta, "creator")]
    return said or ", ".join(dict.fromkeys(name for name in names if name))[:300]


def _language(item: Any, meta: Any) -> str:
    told = [found.get("tag") for found in _all(meta, "language")]
    told.append(item.get("{http://www.w3.org/XML/1998/namespace}lang"))
    return next((line(tag, 12).lower() for tag in told if tag), "")


def _content(item: Any) -> tuple[str, tuple[str, ...]]:
    """The words of an item and its captions, from the first of its contents that holds some."""
    for part in item.iter("{*}inlineXML", "{*}inlineData"):
        if _name(part) == "inlineXML":
            found = _of_xml(part)
        elif "html" in (part.get("contenttype") or ""):
            found = of_markup("".join(part.itertext()))
        else:
            found = texts.normalise("".join(part.itertext())), ()
        if found[0]:
            return found
    raise Unreadable("empty_text", "an item without words")


def _of_xml(part: Any) -> tuple[str, tuple[str, ...]]:
    for element in part.iter():
        if isinstance(element.tag, str):
            element.tag = _name(element)
    captions = [_words(found, 2_000) for name in ("media-caption", "figcaption") for found in part.iter(name)]
    content = next(part.iter("body.content"), None)
    if content is None:
        content = next(part.iter("body"), part)
    for element in [found for name in _BESIDE for found in content.iter(name)]:
        _drop(element)
    return blocks.rendered(content, _BLOCKS), tuple(dict.fromkeys(caption for caption in captions if caption))


def _drop(element: Any) -> None:
    """Take an element out, and leave the words behind it."""
    above, before = element.getparent(), element.getprevious()
    if element.tail:
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            above.text = (above.text or "") + element.tail
    above.remove(element)
