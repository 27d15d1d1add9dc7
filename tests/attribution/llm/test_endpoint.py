"""What the extractor does with an endpoint that is slow, away, in trouble, of another dialect, dear, or not a model."""

import json
import logging
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest

from apps.attribution.llm.endpoint import back_off, retry_after
from apps.attribution.llm.extractor import LlmExtractor
from apps.attribution.llm.meter import Meter
from apps.attribution.llm.prompt import SCHEMA
from apps.attribution.types import Attribution, ExtractorUnavailable
from tests.attribution.llm.model import (
    Answer,
    Server,
    Time,
    completion,
    entry,
    options,
    reader,
    sends,
    serving,
    tells,
    writes,
)

TEXT = "Orland denied “any role” in it."
GOOD = tells(entry(["Orland"], ["denied"], ["“any role” in it"], "denial"))


def failure(using: LlmExtractor) -> ExtractorUnavailable:
    with pytest.raises(ExtractorUnavailable) as raised:
        using.extract(TEXT)
    return raised.value


def after(*answers: Answer, time: Time | None = None, **changes: Any) -> tuple[list[Attribution], LlmExtractor, Server]:
    """What is found where the server first gives ``answers`` and then goes right."""
    with serving(*answers, GOOD) as server:
        using = reader(server, time=time, **changes)
        return using.extract(TEXT), using, server


RUBBISH = {
    "a page": (sends("<html><body>Welcome</body></html>", content_type="text/html"), True),
    "a page that says it is JSON": (sends("<html>", content_type="application/json"), True),
    "nothing": (sends(b""), True),
    "a head alone": (lambda connection, _: connection.sendall(b"HTTP/1.1 200 OK\r\n"), True),
    "half an envelope": (sends(completion("{}")[:-20]), True),
    "bytes that are no text": (sends(b"\xff\xfe\xfa" * 50), True),
    "a list": (sends("[1, 2]"), True),
    "no choices": (sends('{"choices": []}'), True),
    "a choice of another shape": (sends('{"choices": [7]}'), True),
    "a choice without a message": (sends('{"choices": [{"text": "{}"}]}'), True),
    "an error that says it is none": (sends('{"error": {"message": "overloaded"}}'), True),
    "nesting without end": (sends("[" * 200_000), True),
    "no content": (writes(""), False),
    "content that is a list": (sends(json.dumps({"choices": [{"message": {"content": [1]}}]})), False),
    "prose": (writes("Orland denied any role in it."), False),
    "half an answer": (writes('{"attributions": [{"source": ["Orl'), False),
    "not a number": (writes('{"attributions": [], "confidence": NaN}'), False),
    "a number without end": (writes('{"attributions": [], "n": ' + "9" * 5_000 + "}"), False),
    "an answer of another shape": (writes({"quotes": []}), False),
    "a list alone": (writes([entry(["Orland"], ["denied"], ["it"])]), False),
    "a list that is none": (writes({"attributions": {"0": {}}}), False),
    "a null": (writes("null"), False),
}


@pytest.mark.parametrize(("rubbish", "transient"), RUBBISH.values(), ids=RUBBISH.keys())
def test_rubbish_is_asked_for_again_and_then_refused(rubbish: Answer, transient: bool) -> None:
    found, using, _ = after(rubbish)
    assert len(found) == 1
    assert (using.usage.requests, using.usage.retries) == (2, 1)

    with serving(rubbish) as server:
        using = reader(server)
        failed = failure(using)

    # Another server may go right; a model that cannot do it will not learn.
    assert (failed.code, failed.transient) == ("llm_bad_answer", transient)
    assert (using.usage.requests, using.usage.windows_failed) == (3, 1)


@pytest.mark.parametrize(
    "content",
    [
        "```json\n{}\n```",
        "```\n{}\n```",
        '<think>Orland denied. {"attributions": 1}</think>\n{}',
        "  {}\n",
    ],
)
def test_a_fence_or_a_thought_around_the_answer_is_no_rubbish(content: str) -> None:
    answer = json.dumps({"attributions": [entry(None, "denied", "“any role” in it")]})

    with serving(writes(content.replace("{}", answer))) as server:
        assert len(reader(server).extract(TEXT)) == 1


