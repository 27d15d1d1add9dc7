"""The process that reads the bytes of strangers: it has limits, and neither files, sockets nor secrets.

It answers one request after the other, over the one socket it was started with, until its parent hangs up. It never
sets Django up: a refusal leaves it as a code, and its sentence is looked up by the parent.
"""

from __future__ import annotations

import codecs
import encodings
import encodings.aliases
import gc
import importlib
import mimetypes
import os
import socket
import sys
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from pkgutil import iter_modules
from typing import Any, Final

from apps.articles.refusals import Refusal
from apps.articles.sandbox import limits, wire

READY: Final = b"r"
ASK: Final = b"a"
VALUE: Final = b"v"
ONE_OF_MANY: Final = b"m"
REFUSED: Final = b"x"
NO_MEMORY: Final = b"n"
TOO_DEEP: Final = b"d"
BROKE: Final = b"b"

OUT_OF_MEMORY: Final = 77
"""The status with which a child ends that had no memory left to say so."""

# All that reads. Loaded before anything is read, since a bound child opens no file any more.
READERS: Final = (
    "apps.articles.extraction", "apps.articles.page_metadata", "apps.articles.feeds", "apps.articles.jsonfeeds",
    "apps.articles.sitemaps", "apps.articles.listings", "apps.articles.opml", "apps.articles.discovery",
    "apps.articles.formats.reading",
)  # fmt: skip


def main(descriptor: int, memory: int, spent: int, readers: Sequence[str]) -> None:
    """Read with these modules for the parent at the other end of a socket, within limits, until it hangs up."""
    with socket.socket(fileno=descriptor) as line:
        load(readers)
        held = limits.Memory()
        # What libraries have to say of odd pages is for nobody.
        os.dup2(1, 2)
        limits.bind(memory)
        limits.shut()
        try:
            serve(line, held, most=held.held() + spent)
        except MemoryError:
            os._exit(OUT_OF_MEMORY)


def load(readers: Sequence[str]) -> None:
    """Load whatever reading needs, also what libraries load only when they come to it."""
    for name in readers:
        importlib.import_module(name)
    mimetypes.init()
    time.strptime("2031", "%Y")
    keep_encodings()
    for name in readers:
        warm_up = getattr(sys.modules[name], "warm_up", None)
        if warm_up is not None:
            warm_up()
    sys.meta_path[:] = [NothingMore]
    gc.freeze()  # nothing of this is ever garbage


class NothingMore:
    """Finds no module, so that what a library asks for in vain is not looked for among files."""

    @classmethod
    def find_spec(cls, name: str, path: object = None, target: object = None) -> None:
        """Nothing is found."""


def keep_encodings() -> None:
    """Load every encoding there is, and let none that a page names be looked for among files."""
    known = {}
    for name in {*(module.name for module in iter_modules(encodings.__path__)), *encodings.aliases.aliases}:
        with suppress(ImportError, LookupError):  # of another system
            known[name] = codecs.lookup(name)
    codecs.unregister(encodings.search_function)
    codecs.register(known.get)


def serve(line: socket.socket, held: limits.Memory, *, most: int) -> None:
    """Answer one request after the other, as long as no more than ``most`` bytes are held after one."""
    _send(line, wire.pack(READY, os.getpid()))
    fit = True
    while fit and (asked := receive(line)) is not None:
        fit = answer(line, *asked, lean=lambda: held.held() <= most)


def receive(line: socket.socket) -> tuple[Any, bytes] | None:
    """The next request, or ``None`` once the parent is gone."""
    head = _exactly(line, wire.HEAD.size)
    if head is None:
        return None
    _tag, words, raw = wire.HEAD.unpack(head)
    rest = _exactly(line, words + raw)
    return None if rest is None else (wire.told(bytes(rest[:words])), bytes(rest[words:]))


def _exactly(line: socket.socket, length: int) -> memoryview | None:
    body = memoryview(bytearray(length))
    at = 0
    while at < length:
        got = line.recv_into(body[at:])
        if not got:
            return None
        at += got
    return body


def answer(line: socket.socket, asked: Any, raw: bytes, *, lean: Callable[[], bool]) -> bool:
    """Do one reading and send what came of it; whether this process is fit for another."""
    reader, options, seconds = asked
    limits.allow(seconds)
    try:
        found = _reader(reader)(raw, **options)
        if isinstance(found, Generator):
            for one in found:
                _send(line, wire.pack(ONE_OF_MANY, one))
            found = None
        fit = lean()
        frame = wire.pack(VALUE, [found, fit])
    except OSError as error:  # the parent is gone, or a reader met a limit
        fit, frame = False, wire.pack(BROKE, repr(error))
    except Refusal as refusal:
        fit = lean()
        frame = wire.pack(REFUSED, [type(refusal).__name__, refusal.code, str(refusal.__dict__.get("detail", "")), fit])
    except MemoryError:
        fit, frame = False, wire.pack(NO_MEMORY, None)
    except RecursionError:
        fit, frame = False, wire.pack(TOO_DEEP, None)
    except BaseException as error:  # noqa: BLE001 (also what a library written in Rust throws)
        fit, frame = False, wire.pack(BROKE, "".join(traceback.format_exception(error))[-4_000:])
    limits.allow(0)
    with suppress(OSError):
        _send(line, frame)
        return fit
    return False


def _reader(name: str) -> Callable[..., Any]:
    """The function that ``module:function`` names, of a module that is loaded."""
    module, _, function = name.partition(":")
    reader: Callable[..., Any] = getattr(sys.modules[module], function)
    return reader


def _send(line: socket.socket, frame: list[bytes]) -> None:
    for part in frame:
        line.sendall(part)
