"""Charts as places on a page: pure sums that `components/timeline.html` and `components/steps_chart.html` draw.

Across, a place is a per-cent of the width, so that a chart has no fixed size and its text none but the page's; up and
down it is in pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, TypeAlias

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

MOST_TICKS = 6
PLOT_HEIGHT = 200
PLOT_HEAD = 24
Words: TypeAlias = str | Promise
Box: TypeAlias = tuple[float, float, float, float]

_DAY = pgettext_lazy("date format", "j M")
_MOMENT = pgettext_lazy("date format", "j M H:i")
_CLOCK = pgettext_lazy("date format", "H:i")
_MONTH = pgettext_lazy("date format", "M Y")
_YEAR = pgettext_lazy("date format", "Y")
_STEPS = tuple(timedelta(hours=h) for h in (1, 2, 3, 6, 12, 24, 48, 96, 168, 336))
_MONTHS = (1, 2, 3, 6, 12, 24, 60)
_CLOSEST = 4.4  # per cent: two marks of a lane are not drawn over each other
# Per cent that a letter, and a dot's radius, take of a plot of ordinary width and of one on a phone.
_WIDE, _NARROW = (1.05, 0.9), (2.3, 2.0)


@dataclass(frozen=True)
class Tick:
    place: float
    label: str
    anchor: str


@dataclass(frozen=True)
class Mark:
    """Something said: ``kind`` is a stance or counter, ``label`` who said what and when, ``url`` its exact words."""

    at: datetime
    kind: str
    label: str
    url: str
    place: float = 0


@dataclass(frozen=True)
class Lane:
    side: Any
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Timeline:
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]


@dataclass(frozen=True)
class Point:
    """A figure somebody stated. ``label`` is what is written beside it, ``title`` the whole of it."""

    at: datetime
    value: int
    label: str
    title: str
    url: str


@dataclass(frozen=True)
class Series:
    """One source's figures over time; ``hue`` is its party's, ``dash`` 1 to 4 tells lines apart without hue."""

    name: str
    hue: int
    points: tuple[Point, ...]
    dash: int = 1


@dataclass(frozen=True)
class Line:
    x1: float
    x2: float
    y1: float
    y2: float


@dataclass(frozen=True)
class Dot:
    point: Point
    x: float
    y: float
    text_y: float | None
    anchor: str
    wide_only: bool


@dataclass(frozen=True)
class DrawnSeries:
    series: Series
    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Level:
    y: float
    label: str


@dataclass(frozen=True)
class StepsChart:
    series: tuple[DrawnSeries, ...]
    ticks: tuple[Tick, ...]
    levels: tuple[Level, ...]
    height: int


def timeline(lanes: Iterable[Lane], *, zone: tzinfo) -> Timeline | None:
    """Who spoke when, a lane a party; None if nobody did."""
    given = tuple(lanes)
    moments = [mark.at for lane in given for mark in lane.marks]
    if not moments:
        return None
    start, end = _frame(moments)
    placed = tuple(Lane(side=lane.side, marks=_apart(lane.marks, start, end)) for lane in given)
    return Timeline(lanes=placed, ticks=ticks(start, end, zone=zone))


def steps_chart(series: Iterable[Series], *, zone: tzinfo) -> StepsChart | None:
    """Figures as they were stated: each holds until the same source states another; None if there are none."""
    given = [one for one in series if one.points]
    if not given:
        return None
    start, end = _frame([point.at for one in given for point in one.points])
    levels = value_levels(max(point.value for one in given for point in one.points))
    top = levels[-1]

    def height_of(value: int) -> float:
        return round(PLOT_HEAD + PLOT_HEIGHT * (1 - value / top), 1)

    ordered = [sorted(one.points, key=lambda point: point.at) for one in given]
    places = [[(_place(point.at, start, end), height_of(point.value)) for point in points] for points in ordered]
    lines = [_steps(one) for one in places]
    wide, narrow = (_obstacles(places, lines, radius) for _, radius in (_WIDE, _NARROW))
    drawn = [
        DrawnSeries(
            series=one,
            lines=lines[number],
            dots=tuple(
                _dot(point, x, y, wide, narrow) for point, (x, y) in zip(ordered[number], places[number], strict=True)
            ),
        )
        for number, one in enumerate(given)
    ]
    return StepsChart(
        series=tuple(drawn),
        ticks=ticks(start, end, zone=zone),
        levels=tuple(Level(y=height_of(value), label=f"{value:,}".replace(",", " ")) for value in levels),
        height=PLOT_HEAD + PLOT_HEIGHT,
    )


def value_levels(highest: int) -> list[int]:
    """Round numbers from nought to at least ``highest``, three to six of them."""
    size = 1
    while True:
        for leading in (1, 2, 5):
            step = leading * size
            if highest <= step * 5:
                return list(range(0, max(highest + step - 1, 2 * step) // step * step + 1, step))
        size *= 10


def ticks(start: datetime, end: datetime, *, zone: tzinfo) -> tuple[Tick, ...]:
    """At most six round times on the zone's clock; hours, days or months as the stretch is long."""
    for step in _STEPS:
        times = _round_times(start, end, step, zone)
        if len(times) <= MOST_TICKS:
            return _labelled(times, start, end, pattern=None if step < timedelta(days=1) else _DAY)
    for months in _MONTHS:
        times = _round_months(start, end, months, zone)
        if len(times) <= MOST_TICKS:
            break
    return _labelled(times, start, end, pattern=_MONTH if months < 12 else _YEAR)


