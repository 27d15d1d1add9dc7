"""How much is taken of an upload. What is more is read to its end and thrown away, so that a page can say so."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

SLACK = 2 * 2**20
"""The rest of a form beside its files."""


def most_bytes() -> int:
    """How many bytes all files of one request may have together."""
    return int(settings.LARGEST_UPLOAD_MB) * 2**20


class BoundedUploads(FileUploadHandler):
    """Keeps no file of a request that is larger than what is taken in; ``request.upload_too_large`` then says so."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 (Django's name)
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self.too_large = content_length > most_bytes() + SLACK
        if self.request is not None:
            self.request.upload_too_large = self.too_large  # type: ignore[attr-defined]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.too_large:
            raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        return None
