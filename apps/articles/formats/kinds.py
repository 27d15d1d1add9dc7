"""What a file is, told by its first bytes rather than by its name. Nothing is read further than that needs."""

from __future__ import annotations

import mimetypes
import re
import zlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

__all__ = ["Kind", "kind_of"]


class Kind(StrEnum):
    """What a file is. A container holds articles, each of which goes its own way in; anything else is one article."""

    PAGE = "page"
    TEXT = "text"
    PDF = "pdf"
    WARC = "warc"
    WACZ = "wacz"
    ZIP = "zip"
    NINJS = "ninjs"
    NINJS_MANY = "ninjs_many"
    NEWSML = "newsml"
    NEWSML_MANY = "newsml_many"
    UNKNOWN = "unknown"

    @property
    def is_container(self) -> bool:
        return self in _CONTAINERS

    @property
    def is_archive(self) -> bool:
        """Whether what it holds was preserved by somebody before, at an address."""
        return self in (Kind.WARC, Kind.WACZ)


_CONTAINERS: Final = frozenset({Kind.WARC, Kind.WACZ, Kind.ZIP, Kind.NINJS_MANY, Kind.NEWSML_MANY})

_HEAD: Final = 64 * 1024
_MARKS: Final[Mapping[bytes, str]] = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be", b"\xef\xbb\xbf": "utf-8"}
_HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
_TEXT_TYPES: Final = frozenset({"text/plain", "text/markdown"})
_UNTOLD_TYPES: Final = frozenset({"", "application/octet-stream", "binary/octet-stream"})

