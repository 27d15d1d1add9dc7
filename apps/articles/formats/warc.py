"""WARC (ISO 28500): the pages among the records of an archive, each with what the archive knows about it."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Any, Final, cast

from warcio.archiveiterator import WARCIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.statusandheaders import StatusAndHeadersParser, StatusAndHeadersParserException

from apps.articles import addresses
from apps.articles.formats.kinds import announced
from apps.articles.formats.members import LARGEST_ALL, LARGEST_MEMBER, LeftOut, Member, shown
from apps.articles.refusals import Unreadable

FIRST_YEAR: Final = 1980
LAST_YEAR: Final = 2999
"""Years in which an archive can have been made; no database holds what lies far beyond."""
_READ: Final = frozenset({"text/html", "application/xhtml+xml", "text/plain", "application/pdf", ""})
_AROUND: Final = frozenset({"warcinfo", "request", "metadata"})
"""Records about others: nobody takes them for articles."""
_MOST_ENCODINGS: Final = 2
_MOST_HEADERS: Final = 200
_BLOCK: Final = 64 * 1024
_LENGTH: Final = re.compile(r"\s*[0-9]{1,18}\s*")
_SCHEMES: Final = ("http://", "https://")
_CHUNK: Final = re.compile(rb"[0-9A-Fa-f]{1,12}")
_NEXT: Final = b"\r\n\r\nWARC/"
# What comes of archives that are damaged; warcio trips over some of them.
_BROKEN: Final = (
    ArchiveLoadFailed, StatusAndHeadersParserException, EOFError, OSError, zlib.error, ValueError, IndexError,
    UnicodeError, AttributeError, OverflowError,
)  # fmt: skip


class Tape(io.RawIOBase):
    """A stream that remembers what was last read of it, so that a record can be cut out as it is in the file."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream
        self._kept = bytearray()
        self._from = 0
        self._at = 0
        self.broken = False
        """Whether a packing around all of it ended before its end. warcio takes that for the end of the archive."""

    def read(self, size: int = -1) -> bytes:
        try:
            got = self._stream.read(size)
        except EOFError:
            self.broken = True
            return b""
        self._at += len(got)
        self._kept += got
        if len(self._kept) > 2 * LARGEST_MEMBER:  # of a record that is larger than any article
            self.forget(self._at)
        return got

    def tell(self) -> int:
        return self._at

    def forget(self, before: int) -> None:
        """Keep nothing that stands before this place."""
        if before > self._from:
            del self._kept[: before - self._from]
            self._from = before

    def cut(self, start: int, length: int) -> bytes | None:
        """A part of the file; ``None`` if it is no longer remembered, or too large."""
        at = start - self._from
        if at < 0 or at + length > len(self._kept) or not 0 < length <= LARGEST_MEMBER:
            return None
        return bytes(self._kept[at : at + length])


def members(stream: IO[bytes], *, wanted: Callable[[str], bool] | None = None) -> Iterator[Member | LeftOut]:
    """The pages of an archive, gzipped or not, in its order; ``wanted`` tells by its address whether one is meant.

    A page that the archive holds damaged, encoded in a way nobody knows, or in an answer that was no success is told by
    a code; records of pictures, of visits without bytes and so on are counted. Raises ``Unreadable``: damaged_archive.
    """
    left_out: Counter[str] = Counter()
    tape = Tape(_plain(stream))
    archive = WARCIterator(tape, verify_http=False)
    end, unread = 0, 0
    try:
        for record in archive:
            tape.forget(archive.offset)
            found = _member(record, wanted, left_out)
            unread = _unread(record) if found is None else 0
            end = archive.get_record_offset() + archive.get_record_length()
            if found is None:
                continue
            kept = tape.cut(archive.get_record_offset(), archive.get_record_length())
            yield Member(**found, record=kept)
        lost = "" if _ends(tape, end) and not unread else f"there is no whole record after byte {end}"
    except _BROKEN as error:
        lost = str(error)[:300] or type(error).__name__
    if lost:
        yield Member(name="the rest of the archive", code="damaged_archive", detail=lost)
    yield LeftOut(dict(left_out))


