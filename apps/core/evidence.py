"""Where preserved bytes are kept: a folder, made so that a crash at any line leaves no damaged object behind.

An object is named by the SHA-256 of its bytes and lies at ``ab/cd/abcd…``, in a folder and in a bucket alike, so that
one can be copied to the other. It is written under another name, made durable, and only then given its own.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from django.utils.translation import gettext as _

from apps.core.errors import Refusal

INCOMING: Final = ".incoming"
"""The folder of what is being written; what is in it is no evidence yet."""
LEFT_BEHIND_SECONDS: Final = 24 * 3600
"""What is still in ``INCOMING`` after this was left behind by a crash."""

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Full(Refusal):
    """There is no room for more bytes. It may pass: somebody makes room."""

    status = 507
    code = "storage_full"

    def __init__(self, detail: str = "") -> None:
        super().__init__(_("There is no room left where the preserved bytes are kept."))
        self.detail = detail


class Away(Refusal):
    """The storage does not answer, or does not let us in. It may pass."""

    status = 503
    code = "storage_away"

    def __init__(self, detail: str = "") -> None:
        super().__init__(_("The place where the preserved bytes are kept does not answer."))
        self.detail = detail


class Missing(Exception):
    """No object of this name is there."""


class Store(Protocol):
    """A place for objects that are named by their bytes' SHA-256, in hex, and never change."""

    def put(self, sha256: str, body: bytes) -> None:
        """Make sure that the object is there, whole and durable, before this returns. Raises ``Full``, ``Away``."""
        ...

    def get(self, sha256: str) -> bytes:
        """The object's bytes as they are there, unchecked. Raises ``Missing``, ``Away``."""
        ...


def place(sha256: str) -> str:
    """Where an object lies, below the root of its store."""
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


class Folder:
    """Objects as read-only files below one folder, which several machines may share."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._settled: set[Path] = set()  # folders whose own entry this process has made durable
        self._swept = False

    def put(self, sha256: str, body: bytes) -> None:
        final = self.root / place(sha256)
        with _named_failures():
            self._settle(final.parent)
            if not _holds(final, body):
                self._write(final, body)
            # Also where it was there: whoever wrote it may have crashed before this.
            _sync_folder(final.parent)

    def get(self, sha256: str) -> bytes:
        with _named_failures():
            try:
                return (self.root / place(sha256)).read_bytes()
            except FileNotFoundError as error:
                raise Missing(sha256) from error

    def _write(self, final: Path, body: bytes) -> None:
        incoming = self.root / INCOMING
        self._settle(incoming)
        partial = incoming / f"{final.name}.{os.getpid()}.{secrets.token_hex(8)}"
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "wb", buffering=0):
                _write_all(descriptor, body)
                os.fchmod(descriptor, 0o440)
                os.fsync(descriptor)
                now = os.fstat(descriptor).st_mtime
            # Over a damaged object. One that another has put there meanwhile holds the very same bytes.
            partial.replace(final)
        except BaseException:
            with suppress(OSError):
                partial.unlink()
            raise
        if not self._swept:
            self._swept = True
            _sweep(incoming, now=now)

    def _settle(self, folder: Path) -> None:
        """Make ``folder`` and those above it, up to the root's parent, and their entries durable; once a process."""
        if folder in self._settled and folder.is_dir():
            return
        if folder != self.root:
            self._settle(folder.parent)
            folder.mkdir(mode=0o750, exist_ok=True)
        else:
            folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        with suppress(PermissionError):  # whatever is above the root need not be ours
            _sync_folder(folder.parent)
        self._settled.add(folder)


@contextmanager
def _named_failures() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise (Full if error.errno in _NO_ROOM else Away)(str(error)[:300]) from error


def _holds(path: Path, body: bytes) -> bool:
    """Whether the object is there and whole. A short or damaged one is what ``put`` mends."""
    try:
        if path.stat().st_size != len(body):
            return False
        with path.open("rb") as file:
            there = hashlib.file_digest(file, "sha256").hexdigest()
            if there == path.name:
                os.fsync(file.fileno())
                return True
    except FileNotFoundError:
        pass
    return False


def _write_all(descriptor: int, body: bytes) -> None:
    rest = memoryview(body)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(incoming: Path, *, now: float) -> None:
    """Delete what crashes left behind. ``now`` is the file system's own time: this machine's clock may be wrong."""
    for left in incoming.iterdir():
        with suppress(OSError):
            if now - left.stat().st_mtime > LEFT_BEHIND_SECONDS:
                left.unlink()
