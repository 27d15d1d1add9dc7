"""What kind a file is, and what is read from each kind. The strait and everyone at it are invented."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from apps.articles import extraction
from apps.articles.formats import Kind, LeftOut, Member, kind_of, newsml, ninjs, pdf
from apps.articles.refusals import Unreadable
from tests.articles import files
from tests.articles.files import HEADLINE, PAGE, PARAGRAPHS, Line
from tests.pace import bound

BODY = "\n\n".join(PARAGRAPHS)


def refusal(body: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        extraction.from_bytes(body)
    return refused.value.code


def split(found: Iterator[Member | LeftOut]) -> tuple[list[Member], dict[str, int]]:
    """The members, and what was left out."""
    every = list(found)
    counts: dict[str, int] = {}
    for one in every:
        if isinstance(one, LeftOut):
            counts.update(one.counts)
    return [one for one in every if isinstance(one, Member)], counts


class TestTheKindOfAFile:
    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (PAGE, Kind.PAGE),
            (b"\xef\xbb\xbf<!doctype HTML><p>x", Kind.PAGE),
            (PAGE.decode().encode("utf-16"), Kind.PAGE),
            (b"Some words.", Kind.TEXT),
            (files.pdf([[Line("Words", 700)]]), Kind.PDF),
            (files.warc([]), Kind.WARC),
            (files.warc([], packed=False), Kind.WARC),
            (files.wacz([]), Kind.WACZ),
            (files.zipped({"a.html": PAGE}), Kind.ZIP),
            (files.zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}), Kind.UNKNOWN),
            (files.zipped({"mimetype": b"application/epub+zip"}), Kind.UNKNOWN),
            (files.zipped({"mimetypes-at-sea.html": PAGE}), Kind.ZIP),
            (b"\x1f\x8b not gzip", Kind.UNKNOWN),
            (files.packed_as_one(b"Some words."), Kind.UNKNOWN),
            (json.dumps(files.ninjs()).encode(), Kind.NINJS),
            (json.dumps(files.ninjs()).encode("utf-16"), Kind.NINJS),
            (json.dumps([files.ninjs()]).encode(), Kind.NINJS_MANY),
            (json.dumps({"hits": {"total": 1, "hits": [{"_source": files.ninjs()}]}}).encode(), Kind.NINJS_MANY),
            (b'{"name": "no item", "items": [{"a": 1}]}', Kind.TEXT),
            (b'["a", "b"]', Kind.TEXT),
            (b"[Editor's note: an earlier version said otherwise.]", Kind.TEXT),
            (files.news_item().encode(), Kind.NEWSML),
            (b'<?xml version="1.0"?><!-- sent -->' + files.message(files.news_item()), Kind.NEWSML_MANY),
            (b'<?xml version="1.0"?><rss><channel/></rss>', Kind.UNKNOWN),
            (b"<newsItem>by the name alone</newsItem>", Kind.TEXT),
        ],
    )
    def test_is_told_by_its_bytes_whatever_its_name(self, body: bytes, kind: Kind) -> None:
        assert kind_of(body, filename="article.bin.unheard-of") == kind

    @pytest.mark.parametrize(
        ("media_type", "filename", "kind"),
        [
            ("text/html; charset=utf-8", "", Kind.PAGE),
            ("", "a.html", Kind.PAGE),
            ("text/plain", "", Kind.TEXT),
            ("image/png", "", Kind.UNKNOWN),
            ("application/octet-stream", "a.docx", Kind.UNKNOWN),
        ],
    )
    def test_is_what_is_announced_where_the_bytes_leave_it_open(
        self, media_type: str, filename: str, kind: Kind
    ) -> None:
        assert kind_of(b"Some words.", media_type, filename) == kind

    def test_says_which_hold_several_articles(self) -> None:
        several = {Kind.WARC, Kind.WACZ, Kind.ZIP, Kind.NINJS_MANY, Kind.NEWSML_MANY}
        assert {kind for kind in Kind if kind.is_container} == several
        assert {kind for kind in Kind if kind.is_archive} == {Kind.WARC, Kind.WACZ}

    @pytest.mark.untraced
    @pytest.mark.parametrize(
        "body",
        [
            b"<!---->" * 9_000 + b"<x",
            b"<!--" * 16_000,
            b" " * 60_000 + b"<",
            b'{"' + b'\\"' * 30_000,
            b'{"a":' * 12_000,
            b"PK\x03\x04" * 16_000,
        ],
    )
    def test_is_told_at_once_whoever_made_it(self, body: bytes) -> None:
        began = time.process_time()
        kind_of(body)
        assert time.process_time() - began < bound(0.2)

    def test_of_two_formats_at_once_is_that_of_its_first_bytes(self) -> None:
        assert kind_of(files.pdf([[Line("Words", 700)]]) + files.zipped({"a.html": PAGE})) == Kind.PDF
        assert kind_of(b"GIF89a/*" + PAGE + b"*/") == Kind.TEXT
        assert refusal(b"GIF89a/*" + PAGE + b"*/") == "not_text"


class TestAPdf:
    TOP = Line(HEADLINE, 760, size=20)

    def lines(self) -> list[Line]:
        return [self.TOP, *files.set_in_lines(PARAGRAPHS, top=720)]

    def test_gives_its_paragraphs_whole(self) -> None:
        drawn = extraction.from_bytes(files.pdf([self.lines()]))
        assert drawn.text == f"{HEADLINE}\n\n{BODY}"
        assert (drawn.headline, drawn.extractor) == (HEADLINE, "pdf")

    def test_parts_paragraphs_by_the_indent_of_their_first_line(self) -> None:
        close = files.set_in_lines(PARAGRAPHS, top=720, gap=0)
        openings = [paragraph.split()[0] for paragraph in PARAGRAPHS]
        lines = [Line(line.words, line.y, x=94 if line.words.startswith(tuple(openings)) else 72) for line in close]
        assert pdf.draw(files.pdf([lines])).paragraphs == BODY

    def test_makes_whole_the_words_that_are_broken_between_lines(self) -> None:
        lines = [
            Line("The office denied that the strait was clo-", 700),
            Line("sed to the Anglo-", 686),
            Line("Elin line.", 672),
        ]
        assert (
            pdf.draw(files.pdf([lines])).paragraphs
            == "The office denied that the strait was closed to the Anglo-Elin line."
        )

    def test_leaves_out_what_is_printed_over_and_under_every_page(self) -> None:
        pages = []
        for number, paragraph in enumerate(PARAGRAPHS, start=1):
            head, foot = Line("The Courier, 3 April", 800, size=8), Line(f"Page {number} of 3", 30, size=8)
            pages.append([head, *files.set_in_lines([paragraph], top=720), foot])
        assert pdf.draw(files.pdf(pages)).paragraphs == BODY

    def test_carries_a_paragraph_over_to_the_next_page(self) -> None:
        lines = files.set_in_lines([" ".join(PARAGRAPHS)], top=720)
        pages = [lines[:3], [Line(line.words, line.y + 42) for line in lines[3:]]]
        assert pdf.draw(files.pdf(pages)).paragraphs == " ".join(PARAGRAPHS)

    def test_takes_what_it_says_of_itself_as_a_hint(self) -> None:
        about = {"Title": HEADLINE, "Author": "Ann Lok", "CreationDate": "D:20310403093000+02'00'"}
        drawn = extraction.from_bytes(files.pdf([files.set_in_lines(PARAGRAPHS, top=720)], about=about))
        assert (drawn.headline, drawn.byline) == (HEADLINE, "Ann Lok")
        assert (drawn.published, drawn.published_precision) == (datetime(2031, 4, 3, tzinfo=UTC), "day")

    @pytest.mark.parametrize(
        "about", [{"Title": "Microsoft Word - strait.doc"}, {"Title": "untitled"}, {"CreationDate": "D:20319999"}, {}]
    )
    def test_may_say_nothing_of_itself(self, about: dict[str, str]) -> None:
        drawn = extraction.from_bytes(files.pdf([files.set_in_lines(PARAGRAPHS, top=720)], about=about))
        assert (drawn.headline, drawn.byline, drawn.published) == ("", "", None)

    def test_of_pictures_has_no_text_layer(self) -> None:
        assert refusal(files.pdf([[]])) == "no_text_layer"
        assert refusal(files.pdf([[Line(" ... ", 700)], []])) == "no_text_layer"

    def test_with_a_password_stays_closed(self) -> None:
        lock = (
            b"/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>] "
            b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >>" % (b"0f" * 32, b"f0" * 32)
        )
        assert refusal(files.pdf([self.lines()], more=lock)) == "encrypted"

    def test_of_too_many_pages_is_too_large(self) -> None:
        assert refusal(files.pdf([[Line("Words", 700)]] * (pdf.MOST_PAGES + 1))) == "too_large"

    @pytest.mark.parametrize("body", [b"%PDF-1.7 ...", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 1 0 R >>"])
    def test_that_is_none_is_not_readable(self, body: bytes) -> None:
        assert refusal(body) == "not_readable"

    def test_that_was_cut_off_is_read_as_far_as_it_goes_or_refused(self) -> None:
        whole = files.pdf([self.lines()])
        found = {self.of(whole[:length]) for length in range(len(whole) // 2, len(whole), 97)}
        assert found <= {f"{HEADLINE}\n\n{BODY}", "not_readable", "no_text_layer"}

    def of(self, body: bytes) -> str:
        """The text, or why there is none."""
        with suppress(Unreadable):
            return extraction.from_bytes(body).text
        return refusal(body)


class TestNinjs:
    def drawn(self, item: object) -> extraction.Extracted:
        return extraction.from_bytes(json.dumps(item).encode())

    def test_of_the_first_version_gives_its_words_and_where_they_come_from(self) -> None:
        drawn = self.drawn(files.ninjs())
        assert drawn.text == f"{HEADLINE}\n\n{BODY}"
        assert (drawn.headline, drawn.byline, drawn.language) == (HEADLINE, "Ann Lok", "en")
        assert (drawn.credit, drawn.outlet_name) == ("Norwire", "The Courier")
        assert drawn.published == datetime(2031, 4, 3, 7, 30, tzinfo=UTC)
        assert drawn.modified == datetime(2031, 4, 3, 8, 0, tzinfo=UTC)
        assert (drawn.usage_terms, drawn.extractor) == ("For subscribers only.", "ninjs")

    def test_of_the_third_version_writes_names_and_lists_its_own_way(self) -> None:
        drawn = self.drawn(
            {
                "uri": "urn:norwire:1",
                "pubStatus": "usable",
                "versionCreated": "2031-04-03T09:30:00Z",
                "contentCreated": "2031-04-03T09:00:00Z",
                "by": "Ann Lok",
                "usageTerms": "For subscribers only.",
                "headlines": [{"role": "alternate", "value": "Strait"}, {"role": "main", "value": HEADLINE}],
                "bodies": [
                    {"contentType": "text/plain", "value": "Not this."},
                    {"contentType": "text/html", "value": "".join(f"<p>{words}</p>" for words in PARAGRAPHS)},
                ],
                "associations": [{"type": "picture", "descriptions": [{"role": "caption", "value": "A ferry."}]}],
            }
        )
        assert (drawn.headline, drawn.text) == (HEADLINE, f"{HEADLINE}\n\n{BODY}")
        assert (drawn.byline, drawn.usage_terms) == ("Ann Lok", "For subscribers only.")
        assert drawn.captions == ("A ferry.",)
        assert drawn.published == datetime(2031, 4, 3, 9, 0, tzinfo=UTC)

    def test_may_be_of_text_alone(self) -> None:
        item = files.ninjs(body_html="", body_text=BODY, byline=None, people=[{"name": "Ann Lok"}, {"name": "Bo Ri"}])
        drawn = self.drawn(item)
        assert (drawn.text, drawn.byline) == (f"{HEADLINE}\n\n{BODY}", "Ann Lok, Bo Ri")

    def test_keeps_captions_out_of_its_text(self) -> None:
        item = files.ninjs(
            body_html="<p>Words.</p><figure><img><figcaption>A ferry.</figcaption></figure>",
            associations={"main": {"type": "picture", "description_text": "The quay."}},
        )
        drawn = self.drawn(item)
        assert (drawn.text, drawn.captions) == (f"{HEADLINE}\n\nWords.", ("A ferry.", "The quay."))

    @pytest.mark.parametrize(
        ("item", "code"),
        [
            (files.ninjs(body_html=""), "empty_text"),
            (files.ninjs(body_html="<p>...</p>"), "empty_text"),
            (
                files.ninjs(body_html=7, bodies="none", headline=["x"], infosources={"a": 1}, associations=3),
                "empty_text",
            ),
        ],
    )
    def test_without_words_says_so(self, item: object, code: str) -> None:
        assert refusal(json.dumps(item).encode()) == code

    def test_of_the_wrong_types_is_read_as_far_as_they_are_right(self) -> None:
        item = files.ninjs(
            headline={"a": 1}, byline=[1], language=None, versioncreated=7, firstcreated=[], people={"a": 2}
        )
        drawn = self.drawn(item)
        assert (drawn.text, drawn.headline, drawn.byline, drawn.published) == (BODY, "", "", None)

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (json.dumps(files.ninjs()).encode()[:-40], "not_readable"),
            (b'{"uri": "x", "headline": "y", "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "too_deep"),
        ],
    )
    def test_that_is_damaged_or_too_deep_is_refused(self, body: bytes, code: str) -> None:
        assert refusal(body) == code

    def test_of_several_items_is_cut_into_the_bytes_of_each(self) -> None:
        first = json.dumps(files.ninjs(), indent=3)
        second = json.dumps(files.ninjs(uri="urn:norwire:2", headline="Другое"), ensure_ascii=False)
        body = f'{{"total": 2, "items": [\n {first} ,{second}]}}'.encode()
        assert kind_of(body) == Kind.NINJS_MANY
        members, _ = split(ninjs.members(body))
        assert [one.body for one in members] == [first.encode(), second.encode()]
        assert [one.name for one in members] == ["1 urn:norwire:20310403:1", "2 urn:norwire:2"]
        assert extraction.from_bytes(members[1].body).headline == "Другое"

    def test_in_the_answer_of_a_search_is_found_where_that_keeps_it(self) -> None:
        body = json.dumps({"hits": {"total": 2, "hits": [{"_source": files.ninjs()}, {"_id": "no item"}]}}).encode()
        members, left_out = split(ninjs.members(body))
        assert [json.loads(one.body)["headline"] for one in members] == [HEADLINE]
        assert left_out == {"no item": 1}

    def test_of_pictures_is_counted_and_no_article(self) -> None:
        picture = {"uri": "urn:norwire:3", "type": "picture", "headline": "A ferry", "versioncreated": "x"}
        members, left_out = split(ninjs.members(json.dumps([files.ninjs(), picture]).encode()))
        assert (len(members), left_out) == (1, {"picture": 1})


class TestNewsml:
    def drawn(self, item: str) -> extraction.Extracted:
        return extraction.from_bytes(item.encode())

    def test_in_nitf_gives_its_words_and_where_they_come_from(self) -> None:
        drawn = self.drawn(files.news_item())
        assert drawn.text == f"{HEADLINE}\n\n{BODY}\n\nWhat was said\n\nNobody answered."
        assert (drawn.headline, drawn.byline, drawn.language) == (HEADLINE, "Ann Lok", "en")
        assert (drawn.credit, drawn.outlet_name, drawn.usage_terms) == ("Norwire", "Norwire", "For subscribers only.")
        assert drawn.published == datetime(2031, 4, 3, 7, 30, tzinfo=UTC)
        assert drawn.modified == datetime(2031, 4, 3, 8, 0, tzinfo=UTC)
        assert drawn.captions == ("A ferry in the strait.",)
        assert drawn.extractor == "newsml"

    @pytest.mark.parametrize(
        "content",
        [
            (
                "<inlineXML contenttype='application/xhtml+xml'><html xmlns='http://www.w3.org/1999/xhtml'><head>"
                "<title>x</title></head><body>{marked}</body></html></inlineXML>"
            ),
            "<inlineData contenttype='text/html'><![CDATA[{marked}]]></inlineData>",
            "<remoteContent href='x.jpg'/><inlineData contenttype='text/plain'>{plain}</inlineData>",
        ],
    )
    def test_may_hold_its_words_in_other_ways(self, content: str) -> None:
        marked = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
        assert (
            self.drawn(files.news_item(content=content.format(marked=marked, plain=BODY))).text
            == f"{HEADLINE}\n\n{BODY}"
        )

    def test_names_who_sends_it_by_its_code_where_it_has_no_name(self) -> None:
        item = (
            files.news_item()
            .replace("<name>Norwire</name>", "")
            .replace("<by>Ann Lok</by>", "<creator literal='Bo Ri'/>")
        )
        drawn = self.drawn(item)
        assert (drawn.outlet_name, drawn.byline) == ("NRW", "Bo Ri")

    def test_of_several_items_is_cut_into_documents(self) -> None:
        package = f'<packageItem xmlns="{files.NAMESPACE}" guid="p"/>'
        picture = files.news_item(guid="picture", content="<remoteContent href='x.jpg'/>")
        body = files.message(files.news_item(guid="a"), package, picture, files.news_item(guid="b"))
        members, left_out = split(newsml.members(body))
        assert [one.name for one in members] == ["1 a", "3 b"]
        assert left_out == {"packageItem": 1, "newsItem without words": 1}
        assert {kind_of(one.body) for one in members} == {Kind.NEWSML}
        assert extraction.from_bytes(members[1].body).headline == HEADLINE

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (files.news_item(content="<remoteContent href='x.jpg'/>").encode(), "empty_text"),
            (files.news_item().encode()[:-30], "not_readable"),
            (
                files.news_item(content="<inlineXML>" + "<p>" * 300 + "x" + "</p>" * 300 + "</inlineXML>").encode(),
                "too_deep",
            ),
            (
                files.news_item(content="<inlineXML>" + "<p>" * 9_000 + "</p>" * 9_000 + "</inlineXML>").encode(),
                "too_deep",
            ),
            (files.news_item(content="<inlineXML>" + "<p/>" * 210_000 + "</inlineXML>").encode(), "too_large"),
            (files.news_item(content="<inlineXML>...</inlineXML>").encode(), "empty_text"),
        ],
    )
    def test_that_is_damaged_deep_or_empty_is_refused(self, body: bytes, code: str) -> None:
        assert refusal(body) == code

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
    def test_that_declares_entities_is_refused(self, encoding: str) -> None:
        bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
        body = (bomb + files.news_item().replace("Nobody", "&b;")).encode(encoding)
        with pytest.raises(Unreadable) as refused:
            newsml.read(body)
        assert refused.value.code == "entities_declared"
