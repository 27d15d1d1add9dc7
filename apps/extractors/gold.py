"""What a model may be fitted to: articles that people have decided on throughout, and corpora an operator names."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Count, Q

from apps.articles.models import Lineage, Rendition
from apps.attribution.records import read_records
from apps.dossiers.models import Dossier
from apps.review import rules as review
from apps.review.models import MachineReading, Proposal
from apps.statements.models import Attribution, Span

Record = Mapping[str, Any]
LANGUAGE = "en"
DECIDED = (Proposal.State.APPROVED, Proposal.State.REJECTED)
OWN_HELD_OUT = 5
"""Of so many articles of one's own one is held out, where corpora bring texts to measure on."""
AT_ONCE = 200


@dataclass
class Gold:
    """Records to fit to, and to measure on if any are held out (else the fitting cross-validates); and where from.

    A record has ``doc_id``, ``text`` and ``attributions``, each with ``source``, ``cue`` and ``content`` as lists of
    [start, end] in code points. ``made_from`` counts, and holds no text.
    """

    records: list[Record] = field(default_factory=list)
    held_out: list[Record] | None = None
    made_from: dict[str, Any] = field(default_factory=dict)


def gather(dossiers: Sequence[Dossier], corpora: Sequence[Path], *, seed: int) -> Gold:
    """Everything that these give. Raises ``OSError`` and :class:`~apps.attribution.records.BadRecord` for a corpus."""
    own, told = _own(dossiers)
    gold = Gold(made_from={"dossiers": told, "corpora": {}, "seed": seed})
    for folder in corpora:
        parts = {part: list(_read(folder / f"{part}.jsonl")) for part in ("train", "dev")}
        if not any(parts.values()):
            raise FileNotFoundError(f"{folder} holds neither train.jsonl nor dev.jsonl with a record in it.")
        gold.records += parts["train"]
        if parts["dev"]:
            gold.held_out = [*(gold.held_out or []), *parts["dev"]]
        gold.made_from["corpora"][folder.resolve().name] = {part: len(rows) for part, rows in parts.items()}
    if gold.held_out is None:
        gold.records += own
        return gold
    aside = set(random.Random(seed).sample(range(len(own)), len(own) // OWN_HELD_OUT))  # noqa: S311 (no secret)
    gold.records += [record for n, record in enumerate(own) if n not in aside]
    gold.held_out += [record for n, record in enumerate(own) if n in aside]
    return gold


def _read(path: Path) -> Iterator[Record]:
    return iter(()) if not path.exists() else read_records(path)


def _own(dossiers: Iterable[Dossier]) -> tuple[list[Record], dict[str, Any]]:
    """The finished articles of these dossiers, each text once, and how many were left aside for which reason."""
    records: list[Record] = []
    told: dict[str, Any] = {}
    seen: set[object] = set()
    for dossier in dossiers:
        counts = dict.fromkeys(("articles", "statements", "undecided", "copies", "cut_short", "other_language"), 0)
        counts["undecided"] = _undecided(dossier)
        for rendition, found in _finished(dossier):
            keys = _keys(rendition)
            why = "copies" if keys & seen else _left_aside(rendition)
            if why:
                counts[why] += 1
                continue
            seen |= keys
            counts["articles"] += 1
            counts["statements"] += len(found)
            doc_id = f"{dossier.slug}/{rendition.article.ref}"
            records.append({"doc_id": doc_id, "text": rendition.text, "attributions": found})
        told[dossier.slug] = counts
    return records, told


def _finished(dossier: Dossier) -> Iterator[tuple[Rendition, list[dict[str, Any]]]]:
    """Texts of which everything is decided, the newest first, with what was approved in each."""
    ids = [row["rendition"] for row in _renditions(dossier) if row["decided"] == row["all"]]
    for first in range(0, len(ids), AT_ONCE):
        batch = ids[first : first + AT_ONCE]
        spans = _approved_spans(batch)
        for row in Rendition.objects.filter(pk__in=batch).select_related("article").defer("words").order_by("-pk"):
            yield row, spans.get(row.pk, [])


def _renditions(dossier: Dossier) -> Iterable[Mapping[str, Any]]:
    """Texts in which something was proposed or marked, with how much of it there is and how much is decided."""
    rows = Proposal.objects.in_dossier(dossier.pk).attributions().live().values("rendition").order_by("-rendition")
    return rows.annotate(all=Count("pk"), decided=Count("pk", filter=Q(state__in=DECIDED)))


def _undecided(dossier: Dossier) -> int:
    return sum(row["decided"] < row["all"] for row in _renditions(dossier))


def _keys(rendition: Rendition) -> set[object]:
    """What two texts share of which one would give the other away, if it were fitted to and the other held out."""
    lineage = Lineage.objects.current().filter(article=rendition.article_id).first()
    keys: set[object] = {rendition.sha256, rendition.article_id}
    return keys if lineage is None else keys | {("origin", lineage.origin_id)}


def _left_aside(rendition: Rendition) -> str:
    """Why a finished text is not used, if it is not whole or we do not know its language."""
    last = MachineReading.objects.filter(rendition=rendition).order_by("-pk").first()
    if last is not None and last.left_out:
        return "cut_short"
    if review.language_of(rendition.language, rendition.text) != LANGUAGE:
        return "other_language"
    return ""


def _approved_spans(rendition_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The approved attributions of each text, in the order of their first words. Two queries."""
    spans: dict[int, dict[str, list[list[int]]]] = {}
    rows = Span.objects.filter(attribution__rendition__in=rendition_ids, attribution__known_until__isnull=True)
    for attribution, role, begins, ends in rows.order_by("begins", "pk").values_list(
        "attribution_id", "role", "begins", "ends"
    ):
        spans.setdefault(attribution, {"source": [], "cue": [], "content": []})[role].append([begins, ends])
    found: dict[int, list[dict[str, Any]]] = {}
    held = Attribution.objects.filter(pk__in=spans).select_related("statement")
    where = {row.pk: row for row in held}
    for pk, roles in spans.items():
        row = where[pk]
        found.setdefault(row.rendition_id, []).append({**roles, "kind": row.statement.kind, "quotation": row.quotation})
    return found
