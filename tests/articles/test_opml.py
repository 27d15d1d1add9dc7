"""Lists of feeds, read and written."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.articles import opml
from apps.articles.feeds import FeedUnreadable
from apps.articles.opml import Entry

AT = datetime(2031, 4, 3, 9, 30, tzinfo=UTC)


def file(*outlines: str, prolog: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{prolog}<opml version="1.1"><head><title>Mine</title></head>'
        f"<body>{''.join(outlines)}</body></opml>"
    ).encode()


def outline(number: int) -> str:
    return f'<outline text="Feed {number}" xmlUrl="https://courier.example/{number}"/>'


def refusal(body: bytes) -> str:
    with pytest.raises(FeedUnreadable) as refused:
        opml.parse(body)
    return refused.value.code


def test_feeds_are_found_however_deep_they_are_filed() -> None:
    nested = (
        '<outline text="News"><outline text="Sea" title="The sea">'
        '<outline type="rss" text="Short" title="The Courier &amp; Co" xmlUrl=" https://courier.example/rss "/>'
        "</outline></outline>"
    )
    found = opml.parse(file(nested, '<outline text="x" xmlurl="https://lantern.example/rss"/>'))
    assert (found.title, found.cut) == ("Mine", False)
    assert found.entries == (
        Entry("https://courier.example/rss", "The Courier & Co", "News / The sea"),
        Entry("https://lantern.example/rss", "x"),
    )


def test_the_same_feed_twice_is_told_twice() -> None:
    assert len(opml.parse(file(outline(1), outline(1))).entries) == 2


def test_what_is_written_is_read_again() -> None:
    entries = (
        Entry("https://courier.example/rss?a=1&b=2", 'The "Courier" & Sea'),
        Entry("https://courier.example/news.xml", "Map", kind="sitemap"),
        Entry("https://courier.example/", "Page", kind="listing", selector="li > a[href]"),
        Entry("https://courier.example/1", "Sea", name="Ours", least_seconds=60, most_seconds=3600, paused=True),
    )
    body = opml.written(entries, title="A dossier", at=AT)
    assert opml.parse(body).entries == entries
    assert b'<opml xmlns:counterclaim="urn:counterclaim:opml" version="2.0">' in body
    assert b"<dateCreated>Thu, 03 Apr 2031 09:30:00 +0000</dateCreated>" in body
    assert body.count(b'type="rss"') == 4
    assert b'text="Ours" title="Sea"' in body


def test_a_feed_without_a_title_is_written_with_its_address() -> None:
    assert b'text="https://courier.example/rss"' in opml.written(
        [Entry("https://courier.example/rss", "")], title="", at=AT
    )


def test_kinds_of_others_are_feeds() -> None:
    strange = (
        '<outline xmlns:c="urn:counterclaim:opml" c:kind="letter" c:selector="a" xmlUrl="https://courier.example/"/>'
    )
    assert opml.parse(file(strange)).entries == (Entry("https://courier.example/", ""),)


def test_of_a_long_file_a_thousand_are_read_and_the_rest_is_told() -> None:
    found = opml.parse(file(*(outline(number) for number in range(1_001))))
    assert (len(found.entries), found.cut) == (1_000, True)
    assert not opml.parse(file(*(outline(number) for number in range(1_000)))).cut


def test_a_file_of_groups_alone_ends_too() -> None:
    assert opml.parse(file("<outline/>" * 20_001)).cut


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_opml"),
        (b"words", "not_opml"),
        (b"<rss version='2.0'/>", "not_opml"),
        (file(outline(1), prolog='<!DOCTYPE opml [<!ENTITY a "b">]>'), "entities_declared"),
        (b" " * (opml.LARGEST + 1), "too_large"),
        (b"PK\x03\x04", "not_text"),
    ],
)
def test_what_is_no_such_file_is_refused(body: bytes, code: str) -> None:
    assert refusal(body) == code


def test_a_damaged_file_gives_what_it_has() -> None:
    assert len(opml.parse(file(outline(1), outline(2))[:-40]).entries) >= 1


def test_intervals_that_none_may_be_are_brought_within_those_that_may() -> None:
    named = ' xmlns:c="urn:counterclaim:opml" c:least="1" c:most="999999999999"'
    body = outline(1).replace("<outline", f"<outline{named}")
    (entry,) = opml.parse(file(body)).entries
    assert (entry.least_seconds, entry.most_seconds) == (15, 30 * 86_400)
