"""Serves the demo outlets on a local port: ``python -m demo.site --port 8765 [--host 127.0.0.1]``.

For demonstrations and tests only; nothing here is meant to face a network.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import NoReturn

from demo import data
from demo.newsstand import Answer, Newsstand
from demo.records import DemoDataError


class Site(ThreadingHTTPServer):
    """The newsstand behind a socket. Port 0 takes any free port; ``base`` says which."""

    daemon_threads = True

    def __init__(self, host: str, port: int, *, root: Path = data.HERE) -> None:
        slugs = data.slugs(root=root)
        shelves = [(data.load(slug, root=root), data.articles(slug, root=root)) for slug in slugs]
        super().__init__((host, port), _Handler)
        shown = f"[{host}]" if ":" in host else host
        self.base = f"http://{shown}:{self.server_port}"
        self.newsstand = Newsstand(shelves, base=self.base)


class _Handler(BaseHTTPRequestHandler):
    server: Site
    server_version = "DemoNewsstand"
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self._send(self._answer(), with_body=True)

    def do_HEAD(self) -> None:
        self._send(self._answer(), with_body=False)

    def _answer(self) -> Answer:
        return self.server.newsstand.respond(
            self.path,
            if_none_match=self.headers.get("If-None-Match", ""),
            if_modified_since=self.headers.get("If-Modified-Since", ""),
        )

    def _send(self, answer: Answer, *, with_body: bool) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.body:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet: whoever runs the demonstration reads the application's log."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serves until it is told to stop. Returns 1, with a sentence on stderr, where it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m demo.site", description="Serve the demo outlets.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=_port, default=8765)
    parser.add_argument("--data", type=Path, default=data.HERE, help="the folder of the data files")
    options = parser.parse_args(argv)
    try:
        site = Site(options.host, options.port, root=options.data)
    except DemoDataError as problem:
        sys.stderr.write(f"The demo data cannot be served. {problem}\n")
        return 1
    except OSError as problem:
        where = f"{options.host} port {options.port}"
        sys.stderr.write(f"The demo site cannot listen on {where}: {problem.strerror}. Choose another --port.\n")
        return 1
    signal.signal(signal.SIGTERM, _stop)
    with site:
        sys.stdout.write(f"Demo outlets at {site.base}/\n")
        sys.stdout.flush()
        try:
            site.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            return 0
    return 0


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port lies between 0 and 65535")
    return port


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
