"""Every read holds for two times: what had been said by then, and what was held then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.ledger.models import Entry
from apps.review.models import Proposal
from apps.review.services import withdrawing
from tests.api.conftest import Dispute
from tests.api.program import Program, document
from tests.factories.worlds import SAID, World, a_source, rendition_of

WORK_UNDER_WAY = ("/intakes", "/feeds")
"""It has no past."""
READS = sorted(
    path
    for path, methods in document()["paths"].items()
    if "get" in methods and not any(noun in path for noun in WORK_UNDER_WAY)
)


def last_entry(dispute: Dispute) -> str:
    return Entry.objects.filter(dossier=dispute.world.dossier).latest("index").at.isoformat()


def address(template: str, dispute: Dispute) -> str:
    """The address of something there is."""
    article = dispute.asserted.attributions.get().article
    ids = {"sources": dispute.north.public_id, "statements": dispute.denied.public_id}
    parts = template.replace("{slug}", dispute.world.dossier.slug).split("/")
    for place, part in enumerate(parts):
        if part == "{ref}":
            parts[place] = dispute.claim.ref if parts[place - 1] == "claims" else article.ref
        elif part == "{public_id}":
            parts[place] = str(ids.get(parts[place - 1], rendition_of(article).public_id))
    return "/".join(parts)


def test_every_read_takes_both_times_and_echoes_them(dispute: Dispute) -> None:
    assert len(READS) >= 15
    for path in READS:
        before = timezone.now()
        times = {"said_until": "2030-01-01T04:00:00+04:00", "known_at": "2030-06-01T00:00:00Z"}
        as_of = dispute.reader.get(address(path, dispute), expect=200, **times)["as_of"]
        assert (as_of["said_until"], as_of["known_at"]) == ("2030-01-01T00:00:00Z", "2030-06-01T00:00:00Z"), path
        assert before <= datetime.fromisoformat(as_of["read_at"]) <= timezone.now()
        as_of = dispute.reader.get(address(path, dispute))["as_of"]
        assert (as_of["said_until"], as_of["known_at"]) == (None, None), path


def test_every_read_refuses_a_time_without_an_offset_and_any_other_parameter(dispute: Dispute) -> None:
    for path in READS:
        for name in ("said_until", "known_at"):
            refused = dispute.reader.get(address(path, dispute), expect=400, **{name: "2024-03-12T08:00:00"})
            assert (refused["code"], refused["errors"][0]["parameter"]) == ("bad_time", name), path
        refused = dispute.reader.get(address(path, dispute), expect=400, untill="2024-03-12T08:00:00Z")
        assert (refused["code"], refused["errors"][0]["parameter"]) == ("unknown_parameter", "untill"), path


@pytest.mark.parametrize(
    "raw",
    ["", "now", "2024", "2024-03-12", "2024-13-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"],
)
def test_what_is_no_time_is_refused(reader: Program, raw: str) -> None:
    assert reader.get("/claims", expect=400, known_at=raw)["code"] == "bad_time"


def test_what_was_said_later_does_not_count(dispute: Dispute) -> None:
    early = (SAID - timedelta(hours=1)).isoformat()
    path = f"/claims/{dispute.claim.ref}"
    assert dispute.reader.get(path, said_until=early)["standing"]["code"] == "unanswered"
    assert [p["stance"] for p in dispute.reader.all(f"{path}/positions", said_until=early)] == ["asserts"]
    assert len(dispute.reader.all("/statements", said_until=early)) == 1
    dispute.reader.get(f"/statements/{dispute.denied.public_id}", said_until=early, expect=404)
    assert {n["type"] for n in dispute.reader.get(f"{path}/graph", said_until=early)["nodes"]} == {
        "claim",
        "statement",
        "source",
    }


def test_what_was_withdrawn_is_still_there_as_known_before(dispute: Dispute) -> None:
    then = last_entry(dispute)
    proposal = Proposal.objects.select_related("dossier").get(statement=dispute.denied)
    withdrawing.withdraw(
        proposal=proposal, by=Actor.person(dispute.world.editor), at=timezone.now(), note="Another was meant."
    )
    path = f"/statements/{dispute.denied.public_id}"
    assert dispute.reader.get(path, expect=404)["code"] == "not_found"
    assert dispute.reader.get(path, known_at=then)["id"] == str(dispute.denied.public_id)
    claim = f"/claims/{dispute.claim.ref}"
    assert dispute.reader.get(claim)["standing"]["code"] == "unanswered"
    assert dispute.reader.get(claim, known_at=then)["standing"]["code"] == "contested"
    assert len(dispute.reader.get(f"{claim}/graph", known_at=then)["nodes"]) == 5
    assert len(dispute.reader.get(f"{claim}/graph")["nodes"]) == 3


def test_a_place_in_a_list_stays_good_when_its_row_is_withdrawn(dispute: Dispute) -> None:
    page = dispute.reader.get("/statements", limit=1)
    proposal = Proposal.objects.select_related("dossier").get(statement=dispute.asserted)
    withdrawing.withdraw(proposal=proposal, by=Actor.person(dispute.world.editor), at=timezone.now(), note="An error.")
    rest = dispute.reader.get(page["next"].removeprefix("http://testserver"))
    assert [s["id"] for s in rest["items"]] == [str(dispute.denied.public_id)]


def test_nothing_was_held_before_the_dossier_was(dispute: Dispute) -> None:
    long_ago = datetime(2000, 1, 1, tzinfo=UTC).isoformat()
    for path in ("/sources", "/articles", "/statements", "/claims", "/positions", "/parties", "/changes"):
        assert dispute.reader.get(path, known_at=long_ago)["items"] == [], path
    for path in (f"/claims/{dispute.claim.ref}", f"/sources/{dispute.north.public_id}", "/articles/A-0001"):
        dispute.reader.get(path, known_at=long_ago, expect=404)


def test_a_source_is_named_as_it_was_known(world: World, reader: Program) -> None:
    a_source(world, "Ministry of North")
    at = Entry.objects.filter(dossier=world.dossier).latest("index").at
    a_source(world, "Ministry of South")
    assert [s["name"] for s in reader.all("/sources", known_at=at.isoformat())] == ["Ministry of North"]
