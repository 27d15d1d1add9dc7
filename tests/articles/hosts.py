"""Hosts on real sockets of this machine: one says what a test wants it to say, and counts who came."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answer = Callable[[socket.socket, bytes], None]


class Host:
    """A listening socket whose every connection is handed to ``answer`` with the head of its request."""

    def __init__(self, answer: Answer, *, address: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None):
        self.requests: list[bytes] = []
        self.connections = 0
        self._answer = answer
        self._tls = tls
        self._socket = socket.create_server((address, port))
        self.address, self.port = self._socket.getsockname()[:2]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"{self.address}:{self.port}"

    def url(self, path: str = "/") -> str:
        return f"http://{self.origin}{path}"

    def close(self) -> None:
        # Closing alone would leave the thread in accept() with the port still taken.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.settimeout(20)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                head = b""
                # A TLS greeting, to a host that speaks none, is answered at once.
                while b"\r\n\r\n" not in head and head[:1] != b"\x16" and (received := connection.recv(65_536)):
                    head += received
                self.requests.append(head)
                self._answer(connection, head)


@contextmanager
def listening(answer: Answer, **where: object) -> Iterator[Host]:
    host = Host(answer, **where)  # type: ignore[arg-type]
    try:
        yield host
    finally:
        host.close()


def page(body: bytes = b"<p>Hello</p>", *, status: str = "200 OK", headers: str = "") -> Answer:
    """An ordinary answer. ``headers`` are further lines, each with its line end."""

    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(
            f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode(
                "latin-1"
            )
            + body
        )

    return answer


def raw(*pieces: bytes) -> Answer:
    """Bytes as they are, then the end of the connection."""

    def answer(connection: socket.socket, head: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)

    return answer


def redirect(location: str, *, status: str = "302 Found") -> Answer:
    return page(b"", status=status, headers=f"Location: {location}\r\n")
