"""What a card offers to choose from: sources and claims, held or pending, suggested by words or searched for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib.postgres.search import SearchQuery, TrigramSimilarity
from django.db.models import Q

from apps.claims.models import About, Claim, Wording
from apps.core.names import fold
from apps.dossiers.selectors import PartyLabel, party_labels
from apps.review.models import Link, Proposal
from apps.review.reading import ClaimShown, Who, latest_revisions, pending_claim, pending_who, statement_words, who
from apps.sources.models import Alias, Source
from apps.sources.selectors import source_labels
from apps.statements.models import Statement

MOST_OFFERED = 6
MOST_PENDING = 100
MOST_COMPARED = 400
MOST_NAMES = 400
MOST_RETRACTED = 12
_ENDING = 2


# --- Sources ----------------------------------------------------------------------------------------------------------


def find_sources(dossier_id: int, words: str, *, most: int = MOST_OFFERED) -> tuple[Who, ...]:
    """Sources that go by something like these words, held and pending, the closest first. Eight queries at most."""
    folded = fold(words)
    if not folded:
        return ()
    rows = (
        Alias.objects.in_dossier(dossier_id)
        .current()
        .filter(source__known_until__isnull=True)
        .filter(Q(folded__contains=folded) | Q(folded__trigram_word_similar=folded) | Q(folded__trigram_similar=folded))
        .annotate(near=TrigramSimilarity("folded", folded))
        .order_by("-near", "source_id")
        .values_list("source_id", flat=True)[: most * 5]
    )
    held = sources_by_id(dossier_id, list(dict.fromkeys(rows))[:most])
    pending = [one for one in pending_sources(dossier_id) if _alike(folded, fold(one.name))]
    return (*held, *pending[:most])


def _alike(words: str, name: str) -> bool:
    return words in name or name in words or bool({w for w in words.split() if len(w) > 3} & set(name.split()))


def sources_by_id(dossier_id: int, ids: Sequence[int]) -> tuple[Who, ...]:
    """Sources in the order of the ids. Ten queries at most."""
    labels = source_labels(dossier_id, ids)
    further = {label.speaks_for for label in labels.values() if label.speaks_for} - set(labels)
    voices = {**labels, **(source_labels(dossier_id, further) if further else {})}
    return tuple(who(labels[i], voices) for i in ids if i in labels)


def pending_sources(dossier_id: int) -> tuple[Who, ...]:
    """Sources that wait for an editor, so that nobody proposes one twice. Newest first, a hundred at most."""
    rows = (
        Proposal.objects.in_dossier(dossier_id)
        .submitted()
        .filter(kind=Proposal.Kind.SOURCE)
        .order_by("-pk")[:MOST_PENDING]
    )
    revisions = latest_revisions([row.pk for row in rows])
    parties = {label.id: label for label in party_labels(dossier_id)}
    voices = source_labels(dossier_id, {r.principal_id for r in revisions.values() if r.principal_id})
    return tuple(pending_who(revisions[pk], voices, parties) for pk in sorted(revisions, reverse=True))


def source_by_value(dossier_id: int, value: str) -> Who | None:
    """The source that a form names: ``S-`` or ``P-`` and a public id."""
    public_id = _uuid(value)
    if public_id is None:
        return None
    if value.startswith("S-"):
        pk = Source.objects.in_dossier(dossier_id).filter(public_id=public_id).values_list("pk", flat=True).first()
        return next(iter(sources_by_id(dossier_id, [pk])), None) if pk else None
    return next((one for one in pending_sources(dossier_id) if one.value == value), None)


def _uuid(value: str) -> UUID | None:
    try:
        return UUID(value[2:])
    except ValueError:
        return None


def source_names(dossier_id: int) -> tuple[str, ...]:
    """Preferred names to complete what is typed, by name. One query."""
    return tuple(
        Alias.objects.in_dossier(dossier_id)
        .current()
        .filter(preferred=True)
        .order_by("name")
        .values_list("name", flat=True)[:MOST_NAMES]
    )


def called(dossier_id: int, name: str) -> list[Source]:
    """The sources that go by exactly this name, but for case and marks; the ones that prefer it first. One query."""
    rows = (
        Alias.objects.in_dossier(dossier_id)
        .current()
        .filter(folded=fold(name), source__known_until__isnull=True)
        .select_related("source")
        .order_by("-preferred", "pk")
    )
    preferring = [row.source for row in rows if row.preferred]
    return preferring or list({row.source_id: row.source for row in rows}.values())


def alias_called(source: Source, mention: str) -> Alias | None:
    """The name of the source that the text used, if it goes by it. One query."""
    return Alias.objects.current().filter(source=source, folded=fold(mention)).first() if mention else None


# --- Claims -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Offered:
    """A claim to choose, and why it is offered: ``answered`` by the statement as far as the machine can tell, ``here``
    used in this article, ``pending``, or alike in words.
    """

    claim: ClaimShown
    here: bool = False
    answered: bool = False


def offer_claims(dossier_id: int, words: str, *, article_id: int, most: int = MOST_OFFERED) -> tuple[Offered, ...]:
    """Claims whose wording shares words with these, then those that this article's statements are on already."""
    parties = {label.id: label for label in party_labels(dossier_id)}
    used_claims, used_pending = _used_in(article_id)
    pending = _pending(dossier_id, parties)
    alike = _alike_claims(dossier_id, words)
    ranked: list[tuple[float, bool, ClaimShown]] = []
    shown = {c.ref: c for c in claims_by_id(dossier_id, [*alike, *used_claims], parties)}
    numbers = dict(Claim.objects.filter(pk__in=[*alike, *used_claims]).values_list("pk", "number"))
    stems = _stems(words)
    for pk, number in numbers.items():
        claim = shown[f"C-{number:04d}"]
        ranked.append((_shared(stems, claim.text), pk in used_claims, claim))
    for proposal_id, claim in pending.items():
        shared, here = _shared(stems, claim.text), proposal_id in used_pending
        if shared or here:
            ranked.append((shared, here, claim))
    ranked.sort(key=lambda one: (-(one[0] + (0.5 if one[1] else 0)), one[2].value))
    return tuple(Offered(claim=claim, here=here) for _score, here, claim in ranked[:most])


