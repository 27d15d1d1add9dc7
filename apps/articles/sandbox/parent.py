"""Children that read for this process: started when needed, used again, and ended where they go too far."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from apps.articles.refusals import Refusal, Unreadable
from apps.articles.sandbox import child, limits, wire
from apps.articles.sandbox.limits import USUAL, Limits

log = logging.getLogger(__name__)

ROOT: Final = str(Path(__file__).resolve().parents[3])
START_SECONDS: Final = 60.0
_BEGIN: Final = (
    "import sys; sys.path.insert(0, sys.argv[1]); from apps.articles.sandbox import child; "
    "child.main(*map(int, sys.argv[2:5]), sys.argv[5:])"
)
# How libraries written in C end a process that gets no memory, and how mistakes of theirs end it: the fault of what was
# read either way, and no different the next time.
_GIVEN_UP: Final = frozenset({"SIGABRT", "SIGTRAP", "SIGILL"})
_CRASHES: Final = frozenset({"SIGSEGV", "SIGBUS", "SIGFPE", "SIGSYS"})


class ParserStopped(Unreadable):
    """Reading went past a limit and would again: parser_memory, parser_time, too_deep, too_large."""


class ParserLost(Refusal):
    """The child was ended by somebody else, or had no time on the processor: parser_lost. It may work next time."""


class Child:
    """One process that reads, and the line to it. Used by one thread at a time."""

    def __init__(
        self, bounds: Limits, *, readers: Sequence[str] = child.READERS, descriptors: Sequence[int] = ()
    ) -> None:
        self.limits = bounds
        self.readings = 0
        self._used = 0.0
        self.fit = True
        self.line, theirs = socket.socketpair()
        with theirs:
            numbers = [theirs.fileno(), bounds.memory, bounds.spent]
            # No secret in its environment, no file of ours, no signal of our terminal.
            self.process = subprocess.Popen(  # noqa: S603 (our own interpreter on our own code)
                [sys.executable, "-I", "-B", "-X", "utf8", "-c", _BEGIN, ROOT, *map(str, numbers), *readers],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={},
                cwd="/",
                pass_fds=(theirs.fileno(), *descriptors),
                start_new_session=True,
            )
        try:
            self._frame(time.monotonic() + START_SECONDS)
        except Refusal as refusal:
            self.end()
            raise ParserLost("parser_lost", f"it did not start: {refusal.detail}") from refusal

    @property
    def pid(self) -> int:
        return self.process.pid

    def waits(self) -> bool:
        """Whether it is alive and has nothing to say before it is asked."""
        self.line.settimeout(0)
        try:
            self.line.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def ask(self, reader: str, body: bytes, options: dict[str, Any], kind: Any, *, seconds: float) -> Iterator[Any]:
        """What ``reader`` finds in ``body``: all of many, or the one value; each read as a ``kind``."""
        patience = max(self.limits.patience, seconds * 1.5)
        deadline = time.monotonic() + patience
        self.readings += 1
        self._used = limits.used(self.pid)
        self._send(wire.pack(child.ASK, [reader, options, seconds], body), deadline)
        while True:
            tag, words, raw = self._frame(deadline)
            try:
                if tag == child.ONE_OF_MANY:
                    yield wire.unpack(kind, words, raw)
                    deadline = time.monotonic() + patience
                    continue
                if tag == child.VALUE:
                    yield self._last(kind, words, raw)
                    return
                self._refuse(tag, words)
            except wire.Garbled as error:
                log.warning("A child gave an answer that is none: %s", error)
                raise Unreadable("not_readable", "the parser's answer is none") from error

    def _last(self, kind: Any, words: bytes, raw: bytes) -> Any:
        value, self.fit = wire.unpack(tuple[kind, bool], words, raw)
        return value

    def _refuse(self, tag: bytes, words: bytes) -> None:
        if tag == child.REFUSED:
            name, code, detail, self.fit = wire.unpack(tuple[str, str, str, bool], words, b"")
            raise _refusals().get(name, Refusal)(code[:40], detail[:500])
        self.fit = False
        if tag == child.NO_MEMORY:
            raise ParserStopped("parser_memory")
        if tag == child.TOO_DEEP:
            raise ParserStopped("too_deep", "deeper than the parser goes")
        if tag != child.BROKE:
            raise wire.Garbled("an unknown tag")
        log.error("A reader broke down:\n%s", wire.unpack(str, words, b""))
        raise Unreadable("not_readable", "the parser broke down")

    def _send(self, frame: list[bytes], deadline: float) -> None:
        try:
            for part in frame:
                self.line.settimeout(max(0.001, deadline - time.monotonic()))
                self.line.sendall(part)
        except OSError as error:
            raise self._cause() from error

    def _frame(self, deadline: float) -> tuple[bytes, bytes, bytes]:
        tag, words, raw = wire.HEAD.unpack(self._exactly(wire.HEAD.size, deadline))
        if words + raw > self.limits.answer:
            self.fit = False
            raise ParserStopped("too_large", f"an answer of {words + raw} bytes")
        rest = self._exactly(words + raw, deadline)
        return tag, bytes(rest[:words]), bytes(rest[words:])

    def _exactly(self, length: int, deadline: float) -> memoryview:
        body = memoryview(bytearray(length))
        at = 0
        while at < length:
            self.line.settimeout(max(0.001, deadline - time.monotonic()))
            try:
                got = self.line.recv_into(body[at:])
            except TimeoutError as error:
                raise self._too_late() from error
            except OSError as error:
                raise self._cause() from error
            if not got:
                raise self._cause()
            at += got
        return body

    def _too_late(self) -> Refusal:
        """Why it has not answered in so many seconds, and end it."""
        used = limits.used(self.pid) - self._used
        self.end()
        if used > self.limits.seconds / 2 > 0:
            return ParserStopped("parser_time", f"{used:.1f} seconds, and not done")
        return ParserLost("parser_lost", f"it was given {used:.1f} seconds")

    def _cause(self) -> Refusal:
        """Why it is gone."""
        status = self._reap()
        if status == child.OUT_OF_MEMORY:
            return ParserStopped("parser_memory", "there was none left to say so")
        if status >= 0:
            return Unreadable("not_readable", f"the parser ended with status {status}")
        name = signal.Signals(-status).name
        if name in ("SIGPROF", "SIGXCPU"):
            return ParserStopped("parser_time")
        if name in _GIVEN_UP:
            return ParserStopped("parser_memory", name)
        if name in _CRASHES:
            return Unreadable("not_readable", f"the parser ended with {name}")
        return ParserLost("parser_lost", name)

    def end(self) -> None:
        """End it, whatever it is doing."""
        if self.process.returncode is None:
            self.process.kill()
        self._reap()

    def _reap(self) -> int:
        """Its exit status; below zero the signal that ended it."""
        self.fit = False
        self.line.close()
        return self.process.wait()

    def forget(self) -> None:
        """Let go of it in a process that was forked from its parent."""
        self.process.returncode = 0
        self.line.close()


def _refusals() -> dict[str, type[Refusal]]:
    """Every kind of refusal there is, by its name."""
    found, waiting = {"Refusal": Refusal}, [Refusal]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            found[kind.__name__] = kind
            waiting.append(kind)
    return found


class Sandbox:
    """A few children for all threads of this process. A process that is forked off begins with none."""

    def __init__(self, bounds: Limits = USUAL, *, readers: Sequence[str] = child.READERS, most: int = 2) -> None:
        self.limits = bounds
        self._readers = readers
        self._most = most
        self._begin()
        os.register_at_fork(after_in_child=self._after_fork)

    def _begin(self) -> None:
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(self._most)

    def _after_fork(self) -> None:
        for one in (*self._idle, *self._busy):
            one.forget()
        self._begin()

    @contextmanager
    def child(self) -> Iterator[Child]:
        """A child that is ours for a while. It is kept for the next if it is fit for more."""
        with self._turns:
            one = self._taken()
            try:
                yield one
            except BaseException as error:
                one.fit = one.fit and isinstance(error, Refusal)
                raise
            finally:
                self._give_back(one)

    def _taken(self) -> Child:
        while True:
            with self._lock:
                one = self._idle.pop() if self._idle else None
            if one is None:
                one = Child(self.limits, readers=self._readers)
            elif not one.waits():
                one.end()
                continue
            with self._lock:
                self._busy.add(one)
            return one

    def _give_back(self, one: Child) -> None:
        keep = one.fit and one.readings < self.limits.readings
        with self._lock:
            self._busy.discard(one)
            if keep:
                self._idle.append(one)
        if not keep:
            one.end()

    def call(self, reader: str, body: bytes, kind: Any, options: dict[str, Any]) -> Any:
        """What the function ``module:name`` makes of ``body``, read as a ``kind``."""
        with self.child() as one:
            return next(one.ask(reader, body, options, kind, seconds=self.limits.seconds))

    def stream(
        self, reader: str, descriptor: int, kind: Any, options: dict[str, Any], *, seconds: float
    ) -> Generator[Any]:
        """One after the other, what the generator ``module:name`` finds in an open file, in a child of its own."""
        one = Child(self.limits, readers=self._readers, descriptors=(descriptor,))
        try:
            for found in one.ask(reader, b"", {**options, "descriptor": descriptor}, kind | None, seconds=seconds):
                if found is not None:
                    yield found
        finally:
            one.end()

    def close(self) -> None:
        """End the children that wait."""
        with self._lock:
            idle, self._idle = self._idle, []
        for one in idle:
            one.end()
