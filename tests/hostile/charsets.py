"""Bytes that are characters in no encoding, in several, or in one that nobody should use; and other kinds of file."""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Iterator
from functools import partial

from tests.hostile.cases import TAKEN_IN, Case, File, Page, Pasted, article, prose
from tests.hostile.pages import chars


def cases() -> Iterator[Case]:
    yield from _encodings()
    yield from _marks()
    yield from _other_kinds()
    yield from _pasted()


def _encodings() -> Iterator[Case]:
    page = article(
        "in characters", within="<p>The café in Škoda’s street was closed, and nobody knew for how long.</p>"
    )
    text = page.decode()
    declared = b"<html><head><meta charset=%s></head>"
    yield Page("charset-three-at-once", TAKEN_IN, lambda: page.replace(b"<html><head>", declared % b"utf-16"),
               "text/html; charset=iso-8859-1", holds="café in Škoda’s")  # fmt: skip
    yield Page("charset-bom-against-all", TAKEN_IN, lambda: b"\xef\xbb\xbf" + page, "text/html; charset=koi8-r",
               holds="café in Škoda’s")  # fmt: skip
    yield Page("charset-utf-7", TAKEN_IN, lambda: b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-" + article("seven"),
               "text/html; charset=utf-7", lacks="<script>")  # fmt: skip
    yield Page("charset-utf-16-without-mark", "not_text", lambda: text.encode("utf-16-le"), "text/html")
    yield Page("charset-utf-16", TAKEN_IN, lambda: text.encode("utf-16"), "text/html", holds="café in Škoda’s")
    yield Page("charset-utf-16-cut", TAKEN_IN, lambda: text.encode("utf-16")[:-1], "text/html", holds="café")
    yield Page("charset-utf-32", TAKEN_IN, lambda: text.encode("utf-32"), "text/html", holds="café in Škoda’s")
    yield Page("charset-bytes-of-nothing", "bad_encoding", lambda: b"<p>" + bytes(range(128, 256)) * 500 + b"</p>")
    yield Page("charset-few-wrong", TAKEN_IN, lambda: page.replace(b"Story", b"St\xc3\x28ry", 1), holds="café")
    yield Page("charset-overlong", TAKEN_IN, lambda: page + b"<p>..\xc0\xaf..\xe0\x80\xaf</p>", holds="café")
    yield Page("charset-surrogates", TAKEN_IN, lambda: page + b"<p>\xed\xa0\x80\xed\xbf\xbf</p>", holds="café")
    yield Page("charset-beyond", TAKEN_IN, lambda: page + b"<p>\xf4\x90\x80\x80\xf8\x88\x80\x80\x80</p>", holds="café")
    yield Page(
        "charset-hz", TAKEN_IN, lambda: article("hz", after="<p>~{<:Ky2;~}</p>"), "text/html; charset=hz-gb-2312"
    )
    yield Page("charset-2022-jp", TAKEN_IN, lambda: article("jp") + b"\x1b$B" + b"\x1b(B" * 50_000,
               "text/html; charset=iso-2022-jp")  # fmt: skip
    yield Page("charset-nuls-first", "not_text", lambda: b"\0" * 100 + page)
    yield Page(
        "charset-nuls-late", TAKEN_IN, lambda: page + b" " * 4_096 + b"<p>" + b"\0" * 10_000 + b"</p>", holds="café"
    )
    yield Page("charset-one-byte", TAKEN_IN, lambda: b"\xff", "text/html")


