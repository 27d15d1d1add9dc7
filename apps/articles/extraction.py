"""From the bytes of an article to the text of its rendition.

The body is trafilatura's, in its fast mode, with our own rendering of its tree: paragraphs, headings, list items and
quotations are parted by a blank line, the rows of a table are lines. The headline is the first paragraph, since claims
are made in headlines too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from configparser import ConfigParser
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import trafilatura
from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura.external import try_justext
from trafilatura.settings import DEFAULT_CONFIG, use_config
from trafilatura.utils import repair_faulty_html

from . import blocks, charsets, page_metadata, texts
from .formats import Kind, kind_of, kinds, newsml, ninjs, pdf
from .formats.wires import WireItem
from .page_metadata import PageMetadata, Precision
from .refusals import Unreadable

__all__ = ["Extracted", "Unreadable", "from_bytes", "from_html", "from_text"]

LARGEST: Final = 5 * 2**20
"""The most that is read of one page, in characters after decoding."""
MOST_TAGS: Final = 100_000
"""The most opening tags of one page: what a page costs to read goes by them, some 20 seconds for a million."""

# The part after the slash is ours: raise it when the same page would give another text.
HTML_VERSION: Final = f"{trafilatura.__version__}/3"
TEXT_VERSION: Final = "1"

_FEED: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<\?xml[^>]*>(?:\s|<!--.*?-->|<\?.*?\?>)*<(?:rss|feed|rdf:RDF)[\s>]", re.DOTALL
)
_HEAD: Final = 2_000
_OPENING_TAG: Final = re.compile("<[A-Za-z]")
_NOT_WORDS: Final = re.compile(r"\W+")
_SENTENCE_END: Final = re.compile(r"[.!?…:;][\"'”’»)\]]*$")
# Where pictures stand that are none of the article's.
_FURNITURE_OF_OTHERS: Final = frozenset(("nav", "header", "footer", "aside", "form", "a", "head"))
_CAPTIONS: Final = etree.XPath(
    "(//figcaption | //*[self::p or self::div or self::span or self::dd or self::small][contains(@class, 'caption')])"
    "[position() <= 300]"
)
_SHORT: Final = 200
# Where little is found, trafilatura falls back to all words of the page's <article> run together, byline and all. What
# its own reading gives then is better if it is most of that.
_BRIEF: Final = 1_000
_OF_A_BRIEF: Final = 0.5
_OF_ANY_LENGTH: Final = use_config()
_OF_ANY_LENGTH.set("DEFAULT", "MIN_EXTRACTED_SIZE", "1")
_MOST_CAPTIONS: Final = 100
_LONGEST_CAPTION: Final = 2_000


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of an article, normalised, and what was learnt beside it; empty where nothing was.

    ``text`` begins with ``headline`` where there is one; ``captions``, the words under pictures, are not in it.
    ``published_precision`` says how much of ``published`` (in UTC) is known; at "day" its time is midnight. ``credit``
    is whom the article names as its source beside its text; ``usage_terms`` are a wire's. ``extractor`` and ``version``
    name what drew the text.
    """

    text: str
    headline: str
    extractor: str
    version: str
    captions: tuple[str, ...] = ()
    byline: str = ""
    credit: str = ""
    published: datetime | None = None
    published_precision: Precision = ""
    modified: datetime | None = None
    language: str = ""
    canonical: str = ""
    outlet_name: str = ""
    usage_terms: str = ""


def from_bytes(
    body: bytes, *, media_type: str = "", filename: str = "", url: str = "", headline: str = "", plain: bool = False
) -> Extracted:
    """Read an article, whatever it turns out to be: a page, a text, a PDF, or one item of a wire.

    ``media_type`` is a Content-Type with its parameters. ``plain`` takes the bytes for a text in UTF-8 if they are one
    (lone surrogates and all), and ``headline`` for that of a text.

    Raises ``Unreadable``: not_text, a_feed, empty_text, bad_encoding, too_deep, too_large, not_readable,
    no_text_layer, encrypted.
    """
    if plain:
        with suppress(UnicodeDecodeError):
            return from_text(body.decode("utf-8", "surrogatepass"), headline=headline)
    kind = kind_of(body, media_type, filename)
    if kind in _READERS:
        return _READERS[kind](body)
    announced = kinds.announced(media_type, filename)
    if _FEED.match(body[:_HEAD]):
        raise Unreadable("a_feed", announced[:80])
    if kind not in (Kind.PAGE, Kind.TEXT) or not kinds.is_readable(announced):
        raise Unreadable("not_text", announced[:80])
    if not body.strip():
        raise Unreadable("empty_text", "no bytes")
    raw = charsets.decode(body, content_type=media_type, declared_inside=not kinds.is_text(announced))
    if kinds.is_other_markup(raw):
        raise Unreadable("not_text", "markup of another kind")
    if kinds.is_page(announced) or kinds.is_document(raw):
        return _from_markup(raw, url=url)
    return from_text(raw, headline=headline)


