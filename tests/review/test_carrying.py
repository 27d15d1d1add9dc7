"""What becomes of what is approved once the article has another text: twins, and words that are gone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article
from apps.claims.models import Claim, Position
from apps.core.errors import Conflict, Denied
from apps.crosscheck.selectors import standings
from apps.ledger import services as ledger
from apps.ledger.models import Entry
from apps.review.drafts import AttributionDraft, FigureDraft
from apps.review.models import Decision, Link, Proposal
from apps.review.services import judging, withdrawing
from apps.review.services.judging import Taken
from apps.sources.models import Source
from apps.statements.models import Attribution, Gone, Statement
from tests.factories.versions import a_later_text, corrected, read_newest
from tests.factories.worlds import (
    World,
    a_claim,
    a_draft,
    a_member,
    a_source,
    a_world,
    accept,
    an_article,
    approve,
    approved,
    proposed,
    rendition_of,
    submitted,
)

pytestmark = pytest.mark.django_db

DENIAL = "The ministry denied on Monday that its troops had crossed the river."
COUNT = "The office said that at least 27 boats were moved from the lower quay to the northern bank on Monday."
TEXT = f"{DENIAL} Nobody else was asked.\n\n{COUNT}"


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def article(world: World) -> Article:
    return an_article(world, TEXT)


@pytest.fixture
def ministry(world: World) -> Source:
    return a_source(world, "Ministry of Defence", party=world.north)


@pytest.fixture
def claim(world: World) -> Claim:
    return a_claim(world, about=[world.north])


def count_draft(text: str) -> AttributionDraft:
    content = text[text.index("at least") : text.index("on Monday.", text.index("at least")) + len("on Monday")]
    return a_draft(
        text, source="The office", cue="said", content=content, figures=[FigureDraft("other", "at_least", 27)]
    )


@pytest.fixture
def denial(world: World, article: Article, ministry: Source, claim: Claim) -> Proposal:
    positions = [Taken("denies", claim=claim)]
    return approved(world, article, draft=a_draft(TEXT, kind="denial"), source=ministry, positions=positions)


@pytest.fixture
def count(world: World, article: Article, ministry: Source) -> Proposal:
    return approved(world, article, draft=count_draft(TEXT), source=ministry)


def gone() -> list[Attribution]:
    return [row.attribution for row in Gone.objects.current().select_related("attribution")]


def body(proposal: Proposal) -> AttributionDraft:
    return AttributionDraft.read(proposal.revisions.get(number=proposal.last_revision).body)


def set_aside(world: World, proposal: Proposal) -> Proposal:
    return judging.reject(
        proposal=proposal, expected_revision=proposal.last_revision, by=Actor.person(world.editor), at=timezone.now()
    )


# --- A twin is proposed -----------------------------------------------------------------------------------------------


def test_what_is_approved_gets_a_twin_in_the_later_text(article: Article, denial: Proposal) -> None:
    (twin,) = corrected(article, f"Correction: the day was wrong.\n\n{TEXT}")
    assert twin.twin_of == denial
    assert twin.copy_of == denial
    assert twin.state == Proposal.State.OPEN
    assert body(twin).words("content") == "its troops had crossed the river"
    assert gone() == []


def test_a_twin_carries_all_that_was_reviewed(
    article: Article, denial: Proposal, ministry: Source, claim: Claim
) -> None:
    (twin,) = corrected(article, f"Correction.\n\n{TEXT}")
    revision = twin.revisions.get()
    assert (revision.source, body(twin).kind, body(twin).said_until) == (ministry, "denial", body(denial).said_until)
    link = Link.objects.get(revision=revision)
    assert (link.claim, link.stance) == (claim, "denies")
    assert revision.machine == "carrying/1"


def test_an_approved_twin_is_further_evidence_of_the_same_and_counts_for_nothing(
    world: World, article: Article, denial: Proposal, claim: Claim
) -> None:
    before = standings(world.dossier.pk, [claim.pk])[claim.pk]
    (twin,) = corrected(article, f"Correction.\n\n{TEXT}")
    (twin,) = approve(world, twin)
    assert twin.statement_id == denial.statement_id
    assert twin.attribution is not None
    assert twin.attribution.twin_of_id == denial.attribution_id
    assert not twin.attribution.is_copy
    after = standings(world.dossier.pk, [claim.pk])[claim.pk]
    assert (after.held, after.origins, after.code) == (before.held, before.origins, before.code)
    assert Statement.objects.current().count() == 1
    assert Position.objects.current().count() == 1


def test_what_is_approved_is_never_altered(article: Article, denial: Proposal) -> None:
    assert denial.attribution is not None
    before = Attribution.objects.values().get(pk=denial.attribution.pk)
    corrected(article, COUNT)
    assert Attribution.objects.values().get(pk=denial.attribution.pk) == before
    denial.refresh_from_db()
    assert (denial.state, denial.last_revision) == (Proposal.State.APPROVED, 1)


def test_who_approved_the_first_may_approve_the_twin_and_so_may_another_but_not_who_contributed_to_it(
    world: World, article: Article, denial: Proposal
) -> None:
    (twin,) = corrected(article, f"Correction.\n\n{TEXT}")
    accept(world, twin, source=a_source(world, "Another"), by=world.editor)
    with pytest.raises(Denied):
        approve(world, twin)
    (done,) = approve(world, twin, by=a_member(world.dossier, "editor", by=world.manager))
    assert done.state == Proposal.State.APPROVED


def test_the_machine_proposes_nothing_beside_a_twin(article: Article, denial: Proposal, count: Proposal) -> None:
    later = f"Correction.\n\n{TEXT} The mayor said the quay was closed."
    mayor = a_draft(later, source="The mayor", cue="said the", content="quay was closed")
    there = corrected(article, later, a_draft(later), count_draft(later), mayor)
    assert [row.twin_of for row in there] == [denial, count, None]
    reading = rendition_of(article).machine_readings.get()
    assert (reading.found, reading.proposed, reading.kept) == (3, 1, 2)


def test_a_text_in_a_language_that_no_machine_reads_has_twins_too(article: Article, denial: Proposal) -> None:
    a_later_text(article, f"Correction.\n\n{TEXT}")
    (twin,) = read_newest(article, able=False)
    assert twin.twin_of == denial


def test_done_twice_it_is_done_once(article: Article, denial: Proposal, count: Proposal) -> None:
    later = f"Correction.\n\n{DENIAL}"
    corrected(article, later, a_draft(later))
    read_newest(article, a_draft(later), version="1")
    read_newest(article, a_draft(later), version="2")
    (twin,) = Proposal.objects.filter(twin_of__isnull=False)
    assert (twin.twin_of, twin.state) == (denial, "open")
    assert gone() == [count.attribution]
    assert Gone.objects.count() == 1


def test_the_newest_text_takes_account_of_all_that_is_approved_and_an_older_one_of_nothing(
    world: World, article: Article, denial: Proposal
) -> None:
    second = a_later_text(article, COUNT)
    a_later_text(article, f"Correction.\n\n{TEXT}")
    read_newest(article)
    assert Proposal.objects.get(twin_of__isnull=False).rendition != second
    assert gone() == []


def test_a_twin_nobody_looked_at_makes_room_for_that_of_a_later_text(article: Article, denial: Proposal) -> None:
    (older,) = corrected(article, f"Correction.\n\n{TEXT}")
    (newer,) = corrected(article, f"Second correction.\n\n{TEXT}")
    older.refresh_from_db()
    assert (older.state, newer.twin_of) == ("superseded", denial)


def test_a_later_text_follows_the_newest_approved_version(world: World, article: Article, count: Proposal) -> None:
    near = TEXT.replace("from the lower quay to", "from the old lower quay over to")
    (twin,) = corrected(article, near)
    approve(world, twin)
    (again,) = corrected(article, f"Correction.\n\n{near}")
    assert again.twin_of == count
    assert "over to the northern bank" in body(again).words("content")


# --- Words that are gone ----------------------------------------------------------------------------------------------


def test_words_that_are_not_in_the_later_text_are_recorded_to_be_gone(
    world: World, article: Article, denial: Proposal, count: Proposal
) -> None:
    (twin,) = corrected(article, f"{COUNT} Nobody else was asked.")
    assert twin.twin_of == count
    assert gone() == [denial.attribution]
    entry = Entry.objects.filter(dossier=world.dossier).order_by("-index")[1]
    assert (entry.verb, entry.actor) == ("article.compared", "machine:carrying/1")
    assert entry.payload["facts"] == [{"noun": "gone", "id": str(Gone.objects.get().public_id), "op": "added"}]
    assert ledger.verify(dossier_id=world.dossier.pk) is None


def test_it_ends_when_a_later_version_has_the_words_again(article: Article, denial: Proposal) -> None:
    corrected(article, COUNT)
    assert gone() == [denial.attribution]
    (twin,) = corrected(article, TEXT)
    assert gone() == []
    assert twin.twin_of == denial


def test_another_number_is_another_statement(article: Article, count: Proposal) -> None:
    later = TEXT.replace("27", "30")
    (fresh,) = corrected(article, later, count_draft(later))
    assert fresh.twin_of is None
    assert gone() == [count.attribution]


def test_the_same_words_by_another_source_are_another_statement(
    world: World, article: Article, denial: Proposal
) -> None:
    later = TEXT.replace("The ministry denied", "The mayor denied")
    mayor = a_source(world, "The mayor")
    (fresh,) = corrected(article, later, a_draft(later, source="The mayor", kind="denial"), source=mayor)
    assert fresh.twin_of is None
    assert gone() == [denial.attribution]


def test_another_name_of_the_same_source_is_taken_from_the_machine(
    article: Article, denial: Proposal, ministry: Source
) -> None:
    later = TEXT.replace("The ministry denied", "A spokesman denied")
    (twin,) = corrected(article, later, a_draft(later, source="A spokesman", kind="denial"), source=ministry)
    assert twin.twin_of == denial
    assert body(twin).words("source") == "A spokesman"


def test_what_is_confirmed_now_is_not_denied_still(article: Article, denial: Proposal, ministry: Source) -> None:
    later = TEXT.replace("denied on", "confirmed on")
    confirmed = a_draft(later, cue="confirmed", kind="acknowledgement")
    (fresh,) = corrected(article, later, confirmed, source=ministry)
    assert fresh.twin_of is None
    assert gone() == [denial.attribution]


def test_near_words_that_a_person_sets_aside_are_gone_and_back_if_that_is_undone(
    world: World, article: Article, count: Proposal
) -> None:
    (twin,) = corrected(article, TEXT.replace("from the lower quay to", "from the old lower quay over to"))
    assert gone() == []
    set_aside(world, twin)
    assert gone() == [count.attribution]
    judging.undo(proposal=twin, by=Actor.person(world.editor), at=timezone.now())
    assert gone() == []


def test_the_very_words_are_there_whoever_sets_their_twin_aside(
    world: World, article: Article, denial: Proposal
) -> None:
    (twin,) = corrected(article, f"Correction.\n\n{TEXT}")
    set_aside(world, twin)
    assert gone() == []
    assert read_newest(article, version="2") == [twin]


# --- Approved or withdrawn while there is a later text ----------------------------------------------------------------


def test_what_is_approved_late_is_gone_at_once_if_the_newest_text_lacks_it(
    world: World, article: Article, ministry: Source
) -> None:
    waiting = submitted(world, article, draft=a_draft(TEXT), source=ministry)
    corrected(article, COUNT)
    (late,) = approve(world, waiting)
    assert gone() == [late.attribution]


def test_what_is_approved_late_gets_its_twin_and_the_machine_withdraws_its_own(
    world: World, article: Article, ministry: Source
) -> None:
    later = f"Correction.\n\n{TEXT}"
    waiting = submitted(world, article, draft=a_draft(TEXT, content="troops had crossed the river"), source=ministry)
    (by_machine,) = corrected(article, later, a_draft(later))
    (late,) = approve(world, waiting)
    by_machine.refresh_from_db()
    (twin,) = Proposal.objects.filter(twin_of=late)
    assert (by_machine.state, twin.rendition) == ("superseded", rendition_of(article))


def test_what_is_approved_before_the_later_text_is_read_is_carried_when_it_is(
    world: World, article: Article, ministry: Source
) -> None:
    waiting = submitted(world, article, draft=a_draft(TEXT), source=ministry)
    a_later_text(article, COUNT)
    (late,) = approve(world, waiting)
    assert gone() == []
    read_newest(article)
    assert gone() == [late.attribution]


def test_a_withdrawn_statement_takes_its_twins_along_and_is_gone_no_more(
    world: World, article: Article, denial: Proposal
) -> None:
    (twin,) = corrected(article, f"Correction.\n\n{TEXT}")
    approve(world, twin)
    corrected(article, COUNT)
    ended = withdrawing.withdraw(
        proposal=denial, by=Actor.person(world.editor), at=timezone.now(), note="Another ministry."
    )
    assert {row.pk for row in ended} == {denial.pk, twin.pk}
    assert not Attribution.objects.current().exists()
    assert gone() == []


def test_a_withdrawn_copy_takes_its_twin_along_and_leaves_the_statement(
    world: World, article: Article, denial: Proposal
) -> None:
    copy = an_article(world, f"{DENIAL} So it was told.")
    (repeated,) = proposed(copy, a_draft(rendition_of(copy).text), copies_of=[article])
    Proposal.objects.filter(pk=repeated.pk).update(copy_of=denial)
    approve(world, repeated)
    (twin,) = corrected(copy, f"Correction. {DENIAL}")
    assert (twin.copy_of, twin.twin_of) == (denial, repeated)
    (twin,) = approve(world, twin)
    assert twin.attribution is not None
    assert twin.attribution.is_copy
    withdrawing.withdraw(
        proposal=Proposal.objects.get(pk=repeated.pk), by=Actor.person(world.editor), at=timezone.now(), note="No."
    )
    twin.refresh_from_db()
    assert twin.state == Proposal.State.WITHDRAWN
    assert list(Attribution.objects.current()) == [denial.attribution]


def test_a_withdrawn_twin_leaves_the_first(world: World, article: Article, denial: Proposal) -> None:
    (twin,) = approve(world, *corrected(article, f"Correction.\n\n{TEXT}"))
    withdrawing.withdraw(proposal=twin, by=Actor.person(world.editor), at=timezone.now(), note="Other words.")
    assert list(Attribution.objects.current()) == [denial.attribution]


def test_a_twin_of_what_was_withdrawn_cannot_be_approved(world: World, article: Article, denial: Proposal) -> None:
    (twin,) = corrected(article, f"Correction.\n\n{TEXT}")
    withdrawing.withdraw(proposal=denial, by=Actor.person(world.editor), at=timezone.now(), note="No.")
    with pytest.raises(Conflict):
        approve(world, twin)


def test_what_somebody_repeats_by_hand_in_the_later_text_is_a_twin_in_the_record(
    world: World, article: Article, denial: Proposal, ministry: Source
) -> None:
    corrected(article, COUNT + " The ministry stands by it: its troops had crossed the river, it denied.")
    text = rendition_of(article).text
    by = Actor.person(world.analyst)
    draft = a_draft(text, cue="denied")
    filled = judging.Filled(draft=draft, source=ministry, repeats=denial)
    added = judging.add(rendition=rendition_of(article), filled=filled, by=by, at=timezone.now())
    (done,) = approve(world, added)
    assert done.attribution is not None
    assert done.attribution.twin_of == denial.attribution


def test_every_twin_says_who_proposed_it(article: Article, denial: Proposal) -> None:
    (twin,) = corrected(article, f"Correction.\n\n{TEXT}")
    (decision,) = Decision.objects.filter(proposal=twin)
    assert (decision.verb, decision.machine, decision.to_state) == ("propose", "carrying/1", "open")
    assert timezone.now() - decision.at < timedelta(minutes=1)
