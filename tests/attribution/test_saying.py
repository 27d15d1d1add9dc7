"""When something was said: the time beside its cue as an interval, and never a time inside the content."""

from datetime import date, datetime

import pytest

from apps.attribution.types import Said
from tests.attribution.reading import only, read

PUBLISHED = date(2024, 5, 8)  # a Wednesday


def said_in(text: str, published: date | None = PUBLISHED) -> Said:
    said = only(text, published=published).found.said
    assert said is not None
    return said


def between(begins: str, ends: str) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(begins), datetime.fromisoformat(ends)


@pytest.mark.parametrize(
    ("when", "on"),
    [
        ("on Tuesday", date(2024, 5, 7)),
        ("on Wednesday", date(2024, 5, 8)),
        ("on Thursday", date(2024, 5, 2)),
        ("last Wednesday", date(2024, 5, 1)),
        ("yesterday", date(2024, 5, 7)),
        ("earlier in the day", date(2024, 5, 8)),
        ("on 3 May", date(2024, 5, 3)),
        ("on May 3", date(2024, 5, 3)),
        ("on 30 December", date(2023, 12, 30)),
        ("on Monday, 6 May 2024", date(2024, 5, 6)),
        ("on 2024-05-06", date(2024, 5, 6)),
    ],
)
def test_a_day_is_the_last_such_day_up_to_the_day_of_publication(when: str, on: date) -> None:
    said = said_in(f"The road was open, the ministry said {when}.")

    assert (said.on, said.precision) == (on, "day")
    assert said.begins == datetime.combine(on, datetime.min.time())
    assert said.ends is not None
    assert (said.ends - said.begins).days == 1


@pytest.mark.parametrize(
    ("when", "on", "interval"),
    [
        ("on Tuesday morning", date(2024, 5, 7), between("2024-05-07T04:00", "2024-05-07T12:00")),
        ("late on Tuesday", date(2024, 5, 7), between("2024-05-07T18:00", "2024-05-08T02:00")),
        ("early Tuesday", date(2024, 5, 7), between("2024-05-07T00:00", "2024-05-07T09:00")),
        ("in the early hours of Tuesday", date(2024, 5, 7), between("2024-05-07T00:00", "2024-05-07T09:00")),
        ("on Tuesday night", date(2024, 5, 7), between("2024-05-07T18:00", "2024-05-08T06:00")),
        ("this morning", date(2024, 5, 8), between("2024-05-08T04:00", "2024-05-08T12:00")),
        ("overnight", date(2024, 5, 7), between("2024-05-07T18:00", "2024-05-08T06:00")),
        ("in the evening", date(2024, 5, 8), between("2024-05-08T16:00", "2024-05-09T00:00")),
    ],
)
def test_a_part_of_the_day_is_an_interval_of_hours(when: str, on: date, interval: tuple[datetime, datetime]) -> None:
    said = said_in(f"The road was open, the ministry said {when}.")

    assert (said.on, said.precision) == (on, "part_of_day")
    assert (said.begins, said.ends) == interval


@pytest.mark.parametrize(
    ("when", "minute"),
    [
        ("on Tuesday at 09:30", "2024-05-07T09:30"),
        ("on Tuesday at 9 p.m. in Kessel", "2024-05-07T21:00"),
        ("on Tuesday at 9.30pm", "2024-05-07T21:30"),
        ("on Tuesday at 12:05 am", "2024-05-07T00:05"),
    ],
)
def test_a_clock_time_on_a_day_is_a_minute(when: str, minute: str) -> None:
    said = said_in(f"The road was open, the ministry said {when}.")

    assert said.precision == "minute"
    assert said.begins == datetime.fromisoformat(minute)
    assert said.ends is not None
    assert (said.ends - said.begins).seconds == 60


def test_a_clock_time_of_another_zone_leaves_the_day() -> None:
    assert said_in("The road was open, the ministry said on Tuesday at 09:30 GMT.").precision == "day"


@pytest.mark.parametrize(
    ("when", "precision", "interval"),
    [
        ("last week", "week", between("2024-04-29", "2024-05-06")),
        ("earlier this week", "week", between("2024-05-06", "2024-05-09")),
        ("at the weekend", "week", between("2024-05-04", "2024-05-06")),
        ("earlier this month", "month", between("2024-05-01", "2024-05-09")),
        ("last month", "month", between("2024-04-01", "2024-05-01")),
        ("in March", "month", between("2024-03-01", "2024-04-01")),
        ("in December", "month", between("2023-12-01", "2024-01-01")),
        ("in May 2023", "month", between("2023-05-01", "2023-06-01")),
        ("last year", "unknown", between("2023-01-01", "2024-01-01")),
    ],
)
def test_a_week_a_month_and_a_year_are_longer_intervals_without_a_day(
    when: str, precision: str, interval: tuple[datetime, datetime]
) -> None:
    said = said_in(f"The road was open, the ministry said {when}.")

    assert (said.on, said.precision) == (None, precision)
    assert (said.begins, said.ends) == interval


