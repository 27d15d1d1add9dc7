"""What a client pulls, noun by noun. Every answer here is also held against the published document."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.api.v1 import claims
from apps.crosscheck.services import catch_up
from apps.review.drafts import CounterDraft, FigureDraft
from apps.review.services import judging
from apps.review.services.judging import Taken
from tests.api.conftest import Dispute
from tests.api.program import Program
from tests.factories.worlds import (
    SAID,
    TEXT,
    World,
    a_claim,
    a_dossier,
    a_draft,
    a_source,
    a_statement,
    a_world,
    an_article,
    approve,
    approved,
    rendition_of,
    submitted,
)


def test_a_person_finds_the_dossiers_they_belong_to_and_no_other(world: World) -> None:
    a_world()
    found = Program(world.editor).get("/dossiers")
    assert [(d["slug"], d["role"]) for d in found["items"]] == [(world.dossier.slug, "editor")]


def test_a_dossier_tells_its_zone_and_its_parties_in_the_order_of_their_columns(reader: Program) -> None:
    found = reader.get()
    assert found["time_zone"] == "UTC"
    assert [party["code"] for party in found["parties"]] == ["N", "S"]
    assert reader.get("/parties")["items"] == found["parties"]


def test_a_source_comes_with_its_names_and_whom_it_speaks_for_and_stands_with(world: World, reader: Program) -> None:
    ministry = a_source(world, "Ministry of North", party=world.north)
    speaker = a_source(
        world,
        "Vera Lindqvist",
        kind="person",
        names=[("V. Lindqvist", "short")],
        institution=ministry,
        role="spokesperson",
    )
    listed = reader.get("/sources")["items"]
    assert [source["name"] for source in listed] == ["Ministry of North", "Vera Lindqvist"]
    found = reader.get(f"/sources/{speaker.public_id}")
    assert [alias["name"] for alias in found["aliases"]] == ["Vera Lindqvist", "V. Lindqvist"]
    (tie,) = found["affiliations"]
    assert (tie["institution"]["name"], tie["role"], tie["until"]) == ("Ministry of North", "spokesperson", None)
    assert reader.get(f"/sources/{ministry.public_id}")["alignments"][0]["party"]["code"] == "N"


def test_a_span_of_a_statement_is_found_in_the_text_that_it_names(world: World, reader: Program) -> None:
    text = f"🙂 Ärger am Fluß. {TEXT}"
    article = an_article(world, text, headline="At the river", outlet="The Estuary Post")
    statement = approved(world, article, draft=a_draft(rendition_of(article).text)).statement
    assert statement is not None
    (evidence,) = reader.get(f"/statements/{statement.public_id}")["attributions"]
    rendition = reader.get(f"/articles/{evidence['article']}/renditions/{evidence['rendition']['id']}")["rendition"]
    assert hashlib.sha256(rendition["text"].encode()).hexdigest() == evidence["rendition"]["sha256"]
    assert [span["role"] for span in evidence["spans"]] == ["source", "cue", "content"]
    for span in evidence["spans"]:
        assert span["unit"] == "code point"
        assert rendition["text"][span["start"] : span["end"]] == span["exact"]
        assert rendition["text"][: span["start"]].endswith(span["prefix"])
        assert rendition["text"][span["end"] :].startswith(span["suffix"])


def test_an_article_comes_with_its_captures_its_texts_and_its_origin(world: World, reader: Program) -> None:
    article = an_article(world, TEXT, headline="At the river", outlet="The Estuary Post")
    an_article(world, TEXT, outlet="Harbour Ledger")
    found = reader.get(f"/articles/{article.ref}")
    assert (found["article"]["outlet"], found["article"]["headline"]) == ("The Estuary Post", "At the river")
    (capture,) = found["captures"]
    assert (capture["sha256"], capture["size"]) == (hashlib.sha256(TEXT.encode()).hexdigest(), len(TEXT))
    assert (capture["method"], found["text"]["capture"]) == ("pasted", capture["id"])
    assert found["text"]["text"].endswith(TEXT)
    assert reader.get(f"/articles/{article.public_id}")["article"] == found["article"]
    reader.get(f"/articles/A-0002/renditions/{found['text']['id']}", expect=404)
    copy = reader.get("/articles/A-0002")
    assert copy["origin"]["copied_from"] == article.ref


def test_a_statement_says_who_for_whom_when_and_what_it_does_to_claims(world: World, reader: Program) -> None:
    ministry = a_source(world, "Ministry of North", party=world.north)
    speaker = a_source(world, "Vera Lindqvist", kind="person", institution=ministry, role="spokesperson")
    claim = a_claim(world)
    statement = approved(
        world,
        draft=a_draft(kind="denial", figures=[FigureDraft("killed", "at_least", 3, None, "soldiers")]),
        source=speaker,
        principal=ministry,
        positions=[Taken(stance="denies", claim=claim)],
    ).statement
    assert statement is not None
    found = reader.get(f"/statements/{statement.public_id}")
    assert (found["source"]["name"], found["principal"]["name"]) == ("Vera Lindqvist", "Ministry of North")
    assert (found["kind"], found["said"]) == ("denial", {"since": None, "until": "2024-03-12T08:00:00Z"})
    assert [(p["claim"], p["stance"]) for p in found["positions"]] == [("C-0001", "denies")]
    assert [(f["comparator"], f["low"], f["of_whom"]) for f in found["figures"]] == [("at_least", 3, "soldiers")]
    assert [s["id"] for s in reader.all("/statements", source=ministry.public_id)] == [found["id"]]
    assert reader.all("/statements", source=claim.public_id) == []


def test_a_relayed_statement_names_the_one_it_reaches_us_through(world: World, reader: Program) -> None:
    text = "South argued that North admitted that the bridge was gone."
    article = an_article(world, text)
    outer = submitted(
        world,
        article,
        draft=a_draft(text, source="South", cue="argued", content="North admitted that the bridge was gone"),
    )
    inner = submitted(
        world,
        article,
        draft=a_draft(text, source="North", cue="admitted", content="the bridge was gone"),
        relayed_by=outer,
    )
    relayer, relayed = (proposal.statement for proposal in approve(world, outer, inner))
    assert relayer is not None
    assert relayed is not None
    found = reader.get(f"/statements/{relayed.public_id}")
    assert found["relayed_by"]["statement"] == str(relayer.public_id)
    assert found["relayed_by"]["source"]["id"] == str(relayer.source.public_id)


def test_a_claim_says_where_it_stands_and_on_what_grounds(dispute: Dispute) -> None:
    found = dispute.reader.get(f"/claims/{dispute.claim.ref}")
    standing, grounds = found["standing"], found["standing"]["grounds"]
    assert (found["wording"], [p["code"] for p in found["about"]]) == ("Troops of North crossed the river", ["N"])
    assert (standing["code"], standing["waiting_for"]) == ("contested", [])
    assert (grounds["principals"], grounds["parties"], grounds["statements"]) == (2, 2, 2)
    assert grounds["origins"]["articles"] == 2
    assert {(v["principal"]["name"], *v["stances"]) for v in grounds["voices"]} == {
        ("Government of South", "asserts"),
        ("Ministry of North", "denies"),
    }
    assert dispute.reader.get(f"/claims/{dispute.claim.public_id}")["ref"] == "C-0001"


def test_a_claim_tells_whose_answer_is_waited_for(world: World, reader: Program) -> None:
    claim = a_claim(world, about=[world.north])
    a_statement(world, source=a_source(world, party=world.south), claim=claim, stance="asserts")
    standing = reader.get(f"/claims/{claim.ref}")["standing"]
    assert (standing["code"], [p["code"] for p in standing["waiting_for"]]) == ("unanswered", ["N"])
    assert standing["first_said"] == "2024-03-12T08:00:00Z"


def test_a_counter_that_a_speaker_argued_is_among_the_grounds_and_an_analysts_is_not(dispute: Dispute) -> None:
    world = dispute.world
    other = a_claim(world, "The troops stayed at their posts")
    argued = approved(
        world,
        source=dispute.north,
        positions=[Taken(stance="asserts", claim=other, against=dispute.claim, counter_kind="rebuts")],
    ).statement
    drawn = judging.propose_counter(
        claim=other,
        against=dispute.claim,
        kind="contrary",
        draft=CounterDraft(),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    approve(world, drawn)
    assert argued is not None
    (counter,) = dispute.reader.get(f"/claims/{dispute.claim.ref}")["standing"]["grounds"]["counters"]
    assert (counter["kind"], counter["claim"], counter["made_by"]) == ("rebuts", other.ref, str(argued.public_id))
    assert counter["principal"]["name"] == "Ministry of North"


@pytest.mark.parametrize("ends", ["now", "then"])
def test_claims_are_found_by_where_they_stand(dispute: Dispute, ends: str) -> None:
    a_claim(dispute.world, "Nobody has spoken of this")
    a_claim(dispute.world, "Nor of this")
    catch_up(dossier_id=dispute.world.dossier.pk)  # as every committed ledger entry does
    when = {} if ends == "now" else {"said_until": (SAID + timedelta(days=1)).isoformat()}
    assert [c["ref"] for c in dispute.reader.all("/claims", **when)] == ["C-0001", "C-0002", "C-0003"]
    assert [c["ref"] for c in dispute.reader.all("/claims", standing="contested", **when)] == ["C-0001"]
    assert [c["ref"] for c in dispute.reader.all("/claims", standing="none", **when)] == ["C-0002", "C-0003"]
    assert dispute.reader.get("/claims", standing="none", expect=200, limit=1, **when)["next"]
    assert len(dispute.reader.all("/claims", standing="none", limit=1, **when)) == 2
    assert dispute.reader.all("/claims", standing="conceded", **when) == []


def test_the_positions_on_a_claim_come_with_their_statements(dispute: Dispute) -> None:
    a_statement(dispute.world, source=dispute.south, claim=a_claim(dispute.world, "Another"), stance="presupposes")
    on_it = dispute.reader.all(f"/claims/{dispute.claim.ref}/positions")
    assert [(p["stance"], p["statement"]["id"]) for p in on_it] == [
        ("asserts", str(dispute.asserted.public_id)),
        ("denies", str(dispute.denied.public_id)),
    ]
    assert [p["claim"] for p in dispute.reader.all("/positions")] == ["C-0001", "C-0001", "C-0002"]
    assert [p["claim"] for p in dispute.reader.all("/positions", stance="presupposes")] == ["C-0002"]


def test_a_retraction_names_the_statement_that_it_takes_back(dispute: Dispute) -> None:
    a_statement(
        dispute.world,
        source=dispute.south,
        claim=dispute.claim,
        stance="retracts",
        retracts=dispute.asserted,
        said_until=SAID + timedelta(days=1),
    )
    (retraction,) = dispute.reader.all("/positions", stance="retracts")
    assert retraction["retracts"] == str(dispute.asserted.public_id)


def test_a_list_is_read_to_its_end_page_by_page_and_new_things_come_behind(world: World, reader: Program) -> None:
    for number in range(5):
        a_claim(world, f"Claim {number}")
    page = reader.get("/claims", limit=2)
    assert [c["ref"] for c in page["items"]] == ["C-0001", "C-0002"]
    a_claim(world, "A late one")
    rest = reader.all(page["next"].removeprefix("http://testserver"))
    assert [c["ref"] for c in rest] == ["C-0003", "C-0004", "C-0005", "C-0006"]


@pytest.mark.parametrize("path", ["/sources", "/articles", "/statements", "/positions", "/claims"])
def test_pages_of_one_hold_what_one_page_of_all_does(dispute: Dispute, path: str) -> None:
    a_claim(dispute.world, "Another")
    whole = dispute.reader.get(path)
    assert whole["next"] is None
    assert len(whole["items"]) >= 2
    assert dispute.reader.all(path, limit=1) == whole["items"]


def test_dossiers_are_paged_by_their_short_names(world: World) -> None:
    others = [a_dossier(slug=slug, by=world.manager) for slug in ("zebra", "aardvark")]
    found = Program(world.manager).all("/dossiers", limit=1)
    assert [d["slug"] for d in found] == sorted([world.dossier.slug, *(other.slug for other in others)])


def test_the_grounds_name_what_was_said_last_and_count_the_rest(
    dispute: Dispute, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "MOST_NAMED", 1)
    later = a_statement(
        dispute.world, source=dispute.south, claim=dispute.claim, stance="asserts", said_until=SAID + timedelta(days=1)
    )
    voices = dispute.reader.get("/claims/C-0001")["standing"]["grounds"]["voices"]
    (south,) = [voice for voice in voices if voice["principal"]["name"] == "Government of South"]
    assert (south["positions"], south["statements"]) == (2, [str(later.public_id)])
