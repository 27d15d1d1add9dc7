"""The first step of an article's way in: the bytes, kept as they came, and the capture of a new or a known article.

What is slow (asking the host, the storage, reading what a page calls itself) comes before the transaction, in which
only rows are written; a worker that is killed before leaves bytes that no row names, and the step is done again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from apps.articles import addresses, naming, records, sandbox, storage
from apps.articles.exchanges import Exchange
from apps.articles.fetching import Fetched, RefusedMidway
from apps.articles.models import Article, Capture, Intake, OtherAddress, Watch
from apps.articles.services import hosts, leases, revisiting
from apps.articles.services.leases import Claimed, finishing
from apps.core.errors import Refusal
from apps.dossiers.models import Dossier
from apps.ledger import services as ledger

# Errors of the host's that may pass, however often they are met.
_TRY_AGAIN = frozenset({408, 425, 429})
_GONE = frozenset({404, 410})


class NotPreserved(Refusal):
    """The publisher answered, but with no article. What it sent is kept: ``raw_sha256``."""

    def __init__(self, reason: object, *, code: str, raw_sha256: str = "") -> None:
        super().__init__(reason, code=code)
        self.raw_sha256 = raw_sha256


@dataclass(frozen=True)
class Kept:
    """Bytes in the storage, their records, and how they came, as ``Intake.came`` holds it.

    ``others`` are further addresses that name the article, with how that is known.
    """

    sha256: str
    size: int
    record_sha256: str
    media_type: str = ""
    came: dict[str, Any] = field(default_factory=dict)
    others: Mapping[str, str] = field(default_factory=dict)


def preserve(claimed: Claimed) -> None:
    """Fetch the bytes if we have none, keep them, and record the capture of a new or a known article.

    A host that is asked by somebody else at the moment is asked later: that counts as no attempt. A visit (an intake
    that looks for changes) makes no capture yet: only the extraction tells whether the text has changed.

    Raises ``NotPreserved``, ``guard.Refused``, ``storage.Full``, ``storage.Away``, ``storage.Damaged``.
    """
    intake = claimed.intake
    if intake.method != Capture.Method.FETCHED:
        _capture(claimed, _given(intake))
        return
    try:
        etag, modified = _known_of(intake)
        got = hosts.fetch(intake.address, etag=etag, modified=modified)
    except hosts.Busy as busy:
        waited = (_now() - intake.added).total_seconds()
        leases.defer(claimed, seconds=busy.spread(waited=waited))
        return
    except RefusedMidway as refused:
        raw_sha256 = _keep_refused(claimed, refused.exchanges, refused.received)
        raise NotPreserved(refused.reason, code=refused.code, raw_sha256=raw_sha256) from refused
    if intake.purpose == Intake.Purpose.REVISIT:
        _visited(claimed, got)
    else:
        _check_is_page(claimed, got)
        _capture(claimed, _fetched(got, named=True))


def record_capture(
    row: Intake,
    moment: ledger.Moment,
    *,
    article: Article,
    sha256: str,
    record_sha256: str,
    facts: Mapping[str, object],
) -> Capture:
    """The capture of bytes that are in the storage, within the caller's transaction and entry of the ledger.

    ``facts`` are columns of the capture (``size`` and what else is known); the rest is how the bytes came, by the row.
    """
    told = {
        "media_type": row.media_type,
        "file_name": row.file_name,
        "preserved": _preserved(row),
        **_columns(row.came),
        **facts,
    }
    capture: Capture = Capture.objects.create(
        article=article,
        sha256=sha256,
        record_sha256=record_sha256,
        method=row.method,
        actor=row.actor,
        **told,
        **moment.begins(),
    )
    moment.changed("capture", capture.public_id, "added")
    return capture


def article_for(*, dossier_id: int, key: str | None, others: Sequence[str] = ()) -> Article | None:
    """The article that is known under an address, that it was asked for by or, failing that, the first of ``others``.

    Two queries. The caller holds the dossier's row, or may be told that there is none while another is adding it.
    """
    keys = [*([key] if key else []), *others]
    if not keys:
        return None
    known = {
        found.key: found.article
        for found in OtherAddress.objects.in_dossier(dossier_id).filter(key__in=keys).select_related("article")
    }
    for article in Article.objects.in_dossier(dossier_id).filter(address_key__in=keys):
        known[str(article.address_key)] = article
    return next((known[one] for one in keys if one in known), None)


def _known_of(intake: Intake) -> tuple[str | None, str | None]:
    """What a visit tells the host that we hold: the ETag and Last-Modified of the newest capture."""
    if intake.purpose != Intake.Purpose.REVISIT:
        return None, None
    watched = Watch.objects.filter(article=intake.article_id).first()
    return (watched.etag or None, watched.modified or None) if watched else (None, None)


def _visited(claimed: Claimed, got: Fetched) -> None:
    intake = claimed.intake
    if got.not_modified:
        revisiting.unchanged(claimed, status=got.status, headers=got.headers)
        return
    if got.status in _GONE:
        revisiting.gone(claimed, status=got.status)
        return
    _check_is_page(claimed, got)
    kept = _fetched(got, named=False)
    newest = Capture.objects.filter(article=intake.article_id).order_by("-id").first()
    if newest is not None and newest.sha256 == kept.sha256:
        revisiting.unchanged(claimed, status=got.status, headers=got.headers)
        return
    with finishing(claimed, then=Intake.Step.EXTRACT) as row:
        _note(row, kept)


def _check_is_page(claimed: Claimed, got: Fetched) -> None:
    """Raises ``NotPreserved`` for any answer but a page, and keeps what there was."""
    if got.status == 200:
        return
    reason = _("The publisher answered with status %(status)s instead of a page.") % {"status": got.status}
    code = "bad_response" if got.status >= 500 or got.status in _TRY_AGAIN else f"http_{got.status}"
    raise NotPreserved(reason, code=code, raw_sha256=_keep_refused(claimed, got.exchanges, got.body))


def _fetched(got: Fetched, *, named: bool) -> Kept:
    """Keep what was fetched. With ``named``, also read what the page calls itself."""
    came = _came(got.exchanges, status=got.status, headers=got.headers)
    others: Mapping[str, str] = {}
    if named:
        statuses = [exchange.status for exchange in got.exchanges[:-1]]
        others = naming.others(
            got.url,
            final=got.final_url,
            redirects=statuses,
            canonical=_canonical(got.body, media_type=got.header("content-type"), url=got.final_url),
        )
    return Kept(
        sha256=storage.keep(got.body),
        size=len(got.body),
        record_sha256=storage.keep(records.of_fetch(got.exchanges, user_agent=settings.FETCH_USER_AGENT)),
        media_type=got.header("content-type")[:200],
        came=came,
        others=others,
    )


def _given(intake: Intake) -> Kept:
    """What somebody gave, or an archive held, and was kept when it was added. Raises ``storage.Damaged``."""
    body = storage.read(intake.raw_sha256)
    record_sha256 = intake.record_sha256
    if not record_sha256:
        about = {"method": intake.method, "filename": intake.file_name, "received": intake.added.isoformat()}
        record = records.of_resource(
            body,
            address=intake.address or f"urn:uuid:{intake.public_id}",
            media_type=intake.media_type,
            at=intake.added,
            about=about,
        )
        record_sha256 = storage.keep(record)
    others: Mapping[str, str] = {}
    with suppress(addresses.BadAddress):
        if intake.address:
            found = str(intake.came.get("final_address") or intake.address)
            statuses = [int(hop.get("status") or 0) for hop in intake.came.get("redirects", ())]
            canonical = _canonical(body, media_type=intake.media_type, url=found)
            others = naming.others(intake.address, final=found, redirects=statuses, canonical=canonical)
    return Kept(
        sha256=intake.raw_sha256,
        size=len(body),
        record_sha256=record_sha256,
        media_type=intake.media_type,
        came=intake.came,
        others=others,
    )


def _canonical(body: bytes, *, media_type: str, url: str) -> str:
    """What a page calls itself; nothing where it cannot be read, which the next step will tell."""
    try:
        return sandbox.peek(body, content_type=media_type, url=url).canonical
    except sandbox.ParserLost:
        raise
    except Refusal:
        return ""


def _capture(claimed: Claimed, kept: Kept) -> None:
    intake = claimed.intake
    key = _key(intake)
    with finishing(claimed, then=Intake.Step.EXTRACT) as row:
        # Locks the dossier's intake, so that one address never becomes two articles.
        Dossier.objects.select_for_update(no_key=True).values_list("pk").get(pk=intake.dossier_id)
        _note(row, kept)
        others = list(kept.others)
        article = row.article or article_for(dossier_id=intake.dossier_id, key=key, others=others)
        article = article or _same_bytes(row, key, kept)
        named = _new_names(article, intake.dossier_id, kept.others)
        known = article and Capture.objects.filter(article=article, sha256=kept.sha256).order_by("-id").first()
        if known and not named:
            row.article, row.capture = article, known
        else:
            with ledger.entry(dossier_id=intake.dossier_id, actor=intake.actor, verb="article.preserved") as moment:
                row.article = article or _new_article(row, moment, key=key)
                row.capture = known or record_capture(
                    row,
                    moment,
                    article=row.article,
                    sha256=kept.sha256,
                    record_sha256=kept.record_sha256,
                    facts={"size": kept.size, "media_type": kept.media_type[:200]},
                )
                for other, kind in named.items():
                    OtherAddress.objects.create(article=row.article, key=other, kind=kind, **moment.begins())
        if intake.method == Capture.Method.FETCHED:
            assert row.article is not None
            revisiting.watch(row.article, headers=row.came.get("headers", ()))


def _same_bytes(row: Intake, key: str | None, kept: Kept) -> Article | None:
    """The article that holds these very bytes and has no address: a file comes twice, by itself or within another, and
    nobody says that these are two publications."""
    if key is not None or (row.parent_id is None and (row.outlet_name or row.headline or row.published)):
        return None
    # What it is said to be decides how it is read, so that has to be the same, too.
    alike = {"sha256": kept.sha256, "media_type": kept.media_type[:200], "article__address_key": None}
    held = Capture.objects.in_dossier(row.dossier_id).filter(**alike)
    first = held.order_by("pk").values_list("article_id", flat=True).first()
    return None if first is None else Article.objects.get(pk=first)


def _key(intake: Intake) -> str | None:
    """The address by which the article is known; none where an archive gives one that cannot be read."""
    with suppress(addresses.BadAddress):
        return addresses.normalise(intake.address) if intake.address else None
    return None


def _new_article(row: Intake, moment: ledger.Moment, *, key: str | None) -> Article:
    last = Article.objects.in_dossier(row.dossier_id).aggregate(last=Max("number"))["last"] or 0
    article: Article = Article.objects.create(number=last + 1, address=row.address, address_key=key, **moment.begins())
    moment.changed("article", article.public_id, "added")
    return article


def _new_names(article: Article | None, dossier_id: int, others: Mapping[str, str]) -> dict[str, str]:
    """Those of ``others`` under which no article is known, this one or another."""
    if not others:
        return {}
    of_articles = Article.objects.in_dossier(dossier_id).filter(address_key__in=others)
    known: set[str | None] = set(of_articles.values_list("address_key", flat=True))
    known |= set(OtherAddress.objects.in_dossier(dossier_id).filter(key__in=others).values_list("key", flat=True))
    own = article.address_key if article else ""
    return {key: kind for key, kind in others.items() if key not in known and key != own}


def _note(row: Intake, kept: Kept) -> None:
    """On the row, what was kept and how it came."""
    row.raw_sha256, row.raw_size, row.record_sha256 = kept.sha256, kept.size, kept.record_sha256
    row.media_type, row.came = kept.media_type[:200], {**row.came, **kept.came}


def _keep_refused(claimed: Claimed, exchanges: Sequence[Exchange], received: bytes) -> str:
    """Keep what came of something that is no article, and name it on the row if that is still ours; the bytes' hash."""
    if not exchanges:
        return ""
    sha256 = storage.keep(received) if received else ""
    record_sha256 = storage.keep(records.of_fetch(exchanges, user_agent=settings.FETCH_USER_AGENT))
    ours = Intake.objects.filter(pk=claimed.intake.pk, token=claimed.token, state=Intake.State.RUNNING)
    came = _came(exchanges, status=exchanges[-1].status, headers=())
    ours.update(
        raw_sha256=sha256,
        raw_size=len(received),
        record_sha256=record_sha256,
        came={**claimed.intake.came, **came},
    )
    return sha256


