"""JSON Feed: from the bytes of one to its items, through the same door as RSS and Atom."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from apps.articles import feeds
from apps.articles.feeds import Feed, FeedUnreadable

URL = "https://courier.example/feeds/sea.json"
VERSION = "https://jsonfeed.org/version/1.1"


def read(*items: object, **about: object) -> Feed:
    document = {"version": VERSION, "title": "The Courier", "items": list(items), **about}
    return feeds.parse(json.dumps(document).encode(), url=URL, content_type="application/feed+json")


def refusal(body: bytes) -> str:
    with pytest.raises(FeedUnreadable) as refused:
        feeds.parse(body, url=URL)
    return refused.value.code


def test_its_items_are_given_in_order() -> None:
    feed = read(
        {"id": "a", "url": "/1", "title": "<b>One</b> &amp; only", "date_published": "2031-04-03T09:30:00+02:00"},
        {"id": 2, "url": "https://courier.example/2", "date_modified": "2031-04-03T09:30:00Z"},
    )
    assert (feed.title, feed.dialect, feed.cut, feed.refused) == ("The Courier", "json", False, ())
    first, second = feed.items
    assert (first.guid, first.url, first.title) == ("a", "https://courier.example/1", "One & only")
    assert first.published == datetime(2031, 4, 3, 7, 30, tzinfo=UTC)
    assert (second.guid, second.published) == ("2", datetime(2031, 4, 3, 9, 30, tzinfo=UTC))


def test_an_item_without_a_page_is_where_it_points_or_what_it_is_called() -> None:
    feed = read({"id": "a", "external_url": "https://other.example/1"}, {"id": "https://courier.example/2"})
    assert [one.url for one in feed.items] == ["https://other.example/1", "https://courier.example/2"]


def test_what_names_no_address_says_so() -> None:
    feed = read({"id": "a", "title": "A note"}, {"url": "file:///etc/passwd"}, {"url": 7}, "words", None)
    assert [one.problem for one in feed.refused] == ["no_address", "scheme_not_allowed", "no_address"]
    assert feed.items == ()


def test_the_digest_covers_the_content() -> None:
    before, after = (read({"id": "a", "url": "/1", "content_text": words}).items[0] for words in ("One", "Two"))
    assert before.digest != after.digest


def test_of_a_long_feed_the_newest_are_taken() -> None:
    feed = read(
        *(
            {"url": f"/{n}", "title": str(n), "date_published": f"2031-04-03T{n // 60:02}:{n % 60:02}Z"}
            for n in range(600)
        )
    )
    assert (len(feed.items), feed.cut, feed.items[0].title) == (500, True, "100")


def test_words_that_no_database_holds_are_made_such() -> None:
    assert read({"id": "\ud800", "url": "/1", "title": "a\x00b\ud800"}).items[0].title == "ab\ufffd"


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "http://jsonfeed.org/version/1.1"])
def test_versions_that_are_out_are_read(version: str) -> None:
    assert len(read({"url": "/1"}, version=version).items) == 1


@pytest.mark.parametrize("about", [{"items": None}, {"items": "words"}, {"title": ["x"]}])
def test_members_of_another_type_are_as_if_they_were_not_there(about: dict[str, object]) -> None:
    assert read(**about).items == ()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "not_a_feed"),
        (b'{"items": []}', "not_a_feed"),
        (b'{"version": "https://jsonfeed.org/version/2", "items": []}', "not_a_feed"),
        (b'{"version": ' + b"[" * 100_000, "too_deep"),
        (b'{"version": ' + b"9" * 5_000 + b"}", "not_a_feed"),
    ],
)
def test_what_is_no_such_feed_is_refused(body: bytes, code: str) -> None:
    assert refusal(body) == code
