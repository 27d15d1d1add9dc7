"""Archives that burst, lie about what is in them, or name what is not theirs."""

from __future__ import annotations

import gzip
import io
import json
import stat
import struct
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from tests.hostile.cases import TAKEN_IN, Case, File, article, zeros

_ZIP: Final = "application/zip"


def cases() -> Iterator[Case]:
    yield from _names()
    yield from _bombs()
    yield from _lies()
    yield from _warcs()
    yield from _crawls()


def _zip(*entries: tuple[str | zipfile.ZipInfo, bytes], level: int = 6) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, body in entries:
            archive.writestr(name, body)
    return out.getvalue()


def _one(name: str, expect: str, body: Callable[[], bytes], **inside: int) -> File:
    """A ZIP; what is inside by the words of the outcome, their blanks and hyphens as underscores."""
    found = {key.replace("taken_in", TAKEN_IN): count for key, count in inside.items()}
    return File(f"zip-{name}", expect, body, f"{name}.zip", _ZIP, inside=found)


def _names() -> Iterator[Case]:
    names = (
        "../../../../etc/cron.d/story.html", "..\\..\\windows\\story.html", "/etc/story.html", "C:\\Windows\\a.html",
        "\\\\10.0.0.1\\share\\story.html", "story.html\x00.png", "\u202elmth.yrots\u202c.html", "a\r\nb\x1b[2J.html",
        "...html", " .html", "a" * 60_000 + ".html", "CON.html", "<script>alert(1)</script>.html",
        "http://127.0.0.1/story.html",
    )  # fmt: skip
    made = partial(_zip, *[(written, article(f"zip {number}")) for number, written in enumerate(names)])
    yield _one("of-names-that-lead-elsewhere", TAKEN_IN, made, taken_in=len(names))
    twice = [("a.html", article(f"zip twice {number}")) for number in range(3)]
    yield _one("name-three-times", TAKEN_IN, partial(_named_alike, twice), taken_in=3)
    link = zipfile.ZipInfo("link.html")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    links = partial(_zip, (link, b"/etc/passwd"), ("a.html", article("beside a link")))
    yield _one("link", TAKEN_IN, links, taken_in=1, not_text=1)
    yield _one("folders", "nothing_inside", partial(_zip, *[(f"{'a/' * 500}{n}/", b"") for n in range(100)]))


def _named_alike(entries: list[tuple[str, bytes]]) -> bytes:
    """Names of the same length that are made the same afterwards: zipfile warns about writing one twice."""
    out = _zip(*[(f"{number}.html", body) for number, (_name, body) in enumerate(entries)])
    for number in range(len(entries)):
        out = out.replace(b"%d.html" % number, b"a.html")
    return out


def _bombs() -> Iterator[Case]:
    yield _one("bomb", TAKEN_IN, partial(_zip_of_zeros, 1, 200), expands_too_far=1)
    yield _one("bomb-of-many", TAKEN_IN, partial(_zip_of_zeros, 20, 5),
               expands_too_far=20)  # fmt: skip
    inner = partial(_zip, ("a.html", article("packed twice")))
    yield _one("in-a-zip", TAKEN_IN, lambda: _zip(("inner.zip", inner())), nested_archive=1)
    yield _one("in-itself-many-times", TAKEN_IN, lambda: _zip(("x.zip", _within(6))), nested_archive=1)
    yield _one("overlapping", TAKEN_IN, partial(_overlapping, 400), damaged_archive=400)
    yield _one("of-too-many", "too_large", lambda: _empty_entries(100_001))
    yield _one("of-many", TAKEN_IN, lambda: _zip(*[(f"{n}.txt", b"") for n in range(1_050)]),
               empty_text=1_000, too_many_members=1)  # fmt: skip
    yield _one("larger-than-said", TAKEN_IN, partial(_said_smaller), damaged_archive=1)
    yield _one("larger-than-an-article", TAKEN_IN, lambda: _zip(("a.txt", _noise(26)), level=0), too_large=1)


def _noise(megabytes: int) -> bytes:
    return bytes(range(256)) * (4_096 * megabytes)


def _zip_of_zeros(entries: int, megabytes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(entries):
            with archive.open(f"{number}.txt", "w") as entry:
                for _ in range(megabytes):
                    entry.write(bytes(2**20))
    return out.getvalue()


def _within(levels: int) -> bytes:
    body = _zip(("a.html", article("deep inside")))
    for _ in range(levels):
        body = _zip(*[(f"{number}.zip", body) for number in range(10)])
    return body


def _empty_entries(count: int) -> bytes:
    """So many entries with nothing in them, written by hand as it is quicker."""
    local, central = bytearray(), bytearray()
    for number in range(count):
        name = b"%07d.txt" % number
        at = len(local)
        local += struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0) + name
        central += struct.pack(
            "<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, at
        ) + name  # fmt: skip
    many = min(count, 0xFFFF)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, many, many, len(central), len(local), 0)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(central), len(local))
    where = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(local) + len(central), 1)
    return bytes(local + central) + end64 + where + end


