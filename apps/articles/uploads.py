"""What was uploaded, as bytes that need not be in memory: a large file stays in the folder of temporary files."""

from __future__ import annotations

import mmap
from typing import IO, Protocol, cast


class Uploaded(Protocol):
    """What Django gives for a file of a form."""

    size: int | None
    file: IO[bytes] | None

    def read(self, size: int = -1, /) -> bytes: ...


class Mapped(mmap.mmap):
    """A file's bytes, read by the operating system as they are asked for."""

    def startswith(self, prefix: bytes | tuple[bytes, ...]) -> bool:
        return self[:64].startswith(prefix)


def body_of(uploaded: Uploaded) -> bytes:
    """The bytes of an uploaded file, or of one that lies on the disk what can be used like them: it has a length and
    slices, can be searched, hashed and written."""
    if not hasattr(uploaded, "temporary_file_path") or not uploaded.size or uploaded.file is None:
        return uploaded.read()
    return cast("bytes", Mapped(uploaded.file.fileno(), 0, access=mmap.ACCESS_READ))