def test_the_content_type_is_not_asked() -> None:
    body = completion({"attributions": [entry(["Orland"], ["denied"], ["“any role” in it"])]})

    with serving(sends(body, content_type="text/html; charset=latin-1")) as server:
        assert len(reader(server).extract(TEXT)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        writes('{"attributions": [', choices=[{"message": {"content": "{"}, "finish_reason": "length"}]),
        writes("", choices=[{"message": {"content": ""}, "finish_reason": "content_filter"}]),
        writes("", choices=[{"message": {"content": None, "refusal": "I can't."}, "finish_reason": "stop"}]),
    ],
    ids=["cut off", "filtered", "declined"],
)
def test_an_answer_that_would_be_the_same_again_is_not_asked_for_again(answer: Answer) -> None:
    with serving(answer) as server:
        failed = failure(reader(server))

    assert (failed.code, failed.transient) == ("llm_bad_answer", False)
    assert len(server.requests) == 1


def test_who_asks_too_often_waits_as_long_as_told() -> None:
    time = Time()
    found, using, _ = after(sends("{}", 429, retry_after="7"), time=time)

    assert len(found) == 1
    assert time.slept == [7]
    assert using.usage.retries == 1


def test_a_date_to_wait_for_is_understood() -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)

    assert 25 < (retry_after(soon) or 0) <= 30
    assert retry_after("Wed, 01 Jan 2020 00:00:00 GMT") == 0


@pytest.mark.parametrize("header", ["", "soon", "-5", "9" * 5_000, "Fri, 99 Foo 2030 00:00:00 GMT"])
def test_a_wait_that_cannot_be_read_is_no_wait(header: str) -> None:
    assert retry_after(header) is None


@pytest.mark.parametrize("seconds", ["61", "99999999"])
def test_a_wait_longer_than_anybody_has_is_left_to_a_later_try(seconds: str) -> None:
    time = Time()
    with serving(sends("{}", 429, retry_after=seconds)) as server:
        failed = failure(reader(server, time=time))

    assert (failed.code, failed.transient) == ("llm_rate_limited", True)
    assert (len(server.requests), time.slept) == (1, [])


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    time = Time()
    with serving(sends("{}", 503, retry_after="30")) as server:
        failed = failure(reader(server, time=time, deadline_seconds=20))

    assert (failed.code, time.slept) == ("llm_unreachable", [])


@pytest.mark.parametrize(
    ("status", "code"),
    [(429, "llm_rate_limited"), (500, "llm_unreachable"), (502, "llm_unreachable"), (529, "llm_unreachable")],
)
def test_trouble_that_may_pass_is_waited_out_longer_each_time_and_not_for_ever(status: int, code: str) -> None:
    time = Time()
    with serving(sends("<html>", status)) as server:
        using = reader(server, time=time, retries=3)
        failed = failure(using)

    assert (failed.code, failed.transient) == (code, True)
    assert time.slept == [1, 2, 4]
    assert (using.usage.requests, using.usage.retries) == (4, 3)


def test_waits_grow_to_a_limit_and_no_two_clients_wait_alike() -> None:
    assert [back_off(n, lambda low, high: high) for n in (0, 1, 4, 5, 1000)] == [1, 2, 16, 30, 30]
    assert [back_off(n, lambda low, high: low) for n in (0, 1, 5)] == [0.5, 1, 15]


@pytest.mark.parametrize("status", [401, 403, 402, 404, 413, 301, 307])
def test_what_will_not_pass_is_not_asked_for_again(status: int) -> None:
    with serving(GOOD) as elsewhere, serving(sends("{}", status, location=elsewhere.url)) as server:
        using = reader(server)
        failed = failure(using)

    assert (failed.code, failed.transient) == ("llm_refused", False)
    assert str(status) in str(failed)
    assert (len(server.requests), elsewhere.connections) == (1, 0)
    assert using.usage.cost == using.usage.prompt_tokens == 0


