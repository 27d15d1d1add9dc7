"""WARC records: read back by another's reader, every digest checked by another's checker."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import re
import socket
import time
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from apps.articles import fetching, records
from apps.articles.exchanges import Tls
from apps.articles.fetching import RefusedMidway
from tests.articles.hosts import Answer, listening, page, raw, redirect
from tests.articles.test_fetching import AGENT, fetch, knowing
from tests.articles.test_fetching_tls import TestTheCertificate as Certificates

AT = datetime(2024, 3, 12, 8, 0, 0, 250_000, tzinfo=UTC)
BODY = b"<p>The ferry was late.</p>" * 100


class Read:
    """A record as warcio reads it."""

    def __init__(self, record: object) -> None:
        self.kind: str = record.rec_type  # type: ignore[attr-defined]
        self.fields = dict(record.rec_headers.headers)  # type: ignore[attr-defined]
        self.http = record.http_headers  # type: ignore[attr-defined]
        self.body: bytes = record.content_stream().read()  # type: ignore[attr-defined]

    def __getitem__(self, name: str) -> str:
        return str(self.fields[name])


def read(written: bytes) -> list[Read]:
    return [Read(record) for record in ArchiveIterator(io.BytesIO(written), check_digests="raise")]


def problems(written: bytes, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What `warcio check --verbose` has to say."""
    file = folder / "record.warc.gz"
    file.write_bytes(written)
    checker = Checker(Namespace(inputs=[str(file)], verbose=True))
    checker.process_all()
    said = capsys.readouterr().out
    assert checker.exit_value == 0, said
    return said


def written(answer: Answer, path: str = "/", **options: object) -> bytes:
    with listening(answer) as host:
        return records.of_fetch(fetch(host, path, **options).exchanges, user_agent=AGENT)


