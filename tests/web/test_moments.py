"""Times as people read them: on the dossier's clock, with the zone named."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from apps.web import moments

BAKU = ZoneInfo("Asia/Baku")
NOON = datetime(2031, 4, 9, 12, 0, tzinfo=UTC)


def test_a_zone_is_named_by_its_city_and_its_shift() -> None:
    assert moments.zone_label(BAKU, NOON) == "Baku, UTC+4"


def test_a_shift_that_is_no_whole_hour_is_told_to_the_minute() -> None:
    assert moments.zone_label(ZoneInfo("Asia/Kolkata"), NOON) == "Kolkata, UTC+5:30"


def test_a_zone_west_of_greenwich_has_a_minus() -> None:
    assert moments.zone_label(ZoneInfo("America/New_York"), NOON) == "New York, UTC−4"


def test_the_shift_is_that_of_the_moment_not_of_today() -> None:
    winter = datetime(2031, 1, 9, 12, 0, tzinfo=UTC)
    assert moments.zone_label(ZoneInfo("Europe/Madrid"), winter) == "Madrid, UTC+1"
    assert moments.zone_label(ZoneInfo("Europe/Madrid"), NOON) == "Madrid, UTC+2"


def test_utc_needs_no_shift_and_a_bare_shift_no_city() -> None:
    assert moments.zone_label(UTC, NOON) == "UTC"
    assert moments.zone_label(timezone(timedelta(hours=3)), NOON) == "UTC+3"


def test_a_late_evening_belongs_to_the_next_day_further_east() -> None:
    late = datetime(2031, 4, 9, 21, 30, tzinfo=UTC)
    assert moments.day(late, BAKU) == "10 Apr 2031"
    assert moments.exact(late, BAKU) == "10 Apr 2031, 01:30"
    assert moments.brief(late, BAKU) == "10 Apr 01:30"
    assert moments.clock(late, BAKU) == "01:30"


def test_a_date_without_a_time_is_in_no_zone() -> None:
    assert moments.day(date(2031, 4, 9), BAKU) == "9 Apr 2031"


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=59), "under a minute"),
        (timedelta(minutes=1), "1 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(hours=48), "2 days"),
        (timedelta(days=59), "59 days"),
        (timedelta(days=60), "2 months"),
        (timedelta(days=730), "2 years"),
        (timedelta(seconds=-5), "under a minute"),
    ],
)
def test_a_stretch_of_time_is_told_in_the_largest_unit_that_says_it(passed: timedelta, words: str) -> None:
    assert moments.span(passed) == words


def test_what_has_just_been_is_just_now() -> None:
    assert moments.ago(NOON - timedelta(seconds=20), NOON) == "just now"


def test_what_is_past_is_ago_and_what_is_to_come_is_not() -> None:
    assert moments.ago(NOON - timedelta(hours=14), NOON) == "14 h ago"
    assert moments.ago(NOON + timedelta(hours=2), NOON) == "in 2 h"


def test_words_known_only_to_precede_a_day_are_said_on_or_before_it() -> None:
    assert moments.said(None, NOON, BAKU) == "on or before 9 Apr 2031"


def test_words_known_only_to_follow_a_day_are_said_on_or_after_it() -> None:
    assert moments.said(NOON, None, BAKU) == "on or after 9 Apr 2031"


def test_words_of_which_no_time_is_known_say_so() -> None:
    assert moments.said(None, None, BAKU) == "not known"


def test_a_moment_is_told_as_one() -> None:
    assert moments.said(NOON, NOON, BAKU) == "9 Apr 2031, 16:00"


def test_a_whole_day_on_the_zones_calendar_is_that_day() -> None:
    midnight = datetime(2031, 4, 9, 0, 0, tzinfo=BAKU)
    assert moments.said(midnight, midnight + timedelta(hours=24, seconds=-1), BAKU) == "9 Apr 2031"


def test_a_part_of_a_day_is_told_by_the_clock() -> None:
    assert moments.said(NOON, NOON + timedelta(hours=3), BAKU) == "9 Apr 2031, between 16:00 and 19:00"


def test_an_interval_over_days_is_told_by_its_days() -> None:
    assert moments.said(NOON, NOON + timedelta(days=2), BAKU) == "between 9 Apr 2031 and 11 Apr 2031"