def test_what_the_endpoint_says_of_the_key_is_repeated_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    with (
        serving(sends('{"error": "Incorrect key: sk-secret"}', 401, x_key="sk-secret")) as server,
        caplog.at_level(logging.DEBUG),
    ):
        failed = failure(reader(server, key="sk-secret"))

    assert "sk-secret" not in f"{failed} {failed!r} {failed.__cause__!r} {failed.__context__!r} {caplog.text}"


def test_a_server_without_schemas_is_asked_in_a_simpler_dialect_from_then_on() -> None:
    with serving(sends('{"error": "response_format"}', 400), sends("no", 422), GOOD) as server:
        using = reader(server)
        assert len(using.extract(TEXT)) == len(using.extract(TEXT)) == 1

    formats = [request.asked.get("response_format", {}).get("type") for request in server.requests]
    assert formats == ["json_schema", "json_object", None, None]
    assert (using.usage.requests, using.usage.retries) == (4, 0)
    assert server.requests[0].asked["response_format"]["json_schema"] == {
        "name": "attributions",
        "strict": True,
        "schema": SCHEMA,
    }


def test_names_of_parameters_that_a_server_does_not_know_are_left_out() -> None:
    unsupported = "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    found, _, server = after(sends(unsupported, 400), sends("Unsupported value: temperature", 400))

    assert len(found) == 1
    last = server.requests[-1].asked
    assert "max_completion_tokens" in last
    assert not {"max_tokens", "temperature"} & set(last)
    assert last["response_format"]["type"] == "json_schema"


def test_a_server_that_understands_no_dialect_is_given_up() -> None:
    with serving(sends("temperature max_completion_tokens", 400)) as server:
        failed = failure(reader(server))

    assert (failed.code, failed.transient) == ("llm_refused", False)
    assert len(server.requests) == 5


def test_no_more_requests_are_sent_in_a_minute_than_allowed() -> None:
    time = Time()
    with serving(GOOD) as server:
        using = reader(server, time=time, requests_per_minute=2, deadline_seconds=600)
        for _ in range(5):
            using.extract(TEXT)

    assert time.slept == [60, 60]


def test_a_turn_beyond_the_deadline_is_not_waited_for() -> None:
    time = Time()
    with serving(GOOD) as server:
        using = reader(server, time=time, requests_per_minute=1, deadline_seconds=59)
        using.extract(TEXT)
        failed = failure(using)

    assert (failed.code, failed.transient, time.slept) == ("llm_rate_limited", True, [])


def test_what_may_be_spent_is_never_overspent_and_then_nothing_is_sent() -> None:
    prices = {"price_in": Decimal(1), "price_out": Decimal(10), "max_tokens": 1_000}
    with serving(tells(usage={"prompt_tokens": 900, "completion_tokens": 1_000})) as server:
        given = options(server, max_cost=Decimal("0.05"), **prices)
        meter = Meter(requests_per_minute=0, max_cost=given.max_cost)
        first, second = (LlmExtractor(given, meter=meter) for _ in range(2))
        outcomes = [outcome(using) for using in (first, second) * 5]

    assert outcomes == ["read"] * 4 + ["llm_budget"] * 6
    assert len(server.requests) == 4
    assert first.usage.cost + second.usage.cost == meter.spent <= Decimal("0.05")


def outcome(using: LlmExtractor) -> str:
    """``read``, or the code of what went wrong."""
    try:
        using.extract(TEXT)
    except ExtractorUnavailable as failed:
        return failed.code if not failed.transient else "later"
    return "read"


def test_what_was_sent_and_never_answered_counts_as_read_by_the_model() -> None:
    def breaks_off(connection: object, request: object) -> None:
        return

    _, using, _ = after(breaks_off, price_in=Decimal(1), price_out=Decimal(1))

    assert using.usage.requests_estimated == 1
    assert using.usage.prompt_tokens > 500
    assert using.usage.cost > 0


def test_no_key_means_no_authorization() -> None:
    _, _, server = after()

    assert "authorization" not in server.requests[0].headers
