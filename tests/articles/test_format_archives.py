"""What is in archives of the web and in ZIPs. The strait and everyone at it are invented."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from collections.abc import Iterator

import pytest

from apps.articles import extraction
from apps.articles.formats import LeftOut, Member, reading, warc, zips
from apps.articles.refusals import Unreadable
from tests.articles import files
from tests.articles.files import ADDRESS, PAGE, PARAGRAPHS, Answer, Line

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


class TestAWarc:
    def members(self, *answers: Answer, packed: bool = True) -> tuple[list[Member], dict[str, int]]:
        return split(warc.members(io.BytesIO(files.warc(answers, packed=packed))))

    @pytest.mark.parametrize("packed", [True, False])
    def test_gives_its_pages_with_what_it_knows_of_each(self, packed: bool) -> None:
        (one,), left_out = self.members(Answer(), packed=packed)
        assert (one.name, one.address, one.body) == (ADDRESS, ADDRESS, PAGE)
        assert (one.code, one.media_type, left_out) == ("", "text/html; charset=utf-8", {})
        assert one.came == {
            "headers": [["Content-Type", "text/html; charset=utf-8"]],
            "status": 200,
            "final_address": ADDRESS,
            "redirects": [],
            "ip_address": "203.0.113.7",
            "tls": {},
            "preserved": "2031-04-03T09:30:00+00:00",
        }

    @pytest.mark.parametrize("year", ["0000", "0001", "1979", "9999"])
    def test_has_no_word_of_when_in_years_in_which_there_was_no_archive(self, year: str) -> None:
        (one,), _ = self.members(Answer(date=f"{year}-04-03T09:30:00Z"))
        assert (one.body, one.code, one.came.get("preserved")) == (PAGE, "", None)

    @pytest.mark.parametrize("packed", [True, False])
    def test_gives_the_archives_own_bytes_of_a_record(self, packed: bool) -> None:
        other = Answer(address="https://courier.example/sea/2", body=PAGE.replace(b"Monday", b"Friday"))
        members, _ = self.members(Answer(), other, packed=packed)
        whole = files.warc([Answer(), other], packed=packed)
        for one in members:
            assert one.record is not None
            (again,), _ = split(warc.members(io.BytesIO(one.record)))
            assert (again.address, again.body, again.came) == (one.address, one.body, one.came)
        assert len(whole) > sum(len(one.record or b"") for one in members) > 0

    def test_undoes_chunks_and_encodings_where_they_are(self) -> None:
        packed = files.packed_as_one(PAGE)
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (packed[:9], packed[9:])) + b"0\r\n\r\n"
        html = ("Content-Type", "text/html")
        both = (html, ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"))
        for body in (chunks, packed, PAGE):  # some archives have undone one of them, or both, and kept the headers
            (one,), _ = self.members(Answer(body=body, headers=both))
            assert (one.code, one.body) == ("", PAGE)

    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (Answer(status="404 Not Found"), "http_404"),
            (Answer(status="503 Unavailable"), "bad_response"),
            (Answer(status="abc"), "bad_response"),
            (Answer(address="https://user@courier.example/"), "address_with_user"),
            (Answer(headers=(("Content-Type", "text/html"), ("Content-Encoding", "br"))), "not_readable"),
            (Answer(headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip, gzip, gzip"))), "not_readable"),
            (
                Answer(
                    body=files.packed_as_one(b"x" * 26 * 2**20),
                    headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip")),
                ),
                "expands_too_far",
            ),
            (
                Answer(
                    body=files.packed_as_one(PAGE)[:-20],
                    headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip")),
                ),
                "damaged_archive",
            ),
            (Answer(body=b"x" * (25 * 2**20 + 1)), "too_large"),
        ],
    )
    def test_says_of_a_page_that_cannot_be_taken_in_why(self, answer: Answer, code: str) -> None:
        members, _ = self.members(answer, Answer(address="https://courier.example/sea/2"))
        assert [one.code for one in members] == [code, ""]
        assert members[0].name == answer.address

    @pytest.mark.parametrize("wbits", [15, -15])
    def test_undoes_deflate_of_both_kinds(self, wbits: int) -> None:
        packer = zlib.compressobj(wbits=wbits)
        packed = packer.compress(PAGE) + packer.flush()
        html = (("Content-Type", "text/html"), ("Content-Encoding", "deflate"))
        (one,), _ = self.members(Answer(body=packed, headers=html))
        assert (one.code, one.body) == ("", PAGE)

    @pytest.mark.parametrize("body", [b"-1\r\nx", b"zz\r\nx", b"x"])
    def test_takes_for_chunks_only_what_is(self, body: bytes) -> None:
        html = (("Content-Type", "text/html"), ("Transfer-Encoding", "chunked"))
        (one,), _ = self.members(Answer(body=body, headers=html))
        assert one.body == body

    @pytest.mark.parametrize("date", ["", "yesterday", "2031-04-03T09:30:00"])
    def test_may_not_say_when_it_was_made(self, date: str) -> None:
        (one,), _ = self.members(Answer(date=date))
        assert "preserved" not in one.came

    def test_of_a_record_larger_than_any_article_keeps_no_copy(self) -> None:
        film = Answer(address="https://courier.example/film", body=b"x" * 60 * 2**20)
        members, _ = self.members(film, Answer(), packed=False)
        assert [(one.code, one.record is None) for one in members] == [("too_large", True), ("", False)]

    def test_that_is_packed_wrongly_is_damaged(self) -> None:
        with pytest.raises(Unreadable) as refused:
            list(warc.members(io.BytesIO(b"\x1f\x8b\x08" + b"\xff" * 99)))
        assert refused.value.code == "damaged_archive"

    def test_counts_what_is_no_page(self) -> None:
        members, left_out = self.members(
            Answer(address="https://courier.example/a.png", headers=(("Content-Type", "image/png"),)),
            Answer(address="https://courier.example/b.png", headers=(("Content-Type", "image/png"),)),
            Answer(status="301 Moved"),
            Answer(kind="revisit", body=b""),
            Answer(kind="request", headers=(("Content-Type", "application/http"),)),
            Answer(address="urn:pageinfo:x", kind="resource"),
        )
        assert not members
        assert left_out == {"image/png": 2, "status 301": 1, "revisit": 1, "text/html": 1}

    def test_takes_a_resource_for_what_it_is(self) -> None:
        (one,), _ = self.members(Answer(kind="resource"))
        assert (one.body, one.came["status"]) == (PAGE, None)

    def test_packed_as_one_is_read_all_the_same(self) -> None:
        body = files.packed_as_one(files.warc([Answer(), Answer(address="https://courier.example/2")], packed=False))
        members, _ = split(warc.members(io.BytesIO(body)))
        assert [one.code for one in members] == ["", ""]

    @pytest.mark.parametrize("packed", [True, False])
    def test_that_was_cut_off_tells_what_is_missing(self, packed: bool) -> None:
        body = files.warc([Answer(), Answer(address="https://courier.example/2", body=PAGE * 40)], packed=packed)
        for cut in (10, 60, 200):
            members, _ = split(warc.members(io.BytesIO(body[:-cut])))
            assert members[0].body == PAGE
            assert [one.code for one in members[1:]] == ["damaged_archive"] or members[1].body == PAGE * 40

    @pytest.mark.parametrize("packed", [True, False])
    def test_cut_off_anywhere_says_that_something_is_missing(self, packed: bool) -> None:
        answers = [Answer(), Answer(address="https://courier.example/2")]
        ends = [len(files.warc(answers[:count], packed=packed)) for count in range(3)]
        whole = files.warc(answers, packed=packed)
        for cut in range(1, len(whole), 7):
            # Of the last bytes of a record, a checksum or the blank lines after it, nothing is told.
            if any(0 <= end - cut <= 12 for end in ends):
                continue
            members, _ = split(warc.members(io.BytesIO(whole[:cut])))
            assert [one.code for one in members if one.code] == ["damaged_archive"], cut

    def test_packed_all_in_one_is_read_to_its_end_and_says_if_that_is_missing(self) -> None:
        answers = [Answer(body=PAGE + b"<p>More. </p>" * 60_000), Answer(address="https://courier.example/2")]
        whole = gzip.compress(files.warc(answers, packed=False), mtime=0)
        members, _ = split(warc.members(io.BytesIO(whole)))
        assert [one.code for one in members] == ["", ""]
        for cut in (20, 200, len(whole) // 2, len(whole) - 20):
            members, _ = split(warc.members(io.BytesIO(whole[:cut])))
            assert "damaged_archive" in {one.code for one in members}, cut

    @pytest.mark.parametrize("length", [b"", b"9" * 31, b"-4", b"abc"])
    def test_a_length_that_is_none_hides_no_page(self, length: bytes) -> None:
        body = files.warc([Answer(), Answer(address="https://courier.example/2")], packed=False)
        at = body.index(b"Content-Length: ", body.index(b"WARC-Type: response"))
        end = body.index(b"\r\n", at)
        said = b"Content-Length: " + length if length else b"X: 1"
        members, _ = split(warc.members(io.BytesIO(body[:at] + said + body[end:])))
        assert "damaged_archive" in {one.code for one in members}

    @pytest.mark.parametrize("chunks", [b"190\r\n<p>words", b"8\r\n<p>words\r\nZZ\r\n<p>more", b"8\r\n<p>words\r\n"])
    def test_a_page_in_chunks_that_end_too_early_is_damaged(self, chunks: bytes) -> None:
        headers = (("Content-Type", "text/html"), ("Transfer-Encoding", "chunked"))
        (one,), _ = self.members(Answer(body=b"6\r\n<html>\r\n" + chunks, headers=headers))
        assert (one.code, one.body) == ("damaged_archive", b"")

    def test_a_page_is_one_however_its_scheme_is_written(self) -> None:
        (one,), left_out = self.members(Answer(address="HTTPS://courier.example/1"))
        assert (one.code, left_out) == ("", {})

    def test_whose_lengths_lie_loses_nothing_unseen(self) -> None:
        body = files.warc([Answer(), Answer(address="https://courier.example/2")], packed=False)
        long = body.replace(b"Content-Length: ", b"Content-Length: 9", 2)
        members, left_out = split(warc.members(io.BytesIO(long)))
        assert members or left_out


class TestAWacz:
    def test_gives_those_that_its_list_names_as_pages(self) -> None:
        other = Answer(address="https://courier.example/frame.html")
        members, left_out = split(zips.crawl(io.BytesIO(files.wacz([Answer(), other]))))
        assert [one.address for one in members] == [ADDRESS]
        assert left_out == {"not listed as a page": 1}
        assert members[0].record

    @pytest.mark.parametrize("pages", [None, (), ("https://courier.example/never",)])
    def test_gives_every_page_where_its_list_names_none(self, pages: tuple[str, ...] | None) -> None:
        other = Answer(address="https://courier.example/2")
        members, _ = split(zips.crawl(io.BytesIO(files.wacz([Answer(), other], pages=pages))))
        assert [one.address for one in members] == [ADDRESS, other.address]

    def test_with_a_list_that_cannot_be_read_has_none(self) -> None:
        body = files.zipped(
            {"datapackage.json": b"{}", "archive/a.warc.gz": files.warc([Answer()]), "pages/pages.jsonl": b"\xff[{" * 9}
        )
        assert len(split(zips.crawl(io.BytesIO(body)))[0]) == 1

    def test_that_is_damaged_says_so_and_gives_what_is_whole(self) -> None:
        whole, broken = files.warc([Answer()]), files.warc([Answer(address="https://courier.example/2")])
        entries = {"datapackage.json": b"{}", "archive/a.warc.gz": broken, "archive/b.warc.gz": whole}
        body = files.zipped(entries, how=zipfile.ZIP_STORED)
        at = body.index(broken) + len(broken) // 2
        members, _ = split(zips.crawl(io.BytesIO(body[:at] + bytes([body[at] ^ 0xFF]) + body[at + 1 :])))
        codes = {one.name: one.code for one in members}
        assert codes["archive/a.warc.gz"] == "damaged_archive"
        assert codes[ADDRESS] == ""


class TestAZip:
    def members(self, body: bytes) -> tuple[list[Member], dict[str, int]]:
        return split(reading.told_once(zips.members(io.BytesIO(body))))

    def codes(self, body: bytes) -> dict[str, str]:
        return {one.name: one.code for one in self.members(body)[0]}

    def test_gives_articles_of_every_kind_and_those_of_archives_in_it(self) -> None:
        entries = {
            "sea/page.html": PAGE,
            "text.txt": b"Some words.",
            "print.pdf": files.pdf([[Line("Words", 700)]]),
            "item.json": json.dumps(files.ninjs()).encode(),
            "items.json": json.dumps([files.ninjs(), files.ninjs()]).encode(),
            "item.xml": files.news_item().encode(),
            "crawl.warc.gz": files.warc([Answer()]),
            "crawl.wacz": files.wacz([Answer()]),
        }
        members, left_out = self.members(files.zipped(entries))
        assert [(one.name, one.code) for one in members] == [
            ("sea/page.html", ""),
            ("text.txt", ""),
            ("print.pdf", ""),
            ("item.json", ""),
            ("items.json / 1 urn:norwire:20310403:1", ""),
            ("items.json / 2 urn:norwire:20310403:1", ""),
            ("item.xml", ""),
            (f"crawl.warc.gz / {ADDRESS}", ""),
            (f"crawl.wacz / {ADDRESS}", ""),
        ]
        assert left_out == {}
        assert members[0].media_type == "text/html"
        assert members[7].came["preserved"]

    def test_leaves_out_what_a_page_was_saved_with(self) -> None:
        entries = {
            "a.html": PAGE,
            "a_files/x.css": b"p{}",
            "a_files/x.js": b"x()",
            "a_files/x.png": b"\x89PNG",
            "__MACOSX/._a.html": b"x",
        }
        members, left_out = self.members(files.zipped(entries))
        assert [one.name for one in members] == ["a.html"]
        assert left_out == {"text/css": 1, "text/javascript": 1, "image/png": 1}

    def test_says_of_what_it_does_not_read_why(self) -> None:
        entries = {
            "inner.zip": files.zipped({"a.html": PAGE}),
            "letter.docx": files.zipped({"[Content_Types].xml": b"<Types/>"}),
            "broken.json": json.dumps([files.ninjs()]).encode()[:-1],
            "large.txt": b"x y " * (26 * 2**18),
        }
        assert self.codes(files.zipped(entries, how=zipfile.ZIP_STORED)) == {
            "inner.zip": "nested_archive",
            "letter.docx": "not_text",
            "broken.json": "not_readable",
            "large.txt": "too_large",
        }

    def test_of_a_thousand_times_its_size_is_not_unpacked(self) -> None:
        codes = self.codes(files.zipped({"bomb.txt": b"a" * 24 * 2**20, "a.html": PAGE}))
        assert codes == {"bomb.txt": "expands_too_far", "a.html": ""}

    def test_whose_entries_share_their_bytes_is_not_unpacked(self) -> None:
        body = bytearray(files.zipped([("a.html", PAGE), ("b.html", PAGE)]))
        second = body.rfind(b"PK\x01\x02")
        body[second + 42 : second + 46] = (0).to_bytes(4, "little")  # where the first one is
        assert "damaged_archive" in self.codes(bytes(body)).values()

    @pytest.mark.parametrize(
        "name", ["../../etc/passwd.html", "/etc/x.html", "C:\\x.html", "a/../../x.html", "\u202efdp.html", "a\nb.html"]
    )
    def test_has_names_that_are_labels_and_lead_nowhere(self, name: str) -> None:
        (one,), _ = self.members(files.zipped({name: PAGE}))
        assert (one.body, one.code) == (PAGE, "")
        assert one.name.replace("\ufffd", "") == name.replace("\u202e", "").replace("\n", "")

    def test_may_hold_two_of_one_name(self) -> None:
        with pytest.warns(UserWarning, match="Duplicate name"):
            body = files.zipped([("a.html", PAGE), ("a.html", PAGE + b" "), ("a.html", PAGE)])
        members, _ = self.members(body)
        assert [one.name for one in members] == ["a.html", "a.html (2)", "a.html (3)"]
        assert members[1].body == PAGE + b" "

    def test_says_which_are_locked_or_damaged(self) -> None:
        body = bytearray(files.zipped({"a.html": PAGE, "b.html": PAGE}))
        first = body.find(b"PK\x01\x02")
        body[first + 8] |= 1  # the flag of a password
        body[6] |= 1
        at = body.rfind(b"PK\x03\x04", 0, first) + 40
        body[at : at + 4] = b"\xff\xff\xff\xff"
        assert self.codes(bytes(body)) == {"a.html": "encrypted", "b.html": "damaged_archive"}

    def test_follows_no_link(self) -> None:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            link = zipfile.ZipInfo("link.html")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/passwd")
        assert self.codes(out.getvalue()) == {"link.html": "not_text"}

    def test_that_cannot_be_opened_says_so(self) -> None:
        with pytest.raises(Unreadable) as refused:
            list(zips.members(io.BytesIO(files.zipped({"a.html": PAGE})[:-30])))
        assert refused.value.code == "damaged_archive"

    def test_of_more_than_are_taken_in_at_once_tells_that_there_are_more(self) -> None:
        body = files.zipped({f"{number}.txt": b"Some words." for number in range(12)})
        members, _ = split(reading.told_once(zips.members(io.BytesIO(body)), most=10))
        assert [one.code for one in members] == [""] * 10 + ["too_many_members"]
