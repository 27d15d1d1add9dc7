"""Feeds, sitemaps, listings and lists of feeds that are made to hang, burst, reach out or mislead."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.articles.hosts import page
from tests.hostile.cases import TAKEN_IN, Case, Followed, Outlines, zeros

_JSON: Final = "application/feed+json"


def cases(canary: str) -> Iterator[Case]:
    """``canary`` is the origin of what must not be asked."""
    yield from _entities(canary)
    yield from _many()
    yield from _odd(canary)
    yield from _json(canary)
    yield from _maps(canary)
    yield from _listings(canary)
    yield from _outlines(canary)


def _rss(items: str, *, before: str = "", about: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{before}<rss version="2.0"><channel><title>Feed</title>{about}{items}</channel></rss>'
    ).encode("utf-8", "surrogatepass")


def _entry(number: int, words: str = "Words.") -> str:
    return (
        f'<item><guid isPermaLink="false">g{number}</guid><link>https://news.example/{number}</link>'
        f"<title>Story {number}</title><description>{words}</description></item>"
    )


def _entities(canary: str) -> Iterator[Case]:
    laughs = '<!ENTITY e0 "ha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    doctypes = {
        "laughs": f"<!DOCTYPE rss [{laughs}]>",
        "quadratic": f'<!DOCTYPE rss [<!ENTITY e9 "{"a" * 100_000}">]>',
        "of-a-file": '<!DOCTYPE rss [<!ENTITY e9 SYSTEM "file:///etc/passwd">]>',
        "of-the-canary": f'<!DOCTYPE rss [<!ENTITY e9 SYSTEM "http://{canary}/e9">]>',
        "without-a-doctype": '<!ENTITY e9 "a">',
        "in-utf-16": f"<!DOCTYPE rss [{laughs}]>",
    }
    for name, doctype in doctypes.items():
        made = _rss(_entry(1, "&e9;" * 50), before=doctype)
        body = made.decode().encode("utf-16") if name == "in-utf-16" else made
        yield Followed(f"feed-entities-{name}", "entities_declared", partial(bytes, body))
    dtd = f'<!DOCTYPE rss SYSTEM "http://{canary}/a.dtd"><?xml-stylesheet href="http://{canary}/s.xsl"?>'
    yield Followed("feed-dtd", TAKEN_IN, partial(_rss, _entry(1), before=dtd), taken=1)


def _many() -> Iterator[Case]:
    yield Followed("feed-of-100000", TAKEN_IN, lambda: _rss("".join(map(_entry, range(100_000)))), taken=500)
    tags = "<category>a</category>" * 150_000
    yield Followed("feed-of-tags", "too_large", lambda: _rss(_entry(1).replace("</item>", f"{tags}</item>")))
    yield Followed("feed-too-deep", TAKEN_IN, lambda: _rss("<a>" * 20_000 + _entry(1)), taken=1)
    yield Followed("feed-too-long", "too_large", lambda: _rss(_entry(1, "a" * (26 * 2**20))))
    yield Followed("feed-that-bursts", "too_large", lambda: b"", answer=page(
        zeros(40, wbits=31), headers="Content-Encoding: gzip\r\n"
    ))  # fmt: skip
    long = "word " * 400_000
    yield Followed("feed-of-a-long-title", TAKEN_IN, lambda: _rss(_entry(1).replace("Story 1", long)), taken=1)
    yield Followed("feed-of-a-long-guid", TAKEN_IN, lambda: _rss(_entry(1).replace("g1", long)), taken=1)
    links = "<link>https://news.example/a</link>" * 20_000
    yield Followed("feed-of-many-links", TAKEN_IN, lambda: _rss(f"<item>{links}</item>"), taken=1)


def _odd(canary: str) -> Iterator[Case]:
    links = {
        "javascript": ("javascript:alert(1)", 0, 1),
        "file": ("file:///etc/passwd", 0, 1),
        "data": ("data:text/html,hello", 0, 1),
        "user": ("http://a:b@news.example/", 0, 1),
        "inside": (f"http://{canary}/a", 0, 1),
        "loopback": ("http://127.0.0.1/a", 0, 1),
        "circled": ("http://①②⑦.⓪.⓪.①/", 0, 1),
        "long": ("https://news.example/" + "a" * 5_000, 0, 1),
        "controls": ("https://news.example/\u202ea\u200b", 1, 0),
        "relative": ("/story", 1, 0),
        "relative-to-a-host": ("//127.0.0.1/story", 0, 1),
    }
    for name, (link, taken, refused) in links.items():
        made = partial(_rss, f"<item><link>{link}</link><title>T</title></item>")
        yield Followed(f"feed-link-{name}", TAKEN_IN, made, taken=taken, refused=refused)
    yield Followed("feed-base-script", TAKEN_IN, partial(_atom, "javascript:alert(1)"), "application/atom+xml", taken=1)
    yield Followed("feed-base-inside", TAKEN_IN, partial(_atom, f"http://{canary}/"), "application/atom+xml", refused=1)
    again = _entry(1) + _entry(1, "Other words.").replace("/1<", "/2<")
    yield Followed("feed-guid-twice", TAKEN_IN, partial(_rss, again), taken=2)
    yield Followed("feed-guid-of-others-later", TAKEN_IN, partial(_rss, _entry(1)), taken=1,
                   later=partial(_rss, _entry(1, "Other words.").replace("/1<", "/7<")), later_taken=1)  # fmt: skip
    yield Followed("feed-words-changed-later", TAKEN_IN, partial(_rss, _entry(1)), taken=1,
                   later=partial(_rss, _entry(1, "Other words.")), later_taken=0)  # fmt: skip
    odd = {
        "references": "&#0;&#xD800;&#x110000;&#99999999999999999999;&nosuch;&",
        "markup": "&lt;script&gt;alert(1)&lt;/script&gt;<![CDATA[<img src=x onerror=alert(1)>]]>",
        "marks": "\u202e\u2066\u200b" * 1_000 + "a" + "\u0301\u0316" * 50_000,
        "left-open": "<![CDATA[ <b>",
    }
    for name, words in odd.items():
        yield Followed(f"feed-words-{name}", TAKEN_IN, partial(_rss, _entry(1, words)), taken=1)
    yield Followed("feed-words-nul", "not_text", partial(_rss, _entry(1, "\x00\x01\x1b")))
    dates = {"zero": "Thu, 00 Xxx 0000 99:99:99 +9999", "far": "9999-12-31T23:59:59-23:59", "long": "9" * 50_000}
    for name, date in dates.items():
        dated = _entry(1).replace("<title>", f"<pubDate>{date}</pubDate><title>")
        yield Followed(f"feed-date-{name}", TAKEN_IN, partial(_rss, dated), taken=1)
    for name, ttl in {"long": "9" * 10_000, "negative": "-5", "of-words": "x"}.items():
        about = f"<ttl>{ttl}</ttl>"
        yield Followed(f"feed-ttl-{name}", TAKEN_IN, partial(_rss, _entry(1), about=about), taken=1)
    others = {
        "page": ("not_a_feed", b"<html><body><p>No feed.</p></body></html>"),
        "nothing": ("not_text", b""),
        "noise": ("not_text", bytes(range(256)) * 500),
    }
    for name, (code, body) in others.items():
        yield Followed(f"feed-of-{name}", code, partial(bytes, body))


def _atom(base: str) -> bytes:
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{base}"><title>Feed</title><entry><id>x</id>'
        f'<title>T</title><link href="story"/></entry></feed>'
    ).encode()


def _json(canary: str) -> Iterator[Case]:
    head = b'{"version": "https://jsonfeed.org/version/1.1", "title": "Feed", "items": '
    one = {"id": "1", "url": "https://news.example/1", "title": "T"}
    many = [{**one, "id": str(number), "url": f"https://news.example/{number}"} for number in range(100_000)]
    odd: list[object] = [5, None, [], {"id": {}, "url": []}, {"url": f"http://{canary}/"}, one]
    made = {
        "deep": (b"[" * 100_000, "too_deep", 0, 0),
        "odd": (json.dumps(odd).encode() + b"}", TAKEN_IN, 1, 2),
        "of-words": (b'"words"}', TAKEN_IN, 0, 0),
        "surrogates": (b'[{"id": "\\ud800", "url": "https://news.example/s", "title": "\\udfff"}]}', TAKEN_IN, 1, 0),
        "long-number": (b'[{"id": ' + b"9" * 100_000 + b', "url": "https://news.example/n"}]}', "not_a_feed", 0, 0),
        "of-100000": (json.dumps(many).encode() + b"}", TAKEN_IN, 500, 0),
    }  # fmt: skip
    for name, (items, expect, taken, refused) in made.items():
        body = partial(bytes, head + items)
        yield Followed(f"json-feed-{name}", expect, body, _JSON, taken=taken, refused=refused)


def _map(inside: str, root: str = "urlset", before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inside}</{root}>'.encode()


def _maps(canary: str) -> Iterator[Case]:
    urls = "".join(f"<url><loc>https://news.example/{n}</loc></url>" for n in range(50_000))
    inside = f"<url><loc>http://{canary}/</loc></url><url><loc>javascript:alert(1)</loc></url><url><loc>/a</loc></url>"
    entity = f'<!DOCTYPE urlset [<!ENTITY e SYSTEM "http://{canary}/e">]>'
    itself = "<sitemap><loc>http://map-of-itself.hostile.example/feed</loc></sitemap>"
    of_inside = f"<sitemap><loc>http://{canary}/map.xml</loc></sitemap><sitemap><loc>file:///etc/passwd</loc></sitemap>"
    made = {
        "of-50000": (TAKEN_IN, _map(urls), 500, 0),
        "of-others": (TAKEN_IN, _map(inside), 1, 2),
        "of-entities": ("entities_declared", _map(inside, before=entity), 0, 0),
        "of-itself": (TAKEN_IN, _map(itself, "sitemapindex"), 0, 0),
        "of-maps-inside": ("port_not_allowed", _map(of_inside, "sitemapindex"), 0, 0),
        "too-deep": (TAKEN_IN, _map("<url>" * 50_000), 0, 0),
        "bursting": ("too_large", zeros(60, wbits=31), 0, 0),
        "of-nothing": ("not_a_sitemap", b"<words/>", 0, 0),
    }
    for name, (expect, body, taken, refused) in made.items():
        yield Followed(f"map-{name}", expect, partial(bytes, body), "application/xml", "sitemap", taken=taken,
                       refused=refused)  # fmt: skip


def _listings(canary: str) -> Iterator[Case]:
    links = "".join(f"<a class=s href='/{number}'>Story {number}</a>" for number in range(3))
    listing = f"<html><body><base href='/b/'>{links}<a class=s href='http://{canary}/'>x</a></body></html>".encode()
    wide = b"<html><body>" + b"<div><i></i><b></b><a class=s href=/x>x</a></div>" * 20_000
    deep = b"<html><body>" + b"<div><p>" * 800 + b"<a class=s href=/x>x</a>"
    made = {
        "plain": (TAKEN_IN, listing, "a.s", 3, 1),
        "script-base": (TAKEN_IN, listing.replace(b"/b/", b"javascript:x"), "a.s", 3, 1),
        "slow": ("parser_time", wide, "div ~ div ~ div a", 0, 0),
        "slow-in-the-deep": (TAKEN_IN, deep, "div div div div div div div div a", 1, 0),
        "with-not": (TAKEN_IN, wide, "a:not(i ~ b)", 1, 0),
        "of-nothing": ("nothing_selected", listing, "h7", 0, 0),
        "left-open": ("bad_selector", listing, "a[", 0, 0),
        "long": ("bad_selector", listing, "a " * 200, 0, 0),
        "of-quotes": ("bad_selector", listing, "a')] | //script[('", 0, 0),
        "of-a-function": ("bad_selector", listing, ":document('/etc/passwd')", 0, 0),
        "of-brackets": ("bad_selector", listing, ":not(" * 59, 0, 0),
        "of-nul": ("bad_selector", listing, "a\x00b", 0, 0),
    }
    for name, (expect, body, selector, taken, refused) in made.items():
        yield Followed(f"listing-{name}", expect, partial(bytes, body), "text/html", "listing", selector, taken=taken,
                       refused=refused)  # fmt: skip


def _outlines(canary: str) -> Iterator[Case]:
    entity = f'<!DOCTYPE opml [<!ENTITY e SYSTEM "http://{canary}/e">]>'
    evil = "".join(f'<outline xmlUrl="{address}" text="x"/>' for address in (
        "javascript:alert(1)", "file:///etc/passwd", f"http://{canary}/", "http://a:b@news.example/", "http://10.0.0.1/",
        "https://opml.hostile.example/feed", "https://opml.hostile.example/feed",
    ))  # fmt: skip
    many = "".join(f'<outline xmlUrl="https://a{n}.hostile.example/" text="x"/>' for n in range(30_000))
    made = {
        "entities": ("entities_declared", _opml("&e;", entity), 0),
        "laughs": ("entities_declared", _opml("&e9;", '<!DOCTYPE opml [<!ENTITY e9 "a">]>'), 0),
        "of-others": (TAKEN_IN, _opml(evil), 1),
        "too-deep": (TAKEN_IN, _opml('<outline text="a">' * 90_000), 0),
        "too-long": ("too_large", _opml(f'<outline text="{"a" * 3_000_000}"/>'), 0),
        "of-a-page": ("not_opml", b"<html><body>No list.</body></html>", 0),
        "of-nothing": ("not_opml", b"", 0),
        "of-selectors": (TAKEN_IN, _opml(
            '<outline xmlns:c="urn:counterclaim:opml" c:kind="listing" c:selector="a[" '
            'xmlUrl="https://sel.hostile.example/"/>'
        ), 0),
        "of-30000": (TAKEN_IN, _opml(many[:1_900_000].rpartition("<")[0]), 1_000),
    }  # fmt: skip
    for name, (expect, body, followed) in made.items():
        yield Outlines(f"opml-{name}", expect, partial(bytes, body), followed=followed)


def _opml(inside: str, before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<opml version="2.0"><head/><body>{inside}</body></opml>'.encode()
