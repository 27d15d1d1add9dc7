"""The steps of an article's way in: preserve, extract, identify. Each commits its result once, behind its fence."""

from __future__ import annotations

import hashlib
from contextlib import suppress

from django.conf import settings
from django.db import connection
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from apps.articles import addresses, extraction, fetching, rules, sketches, storage
from apps.articles.credits import credit
from apps.articles.models import Article, Capture, Intake, Lineage, Origin, Publication, Rendition, Sketch
from apps.articles.services.adding import exempt_origins
from apps.articles.services.leases import Claimed, finishing
from apps.core.errors import Refusal
from apps.dossiers.models import Dossier
from apps.ledger import services as ledger
from apps.sources.models import Outlet, OutletName

MACHINE = "machine:intake"


class NotPreserved(Refusal):
    """The publisher answered, but with no article. What it sent is kept: ``raw_sha256``."""

    def __init__(self, reason: object, *, code: str, raw_sha256: str = "") -> None:
        super().__init__(reason, code=code)
        self.raw_sha256 = raw_sha256


def preserve(claimed: Claimed) -> None:
    """Fetch the bytes if we have none, keep them, and record the capture of a new or a known article."""
    intake = claimed.intake
    if intake.method == Capture.Method.FETCHED:
        got = fetching.fetch(intake.address, user_agent=settings.FETCH_USER_AGENT, exempt=exempt_origins())
        sha256 = storage.keep(got.body)
        if got.status != 200:
            reason = _("The publisher answered with status %(status)s instead of a page.") % {"status": got.status}
            code = "bad_response" if got.status >= 500 else f"http_{got.status}"
            raise NotPreserved(reason, code=code, raw_sha256=sha256)
        headers = {name.lower(): value for name, value in got.headers}
        facts: dict[str, object] = {
            "size": len(got.body),
            "media_type": headers.get("content-type", "")[:200],
            "final_address": got.final_url,
            "status": got.status,
            "headers": [list(pair) for pair in got.headers],
        }
    else:
        sha256 = intake.raw_sha256
        facts = {"size": intake.raw_size, "media_type": intake.media_type, "file_name": intake.file_name}
    key = addresses.normalise(intake.address) if intake.address else None
    _record_capture(claimed, key=key, sha256=sha256, facts=facts)


def _record_capture(claimed: Claimed, *, key: str | None, sha256: str, facts: dict[str, object]) -> None:
    intake = claimed.intake
    with finishing(claimed, then=Intake.Step.EXTRACT) as row:
        # Locks the dossier's intake, so that one address never becomes two articles.
        Dossier.objects.select_for_update(no_key=True).get(pk=intake.dossier_id)
        at_address = Article.objects.in_dossier(intake.dossier_id).filter(address_key=key)
        article = row.article or (at_address.first() if key else None)
        known = article and Capture.objects.filter(article=article, sha256=sha256).order_by("-id").first()
        row.raw_sha256, row.raw_size = sha256, facts["size"]  # type: ignore[assignment]
        if known:
            row.article, row.capture = article, known
            return
        with ledger.entry(dossier_id=intake.dossier_id, actor=intake.actor, verb="article.preserved") as moment:
            begins = moment.begins()
            if article is None:
                last = Article.objects.in_dossier(intake.dossier_id).aggregate(last=Max("number"))["last"] or 0
                article = Article.objects.create(number=last + 1, address=intake.address, address_key=key, **begins)
                moment.changed("article", article.public_id, "added")
            row.article = article
            row.capture = Capture.objects.create(
                article=article,
                sha256=sha256,
                method=intake.method,
                preserved=timezone.now(),
                actor=intake.actor,
                **facts,
                **begins,
            )
            moment.changed("capture", row.capture.public_id, "added")


def extract(claimed: Claimed) -> None:
    """Draw the text from the capture. What cannot be read says why; the capture stays."""
    intake, capture = claimed.intake, claimed.intake.capture
    assert capture is not None
    assert intake.article_id is not None
    body = storage.read(capture.sha256)
    drawn = _drawn(capture, body, headline=intake.headline)
    known = Rendition.objects.filter(capture=capture, extractor=drawn.extractor, version=drawn.version).first()
    with finishing(claimed, then=Intake.Step.IDENTIFY) as row:
        if not row.outlet_name:
            row.outlet_name = drawn.outlet_name[:120]
        if known is not None:
            row.rendition = known
            return
        published = intake.published or drawn.published
        with ledger.entry(dossier_id=intake.dossier_id, actor=MACHINE, verb="article.rendered") as moment:
            row.rendition = Rendition.objects.create(
                article_id=intake.article_id,
                capture=capture,
                extractor=drawn.extractor,
                version=drawn.version,
                text=drawn.text,
                sha256=hashlib.sha256(drawn.text.encode()).hexdigest(),
                headline=(intake.headline or drawn.headline)[:500],
                byline=drawn.byline[:300],
                credit=(credit(drawn.text) or "")[:120],
                published=published,
                published_precision="day" if intake.published else drawn.published_precision,
                language=drawn.language[:12],
                **moment.begins(),
            )
            moment.changed("rendition", row.rendition.public_id, "added")