def from_html(body: bytes, *, content_type: str = "", url: str = "") -> Extracted:
    """Read a page that was fetched from ``url``.

    Raises ``Unreadable``: not_text, empty_text, bad_encoding, too_deep, too_large, not_readable.
    """
    return _from_markup(charsets.decode(body, content_type=content_type), url=url)


def from_text(raw: str, *, headline: str = "") -> Extracted:
    """Take a text as it is. Without a ``headline``, one is looked for among its first lines.

    Raises ``Unreadable``: empty_text, too_large.
    """
    _check_size(raw)
    text = texts.normalise(raw)
    if not _NOT_WORDS.sub("", text):
        raise Unreadable("empty_text", "no word")
    headline = " ".join(texts.normalise(headline).split()) or _headline_of(text)
    return Extracted(
        text=_with_headline(text, headline),
        headline=headline,
        extractor="text",
        version=TEXT_VERSION,
    )


def _from_markup(markup: str, *, url: str) -> Extracted:
    _check_size(markup)
    tags = sum(1 for _ in _OPENING_TAG.finditer(markup))
    if tags > MOST_TAGS:
        raise Unreadable("too_large", f"{tags} elements, more than {MOST_TAGS}")
    tree = _parsed(markup)
    metadata = page_metadata.read(tree, url=url)
    captions = _taken_out(tree)
    extractor, text = _body(tree)
    if captions and len(text) < min(_SHORT, sum(map(len, captions))):
        # A gallery, whose words are all under its pictures.
        captions = ()
        extractor, text = _body(_parsed(markup))
    if not _NOT_WORDS.sub("", text):
        raise Unreadable("empty_text", "the page holds no words")
    return _extracted(text, metadata, captions, extractor)


def _extracted(text: str, metadata: PageMetadata, captions: tuple[str, ...], extractor: str) -> Extracted:
    headline = texts.normalise(metadata.headline)
    return Extracted(
        text=_with_headline(text, headline),
        headline=headline,
        captions=captions,
        byline=texts.normalise(metadata.byline),
        credit=texts.normalise(metadata.credit),
        published=metadata.published,
        published_precision=metadata.published_precision,
        modified=metadata.modified,
        language=metadata.language,
        canonical=metadata.canonical,
        outlet_name=texts.normalise(metadata.outlet_name),
        extractor=extractor,
        version=HTML_VERSION,
    )


def _check_size(text: str) -> None:
    if len(text) > LARGEST:
        raise Unreadable("too_large", f"{len(text)} characters, more than {LARGEST}")