def _unread(record: Any) -> int:
    """How many bytes of a record are missing; it is read to its end."""
    while record.raw_stream.read(_BLOCK):
        pass
    return max(int(getattr(record.raw_stream, "limit", 0)), 0)


def _ends(tape: Tape, end: int) -> bool:
    """Whether nothing but blanks stands after the last record, of which warcio would say nothing."""
    if tape.broken:
        return False
    left = tape.tell() - end
    return left <= 0 or not (tape.cut(end, left) or b"?").strip(b"\0\r\n \t")


def _plain(stream: IO[bytes]) -> IO[bytes]:
    """The stream itself if each record is packed by itself, as is usual; else what one packing around all holds."""
    start = stream.read(2)
    stream.seek(0)
    if start != b"\x1f\x8b":
        return stream
    # Two records within the first packing: warcio gives up on those.
    several = _has_several(stream)
    stream.seek(0)
    return cast("IO[bytes]", gzip.GzipFile(fileobj=stream)) if several else stream


def _has_several(stream: IO[bytes]) -> bool:
    packed, tail, seen = zlib.decompressobj(wbits=31), b"", 0
    while not packed.eof and seen < LARGEST_ALL and (block := packed.unconsumed_tail or stream.read(_BLOCK)):
        try:
            got = packed.decompress(block, 4 * _BLOCK)
        except zlib.error as error:
            if not seen:
                raise Unreadable("damaged_archive", str(error)) from error
            return False
        seen += len(got)
        if _NEXT in tail + got:
            return True
        tail = got[-len(_NEXT) :]
    return False


def _member(record: Any, wanted: Callable[[str], bool] | None, left_out: Counter[str]) -> dict[str, Any] | None:
    """The fields of the member that a record is, or nothing where it is none, which is counted."""
    headers = record.rec_headers
    if record.rec_type is None or not _LENGTH.fullmatch(headers.get_header("Content-Length") or ""):
        # warcio reads on to the end then, over whatever comes.
        raise ValueError("a record without a type or a length")
    address = headers.get_header("WARC-Target-URI") or ""
    address = address.strip("<> ")
    if record.rec_type not in ("response", "resource"):
        if record.rec_type not in _AROUND:
            left_out[shown(str(record.rec_type), 40)] += 1
        return None
    of_a_page = address.lower().startswith(_SCHEMES)
    if record.rec_type == "response" and of_a_page and not address.startswith(_SCHEMES):
        # warcio takes what is under an address in capitals for no page.
        record.http_headers = StatusAndHeadersParser(["HTTP/1.0", "HTTP/1.1"]).parse(record.raw_stream)
    http = record.http_headers
    media_type = (http.get_header("Content-Type") if http else headers.get_header("Content-Type")) or ""
    kind = announced(media_type)
    if kind not in _READ or not of_a_page:
        left_out[shown(kind, 80) or "no address"] += 1
        return None
    if wanted is not None and not wanted(address):
        left_out["not listed as a page"] += 1
        return None
    status = _status(http)
    if 300 <= status < 400:
        left_out[f"status {status}"] += 1
        return None
    return {"address": address[:2_000], "media_type": shown(media_type, 200), **_checked(record, address, status)}


def _checked(record: Any, address: str, status: int) -> dict[str, Any]:
    found: dict[str, Any] = {"name": shown(address, 900), "came": _came(record, address, status)}
    try:
        addresses.parse(address)
        found["body"] = _payload(record)
        if status != 200:
            code = "bad_response" if status >= 500 or status < 200 else f"http_{status}"
            return {**found, "code": code, "detail": f"status {status}"}
    except addresses.BadAddress as refusal:
        return {**found, "address": "", "code": refusal.code, "detail": refusal.detail}
    except Unreadable as refusal:
        return {**found, "code": refusal.code, "detail": refusal.detail}
    return found


def _status(http: Any) -> int:
    if http is None:
        return 200
    try:
        status = int(http.get_statuscode())
    except (TypeError, ValueError):
        return 0
    return status if 100 <= status <= 999 else 0