def _drawn(capture: Capture, body: bytes, *, headline: str) -> extraction.Extracted:
    if capture.method in (Capture.Method.PASTED, Capture.Method.SENT) and capture.media_type.startswith("text/plain"):
        # A text is kept in UTF-8, lone surrogates and all; bytes that a program sent as one may be in anything.
        with suppress(UnicodeDecodeError):
            return extraction.from_text(body.decode("utf-8", "surrogatepass"), headline=headline)
    return extraction.from_bytes(
        body, media_type=capture.media_type, filename=capture.file_name, url=capture.final_address
    )


_CANDIDATES = """
    SELECT s.rendition_id FROM articles_sketch s
    JOIN articles_rendition r ON r.id = s.rendition_id
    WHERE s.dossier_id = %(dossier)s AND s.hashes && %(hashes)s AND r.article_id <> %(article)s
      AND (SELECT count(*) FROM unnest(s.hashes) h WHERE h = ANY (%(hashes)s)) >= %(shared)s
    ORDER BY s.rendition_id LIMIT 100
"""


def identify(claimed: Claimed) -> None:
    """Name the outlet, look for copies among what the dossier holds, and record where the text comes from."""
    intake, rendition = claimed.intake, claimed.intake.rendition
    assert rendition is not None
    hashes = sketches.sketch(rendition.text)
    with finishing(claimed, then=Intake.Step.PROPOSE):
        # One at a time, or two copies that arrive together would each think itself the first.
        Dossier.objects.select_for_update(no_key=True).get(pk=intake.dossier_id)
        carriers = _carriers(rendition, hashes)
        Sketch.objects.get_or_create(rendition=rendition, defaults={"dossier_id": intake.dossier_id, "hashes": hashes})
        placed = Lineage.objects.current().filter(article_id=rendition.article_id).exists()
        published = Publication.objects.current().filter(article_id=rendition.article_id).exists()
        if placed and published:
            return
        first = rendition.published or rendition.known_from
        found = (
            None
            if placed
            else rules.lineage(
                carriers=carriers,
                credit=rendition.credit,
                byline=rendition.byline,
                outlet=intake.outlet_name,
                first=first,
            )
        )
        with ledger.entry(dossier_id=intake.dossier_id, actor=MACHINE, verb="article.identified") as moment:
            if not published and intake.outlet_name:
                _publish(rendition.article_id, intake.outlet_name, rendition, moment)
            if found is not None:
                _place(rendition.article_id, found, moment)


def _carriers(rendition: Rendition, hashes: list[int]) -> list[rules.Carrier]:
    with connection.cursor() as cursor:
        cursor.execute(
            _CANDIDATES,
            {
                "dossier": rendition.dossier_id,
                "hashes": hashes,
                "article": rendition.article_id,
                "shared": rules.SHARED_SHINGLES,
            },
        )
        ids = [row[0] for row in cursor.fetchall()]
    found: dict[int, rules.Carrier] = {}
    for other in Rendition.objects.filter(pk__in=ids).order_by("pk"):
        if not sketches.is_copy(rendition.text, other.text):
            continue
        lineage = Lineage.objects.current().filter(article_id=other.article_id).first()
        found[other.article_id] = rules.Carrier(
            article_id=other.article_id,
            origin_id=lineage.origin_id if lineage else None,
            share=round(sketches.containment(rendition.text, other.text), 4),
            first=other.published or other.known_from,
        )
    return list(found.values())


def _publish(article_id: int, name: str, rendition: Rendition, moment: ledger.Moment) -> None:
    named = (
        OutletName.objects.in_dossier(moment.dossier_id)
        .current()
        .filter(name__iexact=name)
        .select_related("outlet")
        .first()
    )
    if named is not None:
        outlet = named.outlet
    else:
        outlet = Outlet.objects.create(host="", **moment.begins())
        OutletName.objects.create(outlet=outlet, name=name, **moment.begins())
        moment.changed("outlet", outlet.public_id, "added")
    publication = Publication.objects.create(article_id=article_id, outlet=outlet, **moment.begins())
    moment.changed("publication", publication.public_id, "added")


def _place(article_id: int, found: rules.Lineage, moment: ledger.Moment) -> None:
    if found.origin_id is None:
        origin = Origin.objects.create(label=(found.label or _("unnamed"))[:160], **moment.begins())
        moment.changed("origin", origin.public_id, "added")
        origin_id = origin.pk
        if (
            found.copied_from is not None
            and not Lineage.objects.current().filter(article_id=found.copied_from).exists()
        ):
            # The earlier carrier was of unknown origin until a copy showed that the text travels.
            first = Lineage.objects.create(
                article_id=found.copied_from, origin=origin, grounds=Lineage.Grounds.SAME_TEXT, **moment.begins()
            )
            moment.changed("lineage", first.public_id, "added")
    else:
        origin_id = found.origin_id
    lineage = Lineage.objects.create(
        article_id=article_id,
        origin_id=origin_id,
        grounds=found.grounds,
        copied_from_id=found.copied_from,
        share=min(max(found.share, 0.0), 1.0),
        **moment.begins(),
    )
    moment.changed("lineage", lineage.public_id, "added")
