"""Many addresses at once: all that can be fetched are on their way, and of each line it is told what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from apps.accounts.models import Actor
from apps.articles import addresses, guard, refusals
from apps.articles.models import Article, Capture, Intake, OtherAddress
from apps.articles.pasted import Named
from apps.articles.refusals import Refusal
from apps.articles.services.adding import exempt_origins
from apps.articles.services.refusing import as_kept
from apps.dossiers.models import Dossier


class Fate(StrEnum):
    """What became of a line."""

    TAKEN = "taken"
    HELD = "held"
    COMING = "coming"
    TWICE = "twice"
    REFUSED = "refused"


@dataclass(frozen=True)
class Line:
    """An address, the line it stood on, and what became of it: the row on its way, the article that is held under it,
    or the code of the refusal."""

    named: Named
    fate: Fate
    intake: Intake | None = None
    article: Article | None = None
    code: str = ""

    @property
    def reason(self) -> str:
        return refusals.sentence(self.code) if self.code else ""


@dataclass
class _Known:
    """What is known of the addresses, by key; ``told`` are those that stood further up, and as what."""

    articles: dict[str, Article]
    coming: dict[str, Intake]
    told: set[str] = field(default_factory=set)


def add_addresses(*, dossier: Dossier, named: Sequence[Named], by: Actor, at: datetime, once: str = "") -> list[Line]:
    """Put every address on its way that is neither held nor coming, in one transaction; six queries.

    What is refused is a row too, which says why. ``once`` is the same for the same form, however often it is sent.
    """
    checked = [(one, *_checked(one.text)) for one in named]
    rows: dict[int, Intake] = {}
    with transaction.atomic():
        known = _known(dossier.pk, [key for _one, key, code in checked if not code])
        lines = []
        for number, (one, key, code) in enumerate(checked):
            line = _line(one, key, code, known)
            if line.fate in (Fate.TAKEN, Fate.REFUSED):
                rows[number] = _row(dossier, line, key, once=once, by=by, at=at)
            known.told.update({one.text, key} - {""})
            lines.append(line)
        Intake.objects.bulk_create(rows.values(), ignore_conflicts=True)
        ids = [row.public_id for row in rows.values()]
        stored = {row.public_id: row for row in Intake.objects.in_dossier(dossier.pk).filter(public_id__in=ids)}
    return [_told(line, rows.get(number), stored) for number, line in enumerate(lines)]


def held_at(*, dossier_id: int, address: str) -> Article | None:
    """The article that is held under an address, if there is one and it can be read as one; two queries."""
    key, code = _checked(address)
    return _articles(dossier_id, [key]).get(key) if not code else None


def _checked(address: str) -> tuple[str, str]:
    """The key under which an address is known, or else the code of what is wrong with it."""
    try:
        guard.check_address(address, exempt=exempt_origins())
        return addresses.normalise(address), ""
    except Refusal as refusal:
        return "", refusal.code


def _articles(dossier_id: int, keys: Sequence[str]) -> dict[str, Article]:
    others = OtherAddress.objects.in_dossier(dossier_id).filter(key__in=keys).select_related("article")
    articles = {other.key: other.article for other in others}
    for article in Article.objects.in_dossier(dossier_id).filter(address_key__in=keys):
        articles[str(article.address_key)] = article
    return articles


def _known(dossier_id: int, keys: Sequence[str]) -> _Known:
    coming = Intake.objects.in_dossier(dossier_id).on_its_way().filter(address_key__in=keys)
    return _Known(_articles(dossier_id, keys), {row.address_key: row for row in coming})


def _line(one: Named, key: str, code: str, known: _Known) -> Line:
    if one.text in known.told or key in known.told:
        return Line(one, Fate.TWICE)
    if code:
        return Line(one, Fate.REFUSED, code=code)
    if key in known.articles:
        return Line(one, Fate.HELD, article=known.articles[key])
    if key in known.coming:
        return Line(one, Fate.COMING, intake=known.coming[key])
    return Line(one, Fate.TAKEN)


def _row(dossier: Dossier, line: Line, key: str, *, once: str, by: Actor, at: datetime) -> Intake:
    row = Intake(
        dossier=dossier,
        method=Capture.Method.FETCHED,
        # What is taken is fetched from there: nothing of it is left out.
        address=as_kept(line.named.text) if line.fate is Fate.REFUSED else addresses.spelled_out(line.named.text),
        address_key=key,
        actor=by.ref,
        added=at,
        run_after=Now(),
    )
    if once:
        digest = hashlib.sha256(line.named.text.encode("utf-8", "surrogatepass")).hexdigest()
        row.idempotency_key, row.request_digest = f"form:{once}:{digest[:32]}", digest
    if line.fate is Fate.REFUSED:
        row.state, row.finished = Intake.State.FAILED, Now()
        row.failure_code, row.failure_reason = line.code[:40], line.reason[:500]
    return row


def _told(line: Line, row: Intake | None, stored: Mapping[UUID, Intake]) -> Line:
    """The line with its row; one that somebody else added at this very moment is on its way."""
    if row is None:
        return line
    found = stored.get(row.public_id)
    fate = Fate.COMING if found is None and line.fate is Fate.TAKEN else line.fate
    return Line(line.named, fate, intake=found, code=line.code)
