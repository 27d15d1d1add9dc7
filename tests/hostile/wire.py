"""Answers of a host that does not keep to HTTP, or keeps to it to do harm."""

from __future__ import annotations

import gzip
import itertools
import socket
import struct
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Final

from tests.articles.hosts import Answer, page, raw, redirect
from tests.hostile.cases import TAKEN_IN, Case, Served, article, zeros
from tests.hostile.net import TLS_PUBLIC

_CAP: Final = 25 * 2**20
_OK: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def cases(canary: str) -> Iterator[Case]:
    """``canary`` is the origin of what must not be asked."""
    yield from _redirects(canary)
    yield from _heads()
    yield from _bodies()
    yield from _statuses()
    yield from _encodings()
    yield Served("tls-of-nobody", "bad_certificate", page(), lookup=((TLS_PUBLIC,),), scheme="https")


def _redirects(canary: str) -> Iterator[Case]:
    inside = {
        "to-loopback": "http://127.0.0.1/",
        "to-private": "http://10.0.0.1/admin",
        "to-metadata": "http://169.254.169.254/latest/meta-data/",
        "to-loopback-6": "http://[::1]/",
        "to-mapped": "http://[::ffff:10.0.0.1]/",
        "to-name-inside": "http://inside.hostile.example/",
        "to-inside-without-scheme": "//127.0.0.1/",
        "to-tab-in-scheme": "ht\ttp://127.0.0.1/",
    }
    for name, location in inside.items():
        yield Served(f"redirect-{name}", "not_public", redirect(location))
    others = {
        "to-file": ("file:///etc/passwd", "scheme_not_allowed"),
        "to-javascript": ("javascript:alert(1)", "scheme_not_allowed"),
        "to-data": ("data:text/html,hello", "scheme_not_allowed"),
        "to-gopher": ("gopher://10.0.0.1:70/_x", "scheme_not_allowed"),
        "to-canary": (f"http://{canary}/", "port_not_allowed"),
        "to-ssh": ("http://news.example:22/", "port_not_allowed"),
        "to-user": ("http://user:password@news.example/", "address_with_user"),
        "to-backslash-host": ("/\\127.0.0.1/", "bad_address"),
        "to-backslash-slash": ("http:/\\127.0.0.1/", "bad_address"),
        "to-octal": ("http://0177.0.0.1/", "bad_address"),
        "to-circled": ("http://①②⑦.⓪.⓪.①/".encode().decode("latin-1"), "bad_address"),
        "to-nobody": ("http://nobody.invalid/", "no_such_host"),
        "to-very-long": ("/" + "a" * 3_000, "address_too_long"),
        "to-itself": ("", "http_302"),
    }
    for name, (location, code) in others.items():
        yield Served(f"redirect-{name}", code, redirect(location))
    yield Served("redirect-loop", "too_many_redirects", redirect("/story.html"))
    yield Served("redirect-ping-pong", "too_many_redirects", _hops(1_000))
    yield Served("redirect-six", "too_many_redirects", _hops(6))
    yield Served("redirect-five", TAKEN_IN, _hops(5), received=True)
    yield Served("redirect-same-scheme-no-host", TAKEN_IN, _hops(1, to="http:{}"), received=True)
    yield Served("redirect-twice-said", "not_public", raw(
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nLocation: /story.html\r\nContent-Length: 0\r\n\r\n"
    ))  # fmt: skip
    yield Served("redirect-split", "too_many_redirects", raw(
        b"HTTP/1.1 302 Found\r\nLocation: /a\r\n\r\nHTTP/1.1 200 OK\r\nLocation: x\r\n\r\n" + b"x" * 100
    ))  # fmt: skip
    yield Served("redirect-with-endless-body", TAKEN_IN, _hops(1, then=_endless), received=True)


def _hops(count: int, *, to: str = "{}", then: Callable[[socket.socket], None] | None = None) -> Answer:
    """An article behind so many redirects; ``then`` is what the body of a redirect is."""

    def answer(connection: socket.socket, head: bytes) -> None:
        path = head.split()[1].decode("latin-1")
        hop = int(path.rpartition("/")[2]) if path.rpartition("/")[2].isdecimal() else 0
        if hop >= count:
            page(article("behind redirects"))(connection, head)
        elif then is None:
            redirect(to.format(f"/{hop + 1}"))(connection, head)
        else:
            connection.sendall(f"HTTP/1.1 302 Found\r\nLocation: /{hop + 1}\r\n\r\n".encode())
            then(connection)

    return answer


