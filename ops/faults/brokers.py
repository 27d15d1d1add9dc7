"""Brokers that can be taken away: an embedded one, by killing it; any other, by cutting the wire to it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

import redis
from kombu import Connection

from ops.broker import Broker
from ops.paths import ROOT, CannotGoOnError

QUEUES: Final = ("default", "fetch", "parse", "propose")


class Breakable(Protocol):
    url: str

    def start(self) -> None: ...

    def vanish(self, *, forget: bool) -> None: ...

    def remove(self) -> None: ...


def breakable(url: str, *, folder: Path, prefix: str) -> Breakable:
    """A broker for one run, whose queues' names begin with ``prefix``: the server at ``url``, else one of our own."""
    if not url:
        return Embedded(folder)
    queues = [f"{prefix}{name}" for name in QUEUES]
    return Wire(url, Amqp(url, queues) if url.startswith("amqp") else Redis(url))


class Embedded:
    """A Valkey of our own, which is killed to vanish, and whose files are deleted to forget."""

    def __init__(self, folder: Path) -> None:
        self._broker = Broker(folder)
        self.url = self._broker.url()
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        bound = [sys.executable, "-m", "ops.bound", str(os.getpid())]
        self._running = subprocess.Popen([*bound, *self._broker.command()], cwd=ROOT, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 30
        while not self._broker.ready():
            if time.monotonic() > deadline:
                raise CannotGoOnError(f"Valkey did not start; {self._broker.log} may say why.")
            time.sleep(0.02)

    def vanish(self, *, forget: bool) -> None:
        assert self._running is not None
        self._running.kill()
        self._running.wait()
        if forget:
            shutil.rmtree(self._broker.root, ignore_errors=True)

    def remove(self) -> None:
        if self._running is not None:
            self._running.terminate()
            self._running.wait()


class Memory(Protocol):
    """What a server holds of ours."""

    def check(self) -> None: ...

    def forget(self) -> None: ...

    def remove(self) -> None: ...


class Redis:
    """A numbered database of a Redis or Valkey server; it has to be empty, and is emptied."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(url)

    def check(self) -> None:
        if self._client.dbsize():
            raise CannotGoOnError("The broker's database is not empty, and would be emptied: name another number.")

    def forget(self) -> None:
        self._client.flushdb()

    remove = forget


class Amqp:
    """Queues of an AMQP server: emptied to forget, deleted in the end."""

    def __init__(self, url: str, queues: Sequence[str]) -> None:
        self._url, self._queues = url, queues

    def check(self) -> None:
        with Connection(self._url) as connection:
            connection.ensure_connection(max_retries=1)

    def forget(self) -> None:
        with Connection(self._url) as connection:
            self._do(connection, "queue_purge")

    def remove(self) -> None:
        with Connection(self._url) as connection:
            self._do(connection, "queue_delete")
            self._do(connection, "exchange_delete")  # one of the same name

    def _do(self, connection: Connection, what: str) -> None:
        for queue in self._queues:
            with suppress(*connection.channel_errors), connection.channel() as channel:
                getattr(channel, what)(queue)


class Wire:
    """A server that somebody else runs, reached through a port of ours that can be closed, connections and all."""

    def __init__(self, url: str, memory: Memory) -> None:
        parts = urlsplit(url)
        self._memory = memory
        self._there = (parts.hostname or "127.0.0.1", parts.port or (5672 if parts.scheme == "amqp" else 6379))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        user = f"{parts.username}:{parts.password}@" if parts.username else ""
        self.url = parts._replace(netloc=f"{user}127.0.0.1:{self._port}").geturl()
        self._listening: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._memory.check()

    def start(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", self._port))
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def vanish(self, *, forget: bool) -> None:
        self._close()
        if forget:
            time.sleep(1)  # until it has taken back what it had given to those who are cut off
            self._memory.forget()

    def remove(self) -> None:
        self._close()
        self._memory.remove()

    def _close(self) -> None:
        if self._listening is not None:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
        for one in list(self._open):
            _cut(one)
        self._open.clear()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                here, _address = listening.accept()
            except OSError:
                return
            try:
                there = socket.create_connection(self._there, timeout=10)
            except OSError:
                here.close()
                continue
            there.settimeout(None)
            self._open |= {here, there}
            if listening.fileno() < 0:  # closed meanwhile
                _cut(here)
                _cut(there)
            for one, other in ((here, there), (there, here)):
                threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65_536):
                other.sendall(data)
        _cut(one)
        _cut(other)
        self._open -= {one, other}


def _cut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
