"""The document is whole and exact, and its page asks no other host."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLResolver, get_resolver

from tests.api.program import Program, check, document
from tests.factories.worlds import World

METHODS = ("get", "post")


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document()["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def inside(resolver: URLResolver, prefix: str) -> URLResolver:
    """The routes under a prefix."""
    (found,) = [entry for entry in resolver.url_patterns if str(entry.pattern) == prefix]
    assert isinstance(found, URLResolver)
    return found


def test_the_document_is_made_without_a_warning_and_is_valid(tmp_path: Any) -> None:
    call_command("spectacular", fail_on_warn=True, validate=True, file=str(tmp_path / "schema.yml"))


def test_every_endpoint_is_described() -> None:
    version = inside(inside(get_resolver(), "api/"), "v1/")
    routes = {"/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(entry.pattern)) for entry in version.url_patterns}
    assert set(document()["paths"]) == routes
    assert len(routes) >= 16


def test_every_operation_has_an_answer_problems_an_example_and_parameters_in_words() -> None:
    for name, operation in operations():
        answers = operation["responses"]
        assert {"400", "401", "404", "406", "429", "500", "503"} <= set(answers), name
        for status, answer in answers.items():
            ((media_type, content),) = answer["content"].items()
            assert media_type == ("application/json" if status < "300" else "application/problem+json"), name
            assert content["examples"], f"{name} {status} has no example"
        assert operation["summary"], name
        for parameter in operation.get("parameters", ()):
            assert parameter.get("description"), f"{name}: {parameter['name']}"


def test_every_example_is_what_its_schema_says() -> None:
    seen = 0
    for _name, operation in operations():
        bodies = [answer["content"] for answer in operation["responses"].values()]
        bodies += [operation["requestBody"]["content"]] if "requestBody" in operation else []
        for content in bodies:
            for described in content.values():
                for example in described.get("examples", {}).values():
                    check(example["value"], described["schema"])
                    seen += 1
    assert seen > 100


def test_every_operation_asks_for_a_key_or_a_session() -> None:
    for name, operation in operations():
        assert {scheme for choice in operation["security"] for scheme in choice} == {"key", "cookieAuth"}, name
    assert document()["components"]["securitySchemes"]["key"]["scheme"] == "bearer"


def test_the_document_is_served_to_those_who_may_ask_and_nobody_else(world: World) -> None:
    assert Client().get("/api/schema").status_code == 401
    program = Program(world.reader)
    served = program.client.get("/api/schema", headers={**program.headers, "Accept": "application/json"})
    assert served.json()["openapi"].startswith("3.1")


def test_the_page_needs_a_sign_in_and_no_other_host(world: World) -> None:
    client = Client()
    answer = client.get("/api/docs")
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/?next=/api/docs")
    client.force_login(world.reader)
    page = client.get("/api/docs")
    assert page.status_code == 200
    body = page.content.decode()
    assert "//" not in re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    assert not re.search(r"<script(?![^>]*\bsrc=)", body), "a script in the page itself"
    script = client.get("/api/docs?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert '"validatorUrl": null' in script.content.decode()


@pytest.mark.parametrize(("path", "relaxed"), [("/api/docs", True), ("/", False)])
def test_only_that_page_may_set_styles_from_its_script(world: World, path: str, *, relaxed: bool) -> None:
    client = Client()
    client.force_login(world.reader)
    policy = client.get(path)["Content-Security-Policy"]
    assert ("'unsafe-inline'" in policy) is relaxed
    script_src = next(part for part in policy.split(";") if part.strip().startswith("script-src"))
    assert script_src.strip() == "script-src 'self'"
