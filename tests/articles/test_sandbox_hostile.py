"""What strangers may send, read by the real children: each is read or refused in time and within 512 MB.

That it is the limits which do it, the controls in ``test_sandbox`` show.
"""

from __future__ import annotations

import gzip
import io
import json
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import psutil
import pytest

from apps.articles import sandbox
from apps.articles.extraction import Extracted
from apps.articles.formats import Member, kind_of
from apps.articles.refusals import Refusal
from apps.articles.sandbox.limits import USUAL
from apps.articles.sandbox.parent import Sandbox
from tests.articles import files
from tests.articles.files import PAGE, Answer
from tests.pace import slowness

MOST_SECONDS = 15
MOST_MEMORY = 512 * 2**20
WORDS = b"Some words of an article that nobody wrote. "


@contextmanager
def peak() -> Iterator[list[int]]:
    """The most bytes that a child of this process had resident meanwhile, as far as looking every 10 ms shows."""
    most, over = [0], threading.Event()

    def watch() -> None:
        ours = psutil.Process()
        while not over.wait(0.01):
            for child in ours.children():
                try:
                    most[0] = max(most[0], child.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def outcome(read: Callable[[], object]) -> str:
    """``read``, or the code of the refusal, once time and memory are checked."""
    began = time.monotonic()
    with peak() as most:
        try:
            read()
            code = "read"
        except Refusal as refusal:
            code = refusal.code
    assert time.monotonic() - began < MOST_SECONDS * slowness()
    assert most[0] < MOST_MEMORY
    return code


def a_page(body: bytes, *, head: bytes = b"") -> bytes:
    return b"<html><head><title>Words</title>" + head + b"</head><body>" + body


def pdf_of(*objects: bytes) -> bytes:
    return files._written(objects, b"")


def packed_stream(size: int) -> bytes:
    data = zlib.compress(b"\0" * size, 9)
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(data), data),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 3 0 R >>",
    )


def forms_in_forms(levels: int) -> bytes:
    """Each draws the next ten times."""
    drawn = b"/X Do " * 10
    form = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X %d 0 R >> >> /Length %d >>"
    inner = b"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream"
    return pdf_of(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> /Contents 4 0 R >>",
        b"<< /Length 5 >>\nstream\n/X Do\nendstream",
        *[form % (number + 6, len(drawn)) + b"\nstream\n" + drawn + b"\nendstream" for number in range(levels)],
        inner,
    )


