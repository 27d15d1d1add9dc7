"""Where preserved bytes are kept: a bucket of Amazon S3, or of a server that speaks its protocol.

An object is put only where none is there (``If-None-Match: *``) and with its SHA-256 (``x-amz-checksum-sha256``), which
the server checks before it answers. Credentials come from the usual AWS variables, or from wherever else boto3 looks.
"""

from __future__ import annotations

import base64
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from apps.core.evidence import Away, Full, Missing, place

CONNECT_SECONDS: Final = 5
READ_SECONDS: Final = 30

_NOT_THERE: Final = frozenset({"NoSuchKey", "404", "NotFound"})
_THERE: Final = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "412", "409"})
_NO_ROOM: Final = frozenset(
    {"QuotaExceeded", "InsufficientStorage", "InsufficientCapacity", "XMinioStorageFull", "EntityTooLarge", "507"}
)
_OPTIONS: Final = frozenset({"endpoint", "region"})


class Bucket:
    """Objects below a prefix of a bucket."""

    def __init__(self, address: str) -> None:
        """``address`` is ``s3://bucket/prefix?endpoint=https://…&region=…``; all but the bucket may be left out.

        Raises ``ValueError`` where it is not.
        """
        parts = urlsplit(address)
        options = parse_qs(parts.query, strict_parsing=bool(parts.query))
        if parts.scheme != "s3" or not parts.netloc or options.keys() - _OPTIONS:
            raise ValueError("it is not s3://bucket/prefix?endpoint=https://…&region=…")
        self.bucket = parts.netloc
        self.prefix = f"{parts.path.strip('/')}/".removeprefix("/")
        self._endpoint = options.get("endpoint", [None])[0]
        self._region = options.get("region", [None])[0]
        self._clients: dict[int, Any] = {}
        self._lock = threading.Lock()

    def put(self, sha256: str, body: bytes) -> None:
        """Make sure that the object is there and whole. Raises ``Full``, ``Away``."""
        with _named_failures():
            try:
                self._put(sha256, body, IfNoneMatch="*")
            except ClientError as error:
                if _code(error) not in _THERE:
                    raise
                if not self._holds(sha256, body):
                    self._put(sha256, body)

    def get(self, sha256: str) -> bytes:
        """The object's bytes as they are there, unchecked. Raises ``Missing``, ``Away``."""
        with _named_failures():
            answer = self._client.get_object(Bucket=self.bucket, Key=self._key(sha256))
            with answer["Body"] as stream:
                body: bytes = stream.read()
        return body

    def _put(self, sha256: str, body: bytes, **only: str) -> None:
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        self._client.put_object(
            Bucket=self.bucket,
            Key=self._key(sha256),
            Body=body,
            ContentType="application/octet-stream",
            ChecksumSHA256=checksum,
            **only,
        )

    def _holds(self, sha256: str, body: bytes) -> bool:
        """Whether the object is there and whole: read back, since a checksum that it was given proves no bytes."""
        try:
            there = self.get(sha256)
        except Missing:
            return False
        return len(there) == len(body) and hashlib.sha256(there).hexdigest() == sha256

    def _key(self, sha256: str) -> str:
        return f"{self.prefix}{place(sha256)}"

    @property
    def _client(self) -> Any:
        """A client of this process: its connections must not be shared with a forked child."""
        with self._lock:
            client = self._clients.get(os.getpid())
            if client is None:
                client = boto3.session.Session().client(
                    "s3",
                    endpoint_url=self._endpoint,
                    region_name=self._region,
                    config=Config(
                        connect_timeout=CONNECT_SECONDS,
                        read_timeout=READ_SECONDS,
                        retries={"max_attempts": 3, "mode": "standard"},
                        max_pool_connections=16,
                        # Servers other than Amazon's know no name for each bucket.
                        s3={"addressing_style": "path" if self._endpoint else "auto"},
                    ),
                )
                self._clients = {os.getpid(): client}
        return client


@contextmanager
def _named_failures() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = _code(error)
        if code in _NOT_THERE:
            raise Missing(code) from error
        raise (Full if code in _NO_ROOM else Away)(str(error)[:300]) from error
    except (BotoCoreError, OSError) as error:
        raise Away(f"{type(error).__name__}: {error}"[:300]) from error


def _code(error: ClientError) -> str:
    """The error's code; the status alone where the server gave none."""
    status = str(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    if status in ("412", "507"):
        return status
    return str(error.response.get("Error", {}).get("Code") or status)
