"""ninjs, the JSON of the wires (IPTC, versions 1 to 3): one item, or several in a list or in the answer of a search.

The versions differ in how they write names (``versioncreated``, ``versionCreated``) and in whether a headline and a
body are one text or a list of several; each is read as it is found, whatever version a file says it is.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]
from typing import Any, Final

from apps.articles import texts
from apps.articles.formats.kinds import NINJS_KEYS, NINJS_LISTS
from apps.articles.formats.members import LeftOut, Member
from apps.articles.formats.wires import WireItem, later, line, moment, of_markup
from apps.articles.refusals import Unreadable

VERSION: Final = "1"
MEDIA_TYPE: Final = "application/json"

_SPACE: Final = re.compile(r"[ \t\r\n]*")
_INNER: Final = ("_source", "item", "newsItem")
"""Where the answers of searches keep the item itself."""
_DEEPEST: Final = 6
_ORIGIN_RELS: Final = frozenset({"source", "originator", "author", "origin", "credit"})
_OUTLET_RELS: Final = frozenset({"distributor", "publisher", "provider"})


def read(body: bytes) -> WireItem:
    """Read one item. Raises ``Unreadable``: not_readable, too_deep, empty_text."""
    found = _told(_decoded(body))
    if not isinstance(found, dict):
        raise Unreadable("not_readable", "no object")
    item = {str(name).lower(): value for name, value in found.items()}
    text, captions = _body(item)
    headline = line(item.get("headline")) or _chosen(item.get("headlines"), ("main", "headline", ""))
    origin, outlet = _sources(item)
    published = moment(item.get("firstcreated"), item.get("contentcreated"), item.get("versioncreated"))
    return WireItem(
        identity=line(item.get("uri") or item.get("guid") or item.get("_id")),
        headline=headline,
        text=text,
        captions=tuple(dict.fromkeys((*captions, *_pictures(item.get("associations"))))),
        byline=line(item.get("byline") or item.get("by"), 300) or _people(item.get("people") or item.get("bylines")),
        credit=origin,
        outlet_name=outlet,
        published=published,
        modified=later(moment(item.get("versioncreated")), published),
        language=line(item.get("language"), 12).lower(),
        usage_terms=line(item.get("usageterms"), 2_000),
    )


def members(body: bytes) -> Iterator[Member | LeftOut]:
    """The items of a file, each the bytes that stand for it there; pictures and what is no item are counted.

    Raises ``Unreadable``: not_readable, too_deep.
    """
    text = _decoded(body)
    _told(text)  # all of it is JSON, so that nothing is left out unseen
    left_out: Counter[str] = Counter()
    for number, (start, end) in enumerate(_items(text, _after(text, 0), depth=0), start=1):
        cut = text[start:end]
        item = json.loads(cut) if cut else {}
        kind = line(item.get("type"), 40).lower()
        if not cut or (kind not in ("", "text", "news") and not any(name.startswith("bod") for name in item)):
            left_out[kind or "no item"] += 1
            continue
        named = line(item.get("uri") or item.get("guid") or item.get("headline"), 300)
        yield Member(name=f"{number} {named}".strip(), body=cut.encode("utf-8", "surrogatepass"), media_type=MEDIA_TYPE)
    yield LeftOut(dict(left_out))


def _decoded(body: bytes) -> str:
    try:
        return body.decode(json.detect_encoding(body))
    except UnicodeDecodeError as error:
        raise Unreadable("bad_encoding", "JSON is Unicode") from error


def _told(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise Unreadable("too_deep", "JSON within JSON") from error
    except ValueError as error:
        raise Unreadable("not_readable", f"no JSON: {error}"[:200]) from error


def _items(text: str, at: int, *, depth: int) -> Iterator[tuple[int, int]]:
    """Where items begin and end in a value that begins ``at``."""
    if depth > _DEEPEST:
        return
    if text[at] == "[":
        for start, _end in _elements(text, at):
            yield from _items(text, start, depth=depth + 1)
        return
    if text[at] != "{":
        return
    parts = dict(_pairs(text, at))
    if len(NINJS_KEYS & set(parts)) >= 2:
        yield at, JSONDecoder().raw_decode(text, at)[1]
        return
    for name in (*_INNER, *sorted(NINJS_LISTS)):
        if name in parts:
            yield from _items(text, parts[name], depth=depth + 1)
            return
    yield at, at


def _pairs(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The names in an object that begins ``at``, and where their values begin."""
    at = _after(text, at + 1)
    while text[at] == '"':
        name, at = scanstring(text, at + 1, False)
        at = _after(text, _after(text, at) + 1)
        yield name, at
        at = _after(text, JSONDecoder().raw_decode(text, at)[1])
        if text[at] != ",":
            return
        at = _after(text, at + 1)