def answered_first(offered: Sequence[Offered], answered: Sequence[ClaimShown]) -> tuple[Offered, ...]:
    """What is offered, after the claims that the statement most likely answers."""
    known = {one.claim.value: one.claim for one in offered}
    first = {claim.value: Offered(known.get(claim.value, claim), answered=True) for claim in answered}
    return (*first.values(), *(one for one in offered if one.claim.value not in first))[:MOST_OFFERED]


def find_claims(dossier_id: int, words: str, *, most: int = MOST_OFFERED * 2) -> tuple[ClaimShown, ...]:
    """Claims by reference (C-0007) or by words of their wording, held and pending. Six queries at most."""
    parties = {label.id: label for label in party_labels(dossier_id)}
    by_ref = claim_called(dossier_id, words)
    if by_ref is not None:
        return claims_by_id(dossier_id, [by_ref.pk], parties)
    stems = _stems(words, shortest=2)
    if not stems:
        return ()
    rows = (
        Wording.objects.in_dossier(dossier_id)
        .current()
        .filter(words=SearchQuery(" & ".join(f"{stem}:*" for stem in stems), search_type="raw", config="simple"))
        .order_by("-pk")
        .values_list("claim_id", flat=True)[:most]
    )
    held = claims_by_id(dossier_id, list(rows), parties)
    pending = [
        claim
        for claim in _pending(dossier_id, parties).values()
        if all(any(word.startswith(stem) for word in _words(claim.text)) for stem in stems)
    ]
    return (*pending, *held)[:most]


def claim_by_value(dossier_id: int, value: str) -> ClaimShown | None:
    """The claim that a form names: C-0007, or ``P-`` and a public id."""
    parties = {label.id: label for label in party_labels(dossier_id)}
    if value.startswith("P-"):
        return next((one for one in _pending(dossier_id, parties).values() if one.value == value), None)
    held = claim_called(dossier_id, value)
    return next(iter(claims_by_id(dossier_id, [held.pk], parties)), None) if held else None


def claim_called(dossier_id: int, ref: str) -> Claim | None:
    """The claim with this reference, such as C-0007. One query."""
    match = re.fullmatch(r"\s*[Cc]-?0*(\d{1,9})\s*", ref)
    if match is None:
        return None
    return Claim.objects.in_dossier(dossier_id).current().filter(number=int(match[1])).first()