ARTICLES = {
    "nested divs": (a_page(b"<div>" * 99_000 + WORDS), "too_deep"),
    "nested spans": (a_page(b"<p>" + b"<span>" * 99_000 + WORDS), "too_deep"),
    "nested tables": (a_page(b"<table><tr><td>" * 33_000 + WORDS), "too_deep"),
    "200,000 divs": (a_page(b"<div>a</div>" * 200_000), "too_large"),
    "an attribute of 4 MB": (a_page(b"<p title='" + b"x" * 4_000_000 + b"'>" + WORDS), "read"),
    "a comment without end": (a_page(WORDS + b"<!--" + b"-" * 4_000_000), "read"),
    "a script without end": (a_page(WORDS + b"<script>" + b"<" * 4_000_000), "read"),
    "open brackets": (a_page(b"<" * 4_000_000), "empty_text"),
    "references": (a_page(b"<p>" + b"&amp;" * 900_000), "empty_text"),
    "spaces": (a_page(b"<p>" + b" \n" * 2_000_000 + WORDS), "read"),
    "marks upon marks": (a_page(b"<p>a" + "\u0301".encode() * 2_000_000), "read"),
    "entities of its own": (
        b"<!DOCTYPE html [<!ENTITY a '" + b"a" * 10_000 + b"'><!ENTITY b '" + b"&a;" * 10_000 + b"'>]>"
        + a_page(b"<p>&b;&b;&b; " + WORDS),
        "read",
    ),
    "deep JSON in its head": (
        a_page(WORDS, head=b"<script type='application/ld+json'>" + b"[" * 500_000 + b"</script>"),
        "read",
    ),
    "a heading of 4 MB": (a_page(b"<h1>" + b"a - " * 1_000_000 + b"</h1><p>" + WORDS), "read"),
    "noise": (bytes(range(0x80, 0x100)) * 100_000, "bad_encoding"),
    "UTF-32": (a_page(WORDS).decode().encode("utf-32"), "read"),
    "an encoding nobody knows": (a_page("<p>Größe ".encode("latin-1"), head=b"<meta charset='x-no-such'>"), "read"),
    "a PDF whose stream unfolds": (packed_stream(400 * 2**20), "parser_memory"),
    "a PDF of forms in forms": (forms_in_forms(9), "parser_memory"),
    "a PDF of pages in pages": (
        pdf_of(
            b"<< /Type /Catalog /Pages 2 0 R >>",
            *[b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (number + 3) for number in range(10_000)],
        ),
        "not_readable",
    ),
    "a PDF whose pages are themselves": (
        pdf_of(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 99999 /Kids [2 0 R 2 0 R] >>"),
        "too_large",
    ),
    "a PDF of brackets": (pdf_of(b"<< /Type /Catalog /Pages 2 0 R >>", b"[" * 1_000_000), "not_readable"),
    "deep ninjs": (b'{"uri": "x", "headline": "y", "a": ' + b"[" * 1_000_000, "too_deep"),
    "ninjs of deep HTML": (json.dumps(files.ninjs(body_html="<div>" * 200_000)).encode(), "too_deep"),
}  # fmt: skip


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_is_read_or_refused_within_its_limits(name: str) -> None:
    body, code = ARTICLES[name]
    assert outcome(lambda: sandbox.extract(body)) == code
    assert sandbox.extract(PAGE).headline == files.HEADLINE


def test_a_page_of_a_million_attributes_is_ended_by_its_time_whatever_else_goes_on() -> None:
    body = a_page(b"<p " + b" ".join(b"a%d=1" % number for number in range(500_000)) + b">x")
    hurried = Sandbox(replace(USUAL, seconds=1.0))
    assert outcome(lambda: hurried.call("apps.articles.extraction:from_bytes", body, Extracted, {})) == "parser_time"
    hurried.close()


def directory_of(entries: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(entries):
            archive.writestr(f"{number}.txt", b"Words")
    return out.getvalue()


def record_of(headers: bytes) -> bytes:
    return gzip.compress(b"WARC/1.0\r\n" + headers)


HUGE = (
    b"WARC-Type: response\r\nWARC-Target-URI: https://a.example/\r\nContent-Type: application/http\r\n"
    b"Content-Length: %d\r\n\r\n"
)

CONTAINERS = {
    "a ZIP of 20,000 entries": (directory_of(20_000), {"", "too_many_members"}),
    "a ZIP that unfolds": (files.zipped({"a.txt": b"0" * 100 * 2**20}), {"expands_too_far"}),
    "a ZIP of a WARC that unfolds": (
        files.zipped({"a.warc.gz": gzip.compress(files.warc([Answer(body=b"0" * 200 * 2**20)], packed=False))}),
        {"too_large"},
    ),
    "a WARC that unfolds": (
        record_of(HUGE % 300_000_000 + b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + b"0" * 300_000_000),
        {"too_large"},
    ),
    "a WARC of one line": (record_of(b"WARC-Type: " + b"x" * 300_000_000), "parser_memory"),
    "a WARC of 5,000 pages": (
        files.warc([Answer(address=f"https://a.example/{number}") for number in range(5_000)]),
        {"", "too_many_members"},
    ),
    "ninjs of deep lists": (b'[{"uri": "x", "headline": "y", "a": ' + b"[" * 1_000_000, "too_deep"),
    "NewsML of too many elements": (
        files.message(files.news_item(content="<inlineXML>" + "<p>w</p>" * 300_000 + "</inlineXML>")),
        "too_large",
    ),
    "a WACZ with a list without end": (
        files.zipped(
            {
                "datapackage.json": b"{}",
                "archive/a.warc.gz": files.warc([Answer()]),
                "pages/pages.jsonl": b'{"url": "https://a.example/"}\n' * 500_000,
            }
        ),
        {""},
    ),
}


@pytest.mark.parametrize("name", CONTAINERS)
def test_a_container_is_unpacked_or_refused_within_its_limits(name: str) -> None:
    body, expected = CONTAINERS[name]
    found: list[Member] = []

    def read() -> None:
        found.extend(one for one in sandbox.unpack(body, kind=kind_of(body)) if isinstance(one, Member))

    code = outcome(read)
    assert expected == ({one.code for one in found} if code == "read" else code)
