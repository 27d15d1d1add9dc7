"""Another outlet's own words for a statement that is known already."""

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.claims.models import Position
from apps.core.errors import Conflict, Refusal
from apps.review.models import Proposal
from apps.review.services import judging
from apps.review.services.judging import Filled, Taken
from apps.statements.models import Attribution, Statement
from tests.factories.worlds import (
    World,
    a_claim,
    a_draft,
    a_source,
    a_world,
    an_article,
    approve,
    proposed,
    rendition_of,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return a_world()


ELSEWHERE = "Officials at the ministry rejected on Tuesday the report of a crossing by its troops."


def test_an_analyst_attaches_another_outlets_own_words_to_the_statement_they_report(world: World) -> None:
    first, second = an_article(world), an_article(world, ELSEWHERE)
    source, claim = a_source(world), a_claim(world)
    original = submitted(world, first, source=source, positions=[Taken("denies", claim=claim)])
    draft = a_draft(ELSEWHERE, source="Officials", cue="rejected", content="a crossing by its troops")
    filled = Filled(draft=draft, source=source, repeats=original)
    repeat = judging.add(
        rendition=rendition_of(second), filled=filled, by=Actor.person(world.analyst), at=timezone.now()
    )
    with pytest.raises(Conflict) as refused:
        approve(world, repeat)
    assert refused.value.code in {"original_first", "wrong_state"}

    approve(world, original, repeat)

    assert Statement.objects.get().attributions.count() == 2
    assert not Attribution.objects.filter(is_copy=True).exists()
    assert Position.objects.count() == 1


def test_nothing_repeats_itself_or_what_nobody_accepted_or_what_repeats_it(world: World) -> None:
    article, source = an_article(world), a_source(world)
    (unseen,) = proposed(article, source=source)
    accepted = submitted(world, article, source=source)

    def repeating(proposal: Proposal) -> str:
        with pytest.raises(Refusal) as refused:
            judging.add(
                rendition=rendition_of(article),
                filled=Filled(draft=a_draft(), source=source, repeats=proposal),
                by=Actor.person(world.analyst),
                at=timezone.now(),
            )
        return refused.value.code

    assert repeating(unseen) == "original_first"
    with pytest.raises(Refusal) as refused:
        judging.submit(
            proposal=unseen,
            expected_revision=1,
            filled=Filled(draft=a_draft(), source=source, repeats=unseen),
            by=Actor.person(world.analyst),
            at=timezone.now(),
        )
    assert refused.value.code == "repeats_itself"
    (copy,) = proposed(an_article(world), source=source, copies_of=[article])
    assert copy.copy_of == unseen
    with pytest.raises(Refusal) as refused:
        judging.submit(
            proposal=unseen,
            expected_revision=1,
            filled=Filled(draft=a_draft(), source=source, repeats=accepted),
            by=Actor.person(world.analyst),
            at=timezone.now(),
        )
    assert refused.value.code == "repeated_itself"
