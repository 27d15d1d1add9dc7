"""One moment by which everything that is asked of a host must be over."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .guard import Refused


class Deadline:
    """One moment by which everything must be over, name look-up and redirects included."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return max(0.0, self._at - time.monotonic())

    @property
    def passed(self) -> bool:
        return self.left == 0.0

    def timeout(self, most: float = float("inf")) -> float:
        """A socket timeout, which must not be 0: that would mean not to block at all."""
        return max(0.001, min(self.left, most))

    @contextmanager
    def over(self, sock: socket.socket) -> Iterator[None]:
        """Shut ``sock`` at the deadline, whoever reads from it: a byte each second keeps any socket timeout away."""

        def shut() -> None:
            with suppress(OSError):
                # Not SSLSocket.shutdown, which would take the session from under the thread that reads.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

        timer = threading.Timer(self.left, shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
        if self.passed:
            # To the reader the shut connection was the end of the body, if that was told by nothing else.
            raise Refused("timed_out", "the host did not end")
