"""Where a model is and what it may cost, checked before anything is sent."""

from decimal import Decimal
from pathlib import Path

import pytest

from apps.attribution.llm.options import NAMES, BadOption, LlmOptions
from apps.attribution.types import ExtractorUnavailable

URL = "COUNTERCLAIM_LLM_URL"
ON = {URL: "https://llm.example.org/v1", "COUNTERCLAIM_LLM_MODEL": "tiny"}


def refused(**environ: str) -> ExtractorUnavailable:
    with pytest.raises(ExtractorUnavailable) as raised:
        LlmOptions.from_environment(environ)
    return raised.value


@pytest.mark.parametrize("environ", [{}, {URL: ""}, {URL: "  "}, {"COUNTERCLAIM_LLM_MODEL": "tiny"}])
def test_it_is_off_where_no_endpoint_is_named(environ: dict[str, str]) -> None:
    error = refused(**environ)

    assert (error.code, error.transient) == ("llm_not_configured", False)
    assert URL in str(error)


def test_an_endpoint_without_a_model_is_not_configured() -> None:
    assert "COUNTERCLAIM_LLM_MODEL" in str(refused(**{URL: ON[URL]}))


def test_everything_else_has_a_default() -> None:
    options = LlmOptions.from_environment(ON)

    assert options == LlmOptions(url=ON[URL], model="tiny")
    assert (options.key, options.max_cost, options.allow_http) == ("", None, False)


def test_every_variable_is_read() -> None:
    given = {
        "URL": "http://box:8000/v1/",
        "MODEL": "org/small",
        "KEY": "k",
        "ALLOW_HTTP": "Yes",
        "TIMEOUT": "7",
        "DEADLINE": "70",
        "RETRIES": "0",
        "REQUESTS_PER_MINUTE": "0",
        "PRICE_PER_MILLION_IN": "0.15",
        "PRICE_PER_MILLION_OUT": "0.6",
        "MAX_COST": "5",
        "CURRENCY": "EUR",
        "WINDOW": "4000",
        "MAX_TOKENS": "900",
    }
    assert {f"COUNTERCLAIM_LLM_{name}" for name in given} == set(NAMES)

    assert LlmOptions.from_environment(
        {f"COUNTERCLAIM_LLM_{name}": value for name, value in given.items()}
    ) == LlmOptions(
        url="http://box:8000/v1/",
        model="org/small",
        key="k",
        allow_http=True,
        timeout_seconds=7,
        deadline_seconds=70,
        retries=0,
        requests_per_minute=0,
        price_in=Decimal("0.15"),
        price_out=Decimal("0.6"),
        max_cost=Decimal(5),
        currency="EUR",
        window=4000,
        max_tokens=900,
    )


def test_a_key_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_text("sk-from-a-file\n")

    assert LlmOptions.from_environment(ON | {"COUNTERCLAIM_LLM_KEY_FILE": str(secret)}).key == "sk-from-a-file"
    assert "KEY_FILE" in str(refused(**ON, COUNTERCLAIM_LLM_KEY_FILE=str(tmp_path / "none")))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("TIMEOUT", value) for value in ("0", "soon", "1.5", "-1", "99999")),
        *(("PRICE_PER_MILLION_IN", value) for value in ("-1", "NaN", "Infinity", "free", "1e99")),
        *(("MAX_COST", value) for value in ("-0.01", "sNaN")),
        *(("RETRIES", "-1"), ("WINDOW", "10"), ("MAX_TOKENS", "9" * 5_000), ("ALLOW_HTTP", "maybe")),
    ],
)
def test_a_value_that_cannot_be_used_is_named_and_not_repeated(name: str, value: str) -> None:
    error = refused(**ON, **{f"COUNTERCLAIM_LLM_{name}": value})

    assert f"COUNTERCLAIM_LLM_{name} has to be" in str(error)
    assert error.code == "llm_not_configured"


def test_a_limit_of_cost_without_prices_is_no_limit_and_refused() -> None:
    assert "prices" in str(refused(**ON, COUNTERCLAIM_LLM_MAX_COST="5", COUNTERCLAIM_LLM_PRICE_PER_MILLION_IN="1"))


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000/v1", "http://localhost/v1", "http://[::1]:8000", "https://llm.example.org"]
)
def test_plain_http_is_for_this_machine(url: str) -> None:
    assert LlmOptions(url=url, model="tiny").url == url


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://llm.example.org/v1",
            "http://10.0.0.7/v1",
            "http://localhost.example.org/v1",
            "http://127.0.0.1.example.org",
        ),
        *("ftp://llm.example.org", "llm.example.org/v1", "https://", "https:///v1", "https://llm.example.org:port/v1"),
        *("https://[::1/v1", "https://user:pw@llm.example.org/v1", "https://llm.example.org/v1?key=k"),
        *(
            "https://llm.example.org/v1#a",
            "https://llm.example.org/a b",
            "https://llm.example.org/\r\nX: y",
            "https://é.example",
        ),
    ],
)
def test_an_address_that_is_none_or_gives_something_away_is_refused(url: str) -> None:
    with pytest.raises(BadOption) as refusal:
        LlmOptions(url=url, model="tiny")
    assert "pw" not in str(refusal.value)


def test_a_model_has_a_name() -> None:
    with pytest.raises(BadOption, match="no name"):
        LlmOptions(url=ON[URL], model=" ")


def test_plain_http_to_another_machine_is_for_who_asks_for_it() -> None:
    assert LlmOptions(url="http://10.0.0.7/v1", model="tiny", allow_http=True).allow_http


@pytest.mark.parametrize("key", ["two words", "line\r\nX-Header: y", "ключ", "\x00"])
def test_a_key_that_is_none_is_refused_and_not_repeated(key: str) -> None:
    error = refused(**ON, COUNTERCLAIM_LLM_KEY=key)

    assert key not in str(error)
    assert error.__cause__ is None


def test_a_key_is_in_no_representation() -> None:
    assert "sk-secret" not in repr(LlmOptions(url=ON[URL], model="tiny", key="sk-secret"))


@pytest.mark.parametrize(
    ("url", "path"),
    [("/v1", "/v1"), ("/v1/", "/v1"), ("", ""), ("/v1/chat/completions", "/v1"), ("/openai/v1", "/openai/v1")],
)
def test_the_endpoint_is_below_the_address(url: str, path: str) -> None:
    endpoint = LlmOptions(url=f"https://llm.example.org{url}", model="tiny").endpoint

    assert endpoint.geturl() == f"https://llm.example.org{path}/chat/completions"
