"""From a pasted text to an approved fact, through the real steps and services."""

import pytest

from apps.articles.models import Capture, Intake, Rendition
from apps.claims.models import Position
from apps.ledger import services as ledger
from apps.review.models import Proposal
from apps.review.services.judging import Taken
from apps.statements.models import Attribution
from tests.factories.worlds import a_claim, a_source, a_world, accept, an_intake, approve, run_until_quiet

pytestmark = pytest.mark.django_db


def test_a_pasted_text_becomes_proposals_and_an_approved_one_a_fact() -> None:
    world = a_world()
    source = a_source(world, "Ministry of Defence", party=world.north, names=[("The ministry", "short")])
    claim = a_claim(world, about=[world.north])
    intake = an_intake(world)

    run_until_quiet()

    intake.refresh_from_db()
    assert (intake.state, intake.failure_code) == (Intake.State.DONE, "")
    assert Capture.objects.get().sha256 == intake.raw_sha256
    assert Rendition.objects.get().text.startswith("The ministry denied")
    proposal = Proposal.objects.attributions().get()
    assert intake.proposed == 1

    accept(world, proposal, source=source, positions=[Taken("denies", claim=claim)])
    approve(world, proposal)

    position = Position.objects.get()
    assert (position.claim, position.statement.source, position.stance) == (claim, source, "denies")
    source_span, cue, content = Attribution.objects.get().spans.all()
    assert (source_span.exact, cue.exact) == ("The ministry", "denied")
    assert content.exact.endswith("its troops had crossed the river")
    assert ledger.verify(dossier_id=world.dossier.pk) is None
