"""Entries of the ledger with the people and things in them named, for a page of them at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.selectors import Named, named
from apps.articles.models import Article, Lineage, Origin, Parting, Publication, Removal, Rendition
from apps.claims.models import Claim, Wording
from apps.dossiers.models import Dossier, PartyName, Role
from apps.ledger.models import Entry
from apps.sources.models import Alias, OutletName
from apps.statements.models import Attribution, Gone
from apps.web.history.words import NOUNS, VERBS

NAMED_OF_EACH = 6
OF_ARTICLES: Mapping[str, type[Attribution | Gone | Lineage | Parting | Publication | Removal | Rendition]] = {
    "attribution": Attribution,
    "gone": Gone,
    "lineage": Lineage,
    "parting": Parting,
    "publication": Publication,
    "removal": Removal,
    "rendition": Rendition,
}


@dataclass(frozen=True)
class Thing:
    """Something an entry is about, with its page if it has one."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class Changed:
    """So many facts of one kind that began or ended, and the first of them by name."""

    noun: str
    added: bool
    count: int
    things: tuple[Thing, ...]


@dataclass(frozen=True)
class Told:
    """An entry in words."""

    index: int
    at: datetime
    who: Named
    verb: str
    detail: str
    changed: tuple[Changed, ...]
    digest: str


def told(dossier: Dossier, entries: Sequence[Entry]) -> tuple[Told, ...]:
    """Entries in words. Seventeen queries, however many entries."""
    who = named(entry.actor for entry in entries)
    things = _things(dossier, [fact for entry in entries for fact in _facts(entry)])
    members = dict(User.objects.filter(pk__in=_members(entries)).values_list("pk", "name"))
    return tuple(
        Told(
            index=entry.index,
            at=entry.at,
            who=who[entry.actor],
            verb=str(VERBS.get(entry.verb, entry.verb)),
            detail=_detail(entry, members),
            changed=_changed(_facts(entry), things),
            digest=bytes(entry.digest).hex(),
        )
        for entry in entries
    )


def _facts(entry: Entry) -> list[Mapping[str, str]]:
    facts: list[Mapping[str, str]] = entry.payload.get("facts", [])
    return facts


def _members(entries: Iterable[Entry]) -> set[int]:
    return {entry.payload["user"] for entry in entries if isinstance(entry.payload.get("user"), int)}


def _detail(entry: Entry, members: Mapping[int, str]) -> str:
    payload = entry.payload
    match entry.verb:
        case "member.role_given":
            return f"{members.get(payload['user'], '')}: {Role(payload['role']).label}"
        case "member.ended":
            return members.get(payload["user"], "")
        case "dossier.opened":
            return f"{payload['title']}, {payload['time_zone']}"
        case "dossier.renamed":
            before, after = payload["before"], payload["after"]
            return " → ".join(f"{side['title']}, {side['time_zone']}" for side in (before, after))
        case "feed.found" | "feed.moved":
            return f"{payload.get('before', '')} → {payload.get('address', '')}"
        case verb if verb.startswith("feed."):
            return str(payload.get("address", ""))
        case _:
            return str(payload.get("note", ""))


def _changed(facts: Iterable[Mapping[str, str]], things: Mapping[tuple[str, str], Thing]) -> tuple[Changed, ...]:
    groups: dict[tuple[str, str], list[str]] = {}
    for fact in facts:
        groups.setdefault((fact["noun"], fact["op"]), []).append(fact["id"])
    renamed = {noun for noun, count in Counter(noun for noun, _op in groups).items() if count > 1}
    return tuple(
        Changed(
            noun=str(NOUNS.get(noun, noun)),
            added=op == "added",
            count=len(ids),
            things=tuple(things[noun, i] for i in ids[:NAMED_OF_EACH] if (noun, i) in things),
        )
        for (noun, op), ids in groups.items()
        if not (noun in renamed and op == "withdrawn" and set(ids) == set(groups.get((noun, "added"), ())))
    )


def _things(dossier: Dossier, facts: Iterable[Mapping[str, str]]) -> dict[tuple[str, str], Thing]:
    """What has a name of its own. A name is that of today, or the last one it had."""
    ids: dict[str, set[str]] = {}
    for fact in facts:
        ids.setdefault(fact["noun"], set()).add(fact["id"])
    found = {**_evidence(dossier, ids), **_identities(dossier, ids)}
    for party in (
        PartyName.objects.filter(dossier=dossier, party__public_id__in=ids.get("party", ()))
        .select_related("party")
        .order_by("pk")
    ):
        found["party", str(party.party.public_id)] = Thing(party.name)
    for outlet in (
        OutletName.objects.filter(dossier=dossier, outlet__public_id__in=ids.get("outlet", ()))
        .select_related("outlet")
        .order_by("pk")
    ):
        found["outlet", str(outlet.outlet.public_id)] = Thing(outlet.name)
    return found


Wanted = Mapping[str, set[str]]


def _evidence(dossier: Dossier, ids: Wanted) -> dict[tuple[str, str], Thing]:
    """Articles, and what belongs to one: it is named by its article."""
    slug, found = dossier.slug, {}
    for article in Article.objects.filter(dossier=dossier, public_id__in=ids.get("article", ())):
        found["article", str(article.public_id)] = Thing(article.ref, reverse("article", args=[slug, article.ref]))
    for noun, model in OF_ARTICLES.items():
        rows = model.objects.filter(dossier=dossier, public_id__in=ids.get(noun, ()))
        for row in rows.select_related("article").only("public_id", "article__number"):
            found[noun, str(row.public_id)] = Thing(row.article.ref, reverse("article", args=[slug, row.article.ref]))
    for origin in Origin.objects.filter(dossier=dossier, public_id__in=ids.get("origin", ())):
        found["origin", str(origin.public_id)] = Thing(origin.label, reverse("origin", args=[slug, origin.public_id]))
    return found


def _identities(dossier: Dossier, ids: Wanted) -> dict[tuple[str, str], Thing]:
    """Claims, sources and their names."""
    slug, found = dossier.slug, {}
    wordings = dict(
        Wording.objects.filter(claim__public_id__in=ids.get("claim", ()), dossier=dossier)
        .order_by("pk")
        .values_list("claim_id", "text")
    )
    for claim in Claim.objects.filter(dossier=dossier, public_id__in=ids.get("claim", ())):
        url = reverse("claim", args=[slug, claim.ref])
        found["claim", str(claim.public_id)] = Thing(f"{claim.ref} {wordings.get(claim.pk, '')}", url)
    by_source = Alias.objects.filter(dossier=dossier, preferred=True, source__public_id__in=ids.get("source", ()))
    for alias in by_source.select_related("source").order_by("pk"):
        public_id = str(alias.source.public_id)
        found["source", public_id] = Thing(alias.name, reverse("source", args=[slug, public_id]))
    by_id = Alias.objects.filter(dossier=dossier, public_id__in=ids.get("alias", ()))
    for alias in by_id.select_related("source"):
        url = reverse("source-alias", args=[slug, str(alias.source.public_id), str(alias.public_id)])
        found["alias", str(alias.public_id)] = Thing(alias.name, url)
    return found
