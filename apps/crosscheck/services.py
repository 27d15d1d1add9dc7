"""Keeping the derived summaries level with the ledger. Idempotent: what is missed is caught up later."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from apps.claims.models import Claim, Counter, Position
from apps.crosscheck.models import Summary, Watermark
from apps.crosscheck.selectors import standings
from apps.ledger.models import Entry, Head
from apps.statements.models import Attribution, Statement

BEARING = frozenset({"claim", "position", "counter", "attribution", "source", "lineage"})
"""The nouns of facts that a summary is made of."""
ENTRIES_AT_ONCE = 200
CLAIMS_AT_ONCE = 200


def behind() -> list[int]:
    """Dossiers whose summaries are not level with their ledger. Ids."""
    level = {row.dossier_id: row.index for row in Watermark.objects.all()}
    heads = Head.objects.order_by("dossier_id").values_list("dossier_id", "index")
    return [dossier_id for dossier_id, index in heads if level.get(dossier_id, 0) < index]


def catch_up(*, dossier_id: int) -> int:
    """Summarise every claim that an entry since the watermark touched. Returns how many claims were summarised.

    Whoever holds the watermark does the work; others leave it to them. The watermark moves in the transaction that
    writes the summaries, so that a crash leaves both where they were.
    """
    done = 0
    while True:
        with transaction.atomic():
            Watermark.objects.bulk_create([Watermark(dossier_id=dossier_id)], ignore_conflicts=True)
            mark = Watermark.objects.select_for_update(skip_locked=True).filter(pk=dossier_id).first()
            if mark is None:
                return done
            entries = list(Entry.objects.filter(dossier_id=dossier_id).after(mark.index)[:ENTRIES_AT_ONCE])
            if not entries:
                return done
            touched = _touched(dossier_id, entries)
            summarise(dossier_id=dossier_id, claim_ids=touched)
            mark.index = entries[-1].index
            mark.save(update_fields=["index"])
            done += len(touched)


def _touched(dossier_id: int, entries: Iterable[Entry]) -> set[int]:
    """Claims on which a position, a counter, a piece of evidence or a source changed in these entries."""
    ids: dict[str, set[str]] = {}
    for entry in entries:
        for fact in entry.payload.get("facts", ()):
            ids.setdefault(fact["noun"], set()).add(fact["id"])
    positions = Position.objects.in_dossier(dossier_id)
    claims = set(
        Claim.objects.in_dossier(dossier_id).filter(public_id__in=ids.get("claim", ())).values_list("pk", flat=True)
    )
    claims |= set(positions.filter(public_id__in=ids.get("position", ())).values_list("claim_id", flat=True))
    counters = Counter.objects.in_dossier(dossier_id).filter(public_id__in=ids.get("counter", ()))
    claims |= set(counters.values_list("against_id", flat=True))
    attributions = Attribution.objects.in_dossier(dossier_id)
    carried = attributions.filter(public_id__in=ids.get("attribution", ())).values("statement_id")
    claims |= set(positions.filter(statement__in=carried).values_list("claim_id", flat=True))
    if ids.get("source"):
        # It may stand with another party now: so may a claim that it took a position on.
        spoken = Statement.objects.in_dossier(dossier_id).filter(principal__public_id__in=ids["source"]).values("pk")
        claims |= set(positions.filter(statement__in=spoken).values_list("claim_id", flat=True))
    if ids.get("lineage"):
        placed = attributions.filter(article__lineages__public_id__in=ids["lineage"]).values("statement_id")
        claims |= set(positions.filter(statement__in=placed).values_list("claim_id", flat=True))
    return claims


def summarise(*, dossier_id: int, claim_ids: Iterable[int]) -> None:
    """Write the summary of each claim, and drop those of withdrawn claims. Whoever calls this holds the watermark."""
    wanted = sorted(claim_ids)
    for start in range(0, len(wanted), CLAIMS_AT_ONCE):
        ids = wanted[start : start + CLAIMS_AT_ONCE]
        current = dict(Claim.objects.current().filter(pk__in=ids).values_list("pk", "known_from"))
        Summary.objects.filter(claim__in=[i for i in ids if i not in current]).delete()
        Summary.objects.bulk_create(
            [
                Summary(
                    claim_id=claim_id,
                    dossier_id=dossier_id,
                    standing=found.code,
                    origins=found.origins.known,
                    statements=len(found.statements),
                    last_word=found.last_word or current[claim_id],
                )
                for claim_id, found in standings(dossier_id, current).items()
            ],
            update_conflicts=True,
            unique_fields=["claim"],
            update_fields=["standing", "origins", "statements", "last_word"],
        )


@transaction.atomic
def rebuild(*, dossier_id: int) -> int:
    """Drop a dossier's summaries and make them anew, while catching up waits. Returns how many claims there are."""
    Watermark.objects.bulk_create([Watermark(dossier_id=dossier_id)], ignore_conflicts=True)
    mark = Watermark.objects.select_for_update().get(pk=dossier_id)
    # Read before the claims: whatever is written from here on comes after the watermark and is caught up again.
    mark.index = Head.objects.get(dossier_id=dossier_id).index
    mark.save(update_fields=["index"])
    Summary.objects.filter(dossier_id=dossier_id).delete()
    ids = list(Claim.objects.in_dossier(dossier_id).current().values_list("pk", flat=True))
    summarise(dossier_id=dossier_id, claim_ids=ids)
    return len(ids)
