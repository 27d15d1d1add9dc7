"""Preserved bytes in a bucket: of a server on this machine that speaks the protocol of S3, over a real socket."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from apps.articles import storage
from apps.articles.models import Intake
from apps.core import evidence_s3
from apps.core.checks import evidence_store_readable
from apps.core.evidence import Away, Full, Missing, place
from apps.core.evidence_s3 import Bucket
from apps.pipeline import working
from tests.articles.hosts import listening, page, raw
from tests.factories.worlds import TEXT, a_world, an_intake

BODY = b"<p>The ferry was late.</p>" * 1_000
NAME = hashlib.sha256(BODY).hexdigest()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    client(f"http://{host}:{port}").create_bucket(
        Bucket="kept", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    yield f"http://{host}:{port}"
    running.stop()


def client(address: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=address,
        region_name="eu-west-1",
        aws_access_key_id="somebody",
        aws_secret_access_key="secret",
    )


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def s3(server: str) -> Any:
    """A client beside ours, and the bucket empty."""
    beside = client(server)
    for item in beside.list_objects_v2(Bucket="kept").get("Contents", []):
        beside.delete_object(Bucket="kept", Key=item["Key"])
    return beside


@pytest.fixture
def bucket(s3: Any, server: str, settings: Settings) -> Bucket:
    settings.EVIDENCE_STORE = f"s3://kept/some/where?endpoint={server}&region=eu-west-1"
    made = storage.store()
    assert isinstance(made, Bucket)
    return made


def test_bytes_are_kept_under_the_very_name_they_have_in_a_folder(bucket: Bucket, s3: Any) -> None:
    assert storage.keep(BODY) == NAME
    assert storage.read(NAME) == BODY
    (item,) = s3.list_objects_v2(Bucket="kept")["Contents"]
    assert item["Key"] == f"some/where/{place(NAME)}"


def test_bytes_that_are_there_are_not_put_again(bucket: Bucket, s3: Any) -> None:
    storage.keep(BODY)
    first = s3.head_object(Bucket="kept", Key=f"some/where/{place(NAME)}")
    asked: list[str] = []
    bucket._client.meta.events.register("before-call.s3", lambda model, **_: asked.append(model.name))
    storage.keep(BODY)
    again = s3.head_object(Bucket="kept", Key=f"some/where/{place(NAME)}")
    assert again["LastModified"] == first["LastModified"]
    assert asked == ["PutObject", "GetObject"]  # the first was refused, as an object is there


@pytest.mark.parametrize("damaged", [BODY[:100], BODY[:-1] + b"!", b""])
def test_a_damaged_object_is_not_read_and_is_mended_by_the_same_bytes(bucket: Bucket, s3: Any, damaged: bytes) -> None:
    s3.put_object(Bucket="kept", Key=f"some/where/{place(NAME)}", Body=damaged)
    with pytest.raises(storage.Damaged, match="not those"):
        storage.read(NAME)
    storage.keep(BODY)
    assert storage.read(NAME) == BODY


def test_the_servers_own_checksum_is_asked_for(bucket: Bucket) -> None:
    sent: list[dict[str, bytes | str]] = []
    bucket._client.meta.events.register("before-send.s3.PutObject", lambda request, **_: sent.append(request.headers))
    storage.keep(BODY)
    (headers,) = sent
    said = {name.lower(): value if isinstance(value, str) else value.decode() for name, value in headers.items()}
    assert said["x-amz-checksum-sha256"] == base64.b64encode(bytes.fromhex(NAME)).decode()
    assert said["if-none-match"] == "*"


def test_missing_bytes_are_missing(bucket: Bucket) -> None:
    with pytest.raises(Missing):
        bucket.get(NAME)
    with pytest.raises(storage.Damaged, match="missing"):
        storage.read(NAME)


def test_a_bucket_that_is_not_there_is_away_and_no_evidence_missing(s3: Any, server: str) -> None:
    elsewhere = Bucket(f"s3://nowhere?endpoint={server}&region=eu-west-1")
    with pytest.raises(Away):
        elsewhere.put(NAME, BODY)
    with pytest.raises(Away):
        elsewhere.get(NAME)


def silent(connection: socket.socket, head: bytes) -> None:
    connection.recv(1)


def failing(status: str, code: str) -> bytes:
    body = f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode()
    return f"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        ("507 Insufficient Storage", "XMinioStorageFull", Full),
        ("507 Insufficient Storage", "Whatever", Full),
        ("403 Forbidden", "QuotaExceeded", Full),
        ("403 Forbidden", "AccessDenied", Away),
        ("503 Slow Down", "SlowDown", Away),
    ],
)
def test_what_the_server_refuses_has_a_name(
    monkeypatch: pytest.MonkeyPatch, status: str, code: str, expected: type[Exception]
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with listening(raw(failing(status, code))) as host, pytest.raises(expected):
        Bucket(f"s3://kept?endpoint={host.url('')}&region=eu-west-1").put(NAME, BODY)


def test_a_server_that_is_not_there_or_says_nothing_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence_s3, "READ_SECONDS", 0.2)
    monkeypatch.setattr(evidence_s3, "CONNECT_SECONDS", 0.2)
    with listening(silent) as host, pytest.raises(Away):
        Bucket(f"s3://kept?endpoint={host.url('')}&region=eu-west-1").get(NAME)
    with listening(page()) as host:
        pass
    with pytest.raises(Away):
        Bucket(f"s3://kept?endpoint={host.url('')}&region=eu-west-1").put(NAME, BODY)


@pytest.mark.parametrize(
    "address", ["s3://", "https://kept", "kept", "s3://kept?point=x", "s3://kept?endpoint", "file:///evidence"]
)
def test_an_address_that_names_no_bucket_is_refused_before_anything_is_kept(settings: Settings, address: str) -> None:
    settings.EVIDENCE_STORE = address
    assert [found.id for found in evidence_store_readable(app_configs=None)] == ["core.E002"]


def test_one_that_does_and_none_at_all_are_fine(settings: Settings) -> None:
    for address in ("", "s3://kept", "s3://kept/below?region=eu-west-1"):
        settings.EVIDENCE_STORE = address
        assert evidence_store_readable(app_configs=None) == []


@pytest.mark.django_db
def test_an_article_goes_its_way_with_its_bytes_in_a_bucket(bucket: Bucket, s3: Any) -> None:
    intake = an_intake(a_world())
    for step in (Intake.Step.PRESERVE, Intake.Step.EXTRACT):
        working.work(intake_id=intake.pk, step=step)
    row = Intake.objects.get(pk=intake.pk)
    assert row.failure_code == ""
    assert row.rendition is not None
    assert row.rendition.text == TEXT
    kept = {item["Key"].rpartition("/")[2] for item in s3.list_objects_v2(Bucket="kept")["Contents"]}
    assert kept == {row.raw_sha256, row.record_sha256}
