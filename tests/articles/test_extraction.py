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


def refusal(body: bytes, *, media_type: str = "", filename: str = "") -> str:
    with pytest.raises(Unreadable) as refused:
        extraction.from_bytes(body, media_type=media_type, filename=filename)
    return refused.value.code


class TestThePageOfAnArticle:
    def test_gives_its_headline_and_paragraphs_and_nothing_around_them(self) -> None:
        drawn = read(page())
        assert drawn.text == "\n\n".join((HEADLINE, *PARAGRAPHS))
        assert (drawn.headline, drawn.language, drawn.extractor) == (HEADLINE, "en", "trafilatura")
        assert drawn.version.endswith("/3")

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


class TestABrief:
    PAGE = (
        "<html><body><nav><a href='/'>Home</a></nav><main><article><header><h1>The quay is closed</h1>"
        "<p class='byline'>By <span rel='author'>Ada Berg</span> · <time>2 May</time></p></header>{}</article></main>"
        "<footer><p>Printed here.</p></footer></body></html>"
    )

    def test_of_two_sentences_keeps_its_paragraphs_and_has_no_byline_in_them(self) -> None:
        said = ("The quay was closed, the mayor said.", "She said that nobody was there.")
        page = self.PAGE.format("".join(f"<p>{one}</p>" for one in said))
        assert extraction.from_html(page.encode()).text.split("\n\n") == ["The quay is closed", *said]

    def test_of_which_little_is_left_is_read_from_all_of_the_article(self) -> None:
        words = "The quay was closed, the mayor said, and nobody was there. " * 3
        page = self.PAGE.format(f"<div class='share'>{words}</div><p>More.</p>")
        assert words.strip() in extraction.from_html(page.encode()).text


class TestCaptions:
    FIGURE = "<figure><img src='a.jpg'><figcaption>A ferry <b>below</b> the quay.</figcaption></figure>"

    @pytest.mark.parametrize("short", [True, False])
    def test_are_kept_apart_from_the_text(self, short: bool) -> None:
        body = (
            f"<p>{PARAGRAPHS[0]}</p>{self.FIGURE}"
            if short
            else f"{BODY}{self.FIGURE}{BODY.replace('Monday', 'Friday')}"
        )
        drawn = read(page(body))
        assert drawn.captions == ("A ferry below the quay.",)
        assert "quay" not in drawn.text
        assert PARAGRAPHS[0] in drawn.text

    @pytest.mark.parametrize(
        "markup",
        [
            "<div class='wp-caption'><img src='a.jpg'><p class='wp-caption-text'>The quay at noon.</p></div>",
            "<p class='image-caption'>The quay at noon.</p>",
            "<figure><figcaption><span class='caption'>The quay at noon.</span></figcaption></figure>",
        ],
    )
    def test_may_be_marked_by_their_class(self, markup: str) -> None:
        drawn = read(page(f"{BODY}{markup}"))
        assert drawn.captions == ("The quay at noon.",)
        assert drawn.text == "\n\n".join((HEADLINE, *PARAGRAPHS))

    def test_of_other_articles_are_left_out(self) -> None:
        furniture = f"<aside>{self.FIGURE}</aside><nav>{self.FIGURE}</nav><a href='/2'>{self.FIGURE}</a>"
        assert read(page(f"{BODY}{furniture}")).captions == ()

    def test_are_the_text_where_there_is_no_other(self) -> None:
        gallery = "".join(f"<figure><img><figcaption>{words}</figcaption></figure>" for words in PARAGRAPHS)
        drawn = read(page(f"<p>In pictures.</p>{gallery}"))
        assert drawn.captions == ()
        assert PARAGRAPHS[1] in drawn.text


