"""How fast editors can approve: several processes at once, through the same service that the desk calls."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from multiprocessing.context import ForkContext
from typing import Any

from celery import current_app
from django.db import connection, connections, transaction
from django.utils import timezone

from apps.accounts.models import Actor, User
from apps.articles.models import Intake, Rendition
from apps.articles.services.adding import Described, add_text
from apps.claims.models import Claim
from apps.dossiers.models import Dossier, Role
from apps.dossiers.services import give_role, open_dossier
from apps.pipeline import working
from apps.review.drafts import AttributionDraft, ClaimDraft, SourceDraft, SpanDraft
from apps.review.models import Proposal
from apps.review.services import approving, judging
from apps.review.services.judging import Filled, NewSource, Taken
from apps.sources.models import Source

HEAD = "ledger_head"


@dataclass(frozen=True)
class Percentiles:
    """Milliseconds."""

    p50: float
    p95: float
    p99: float
    most: float


@dataclass(frozen=True)
class Measured:
    """What came of ``writers`` processes approving ``approvals`` statements in ``dossiers`` dossiers."""

    writers: int
    dossiers: int
    approvals: int
    seconds: float
    per_second: float
    approval_ms: Percentiles
    head_held_ms: Percentiles

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class Stopwatch:
    """Times each approval, and in it how long the head was held: from the answer to its lock until the commit."""

    approvals: list[float] = field(default_factory=list)
    holds: list[float] = field(default_factory=list)

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        if HEAD in sql and "FOR UPDATE" in sql:
            locked = time.perf_counter()
            # Before anything else that waits for the commit.
            transaction.on_commit(lambda: self.holds.append(time.perf_counter() - locked))
        return answer

    def approve(self, proposal: Proposal, by: Actor) -> None:
        began = time.perf_counter()
        approving.approve(proposal=proposal, expected_revision=1, by=by, at=timezone.now())
        self.approvals.append(time.perf_counter() - began)


def measure(*, writers: int, dossiers: int, each: int) -> Measured:
    """Make ``dossiers`` dossiers with ``each`` submitted statements a writer, and let all writers approve at once.

    What it makes can never be removed: run it on a database that is thrown away.
    """
    rooms = [_Room.make(writers * each // dossiers) for _number in range(dossiers)]
    shares = [rooms[number % dossiers].share(number // dossiers, each) for number in range(writers)]
    _let_go()
    seconds, approvals, holds = _race(shares)
    return Measured(
        writers=writers,
        dossiers=dossiers,
        approvals=len(approvals),
        seconds=round(seconds, 3),
        per_second=round(len(approvals) / seconds, 1),
        approval_ms=_percentiles(approvals),
        head_held_ms=_percentiles(holds),
    )


Share = tuple[int, list[int]]


def _let_go() -> None:
    """Close what must not be shared with a process that is forked off: connections, and the pool they came from."""
    connections.close_all()
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()  # type: ignore[attr-defined]


def _race(shares: Sequence[Share]) -> tuple[float, list[float], list[float]]:
    """Seconds from the moment all writers are ready until the last is done, and what their stopwatches say."""
    context: ForkContext = multiprocessing.get_context("fork")
    ready, results = context.Barrier(len(shares) + 1), context.SimpleQueue()
    processes = [context.Process(target=_write, args=(share, ready, results)) for share in shares]
    for process in processes:
        process.start()
    ready.wait()
    began = time.perf_counter()
    watches = [results.get() for _process in processes]
    seconds = time.perf_counter() - began
    for process in processes:
        process.join()
    return seconds, [t for approvals, _ in watches for t in approvals], [t for _, holds in watches for t in holds]


def _write(share: Share, ready: Any, results: Any) -> None:
    current_app._after_fork()  # type: ignore[attr-defined]  # no more do those to the broker
    editor, ids = share
    by = Actor.person(User.objects.get(pk=editor))
    proposals = list(Proposal.objects.select_related("dossier").filter(pk__in=ids).order_by("pk"))
    watch = Stopwatch()
    ready.wait()
    with connection.execute_wrapper(watch):
        for proposal in proposals:
            watch.approve(proposal, by)
    connections.close_all()
    results.put((watch.approvals, watch.holds))


def _percentiles(seconds: Sequence[float]) -> Percentiles:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return Percentiles(*(round(1000 * value, 2) for value in (cuts[49], cuts[94], cuts[98], max(seconds))))


@dataclass(frozen=True)
class _Room:
    """A dossier with statements that wait for its editor."""

    editor: User
    proposals: list[int]

    def share(self, number: int, size: int) -> Share:
        return self.editor.pk, self.proposals[number * size : (number + 1) * size]

    @classmethod
    def make(cls, statements: int) -> _Room:
        number = User.objects.count()
        analyst, editor = (
            User.objects.create_user(email=f"{role}-{number}@example.org", name=role) for role in ("analyst", "editor")
        )
        dossier = open_dossier(
            slug=f"measured-{number}", title="Measured", time_zone="UTC", by=editor, at=timezone.now()
        )
        give_role(dossier=dossier, user=analyst, role=Role.ANALYST, by=editor)
        by, checked = Actor.person(analyst), Actor.person(editor)
        source, claim = _source_and_claim(dossier, by, checked)
        rendition = _rendition(dossier, by, statements)
        filled = (
            Filled(draft=_draft(rendition, line), source=source, positions=[Taken("asserts", claim=claim)])
            for line in range(statements)
        )
        made = [judging.add(rendition=rendition, filled=card, by=by, at=timezone.now()).pk for card in filled]
        return cls(editor, made)


def _source_and_claim(dossier: Dossier, by: Actor, checked: Actor) -> tuple[Source, Claim]:
    new = NewSource(SourceDraft("The harbour office", "office"))
    one = judging.propose_source(dossier=dossier, new=new, by=by, at=timezone.now())
    other = judging.propose_claim(dossier=dossier, draft=ClaimDraft("Boats passed"), by=by, at=timezone.now())
    one, other = approving.approve_all(proposals=[(one, 1), (other, 1)], by=checked, at=timezone.now())
    assert one.source is not None
    assert other.claim is not None
    return one.source, other.claim


def _line(number: int) -> str:
    return f"The harbour office said that boat number {number:06d} passed the point."


def _rendition(dossier: Dossier, by: Actor, statements: int) -> Rendition:
    text = "\n".join(_line(number) for number in range(statements))
    intake = add_text(dossier=dossier, text=text, described=Described("Boats"), by=by, at=timezone.now()).intake
    for step in (Intake.Step.PRESERVE, Intake.Step.EXTRACT):
        working.work(intake_id=intake.pk, step=step)
    return Rendition.objects.get(article__intakes=intake)


def _draft(rendition: Rendition, number: int) -> AttributionDraft:
    text, line = rendition.text, _line(number)
    begins = text.index(line)
    parts = {"source": "The harbour office", "cue": "said", "content": line.partition("that ")[2].rstrip(".")}
    spans = [
        SpanDraft.of(text, role=role, begins=at, ends=at + len(exact))
        for role, exact in parts.items()
        for at in [begins + line.index(exact)]
    ]
    return AttributionDraft(spans=tuple(spans), kind="assertion", quotation="indirect", said_until=rendition.known_from)