# Atomic, as a comment ends where it first may: else many of them could be taken apart in very many ways.
_PROLOG: Final = r"\s*+(?:<\?xml[^>]*+>\s*+)?+(?:<!--(?>.{0,2000}?-->)\s*+)*+"
_DOCUMENT: Final = re.compile(_PROLOG + r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_OTHER_MARKUP: Final = re.compile(r"\s*(?:<\?xml|<!doctype (?!html)|<(?:rss|feed|svg|urlset)\b)", re.IGNORECASE)
_NEWSML_ROOT: Final = re.compile(
    _PROLOG + r"<(?:[A-Za-z_][\w.-]{0,40}:)?(newsItem|newsMessage|packageItem)\b", re.DOTALL
)
_NEWSML_NAME: Final = "iptc.org/std/nar/"
_WACZ_INDEX: Final = re.compile(rb"PK\x03\x04.{26}datapackage\.json", re.DOTALL)
# The first member of what office programs and makers of books write, with the length of its name before it.
_DOCUMENT_ZIP: Final = re.compile(
    rb"PK\x03\x04(?:.{26}(?:\[Content_Types\]\.xml|_rels/)|.{22}\x08\x00.{2}mimetype)", re.DOTALL
)
_WACZ_ARCHIVE: Final = re.compile(rb"PK\x03\x04.{26}archive/", re.DOTALL)

# One step through JSON: a string, a bracket, or whatever stands between.
_JSON_STEP: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]]|[^"{}\[\]]+', re.DOTALL)
NINJS_KEYS: Final = frozenset(
    (
        "uri", "versioncreated", "versionCreated", "headline", "headlines", "body_html", "body_text", "body_xhtml",
        "bodies", "pubstatus", "pubStatus", "usageterms", "usageTerms", "infosources", "infoSources",
        "byline", "bylines",
    )
)  # fmt: skip
NINJS_LISTS: Final = frozenset({"items", "hits", "_items", "results", "data"})


def kind_of(body: bytes, media_type: str = "", filename: str = "") -> Kind:
    """What ``body`` is. The type it was announced with and its name count only where its bytes leave it open."""
    found = _by_first_bytes(body)
    if found is not None:
        return found
    kind = announced(media_type, filename)
    head = head_of(body)
    if is_document(head):
        return Kind.PAGE
    for told in (_newsml(head), _ninjs(head, whole=len(body) <= _HEAD)):
        if told is not None:
            return told
    if is_other_markup(head):
        return Kind.UNKNOWN
    if kind in _HTML_TYPES:
        return Kind.PAGE
    return Kind.TEXT if kind in _TEXT_TYPES | _UNTOLD_TYPES else Kind.UNKNOWN


def announced(media_type: str, filename: str = "") -> str:
    """The type that is announced, without its parameters; by the name of the file where nothing is."""
    kind = media_type.partition(";")[0].strip().lower()
    return (mimetypes.guess_type(filename)[0] or "") if kind in _UNTOLD_TYPES else kind


def is_readable(kind: str) -> bool:
    """Whether an announced type may be that of a page or a text."""
    return kind in _HTML_TYPES | _TEXT_TYPES | _UNTOLD_TYPES


def is_page(kind: str) -> bool:
    """Whether an announced type is that of a page."""
    return kind in _HTML_TYPES


def is_text(kind: str) -> bool:
    """Whether an announced type is that of a text."""
    return kind in _TEXT_TYPES


def is_document(head: str) -> bool:
    """Whether markup begins as a page of HTML does."""
    return _DOCUMENT.match(head) is not None


def is_other_markup(head: str) -> bool:
    """Whether markup begins as something that is no page."""
    return _OTHER_MARKUP.match(head) is not None and not is_document(head)


def head_of(body: bytes) -> str:
    """The first characters, as far as telling formats apart needs them."""
    start = body[:_HEAD]
    for mark, encoding in _MARKS.items():
        if start.startswith(mark):
            return start[len(mark) :].decode(encoding, "replace")
    return start.decode("utf-8", "replace")


def _by_first_bytes(body: bytes) -> Kind | None:
    if body.startswith(b"%PDF-"):
        return Kind.PDF
    if body.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        if _DOCUMENT_ZIP.match(body):
            return Kind.UNKNOWN
        whole = _WACZ_INDEX.search(body) is not None and _WACZ_ARCHIVE.search(body) is not None
        return Kind.WACZ if whole else Kind.ZIP
    if body.startswith(b"WARC/"):
        return Kind.WARC
    if body.startswith(b"\x1f\x8b"):
        return Kind.WARC if _inflated(body[:4096]).startswith(b"WARC/") else Kind.UNKNOWN
    return None


def _inflated(start: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(start, 64)
    except zlib.error:
        return b""


def _newsml(head: str) -> Kind | None:
    root = _NEWSML_ROOT.match(head)
    if root is None or _NEWSML_NAME not in head:
        return None
    return Kind.NEWSML if root[1] == "newsItem" else Kind.NEWSML_MANY


def _ninjs(head: str, *, whole: bool) -> Kind | None:
    """ninjs by the names at the top of its object, or of the first object in its list."""
    opening = head.lstrip()[:1]
    if opening not in ("{", "["):
        return None
    top, first = _names(head)
    if opening == "{" and len(top & NINJS_KEYS) >= 2:
        return Kind.NINJS
    if opening == "{" and not top & NINJS_LISTS:
        return None
    return Kind.NINJS_MANY if len(first & NINJS_KEYS) >= 2 or (not whole and first & NINJS_KEYS) else None


def _names(head: str) -> tuple[set[str], set[str]]:
    """The names in the outermost object, and those in all objects inside it, as far as the text goes."""
    top: set[str] = set()
    inside: set[str] = set()
    open_: list[str] = []
    last = ""
    at = 0
    # Up to the first string that does not end here: what comes after it cannot be told apart.
    while step := _JSON_STEP.match(head, at):
        token, at = step[0], step.end()
        if token in ("{", "["):
            open_.append(token)
        elif token in ("}", "]"):
            del open_[-1:]
        elif token.startswith('"'):
            last = token[1:-1]
        elif token.lstrip().startswith(":") and open_[-1:] == ["{"]:
            (top if open_ == ["{"] else inside).add(last)
    return top, inside
