"""What nobody has approved is seen at the desks and nowhere else: on no page, in no answer of the API, in no count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from apps.accounts.models import Actor, User
from apps.articles.models import Article, Capture
from apps.claims.models import Claim
from apps.crosscheck.services import catch_up
from apps.review.drafts import AliasDraft, AttributionDraft, ClaimDraft, CounterDraft, FigureDraft, SourceDraft
from apps.review.models import Proposal
from apps.review.services import judging, withdrawing
from apps.review.services.judging import Filled, NewSource, Taken
from apps.sources.models import Alias, Source
from apps.statements.models import Statement
from tests.factories import worlds

pytestmark = pytest.mark.untraced
MARK = "Zyxquarry"
TEXT = (
    "The ministry said that the bridge was open. The ministry denied that its troops had crossed the river. "
    "The ministry claimed that a dam had burst. The ministry alleged that a market had been hit. "
    "The ministry said that nine had left. The ministry said that wells were dry."
)
DESKS = re.compile(r"^(review|check|intake|feeds)(-|$)")
LEDGER = re.compile(r"^(history|api-changes|.*changes.*)(-|$)")
NO_PAGE = re.compile(r"^(sign-|password_reset|healthz)|^admin")


@dataclass
class Planted:
    world: worlds.World
    article: Article
    claim: Claim
    source: Source
    capture: Capture


@pytest.fixture
def planted(db: None) -> Planted:
    """One approved statement, and an article in which more could be found."""
    world = worlds.a_world()
    article = worlds.an_article(world, TEXT, outlet="Harbour Ledger")
    source = worlds.a_source(world, "Ministry of Works", party=world.north)
    claim = worlds.a_claim(world, "The bridge was open", about=[world.south])
    draft = worlds.a_draft(TEXT, cue="said", content="the bridge was open")
    worlds.approved(world, article, draft=draft, source=source, positions=[Taken(stance="asserts", claim=claim)])
    return Planted(world, article, claim, source, Capture.objects.get(article=article))


def plant(at: Planted) -> list[Proposal]:
    """A proposal in every state that nobody has approved, each with marks in all that a person can write."""
    editor, analyst, now = Actor.person(at.world.editor), Actor.person(at.world.analyst), timezone.now()
    machine = worlds.proposed(at.article, marked("said", "wells were dry"))
    waiting = [
        mark_up(at, "denied", "its troops had crossed the river"),
        mark_up(at, "claimed", "a dam had burst"),
        mark_up(at, "alleged", "a market had been hit"),
    ]
    judging.send_back(proposal=waiting[1], expected_revision=1, by=editor, at=now, note=f"{MARK} look again")
    back = Proposal.objects.select_related("dossier").get(pk=waiting[1].pk)
    judging.reject(proposal=back, expected_revision=1, by=analyst, at=now, note=MARK)
    judging.send_back(proposal=waiting[2], expected_revision=1, by=editor, at=now, note=f"{MARK} whose words?")
    alias = judging.propose_alias(source=at.source, draft=AliasDraft(f"{MARK} House", "metonym"), by=analyst, at=now)
    return [*machine, *waiting, alias]


def withdrawn(at: Planted) -> Proposal:
    """One that was a fact until its approval was withdrawn. That it was is in the ledger, for good."""
    proposal = worlds.submitted(
        at.world,
        at.article,
        draft=marked("said", "nine had left"),
        source=at.source,
        positions=[Taken(stance="denies", claim=at.claim)],
    )
    worlds.approve(at.world, proposal)
    fresh = Proposal.objects.select_related("dossier").get(pk=proposal.pk)
    editor = Actor.person(at.world.editor)
    withdrawing.withdraw(proposal=fresh, by=editor, at=timezone.now(), note=f"{MARK} was not said")
    return fresh


def marked(cue: str, content: str) -> AttributionDraft:
    """A draft that can be told by its channel and its figure wherever it is shown."""
    draft = worlds.a_draft(TEXT, cue=cue, content=content, figures=[FigureDraft("killed", "exactly", 9, None, MARK)])
    return AttributionDraft.read(draft.body() | {"channel": MARK})


def mark_up(at: Planted, cue: str, content: str) -> Proposal:
    """A statement with a new claim and a new source, all of them waiting for an editor."""
    return judging.add(
        rendition=worlds.rendition_of(at.article),
        filled=Filled(
            draft=marked(cue, content),
            new_source=NewSource(SourceDraft(f"{MARK} Office {cue}", "office"), party=at.world.south),
            positions=[Taken(stance="denies", new_claim=ClaimDraft(f"{MARK} claim {cue}", (at.world.north.pk,)))],
        ),
        by=Actor.person(at.world.analyst),
        at=timezone.now(),
        note=f"{MARK} note",
    )


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, str, dict[str, object]]]:
    """Every route: its name, its path with converters, and those converters."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, here)
        elif isinstance(entry, URLPattern):
            yield entry.name or "", here, entry.pattern.converters