def _heads() -> Iterator[Case]:
    yield Served("head-dripping", "timed_out", _dripping(_OK + b"X: " + b"y" * 500))
    yield Served("head-silent", "timed_out", lambda connection, head: time.sleep(6))
    yield Served("head-none", "bad_response", raw())
    yield Served("head-reset", "bad_response", _reset)
    yield Served("head-of-ssh", "bad_response", raw(b"SSH-2.0-OpenSSH_9.9\r\n"))
    yield Served("head-of-http-0", "bad_response", raw(article("without a head")))
    yield Served("head-of-tls", "bad_response", raw(b"\x15\x03\x01\x00\x02\x02\x46"))
    yield Served("head-100-forever", "timed_out", _forever(b"HTTP/1.1 100 Continue\r\n\r\n"))
    yield Served("head-many-fields", "bad_response", _headed(b"".join(b"X-%d: y\r\n" % n for n in range(5_000))))
    yield Served("head-endless-field", "bad_response", _forever(b"y" * 60_000, first=_OK + b"X: "))
    yield Served("head-endless-fields", "bad_response", _forever(b"X: y\r\n", first=_OK))
    yield Served("head-large-fields", TAKEN_IN, _headed((b"X: " + b"y" * 60_000 + b"\r\n") * 80), received=True)
    yield Served("head-folded", TAKEN_IN, _headed(b"X: a\r\n b\r\n\tc\r\n"), received=True)
    yield Served("head-nul", TAKEN_IN, _headed(b"X: a\x00b\r\nX\x00: c\r\n"), received=True)
    yield Served("head-controls", TAKEN_IN, _headed(b"X: \x1b[2J\x7f\x85\xe2\x80\xae\r\n"), received=True)
    yield Served("head-without-colon", TAKEN_IN, _headed(b"nothing\r\n"), received=True)
    yield Served("head-cookies", TAKEN_IN, _headed(b"Set-Cookie: a=b; Domain=example\r\n" * 50), received=True)


def _headed(fields: bytes) -> Answer:
    body = article("with a head")
    return raw(_OK, fields, b"Content-Length: %d\r\n\r\n" % len(body), body)


def _bodies() -> Iterator[Case]:
    body = article("of some length")
    dripped = _OK + b"Content-Length: 5000\r\n\r\n"
    yield Served("body-dripping", "timed_out", _dripping(b"<p>word</p>" * 400, first=dripped), received=True)
    yield Served("body-stalled", "timed_out", _stalled(dripped + b"<p>word</p>"), received=True)
    yield Served("body-endless", "too_large", _forever(b"<p>word</p>\n" * 5_000, first=_OK + b"\r\n"), received=True)
    yield Served("body-shorter-than-said", "bad_response", raw(_sized(len(body) + 5), body), received=True)
    yield Served("body-longer-than-said", TAKEN_IN, raw(_sized(len(body)), body, body), received=True)
    yield Served("body-of-an-exabyte", "too_large", raw(_sized(10**18), body), received=True)
    yield Served("body-of-many-digits", TAKEN_IN, raw(
        _OK, b"Content-Length: ", b"9" * 5_000, b"\r\n\r\n", body
    ), received=True)  # fmt: skip
    yield Served("body-length-negative", TAKEN_IN, raw(_sized(-5), body), received=True)
    yield Served("body-length-of-words", TAKEN_IN, raw(_OK, b"Content-Length: many\r\n\r\n", body), received=True)
    yield Served("body-two-lengths", "bad_response", raw(
        _OK, b"Content-Length: 5\r\nContent-Length: %d\r\n\r\n" % len(body), body
    ))  # fmt: skip
    yield Served("body-empty", "empty_text", page(b""))
    yield Served("body-chunked-and-sized", TAKEN_IN, raw(
        _OK, b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", _chunk(body), b"0\r\n\r\n"
    ), received=True)  # fmt: skip
    yield from _chunks(body)


def _chunks(body: bytes) -> Iterator[Case]:
    begun = _OK + b"Transfer-Encoding: chunked\r\n\r\n"
    yield Served("chunk-size-of-words", "bad_response", raw(begun, b"many\r\n", body))
    yield Served("chunk-size-negative", "bad_response", raw(begun, b"-5\r\n", body))
    yield Served("chunk-size-huge", "bad_response", raw(begun, b"F" * 40 + b"\r\n", body), received=True)
    yield Served("chunk-cut-off", "bad_response", raw(begun, _chunk(body)), received=True)
    yield Served("chunk-extension-endless", "bad_response", _forever(b"x" * 60_000, first=begun + b"5;"))
    trailers = begun + _chunk(body) + b"0\r\n"
    yield Served("chunk-trailers-endless", "timed_out", _forever(b"X: y\r\n" * 100, first=trailers), received=True)
    yield Served("chunks-of-one-byte", TAKEN_IN, raw(
        begun, b"".join(_chunk(bytes([one])) for one in body), b"0\r\n\r\n"
    ), received=True)  # fmt: skip
    yield Served("chunk-coding-twice", "not_text", raw(
        _OK, b"Transfer-Encoding: gzip, chunked\r\n\r\n", _chunk(gzip.compress(body)), b"0\r\n\r\n"
    ))  # fmt: skip


