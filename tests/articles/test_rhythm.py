"""How often a feed is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as some

from apps.articles import rhythm
from apps.articles.rhythm import Bounds

NOW = datetime(2031, 4, 3, 9, 30, tzinfo=UTC)
WIDE = Bounds(60, 86_400)
seconds = some.integers(1, 10**7)
maybe = some.none() | seconds


def ago(*minutes: float) -> list[datetime]:
    return [NOW - timedelta(minutes=each) for each in minutes]


@some.composite
def bounds(draw: some.DrawFn) -> Bounds:
    least = draw(some.integers(15, 10**5))
    return Bounds(least, least + draw(some.integers(0, 10**6)))


def test_the_rhythm_is_the_median_gap() -> None:
    assert rhythm.rhythm(ago(0, 10, 20, 30, 5000), now=NOW) == 600


def test_two_items_have_no_rhythm() -> None:
    assert rhythm.rhythm(ago(0, 10), now=NOW) is None


def test_items_of_one_moment_are_one_event_and_those_to_come_are_none() -> None:
    assert rhythm.rhythm(ago(0, 0, 0, 60, 60, 120, -10_000, -20_000, -30_000), now=NOW) == 3600


def test_only_the_newest_items_tell() -> None:
    busy = list(accumulate([10.0] * 21))
    assert rhythm.rhythm(ago(*busy, *(1000 * n for n in range(1, 200))), now=NOW) == 600


def test_a_feed_that_fell_silent_is_slower_the_longer_it_is_so() -> None:
    assert rhythm.rhythm(ago(480, 490, 500, 510), now=NOW) == 3600


@given(some.lists(some.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1), timezones=some.just(UTC))))  # noqa: DTZ001
def test_whatever_the_dates_a_rhythm_is_a_positive_time(moments: list[datetime]) -> None:
    found = rhythm.rhythm(moments, now=NOW)
    assert found is None or found >= 1


@given(seconds, some.integers(0, 500), some.tuples(maybe, maybe, maybe), bounds())
def test_an_interval_keeps_to_its_bounds(
    present: int, new: int, told: tuple[int | None, int | None, int | None], within: Bounds
) -> None:
    usual, ttl, period = told
    found = rhythm.next_interval(present=present, new=new, usual=usual, ttl=ttl, period=period, bounds=within)
    assert within.least <= found <= within.most


@given(seconds, maybe, maybe, bounds())
def test_something_new_never_makes_it_longer_than_nothing_would(
    present: int, usual: int | None, ttl: int | None, within: Bounds
) -> None:
    some_, none = (
        rhythm.next_interval(present=present, new=new, usual=usual, ttl=ttl, bounds=within) for new in (1, 0)
    )
    assert some_ <= none


@given(some.integers(60, 86_400), some.integers(480, 86_400))
def test_a_feed_that_goes_quiet_is_asked_ever_more_rarely_up_to_its_rhythm(start: int, usual: int) -> None:
    waits = [start]
    for _time in range(30):
        waits.append(rhythm.next_interval(present=waits[-1], new=0, usual=usual, bounds=WIDE))
    assert waits[-1] == usual


def test_it_halves_with_news_and_grows_without() -> None:
    assert rhythm.next_interval(present=1000, new=3, usual=None, bounds=WIDE) == 500
    assert rhythm.next_interval(present=1000, new=0, usual=None, bounds=WIDE) == 1500


def test_a_rare_feed_is_not_asked_in_vain_all_day() -> None:
    assert rhythm.next_interval(present=60, new=1, usual=86_400, bounds=WIDE) == 86_400 / 8


def test_what_the_feed_calls_its_period_stands_in_for_a_rhythm() -> None:
    assert rhythm.next_interval(present=60, new=1, usual=None, period=8000, bounds=WIDE) == 1000
    assert rhythm.next_interval(present=60, new=1, usual=800, period=8000, bounds=WIDE) == 100


def test_the_time_to_live_is_kept_within_the_bounds() -> None:
    assert rhythm.next_interval(present=60, new=1, usual=60, ttl=7200, bounds=WIDE) == 7200
    assert rhythm.next_interval(present=60, new=1, usual=60, ttl=7200, bounds=Bounds(60, 600)) == 600


@given(some.integers(15, 86_400), some.integers(1, 100), some.floats(0, 1, exclude_max=True), maybe)
def test_failing_makes_it_wait_longer_each_time_and_never_much_over_a_day(
    present: int, failures: int, chance: float, retry_after: int | None
) -> None:
    wait = rhythm.back_off(present=present, failures=failures, chance=chance, retry_after=retry_after)
    assert present <= wait <= rhythm.LONGEST_WAIT * 1.2 + 1
    assert present < wait or present == rhythm.LONGEST_WAIT
    assert wait >= min(retry_after or 0, rhythm.LONGEST_WAIT)
    assert rhythm.back_off(present=present, failures=failures + 1, chance=chance, retry_after=retry_after) >= wait


def test_failing_makes_it_wait_no_longer_than_it_may_be_left_alone() -> None:
    assert rhythm.back_off(present=900, failures=9, chance=0, longest=3600) == 3600
    assert rhythm.back_off(present=900, failures=9, chance=0, longest=60) == 900


def test_feeds_that_failed_together_do_not_come_back_together() -> None:
    assert rhythm.back_off(present=900, failures=1, chance=0) == 1800
    assert rhythm.back_off(present=900, failures=1, chance=0.5) > 1900


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("999999999999", 86_400),
        ("Thu, 03 Apr 2031 09:31:00 GMT", 60),
        ("Thu, 03 Apr 2031 09:29:00 GMT", 0),
        ("Thu, 03 Apr 2099 09:29:00 GMT", 86_400),
        ("Thu, 03 Apr 2031 09:31:00 -0000", None),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_what_a_host_asks_for_is_read(value: str, wait: int | None) -> None:
    assert rhythm.of_retry_after(value, now=NOW) == wait


@pytest.mark.parametrize(
    ("period", "frequency", "wait"),
    [
        ("hourly", "1", 3600),
        (" Daily ", "4", 21_600),
        ("weekly", None, 604_800),
        ("hourly", "0", 3600),
        ("hourly", "9999", 1),
        ("often", "1", None),
        (None, None, None),
    ],
)
def test_the_syndication_module_is_read(period: object, frequency: object, wait: int | None) -> None:
    assert rhythm.of_period(period, frequency) == wait
