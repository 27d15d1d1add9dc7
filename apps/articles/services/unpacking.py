"""The first step of a file that holds several articles: each of them becomes a row that goes its own way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from apps.articles import refusals, sandbox, storage
from apps.articles.formats import Kind, LeftOut, Member, kind_of
from apps.articles.models import Capture, Intake
from apps.articles.refusals import Refusal
from apps.articles.sandbox import ParserLost
from apps.articles.services.leases import Claimed, finishing


@dataclass
class _Found:
    """What came out of a file: a row for each article, and how many other things there were, by what they are."""

    rows: list[Intake] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)


def unpack(claimed: Claimed) -> None:
    """Keep the bytes of each article in the file, and put each on its way; what cannot be read is a row that failed.

    Done twice, it is done once: the rows are made with the end of this step, and none has the name of another. What an
    archive holds has the archive's word for where and when it was taken. Raises ``Refusal``: nothing_inside, or why
    the file cannot be opened.
    """
    intake = claimed.intake
    body = storage.read(intake.raw_sha256)
    kind = kind_of(body, intake.media_type, intake.file_name)
    if not kind.is_container:
        raise Refusal("nothing_inside", f"it is of the kind {kind}")
    found = _found(intake, kind, body)
    if not found.rows:
        raise Refusal("nothing_inside", str(found.left_out)[:300])
    with finishing(claimed, then=None) as row:
        row.outcome = Intake.Outcome.UNPACKED
        row.came = {**row.came, "left_out": found.left_out}
        Intake.objects.bulk_create(found.rows)


def _found(intake: Intake, kind: Kind, body: bytes) -> _Found:
    found = _Found()
    for one in _members(body, kind=kind, filename=intake.file_name):
        if isinstance(one, LeftOut):
            found.left_out = one.counts
        else:
            found.rows.append(_row(intake, kind, one))
    return found


def _members(body: bytes, *, kind: Kind, filename: str) -> Iterator[Member | LeftOut]:
    """What is in the file. Where reading stops half way, what came before counts, and the rest is told to be lost."""
    came = 0
    try:
        for one in sandbox.unpack(body, kind=kind, filename=filename):
            came += isinstance(one, Member) and not one.code
            yield one
    except ParserLost:
        raise
    except Refusal as refusal:
        if not came:
            raise
        yield Member(name="…", code=refusal.code, detail=refusal.detail)


def _row(intake: Intake, kind: Kind, member: Member) -> Intake:
    archived = kind.is_archive or "preserved" in member.came
    row = Intake(
        dossier_id=intake.dossier_id,
        parent=intake,
        member=member.name,
        method=Capture.Method.ARCHIVED if archived else intake.method,
        address=member.address,
        headline=member.headline[:500],
        outlet_name=(member.outlet_name or intake.outlet_name)[:120],
        published=member.published or intake.published,
        media_type=member.media_type[:200],
        file_name=member.name.rpartition("/")[2].strip()[:255] if not archived else "",
        # What has no bytes that could be read is in those of the file.
        raw_sha256=storage.keep(member.body) if member.body else intake.raw_sha256,
        raw_size=len(member.body),
        record_sha256=storage.keep(member.record) if member.record else "",
        came=member.came,
        feed_id=intake.feed_id,
        actor=intake.actor,
        added=Now(),
        run_after=Now(),
    )
    code = member.code or ("" if member.body else "empty_text")
    if code:
        row.state, row.finished = Intake.State.FAILED, Now()
        row.failure_code, row.failure_reason = code[:40], _reason(code, member)[:500]
    return row


def _reason(code: str, member: Member) -> str:
    status = member.came.get("status")
    if code in refusals.REASONS and code != "bad_response":
        return refusals.sentence(code)
    return _("The publisher answered with status %(status)s instead of a page.") % {"status": status}
