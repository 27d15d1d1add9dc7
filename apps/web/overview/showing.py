"""The overview in the words and shapes of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.claims.models import Comparator, Measure
from apps.crosscheck.sheets import MOST_COUNTED, Overview, Stated
from apps.dossiers.selectors import PartyLabel
from apps.web import moments
from apps.web.charts import Point, Series, StepsChart, steps_chart
from apps.web.http import AsOf
from apps.web.quoting import article_url


@dataclass(frozen=True)
class Cell:
    """A party's marks on a claim: none means no position was found."""

    side: PartyLabel
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A claim in the table."""

    url: str
    ref: str
    wording: str
    standing: str
    cells: tuple[Cell, ...]
    statements: int
    origins: int
    unknown_origins: int
    last_word: datetime | None


def overview_rows(slug: str, found: Overview, read: AsOf) -> tuple[Row, ...]:
    query = f"?{read.query}" if read.query else ""
    return tuple(
        Row(
            url=reverse("claim", args=[slug, row.ref]) + query,
            ref=row.ref,
            wording=row.wording,
            standing=row.standing.code,
            cells=tuple(Cell(party, marks) for party, marks in row.marks),
            statements=row.statements,
            origins=row.standing.origins.known,
            unknown_origins=row.standing.origins.unknown,
            last_word=row.last_word,
        )
        for row in found.rows
    )


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    current: bool
    count: str


def chips(here: str, counts: Mapping[str, int], only: str) -> tuple[Chip, ...]:
    """What the table can be narrowed to, each with how many claims it leaves."""
    labels = {
        "all": pgettext("claims", "All"),
        "contested": _("Contested"),
        "unanswered": _("Unanswered"),
        "denied": _("Denied without assertion"),
        "conceded": _("Conceded or divided"),
        "retracted": _("Retracted"),
        "one-origin": _("One origin only"),
    }
    return tuple(
        Chip(
            label=label,
            url=here if name == "all" else f"{here}?only={name}",
            current=only == name or (name == "all" and only not in labels),
            count=f"{MOST_COUNTED}+" if counts[name] >= MOST_COUNTED else str(counts[name]),
        )
        for name, label in labels.items()
    )


def figure_words(figure: Stated) -> str:
    """ "at least 27 killed, civilians"."""
    number = f"{figure.low:,}".replace(",", " ")
    if figure.high is not None:
        number = _("%(low)s to %(high)s") % {"low": number, "high": f"{figure.high:,}".replace(",", " ")}
    elif figure.comparator != "exactly":
        number = f"{Comparator(figure.comparator).label} {number}"
    words = f"{number} {Measure(figure.measure).label}" if figure.measure != "other" else number
    return f"{words}, {figure.of_whom}" if figure.of_whom else words


def toll(slug: str, figures: Sequence[Stated]) -> StepsChart | None:
    """Figures of one measure as steps, a line a principal; each point leads to the words that state it."""
    lines: dict[int, list[Stated]] = {}
    for figure in figures:
        lines.setdefault(figure.statement.principal.id, []).append(figure)
    series = []
    dashes: dict[int, int] = {}
    for group in lines.values():
        said = group[0].statement
        hue = said.party.hue if said.party else 0
        dashes[hue] = dashes.get(hue, 0) + 1
        points = tuple(_point(slug, figure) for figure in _highest_of_each(group))
        series.append(Series(said.principal.name, hue, points, dash=min(dashes[hue], 4)))
    return steps_chart(series, zone=moments.here())


def _highest_of_each(group: Sequence[Stated]) -> list[Stated]:
    """A statement that gives several numbers (27, of them seven children) is drawn by its total."""
    top: dict[int, Stated] = {}
    for figure in group:
        known = top.get(figure.statement.id)
        if known is None or figure.low > known.low:
            top[figure.statement.id] = figure
    return list(top.values())


def _point(slug: str, figure: Stated) -> Point:
    said = figure.statement
    when = moments.said(said.said_from, said.said_until, moments.here())
    words = figure_words(figure)
    return Point(
        at=said.said_until,
        value=figure.low,
        label=f"{figure.low:,}".replace(",", " "),
        title=f"{words}: {said.source.name}, {when}",
        url=article_url(slug, said.first) if said.first else "",
    )
