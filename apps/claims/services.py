"""Claims, positions, counters and figures exist from a moment of the ledger on; only :mod:`apps.review` calls these."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Max

from apps.claims.models import About, Claim, Counter, Counting, Figure, Position, Wording
from apps.dossiers.models import Party
from apps.ledger import services as ledger
from apps.statements.models import Statement


def record_claim(*, moment: ledger.Moment, text: str, about: Iterable[Party]) -> Claim:
    """A claim with its wording and whom it is about. Its number is the dossier's next: the head is locked."""
    last = Claim.objects.in_dossier(moment.dossier_id).aggregate(last=Max("number"))["last"] or 0
    claim = Claim.objects.create(number=last + 1, **moment.begins())
    Wording.objects.create(claim=claim, text=text.strip(), **moment.begins())
    About.objects.bulk_create(About(claim=claim, party=party, **moment.begins()) for party in about)
    moment.changed("claim", claim.public_id, "added")
    return claim


def end_claim(*, moment: ledger.Moment, claim: Claim) -> None:
    """Withdraw a claim with its wording and the counters drawn between it and others."""
    Claim.objects.current().filter(pk=claim.pk).update(**moment.ends())
    Wording.objects.current().filter(claim=claim).update(**moment.ends())
    About.objects.current().filter(claim=claim).update(**moment.ends())
    for counter in Counter.objects.current().filter(claim=claim) | Counter.objects.current().filter(against=claim):
        end_counter(moment=moment, counter=counter)
    moment.changed("claim", claim.public_id, "withdrawn")


def take_position(
    *,
    moment: ledger.Moment,
    statement: Statement,
    claim: Claim,
    stance: str,
    retracts: Statement | None = None,
) -> Position:
    """What a statement does to a claim."""
    position = Position.objects.create(
        statement=statement, claim=claim, stance=stance, retracts=retracts, **moment.begins()
    )
    moment.changed("position", position.public_id, "added")
    return position


def record_counter(
    *, moment: ledger.Moment, claim: Claim, against: Claim, kind: str, made_by: Statement | None
) -> Counter:
    """How a claim stands to another: argued by a speaker, or drawn by an analyst. The one there is, if there is one."""
    known = Counter.objects.current().filter(claim=claim, against=against, kind=kind, made_by=made_by).first()
    if known is not None:
        return known
    counter = Counter.objects.create(claim=claim, against=against, kind=kind, made_by=made_by, **moment.begins())
    moment.changed("counter", counter.public_id, "added")
    return counter


def end_counter(*, moment: ledger.Moment, counter: Counter) -> None:
    """Withdraw a counter."""
    if Counter.objects.current().filter(pk=counter.pk).update(**moment.ends()):
        moment.changed("counter", counter.public_id, "withdrawn")


@dataclass(frozen=True)
class Number:
    """A figure to be recorded, as it was stated; ``part_of`` is the place of a larger one in the same list."""

    measure: str
    comparator: str
    low: int
    high: int | None
    of_whom: str
    counting: str = Counting.UNSTATED
    part_of: int | None = None


def record_figures(*, moment: ledger.Moment, statement: Statement, numbers: Sequence[Number]) -> None:
    """The numbers a statement states, each after the one it is a part of; ``ValueError`` if that goes in a circle."""
    made: dict[int, Figure] = {}
    while len(made) < len(numbers):
        ready = [
            n
            for n, number in enumerate(numbers)
            if n not in made and (number.part_of is None or number.part_of in made)
        ]
        if not ready:
            raise ValueError("figures are parts of each other in a circle")
        rows = [_figure(numbers[n], statement, made, moment) for n in ready]
        made |= zip(ready, Figure.objects.bulk_create(rows), strict=True)
    for n in range(len(numbers)):
        moment.changed("figure", made[n].public_id, "added")


def _figure(number: Number, statement: Statement, made: Mapping[int, Figure], moment: ledger.Moment) -> Figure:
    return Figure(
        statement=statement,
        measure=number.measure,
        comparator=number.comparator,
        low=number.low,
        high=number.high,
        of_whom=number.of_whom[:160],
        counting=number.counting,
        part_of=made[number.part_of] if number.part_of is not None else None,
        **moment.begins(),
    )


def end_what_rests_on(*, moment: ledger.Moment, statement: Statement) -> None:
    """Withdraw the positions, counters and figures of a withdrawn statement."""
    for position in Position.objects.current().filter(statement=statement):
        Position.objects.filter(pk=position.pk).update(**moment.ends())
        moment.changed("position", position.public_id, "withdrawn")
    for counter in Counter.objects.current().filter(made_by=statement):
        end_counter(moment=moment, counter=counter)
    for figure in Figure.objects.current().filter(statement=statement):
        Figure.objects.filter(pk=figure.pk).update(**moment.ends())
        moment.changed("figure", figure.public_id, "withdrawn")
