"""What lies around a claim, hop by hop, as of any moment, within bounds."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Actor
from apps.claims.models import Claim
from apps.crosscheck.selectors import NOW, Moments
from apps.graph import selectors
from apps.graph.rules import ClaimNode, EdgeType, Graph
from apps.graph.selectors import neighbourhood
from apps.review.drafts import CounterDraft
from apps.review.models import Proposal
from apps.review.services import judging, withdrawing
from apps.review.services.judging import Taken
from apps.sources.models import Source
from apps.statements.models import Statement
from tests.factories.worlds import (
    SAID,
    World,
    a_claim,
    a_draft,
    a_source,
    a_statement,
    a_world,
    an_article,
    approve,
    approved,
    submitted,
)

Triple = tuple[str, str, str]


@pytest.fixture
def world(db: None) -> World:
    return a_world()


def around(world: World, claim: Claim, depth: int = 1, moments: Moments = NOW, limit: int = 300) -> Graph:
    return neighbourhood(world.dossier.pk, claim, depth, moments, limit)


def claims_of(graph: Graph) -> dict[str, int]:
    return {node.id: node.hops for node in graph.nodes if isinstance(node, ClaimNode)}


def edges_of(graph: Graph, kind: EdgeType) -> set[Triple]:
    return {(edge.start, edge.stance or edge.kind or "", edge.end) for edge in graph.edges if edge.type is kind}


def said_on(world: World, source: Source, *claims: tuple[str, Claim]) -> Statement:
    """One statement on several claims."""
    found = approved(world, source=source, positions=[Taken(stance=s, claim=c) for s, c in claims]).statement
    assert found is not None
    return found


def draw(world: World, claim: Claim, against: Claim, kind: str = "contrary") -> None:
    proposal = judging.propose_counter(
        claim=claim, against=against, kind=kind, draft=CounterDraft(), by=Actor.person(world.analyst), at=timezone.now()
    )
    approve(world, proposal)


def a_chain(world: World, length: int) -> Sequence[Claim]:
    """Claims of which each shares a statement with the next."""
    source = a_source(world)
    chain = [a_claim(world, f"Claim {number}") for number in range(length)]
    for one, other in itertools.pairwise(chain):
        said_on(world, source, ("asserts", one), ("denies", other))
    return chain


def test_a_claim_stands_alone_at_depth_none(world: World) -> None:
    claim = a_claim(world)
    a_statement(world, source=a_source(world), claim=claim, stance="asserts")
    graph = around(world, claim, 0)
    assert (claims_of(graph), len(graph.nodes), graph.edges) == ({"C-0001": 0}, 1, ())


def test_a_claim_is_surrounded_by_what_is_said_on_it_and_by_whom(world: World) -> None:
    claim, source = a_claim(world), a_source(world, "Ministry of North", party=world.north)
    statement = a_statement(world, source=source, claim=claim, stance="denies")
    graph = around(world, claim)
    words, speaker = str(statement.public_id), str(source.public_id)
    assert [(node.type, node.id) for node in graph.nodes] == [
        ("claim", "C-0001"),
        ("statement", words),
        ("source", speaker),
    ]
    assert edges_of(graph, EdgeType.POSITION) == {(words, "denies", "C-0001")}
    assert edges_of(graph, EdgeType.SAID_BY) == {(words, "", speaker)}
    assert not edges_of(graph, EdgeType.ON_BEHALF_OF)
    assert "its troops had crossed the river" in {getattr(node, "excerpt", "") for node in graph.nodes}


def test_words_said_for_another_lead_to_both(world: World) -> None:
    ministry = a_source(world, "Ministry of North")
    speaker = a_source(world, "Vera Lindqvist", kind="person", institution=ministry)
    claim = a_claim(world)
    approved(world, source=speaker, principal=ministry, positions=[Taken(stance="asserts", claim=claim)])
    graph = around(world, claim)
    (said_by,) = edges_of(graph, EdgeType.SAID_BY)
    (behalf,) = edges_of(graph, EdgeType.ON_BEHALF_OF)
    assert (said_by[2], behalf[2]) == (str(speaker.public_id), str(ministry.public_id))


@pytest.mark.parametrize("depth", [0, 1, 2, 3, 4])
def test_each_hop_leads_one_claim_further(world: World, depth: int) -> None:
    chain = a_chain(world, 4)
    graph = around(world, chain[0], depth)
    assert claims_of(graph) == {claim.ref: hops for hops, claim in enumerate(chain) if hops <= depth}
    assert not graph.truncated


def test_the_last_claims_come_without_what_else_is_said_of_them_but_with_all_between(world: World) -> None:
    first, second = a_claim(world, "One"), a_claim(world, "Two")
    source = a_source(world)
    both = said_on(world, source, ("asserts", first), ("denies", second))
    said_on(world, source, ("asserts", second))
    graph = around(world, first)
    assert edges_of(graph, EdgeType.POSITION) == {
        (str(both.public_id), "asserts", "C-0001"),
        (str(both.public_id), "denies", "C-0002"),
    }


def test_a_counter_leads_on_either_way_and_says_who_argued_it(world: World) -> None:
    claim, rival, drawn = a_claim(world, "One"), a_claim(world, "Two"), a_claim(world, "Three")
    taken = Taken(stance="asserts", claim=rival, against=claim, counter_kind="rebuts")
    argued = approved(world, source=a_source(world), positions=[taken]).statement
    assert argued is not None
    draw(world, claim, drawn)
    graph = around(world, claim)
    assert claims_of(graph) == {"C-0001": 0, "C-0002": 1, "C-0003": 1}
    counters = {(e.start, e.kind, e.end): e.made_by for e in graph.edges if e.type is EdgeType.COUNTER}
    assert counters == {
        ("C-0002", "rebuts", "C-0001"): str(argued.public_id),
        ("C-0001", "contrary", "C-0003"): None,
    }
    assert str(argued.public_id) in {node.id for node in graph.nodes}
    assert set(claims_of(around(world, rival))) == {"C-0001", "C-0002"}


def test_a_relayed_statement_comes_with_all_that_it_reaches_us_through(world: World) -> None:
    text = "The agency reported that South argued that North admitted that the bridge was gone."
    article, claim = an_article(world, text), a_claim(world, "The bridge was gone")
    agency = submitted(
        world,
        article,
        draft=a_draft(
            text,
            source="The agency",
            cue="reported",
            content="South argued that North admitted that the bridge was gone",
        ),
    )
    outer = submitted(
        world,
        article,
        draft=a_draft(text, source="South", cue="argued", content="North admitted that the bridge was gone"),
        relayed_by=agency,
    )
    inner = submitted(
        world,
        article,
        draft=a_draft(text, source="North", cue="admitted", content="the bridge was gone"),
        relayed_by=outer,
        positions=[Taken(stance="concedes", claim=claim)],
    )
    ids = [str(p.statement.public_id) for p in approve(world, agency, outer, inner) if p.statement]
    graph = around(world, claim)
    assert edges_of(graph, EdgeType.RELAYED_BY) == {(ids[2], "", ids[1]), (ids[1], "", ids[0])}
    assert edges_of(graph, EdgeType.POSITION) == {(ids[2], "concedes", "C-0001")}


def test_a_retraction_leads_to_what_it_takes_back(world: World) -> None:
    claim, source = a_claim(world), a_source(world)
    first = a_statement(world, source=source, claim=claim, stance="asserts")
    later = a_statement(
        world, source=source, claim=claim, stance="retracts", retracts=first, said_until=SAID + timedelta(days=1)
    )
    graph = around(world, claim)
    assert edges_of(graph, EdgeType.RETRACTS) == {(str(later.public_id), "", str(first.public_id))}
    before = around(world, claim, moments=Moments(said_until=SAID))
    assert not edges_of(before, EdgeType.RETRACTS)
    assert edges_of(before, EdgeType.POSITION) == {(str(first.public_id), "asserts", "C-0001")}


def test_a_counter_counts_once_its_statement_was_made(world: World) -> None:
    claim, rival = a_claim(world, "One"), a_claim(world, "Two")
    taken = Taken(stance="asserts", claim=rival, against=claim, counter_kind="rebuts")
    approved(world, source=a_source(world), positions=[taken])
    assert set(claims_of(around(world, claim, moments=Moments(said_until=SAID)))) == {"C-0001", "C-0002"}
    early = Moments(said_until=SAID - timedelta(days=1))
    assert set(claims_of(around(world, claim, moments=early))) == {"C-0001"}


def test_what_is_withdrawn_is_gone_now_and_there_as_known_before(world: World) -> None:
    chain = a_chain(world, 2)
    then = timezone.now()
    proposal = Proposal.objects.select_related("dossier").get(statement__isnull=False)
    withdrawing.withdraw(proposal=proposal, by=Actor.person(world.editor), at=timezone.now(), note="An error.")
    assert len(around(world, chain[0]).nodes) == 1
    assert set(claims_of(around(world, chain[0], moments=Moments(known_at=then)))) == {"C-0001", "C-0002"}


def test_what_waits_for_an_editor_is_not_there(world: World) -> None:
    claim, other = a_claim(world, "One"), a_claim(world, "Two")
    submitted(world, source=a_source(world), positions=[Taken("asserts", claim=claim), Taken("denies", claim=other)])
    judging.propose_counter(
        claim=claim,
        against=other,
        kind="rebuts",
        draft=CounterDraft(),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    graph = around(world, claim, 4)
    assert (len(graph.nodes), graph.edges) == (1, ())


def test_nothing_of_another_dossier_is_there(world: World) -> None:
    mine, theirs = a_chain(world, 2), a_world()
    a_chain(theirs, 3)
    assert set(claims_of(around(world, mine[0], 4))) == {"C-0001", "C-0002"}


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7])
def test_what_does_not_fit_is_left_out_and_that_is_said(world: World, limit: int) -> None:
    claim = a_claim(world)
    for number in range(4):
        a_statement(
            world,
            source=a_source(world, f"Office {number}"),
            claim=claim,
            stance="asserts",
            said_until=SAID + timedelta(days=number),
        )
    graph = around(world, claim, limit=limit)
    assert len(graph.nodes) <= limit
    assert graph.truncated
    there = {node.id for node in graph.nodes}
    assert all({edge.start, edge.end} <= there for edge in graph.edges)
    said = [node.said_until for node in graph.nodes if node.type == "statement"]
    assert said == [SAID + timedelta(days=3 - n) for n in range(len(said))], "what was said last comes first"


def test_a_graph_that_just_fits_is_not_called_cut(world: World) -> None:
    claim = a_claim(world)
    a_statement(world, source=a_source(world), claim=claim, stance="asserts")
    assert not around(world, claim, limit=3).truncated
    assert around(world, claim, limit=2).truncated


def test_too_many_counters_are_cut_and_that_is_said(world: World) -> None:
    claim = a_claim(world, "The middle")
    for number in range(3):
        draw(world, a_claim(world, f"Claim {number}"), claim)
    graph = around(world, claim, limit=3)
    assert (len(graph.nodes), graph.truncated) == (3, True)
    assert not around(world, claim, limit=4).truncated


def test_too_many_edges_are_cut_and_that_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selectors, "MOST_EDGES", 3)
    chain = a_chain(world, 3)
    graph = around(world, chain[0], 2)
    assert (len(graph.edges), graph.truncated) == (3, True)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_number_of_queries_does_not_depend_on_how_much_is_found(world: World, depth: int) -> None:
    def queries(claim: Claim) -> int:
        with CaptureQueriesContext(connection) as seen:
            around(world, claim, depth)
        return len(seen)

    chain = a_chain(world, depth + 1)
    few = queries(chain[0])
    source = a_source(world, "A talkative office")
    for _ in range(5):
        said_on(world, source, *(("asserts", claim) for claim in chain))
    draw(world, chain[-1], chain[0])
    assert queries(chain[0]) <= few
    assert few <= 4 * depth + 14
