"""JSON bodies, within bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

LARGEST = 36 * 2**20
"""25 MB, the most that is taken in at once, in base 64, and the rest of the document."""


class BoundedJSONParser(JSONParser):
    """Refuses what is larger than any article, or nested so deeply that it cannot be one."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        request = (parser_context or {}).get("request")
        if request is not None and int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST:
            raise RequestDataTooBig
        try:
            return super().parse(stream, media_type, dict(parser_context or {}))
        except RecursionError as error:
            raise ParseError(_("The document is nested too deeply.")) from error