def _came(exchanges: Sequence[Exchange], *, status: int, headers: Sequence[tuple[str, str]]) -> dict[str, Any]:
    last = exchanges[-1]
    came: dict[str, Any] = {
        "final_address": last.url,
        "status": status,
        "headers": [list(pair) for pair in headers],
        "redirects": [
            {"address": hop.url, "status": hop.status, "location": hop.location.replace("\x00", "")[:2000]}
            for hop in exchanges[:-1]
        ],
        "ip_address": last.address,
        "preserved": last.ended.isoformat(),
    }
    if last.tls is not None:
        came["tls"] = {
            "version": last.tls.version,
            "cipher": last.tls.cipher,
            "certificate_sha256": next(iter(last.tls.digests), ""),
        }
    return came


def _columns(came: Mapping[str, Any]) -> dict[str, Any]:
    """What of how bytes came are columns of a capture."""
    columns = ("final_address", "status", "headers", "redirects", "ip_address", "tls")
    return {name: came[name] for name in columns if came.get(name)}


def _preserved(row: Intake) -> datetime:
    """When the bytes came: as an archive says of its own, unless that is no time or yet to come."""
    said = str(row.came.get("preserved", ""))
    with suppress(ValueError):
        at = parse_datetime(said)
        if at is not None and at.tzinfo is not None and at <= _now():
            return at
    return row.added


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now
