"""Where things stand on a chart."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from apps.dossiers.selectors import PartyLabel
from apps.web import charts
from apps.web.charts import Lane, Mark, Point, Series

BAKU = ZoneInfo("Asia/Baku")
DAWN = datetime(2031, 4, 7, 2, 0, tzinfo=UTC)
SIDE = PartyLabel(id=1, public_id="p", code="PC", name="Port Council", hue=1)


def mark(hours: float) -> Mark:
    return Mark(at=DAWN + timedelta(hours=hours), kind="asserts", label="said", url="/words")


def point(hours: float, value: int, label: str = "") -> Point:
    return Point(at=DAWN + timedelta(hours=hours), value=value, label=label or str(value), title="", url="/words")


def test_a_timeline_without_a_mark_is_none() -> None:
    assert charts.timeline([Lane(SIDE, ())], zone=BAKU) is None


def test_marks_keep_their_order_and_stay_inside() -> None:
    chart = charts.timeline([Lane(SIDE, (mark(30), mark(0), mark(8)))], zone=BAKU)
    assert chart is not None
    places = [one.place for one in chart.lanes[0].marks]
    assert places == sorted(places)
    assert 0 < places[0] < places[-1] < 100


def test_marks_of_one_moment_are_drawn_side_by_side() -> None:
    chart = charts.timeline([Lane(SIDE, (mark(0), mark(0), mark(30)))], zone=BAKU)
    assert chart is not None
    first, second, _ = (one.place for one in chart.lanes[0].marks)
    assert second - first >= 3


def test_an_empty_lane_is_kept_beside_the_others() -> None:
    chart = charts.timeline([Lane(SIDE, (mark(0),)), Lane(SIDE, ())], zone=BAKU)
    assert chart is not None
    assert [len(lane.marks) for lane in chart.lanes] == [1, 0]


@pytest.mark.parametrize("stretch", [timedelta(hours=3), timedelta(days=2), timedelta(days=40), timedelta(days=900)])
def test_ticks_are_few_and_in_order_however_long_the_stretch(stretch: timedelta) -> None:
    ticks = charts.ticks(DAWN, DAWN + stretch, zone=BAKU)
    assert 1 <= len(ticks) <= charts.MOST_TICKS
    assert all(one.place < other.place for one, other in pairwise(ticks))
    assert all(0 <= tick.place <= 100 for tick in ticks)


def test_ticks_over_a_century_are_years() -> None:
    ticks = charts.ticks(DAWN, DAWN + timedelta(days=36500), zone=BAKU)
    assert {len(tick.label) for tick in ticks} == {4}


def test_ticks_are_round_on_the_zones_clock() -> None:
    labels = [tick.label for tick in charts.ticks(DAWN, DAWN + timedelta(days=1), zone=BAKU)]
    assert labels == ["7 Apr 06:00", "12:00", "18:00", "8 Apr", "06:00"]


def test_the_first_tick_names_its_day() -> None:
    assert charts.ticks(DAWN, DAWN + timedelta(hours=3), zone=BAKU)[0].label == "7 Apr 06:00"


@pytest.mark.parametrize(
    ("highest", "levels"),
    [
        (0, [0, 1, 2]),
        (1, [0, 1, 2]),
        (5, [0, 1, 2, 3, 4, 5]),
        (29, [0, 10, 20, 30]),
        (48, [0, 10, 20, 30, 40, 50]),
        (200, [0, 50, 100, 150, 200]),
        (1001, [0, 500, 1000, 1500]),
    ],
)
def test_levels_are_round_and_reach_the_highest_figure(highest: int, levels: list[int]) -> None:
    assert charts.value_levels(highest) == levels


def test_a_chart_of_no_figures_is_none() -> None:
    assert charts.steps_chart([Series("hospital", 1, ())], zone=BAKU) is None


def test_a_figure_holds_until_the_same_source_states_another() -> None:
    chart = charts.steps_chart([Series("hospital", 1, (point(10, 30), point(0, 10)))], zone=BAKU)
    assert chart is not None
    flat, rise, last = chart.series[0].lines
    assert flat.y1 == flat.y2
    assert flat.x2 == rise.x1 == rise.x2 == last.x1
    assert rise.y2 < rise.y1
    assert last.x2 == 100


def test_a_figure_stated_again_makes_no_step() -> None:
    chart = charts.steps_chart([Series("hospital", 1, (point(0, 10), point(10, 10)))], zone=BAKU)
    assert chart is not None
    assert len(chart.series[0].lines) == 2


def test_a_label_that_would_run_out_of_the_chart_stands_on_the_other_side() -> None:
    chart = charts.steps_chart([Series("hospital", 1, (point(0, 10), point(40, 30, "at least thirty")))], zone=BAKU)
    assert chart is not None
    assert [dot.anchor for dot in chart.series[0].dots] == ["start", "end"]


def test_a_label_with_no_room_is_left_to_the_table() -> None:
    crowd = [
        Series(f"source {number}", 1, (point(number / 1000, 20, "about twenty people"), point(90, 20)))
        for number in range(6)
    ]
    chart = charts.steps_chart(crowd, zone=BAKU)
    assert chart is not None
    shown = [one.dots[0].text_y is not None for one in chart.series]
    assert shown[0]
    assert not all(shown)


def test_a_label_that_only_a_wide_chart_has_room_for_is_marked() -> None:
    chart = charts.steps_chart(
        [Series("hospital", 1, (point(0, 10, "at least ten"), point(20, 11, "eleven"), point(90, 30)))],
        zone=BAKU,
    )
    assert chart is not None
    assert [dot.wide_only for dot in chart.series[0].dots] == [True, False, False]


def test_large_levels_are_grouped_to_be_read() -> None:
    chart = charts.steps_chart([Series("hospital", 1, (point(0, 12000),))], zone=BAKU)
    assert chart is not None
    assert chart.levels[-1].label == "15 000"