def _parsed(markup: str) -> HtmlElement:
    """The page as a tree. libxml2 drops what lies too deep and only notes it, so the note is looked for."""
    parser = HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True, collect_ids=False)
    repaired = repair_faulty_html(markup, markup[:50].lower())
    try:
        tree = document_fromstring(repaired.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise Unreadable("empty_text", "no element") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise Unreadable("too_deep", "deeper than 2,048 elements")
    return tree


def _body(tree: HtmlElement) -> tuple[str, str]:
    """The extractor that found text, and the text: first the fast way, then the thorough one, then all of the page."""
    for thorough in (False, True):
        if text := _drawn(tree, thorough=thorough):
            if len(text) < _BRIEF:
                brief = _drawn(tree, thorough=thorough, config=_OF_ANY_LENGTH)
                text = brief if len(brief) > _OF_A_BRIEF * len(text) else text
            return "trafilatura", text
    return "page", blocks.whole_page(tree)


def _drawn(tree: HtmlElement, *, thorough: bool, config: ConfigParser = DEFAULT_CONFIG) -> str:
    """What trafilatura takes for the article; empty if that is nothing."""
    try:
        found = trafilatura.bare_extraction(
            tree,
            fast=not thorough,
            favor_recall=thorough,
            include_comments=False,
            with_metadata=False,
            config=config,
        )
    except RecursionError as error:
        raise Unreadable("too_deep", "deeper than the extractor goes") from error
    except (etree.LxmlError, ValueError, TypeError, AttributeError, IndexError, KeyError):
        # The extractor's own mistakes on odd markup; a way that reads less from the page may still get through.
        return ""
    return blocks.rendered(found.body, blocks.DRAWN) if isinstance(found, trafilatura.settings.Document) else ""


def _taken_out(tree: HtmlElement) -> tuple[str, ...]:
    """The words under the pictures of a page, in its order, which are taken out of it: an extractor may run them into
    its paragraphs. Those in its furniture are of other articles and stay.
    """
    likely = _CAPTIONS(tree)
    above = {element: list(element.iterancestors()) for element in likely}
    around = {each for element in likely for each in above[element]}
    found: dict[str, None] = {}
    for element in likely:
        tags = {each.tag for each in above[element]}
        if tags & _FURNITURE_OF_OTHERS or "figcaption" in tags:
            continue
        if element in around and element.tag != "figcaption":  # what is around a caption and is named after it
            continue
        words = texts.normalise(" ".join(element.text_content().split()))
        if _NOT_WORDS.sub("", words):
            found.setdefault(words[:_LONGEST_CAPTION])
            element.drop_tree()
    return tuple(found)[:_MOST_CAPTIONS]


def _folded(text: str) -> str:
    return _NOT_WORDS.sub(" ", text).strip().casefold()


def _with_headline(text: str, headline: str) -> str:
    """``text`` with ``headline`` before it, unless one of its first paragraphs already is the headline."""
    if not headline:
        return text
    known = _folded(headline)
    opening = texts.paragraphs(text[: len(headline) + 3_000])[:4]
    if any(_folded(text[paragraph.start : paragraph.end]) == known for paragraph in opening):
        return text
    return f"{headline}\n\n{text}"


def _headline_of(text: str) -> str:
    """The longest of the short lines before the first sentence: over an article stand its section and headline."""
    short: list[str] = []
    for paragraph in texts.paragraphs(text[:3_000])[:4]:
        line = text[paragraph.start : paragraph.end]
        if "\n" in line or len(line) > 200 or _SENTENCE_END.search(line):
            break
        short.append(line)
    else:
        return ""
    return max(short, key=len, default="")


def _from_pdf(body: bytes) -> Extracted:
    """A PDF. What it says of itself are hints: its author may be a program, its day that on which it was printed."""
    drawn = pdf.draw(body)
    text = texts.normalise(drawn.paragraphs)
    headline = texts.normalise(drawn.headline) or _headline_of(text)
    return Extracted(
        text=_with_headline(text, headline),
        headline=headline,
        extractor="pdf",
        version=pdf.VERSION,
        byline=texts.normalise(drawn.author),
        published=drawn.created,
        published_precision="day" if drawn.created else "",
    )


def _from_ninjs(body: bytes) -> Extracted:
    return _from_wire(ninjs.read(body), extractor="ninjs", version=ninjs.VERSION)


def _from_newsml(body: bytes) -> Extracted:
    return _from_wire(newsml.read(body), extractor="newsml", version=newsml.VERSION)


def _from_wire(item: WireItem, *, extractor: str, version: str) -> Extracted:
    if not _NOT_WORDS.sub("", item.text):
        raise Unreadable("empty_text", "an item without words")
    _check_size(item.text)
    return Extracted(
        text=_with_headline(item.text, item.headline),
        headline=item.headline,
        extractor=extractor,
        version=version,
        captions=item.captions,
        byline=item.byline,
        credit=item.credit,
        published=item.published,
        published_precision="minute" if item.published else "",
        modified=item.modified,
        language=item.language.partition("-")[0],
        outlet_name=item.outlet_name,
        usage_terms=item.usage_terms,
    )


_READERS: Final[Mapping[Kind, Callable[[bytes], Extracted]]] = {
    Kind.PDF: _from_pdf,
    Kind.NINJS: _from_ninjs,
    Kind.NEWSML: _from_newsml,
}


def warm_up() -> None:
    """Have libraries load what they load only when they come to it."""
    page = "<html><head><title>Words</title></head><body><p>Some words, on <time>3 April 2031</time>.</p></body></html>"
    from_html(page.encode())
    try_justext(document_fromstring(page), None, None)
    page_metadata.moment("Thu, 03 Apr 2031 09:30 CEST")
    charsets.decode("Управление порта опровергло, что пролив закрыт для судов.".encode("koi8-r"))