def claims_by_id(dossier_id: int, ids: Sequence[int], parties: dict[int, PartyLabel]) -> tuple[ClaimShown, ...]:
    """Claims with their wording and whom they are about, in the order of the ids. Three queries."""
    claims = {c.pk: c for c in Claim.objects.in_dossier(dossier_id).current().filter(pk__in=ids)}
    texts = dict(Wording.objects.current().filter(claim__in=claims).values_list("claim_id", "text"))
    about: dict[int, list[PartyLabel]] = {}
    for claim_id, party_id in About.objects.current().filter(claim__in=claims).values_list("claim_id", "party_id"):
        about.setdefault(claim_id, []).append(parties[party_id])
    return tuple(
        ClaimShown(value=claims[i].ref, text=texts.get(i, ""), ref=claims[i].ref, about=tuple(about.get(i, [])))
        for i in dict.fromkeys(ids)
        if i in claims
    )


def _pending(dossier_id: int, parties: dict[int, PartyLabel]) -> dict[int, ClaimShown]:
    rows = (
        Proposal.objects.in_dossier(dossier_id)
        .submitted()
        .filter(kind=Proposal.Kind.CLAIM)
        .order_by("-pk")[:MOST_PENDING]
    )
    revisions = latest_revisions([row.pk for row in rows])
    return {pk: pending_claim(revisions[pk], parties) for pk in sorted(revisions, reverse=True)}


def _used_in(article_id: int) -> tuple[set[int], set[int]]:
    """Claims and pending claims that statements of the article are on, by id."""
    latest = latest_revisions(
        Proposal.objects.attributions()
        .filter(article=article_id, state__in=[Proposal.State.SUBMITTED, Proposal.State.APPROVED])
        .values_list("pk", flat=True)
    )
    links = Link.objects.filter(revision__in=[r.pk for r in latest.values()]).values_list(
        "claim_id", "claim_proposal_id"
    )
    rows = list(links)
    return {c for c, _p in rows if c}, {p for _c, p in rows if p}


def _alike_claims(dossier_id: int, words: str) -> list[int]:
    """Claims that share a word with these, the newest few hundred compared, the most shared weight first. One query."""
    stems = _stems(words)[:12]
    if not stems:
        return []
    rows = (
        Wording.objects.in_dossier(dossier_id)
        .current()
        .filter(words=SearchQuery(" | ".join(f"{stem}:*" for stem in stems), search_type="raw", config="simple"))
        .order_by("-pk")
        .values_list("claim_id", "text")[:MOST_COMPARED]
    )
    found = list(rows)
    # A word that many wordings have says little: each counts for one over the wordings that have it.
    spread = Counter(stem for _claim, text in found for stem in _hits(stems, text))
    score = {claim: sum(1 / spread[stem] for stem in _hits(stems, text)) for claim, text in found}
    return sorted(score, key=lambda claim: (-score[claim], claim))[:MOST_OFFERED]


def _words(text: str) -> list[str]:
    return [word.casefold() for word in re.findall(r"\w+", text)]


def _stems(text: str, *, shortest: int = 4) -> list[str]:
    """Words without their last letters, so that an inflected word meets its kin; the longest first."""
    words = (w.casefold() for w in re.findall(r"\w+", text) if len(w) >= shortest)
    stems = dict.fromkeys(w[:-_ENDING] if len(w) > 6 else w for w in words)
    return sorted(stems, key=len, reverse=True)


def _hits(stems: Iterable[str], text: str) -> list[str]:
    words = _words(text)
    return [stem for stem in stems if any(word.startswith(stem) for word in words)]


def _shared(stems: Collection[str], text: str) -> float:
    """How much of a wording is found among the stems: 0 to 1."""
    own = _stems(text)
    return len(_hits(stems, text)) / len(own) if own else 0.0


# --- Statements -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """An earlier statement that may be taken back. ``value`` is how a form names it: ``S-`` and the public id."""

    value: str
    words: str


def said_by(dossier_id: int, source: Source) -> tuple[Said, ...]:
    """What a source, or somebody on its behalf, is held to have said, latest first. Two queries."""
    rows = list(
        Statement.objects.in_dossier(dossier_id)
        .current()
        .filter(Q(principal=source) | Q(source=source))
        .order_by("-said_until", "-pk")
        .values_list("pk", flat=True)[:MOST_RETRACTED]
    )
    words = statement_words(rows)
    return tuple(Said(value=f"S-{words[pk][0]}", words=words[pk][1]) for pk in rows if pk in words)
