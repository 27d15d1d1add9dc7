"""When an article is looked at again, and what is taken for a version of it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from apps.articles import visiting
from apps.articles.visiting import DAY, HOUR, MONTH, YEAR, doubt

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
STORY = (
    "The harbour office said on Monday that the lower quay was closed because of the ice, and that nobody was hurt "
    "when the boats were moved to the northern bank. The ministry denied that its troops had crossed the river on the "
    "same evening, and the mayor asked for more boats to be sent before the weekend."
)
WALL = "We value your privacy. Accept all, or choose."


def visits(*, years: float, article_id: int = 7) -> list[datetime]:
    """Every moment at which the article is looked at in its first years."""
    found, now = [], BEGAN
    while (now := visiting.next_visit(began=BEGAN, now=now, article_id=article_id)) < BEGAN + years * YEAR:
        found.append(now)
    return found


def test_a_fresh_article_is_looked_at_within_the_first_hours_and_an_old_one_hardly() -> None:
    ages = [moment - BEGAN for moment in visits(years=5)]
    assert HOUR <= ages[0] <= 1.1 * HOUR
    assert sum(age < 1.1 * DAY for age in ages) in (3, 4)
    assert sum(age < YEAR for age in ages) in range(18, 21)
    assert sum(age >= 2.2 * YEAR for age in ages) <= 3


def test_it_thins_out_but_never_ends() -> None:
    moments = visits(years=20)
    assert len(moments) < 45
    assert max(later - earlier for earlier, later in pairwise(moments)) <= 1.1 * YEAR


@given(seconds=st.integers(0, 20 * 365 * 86_400), article_id=st.integers(1, 10**12))
def test_the_next_time_is_always_ahead_and_within_a_year(seconds: int, article_id: int) -> None:
    now = BEGAN + timedelta(seconds=seconds)
    moment = visiting.next_visit(began=BEGAN, now=now, article_id=article_id)
    assert now < moment <= now + 1.2 * YEAR


@given(article_id=st.integers(1, 10**12), late=st.floats(0, 0.9))
def test_a_visit_that_comes_late_moves_none_after_it(article_id: int, late: float) -> None:
    first = visiting.next_visit(began=BEGAN, now=BEGAN, article_id=article_id)
    second = visiting.next_visit(began=BEGAN, now=first, article_id=article_id)
    assert visiting.next_visit(began=BEGAN, now=first + late * (second - first), article_id=article_id) == second


def test_articles_that_came_at_once_are_not_all_looked_at_at_once() -> None:
    firsts = {visiting.next_visit(began=BEGAN, now=BEGAN, article_id=pk) for pk in range(200)}
    assert len(firsts) == 200
    assert max(firsts) - min(firsts) > timedelta(minutes=4)


def test_a_page_that_fails_is_tried_ever_later_up_to_a_month() -> None:
    waits = [visiting.after_failure(failures=n, now=BEGAN, article_id=7) - BEGAN for n in range(1, 9)]
    assert waits == sorted(waits)
    assert HOUR <= waits[0] <= 1.1 * HOUR
    assert MONTH <= waits[-1] <= 1.1 * MONTH


def test_a_page_that_is_gone_is_removed_at_once_and_one_not_found_only_if_it_stays_so() -> None:
    now = BEGAN + DAY
    assert visiting.is_removed(status=410, now=now, first_missed=None)
    assert not visiting.is_removed(status=404, now=now, first_missed=None)
    assert not visiting.is_removed(status=404, now=now, first_missed=now - 0.9 * HOUR)
    assert visiting.is_removed(status=404, now=now, first_missed=now - HOUR)


def test_what_is_not_found_is_asked_again_once_that_can_make_it_a_removal() -> None:
    for article_id in range(50):
        again = visiting.to_confirm(now=BEGAN, article_id=article_id)
        assert visiting.is_removed(status=404, now=again, first_missed=BEGAN)
        assert again < BEGAN + 1.2 * HOUR


def test_a_correction_is_no_cause_for_doubt() -> None:
    assert doubt(before=STORY, after=STORY.replace("Monday", "Tuesday")) == ""
    assert doubt(before=STORY, after=STORY[: len(STORY) // 2]) == ""


def test_a_wall_in_the_place_of_an_article_is_doubted() -> None:
    assert doubt(before=STORY, after=WALL) == "much_shorter"


def test_a_short_text_may_become_shorter_still() -> None:
    assert doubt(before="The quay was closed, said the office.", after="Closed.") == ""


def test_being_led_to_the_front_page_is_doubted_however_long_that_is() -> None:
    asked, front = "https://example.org/a/quay.html", "https://example.org/"
    assert doubt(before=STORY, after=STORY, asked=asked, was_at=asked, now_at=front) == "another_page"


def test_an_article_whose_own_address_is_the_front_page_may_stay_there() -> None:
    assert doubt(before=STORY, after=STORY, asked="https://example.org/", now_at="https://example.org") == ""


def test_another_page_as_long_as_the_article_is_told_by_its_words() -> None:
    was, now = "https://example.org/a/quay.html", "https://login.example.org/enter"
    page = " ".join(f"please choose plan {n} and sign in to go on reading" for n in range(30))
    assert doubt(before=STORY, after=page, asked=was, was_at=was, now_at=now) == "another_page"
    assert doubt(before=STORY, after=STORY, asked=was, was_at=was, now_at=now) == ""


def test_a_page_that_is_rewritten_where_it_stands_is_a_correction() -> None:
    was = "https://example.org/a/quay.html"
    page = " ".join(f"line {n} of the live report about something else" for n in range(30))
    assert doubt(before=STORY, after=page, asked=was, was_at=was, now_at=was + "?x=1") == ""
