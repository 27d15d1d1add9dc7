"""Pages that are made to hang, burst or mislead whoever reads them."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from tests.hostile.cases import TAKEN_IN, Case, Page, article, prose

_XHTML: Final = "application/xhtml+xml"
_MARKED: Final = "the mark of this page"


def cases(canary: str) -> Iterator[Case]:
    """``canary`` is the origin of what must not be asked."""
    yield from _entities(canary)
    yield from _nested()
    yield from _wide()
    yield from _unclosed()
    yield from _claims(canary)
    yield from _types()


def _entities(canary: str) -> Iterator[Case]:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    doctypes = {
        "laughs": f'<!DOCTYPE html [<!ENTITY e0 "ha">{levels}]>',
        "quadratic": f'<!DOCTYPE html [<!ENTITY e9 "{"a" * 100_000}">]>',
        "of-a-file": '<!DOCTYPE html [<!ENTITY e9 SYSTEM "file:///etc/passwd">]>',
        "of-the-canary": f'<!DOCTYPE html [<!ENTITY e9 SYSTEM "http://{canary}/e9">]>',
        "of-a-parameter": f'<!DOCTYPE html [<!ENTITY % p SYSTEM "http://{canary}/p"> %p;]>',
        "of-a-dtd": f'<!DOCTYPE html SYSTEM "http://{canary}/a.dtd">',
    }
    for name, doctype in doctypes.items():
        many = 200 if name == "quadratic" else 1
        body = partial(_xhtml, name, doctype, f"<p>{'&e9;' * many}</p>")
        yield Page(f"entity-{name}", TAKEN_IN, body, _XHTML, holds=f"Story {name}", lacks="root:")
    includes = (
        f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="http://{canary}/x"/>'
        f'<?xml-stylesheet href="http://{canary}/s.xsl"?><link rel="stylesheet" href="http://{canary}/s.css"/>'
        f'<img src="http://{canary}/i.png"/><iframe src="http://{canary}/f"></iframe><script src="//{canary}/s.js">'
        f'</script><meta http-equiv="refresh" content="0;url=http://{canary}/r"/><object data="http://{canary}/o">'
    )
    yield Page("entity-includes", TAKEN_IN, partial(article, "includes", before=includes))


def _xhtml(name: str, doctype: str, before: str) -> bytes:
    return b'<?xml version="1.0"?>' + article(name, before=before).replace(b"<!DOCTYPE html>", doctype.encode())


def _nested() -> Iterator[Case]:
    for tag in ("div", "span", "b", "ul><li", "table><tr><td", "blockquote", "font", "section", "a href=x", "svg><g"):
        name = tag.split(">", maxsplit=1)[0].split(" ", maxsplit=1)[0]
        deep = partial(_repeated, f"<{tag}>", 90_000 // (1 + tag.count(">")))
        yield Page(f"nested-{name}", "too_deep" if tag != "a href=x" else TAKEN_IN, deep)
    yield Page("nested-divs-beyond-measure", "too_large", partial(_repeated, "<div>", 200_000))
    yield Page("nested-divs-just-so", TAKEN_IN, partial(_repeated, "<div>", 250))
    yield Page("nested-frames", TAKEN_IN, partial(_repeated, "<iframe srcdoc='<iframe>'>", 1_000))
    yield Page("nested-json", TAKEN_IN, partial(article, "json", head=_json_ld("[" * 100_000 + "]" * 100_000)))
    yield Page("nested-json-objects", TAKEN_IN, partial(article, "objects", head=_json_ld('{"a":' * 100_000)))


def _repeated(before: str, count: int) -> bytes:
    return article(f"repeated {before}", before=before * count)


def _json_ld(words: str) -> str:
    return f'<script type="application/ld+json">{words}</script>'


def _wide() -> Iterator[Case]:
    made: dict[str, tuple[str, Callable[[], str]]] = {
        "divs": ("too_large", lambda: "<div></div>" * 200_000),
        "divs-allowed": (TAKEN_IN, lambda: "<div>word</div>" * 40_000),
        "paragraphs": (TAKEN_IN, lambda: "".join(f"<p>Word {n} was said, he said.</p>" for n in range(15_000))),
        "attributes": ("parser_time", lambda: "<p " + " ".join(f"a{n}='x'" for n in range(90_000)) + ">word</p>"),
        "attributes-some": (TAKEN_IN, lambda: "<p " + " ".join(f"a{n}='x'" for n in range(4_000)) + ">word</p>"),
        "attributes-without-end": ("too_large", lambda: "<p " + " ".join(f"a{n}" for n in range(1_000_000))),
        "attribute": (TAKEN_IN, lambda: f"<p title='{'x' * 4_000_000}'>word</p>"),
        "classes": (TAKEN_IN, lambda: f"<p class='{'caption ' * 400_000}'>word</p>"),
        "style": (TAKEN_IN, lambda: f"<style>{'a{b:c}' * 700_000}</style>"),
        "comments": (TAKEN_IN, lambda: "<!-- - -->" * 400_000),
        "breaks": (TAKEN_IN, lambda: f"<p>{'word<br>' * 40_000}</p>"),
        "rows": (TAKEN_IN, lambda: f"<table>{'<tr><td>word<td>word' * 12_000}</table>"),
        "links": (TAKEN_IN, lambda: "<a href='/x'>word word word word</a> " * 30_000),
        "captions": (TAKEN_IN, lambda: "<figcaption>word</figcaption>" * 50_000),
        "references": (TAKEN_IN, lambda: f"<p>{'&amp;&#x41;&nosuch;' * 200_000}</p>"),
        "references-to-nothing": (TAKEN_IN, lambda: "<p>&#0;&#x110000;&#xD800;&#99999999999999999999;&#xFFFE;</p>"),
        "ampersands": (TAKEN_IN, lambda: f"<p>{'&' * 1_000_000}</p>"),
        "brackets": (TAKEN_IN, lambda: f"<p>{'<' * 1_000_000}</p>"),
        "word": (TAKEN_IN, lambda: f"<p>{'x' * 2_000_000}</p>"),
        "blanks": (TAKEN_IN, lambda: f"<p>word{' ' * 2_000_000}word</p>"),
        "line-feeds": (TAKEN_IN, lambda: "<pre>" + "\n" * 2_000_000 + "word</pre>"),
        "quotation-marks": (TAKEN_IN, lambda: f"<p>{chr(0x201C) * 200_000} he said</p>"),
        "brackets-round": (TAKEN_IN, lambda: f"<p>{'(' * 200_000}</p>"),
        "stops": (TAKEN_IN, lambda: f"<p>{'. ' * 200_000}</p>"),
        "digits": (TAKEN_IN, lambda: f"<p>{'9' * 300_000} were killed</p>"),
        "capitals": (TAKEN_IN, lambda: f"<p>{'Ab Cd ' * 60_000} said so.</p>"),
        "apostrophes": (TAKEN_IN, lambda: "<p>" + "'a" * 200_000 + "</p>"),
        "one-sentence": (TAKEN_IN, lambda: f"<p>He said that {'and that he said ' * 20_000} so.</p>"),
        "five-megabytes": ("too_large", lambda: f"<p>{'word ' * 1_100_000}</p>"),
        "base64": (TAKEN_IN, lambda: f"<img src='data:image/png;base64,{'QUJD' * 1_000_000}'>"),
    }
    for name, (expect, words) in made.items():
        yield Page(f"wide-{name}", expect, partial(_with, name, words))


def _with(name: str, words: Callable[[], str]) -> bytes:
    return article(f"wide {name}", after=words())


def _unclosed() -> Iterator[Case]:
    opened = {
        "comment": "<!-- ",
        "cdata": "<![CDATA[ ",
        "script": "<script>",
        "style": "<style>",
        "title": "<title>",
        "textarea": "<textarea>",
        "plaintext": "<plaintext>",
        "attribute": "<p title='",
        "tag": "<p ",
        "doctype": "<!DOCTYPE ",
        "instruction": "<?php ",
    }
    for name, words in opened.items():
        yield Page(f"unclosed-{name}", TAKEN_IN, partial(article, f"unclosed {name}", after=words + "x" * 50_000))
    yield Page("unclosed-comments", TAKEN_IN, partial(_with, "comments opened", lambda: "<!-- " * 200_000))
    yield Page("unclosed-tags", "too_large", partial(_with, "tags opened", lambda: "<p" * 500_000))
    yield Page("unclosed-at-once", "empty_text", lambda: b"<html><body><!-- " + prose("hidden").encode())
    yield Page("unclosed-script-at-once", "empty_text", lambda: b"<html><body><script>" + prose("hidden").encode())
    yield Page("without-any-words", "empty_text", lambda: b"<!DOCTYPE html><html><body><img src=x></body></html>")
    yield Page("of-tags-alone", "empty_text", lambda: b"<html><body>" + b"<p></p>" * 20_000)


def _claims(canary: str) -> Iterator[Case]:
    """What a page may claim about itself."""
    heads = {
        "canonical-inside": f"<link rel=canonical href='http://{canary}/x'>",
        "canonical-script": "<link rel=canonical href='javascript:alert(1)'>",
        "canonical-long": f"<link rel=canonical href='/{'a' * 5_000}'>",
        "canonical-controls": "<link rel=canonical href='/a\x01\u202eb'>",
        "canonicals": "".join(f"<link rel=canonical href='/{number}'>" for number in range(5_000)),
        "base-script": "<base href='javascript:alert(1)'>",
        "base-inside": f"<base href='http://{canary}/'>",
        "title-long": f"<title>{'word ' * 200_000}</title><meta property=og:title content='{'word ' * 200_000}'>",
        "title-controls": "<meta property=og:title content='\u202eenod\u2066 story\u200b\x1b[31m'>",
        "title-markup": "<meta property=og:title content='<script>alert(1)</script>{{ secret }}'>",
        "author-long": f"<meta name=author content='{'By Ada ' * 100_000}'>",
        "language-long": f"<meta http-equiv=content-language content='{'e' * 100_000}'>",
        "site-long": f"<meta property=og:site_name content='{'Outlet ' * 50_000}'>",
        "metas": "<meta property=article:tag content=word>" * 60_000,
        "date-year-0": "<meta property=article:published_time content='0000-00-00T00:00:00Z'>",
        "date-year-10000": "<meta property=article:published_time content='10000-01-01T00:00:00Z'>",
        "date-at-the-end": "<meta property=article:published_time content='9999-12-31T23:59:59-23:59'>",
        "date-at-the-start": "<meta property=article:published_time content='0001-01-01T00:00:00+23:59'>",
        "date-of-odd-zone": "<meta property=article:published_time content='2031-04-03T25:61:61+99:99'>",
        "date-long": f"<meta property=article:published_time content='{'2031-04-' * 50_000}'>",
        "date-of-digits": f"<meta property=article:published_time content='{'9' * 100_000}'>",
        "json-number": _json_ld('{"@type": "NewsArticle", "datePublished": ' + "9" * 100_000 + "}"),
        "json-exponent": _json_ld('{"@type": "NewsArticle", "headline": 1e999999, "datePublished": NaN}'),
        "json-types": _json_ld('{"@type": ["NewsArticle", 5, null], "headline": ["a", {}], "author": [[], 7, {}]}'),
        "json-surrogates": _json_ld(
            '{"@type": "NewsArticle", "headline": "\\ud800 \\udfff story", "author": "\\ud834"}'
        ),
        "json-graph-of-many": _json_ld('{"@graph": [' + '{"@type": "NewsArticle"},' * 100_000 + "{}]}"),
        "json-own-authors": _json_ld(
            '{"@type": "NewsArticle", "author": ' + '{"author": ' * 900 + "1" + "}" * 900 + "}"
        ),
    }
    for name, head in heads.items():
        yield Page(f"claims-{name}", TAKEN_IN, partial(article, f"claims {name}", head=head), holds="The ")


def _types() -> Iterator[Case]:
    """What a body is announced as."""
    page = partial(article, "announced", within=f"<p>Here {_MARKED} was made, and it was read by all.</p>")
    taken = ("", "text/html; charset=", "TEXT/HTML;;;charset=\"utf-8", "application/octet-stream",
             f"text/html; charset={'x' * 5_000}", "text/html; charset=../../etc/passwd", "text/html; charset=idna",
             "text/html; charset=rot13", "text/html; charset=zlib_codec", "text/html; charset=unicode_escape",
             "text/html; charset=undefined", "text/html; charset=utf-7", "text/html; charset=punycode")  # fmt: skip
    for number, announced in enumerate(taken):
        yield Page(f"announced-{number}", TAKEN_IN, page, announced, holds=_MARKED)
    for number, announced in enumerate(("image/png", "application/json", "text/css", "application/x-msdownload")):
        yield Page(f"announced-wrongly-{number}", "not_text", page, announced)
    for number, announced in enumerate(("multipart/x-mixed-replace; boundary=x", "a" * 30_000)):
        yield Page(f"announced-oddly-{number}", "not_text", page, announced)
    yield Page("announced-with-nul", TAKEN_IN, page, "text/\x00html", holds=_MARKED)


def chars(points: itertools.cycle[int], count: int) -> str:
    """So many characters of these code points in turn."""
    return "".join(map(chr, itertools.islice(points, count)))
