"""The overview in the words and shapes of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from apps.claims.models import Comparator, Counting, Measure, Stance
from apps.crosscheck.overview import MOST_COUNTED, ONE_ORIGIN, Changed, Overview, OverviewRow
from apps.crosscheck.rules import Held
from apps.crosscheck.sheets import Stated
from apps.dossiers.selectors import PartyLabel
from apps.web import moments
from apps.web.charts import Point, Series, StepsChart, steps_chart
from apps.web.http import AsOf
from apps.web.quoting import article_url

MOST_LINES = 8
"""Lines of one chart: more cannot be told apart."""


@dataclass(frozen=True)
class Cell:
    """A party's marks on a claim: none means no position was found."""

    side: PartyLabel
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A claim in the table. ``others`` are the marks of whoever stands with no party."""

    url: str
    ref: str
    wording: str
    standing: str
    inconsistent: bool
    cells: tuple[Cell, ...]
    others: tuple[str, ...]
    statements: int
    origins: int
    unknown_origins: int
    last_word: datetime | None


def capped(count: int) -> str:
    """A count that was made no further than MOST_COUNTED, as it may be shown."""
    return f"{MOST_COUNTED:,}+".replace(",", " ") if count >= MOST_COUNTED else str(count)


def carried_on(read: AsOf) -> str:
    """The two times as the end of a link, or nothing."""
    return f"?{read.query}" if read.query else ""


def overview_rows(slug: str, found: Overview, read: AsOf) -> tuple[Row, ...]:
    """The rows of the table."""
    return tuple(
        Row(
            url=_claim_url(slug, row.ref, read),
            ref=row.ref,
            wording=row.wording,
            standing=row.standing.code,
            inconsistent=bool(row.standing.inconsistent),
            cells=tuple(Cell(party, marks) for party, marks in row.marks),
            others=row.others,
            statements=len(row.standing.statements),
            origins=row.standing.origins.known,
            unknown_origins=row.standing.origins.unknown,
            last_word=row.standing.last_word,
        )
        for row in found.rows
    )


def _claim_url(slug: str, ref: str, read: AsOf) -> str:
    return reverse("claim", args=[slug, ref]) + carried_on(read)


def list_url(here: str, read: AsOf, *, only: str = "", before: str = "") -> str:
    """A page of the list, with its filter, its place and the two times."""
    query = "&".join(
        filter(None, (urlencode({n: v for n, v in (("only", only), ("before", before)) if v}), read.query))
    )
    return f"{here}?{query}" if query else here


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    current: bool
    count: str | None


def chips(here: str, counts: Mapping[str, int] | None, only: str, read: AsOf) -> tuple[Chip, ...]:
    """What the table can be narrowed to; with ``counts``, each with how many claims it leaves."""
    labels = {
        "": pgettext("claims", "All"),
        "contested": _("Contested"),
        "unanswered": _("Unanswered"),
        "denied": _("Denied without assertion"),
        "conceded": _("Conceded or divided"),
        "retracted": _("Retracted"),
        ONE_ORIGIN: _("One known origin"),
    }
    return tuple(
        Chip(
            label=label,
            url=list_url(here, read, only=name),
            current=only == name,
            count=capped(counts[name or "all"]) if counts else None,
        )
        for name, label in labels.items()
    )


@dataclass(frozen=True)
class Waiting:
    """A claim about parties whose position was not found."""

    url: str
    wording: str
    names: str
    first_said: datetime | None


def waiting_for(slug: str, found: Overview, read: AsOf) -> tuple[Waiting, ...]:
    """Whose answer is waited for, and since when."""
    return tuple(
        Waiting(_claim_url(slug, row.ref, read), row.wording, _names(row, found.parties), row.standing.found.first_said)
        for row in found.rows
    )


def _names(row: OverviewRow, parties: tuple[PartyLabel, ...]) -> str:
    return ", ".join(party.name for party in parties if party.id in row.standing.found.waiting_for)


@dataclass(frozen=True)
class ChangedPosition:
    """Who said one thing and later another, and on which claim."""

    url: str
    wording: str
    who: str
    before: str
    before_said: str
    after: str
    after_said: str


def changed_positions(slug: str, found: Sequence[Changed], read: AsOf) -> tuple[ChangedPosition, ...]:
    """Each change with both stances and when each was said."""
    return tuple(
        ChangedPosition(
            url=_claim_url(slug, one.ref, read),
            wording=one.wording,
            who=one.principal.name,
            before=str(Stance(one.change.before.stance).label),
            before_said=_said(one.change.before),
            after=str(Stance(one.change.after.stance).label),
            after_said=_said(one.change.after),
        )
        for one in found
    )


def _said(held: Held) -> str:
    return moments.said(held.said_from, held.said_until, moments.here())


def figure_words(figure: Stated) -> str:
    """ "at least 27 killed, civilians (in all so far)"."""
    number = _number(figure.low)
    if figure.high is not None:
        number = _("%(low)s to %(high)s") % {"low": number, "high": _number(figure.high)}
    elif figure.comparator != Comparator.EXACTLY:
        number = f"{Comparator(figure.comparator).label} {number}"
    words = f"{number} {Measure(figure.measure).label}" if figure.measure != Measure.OTHER else number
    if figure.of_whom:
        words += f", {figure.of_whom}"
    return words if figure.counting == Counting.UNSTATED else f"{words} ({Counting(figure.counting).label})"


_SIGNS = {Comparator.AT_LEAST: "≥ ", Comparator.AT_MOST: "≤ ", Comparator.ABOUT: "≈ "}


def _short(figure: Stated) -> str:
    """ "≥ 27", "12–19": as much as stands beside a point."""
    if figure.high is not None:
        return f"{_number(figure.low)}–{_number(figure.high)}"
    return _SIGNS.get(Comparator(figure.comparator), "") + _number(figure.low)


def _number(value: int) -> str:
    return f"{value:,}".replace(",", " ")


def toll(slug: str, figures: Sequence[Stated], read: AsOf) -> StepsChart | None:
    """Figures of one measure as steps, a line for each principal and whom it counts; each point leads to its words.

    A statement that gives several numbers (27, of them seven children) is drawn by its highest. What counts only those
    since an earlier number ("a further 12") is no step of a total, and is not drawn. Of many lines those with the
    newest figures are drawn.
    """
    lines: dict[tuple[int, str], list[Stated]] = {}
    for figure in _highest_of_each([figure for figure in figures if figure.counting != Counting.NEW]):
        lines.setdefault((figure.statement.principal.id, figure.of_whom.casefold()), []).append(figure)
    newest = sorted(lines.values(), key=lambda group: group[-1].statement.said_until)[-MOST_LINES:]
    series = []
    dashes: dict[int, int] = {}
    for group in sorted(newest, key=lambda group: group[0].statement.said_until):
        said = group[0].statement
        hue = said.party.hue if said.party else 0
        dashes[hue] = dashes.get(hue, 0) + 1
        name = f"{said.principal.name}: {group[0].of_whom}" if group[0].of_whom else said.principal.name
        points = tuple(_point(slug, figure, read) for figure in group)
        series.append(Series(name, hue, points, dash=min(dashes[hue], 4)))
    return steps_chart(series, zone=moments.here())


def _highest_of_each(figures: Sequence[Stated]) -> list[Stated]:
    top: dict[int, Stated] = {}
    for figure in figures:
        known = top.get(figure.statement.id)
        if known is None or figure.low > known.low:
            top[figure.statement.id] = figure
    return list(top.values())


def _point(slug: str, figure: Stated, read: AsOf) -> Point:
    said = figure.statement
    when = moments.said(said.said_from, said.said_until, moments.here())
    return Point(
        at=said.said_until,
        value=figure.low,
        label=_short(figure),
        title=f"{figure_words(figure)}: {said.source.name}, {when}",
        url=article_url(slug, said.first, carried_on(read)) if said.first else "",
    )