def _overlapping(count: int) -> bytes:
    """One kernel of bytes that every entry of the directory claims for itself."""
    out = _zip(*[(f"{number:03}.html", article("overlapping") if number == 0 else b"") for number in range(count)])
    with zipfile.ZipFile(io.BytesIO(out)) as archive:
        first = archive.infolist()[0]
    at = 0
    patched = bytearray(out)
    while (at := patched.find(b"PK\x01\x02", at)) >= 0:
        struct.pack_into("<3L", patched, at + 16, first.CRC, first.compress_size, first.file_size)
        struct.pack_into("<L", patched, at + 42, 0)
        at += 4
    return bytes(patched)


def _said_smaller() -> bytes:
    out = bytearray(_zip(("a.html", article("larger than said") + b" " * 3_000_000)))
    at = out.find(b"PK\x01\x02")
    struct.pack_into("<L", out, at + 24, 100)
    return bytes(out)


def _lies() -> Iterator[Case]:
    whole = _zip(("a.html", article("whole")))
    yield _one("cut-off", "damaged_archive", lambda: whole[: len(whole) // 2])
    yield _one("of-a-head", "damaged_archive", lambda: b"PK\x03\x04")
    yield _one("of-an-end", "nothing_inside", lambda: b"PK\x05\x06" + bytes(18))
    yield _one("with-a-locked-entry", TAKEN_IN, partial(_flagged, whole, 0x1), encrypted=1)
    yield _one("with-an-unknown-method", TAKEN_IN, partial(_method, whole, 99), damaged_archive=1)
    yield _one("with-a-wrong-sum", TAKEN_IN, lambda: whole.replace(_crc(whole), b"\1\2\3\4"), damaged_archive=1)
    yield _one("with-another-inside", TAKEN_IN, lambda: whole + _zip(("b.html", article("second"))), taken_in=1)
    yield _one("with-an-offset-beyond", TAKEN_IN, partial(_moved, whole, 2**31), damaged_archive=1)
    remark = b"\xff\xff" + b"PK\x05\x06" * 16_383 + b"xxx"
    yield _one("with-a-remark-of-ends", "damaged_archive", lambda: whole[:-2] + remark)
    document = partial(_zip, ("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w:t>word</w:t>"))
    yield File("zip-of-an-office", "not_text", document, "a.docx")
    yield File("gzip-of-a-page", "not_text", lambda: gzip.compress(article("in gzip")), "a.html.gz", "application/gzip")


def _crc(archive: bytes) -> bytes:
    return archive[14:18]


def _patched(archive: bytes, local: int, central: int, form: str, value: int) -> bytes:
    out = bytearray(archive)
    struct.pack_into(form, out, local, value)
    struct.pack_into(form, out, out.find(b"PK\x01\x02") + central, value)
    return bytes(out)


def _flagged(archive: bytes, flag: int) -> bytes:
    return _patched(archive, 6, 8, "<H", flag)


def _method(archive: bytes, method: int) -> bytes:
    return _patched(archive, 8, 10, "<H", method)


def _moved(archive: bytes, offset: int) -> bytes:
    out = bytearray(archive)
    struct.pack_into("<L", out, out.find(b"PK\x01\x02") + 42, offset)
    return bytes(out)


def _record(body: bytes, *, target: str = "https://news.example/a", length: int | None = None, kind: str = "response",
            head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", date: str = "2031-04-03T10:00:00Z",
            more: bytes = b"") -> bytes:  # fmt: skip
    block = head + b"\r\n" + body
    said = len(block) if length is None else length
    return (
        b"WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:0b9c1e9e-0000-4000-8000-000000000000>\r\n"
        b"WARC-Target-URI: %s\r\nWARC-Date: %s\r\nContent-Type: application/http;msgtype=response\r\n%s"
        b"Content-Length: %d\r\n\r\n"
        % (kind.encode(), target.encode("utf-8", "surrogatepass"), date.encode(), more, said)
    ) + block + b"\r\n\r\n"  # fmt: skip


_HTTP: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def _warc(name: str, expect: str, body: Callable[[], bytes], **inside: int) -> File:
    found = {key.replace("taken_in", TAKEN_IN): count for key, count in inside.items()}
    return File(f"warc-{name}", expect, body, f"{name}.warc", "application/warc", inside=found)


def _warcs() -> Iterator[Case]:
    for name, target in {"loopback": "http://127.0.0.1/a", "metadata": "http://169.254.169.254/a"}.items():
        yield _warc(f"of-{name}", TAKEN_IN, partial(_record, article(f"of {name}"), target=target), taken_in=1)
    yield _warc(
        "of-a-user", TAKEN_IN, partial(_record, article("u"), target="http://a:b@news.example/"), address_with_user=1
    )
    yield _warc("of-a-file", "nothing_inside", partial(_record, article("f"), target="file:///etc/passwd"))
    yield _warc("of-a-script", "nothing_inside", partial(_record, article("s"), target="javascript:alert(1)"))
    yield _warc("of-a-long-address", TAKEN_IN, partial(_record, article("l"), target="http://a.example/" + "a" * 9_000),
                address_too_long=1)  # fmt: skip
    yield _warc("longer-than-it-is", TAKEN_IN, partial(_record, article("longer"), length=10**9), damaged_archive=1)
    yield _warc("of-an-exabyte", TAKEN_IN, partial(_record, article("exabyte"), length=10**18), damaged_archive=1)
    yield _warc("shorter-than-it-is", TAKEN_IN, partial(_record, article("shorter"), length=400), taken_in=1,
                damaged_archive=1)  # fmt: skip
    yield _warc("of-negative-length", TAKEN_IN, partial(_record, article("negative"), length=-5), damaged_archive=1)
    yield _warc("without-a-record", TAKEN_IN, lambda: b"WARC/1.1\r\n", damaged_archive=1)
    yield _warc("of-noise", TAKEN_IN, lambda: b"WARC/1.1\r\n" + _noise(2), damaged_archive=1)
    yield _warc("of-endless-fields", TAKEN_IN, lambda: b"WARC/1.1\r\n" + b"X: y\r\n" * 200_000, damaged_archive=1)
    yield _warc("of-odd-date", TAKEN_IN, partial(_record, article("odd date"), date="9999-99-99T99:99:99Z"), taken_in=1)
    yield _warc("of-tomorrow", TAKEN_IN, partial(_record, article("late"), date="9999-12-31T23:59:59Z"), taken_in=1)
    yield _warc("of-visits", "nothing_inside", partial(_record, b"", kind="revisit"))
    yield _warc("of-odd-kind", "nothing_inside", partial(_record, b"", kind="\x1b[2J" + "k" * 5_000))
    yield _warc("of-odd-status", TAKEN_IN, partial(_record, article("o"), head=b"HTTP/1.1 2OO OK\r\n"), bad_response=1)
    yield _warc("of-many-headers", TAKEN_IN, partial(_record, article("many"), head=_HTTP + b"X: y\r\n" * 50_000),
                taken_in=1)  # fmt: skip
    bomb = zeros(60, wbits=31)
    packed = _HTTP + b"Content-Encoding: gzip\r\n"
    yield _warc("of-a-bomb", TAKEN_IN, partial(_record, bomb, head=packed), expands_too_far=1)
    twice = _HTTP + b"Content-Encoding: gzip, gzip, gzip\r\n"
    yield _warc("of-three-encodings", TAKEN_IN, partial(_record, bomb, head=twice), not_readable=1)
    yield _warc("of-chunks-that-lie", TAKEN_IN,
                partial(_record, b"FFFFFF\r\n" + article("chunks"), head=_HTTP + b"Transfer-Encoding: chunked\r\n"),
                damaged_archive=1)  # fmt: skip
    good = _record(article("packed"))
    yield _warc("packed-and-cut", TAKEN_IN, lambda: gzip.compress(good)[:-40], damaged_archive=1)
    yield _warc("packed-bomb", TAKEN_IN, _packed_bomb, damaged_archive=2)
    many = lambda: b"".join(_record(b"", target=f"http://a.example/{n}") for n in range(300))  # noqa: E731
    yield _warc("of-many", TAKEN_IN, many, empty_text=300)


def _packed_bomb() -> bytes:
    """One record of 200 megabytes in as many kilobytes."""
    record = _record(b"", length=200 * 2**20 + len(_HTTP) + 2)
    return gzip.compress(record.rstrip()) + b"".join(gzip.compress(bytes(2**20)) for _ in range(200))


def _crawls() -> Iterator[Case]:
    others = json.dumps({"url": "http://127.0.0.1/"}).encode()
    about = ("datapackage.json", b"{}")
    warc = ("archive/a.warc", _record(article("of a crawl")))
    made = {
        "without-a-list": (TAKEN_IN, (about, warc), 1),
        "with-a-list-of-others": (TAKEN_IN, (about, ("pages/pages.jsonl", others), warc), 1),
        "with-a-list-too-deep": (TAKEN_IN, (about, ("pages/pages.jsonl", b"[" * 100_000), warc), 1),
        "with-an-odd-list": (TAKEN_IN, (about, ("pages/pages.jsonl", b'{"url": 5}\n[]\nnull\n"\xff'), warc), 1),
        "with-an-index-that-lies": (TAKEN_IN, (about, ("indexes/index.cdx", b"x" * 1_000_000), warc), 1),
        "without-an-archive": ("nothing_inside", (about, ("archive/readme.txt", b"Nothing.")), 0),
    }
    for name, (expect, entries, count) in made.items():
        inside = {TAKEN_IN: count} if count else {}
        yield File(f"wacz-{name}", expect, partial(_zip, *entries), f"{name}.wacz", "application/wacz", inside=inside)
