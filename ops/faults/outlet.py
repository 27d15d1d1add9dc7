"""Articles of an invented outlet, any number of them and each with words of its own, and a site that serves them."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random

SYLLABLES = ("ba", "che", "do", "fir", "gul", "hen", "is", "jor", "ka", "lum", "mev", "no", "pra", "quil", "ros", "ta")
ON_A_FEED = 10
COPIES_EACH = 12
"""One article in so many carries the words of the one before it."""


def _word(rng: Random) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(rng.randint(2, 4)))


def page(number: int) -> str:
    """The page of an article. Two things are said in it, the rest is words that nobody else prints."""
    about = number - 1 if number % COPIES_EACH == COPIES_EACH - 1 else number
    rng = Random(about)  # noqa: S311 (no secret)
    place, name, thing = (_word(rng).capitalize() for _ in range(3))
    paragraphs = [
        f"The harbour office of {place} said on Monday that {rng.randint(20, 90)} boats had passed the northern point.",
        f"Captain {name} denied that the boats of {place} had carried any {thing.lower()}.",
        *(" ".join(_word(rng) for _ in range(16)).capitalize() + "." for _ in range(8)),
    ]
    body = "".join(f"<p>{words}</p>" for words in paragraphs)
    # Copies differ in what stands around the words, so that each is an article of its own bytes.
    return (
        f'<!doctype html><html lang="en"><head><title>Boats of {place}</title><meta name="number" content="{number}">'
        f"</head><body><article><h1>Boats of {place}</h1>{body}</article></body></html>"
    )


def on_feed(base: str, number: int) -> list[str]:
    """The addresses that a feed names."""
    return [f"{base}/feed/{one}.html" for one in range(number * ON_A_FEED, (number + 1) * ON_A_FEED)]


def feed(base: str, number: int) -> str:
    """RSS."""
    items = "".join(
        f"<item><title>{address}</title><link>{address}</link><guid>{address}</guid></item>"
        for address in on_feed(base, number)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'


class Outlet(ThreadingHTTPServer):
    """The site, on any free port of this machine."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.base = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()


class _Handler(BaseHTTPRequestHandler):
    server: Outlet

    def do_GET(self) -> None:
        kind, _, name = self.path.strip("/").partition("/")
        number = name.partition(".")[0]
        if kind == "rss" and number.isdecimal():
            return self._send(feed(self.server.base, int(number)), "application/rss+xml")
        if kind in ("feed", "page") and number.isdecimal():
            # What comes by feeds has numbers beyond all others.
            return self._send(page(int(number) + (10**6 if kind == "feed" else 0)), "text/html; charset=utf-8")
        self.send_error(404)
        return None

    def _send(self, text: str, media_type: str) -> None:
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""