def _statuses() -> Iterator[Case]:
    lines = (
        "HTTP/1.1 999 Odd", "HTTP/1.1 000 None", "HTTP/1.1 20 Short", "HTTP/1.1 -1 Less", "HTTP/1.1 2OO OK",
        "HTTP/9.9 200 OK", "HTTP/1.1", "ICY 200 OK", "HTTP/1.1 304 Not Modified", "HTTP/1.1 101 Switching",
    )  # fmt: skip
    for line in lines:
        name = f"status-{line.lower().replace(' ', '-').replace('.', '-').replace('/', '-')}"
        yield Served(name, "bad_response", raw(line.encode() + b"\r\nContent-Length: 0\r\n\r\n"))
    for status in (204, 206, 300, 401, 403, 404, 410, 418, 451):
        yield Served(f"status-{status}", f"http_{status}", page(b"", status=f"{status} Odd"))
    for status in (408, 429, 500, 503):
        yield Served(f"status-{status}", "bad_response", page(b"<p>No.</p>", status=f"{status} No"), received=True)


def _encodings() -> Iterator[Case]:
    body = article("that is packed")
    packed = gzip.compress(body, mtime=0)
    bomb = zeros(40, wbits=31)
    bad = {
        "three": (b"gzip, gzip, gzip", gzip.compress(gzip.compress(packed))),
        "brotli": (b"br", body),
        "zstd": (b"zstd", body),
        "compress": (b"compress", body),
        "of-many-words": (b", ".join([b"gzip"] * 2_000), packed),
        "gzip-that-is-none": (b"gzip", body),
        "gzip-cut-off": (b"gzip", packed[:-30]),
        "gzip-name-endless": (b"gzip", b"\x1f\x8b\x08\x08\0\0\0\0\0\x03" + b"n" * 2**20),
        "deflate-that-is-none": (b"deflate", body),
    }
    for name, (encoding, sent) in bad.items():
        yield Served(f"encoding-{name}", "bad_response", _encoded(encoding, sent))
    yield Served("encoding-gzip-bomb", "too_large", _encoded(b"gzip", bomb), received=True)
    yield Served("encoding-bomb-in-a-bomb", "too_large", _encoded(b"gzip, gzip", gzip.compress(bomb)), received=True)
    yield Served("encoding-deflate-bomb", "too_large", _encoded(b"deflate", zeros(40)))
    good = {
        "gzip-twice": (b"gzip, gzip", gzip.compress(packed)),
        "identity": (b"identity", body),
        "deflate-raw": (b"deflate", zlib.compress(body)[2:-4]),
        "deflate": (b"deflate", zlib.compress(body)),
        "gzip-with-rest": (b"gzip", packed + b"\0" * 512 + b"rest"),
        "gzip-of-two-members": (b"gzip", gzip.compress(body[:200]) + gzip.compress(body[200:])),
        "gzip-of-many-empty-members": (b"gzip", gzip.compress(b"") * 20_000 + packed),
    }
    for name, (encoding, sent) in good.items():
        yield Served(f"encoding-{name}", TAKEN_IN, _encoded(encoding, sent), received=True)


def _encoded(encoding: bytes, sent: bytes) -> Answer:
    return raw(_OK, b"Content-Encoding: ", encoding, b"\r\nContent-Length: %d\r\n\r\n" % len(sent), sent)


def _sized(length: int) -> bytes:
    return _OK + b"Content-Length: %d\r\n\r\n" % length


def _chunk(body: bytes) -> bytes:
    return b"%x\r\n" % len(body) + body + b"\r\n"


def _dripping(sent: bytes, *, first: bytes = b"") -> Answer:
    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(first)
        for one in sent:
            connection.sendall(bytes([one]))
            time.sleep(0.2)

    return answer


def _stalled(sent: bytes) -> Answer:
    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(sent)
        time.sleep(6)

    return answer


def _forever(piece: bytes, *, first: bytes = b"") -> Answer:
    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(first)
        for _ in itertools.repeat(None):
            connection.sendall(piece)

    return answer


def _endless(connection: socket.socket) -> None:
    _forever(b"x" * 10_000)(connection, b"")


def _reset(connection: socket.socket, head: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
