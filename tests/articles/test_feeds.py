"""From the bytes of a feed to its items."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from unittest.mock import Mock

import feedparser
import pytest

from apps.articles import feeds
from apps.articles.feeds import Feed, FeedUnreadable
from tests.pace import bound

URL = "https://courier.example/feeds/sea.xml"
SY = 'xmlns:s="http://purl.org/rss/1.0/modules/syndication/"'


def item(number: int = 1, *, more: str = "") -> str:
    return f"<item><title>Item {number}</title><link>https://courier.example/{number}</link>{more}</item>"


def rss(*items: str, prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{prolog}<rss version="2.0"><channel><title>The Courier</title>{"".join(items)}</channel></rss>'


def read(xml: str | bytes) -> Feed:
    return feeds.parse(xml.encode() if isinstance(xml, str) else xml, url=URL)


def refusal(body: bytes) -> str:
    with pytest.raises(FeedUnreadable) as refused:
        feeds.parse(body, url=URL)
    return refused.value.code


def test_rss_gives_its_items_in_order() -> None:
    feed = read(
        rss(
            "<item><title>A &amp;amp; &lt;b&gt;B&lt;/b&gt;</title><link>/1?a=1&amp;b=2</link><guid>urn:1</guid>"
            "<pubDate>Thu, 03 Apr 2031 09:30:00 +0200</pubDate></item>",
            item(2),
        )
    )
    assert (feed.title, feed.refused, feed.cut, feed.dialect) == ("The Courier", (), False, "rss")
    first, second = feed.items
    assert (first.guid, first.url, first.title) == ("urn:1", "https://courier.example/1?a=1&b=2", "A & B")
    assert first.published == datetime(2031, 4, 3, 7, 30, tzinfo=UTC)
    assert (second.guid, second.url, second.published) == (second.url, "https://courier.example/2", None)


def test_atom_gives_its_items() -> None:
    feed = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Courier</title><entry><id>tag:1</id><title>One</title>'
        '<link rel="alternate" href="../1"/><updated>2031-04-03T09:30:00Z</updated></entry></feed>'
    )
    assert [(one.guid, one.url, one.title, one.published) for one in feed.items] == [
        ("tag:1", "https://courier.example/1", "One", datetime(2031, 4, 3, 9, 30, tzinfo=UTC))
    ]


def test_an_identifier_that_is_an_address_will_do() -> None:
    assert read(rss("<item><guid>https://courier.example/7</guid></item>")).items[0].url == "https://courier.example/7"


def test_what_names_no_address_to_fetch_says_so_beside_the_others() -> None:
    feed = read(rss("<item><title>x</title></item>", "<item><link>javascript:alert(1)</link></item>", item(3)))
    assert [one.url[-1] for one in feed.items] == ["3"]
    assert [(one.problem, one.url, one.title) for one in feed.refused] == [
        ("no_address", "", "x"),
        ("scheme_not_allowed", "javascript:alert(1)", ""),
    ]


def test_one_address_is_one_item() -> None:
    feed = read(rss(item(1), item(1, more="<description>Again</description>"), item(3)))
    assert [one.url[-1] for one in feed.items] == ["1", "3"]


def test_articles_that_a_feed_gives_one_guid_are_told_apart_by_their_addresses() -> None:
    same_guid = "<item><guid isPermaLink='false'>a</guid><link>https://courier.example/{}</link></item>"
    feed = read(rss(same_guid.format(1), same_guid.format(2), item(3)))
    assert [one.guid[-1] for one in feed.items] == ["1", "2", "3"]


@pytest.mark.parametrize(
    "changed",
    [
        item(1, more="<description>Other words</description>"),
        item(1, more="<pubDate>Thu, 03 Apr 2031 09:30:00 +0200</pubDate>"),
        item(1).replace("Item", "Another"),
        item(1, more="<guid isPermaLink='false'>a</guid>").replace("example/1", "example/2"),
    ],
)
def test_a_digest_changes_with_whatever_the_feed_says_of_an_item(changed: str) -> None:
    before, same = (read(rss(item(1))).items[0] for _time in range(2))
    assert before.digest == same.digest
    assert read(rss(changed)).items[0].digest != before.digest


@pytest.mark.parametrize(
    ("said", "ttl", "period"),
    [
        ("<ttl>30</ttl>", 1800, None),
        ("<ttl>soon</ttl>", None, None),
        ("<ttl>0</ttl>", None, None),
        (
            f"<s:updatePeriod {SY}>daily</s:updatePeriod><s:updateFrequency {SY}>4</s:updateFrequency>",
            None,
            21_600,
        ),
    ],
)
def test_how_often_a_feed_wants_to_be_asked_is_read(said: str, ttl: int | None, period: int | None) -> None:
    feed = read(rss(item(1)).replace("</title>", f"</title>{said}", 1))
    assert (feed.ttl, feed.period) == (ttl, period)


@pytest.mark.parametrize(
    "reference", ["&#0;", "&#x0;", "&#xFFFFFFFF;", "&#55296;", "&#1;", "&#99999999999999999999;", "&#x1F", "&#11"]
)
def test_one_reference_to_no_character_does_not_lose_the_feed(reference: str) -> None:
    feed = read(
        rss(item(1), f"<item><title>A {reference} B</title><link>https://courier.example/2</link></item>", item(3))
    )
    assert [one.url[-1] for one in feed.items] == ["1", "2", "3"]
    assert feed.items[1].title == "A \ufffd B"


def test_references_to_characters_are_kept() -> None:
    feed = read(rss("<item><title>A&#8212;B&#x2014;C&#x00000041;</title><link>https://courier.example/2</link></item>"))
    assert feed.items[0].title == "A—B—CA"


@pytest.mark.parametrize("mistake", ["&nbsp;", "AT&T", "\x0c", "\x01", "<br>"])
def test_common_mistakes_do_not_lose_the_feed(mistake: str) -> None:
    feed = read(rss(item(1), f"<item><title>A{mistake}B</title><link>https://courier.example/2</link></item>", item(3)))
    assert {one.url[-1] for one in feed.items} >= {"1", "2"}


def test_a_feed_that_breaks_off_gives_what_it_has() -> None:
    assert [one.url[-1] for one in read(rss(item(1), item(2)).split("<title>Item 2")[0]).items] == ["1"]


@pytest.mark.parametrize(
    ("encoding", "declared"), [("utf-16", "utf-16"), ("windows-1251", "windows-1251"), ("utf-8", "iso-8859-1")]
)
def test_other_encodings_are_read(encoding: str, declared: str) -> None:
    xml = rss(
        "<item><title>Пролив закрыт для судов</title><link>https://courier.example/1</link></item>",
        prolog=f'<?xml version="1.0" encoding="{declared}"?>',
    )
    assert read(xml.encode(encoding)).items[0].title == "Пролив закрыт для судов"


LAUGHS = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
QUADRATIC = f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>'
EXTERNAL = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("prolog", [LAUGHS, QUADRATIC, EXTERNAL, EXTERNAL.replace("ENTITY", "ENTITY %").lower()])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_of_its_own_are_refused_before_they_are_parsed(prolog: str, encoding: str) -> None:
    xml = rss(f"<item><title>{'&a;' * 20_000}</title><link>https://courier.example/1</link></item>", prolog=prolog)
    assert refusal(xml.encode(encoding)) == "entities_declared"


def test_entities_are_found_where_control_characters_hide_them() -> None:
    assert refusal(rss(item(1), prolog="<!DOCTYPE rss [<!\x01ENTITY a 'b'>]>").encode()) == "entities_declared"


def test_a_doctype_alone_is_no_harm() -> None:
    prolog = '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://dtd.example/rss.dtd">'
    assert len(read(rss(item(1), prolog=prolog)).items) == 1


def test_a_long_feed_is_cut_and_says_so() -> None:
    feed = read(rss(*(item(number) for number in range(600))))
    assert (len(feed.items), feed.cut, feed.items[0].url[-2:]) == (500, True, "/0")


@pytest.mark.parametrize(
    "date", ["<pubDate>Thu, 03 Apr 2031 {:02}:{:02}:00 GMT</pubDate>", "<dc:date>2031-04-03T{:02}:{:02}Z</dc:date>"]
)
def test_of_a_long_feed_the_newest_are_taken_wherever_they_stand(date: str) -> None:
    feed = read(rss(*(item(number, more=date.format(*divmod(number, 60))) for number in range(600))))
    assert (len(feed.items), feed.items[0].title, feed.items[-1].title) == (500, "Item 100", "Item 599")


@pytest.mark.untraced
def test_a_feed_of_a_hundred_thousand_entries_is_read_in_seconds() -> None:
    body = rss(*(item(number) for number in range(100_000))).encode()
    began = time.process_time()
    feed = feeds.parse(body, url=URL)
    assert time.process_time() - began < bound(5)
    assert (len(feed.items), feed.cut) == (500, True)


def test_a_feed_has_a_size() -> None:
    assert refusal(b" " * (feeds.LARGEST + 1)) == "too_large"
    assert refusal(rss("<a>" * 100_001).encode()) == "too_large"


@pytest.mark.parametrize(
    "body",
    [b"", b"  ", b"words", b"<html><body><p>No feed here.</p></body></html>", b'{"version": "https://jsonfeed.org"}'],
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    assert refusal(body) == "not_a_feed"


def test_what_is_no_text_is_refused() -> None:
    assert refusal(b"\x89PNG\r\n\x1a\n") == "not_text"


def test_a_parser_that_fails_is_no_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedparser, "parse", Mock(side_effect=AssertionError))
    assert refusal(rss(item(1)).encode()) == "not_a_feed"


def test_a_feed_without_items_is_a_feed() -> None:
    assert read(rss()) == Feed(title="The Courier", items=(), dialect="rss")


@pytest.mark.parametrize("date", ["nonsense", "Thu, 99 Apr 2031 09:30:00 GMT", ""])
def test_a_date_that_is_none_is_left_open(date: str) -> None:
    assert read(rss(item(1, more=f"<pubDate>{date}</pubDate>"))).items[0].published is None