def _came(record: Any, address: str, status: int) -> dict[str, Any]:
    """How the archive says that the bytes came, as ``Intake.came`` holds it."""
    headers = record.rec_headers
    http = record.http_headers.headers[:_MOST_HEADERS] if record.http_headers else []
    came: dict[str, Any] = {
        "headers": [[shown(name, 200), shown(value, 2_000)] for name, value in http],
        "status": status if record.http_headers else None,
        "final_address": shown(address, 2_000),
        "redirects": [],
        "ip_address": shown(headers.get_header("WARC-IP-Address") or "", 45),
        "tls": {},
    }
    try:
        preserved = datetime.fromisoformat(headers.get_header("WARC-Date") or "")
    except ValueError:
        return came
    if preserved.tzinfo is not None and FIRST_YEAR <= preserved.year <= LAST_YEAR:
        came["preserved"] = preserved.isoformat()
    return came


def _payload(record: Any) -> bytes:
    """The page itself: all of the record, chunks and encodings undone. Raises ``Refusal``."""
    raw: bytes = record.raw_stream.read(LARGEST_MEMBER + 1)
    if len(raw) > LARGEST_MEMBER:
        raise Unreadable("too_large", "larger than an article")
    # What warcio reads from a broken packing it takes for the end of the record.
    missing = getattr(record.raw_stream, "limit", 0)
    if missing:
        raise Unreadable("damaged_archive", f"{missing} bytes of the record are missing")
    http = record.http_headers
    if http is None:
        return raw
    if "chunked" in (http.get_header("Transfer-Encoding") or "").lower():
        raw = _unchunked(raw)
    encodings = [one.strip().lower() for one in (http.get_header("Content-Encoding") or "").split(",")]
    encodings = [one for one in encodings if one and one != "identity"]
    if len(encodings) > _MOST_ENCODINGS:
        raise Unreadable("not_readable", "too many encodings")
    for encoding in reversed(encodings):
        raw = _inflated(raw, encoding)
    return raw


def _unchunked(raw: bytes) -> bytes:
    """The bytes of a chunked answer; those that some archives have put together already stay as they are.

    Raises ``Unreadable`` where the chunks end before the last: what is left would be a shorter article.
    """
    parts: list[bytes] = []
    at = 0
    while True:
        line_end = raw.find(b"\r\n", at, at + 100)
        size = raw[at:line_end].partition(b";")[0].strip() if line_end >= 0 else b""
        length = int(size, 16) if _CHUNK.fullmatch(size) else -1
        if length == 0:
            return b"".join(parts)
        if length < 0 and not parts:
            return raw
        if length < 0 or line_end + 2 + length > len(raw):
            raise Unreadable("damaged_archive", f"there is no whole chunk at byte {at}")
        parts.append(raw[line_end + 2 : line_end + 2 + length])
        at = line_end + 4 + length


def _inflated(raw: bytes, encoding: str) -> bytes:
    """``raw`` unpacked, or as it is where it was unpacked before it was archived."""
    if encoding in ("gzip", "x-gzip"):
        if not raw.startswith(b"\x1f\x8b"):
            return raw
        return _bounded(zlib.decompressobj(wbits=31), raw)
    if encoding == "deflate":
        try:
            return _bounded(zlib.decompressobj(), raw)
        except Unreadable as error:
            if error.code != "damaged_archive":
                raise
            return _bounded(zlib.decompressobj(wbits=-15), raw)
    raise Unreadable("not_readable", f"packed with {encoding[:40]}")


def _bounded(unpacker: Any, raw: bytes) -> bytes:
    try:
        body: bytes = unpacker.decompress(raw, LARGEST_MEMBER + 1)
    except zlib.error as error:
        raise Unreadable("damaged_archive", str(error)) from error
    if len(body) > LARGEST_MEMBER:
        raise Unreadable("expands_too_far", "larger than an article")
    if not unpacker.eof:
        raise Unreadable("damaged_archive", "what is packed ends in the middle")
    return body
