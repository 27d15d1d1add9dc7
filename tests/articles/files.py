"""Files as strangers send them, made here: PDF, WARC, WACZ, ZIP, ninjs, NewsML-G2. Every word in them is invented."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

HEADLINE = "Harbour office denies that the strait is closed"
PARAGRAPHS = (
    "The harbour office of Port Elin denied on Monday that it had closed the strait to ships of the northern coast.",
    "“No ship was turned away,” the office’s spokeswoman Ann Maar said in a bulletin that was sent to every captain.",
    "Captains of two ferries said that patrol boats had told them to turn back an hour before the bulletin was sent.",
)
PAGE = (
    f"<!DOCTYPE html><html lang='en'><head><title>{HEADLINE}</title></head><body><article><h1>{HEADLINE}</h1>"
    + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    + "</article></body></html>"
).encode()
ADDRESS = "https://courier.example/sea/1"


@dataclass(frozen=True)
class Line:
    """One line of a PDF: where it begins, in points from the lower left corner, and how large its letters are."""

    words: str
    y: float
    x: float = 72
    size: float = 11


def pdf(pages: Sequence[Iterable[Line]], *, about: Mapping[str, str] | None = None, more: bytes = b"") -> bytes:
    """A PDF of these lines in Helvetica. ``more`` goes into its trailer."""
    objects: list[bytes] = [
        b"",
        b"",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    kids = []
    for lines in pages:
        shown = b"\n".join(_shown(line) for line in lines)
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(shown), shown))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            b"/Contents %d 0 R >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[0] = b"<< /Type /Catalog /Pages 2 0 R >>"
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    told = b" ".join(b"/%s (%s)" % (name.encode(), words.encode("latin-1")) for name, words in (about or {}).items())
    objects.append(b"<< %s >>" % told)
    return _written(objects, b"/Info %d 0 R %s" % (len(objects), more))


def _shown(line: Line) -> bytes:
    words = line.words.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    return b"BT /F1 %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET" % (line.size, line.x, line.y, words)


def _written(objects: Sequence[bytes], trailer: bytes) -> bytes:
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, at)
    return bytes(out)


def set_in_lines(
    paragraphs: Iterable[str], *, top: float, width: int = 60, lead: float = 14, gap: float = 10
) -> list[Line]:
    """Paragraphs as lines of so many characters, from ``top`` downwards, with a gap after each paragraph."""
    lines = []
    for paragraph in paragraphs:
        line = ""
        for word in paragraph.split():
            if line and len(line) + len(word) >= width:
                lines.append(Line(line, top))
                top -= lead
                line = ""
            line = f"{line} {word}".strip()
        lines.append(Line(line, top))
        top -= lead + gap
    return lines


@dataclass(frozen=True)
class Answer:
    """One answer of a host, as an archive holds it."""

    address: str = ADDRESS
    body: bytes = PAGE
    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    kind: str = "response"
    date: str = "2031-04-03T09:30:00Z"


def warc(answers: Iterable[Answer], *, packed: bool = True) -> bytes:
    """An archive of these answers, each record packed by itself."""
    records = [_record({"WARC-Type": "warcinfo", "Content-Type": "application/warc-fields"}, b"software: a test\r\n")]
    records += [_answered(answer) for answer in answers]
    return b"".join(gzip.compress(record, mtime=0) if packed else record for record in records)


def _answered(answer: Answer) -> bytes:
    block, kind = answer.body, dict(answer.headers).get("Content-Type", "")
    if answer.kind in ("response", "revisit"):
        head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
        block, kind = (
            f"HTTP/1.1 {answer.status}\r\n{head}\r\n".encode() + answer.body,
            "application/http; msgtype=response",
        )
    named = {"WARC-Type": answer.kind, "WARC-Target-URI": answer.address, "WARC-Date": answer.date}
    return _record({**named, "WARC-IP-Address": "203.0.113.7", "Content-Type": kind}, block)


def _record(headers: Mapping[str, str], block: bytes) -> bytes:
    named = {"WARC-Record-ID": f"<urn:sha256:{hashlib.sha256(block).hexdigest()}>", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"WARC/1.1\r\n{head}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"


def zipped(entries: Mapping[str, bytes] | Iterable[tuple[str, bytes]], *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, body in entries.items() if isinstance(entries, Mapping) else entries:
            archive.writestr(name, body)
    return out.getvalue()


def wacz(answers: Iterable[Answer], *, pages: Iterable[str] | None = (ADDRESS,)) -> bytes:
    """A crawl: an archive of these answers, and which of them are pages."""
    entries = {"datapackage.json": b'{"profile": "data-package"}', "archive/data.warc.gz": warc(answers)}
    if pages is not None:
        listed = [{"format": "json-pages-1.0", "id": "pages"}, *({"url": page, "title": "x"} for page in pages)]
        entries["pages/pages.jsonl"] = "\n".join(json.dumps(line) for line in listed).encode()
    return zipped(entries, how=zipfile.ZIP_STORED)


def ninjs(**more: object) -> dict[str, object]:
    """One item as version 1 writes it."""
    return {
        "uri": "urn:norwire:20310403:1",
        "type": "text",
        "versioncreated": "2031-04-03T10:00:00+02:00",
        "firstcreated": "2031-04-03T09:30:00+02:00",
        "language": "en-GB",
        "headline": HEADLINE,
        "byline": "Ann Lok",
        "usageterms": "For subscribers only.",
        "infosources": [{"name": "Norwire", "rel": "source"}, {"name": "The Courier", "rel": "distributor"}],
        "body_html": "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS),
        **more,
    }


NAMESPACE = "http://iptc.org/std/nar/2006-10-01/"


def news_item(
    *, guid: str = "urn:norwire:20310403:1", content: str = "", meta: str = "", root: str = "newsItem"
) -> str:
    """One item of NewsML-G2, its words in NITF unless ``content`` says otherwise."""
    return f"""<{root} xmlns="{NAMESPACE}" guid="{guid}" version="2" standard="NewsML-G2" xml:lang="en-GB">
      <rightsInfo><usageTerms>For subscribers only.</usageTerms></rightsInfo>
      <itemMeta><itemClass qcode="ninat:text"/><provider qcode="nprov:NRW"><name>Norwire</name></provider>
        <versionCreated>2031-04-03T10:00:00+02:00</versionCreated>
        <firstCreated>2031-04-03T09:30:00+02:00</firstCreated></itemMeta>
      <contentMeta><headline>{HEADLINE}</headline><by>Ann Lok</by><creditline>Norwire</creditline>{meta}</contentMeta>
      <contentSet>{content or nitf()}</contentSet></{root}>"""


def nitf() -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return f"""<inlineXML contenttype="application/nitf+xml"><nitf xmlns="http://iptc.org/std/NITF/2006-10-18/"><body>
      <body.head><hedline><hl1>{HEADLINE}</hl1></hedline><byline>Ann Lok</byline></body.head>
      <body.content>{body}<media media-type="image"><media-caption>A ferry in the strait.</media-caption></media>
      <hl2>What was said</hl2><p>Nobody answered.</p></body.content></body></nitf></inlineXML>"""


def message(*items: str) -> bytes:
    return f'<newsMessage xmlns="{NAMESPACE}"><header/><itemSet>{"".join(items)}</itemSet></newsMessage>'.encode()


def packed_as_one(body: bytes) -> bytes:
    """An archive packed around all of its records, which the standard advises against and some write."""
    return gzip.compress(body, mtime=0)