@pytest.mark.parametrize(
    ("text", "on"),
    [
        ("The ministry said on Wednesday that on Tuesday three men had been killed.", date(2024, 5, 8)),
        ("On Tuesday, the ministry said that the road had been open on Monday.", date(2024, 5, 7)),
        ("The ministry, in a statement issued on Tuesday, denied that it had fired.", date(2024, 5, 7)),
        ("Velland accused Orland on Monday of shelling a school.", date(2024, 5, 6)),
        ("In an order dated 28 April, the commander accused the fishermen of spying.", date(2024, 4, 28)),
        ("The ministry said two days ago that the road was open.", date(2024, 5, 6)),
    ],
)
def test_the_day_stands_beside_the_cue(text: str, on: date) -> None:
    assert said_in(text).on == on


@pytest.mark.parametrize(
    "text",
    [
        "The ministry said that on Tuesday three men had been killed.",
        "After the strike on Monday, the ministry said the road was open.",
        "The road was open, the ministry said after the strike on Monday.",
        "The road was open, the ministry said in its morning bulletin.",
        "The ministry said that the road was open, and on Monday it was shut.",
    ],
)
def test_a_day_of_something_else_is_not_when_it_was_said(text: str) -> None:
    said = said_in(text)

    assert (said.on, said.precision, said.begins, said.words) == (None, "unknown", None, None)
    assert said.ends == datetime(2024, 5, 9)  # noqa: DTZ001  (naive by contract)


@pytest.mark.parametrize("when", ["minutes later", "the next day", "a day earlier"])
def test_a_time_counted_from_a_day_that_nobody_named_stays_unknown(when: str) -> None:
    said = said_in(f"The road was open, the ministry said {when}.")

    assert (said.on, said.precision, said.begins) == (None, "unknown", None)


def test_nothing_was_said_after_its_publication() -> None:
    said = read(
        "The ministry said on Wednesday the road was open. The next day, Orland said it was.", published=PUBLISHED
    )

    assert [r.found.said.on for r in said if r.found.said] == [PUBLISHED, None]


def test_a_dateline_bounds_what_was_said_and_is_not_claimed() -> None:
    said = said_in("KESSEL, May 7 (Agency) - The ministry said the road was open.")

    assert (said.on, said.precision, said.begins) == (None, "unknown", None)


def test_a_part_of_the_day_is_that_of_the_dateline() -> None:
    said = said_in("KESSEL, May 7 (Agency) - The ministry said in the evening that the road was open.")

    assert (said.on, said.precision) == (date(2024, 5, 7), "part_of_day")


def test_what_was_said_hours_later_was_said_on_the_day_named_before() -> None:
    found = read(
        "The ministry said on Sunday the road was open. Hours later, Orland said it was shut.", published=PUBLISHED
    )

    assert [r.found.said.on for r in found if r.found.said] == [date(2024, 5, 5), date(2024, 5, 5)]


@pytest.mark.parametrize(
    "text",
    [
        "The road was open, the ministry said on Tuesday.",
        "The road was open, the ministry said late on Tuesday.",
    ],
)
def test_a_day_without_a_day_of_publication_keeps_its_words_only(text: str) -> None:
    said = said_in(text, published=None)

    assert (said.on, said.precision, said.begins, said.ends) == (None, "unknown", None, None)
    assert said.words is not None
    assert text[said.words.start : said.words.end].endswith("Tuesday")


def test_a_dated_heading_stands_for_the_day_of_publication() -> None:
    said = said_in("8 May 2024\n\nThe road was open, the ministry said on Tuesday.", published=None)

    assert said.on == date(2024, 5, 7)


def test_a_dateline_takes_its_year_from_a_full_date_near_it() -> None:
    text = (
        "KESSEL, May 7 (Agency) - The road was open, the ministry said on Monday.\n\n"
        "A truce had been signed on 20 April 2024."
    )
    said = read(text)[0].found.said

    assert said is not None
    assert said.on == date(2024, 5, 6)


def test_a_dateline_far_from_every_full_date_tells_no_year() -> None:
    text = (
        "KESSEL, May 7 (Agency) - The road was open, the ministry said on Monday.\n\n"
        "A truce had been signed on 20 November 2022."
    )
    said = read(text)[0].found.said

    assert said is not None
    assert said.on is None


def test_a_day_that_does_not_exist_is_no_day() -> None:
    assert said_in("The road was open, the ministry said on 31 February.").on is None


@pytest.mark.parametrize("published", [date.min, date.max])
def test_the_ends_of_the_calendar_do_no_harm(published: date) -> None:
    for when in ("yesterday", "last week", "this month", "last year", "on Tuesday night", "tonight", "on 3 May"):
        found = only(f"The road was open, the ministry said {when}.", published=published).found

        assert found.said is None or found.said.ends is None or found.said.ends.year in (1, 9999)
