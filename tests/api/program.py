"""A client program with a key. Whatever it is answered is held against the published document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import resolve
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from jsonschema import Draft202012Validator, FormatChecker

from apps.accounts.models import Key, User
from apps.accounts.services import make_key


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document as it is served."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    found: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


def route(path: str) -> str:
    """The path in the document that an address belongs to; "" for what is not described."""
    pattern = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", resolve(path).route)
    return pattern if pattern in document()["paths"] else ""


def schema_of(path: str, method: str, status: int, media_type: str) -> dict[str, Any]:
    """What the document says that such an answer holds. KeyError: it says nothing of it."""
    answer = document()["paths"][path][method]["responses"][str(status)]
    found: dict[str, Any] = answer["content"][media_type]["schema"]
    return found


def check(instance: object, schema: Mapping[str, Any]) -> None:
    """Raises jsonschema's ValidationError."""
    whole = {**schema, "components": document()["components"]}
    Draft202012Validator(whole, format_checker=FormatChecker()).validate(instance)


class Program:
    """Asks with a key, or in a browser's session, or as nobody."""

    def __init__(self, owner: User | None = None, *, scope: str = Key.Scope.READ, slug: str = "") -> None:
        self.client = Client(raise_request_exception=False)
        self.base = f"/api/v1/dossiers/{slug}" if slug else "/api/v1"
        self.headers: dict[str, str] = {}
        if owner is not None:
            self.key, self.secret = make_key(owner=owner, name="a program", scope=scope, at=timezone.now())
            self.headers = {"Authorization": f"Bearer {self.secret}"}

    def get(self, path: str = "", /, *, expect: int = 200, **query: object) -> dict[str, Any]:
        """The body of the answer, which has the status that is expected and the shape that is published."""
        address = path if path.startswith(("/api/", "http")) else self.base + path
        parameters = f"?{urlencode(query)}" if query else ""
        return self.answered("get", self.client.get(address + parameters, headers=self.headers), expect)

    def post(
        self, path: str, body: object, /, *, expect: int = 202, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        response = self.client.post(
            self.base + path, body, content_type="application/json", headers={**self.headers, **(headers or {})}
        )
        return self.answered("post", response, expect)

    def answered(self, method: str, response: Any, expect: int) -> dict[str, Any]:
        self.response = response
        assert response.status_code == expect, response.content.decode()[:600]
        media_type = response["Content-Type"]
        assert media_type == ("application/json" if expect < 300 else "application/problem+json")
        body: dict[str, Any] = response.json()
        if path := route(response.request["PATH_INFO"]):
            check(body, schema_of(path, method, expect, media_type))
        return body

    def all(self, path: str, /, **query: object) -> list[dict[str, Any]]:
        """Every item of a list, page by page."""
        page = self.get(path, expect=200, **query)
        found = list(page["items"])
        while page["next"]:
            page = self.get(page["next"].removeprefix("http://testserver"))
            found += page["items"]
        return found
