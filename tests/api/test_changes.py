"""The feed: the ledger as far as it touched facts, and nothing of what went before."""

from __future__ import annotations

from django.utils import timezone

from apps.accounts.models import Actor
from apps.dossiers.services import rename_party
from apps.ledger.models import Entry
from apps.review.models import Proposal
from apps.review.services import judging, withdrawing
from apps.review.services.judging import Taken
from tests.api.conftest import Dispute
from tests.api.program import Program
from tests.factories.worlds import World, a_claim, a_source, submitted


def facts(items: list[dict[str, object]], what: str = "added") -> set[tuple[str, str]]:
    return {(fact["noun"], fact["id"]) for item in items for fact in item[what]}  # type: ignore[attr-defined]


def test_an_approval_is_told_with_every_fact_that_it_made(dispute: Dispute) -> None:
    items = dispute.reader.all("/changes", limit=2)
    last = items[-1]
    assert last["verb"] == "approved"
    assert ("statement", str(dispute.denied.public_id)) in facts([last])
    assert {noun for noun, _id in facts([last])} == {"statement", "attribution", "position"}
    assert ("claim", str(dispute.claim.public_id)) in facts(items)
    assert [item["index"] for item in items] == sorted(item["index"] for item in items)


def test_a_client_that_keeps_its_place_is_told_only_what_is_new(dispute: Dispute) -> None:
    place = dispute.reader.get("/changes", limit=200)["last"]
    assert dispute.reader.get("/changes", after=place) | {"as_of": None} == {
        "as_of": None,
        "items": [],
        "last": place,
        "next": None,
    }
    claim = a_claim(dispute.world, "Something new")
    (item,) = dispute.reader.all("/changes", after=place)
    assert facts([item]) == {("claim", str(claim.public_id))}
    assert dispute.reader.get(f"/claims/{claim.public_id}", known_at=item["at"])["ref"] == claim.ref


def test_a_withdrawal_tells_what_ended_and_not_why(dispute: Dispute) -> None:
    place = dispute.reader.get("/changes", limit=200)["last"]
    proposal = Proposal.objects.select_related("dossier").get(statement=dispute.denied)
    withdrawing.withdraw(
        proposal=proposal, by=Actor.person(dispute.world.editor), at=timezone.now(), note="Zyxquarry was meant."
    )
    (item,) = dispute.reader.all("/changes", after=place)
    assert (item["verb"], item["added"]) == ("withdrawn", [])
    assert {noun for noun, _id in facts([item], "withdrawn")} == {"statement", "attribution", "position"}
    assert b"Zyxquarry" not in dispute.reader.response.content


def test_proposing_returning_and_rejecting_are_not_told(world: World, reader: Program) -> None:
    claim, source = a_claim(world), a_source(world)
    before = reader.all("/changes")
    entries = Entry.objects.filter(dossier=world.dossier).count()
    editor, analyst = Actor.person(world.editor), Actor.person(world.analyst)
    waiting = submitted(world, source=source, positions=[Taken("denies", claim=claim)])
    preserved = reader.all("/changes")
    judging.send_back(proposal=waiting, expected_revision=1, by=editor, at=timezone.now(), note="Whose words?")
    back = Proposal.objects.select_related("dossier").get(pk=waiting.pk)
    judging.reject(proposal=back, expected_revision=1, by=analyst, at=timezone.now())
    assert Entry.objects.filter(dossier=world.dossier).count() > entries
    assert reader.all("/changes") == preserved
    assert [item["verb"] for item in preserved[len(before) :]] == [
        "article.preserved",
        "article.rendered",
    ]


def test_nothing_of_the_review_is_in_the_feed(dispute: Dispute) -> None:
    """Neither its verbs nor its actors nor the proposals that an approval was about."""
    submitted(dispute.world)
    dispute.reader.all("/changes", limit=200)
    body = dispute.reader.response.content.decode()
    for proposal in Proposal.objects.filter(dossier=dispute.world.dossier):
        assert str(proposal.public_id) not in body
    assert "review." not in body
    assert "person:" not in body


def test_a_party_that_is_renamed_is_told_as_replaced(world: World, reader: Program) -> None:
    place = reader.get("/changes", limit=200)["last"]
    rename_party(party=world.north, code="NN", name="The North", by=world.manager)
    (item,) = reader.all("/changes", after=place)
    assert facts([item]) == facts([item], "withdrawn") == {("party", str(world.north.public_id))}
