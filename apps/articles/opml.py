"""OPML 2.0 (opml.org/spec2): lists of feeds, read and written.

What OPML has no words for, as the kind of what is followed, its rhythm and a pause, is written in attributes of a
namespace of our own, as the standard allows; other programs see an ordinary outline.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any, Final

from lxml import etree

from .feeds import NOT_XML, decoded, markup
from .items import FeedUnreadable, plain
from .rhythm import LONGEST_INTERVAL, SHORTEST

LARGEST: Final = 2 * 2**20
"""The most bytes of one file."""
MOST_FEEDS: Final = 1_000
MOST_OUTLINES: Final = 20_000
NAMESPACE: Final = "urn:counterclaim:opml"

_KIND: Final = f"{{{NAMESPACE}}}kind"
_SELECTOR: Final = f"{{{NAMESPACE}}}selector"
_NAME: Final = f"{{{NAMESPACE}}}name"
_LEAST: Final = f"{{{NAMESPACE}}}least"
_MOST: Final = f"{{{NAMESPACE}}}most"
_PAUSED: Final = f"{{{NAMESPACE}}}paused"


@dataclass(frozen=True, slots=True)
class Entry:
    """A feed that an outline names. ``kind`` is feed, sitemap or listing; ``group`` are the titles around it.

    ``name``, the shortest and the longest interval in seconds (0: not told) and whether it is paused are told by files
    of ours alone.
    """

    address: str
    title: str
    group: str = ""
    kind: str = "feed"
    selector: str = ""
    name: str = ""
    least_seconds: int = 0
    most_seconds: int = 0
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """The feeds of a file in its order, those that stand in it several times too; ``cut`` says that there were more."""

    title: str
    entries: tuple[Entry, ...]
    cut: bool


def parse(body: bytes) -> Outline:
    """Read a file of any version. An outline without the address of a feed only groups others.

    Raises ``FeedUnreadable``: not_opml, entities_declared, too_large, bad_encoding, not_text.
    """
    if len(body) > LARGEST:
        raise FeedUnreadable("too_large", f"{len(body)} bytes, more than {LARGEST}")
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(markup(decoded(body, content_type="")).encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FeedUnreadable("not_opml", str(error)[:200]) from error
    if root is None or root.tag != "opml":
        raise FeedUnreadable("not_opml", "its root is another")
    entries: list[Entry] = []
    cut = False
    for number, outline in enumerate(root.iter("outline")):
        entry = _entry(outline)
        if number >= MOST_OUTLINES or (entry is not None and len(entries) == MOST_FEEDS):
            cut = True
            break
        if entry is not None:
            entries.append(entry)
    return Outline(title=plain(root.findtext("head/title")), entries=tuple(entries), cut=cut)


def _entry(outline: Any) -> Entry | None:
    # Names of attributes are told apart by case; many programs do not care.
    said = {name.lower(): value for name, value in outline.attrib.items()}
    address = said.get("xmlurl", "").strip()
    if not address:
        return None
    kind = outline.get(_KIND, "feed")
    return Entry(
        address=address[:2_000],
        title=_title(said)[:300],
        group=" / ".join(reversed(list(_groups(outline))))[:300],
        kind=kind if kind in {"feed", "sitemap", "listing"} else "feed",
        selector=outline.get(_SELECTOR, "")[:300] if kind == "listing" else "",
        name=plain(outline.get(_NAME))[:120],
        least_seconds=_seconds(outline.get(_LEAST)),
        most_seconds=_seconds(outline.get(_MOST)),
        paused=outline.get(_PAUSED) == "true",
    )


def _seconds(told: str | None) -> int:
    """An interval within what any may be; 0 where none is told."""
    if not (told and told.isascii() and told.isdecimal()):
        return 0
    return min(max(int(told[:9]), SHORTEST), LONGEST_INTERVAL)


def _title(said: dict[str, str]) -> str:
    return plain(said.get("title")) or plain(said.get("text"))


def _groups(outline: Any) -> Iterator[str]:
    for around in outline.iterancestors("outline"):
        title = _title({name.lower(): value for name, value in around.attrib.items()})
        if title:
            yield title


def written(entries: Iterable[Entry], *, title: str, at: datetime) -> bytes:
    """An OPML 2.0 file of these feeds; ``group`` is left out, as feeds of a dossier are in none."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"counterclaim": NAMESPACE})
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _storable(title)
    etree.SubElement(head, "dateCreated").text = format_datetime(at)
    body = etree.SubElement(root, "body")
    for entry in entries:
        name = _storable(entry.name or entry.title or entry.address)
        title_of_it = _storable(entry.title) or name
        outline = etree.SubElement(body, "outline", {"text": name, "title": title_of_it, "type": "rss"})
        outline.set("xmlUrl", _storable(entry.address))
        if entry.kind != "feed":
            outline.set(_KIND, entry.kind)
        if entry.selector:
            outline.set(_SELECTOR, _storable(entry.selector))
        if entry.name:
            outline.set(_NAME, _storable(entry.name))
        if entry.least_seconds:
            outline.set(_LEAST, str(entry.least_seconds))
        if entry.most_seconds:
            outline.set(_MOST, str(entry.most_seconds))
        if entry.paused:
            outline.set(_PAUSED, "true")
    out: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return out


def _storable(words: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return NOT_XML.sub("", words)