class TestTheAddressThatAPageGivesItself:
    @pytest.mark.parametrize(
        ("link", "url", "canonical"),
        [
            ("/sea/strait", "https://courier.example/sea/1", "https://courier.example/sea/strait"),
            ("https://www.courier.example/a", "https://courier.example/a?x=1", "https://www.courier.example/a"),
            ("https://courier.example/a", "https://m.courier.example/a", "https://courier.example/a"),
            ("https://courier.example/a", "https://amp.www.courier.example/a", "https://courier.example/a"),
            ("https://courier.example/", "https://courier.example/", "https://courier.example/"),
            ("https://courier.example/", "https://courier.example/sea/1", ""),
            ("https://elsewhere.example/a", "https://courier.example/a", ""),
            ("https://courier.example.evil.example/a", "https://courier.example/a", ""),
            ("https://m.example/a", "https://courier.example/a", ""),
            ("https://courier.example/a", "", "https://courier.example/a"),
            ("/a", "", ""),
        ],
    )
    def test_is_believed_of_its_own_site_only(self, link: str, url: str, canonical: str) -> None:
        markup = page(head=f'<link rel="canonical" href="{link}">')
        assert read(markup, url=url).canonical == canonical
        assert page_metadata.peek(markup.encode(), url=url).canonical == canonical

    def test_comes_second_from_where_it_is_shared(self) -> None:
        head = (
            '<link rel="canonical" href="https://elsewhere.example/a">'
            '<meta property="og:url" content="https://courier.example/sea/2">'
        )
        assert read(page(head=head)).canonical == "https://courier.example/sea/2"

    @pytest.mark.parametrize("body", [b"", b"%PDF-1.7", b"\xff\xfe" + b"\x00\xd8" * 9, b"<!-- -->", b"<head></head>"])
    def test_is_not_to_be_had_from_what_is_no_page(self, body: bytes) -> None:
        assert page_metadata.peek(body, url="https://courier.example/").canonical == ""

    def test_is_looked_for_in_the_head_alone(self) -> None:
        late = "<html><head></head><body><link rel='canonical' href='/late'>" + BODY
        assert page_metadata.peek(late.encode(), url="https://courier.example/1").canonical == ""


class TestWhatAPageSaysOfItsHistory:
    def drawn(self, told: str) -> Extracted:
        script = f'<script type="application/ld+json">{{"@type": "NewsArticle", {told}}}</script>'
        return read(page(head=f"<title>{HEADLINE}</title>{script}"))

    def test_is_when_it_was_changed(self) -> None:
        drawn = self.drawn('"datePublished": "2031-04-03T09:30:00Z", "dateModified": "2031-04-03T11:00:00+01:00"')
        assert drawn.modified == datetime(2031, 4, 3, 10, 0, tzinfo=UTC)

    @pytest.mark.parametrize("modified", ["2031-04-02T09:30:00Z", "2031-04-03", "", "lately"])
    def test_is_nothing_where_it_cannot_be(self, modified: str) -> None:
        assert self.drawn(f'"datePublished": "2031-04-03T09:30:00Z", "dateModified": "{modified}"').modified is None

    @pytest.mark.parametrize(
        ("told", "credit"),
        [
            ('"sourceOrganization": {"name": "Norwire"}, "publisher": {"name": "The Courier"}', "Norwire"),
            ('"provider": {"name": "The Courier"}, "publisher": {"name": "the courier"}', ""),
            ('"provider": {"name": "https://norwire.example"}', ""),
        ],
    )
    def test_is_whom_it_credits_beside_its_publisher(self, told: str, credit: str) -> None:
        assert self.drawn(told).credit == credit


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
    def test_of_several_likely_encodings_the_western_one_is_taken(self) -> None:
        said = "O ministério não confirmou. Ação na região de São João."
        assert said in extraction.from_bytes(said.encode("cp1252"), media_type="text/plain").text

    def test_two_bytes_a_character_are_no_other_format_where_that_is_said(self) -> None:
        said = "The ministry said that nobody had fired."
        body = said.encode("utf-16-le")
        assert said in extraction.from_bytes(body, media_type="text/plain; charset=utf-16le").text

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

    @pytest.mark.parametrize("name", ["idna", "punycode", "zlib", "rot13", "unicode-escape", "undefined", "x-none"])
    def test_are_looked_at_where_what_is_declared_is_no_encoding_of_pages(self, name: str) -> None:
        words = "Управление порта опровергло, что пролив закрыт для судов. "
        body = page(f"<p>{words * 4}</p>", head=f"<meta charset='{name}'>", heading="Пролив").encode("cp1251")
        assert words.strip() in extraction.from_html(body).text

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