def _elements(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the elements of a list that begins ``at`` begin and end."""
    at = _after(text, at + 1)
    while text[at] != "]":
        end = JSONDecoder().raw_decode(text, at)[1]
        yield at, end
        at = _after(text, end)
        if text[at] == ",":
            at = _after(text, at + 1)


def _after(text: str, at: int) -> int:
    """The next place that is no white space."""
    space = _SPACE.match(text, at)
    return space.end() if space else at


def _body(item: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The text of an item, from its HTML if it has that."""
    bodies = [one for one in _list(item.get("bodies")) if isinstance(one, dict)]
    lower = [{str(name).lower(): value for name, value in one.items()} for one in bodies]
    marked = [one for one in lower if "html" in str(one.get("contenttype", "")).lower()]
    for value in (item.get("body_html"), item.get("body_xhtml"), *(one.get("value") for one in marked)):
        if isinstance(value, str) and value.strip():
            text, captions = of_markup(value)
            if text:
                return text, captions
    for value in (item.get("body_text"), *(one.get("value") for one in lower if one not in marked)):
        if isinstance(value, str) and value.strip():
            return texts.normalise(value), ()
    raise Unreadable("empty_text", f"an item of the type {line(item.get('type'), 40) or 'unknown'} without a body")


def _chosen(values: Any, roles: Sequence[str]) -> str:
    """Of several headlines the one with the first of these roles, else the first."""
    found = [
        {str(name).lower(): value for name, value in one.items()} for one in _list(values) if isinstance(one, dict)
    ]
    for role in roles:
        for one in found:
            if line(one.get("role")).lower() == role and line(one.get("value")):
                return line(one["value"])
    return next((line(one.get("value")) for one in found if line(one.get("value"))), "")


def _sources(item: Mapping[str, Any]) -> tuple[str, str]:
    """Who wrote an item, and who sends it."""
    told = [
        (line(one.get("rel") or one.get("role"), 40).lower(), line(one.get("name"), 120))
        for one in _list(item.get("infosources") or item.get("infosource"))
        if isinstance(one, dict)
    ]
    told = [(rel, name) for rel, name in told if name]
    origin = next((name for rel, name in told if rel in _ORIGIN_RELS), "") or line(item.get("source"), 120)
    outlet = next((name for rel, name in told if rel in _OUTLET_RELS), "") or line(item.get("copyrightholder"), 120)
    first = told[0][1] if told else ""
    return origin or first, outlet or first


def _pictures(associations: Any) -> Iterator[str]:
    """The captions of what an item is sent with."""
    for one in _list(associations):
        part = {str(name).lower(): value for name, value in one.items()} if isinstance(one, dict) else {}
        if line(part.get("type")).lower() in ("picture", "video", "graphic"):
            told = line(part.get("description_text"), 2_000) or _chosen(part.get("descriptions"), ("caption", "main"))
            if told:
                yield told


def _people(people: Any) -> str:
    names = [line(one.get("name") or one.get("value"), 120) for one in _list(people) if isinstance(one, dict)]
    return ", ".join(dict.fromkeys(name for name in names if name))[:300]


def _list(value: Any) -> list[Any]:
    """Several values, in whichever way they are written: in a list, under names, or one alone."""
    if isinstance(value, dict):
        return list(value.values()) if all(isinstance(one, dict) for one in value.values()) else [value]
    return value if isinstance(value, list) else []