def test_a_fetch_is_a_request_a_response_and_what_is_known_of_the_connection(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with listening(page(BODY, headers='X-Odd:  kept  as it is \r\nETag: W/"1"\r\n')) as host:
        got = fetch(host, "/a?b=c")
    made = records.of_fetch(got.exchanges, user_agent=AGENT)
    info, request, response, metadata = read(made)
    assert [record.kind for record in (info, request, response, metadata)] == [
        "warcinfo",
        "request",
        "response",
        "metadata",
    ]
    assert f"http-header-user-agent: {AGENT}".encode() in info.body
    assert b"software: Counterclaim/" in info.body
    assert request["WARC-Target-URI"] == response["WARC-Target-URI"] == host.url("/a?b=c")
    assert request["WARC-Concurrent-To"] == response["WARC-Record-ID"]
    assert metadata["WARC-Refers-To"] == response["WARC-Record-ID"]
    assert response["WARC-IP-Address"] == "127.0.0.1"
    assert response["WARC-Warcinfo-ID"] == info["WARC-Record-ID"]
    assert response["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(BODY).hexdigest()}"
    assert response["WARC-Block-Digest"].startswith("sha256:")
    assert response.body == BODY
    assert "WARC-Truncated" not in response.fields
    assert "digest pass" in problems(made, tmp_path, capsys)


def test_request_and_headers_are_there_to_the_byte() -> None:
    head = b"HTTP/1.1 200 Fine, thank you\r\nx-ODD:  two  spaces \r\nSet-Cookie: a=\xe9\r\nContent-Length: 3\r\n\r\n"
    with listening(raw(head, b"abc")) as host:
        made = records.of_fetch(fetch(host).exchanges, user_agent=AGENT)
    plain = gzip.decompress(made)
    assert b"\r\n\r\n" + host.requests[0] in plain
    assert head + b"abc" in plain


def test_the_digest_of_the_payload_is_that_of_the_bytes_as_they_were_encoded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = gzip.compress(BODY)
    made = written(page(sent, headers="Content-Encoding: gzip\r\n"))
    response = read(made)[2]
    assert response["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(sent).hexdigest()}"
    assert response.http.get_header("Content-Encoding") == "gzip"
    assert response.body == BODY  # the reader undoes the encoding
    problems(made, tmp_path, capsys)


def test_a_transfer_coding_is_undone_and_that_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    made = written(raw(head, b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n"))
    _, _, response, metadata = read(made)
    assert response.body == b"abcde"
    assert response.http.get_header("Transfer-Encoding") is None
    assert response.http.get_header("X-Archive-Orig-Transfer-Encoding") == "chunked"
    assert b"transfer-coding-undone: chunked\r\n" in metadata.body
    problems(made, tmp_path, capsys)


def test_each_redirect_is_there_with_what_it_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        if head.split()[1] == b"/a":
            page(b"over there", status="301 Moved", headers="Location: /b\r\n")(connection, head)
        else:
            page(BODY)(connection, head)

    made = written(answer, "/a")
    kinds = [(record.kind, record.fields.get("WARC-Target-URI", "")[-2:]) for record in read(made)]
    assert kinds == [
        ("warcinfo", ""),
        *[(kind, "/a") for kind in ("request", "response", "metadata")],
        *[(kind, "/b") for kind in ("request", "response", "metadata")],
    ]
    first = read(made)[2]
    assert (first.http.get_statuscode(), first.body) == ("301", b"over there")
    problems(made, tmp_path, capsys)


def test_the_answer_after_a_continue_is_the_one_recorded() -> None:
    made = written(raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"))
    response = read(made)[2]
    assert (response.http.get_statuscode(), response.body) == ("200", b"abc")


def test_a_secure_connection_is_described_with_the_certificate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with listening(page(b"safe"), tls=Certificates.host("news.example")) as host:
        origin = f"news.example:{host.port}"
        got = fetching.fetch(
            f"https://{origin}/",
            user_agent=AGENT,
            exempt=frozenset({origin}),
            resolver=knowing("127.0.0.1"),
            tls=Certificates.trusting(),
        )
    tls = got.exchanges[0].tls
    assert isinstance(tls, Tls)
    made = records.of_fetch(got.exchanges, user_agent=AGENT)
    _, _, response, metadata = read(made)
    assert response.fields["WARC-Cipher-Suite"] == tls.cipher
    protocols = re.findall(rb"WARC-Protocol: (\S+)", gzip.decompress(made))
    assert protocols == [b"http/1.1", b"tls/1.3"] * 2
    said = dict(line.split(": ", 1) for line in metadata.body.decode().splitlines())
    assert said["tls-version"] == "TLSv1.3"
    assert said["tls-certificate-sha256"] == hashlib.sha256(base64.b64decode(said["tls-certificate"])).hexdigest()
    assert said["tls-certificate-sha256"] == tls.digests[0]
    problems(made, tmp_path, capsys)


class TestWhatWasRefused:
    def refused(self, answer: Answer, **options: float) -> RefusedMidway:
        with listening(answer) as host, pytest.raises(RefusedMidway) as refused:
            fetch(host, "/", **options)
        return refused.value

    def test_is_kept_up_to_the_cap(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        refused = self.refused(page(BODY), max_bytes=100)
        assert (refused.code, refused.received) == ("too_large", BODY[:100])
        made = records.of_fetch(refused.exchanges, user_agent=AGENT)
        response = read(made)[2]
        assert (response["WARC-Truncated"], response.body) == ("length", BODY[:100])
        problems(made, tmp_path, capsys)

    def test_is_kept_up_to_the_cap_where_more_was_announced(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"
        refused = self.refused(raw(head, b"x" * 1_000), max_bytes=100)
        assert (refused.code, refused.received) == ("too_large", b"x" * 100)

    def test_is_kept_as_it_came_where_it_was_a_bomb(self) -> None:
        bomb = gzip.compress(b"\x00" * 10_000_000)
        refused = self.refused(page(bomb, headers="Content-Encoding: gzip\r\n"), max_bytes=1_000_000)
        assert refused.code == "too_large"
        assert bomb.startswith(refused.received)
        assert len(refused.received) > 100

    def test_is_kept_up_to_where_it_broke_off(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        refused = self.refused(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"))
        assert (refused.code, refused.received) == ("bad_response", b"abc")
        made = records.of_fetch(refused.exchanges, user_agent=AGENT)
        assert read(made)[2]["WARC-Truncated"] == "disconnect"
        problems(made, tmp_path, capsys)

    @pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"])
    def test_is_kept_up_to_when_time_was_over(self, head: bytes) -> None:
        def drip(connection: socket.socket, asked: bytes) -> None:
            connection.sendall(head)
            for _ in range(100):
                connection.sendall(b"x")
                time.sleep(0.05)

        refused = self.refused(drip, total_seconds=0.5)
        assert refused.code == "timed_out"
        assert refused.received.startswith(b"xxx")
        assert refused.exchanges[0].truncated == "time"

    def test_is_kept_where_it_was_no_answer_of_a_web_server(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        refused = self.refused(raw(b"SSH-2.0-OpenSSH_9.2\r\n"))
        made = records.of_fetch(refused.exchanges, user_agent=AGENT)
        record = read(made)[2]
        assert (record.kind, record.body) == ("resource", b"SSH-2.0-OpenSSH_9.2\r\n")
        problems(made, tmp_path, capsys)

    def test_is_kept_where_it_was_a_redirect_into_a_private_network(self) -> None:
        refused = self.refused(redirect("http://10.0.0.1/"))
        assert (refused.code, refused.received) == ("not_public", b"")
        assert refused.exchanges[0].location == "http://10.0.0.1/"


class TestWhatSomebodyGave:
    ABOUT = {"method": "uploaded", "filename": "ferry\r\nWARC-Type: response.html"}

    def made(self, body: bytes = BODY, **other: str) -> bytes:
        given = {"address": "urn:uuid:0", "media_type": "text/html", **other}
        return records.of_resource(body, at=AT, about=self.ABOUT, **given)

    def test_is_a_resource_with_how_it_came(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        info, resource, metadata = read(self.made())
        assert [info.kind, resource.kind, metadata.kind] == ["warcinfo", "resource", "metadata"]
        assert (resource.body, resource["Content-Type"]) == (BODY, "text/html")
        assert resource["WARC-Date"] == "2024-03-12T08:00:00.250000Z"
        assert resource["WARC-Payload-Digest"] == f"sha256:{hashlib.sha256(BODY).hexdigest()}"
        assert metadata.body == b"method: uploaded\r\nfilename: ferry WARC-Type: response.html\r\n"
        problems(self.made(), tmp_path, capsys)

    def test_is_the_same_bytes_when_it_is_made_again_and_others_for_anything_else(self) -> None:
        assert self.made() == self.made()
        assert len({self.made(), self.made(BODY + b"!"), self.made(address="urn:uuid:1")}) == 3

    def test_cannot_put_a_field_into_the_record_by_its_address_or_type(self) -> None:
        injected = "text/html\r\nWARC-Injected: 1"
        made = self.made(media_type=injected, address="http://a.example/\r\nWARC-Injected: 1")
        assert all("WARC-Injected" not in record.fields for record in read(made))

    def test_may_be_empty_or_no_text_at_all(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for body in (b"", bytes(range(256))):
            assert read(self.made(body, media_type=""))[1].body == body
            problems(self.made(body, media_type=""), tmp_path, capsys)