def paths(at: Planted) -> dict[str, str]:
    """Every page and endpoint outside the desks that answers GET, by route name, with this world's own things."""
    statement = Statement.objects.current().filter(dossier=at.world.dossier).order_by("pk")[0]
    known: dict[str, str] = {
        "slug": at.world.dossier.slug,
        "source_id": str(at.source.public_id),
        "alias_id": str(Alias.objects.current().get(source=at.source, preferred=True).public_id),
        "capture_id": str(at.capture.public_id),
        "statement_id": str(statement.public_id),
    }
    found = {}
    for name, path, _converters in routes():
        if "(?P" in path or path.startswith("admin/") or DESKS.match(name) or NO_PAGE.match(name):
            continue
        filled = re.sub(r"<(?:[\w-]+:)?(\w+)>", partial(_value, path=path, known=known, at=at), path)
        found[f"{name} {path}"] = "/" + filled
    found["search for the mark"] = f"/d/{at.world.dossier.slug}/search/?q={MARK.lower()}"
    return found


def _value(match: re.Match[str], *, path: str, known: dict[str, str], at: Planted) -> str:
    key = match.group(1)
    if key in known:
        return known[key]
    before = path[: match.start()].rstrip("/").rsplit("/", 1)[-1]
    return {
        "claims": at.claim.ref,
        "articles": at.article.ref,
        "sources": str(at.source.public_id),
        "statements": known["statement_id"],
        "renditions": str(worlds.rendition_of(at.article).public_id),
    }.get(before, "7d1c2b0a-0000-4000-8000-000000000000")


def bodies(at: Planted, user: User, *, skip: re.Pattern[str] | None = None) -> dict[str, str]:
    """What a person is answered everywhere, without what changes from one request to the next."""
    catch_up(dossier_id=at.world.dossier.pk)  # as happens once a transaction has committed
    client = Client()
    client.force_login(user)
    found = {}
    for name, path in paths(at).items():
        if skip and skip.match(name):
            continue
        answer = client.get(path)
        assert answer.status_code < 500, f"{path}: {answer.status_code}"
        if answer.status_code == 200 and not name.startswith(("article-bytes", "api-schema", "api-docs")):
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
            found[name] = _settled(body.decode("utf-8", "replace"))
    return found


def _settled(body: str) -> str:
    body = re.sub(r'csrfmiddlewaretoken" value="\w+"|X-CSRFToken": "\w+"|X-CSRFToken&quot;: &quot;\w+', "", body)
    body = re.sub(r"<time [^>]*>.*?</time>", "", body, flags=re.DOTALL)
    return re.sub(r"\d{4}-\d\d-\d\dT\d\d[\d:%A.+-]*Z?", "", body)  # permalinks and answers name the moment


@pytest.mark.parametrize("role", ["reader", "manager"])
def test_what_is_not_approved_is_found_nowhere_outside_the_desks(planted: Planted, role: str) -> None:
    proposals = [*plant(planted), withdrawn(planted)]
    seen = bodies(planted, getattr(planted.world, role))
    assert len(seen) > 30
    for name, body in seen.items():
        assert MARK not in body, f"{name} shows a proposal"
        for proposal in proposals:
            if not LEDGER.match(name):
                assert str(proposal.public_id) not in body, f"{name} names a proposal"


def test_planting_proposals_changes_nothing_that_a_reader_sees(planted: Planted) -> None:
    before = bodies(planted, planted.world.reader, skip=LEDGER)
    plant(planted)
    after = bodies(planted, planted.world.reader, skip=LEDGER)
    assert before.keys() == after.keys()
    for name in before:
        assert before[name] == after[name], f"{name} tells that something is proposed"


def test_the_search_for_leaks_finds_what_is_there(planted: Planted) -> None:
    """The control: the very same things, approved, are found. Else finding nothing above would mean nothing."""
    world, now = planted.world, timezone.now()
    worlds.approve(world, mark_up(planted, "denied", "its troops had crossed the river"))
    claim = Claim.objects.current().get(dossier=world.dossier, number=2)
    counter = judging.propose_counter(
        claim=claim,
        against=planted.claim,
        kind="rebuts",
        draft=CounterDraft(),
        by=Actor.person(world.analyst),
        at=now,
    )
    worlds.approve(world, counter)
    alias = judging.propose_alias(
        source=planted.source, draft=AliasDraft(f"{MARK} House", "metonym"), by=Actor.person(world.analyst), at=now
    )
    worlds.approve(world, alias)
    seen = bodies(planted, world.reader)
    telling = {name.split()[0] for name, body in seen.items() if MARK in body}
    assert {"overview", "claims", "claim", "claim-graph", "sources", "source", "article", "search"} <= telling
    assert sum(1 for name, body in seen.items() if " api/" in name and MARK in body) >= 5


def test_the_comparison_notices_a_single_count(planted: Planted) -> None:
    """The control of the other test: one approved statement more, and the pages differ."""
    before = bodies(planted, planted.world.reader, skip=LEDGER)
    worlds.approve(planted.world, mark_up(planted, "claimed", "a dam had burst"))
    after = bodies(planted, planted.world.reader, skip=LEDGER)
    assert sum(1 for name in before if before[name] != after.get(name)) >= 6
