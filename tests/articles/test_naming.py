"""Which further addresses name the same article."""

from __future__ import annotations

import pytest

from apps.articles import naming
from apps.articles.addresses import BadAddress

ASKED = "https://news.example/2024/03/ferry-was-late.html"


def test_an_address_that_leads_nowhere_else_has_no_other() -> None:
    assert naming.others(ASKED, final=ASKED, canonical=ASKED) == {}
    assert naming.others(ASKED) == {}
    assert naming.others(f"{ASKED}?utm_source=x", final=ASKED, canonical=f"{ASKED}#top") == {}


@pytest.mark.parametrize(
    ("final", "statuses"),
    [
        ("https://news.example/world/a", [301]),
        ("https://other.example/world/a", [308, 301]),
        ("https://www.news.example/2024/03/ferry-was-late.html", [302]),
        ("https://news.example/2024/03/ferry-was-late.html?cookies=1", [302]),
        ("https://m.news.example/ferry-was-late.html", [302, 301]),
        ("https://news.example/en/2024/03/ferry-was-late/", [303]),
        ("https://other.example/a/the-ferry-was-very-late", [302]),
        ("https://other.example/a/20240312", [307]),
    ],
)
def test_a_redirect_for_good_or_to_what_is_an_article_leads_to_another_address(final: str, statuses: list[int]) -> None:
    assert naming.others(ASKED, final=final, redirects=statuses) == {final: "final"}


@pytest.mark.parametrize(
    ("final", "statuses"),
    [
        ("https://news.example/", [301]),
        ("https://news.example/2024/03/", [301]),
        ("https://news.example/2024", [308]),
        ("https://www.news.example/", [301]),
        ("https://other.example/", [301]),
        ("https://news.example/login", [302]),
        ("https://news.example/subscribe?next=%2F2024", [302]),
        ("https://consent.example/page", [302]),
        ("https://news.example/consent", [301, 302]),
        ("https://news.example/not-found", [307]),
    ],
)
def test_a_redirect_to_a_front_a_section_or_a_wall_leads_to_no_address_of_the_article(
    final: str, statuses: list[int]
) -> None:
    assert naming.others(ASKED, final=final, redirects=statuses) == {}
    assert naming.others(ASKED, final=final, redirects=statuses, canonical=final) == {}


def test_a_short_address_leads_to_the_article() -> None:
    assert naming.others("https://sh.example/x1", final=ASKED, redirects=[301]) == {ASKED: "final"}
    long = "https://news.example/2024/the-ferry-was-late-again"
    assert naming.others("https://sh.example/x1", final=long, redirects=[302]) == {long: "final"}


@pytest.mark.parametrize(
    "canonical", ["https://news.example/a/1", "https://www.news.example/x", "http://news.example/2024/03/ferry"]
)
def test_what_a_page_calls_itself_is_another_address(canonical: str) -> None:
    assert naming.others(ASKED, canonical=canonical) == {canonical: "canonical"}


@pytest.mark.parametrize(
    "canonical",
    [
        "https://other.example/2024/03/ferry-was-late.html",
        "https://news.example.evil.example/2024/03/ferry-was-late.html",
        "https://news.example/",
        "https://news.example/2024/",
        "https://news.example/2024/03",
        "javascript:alert(1)",
        "/relative",
        "https://[bad",
    ],
)
def test_no_page_calls_itself_what_is_anothers_or_a_section(canonical: str) -> None:
    assert naming.others(ASKED, canonical=canonical) == {}


def test_what_the_page_calls_itself_where_it_was_found_counts_too_and_is_less_sure() -> None:
    found = naming.others(
        "https://sh.example/x1", final=ASKED, redirects=[301], canonical="https://news.example/id/12345"
    )
    assert list(found.items()) == [(ASKED, "final"), ("https://news.example/id/12345", "canonical")]


def test_a_wall_does_not_speak_for_the_article_unless_it_names_it() -> None:
    wall = {"final": "https://news.example/consent", "redirects": [302]}
    assert naming.others(ASKED, canonical="https://news.example/welcome", **wall) == {}  # type: ignore[arg-type]
    named = "https://news.example/x/ferry-was-late"
    assert naming.others(ASKED, canonical=named, **wall) == {named: "canonical"}  # type: ignore[arg-type]


def test_a_sites_front_may_be_asked_for_itself() -> None:
    front = "https://www.news.example/"
    assert naming.others("https://news.example/", final=front, redirects=[301]) == {front: "final"}


def test_what_is_no_address_has_no_other() -> None:
    with pytest.raises(BadAddress):
        naming.others("nonsense")
