"""What a client says its body is, made harmless before Django reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

_CHARSET: Final = re.compile(r";\s*charset\s*=\s*(?:\"([^\"]*)\"|([^\s;\"]*))", re.IGNORECASE)

Served = Callable[[dict[str, Any], Any], Any]


def readable(content_type: str) -> str:
    """A Content-Type without a charset that no form or document can be in.

    Python knows codecs that decode no text (hex, rot13), know no replacement (idna) or read ASCII as something else
    (utf-16). Django takes each at its word, for the query of the address too, before any of our code is asked.
    """
    named = _CHARSET.search(content_type)
    if named is None:
        return content_type
    try:
        fits = b"a=1".decode(named[1] or named[2]) == "a=1" and b"\xff".decode(named[1] or named[2], "replace") != ""
    except (LookupError, UnicodeError, TypeError, ValueError):
        fits = False
    return content_type if fits else _CHARSET.sub("", content_type)


def with_readable_bodies(served: Served) -> Served:
    """The same WSGI application, told of content types that can be read."""

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        if content_type := environ.get("CONTENT_TYPE"):
            environ["CONTENT_TYPE"] = readable(content_type)
        return served(environ, start_response)

    return application
