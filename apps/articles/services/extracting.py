"""The second step of an article's way in: the text, drawn from its capture in a process of its own."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import IntegrityError

from apps.articles import sandbox, storage
from apps.articles.credits import credit
from apps.articles.extraction import Extracted
from apps.articles.models import Capture, Intake, Rendition
from apps.articles.services import preserving, revisiting
from apps.articles.services.leases import Claimed, finishing
from apps.ledger import services as ledger

MACHINE = "machine:intake"


def extract(claimed: Claimed) -> None:
    """Draw the text from the capture. What cannot be read says why; the capture stays.

    A visit has no capture yet: it gets one, with its rendition, if the text is not what it was.
    """
    intake = claimed.intake
    if intake.capture is None:
        _look(claimed)
        return
    drawn = _drawn(intake.capture, storage.read(intake.capture.sha256), headline=intake.headline)
    try:
        _finish(claimed, intake.capture, drawn)
    except IntegrityError:  # the same bytes came twice, and somebody else has drawn their text meanwhile
        _finish(claimed, intake.capture, drawn)


def _finish(claimed: Claimed, capture: Capture, drawn: Extracted) -> None:
    known = capture.renditions.filter(extractor=drawn.extractor, version=drawn.version).only("pk").first()
    with finishing(claimed, then=Intake.Step.IDENTIFY) as row:
        _take_over(row, drawn)
        if known is not None:
            row.rendition = known
            return
        with ledger.entry(dossier_id=row.dossier_id, actor=MACHINE, verb="article.rendered") as moment:
            row.rendition = _rendition(row, capture, drawn, moment)


def _look(claimed: Claimed) -> None:
    """Compare what a visit brought with the newest text; only another one is evidence of anything."""
    intake = claimed.intake
    assert intake.article is not None
    body = storage.read(intake.raw_sha256)
    came = Capture(media_type=_media_type(intake), final_address=intake.came.get("final_address", intake.address))
    drawn = _drawn(came, body, headline="")
    newest = Rendition.objects.filter(article=intake.article_id).select_related("capture").order_by("-id").first()
    revisiting.check_is_it(intake, text=drawn.text, newest=newest)
    if newest is not None and _says_the_same(newest, drawn):
        revisiting.unchanged(claimed, status=intake.came.get("status"))
        return
    with (
        finishing(claimed, then=Intake.Step.IDENTIFY) as row,
        ledger.entry(dossier_id=intake.dossier_id, actor=MACHINE, verb="article.changed") as moment,
    ):
        row.capture = preserving.record_capture(
            row,
            moment,
            article=intake.article,
            sha256=intake.raw_sha256,
            record_sha256=intake.record_sha256,
            facts={"size": len(body), "media_type": came.media_type[:200]},
        )
        row.rendition = _rendition(row, row.capture, drawn, moment)
        revisiting.note_changed(row, moment)


def _says_the_same(newest: Rendition, drawn: Extracted) -> bool:
    """Whether the publisher's words are those that we hold; drawn alike, for another version draws other ones."""
    if (newest.text, newest.headline) == (drawn.text, drawn.headline[:500]):
        return True
    if (newest.extractor, newest.version) == (drawn.extractor, drawn.version):
        return False
    again = _drawn(newest.capture, storage.read(newest.capture.sha256), headline="")
    return (again.text, again.headline) == (drawn.text, drawn.headline)


def _media_type(intake: Intake) -> str:
    told = (value for name, value in intake.came.get("headers", ()) if name.lower() == "content-type")
    return intake.media_type or next(told, "")


def _take_over(row: Intake, drawn: Extracted) -> None:
    """What the article says of itself, where nobody has said it."""
    if not row.outlet_name:
        row.outlet_name = drawn.outlet_name[:120]
    if drawn.usage_terms:
        row.came = {**row.came, "usage_terms": drawn.usage_terms}


def _rendition(row: Intake, capture: Capture, drawn: Extracted, moment: ledger.Moment) -> Rendition:
    published, precision = _published(row, drawn)
    rendition = Rendition.objects.create(
        article_id=capture.article_id,
        capture=capture,
        extractor=drawn.extractor,
        version=drawn.version,
        text=drawn.text,
        sha256=hashlib.sha256(drawn.text.encode()).hexdigest(),
        headline=(row.headline or drawn.headline)[:500],
        byline=drawn.byline[:300],
        credit=(drawn.credit or credit(drawn.text) or "")[:120],
        published=published,
        published_precision=precision,
        language=drawn.language[:12],
        captions=list(drawn.captions),
        modified=drawn.modified,
        canonical=drawn.canonical[:2000],
        **moment.begins(),
    )
    moment.changed("rendition", rendition.public_id, "added")
    return rendition


def _published(row: Intake, drawn: Extracted) -> tuple[datetime | None, str]:
    """When it was published: as a person said when adding it, to the day, else as it says itself."""
    return (row.published, "day") if row.published else (drawn.published, drawn.published_precision)


def _drawn(capture: Capture, body: bytes, *, headline: str) -> Extracted:
    # A text that was pasted is kept in UTF-8, lone surrogates and all; a program may send one in anything.
    typed = capture.method in (Capture.Method.PASTED, Capture.Method.SENT)
    plain = typed and capture.media_type.startswith("text/plain")
    return sandbox.extract(
        body,
        media_type=capture.media_type,
        filename=capture.file_name,
        url=capture.final_address,
        headline=headline if plain else "",
        plain=plain,
    )
