"""A body may say that it is in what no body is in."""

from __future__ import annotations

import io
from typing import Any

import pytest

from apps.core.content_types import readable
from config.wsgi import application


@pytest.mark.parametrize("charset", ["hex", "zlib", "rot13", "idna", "utf-16", "utf-32", "undefined", "nosuch", ""])
def test_a_charset_that_no_body_is_in_is_left_out(charset: str) -> None:
    assert readable(f'multipart/form-data; charset="{charset}"; boundary=x') == "multipart/form-data; boundary=x"
    assert readable(f"text/plain; charset={charset}") == "text/plain"


@pytest.mark.parametrize("content_type", ["", "text/plain", "text/plain; charset=UTF-8", "text/plain;charset=latin-1"])
def test_others_stay(content_type: str) -> None:
    assert readable(content_type) == content_type


@pytest.mark.django_db
@pytest.mark.parametrize("charset", ["hex", "idna", "utf-16"])
def test_no_charset_makes_the_server_fail(charset: str) -> None:
    status: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/api/v1/dossiers", "QUERY_STRING": "limit=1",
        "SERVER_NAME": "testserver", "SERVER_PORT": "80", "wsgi.url_scheme": "http",
        "CONTENT_TYPE": f"text/plain; charset={charset}", "wsgi.input": io.BytesIO(),
    }  # fmt: skip
    b"".join(application(environ, lambda line, _headers: status.append(line)))
    assert status == ["401 Unauthorized"]
