"""Whatever goes wrong under /api/ is a problem document with a code, and tells nothing that is not the client's."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import UnreadablePostError
from django.test import Client
from rest_framework.exceptions import ErrorDetail

from apps.accounts.models import Key
from apps.api import parsing
from apps.api.problems import ProblemSerializer, describe, pointed
from apps.api.v1.asking import read_cursor, write_cursor
from apps.articles import storage
from apps.articles.models import Feed, Intake
from apps.graph import listing
from tests.api.program import Program
from tests.factories.worlds import TEXT, World


def test_a_problem_has_all_its_members(reader: Program) -> None:
    found = reader.get("/claims/C-0001", expect=404)
    assert set(ProblemSerializer().fields) - {"errors", "intake"} == set(found)
    assert found["type"] == "urn:counterclaim:problem:not_found"
    assert (found["status"], found["title"]) == (404, "Not Found")
    assert found["instance"] == f"{reader.base}/claims/C-0001"


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/",
        "/api/v1/nonsense",
        "/api/v1/dossiers/",
        "/api/v2/dossiers",
        "/api/v1/dossiers/a%00b",
        "/api/v1/dossiers/a%0Ab/claims",
        "/api/v1/dossiers/%F0%9F%99%82",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_address_that_leads_nowhere_is_a_problem_too(reader: Program, path: str, method: str) -> None:
    answer = getattr(reader.client, method)(path, headers=reader.headers)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"


@pytest.mark.parametrize(
    "ref",
    ["C-1", "C-0000", "C-2147483648", "C-9999999999", "C-99999999999", "A-0001", "c-0001x", "C-٠٠٠١", "%00", "7d1c"],
)
def test_what_is_no_reference_is_not_found(reader: Program, ref: str) -> None:
    reader.get(f"/claims/{ref}", expect=404)
    reader.get(f"/claims/{ref}/graph", expect=404)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "bad_parameter"),
        ("limit=201", "bad_parameter"),
        ("limit=-1", "bad_parameter"),
        ("limit=1e3", "bad_parameter"),
        ("limit=" + "9" * 5000, "bad_parameter"),
        ("limit=", "bad_parameter"),
        ("limit=1&limit=2", "bad_parameter"),
        ("standing=guilty", "bad_parameter"),
        ("cursor=", "bad_cursor"),
        ("cursor=%00", "bad_cursor"),
        ("cursor=%F0%9F%99%82", "bad_cursor"),
        ("cursor=" + "A" * 300, "bad_cursor"),
        ("cursor=" + write_cursor("claim", "nonsense"), "bad_cursor"),
        ("cursor=" + write_cursor("claim", "7d1c2b0a-0000-4000-8000-000000000000"), "bad_cursor"),
        ("cursor=" + write_cursor("source", "7d1c2b0a-0000-4000-8000-000000000000"), "bad_cursor"),
        ("offset=10", "unknown_parameter"),
        ("format=xml", "unknown_parameter"),
        ("%00=1", "unknown_parameter"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_by_name(reader: Program, query: str, code: str) -> None:
    assert reader.get(f"{reader.base}/claims?{query}", expect=400)["code"] == code


@pytest.mark.parametrize("query", ["depth=5", "depth=-1", "limit=301", "limit=0", "cursor=x"])
def test_a_graph_has_bounds(reader: Program, query: str) -> None:
    reader.get(f"{reader.base}/claims/C-0001/graph?{query}", expect=400)


@pytest.mark.parametrize("query", ["after=-1", "after=9223372036854775808", "after=x"])
def test_a_place_in_the_feed_that_cannot_be_is_refused(reader: Program, query: str) -> None:
    reader.get(f"{reader.base}/changes?{query}", expect=400)


def test_a_method_a_form_and_a_body_that_are_not_understood_are_said_so(world: World) -> None:
    program = Program(world.analyst, slug=world.dossier.slug, scope=Key.Scope.ADD)
    articles = f"{program.base}/articles"

    def code(method: str, body: object = b"", **more: Any) -> tuple[int, str]:
        headers = {**program.headers, **more.pop("headers", {})}
        kind = more.pop("kind", "application/json")
        answer = program.client.generic(method.upper(), articles, body, content_type=kind, headers=headers)
        assert answer["Content-Type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"]

    assert code("delete") == (405, "method_not_allowed")
    assert code("options") == (405, "method_not_allowed")
    assert code("get", headers={"Accept": "text/html"}) == (406, "not_acceptable")
    assert code("post", TEXT, kind="text/plain") == (415, "unsupported_media_type")
    assert code("post", '{"text"') == (400, "malformed_body")
    assert code("post", '{"text": NaN}') == (400, "malformed_body")
    assert code("post", '{"text": ' + "9" * 5000 + "}") == (400, "malformed_body")
    assert code("post", b'{"text": "\xff"}') == (400, "malformed_body")
    assert code("post", "[" * 100_000) == (400, "malformed_body")
    assert code("post", json.dumps([1])) == (400, "invalid_body")
    assert code("post", '{"text": "a", "text": "b"}') == (400, "malformed_body")


def test_parameters_that_nothing_reads_are_refused_with_every_method_and_the_body_is_kept(world: World) -> None:
    program = Program(world.analyst, slug=world.dossier.slug, scope=Key.Scope.ADD)
    refused = program.post("/articles?dry_run=1", {"text": TEXT}, expect=400)
    assert (refused["code"], refused["errors"][0]["parameter"]) == ("unknown_parameter", "dry_run")
    assert TEXT.encode() in storage.read(Intake.objects.get(public_id=refused["intake"]).raw_sha256)
    known = program.post("/feeds?kind=feed", {"address": "https://a.example/"}, expect=400)
    assert known["code"] == "unknown_parameter"
    assert not Feed.objects.exists()


def test_a_host_that_is_not_ours_is_told_so_in_the_form_of_whoever_asks(client: Client) -> None:
    for_programs = client.get("/api/v1/dossiers", headers={"Host": "elsewhere.example"})
    assert (for_programs.status_code, for_programs["Content-Type"]) == (400, "application/problem+json")
    assert for_programs.json()["code"] == "bad_request"
    for_people = client.get("/sign-in/", headers={"Host": "elsewhere.example"})
    assert (for_people.status_code, for_people["Content-Type"]) == (400, "text/html; charset=utf-8")


def test_a_body_larger_than_any_article_is_not_even_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "LARGEST", 100)
    program = Program(world.analyst, slug=world.dossier.slug, scope=Key.Scope.ADD)
    assert program.post("/articles", {"text": TEXT * 2}, expect=413)["code"] == "too_large"


def test_what_nobody_expected_is_logged_and_told_without_detail(
    reader: Program, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("secret: the password is swordfish")

    monkeypatch.setattr(listing, "claims", broken)
    with caplog.at_level(logging.ERROR, logger="apps.api.problems"):
        found = reader.get("/claims", expect=500)
    assert found["code"] == "internal_error"
    assert b"swordfish" not in reader.response.content
    assert "swordfish" in caplog.text


def test_a_database_that_is_away_asks_to_try_again(reader: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("connection refused to db.internal")

    monkeypatch.setattr(listing, "claims", away)
    assert reader.get("/claims", expect=503)["code"] == "unavailable"
    assert int(reader.response["Retry-After"]) > 0
    assert b"db.internal" not in reader.response.content


@pytest.mark.parametrize(
    ("failure", "status", "code"),
    [
        (PermissionDenied(), 403, "not_permitted"),
        (SuspiciousOperation(), 400, "bad_request"),
        (UnreadablePostError(), 400, "bad_request"),
    ],
)
def test_failures_of_the_framework_have_codes(failure: Exception, status: int, code: str) -> None:
    found = describe(failure)
    assert found is not None
    assert (found.status, found.code) == (status, code)
    assert found.detail


def test_an_error_deep_in_a_body_has_a_pointer_to_it() -> None:
    detail = {"spans": [{"start": [ErrorDetail("Too small.", "min_value")]}, {}], "non_field_errors": ["Odd."]}
    assert pointed(detail) == (
        {"pointer": "#/spans/start", "code": "min_value", "detail": "Too small."},
        {"pointer": "#", "code": "invalid", "detail": "Odd."},
    )


def test_a_cursor_is_taken_back_by_its_own_list() -> None:
    assert read_cursor("claim", write_cursor("claim", "x:y")) == "x:y"
    assert read_cursor("claim", None) is None
