"""From bytes to the text of a rendition. The strait and everyone at it are invented."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest.mock import Mock

import pytest
import trafilatura

from apps.articles import charsets, extraction, page_metadata
from apps.articles.extraction import Extracted, Unreadable

HEADLINE = "Harbour office denies that the strait is closed"
PARAGRAPHS = (
    "The harbour office of Port Elin denied on Monday that it had closed the strait to ships of the northern coast.",
    "“No ship was turned away,” the office’s spokeswoman Ann Maar said in a bulletin that was sent to every captain.",
    "Captains of two ferries said that patrol boats had told them to turn back an hour before the bulletin was sent.",
)
BODY = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)


def page(
    body: str = BODY,
    *,
    head: str = f"<title>{HEADLINE}</title>",
    heading: str = HEADLINE,
    root: str = '<html lang="en">',
) -> str:
    navigation = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/sea'>Sea</a></li></ul></nav>"
    return (
        f"<!DOCTYPE html>{root}<head>{head}</head><body>{navigation}"
        f"<article><h1>{heading}</h1>{body}</article><footer>All rights reserved</footer></body></html>"
    )


def read(html: str, *, url: str = "https://courier.example/sea/1") -> Extracted:
    return extraction.from_html(html.encode(), url=url)


def refusal(body: bytes, **options: str) -> str:
    with pytest.raises(Unreadable) as refused:
        extraction.from_bytes(body, **options)
    return refused.value.code


class TestThePageOfAnArticle:
    def test_gives_its_headline_and_paragraphs_and_nothing_around_them(self) -> None:
        drawn = read(page())
        assert drawn.text == "\n\n".join((HEADLINE, *PARAGRAPHS))
        assert (drawn.headline, drawn.language, drawn.extractor) == (HEADLINE, "en", "trafilatura")
        assert drawn.version.endswith("/1")

    def test_does_not_say_its_headline_twice(self) -> None:
        drawn = read(f"<html><head><title>{HEADLINE}</title></head><body><p>{HEADLINE.upper()}</p>{BODY}</body></html>")
        assert drawn.headline == HEADLINE
        assert drawn.text == "\n\n".join((HEADLINE.upper(), *PARAGRAPHS))

    def test_keeps_lists_tables_quotations_and_line_breaks_apart(self) -> None:
        body = (
            f"{BODY}<h2>What was said</h2>"
            "<ul><li>The office denied it to every captain.</li><li>The ferries did not.</li></ul>"
            "<blockquote><p>We were told to turn back.</p></blockquote>"
            "<table><tr><td>Ferries</td><td>2</td></tr><tr><td>Boats</td><td>3</td></tr></table>"
            "<p>One line of it<br>and another.</p>"
        )
        text = read(page(body)).text
        assert "\n\nWhat was said\n\nThe office denied it to every captain.\n\nThe ferries did not.\n\n" in text
        assert "\n\nWe were told to turn back.\n\n" in text
        assert "Ferries | 2\nBoats | 3" in text
        assert text.endswith("\n\nOne line of it\nand another.")

    def test_tells_what_its_publisher_says_about_it(self) -> None:
        head = f"""
          <title>{HEADLINE} | The Courier</title>
          <link rel="canonical" href="/sea/strait">
          <script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [
            {{"@type": "WebSite", "name": "x"}},
            {{"@type": "NewsArticle", "headline": "Harbour office denies that the strait is closed",
              "datePublished": "2031-04-03T09:30:00+02:00", "author": [{{"name": "Ann Lok"}}, {{"name": "Bo Ri"}}],
              "publisher": {{"@type": "Organization", "name": "The Courier"}}}}]}}</script>"""
        drawn = read(page(head=head))
        assert drawn.headline == HEADLINE
        assert drawn.byline == "Ann Lok, Bo Ri"
        assert (drawn.published, drawn.published_precision) == (datetime(2031, 4, 3, 7, 30, tzinfo=UTC), "minute")
        assert (drawn.canonical, drawn.outlet_name) == ("https://courier.example/sea/strait", "The Courier")

    def test_may_say_it_in_its_meta_elements(self) -> None:
        head = f"""<title>x</title><meta property="og:title" content="{HEADLINE} - The Courier">
          <meta property="og:site_name" content="The Courier"><meta name="author" content="By Ann Lok">
          <meta property="article:published_time" content="2031-04-03"><meta property="og:locale" content="es_ES">
          <meta property="og:url" content="https://courier.example/sea/2#x">"""
        drawn = read(page(head=head, heading="The Courier", root="<html>"))
        assert (drawn.headline, drawn.byline, drawn.outlet_name) == (HEADLINE, "Ann Lok", "The Courier")
        assert (drawn.published, drawn.published_precision) == (datetime(2031, 4, 3, tzinfo=UTC), "day")
        assert (drawn.language, drawn.canonical) == ("es", "https://courier.example/sea/2")

    def test_that_tells_nothing_leaves_everything_open(self) -> None:
        drawn = read(f"<html><body>{BODY}</body></html>", url="")
        assert drawn.text == "\n\n".join(PARAGRAPHS)
        assert (drawn.headline, drawn.byline, drawn.language, drawn.canonical, drawn.outlet_name) == (
            "",
            "",
            "",
            "",
            "",
        )
        assert (drawn.published, drawn.published_precision) == (None, "")

    @pytest.mark.parametrize(
        "script",
        [
            "not json",
            "[" * 5_000,
            '{"@type": "NewsArticle", "headline": ["a"], "author": 7, "publisher": [], "datePublished": {}}',
            '{"a":' * 20 + '{"@type": "NewsArticle", "headline": "too deep to be looked for"}' + "}" * 20,
            '{"@type": "NewsArticle", "datePublished": "the other day of 2031"}',
        ],
    )
    def test_is_read_whatever_its_json_holds(self, script: str) -> None:
        head = f'<title>{HEADLINE}</title><script type="application/ld+json">{script}</script>'
        drawn = read(page(head=head))
        assert drawn.headline == HEADLINE
        assert drawn.published is None

    @pytest.mark.parametrize("name", ["admin", "https://courier.example/authors/7", ""])
    def test_may_be_by_nobody(self, name: str) -> None:
        assert read(page(head=f'<meta name="author" content="{name}">')).byline == ""

    @pytest.mark.parametrize("link", ["/", "https://courier.example/", "javascript:void(0)", "http://["])
    def test_is_not_taken_for_the_front_page(self, link: str) -> None:
        assert read(page(head=f'<link rel="canonical" href="{link}">')).canonical == ""

    def test_may_hold_more_than_its_extractor_finds(self) -> None:
        drawn = extraction.from_html(b"<html><body><div>Strait closed.</div><script>x()</script></body></html>")
        assert drawn.text == "Strait closed."


class TestAnExtractorThatFails:
    """Odd markup makes the library raise where it should find nothing; the page is still there."""

    def test_does_not_lose_the_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(trafilatura, "bare_extraction", Mock(side_effect=AttributeError("text")))
        drawn = read(page(f"{BODY}<aside>Read more</aside>"))
        assert drawn.extractor == "page"
        assert drawn.text == "\n\n".join((HEADLINE, *PARAGRAPHS))

    def test_by_its_recursion_says_that_the_page_is_too_deep(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(trafilatura, "bare_extraction", Mock(side_effect=RecursionError))
        assert refusal(page().encode(), media_type="text/html") == "too_deep"


class TestDepth:
    @pytest.mark.parametrize("depth", [254, 255, 256, 1_500])
    def test_does_not_empty_a_page_silently(self, depth: int) -> None:
        drawn = read(page("<div>" * depth + BODY + "</div>" * depth))
        assert PARAGRAPHS[2] in drawn.text

    @pytest.mark.parametrize("depth", [2_100, 90_000])
    def test_has_an_end_and_says_so(self, depth: int) -> None:
        assert refusal(page(f"{BODY}{'<div>' * depth}<p>The end.</p>").encode(), media_type="text/html") == "too_deep"


class TestSize:
    def test_is_bounded_in_characters(self) -> None:
        assert refusal(b"<p>" + b"word " * 1_100_000, media_type="text/html") == "too_large"
        assert refusal(b"word " * 1_100_000, media_type="text/plain") == "too_large"

    def test_is_bounded_in_elements(self) -> None:
        assert refusal(b"<p>a" * 100_001, media_type="text/html") == "too_large"


class TestCharacters:
    WORDS = "Ñandú — “Степан” Ստեփան"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
    def test_come_from_unicode_whatever_is_declared(self, encoding: str) -> None:
        body = page(f"<p>{self.WORDS}</p>{BODY}", head="<meta charset='iso-8859-1'>").encode(encoding)
        assert self.WORDS in extraction.from_html(body, content_type="text/html; charset=iso-8859-1").text

    @pytest.mark.parametrize(
        ("encoding", "content_type", "meta"),
        [
            ("windows-1251", "text/html; charset=windows-1251", ""),
            ("windows-1251", "text/html", "<meta charset='windows-1251'>"),
            ("windows-1251", "text/html; charset=no-such", "<meta charset='windows-1251'>"),
            ("koi8-r", "text/html; charset=koi8-r", "<meta charset='windows-1251'>"),
            ("windows-1251", "", ""),
        ],
    )
    def test_come_from_what_is_declared_and_else_from_what_they_look_like(
        self, encoding: str, content_type: str, meta: str
    ) -> None:
        words = "Управление порта опровергло, что пролив закрыт для судов. "
        body = page(f"<p>{words * 4}</p><p>{words * 3}</p>", head=meta, heading="Пролив").encode(encoding)
        assert words.strip() in extraction.from_html(body, content_type=content_type).text

    def test_that_nobody_can_read_are_refused(self) -> None:
        noise = bytes(range(0x80, 0x100)) * 40
        with pytest.raises(Unreadable) as refused:
            charsets.decode(noise + b"\xff\xfe\x81", content_type="text/html; charset=utf-8")
        assert refused.value.code == "bad_encoding"

    def test_of_a_broken_utf16_are_refused(self) -> None:
        with pytest.raises(Unreadable) as refused:
            charsets.decode(b"\xff\xfe" + b"\x00\xd8" * 100)
        assert refused.value.code == "bad_encoding"

    def test_may_be_lost_one_at_a_time(self) -> None:
        body = page().encode() + b"\xff"
        assert PARAGRAPHS[0] in extraction.from_html(body, content_type="text/html; charset=utf-8").text

    def test_of_utf7_are_not_decoded_into_markup(self) -> None:
        text = charsets.decode(b"+ADw-script+AD4-", content_type="text/html; charset=utf-7")
        assert "<" not in text


class TestBytes:
    @pytest.mark.parametrize("media_type", ["text/html; charset=utf-8", "application/xhtml+xml", "", "text/plain"])
    def test_of_a_page_are_read_as_a_page(self, media_type: str) -> None:
        assert extraction.from_bytes(page().encode(), media_type=media_type).extractor == "trafilatura"

    @pytest.mark.parametrize(
        ("media_type", "filename"),
        [("text/plain", ""), ("", "strait.txt"), ("", ""), ("application/octet-stream", "a.md")],
    )
    def test_of_a_text_are_read_as_a_text(self, media_type: str, filename: str) -> None:
        body = "\r\n\r\n".join((HEADLINE, *PARAGRAPHS)).encode()
        drawn = extraction.from_bytes(body, media_type=media_type, filename=filename)
        assert drawn.text == "\n\n".join((HEADLINE, *PARAGRAPHS))
        assert (drawn.headline, drawn.extractor) == (HEADLINE, "text")

    @pytest.mark.parametrize(
        ("body", "media_type", "filename"),
        [
            (b"%PDF-1.7 ...", "", "a.txt"),
            (b"%PDF-1.7 ...", "text/html", ""),
            (b"\x89PNG\r\n", "", ""),
            (b"PK\x03\x04", "application/octet-stream", "a.html"),
            (b"words\x00words", "text/plain", ""),
            (b"words", "application/pdf", ""),
            (b"words", "image/png", ""),
            (b"words", "", "a.docx"),
            (b"<?xml version='1.0'?><rss><channel/></rss>", "", ""),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/html", ""),
        ],
    )
    def test_of_anything_else_are_refused(self, body: bytes, media_type: str, filename: str) -> None:
        assert refusal(body, media_type=media_type, filename=filename) == "not_text"

    @pytest.mark.parametrize("media_type", ["text/html", "text/plain"])
    @pytest.mark.parametrize("body", [b"", b" \r\n", b"...", b"<html></html>", b"<html><script>a</script>"])
    def test_without_words_are_refused(self, body: bytes, media_type: str) -> None:
        assert refusal(body, media_type=media_type) == "empty_text"

    def test_of_nothing_but_a_comment_are_refused(self) -> None:
        assert refusal(b"<!-- a -->", media_type="text/html") == "empty_text"


class TestText:
    def test_keeps_a_headline_that_is_given(self) -> None:
        drawn = extraction.from_text(PARAGRAPHS[0], headline=f" {HEADLINE}\n")
        assert drawn.text == f"{HEADLINE}\n\n{PARAGRAPHS[0]}"
        assert drawn.headline == HEADLINE

    def test_knows_a_headline_that_is_there_already(self) -> None:
        text = f"Sea\n\n{HEADLINE.upper()}\n\n{PARAGRAPHS[0]}"
        assert extraction.from_text(text, headline=HEADLINE).text == text

    @pytest.mark.parametrize(
        ("opening", "headline"),
        [
            (f"{HEADLINE}\n\n", HEADLINE),
            (f"Sea\n\n{HEADLINE}\n\n", HEADLINE),
            ("", ""),
            ("one\n\ntwo\n\nthree\n\nfour\n\nfive\n\n", ""),
            ("one\ntwo\n\n", ""),
        ],
    )
    def test_looks_for_a_headline_before_its_first_sentence(self, opening: str, headline: str) -> None:
        assert extraction.from_text(opening + PARAGRAPHS[0]).headline == headline


@pytest.mark.parametrize(
    ("written", "moment", "precision"),
    [
        ("2031-04-03T09:30:00Z", datetime(2031, 4, 3, 9, 30, tzinfo=UTC), "minute"),
        ("2031-04-03T09:30:00.123+05:30", datetime(2031, 4, 3, 4, 0, 0, 123_000, tzinfo=UTC), "minute"),
        ("Thu, 03 Apr 2031 09:30:00 GMT", datetime(2031, 4, 3, 9, 30, tzinfo=UTC), "minute"),
        ("April 3, 2031 9:30 EST", datetime(2031, 4, 3, 14, 30, tzinfo=UTC), "minute"),
        ("April 3, 2031 23:30 IST", datetime(2031, 4, 3, tzinfo=UTC), "day"),
        ("2031-04-03T23:30:00", datetime(2031, 4, 3, tzinfo=UTC), "day"),
        ("2031-04-03", datetime(2031, 4, 3, tzinfo=UTC), "day"),
        ("0001-01-01T00:00:00Z", None, ""),
        ("9999-12-31T23:59:59-10:00", None, ""),
        ("yesterday", None, ""),
        ("2031-99-99", None, ""),
        ("", None, ""),
    ],
)
def test_a_date_says_how_much_of_it_is_known(written: str, moment: datetime | None, precision: str) -> None:
    assert page_metadata.moment(written) == (moment, precision)
