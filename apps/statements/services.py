"""Statements and their evidence come to exist at a moment of the ledger. Only :mod:`apps.review` calls these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from apps.articles.models import Rendition
from apps.ledger import services as ledger
from apps.sources.models import Alias, Source
from apps.statements.models import Attribution, Gone, Span, Statement


@dataclass(frozen=True)
class Words:
    """A span to be recorded: its role, its place in code points, and its words with a little around them."""

    role: str
    begins: int
    ends: int
    exact: str
    prefix: str
    suffix: str


def record_statement(
    *,
    moment: ledger.Moment,
    source: Source,
    principal: Source,
    kind: str,
    channel: str,
    said_from: datetime | None,
    said_until: datetime,
    relayed_by: Statement | None,
) -> Statement:
    """A speech act."""
    statement = Statement.objects.create(
        source=source,
        principal=principal,
        kind=kind,
        channel=channel,
        said_from=said_from,
        said_until=said_until,
        relayed_by=relayed_by,
        **moment.begins(),
    )
    moment.changed("statement", statement.public_id, "added")
    return statement


def attribute(
    *,
    moment: ledger.Moment,
    statement: Statement,
    rendition: Rendition,
    quotation: str,
    alias: Alias | None,
    spans: Iterable[Words],
    is_copy: bool,
    twin_of: Attribution | None = None,
) -> Attribution:
    """Evidence of a statement: the words in one rendition. The database checks them against the text.

    ``twin_of`` is the first attribution of the same in an earlier version of the article.
    """
    attribution = Attribution.objects.create(
        statement=statement,
        article_id=rendition.article_id,
        rendition=rendition,
        quotation=quotation,
        alias=alias,
        is_copy=is_copy,
        twin_of=twin_of,
        **moment.begins(),
    )
    Span.objects.bulk_create(
        Span(
            dossier_id=moment.dossier_id,
            attribution=attribution,
            rendition=rendition,
            role=span.role,
            begins=span.begins,
            ends=span.ends,
            exact=span.exact,
            prefix=span.prefix,
            suffix=span.suffix,
        )
        for span in spans
    )
    moment.changed("attribution", attribution.public_id, "added")
    return attribution


def note_gone(*, moment: ledger.Moment, attributions: Iterable[Attribution], rendition: Rendition) -> None:
    """The words of these are not in a later version of their article. Of those that are known to be gone, nothing."""
    firsts = {row.twin_of_id or row.pk for row in attributions}
    held = Attribution.objects.current().filter(pk__in=firsts, article=rendition.article_id)
    known = set(Gone.objects.current().filter(attribution__in=firsts).values_list("attribution_id", flat=True))
    for row in held.order_by("pk"):
        if row.pk not in known:
            gone = Gone.objects.create(
                attribution=row, article_id=row.article_id, rendition=rendition, **moment.begins()
            )
            moment.changed("gone", gone.public_id, "added")


def end_gone(*, moment: ledger.Moment, attributions: Iterable[Attribution]) -> None:
    """The words of these are there again, in a later version still, or the attributions are withdrawn."""
    firsts = {row.twin_of_id or row.pk for row in attributions}
    for gone in Gone.objects.current().filter(attribution__in=firsts).order_by("pk"):
        Gone.objects.filter(pk=gone.pk).update(**moment.ends())
        moment.changed("gone", gone.public_id, "withdrawn")


def end_attribution(*, moment: ledger.Moment, attribution: Attribution) -> None:
    """Withdraw one piece of evidence; with the first of twins, all of them."""
    if attribution.twin_of_id is None:
        for twin in Attribution.objects.current().filter(twin_of=attribution).order_by("pk"):
            end_attribution(moment=moment, attribution=twin)
        end_gone(moment=moment, attributions=[attribution])
    if Attribution.objects.current().filter(pk=attribution.pk).update(**moment.ends()):
        moment.changed("attribution", attribution.public_id, "withdrawn")


def end_statement(*, moment: ledger.Moment, statement: Statement) -> None:
    """Withdraw a statement with all its evidence."""
    for attribution in Attribution.objects.current().filter(statement=statement):
        end_attribution(moment=moment, attribution=attribution)
    if Statement.objects.current().filter(pk=statement.pk).update(**moment.ends()):
        moment.changed("statement", statement.public_id, "withdrawn")
