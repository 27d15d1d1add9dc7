"""What a child that reads the bytes of strangers may use. It sets them on itself, before it reads the first byte."""

from __future__ import annotations

import os
import resource
import signal
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use.

    - ``memory``: bytes of address space, so that what is resident stays below; 0 for no limit.
    - ``spent``: a child that holds so many bytes more than when it began is let go after its answer, so that what one
      reading leaves behind never counts against the next.
    - ``seconds`` of the processor for one reading; 0 for no limit.
    - ``patience``: seconds on the clock. A child that used half its time by then would use all of it; one that used
      less was given none.
    - ``answer``: the most bytes of one answer.
    - ``readings``: after so many a child is let go whatever it holds.
    """

    memory: int = 512 * 2**20
    spent: int = 96 * 2**20
    seconds: float = 6.0
    patience: float = 11.0
    answer: int = 64 * 2**20
    readings: int = 1_000


USUAL: Final = Limits()


def bind(memory: int) -> None:
    """Bind this process for good: memory, no core file, not a byte written to any file, no other process."""
    if memory:
        _limit("RLIMIT_AS", memory)
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_FSIZE", 0)
    _limit("RLIMIT_NPROC", 0)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)


def shut() -> None:
    """From here on this process opens no file and no socket. What it has open stays open."""
    _limit("RLIMIT_NOFILE", 0)


def _limit(name: str, most: int) -> None:
    # Absent on some systems, and refused by some for address space: the other limits still hold there.
    with suppress(AttributeError, ValueError, OSError):
        resource.setrlimit(getattr(resource, name), (most, most))


def allow(seconds: float) -> None:
    """End this process once it has used so much more of the processor's time; with 0 let it be."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def used(pid: int) -> float:
    """Seconds of the processor that another process has used; 0 where the system does not say."""
    with suppress(OSError):
        told = Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()
        return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


class Memory:
    """How much address space this process holds."""

    def __init__(self) -> None:
        self._file = -1
        with suppress(OSError):
            self._file = os.open("/proc/self/statm", os.O_RDONLY)

    def held(self) -> int:
        """In bytes; 0 where the system does not say."""
        if self._file < 0:
            return 0
        return int(os.pread(self._file, 64, 0).split()[0]) * resource.getpagesize()
