"""Bodies of JSON, and files, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser, MultiPartParser, get_encoding  # type: ignore[attr-defined]  # not in stubs
from rest_framework.request import Request
from rest_framework.utils import json

from apps.core.errors import Refusal
from apps.core.uploading import SLACK, most_bytes

LARGEST = 36 * 2**20
"""25 MB, the most that is taken in at once, in base 64, and the rest of the document."""


def encodable(name: str) -> str:
    """A name that somebody sent, as an answer can hold it: half of a surrogate pair cannot be written."""
    return name.encode("utf-8", "replace").decode()


class LengthRequired(Refusal):
    """A body that does not say how long it is: the server in front reads it as empty."""

    status = 411
    code = "length_required"


def check_length(request: Request) -> None:
    """Raises ``LengthRequired``."""
    if not request.META.get("CONTENT_LENGTH"):
        raise LengthRequired(_("Send the length of the body (Content-Length), not chunks."))


def _check_size(request: Request | None, most: int) -> None:
    """Raises ``RequestDataTooBig``."""
    if request is not None and int(request.META.get("CONTENT_LENGTH") or 0) > most:
        raise RequestDataTooBig


class BoundedJSONParser(JSONParser):
    """Refuses what is larger than any article, nested so deeply that it cannot be one, or says a thing twice: which of
    the two is meant nobody knows (RFC 8259, 4)."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        _check_size((parser_context or {}).get("request"), LARGEST)
        try:
            text = stream.read().decode(get_encoding(dict(parser_context or {})))
            return json.loads(text, object_pairs_hook=_once)
        except ValueError as error:
            raise ParseError(_("This cannot be read as JSON: %(why)s") % {"why": error}) from error
        except RecursionError as error:
            raise ParseError(_("The document is nested too deeply.")) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, each of whose names stands there once. Raises ``ValueError``."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"“{encodable(name[:80])}” is there twice")
        found[name] = value
    return found


class BoundedMultiPartParser(MultiPartParser):
    """Refuses what is larger than any upload, before a byte of it is read."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        _check_size((parser_context or {}).get("request"), most_bytes() + SLACK)
        return super().parse(stream, media_type, dict(parser_context or {}))
