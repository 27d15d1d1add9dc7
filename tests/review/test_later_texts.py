"""What was proposed of an earlier text and is not approved, once the article has a later one."""

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article
from apps.review.services import judging
from tests.factories.versions import corrected
from tests.factories.worlds import World, a_draft, a_source, a_world, an_article, proposed, submitted

pytestmark = pytest.mark.django_db

TEXT = "The ministry denied on Monday that its troops had crossed the river. Nobody else was asked."


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def article(world: World) -> Article:
    return an_article(world, TEXT)


def test_what_nobody_touched_is_proposed_of_the_newest_text_only(article: Article) -> None:
    (older,) = proposed(article, a_draft(TEXT))
    later = f"Correction.\n\n{TEXT}"
    (newer,) = corrected(article, later, a_draft(later))
    older.refresh_from_db()
    assert (older.state, newer.state) == ("superseded", "open")


def test_what_nobody_touched_and_is_not_found_again_stays(article: Article) -> None:
    (older,) = proposed(article, a_draft(TEXT))
    corrected(article, "Boats were seen near the quay.")
    older.refresh_from_db()
    assert older.state == "open"


def test_what_waits_for_an_editor_is_not_proposed_again(world: World, article: Article) -> None:
    waiting = submitted(world, article, draft=a_draft(TEXT), source=a_source(world))
    later = f"Correction.\n\n{TEXT}"
    assert corrected(article, later, a_draft(later)) == []
    waiting.refresh_from_db()
    assert waiting.state == "submitted"


def test_what_was_set_aside_is_not_asked_again(world: World, article: Article) -> None:
    (older,) = proposed(article, a_draft(TEXT))
    judging.reject(proposal=older, expected_revision=1, by=Actor.person(world.editor), at=timezone.now())
    later = f"Correction.\n\n{TEXT}"
    assert corrected(article, later, a_draft(later)) == []


def test_copies_elsewhere_follow_to_the_newer_text(world: World, article: Article) -> None:
    proposed(article, a_draft(TEXT))
    copy = an_article(world, TEXT)
    (repeated,) = proposed(copy, a_draft(TEXT), copies_of=[article])
    later = f"Correction.\n\n{TEXT}"
    (newer,) = corrected(article, later, a_draft(later))
    repeated.refresh_from_db()
    assert repeated.copy_of == newer
