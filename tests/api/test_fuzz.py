"""Requests made from the document, well-formed and not: none makes us fail, and each answer is one it describes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.models import Key
from apps.api.throttling import PerKeyThrottle
from tests.api.conftest import Dispute
from tests.api.program import Program, document, route, schema_of
from tests.api.program import check as hold_against
from tests.factories.worlds import a_world

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "300"))
"""How many requests; the same ones every time, unless there are more than usual."""

OPERATIONS = sorted((path, method) for path, methods in document()["paths"].items() for method in methods)
ODD = ["", "0", "-1", "null", "true", "\x00", "%00", "'", "../..", "🙂", "٣", "9" * 40, "1e308", "C-0001", "A-0001"]
TIMES = [
    "2024-03-12T08:00:00Z",
    "2024-03-12T12:00:00+04:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "2024-W11-2T08Z",
]
anything = st.one_of(st.sampled_from(ODD + TIMES), st.text(max_size=40))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@dataclass(frozen=True)
class Asked:
    """A request before the ids of this test's world are filled in; ``{north}`` and the like stand for them."""

    path: str
    method: str
    parts: tuple[tuple[str, str], ...]
    query: tuple[tuple[str, str], ...]
    body: str
    headers: tuple[tuple[str, str], ...]


def of_schema(schema: dict[str, Any]) -> st.SearchStrategy[str]:
    """Values that a parameter may have."""
    if "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        return st.sampled_from([str(value) for value in schema["enum"]])
    if schema.get("type") == "integer":
        return st.integers(schema.get("minimum", 0), schema.get("maximum", 2**63)).map(str)
    if schema.get("format") == "date-time":
        return st.datetimes(timezones=st.timezones()).map(lambda found: found.isoformat()) | st.sampled_from(TIMES)
    if schema.get("format") == "uuid":
        return st.sampled_from(["{north}", "{denied}", "{rendition}"]) | st.uuids().map(str)
    return st.sampled_from(["C-0001", "A-0001", "{claim}", "{article}", "{cursor}"])


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    path, method = draw(st.sampled_from(OPERATIONS))
    operation = document()["paths"][path][method]
    parts, query, headers = [], [], []
    for parameter in operation.get("parameters", ()):
        name, known = parameter["name"], of_schema(parameter["schema"])
        if parameter["in"] == "path":
            usual = st.sampled_from(["{slug}", "{slug}", "{slug}", "{other}"]) if name == "slug" else known
            parts.append((name, draw(st.one_of(usual, usual, usual, anything))))
        elif parameter["in"] == "query" and draw(st.booleans()):
            query.append((name, draw(st.one_of(known, known, anything))))
        elif parameter["in"] == "header" and draw(st.booleans()):
            headers.append((name, draw(st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=9))))
    if draw(st.integers(0, 9)) == 0:
        query.append((draw(anything), draw(anything)))
    body = ""
    if method == "post":
        content = operation.get("requestBody", {"content": {}})["content"]
        wanted = content.get("application/json", {"schema": {}})["schema"].get("$ref", "").rpartition("/")[2]
        fields = document()["components"]["schemas"][wanted]["properties"] if wanted else ["nothing"]
        told = st.dictionaries(st.sampled_from(sorted(fields)), st.one_of(anything, JSON), max_size=4)
        body = draw(st.one_of(told.map(json.dumps), JSON.map(json.dumps), st.text(max_size=20)))
    return Asked(path, method, tuple(parts), tuple(query), body, tuple(headers))


@pytest.fixture
def program(dispute: Dispute) -> Program:
    """Somebody who may read and add."""
    return Program(dispute.world.analyst, slug=dispute.world.dossier.slug, scope=Key.Scope.ADD)


@pytest.fixture
def ids(dispute: Dispute, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(PerKeyThrottle, "rate", None, raising=False)
    evidence = dispute.denied.attributions.get()
    return {
        "{slug}": dispute.world.dossier.slug,
        "{other}": a_world().dossier.slug,
        "{north}": str(dispute.north.public_id),
        "{denied}": str(dispute.denied.public_id),
        "{rendition}": str(evidence.rendition.public_id),
        "{claim}": str(dispute.claim.public_id),
        "{article}": str(evidence.article.public_id),
        "{cursor}": dispute.reader.get("/statements", limit=1)["next"].rpartition("cursor=")[2],
    }


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=EXAMPLES <= 300,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(request=asked())
def test_every_answer_is_one_that_the_document_describes(program: Program, ids: dict[str, str], request: Asked) -> None:
    address = request.path
    for name, value in request.parts:
        address = address.replace(f"{{{name}}}", quote(ids.get(value, value), safe=""))
    query = urlencode([(name, ids.get(value, value)) for name, value in request.query], errors="surrogatepass")
    answer = program.client.generic(
        request.method.upper(),
        f"{address}?{query}",
        request.body.encode("utf-8", "surrogatepass"),
        content_type="application/json",
        headers={**program.headers, **dict(request.headers)},
    )
    assert answer.status_code < 500, answer.content
    media_type = answer["Content-Type"]
    assert media_type == ("application/json" if answer.status_code < 300 else "application/problem+json")
    if described := route(answer.request["PATH_INFO"]):
        hold_against(answer.json(), schema_of(described, request.method, answer.status_code, media_type))
