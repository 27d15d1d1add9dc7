"""What is read from bytes and from plain text, and how much is known of a date."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from apps.articles import extraction, page_metadata
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


def refusal(body: bytes, *, media_type: str = "", filename: str = "") -> str:
    with pytest.raises(Unreadable) as refused:
        extraction.from_bytes(body, media_type=media_type, filename=filename)
    return refused.value.code


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
            (b"\x89PNG\r\n", "", ""),
            (b"PK\x03\x04", "application/octet-stream", "a.html"),
            (b"words\x00words", "text/plain", ""),
            (b"words", "application/pdf", ""),
            (b"words", "image/png", ""),
            (b"words", "", "a.docx"),
            (b"<?xml version='1.0'?><opml><body/></opml>", "", ""),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/html", ""),
        ],
    )
    def test_of_anything_else_are_refused(self, body: bytes, media_type: str, filename: str) -> None:
        assert refusal(body, media_type=media_type, filename=filename) == "not_text"

    @pytest.mark.parametrize(
        "body",
        [
            b"<?xml version='1.0'?><rss><channel/></rss>",
            b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made --><feed xmlns='http://www.w3.org/2005/Atom'/>",
        ],
    )
    def test_of_a_feed_are_named_as_such(self, body: bytes) -> None:
        for media_type in ("", "application/rss+xml", "text/xml; charset=utf-8"):
            assert refusal(body, media_type=media_type) == "a_feed"

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
