"""What a robots.txt lets us fetch."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from apps.articles import robots
from tests.pace import bound

AGENT = "Counterclaim/0.1 (preserves news articles for research)"


def allows(text: str, path: str = "/news/a.html") -> bool:
    return robots.allows(text, f"https://news.example{path}", user_agent=AGENT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "User-agent: *\nDisallow:",
        "User-agent: *\nDisallow: /private/",
        "User-agent: other\nDisallow: /",
        "User-agent: counter\nDisallow: /",
        "User-agent: counterclaim-images\nDisallow: /",
        "User-agent: *\nDisallow: /\n\nUser-agent: counterclaim\nAllow: /",
        "User-agent: *\nDisallow: /news/\nAllow: /news/a",
        "<html><body>Not found</body></html>",
        "Disallow: /",
    ],
)
def test_what_is_not_disallowed_to_us_is_allowed(text: str) -> None:
    assert allows(text)


@pytest.mark.parametrize(
    "text",
    [
        "User-agent: *\nDisallow: /",
        "\ufeffUser-agent: *\nDisallow: /",
        "user-AGENT:*\r\nDISALLOW:/news # all of it",
        "User-agent: Counterclaim\nDisallow: /\n\nUser-agent: *\nAllow: /",
        "User-agent: counterclaim/2.0\nDisallow: /",
        "User-agent: other\nUser-agent: counterclaim\nDisallow: /",
        "User-agent: counterclaim\n\nUser-agent: other\nDisallow: /",
        "User-agent: counterclaim\nSitemap: https://news.example/map.xml\nDisallow: /",
        "User-agent: counterclaim\nAllow: /b\n\nUser-agent: *\nAllow: /\n\nUser-agent: counterclaim\nDisallow: /news",
        "User-agent: *\nDisallow: /*.html$",
    ],
)
def test_what_is_disallowed_to_us_is_not_fetched(text: str) -> None:
    assert not allows(text)


def test_the_robots_txt_itself_may_always_be_fetched() -> None:
    assert allows("User-agent: *\nDisallow: /", "/robots.txt")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("User-agent: *\nCrawl-delay: 2.5", 2.5),
        ("User-agent: other\nCrawl-delay: 10", 0),
        ("User-agent: *\nCrawl-delay: 9\n\nUser-agent: counterclaim\nDisallow: /x", 0),
        ("User-agent: *\nCrawl-delay: 86400", 60),
        ("User-agent: *\nCrawl-delay: -1", 0),
        ("User-agent: *\nCrawl-delay: soon", 0),
        ("User-agent: *\nCrawl-delay: nan", 0),
        ("User-agent: *\nRequest-rate: 1/20", 20),
    ],
)
def test_a_crawl_delay_is_kept_up_to_a_minute(text: str, seconds: float) -> None:
    assert robots.pause(text, user_agent=AGENT) == seconds


def test_the_token_is_what_the_user_agent_begins_with() -> None:
    assert robots.product(AGENT) == "counterclaim"
    assert robots.product("Archive-It (https://example.org)") == "archive-it"
    assert robots.product("(odd)") == ""


@pytest.mark.parametrize(
    ("header", "hours"),
    [("", 24), ("max-age=7200", 2), ("no-store", 24), ("public, MAX-AGE=60", 1), ("max-age=99999999", 24)],
)
def test_an_answer_is_relied_on_from_an_hour_to_a_day(header: str, hours: int) -> None:
    assert robots.kept_for(header) == timedelta(hours=hours)


@pytest.mark.untraced
@pytest.mark.parametrize(
    "text",
    [
        "".join(f"User-agent: a{n}\n" for n in range(20_000)) + "".join(f"Disallow: /{n}\n" for n in range(20_000)),
        "".join(f"User-agent: a{n}\n" for n in range(15_000)) * 2 + "Disallow: /",
        "User-agent: *\n" * 30_000 + "Disallow: /x",
        "User-agent: *\nDisallow: /" + "*a" * 250_000,
        "User-agent: *\n" + "Disallow: /*a*a*a*a*a*a*a*a*b\n" * 15_000,
        "a" * 500_000,
        " " * 500_000,
        "User-agent:" + " " * 500_000,
        "User" + " " * 250_000 + "agent: *",
    ],
)
def test_a_hostile_file_costs_little(text: str) -> None:
    began = time.process_time()
    robots.allows(text[: robots.LARGEST], "https://news.example/" + "a" * 1_900, user_agent=AGENT)
    assert time.process_time() - began < bound(3.0)