def _frame(moments: Sequence[datetime]) -> tuple[datetime, datetime]:
    first, last = min(moments), max(moments)
    margin = max((last - first) * 0.06, timedelta(minutes=90))
    return first - margin, last + margin


def _place(at: datetime, start: datetime, end: datetime) -> float:
    return round(100 * ((at - start) / (end - start)), 2)


def _apart(marks: Sequence[Mark], start: datetime, end: datetime) -> tuple[Mark, ...]:
    placed: list[Mark] = []
    for mark in sorted(marks, key=lambda one: one.at):
        place = _place(mark.at, start, end)
        if placed:
            place = max(place, round(placed[-1].place + _CLOSEST, 2))
        placed.append(Mark(at=mark.at, kind=mark.kind, label=mark.label, url=mark.url, place=place))
    return tuple(placed)


def _steps(places: Sequence[tuple[float, float]]) -> tuple[Line, ...]:
    lines = []
    for (x, y), (next_x, next_y) in zip(places, [*places[1:], (100.0, places[-1][1])], strict=True):
        lines.append(Line(x1=x, x2=next_x, y1=y, y2=y))
        if next_y != y:
            lines.append(Line(x1=next_x, x2=next_x, y1=y, y2=next_y))
    return tuple(lines)


def _obstacles(
    places: Sequence[Sequence[tuple[float, float]]], lines: Sequence[Sequence[Line]], radius: float
) -> list[Box]:
    dots = [(x - radius, x + radius, y - 5, y + 5) for series in places for x, y in series]
    steps = [
        (line.x1 - 0.2, line.x2 + 0.2, min(line.y1, line.y2) - 1, max(line.y1, line.y2) + 1)
        for series in lines
        for line in series
    ]
    return dots + steps


def _dot(point: Point, x: float, y: float, wide: list[Box], narrow: list[Box]) -> Dot:
    """A figure with its label above or below it, where nothing else is drawn; else only in the table beneath.

    ``wide`` and ``narrow`` hold what is taken at either width, and gain the label.
    """
    for text_y, anchor in ((y - 9, "start"), (y - 9, "end"), (y + 18, "start"), (y + 18, "end")):
        box = _label_box(point.label, x, text_y, anchor, _WIDE)
        if _is_free(box, wide):
            wide.append(box)
            small = _label_box(point.label, x, text_y, anchor, _NARROW)
            fits = _is_free(small, narrow)
            if fits:
                narrow.append(small)
            return Dot(point=point, x=x, y=y, text_y=text_y, anchor=anchor, wide_only=not fits)
    return Dot(point=point, x=x, y=y, text_y=None, anchor="start", wide_only=True)


def _label_box(label: str, x: float, text_y: float, anchor: str, size: tuple[float, float]) -> Box:
    width = len(label) * size[0] + 0.4
    left = x + 0.3 if anchor == "start" else x - 0.3 - width
    return (left, left + width, text_y - 10, text_y + 2)


def _is_free(box: Box, taken: Iterable[Box]) -> bool:
    left, right, top, bottom = box
    inside = left >= 0 and right <= 100
    return inside and not any(left < r and a < right and top < d and c < bottom for a, r, c, d in taken)


def _round_times(start: datetime, end: datetime, step: timedelta, zone: tzinfo) -> list[datetime]:
    # Counted from local midnight, in local wall time, so that ticks stay on the hour over a change of clocks.
    at = start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    times = []
    while at <= end:
        if at >= start:
            times.append(at)
        if len(times) > MOST_TICKS:
            break
        at += step
    return times


def _round_months(start: datetime, end: datetime, months: int, zone: tzinfo) -> list[datetime]:
    first = start.astimezone(zone)
    index = (first.year * 12 + first.month - 1) // months * months
    times: list[datetime] = []
    while len(times) <= MOST_TICKS:
        at = datetime(index // 12, index % 12 + 1, 1, tzinfo=zone)
        if at > end:
            break
        if at >= start:
            times.append(at)
        index += months
    return times


def _labelled(times: Sequence[datetime], start: datetime, end: datetime, *, pattern: Words | None) -> tuple[Tick, ...]:
    made = []
    for number, at in enumerate(times):
        form = pattern or (_DAY if at.hour == 0 else _MOMENT if number == 0 else _CLOCK)
        place = _place(at, start, end)
        anchor = "start" if place < 4 else "end" if place > 96 else "middle"
        made.append(Tick(place=place, label=date_format(at, str(form)), anchor=anchor))
    return tuple(made)
