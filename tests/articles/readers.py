"""Readers that misbehave, each in one way. A child of a test is told to load them, and only that."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from apps.articles.refusals import Unreadable


@dataclass(frozen=True)
class Told:
    """What a reader found."""

    words: str
    at: datetime | None = None


def told(body: bytes) -> Told:
    return Told(body.decode())


def length(body: bytes) -> int:
    return len(body)


def many(body: bytes, *, count: int, descriptor: int | None = None) -> Iterator[Told]:
    for number in range(count):
        yield Told(f"{number}")


def many_or_not(body: bytes, *, count: int, descriptor: int | None = None) -> Iterator[Told]:
    yield from many(body, count=count)
    raise Unreadable("damaged_archive", "at the end")


def refused(body: bytes) -> Told:
    raise Unreadable("too_deep", "as said")


def huge(body: bytes) -> int:
    return len(bytearray(int(body)))


def hoards(body: bytes, kept: list[bytes] = []) -> int:  # noqa: B006 (that is the point)
    kept.append(b"x" * int(body))
    return len(kept)


def starved(body: bytes) -> int:
    raise MemoryError


def shut(body: bytes) -> int:
    raise OSError(24, "Too many open files")


def endless(body: bytes) -> int:
    while True:
        pass


def sleeps(body: bytes) -> int:
    time.sleep(float(body))
    return 0


def recurses(body: bytes) -> int:
    return recurses(body) + 1


def breaks(body: bytes) -> int:
    return int("no number")


def crashes(body: bytes) -> int:
    return ctypes.string_at(0)[0]


def aborts(body: bytes) -> int:
    os.abort()


def ends(body: bytes) -> int:
    os._exit(int(body))


def killed(body: bytes) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def lies(body: bytes) -> int:
    return "no number"  # type: ignore[return-value]


def surroundings(body: bytes) -> list[str]:
    """What it can reach: its environment, what it has open, and what it may still do."""
    return [
        ",".join(os.environ),
        ",".join(_open()),
        _fails(lambda: Path("/etc/hostname").read_bytes()),
        _fails(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM)),
        _fails(lambda: Path("/tmp/counterclaim-test-write").write_bytes(b"x")),
        "apps.ready" if "django.apps" in sys.modules and sys.modules["django.apps"].apps.ready else "no apps",
    ]


def _open() -> Iterator[str]:
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        yield str(number)


def _fails(attempt: object) -> str:
    try:
        attempt()  # type: ignore[operator]
    except OSError as error:
        return type(error).__name__ + f" {error.errno}"
    return "done"
