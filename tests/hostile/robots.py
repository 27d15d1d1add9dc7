"""What a robots.txt may do to whoever reads it."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.articles.hosts import Answer, page, raw, redirect
from tests.hostile.cases import TAKEN_IN, Case, Served, article, zeros

_STARS = "/" + "*a" * 40 + "b$"


def cases() -> Iterator[Case]:
    """The page behind each is an ordinary one."""
    rules = {
        "of-10-megabytes": "User-agent: *\nAllow: /\n" + "# nothing\n" * 1_000_000,
        "of-one-line": "#" * 600_000,
        "of-many-programs": "".join(f"User-agent: bot{number}\n" for number in range(20_000)) + "Disallow: /\n",
        "of-many-rules": "User-agent: *\n" + "".join(f"Disallow: /no/{number}\n" for number in range(20_000)),
        "of-nuls": "User-agent: *\x00\nDisallow:\x00\n",
        "of-markup": "<html><body>There is no robots.txt here.</body></html>",
        "of-odd-marks": "\ufeffUser-agent: *\r\rDisallow: \u202e/\nCrawl-delay: 1e999\nRequest-rate: 1/0\n",
        "of-odd-delays": "User-agent: *\nCrawl-delay: -5\nCrawl-delay: nan\nRequest-rate: x/y 0000-9999\nDisallow:\n",
        "of-many-stars": f"User-agent: *\nDisallow: {_STARS}\n" * 20,
    }
    for name, text in rules.items():
        path = "/" + "a" * 1_500 if name == "of-many-stars" else "/story.html"
        yield _with(name, TAKEN_IN, page(text.encode("utf-8", "surrogatepass")), path=path)
    yield _with("that-forbids", "robots_disallowed", page(b"User-agent: *\nDisallow: /\n"))
    yield _with("that-loops", TAKEN_IN, redirect("/robots.txt"))
    yield _with("that-leads-inside", "robots_unreachable", redirect("http://127.0.0.1/robots.txt"))
    yield _with("that-breaks", "robots_unreachable", page(b"", status="500 Broken"))
    yield _with("that-is-busy", "robots_unreachable", page(b"", status="429 Busy"))
    yield _with("that-is-silent", "robots_unreachable", lambda connection, head: time.sleep(4))
    yield _with("that-is-nothing", "robots_unreachable", raw())
    yield _with("that-bursts", TAKEN_IN, page(zeros(40, wbits=31), headers="Content-Encoding: gzip\r\n"))
    yield _with("that-is-packed-badly", "robots_unreachable", page(b"no gzip", headers="Content-Encoding: gzip\r\n"))


def _with(name: str, expect: str, robots: Answer, *, path: str = "/story.html") -> Served:
    return Served(f"robots-{name}", expect, page(article(name)), robots=robots, path=path, received=expect == TAKEN_IN)
