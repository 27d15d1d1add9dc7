"""What the machine suggests of a rendition: statements with exact spans, and copies of those known already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from apps.articles.models import Intake, Lineage, Rendition
from apps.articles.services.leases import Claimed, defer, finishing, keeping
from apps.attribution.types import Extractor
from apps.core.errors import Conflict
from apps.review import rules
from apps.review.models import Hold, MachineReading, Proposal
from apps.review.services.storing import Stored, read_last, store
from apps.review.services.suggesting import suggest

WAIT_SECONDS = 1.0
AT_ONCE = 100


class Held(Conflict):
    """Somebody is reviewing the article, so its proposals stay as they are."""

    code = "held_by_another"


def propose(*, claimed: Claimed, engine: Extractor, at: datetime) -> bool:
    """Read the rendition of an article on its way and store what is found; ``False`` if it has to wait its turn.

    A copy waits until the articles that carried its text before have been read, so that what it repeats is found. A
    text that was read before, and that somebody is reviewing, keeps its proposals. However long it takes, nobody else
    takes the step over meanwhile. Raises :class:`~apps.attribution.types.ExtractorUnavailable`.
    """
    rendition = claimed.intake.rendition
    assert rendition is not None
    earlier = _earlier_carriers(rendition)
    if _on_their_way(earlier):
        defer(claimed, seconds=WAIT_SECONDS)
        return False
    if read_last(rendition) is not None and holder_of(rendition, at=at):
        with finishing(claimed, then=None) as row:
            row.proposed = _count(rendition)
        return True
    with keeping(claimed):
        found = suggest(rendition, engine=engine, zone=claimed.intake.dossier.zone)
    with finishing(claimed, then=None) as row:
        store(rendition, found, engine=engine, earlier=earlier, at=at)
        row.proposed = _count(rendition)
    return True


def propose_again(*, rendition: Rendition, engine: Extractor, at: datetime, force: bool = False) -> Stored:
    """Read a text again with another extractor or a newer version, and say what became of what it found.

    What an older one proposed and nobody has touched is replaced; what anybody decided on stays. Raises :class:`Held`
    if somebody is reviewing the article, unless ``force``, and
    :class:`~apps.attribution.types.ExtractorUnavailable`.
    """
    machine = rules.machine_name(engine.name, engine.version)
    last = read_last(rendition)
    if last is not None and last.machine == machine:
        return Stored(reading=last, unchanged=True)
    if not force:
        _check_free(rendition, at=at)
    found = suggest(rendition, engine=engine, zone=rendition.dossier.zone)
    with transaction.atomic():
        if not force:
            _check_free(rendition, at=at)  # somebody may have opened it while the engine was reading
        return store(rendition, found, engine=engine, earlier=_earlier_carriers(rendition), at=at)


def outdated(*, machine: str, dossier_id: int | None = None) -> Iterator[Rendition]:
    """The newest text of every article that ``machine`` has not read last, with its article and dossier, oldest first.

    Articles whose statements people have all decided on are left out, as are those whose text has not got as far as
    the machine. What is read meanwhile drops out, so a broken run goes on where it stopped. Two queries for each
    hundred.
    """
    rows = _outdated(machine)
    if dossier_id is not None:
        rows = rows.filter(dossier=dossier_id)
    after = 0
    while batch := list(rows.filter(pk__gt=after).order_by("pk")[:AT_ONCE]):
        after = batch[-1].pk
        yield from batch


def _outdated(machine: str) -> QuerySet[Rendition]:
    newer = Rendition.objects.filter(article=OuterRef("article"), pk__gt=OuterRef("pk"))
    last = MachineReading.objects.filter(rendition=OuterRef("pk")).order_by("-pk").values("machine")[:1]
    statements = Proposal.objects.attributions().live().filter(rendition=OuterRef("pk"))
    untouched = statements.filter(state=Proposal.State.OPEN, last_revision=1)
    coming = Intake.objects.on_its_way().filter(article=OuterRef("article"))
    return (
        Rendition.objects.filter(~Exists(newer), ~Exists(coming))
        .filter(Exists(untouched) | ~Exists(statements))
        .annotate(read_by=Subquery(last))
        .filter(Q(read_by__isnull=True) | ~Q(read_by=machine))
        .select_related("article", "dossier")
        .defer("words")
    )


def holder_of(rendition: Rendition, *, at: datetime) -> str:
    """Who is reviewing the article at this moment; empty if nobody is."""
    held = Hold.objects.select_related("user").filter(article=rendition.article_id, until__gt=at).first()
    return held.user.name if held is not None else ""


def _check_free(rendition: Rendition, *, at: datetime) -> None:
    if name := holder_of(rendition, at=at):
        raise Held(_("%(name)s is reviewing this article at the moment.") % {"name": name})


def _count(rendition: Rendition) -> int:
    return Proposal.objects.attributions().live().filter(rendition=rendition).count()


def _earlier_carriers(rendition: Rendition) -> list[int]:
    """Articles of the same origin whose text we drew before this one's. Ids."""
    lineage = Lineage.objects.current().filter(article_id=rendition.article_id).first()
    if lineage is None:
        return []
    same = Lineage.objects.current().filter(origin_id=lineage.origin_id).exclude(article_id=rendition.article_id)
    return list(
        Rendition.objects.filter(article__in=same.values("article_id"), pk__lt=rendition.pk)
        .values_list("article_id", flat=True)
        .distinct()
    )


def _on_their_way(article_ids: Sequence[int]) -> bool:
    return Intake.objects.on_its_way().filter(article__in=article_ids, step=Intake.Step.PROPOSE).exists()
