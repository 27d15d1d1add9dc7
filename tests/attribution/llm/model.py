"""A server on this machine that speaks the protocol of chat completions, and says what a test wants it to say."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from apps.attribution.llm.extractor import LlmExtractor
from apps.attribution.llm.meter import Meter
from apps.attribution.llm.options import LlmOptions
from apps.attribution.types import Attribution, Span


@dataclass(frozen=True)
class Request:
    """What was asked, and with which headers (names in lower case)."""

    line: str
    headers: Mapping[str, str]
    asked: Any

    @property
    def article(self) -> str:
        """The text between the marks."""
        return str(self.asked["messages"][1]["content"]).split("\n", 1)[1].rsplit("\n", 1)[0]


Answer = Callable[[socket.socket, Request], None]


class Server:
    """Answers each request in turn from ``answers``, and goes on with the last one."""

    def __init__(self, answers: Sequence[Answer], tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.connections = 0
        self._answers = list(answers)
        self._tls = tls
        self._lock = threading.Lock()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1"

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
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        self.connections += 1
        with suppress(OSError), connection:
            connection.settimeout(10)
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                request = _read(connection)
                with self._lock:
                    answer = self._answers[min(len(self.requests), len(self._answers) - 1)]
                    self.requests.append(request)
                answer(connection, request)


def _read(connection: socket.socket) -> Request:
    received = b""
    while b"\r\n\r\n" not in received:
        received += _more(connection)
    head, _, body = received.partition(b"\r\n\r\n")
    line, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (entry.partition(":") for entry in lines)}
    while len(body) < int(headers["content-length"]):
        body += _more(connection)
    return Request(line, headers, json.loads(body))


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65_536)
    if not received:
        raise ConnectionError
    return received


@contextmanager
def serving(*answers: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(answers, tls)
    try:
        yield server
    finally:
        server.close()


def sends(body: bytes | str, status: int = 200, **headers: str) -> Answer:
    """An HTTP answer with this very body; underscores in names of headers stand for hyphens."""
    data = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": "application/json", "Content-Length": str(len(data))}
    named |= {name.replace("_", "-").title(): value for name, value in headers.items()}

    def answer(connection: socket.socket, request: Request) -> None:
        lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        connection.sendall(f"HTTP/1.1 {status} So\r\n{lines}\r\n".encode("latin-1") + data)

    return answer


def completion(content: object, **changes: object) -> str:
    """The envelope around what the model wrote."""
    text = content if isinstance(content, str) else json.dumps(content)
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
    return json.dumps({"object": "chat.completion", "choices": [choice], "usage": usage} | changes)


def writes(content: object, **changes: object) -> Answer:
    """A completion in which the model wrote this."""
    return sends(completion(content, **changes))


def tells(*entries: object, **changes: object) -> Answer:
    """A completion in which the model told these attributions."""
    return writes({"attributions": list(entries)}, **changes)


def entry(source: object, cue: object, content: object, kind: str = "assertion", **more: object) -> dict[str, object]:
    """One attribution as a model writes it."""
    return {"where": "", "source": source, "cue": cue, "content": content, "target": [], "kind": kind} | more


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def options(server: Server, **changes: Any) -> LlmOptions:
    given: dict[str, Any] = {"timeout_seconds": 5, "deadline_seconds": 20, "retries": 2} | changes
    return LlmOptions(url=server.url, model="tiny", **given)


def reader(
    server: Server, *, time: Time | None = None, tls: ssl.SSLContext | None = None, **changes: Any
) -> LlmExtractor:
    """An extractor before this server, with a meter and a time of its own, whose waits are as long as they can be."""
    given = options(server, **changes)
    passing = time or Time()
    return LlmExtractor(
        given,
        meter=Meter(requests_per_minute=given.requests_per_minute, max_cost=given.max_cost),
        clock=passing.clock,
        sleep=passing.sleep,
        uniform=lambda low, high: high,
        tls=tls,
    )


def words(text: str, spans: Sequence[Span]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


def told(text: str, found: Sequence[Attribution]) -> list[tuple[list[str], list[str], list[str], str]]:
    """Source, cue, content and kind of each in words."""
    return [(words(text, f.source), words(text, f.cue), words(text, f.content), f.kind.value) for f in found]
