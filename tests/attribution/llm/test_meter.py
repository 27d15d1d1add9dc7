"""Turns in a minute and money in a purse, shared by all extractors of a process."""

import threading
from dataclasses import replace
from decimal import Decimal

from apps.attribution.llm.meter import Meter, Usage, cost, estimated_tokens, shared
from apps.attribution.llm.options import LlmOptions

OPTIONS = LlmOptions(url="https://llm.example.org/v1", model="tiny", price_in=Decimal(1), price_out=Decimal(4))


def test_turns_are_given_at_once_until_the_minute_is_full() -> None:
    meter = Meter(requests_per_minute=2, max_cost=None)

    assert [meter.take_turn(now=100 + n, most=600) for n in range(5)] == [0, 0, 58, 58, 116]


def test_a_turn_that_would_come_too_late_is_not_taken() -> None:
    meter = Meter(requests_per_minute=1, max_cost=None)

    assert meter.take_turn(now=0, most=1) == 0
    assert meter.take_turn(now=1, most=58) is None
    assert meter.take_turn(now=1, most=59) == 59


def test_without_a_limit_every_turn_is_now() -> None:
    meter = Meter(requests_per_minute=0, max_cost=None)

    assert {meter.take_turn(now=0, most=0) for _ in range(1_000)} == {0}


def test_what_is_set_aside_cannot_be_spent_twice_and_comes_back() -> None:
    meter = Meter(requests_per_minute=0, max_cost=Decimal(10))

    assert meter.set_aside(Decimal(6))
    assert not meter.set_aside(Decimal(5))
    meter.settle(set_aside=Decimal(6), cost=Decimal(1))
    assert meter.spent == 1
    assert meter.set_aside(Decimal(9))
    assert not meter.set_aside(Decimal("0.01"))


def test_threads_at_once_do_not_overspend() -> None:
    meter = Meter(requests_per_minute=0, max_cost=Decimal(50))
    threads = [threading.Thread(target=lambda: [meter.set_aside(Decimal(1)) for _ in range(100)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert meter.spent == 50


def test_extractors_with_the_same_options_share_a_meter() -> None:
    assert shared(OPTIONS) is shared(replace(OPTIONS))
    assert shared(OPTIONS) is not shared(replace(OPTIONS, model="other"))


def test_prices_are_for_a_million_tokens() -> None:
    assert cost(OPTIONS, prompt_tokens=2_000, completion_tokens=500) == Decimal("0.004")
    assert cost(LlmOptions(url=OPTIONS.url, model="tiny"), prompt_tokens=9, completion_tokens=9) == 0


def test_tokens_are_estimated_high() -> None:
    assert [estimated_tokens(text) for text in ("", "a", "abc", "abcd", "Баку", "\ud800")] == [0, 1, 1, 2, 3, 1]


def test_usage_adds_up() -> None:
    assert Usage(requests=1, cost=Decimal("0.1")) + Usage(requests=2, retries=1, cost=Decimal("0.2")) == Usage(
        requests=3, retries=1, cost=Decimal("0.3")
    )