def _marks() -> Iterator[Case]:
    """Characters that are not seen, turn the others round, or pile up."""
    combining = [0x300, 0x316, 0x327, 0x321, 0x345, 0x5B0, 0x64B]
    shown = {
        "overrides": "The \u202edeined\u202c report was \u2066\u2067\u2068 read.\u2069" * 50,
        "override-left-open": "\u202e\u2067" * 500 + "The report was read.",
        "zero-width": "The\u200b rep\u200cort\u200d was\u2060 re\ufeffad." * 500,
        "soft-hyphens": "re\u00adport" * 5_000,
        "combining": "a" + chars(itertools.cycle(combining), 150_000),
        "combining-one": "a" + "\u0301" * 500_000,
        "combining-hangul": "\u1100\u1161\u11a8" * 100_000,
        "expanding": "\ufdfa" * 100_000,
        "tags": "".join(map(chr, range(0xE0020, 0xE0080))) * 1_000,
        "variation-selectors": "a" + "\ufe0f\U000e0100" * 100_000,
        "private": "\ue000\uf8ff\U0010fffd" * 1_000,
        "non-characters": "\ufdd0\uffff\U0001fffe" * 1_000,
        "separators": "word\u2028\u2029\x0b\x0c\x1c\x85" * 20_000,
        "controls": "".join(map(chr, range(1, 32))) * 1_000,
        "digits-of-all": "\u0661\u0967\u0be7\U0001d7d9" * 20_000 + " were killed, he said",
        "many-scripts": "".join(map(chr, range(0x100, 0x2000))) * 10,
    }
    for name, words in shown.items():
        yield Page(f"marks-{name}", TAKEN_IN, partial(article, f"marks {name}", after=f"<p>{words}</p>"), holds="The ")


def _other_kinds() -> Iterator[Case]:
    page = article("polyglot")
    kinds = {
        "gif": b"GIF89a/*" + page + b"*/",
        "png": b"\x89PNG\r\n\x1a\n" + page,
        "jpeg": b"\xff\xd8\xff\xe0" + page,
        "gzip": b"\x1f\x8b\x08" + page,
        "elf": b"\x7fELF" + page,
        "rtf": b"{\\rtf1 " + page,
        "ole": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + page,
        "seven-zip": b"7z\xbc\xaf\x27\x1c" + page,
    }
    for name, body in kinds.items():
        yield File(f"polyglot-{name}", "not_text", partial(bytes, body), f"{name}.html", "text/html")
    yield Page("polyglot-gif-served", "not_text", partial(bytes, kinds["gif"]))
    yield File("polyglot-pdf", "not_readable", lambda: b"%PDF-1.7\n" + page, "a.html", "text/html")
    page_and_zip = page + b" " * 4_096 + b"PK\x05\x06" + bytes(18)
    yield File("polyglot-page-then-zip", "not_text", partial(bytes, page_and_zip), "a.zip", "application/zip")
    yield File("polyglot-page-that-is-a-zip-too", TAKEN_IN, partial(bytes, page_and_zip), "a.html", "text/html")
    yield File("svg", "not_text", lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><text>word</text></svg>", "a.svg")
    yield File("xml-of-nobody", "not_text", lambda: b"<?xml version='1.0'?><words>word</words>", "a.xml")
    yield File("noise", "not_text", lambda: zlib.compress(prose("noise", 500).encode())[2:], "a.txt", "text/plain")


def _pasted() -> Iterator[Case]:
    texts = {
        "surrogates": lambda: "A story\ud800\n\n" + prose("surrogates") + "\udfff",
        "nuls": lambda: "A story\x00\n\n" + prose("nuls") + "\x00" * 100,
        "overrides": lambda: "\u202eA story\n\n" + prose("overrides") + "\u2066" * 100,
        "markup": lambda: "<script>alert(1)</script>{% now %}\n\n" + prose("markup"),
        "returns": lambda: "A story\r\r\n\n\r" + prose("returns") + "\r" * 100_000,
        "paragraphs": lambda: "\n\n".join(f"He said {number}." for number in range(4_000)),
        "combining": lambda: "A story\n\n" + prose("zalgo") + chars(itertools.cycle([0x300, 0x316, 0x345]), 300_000),
        "one-word": lambda: "word" * 500_000,
    }
    for name, text in texts.items():
        yield Pasted(f"pasted-{name}", TAKEN_IN, text)
    yield Pasted("pasted-blanks", "empty_text", lambda: " \n\t\u00a0\u2003" * 1_000)
    yield Pasted("pasted-unseen", "empty_text", lambda: "\u200b\u2060\ufeff" * 1_000)
    yield Pasted("pasted-too-long", "too_large", lambda: "word " * 1_200_000)
    yield Pasted("pasted-beyond-25-megabytes", "too_large", lambda: "x" * (25 * 2**20 + 1))
