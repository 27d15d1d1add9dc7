"""The editors' desk: what is approved of an article's earlier version, compared with the later one."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.articles.models import Article
from apps.review.models import Proposal
from apps.statements.models import Attribution, Gone, Statement
from tests.factories.versions import corrected
from tests.factories.worlds import World, a_draft, a_source, a_world, an_article, approved, proposed
from tests.web.check.sitting import one_url, queue_url, signed_in, state_of
from tests.web.submitting import form_of, values_of, words_of

pytestmark = pytest.mark.django_db

COUNT = "The office said that at least 27 boats were moved from the lower quay to the northern bank on Monday."
TEXT = f"The ministry denied that its troops had crossed the river.\n\n{COUNT}"


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def editor(world: World) -> Client:
    return signed_in(world.editor)


@pytest.fixture
def article(world: World) -> Article:
    return an_article(world, TEXT)


@pytest.fixture
def twins(world: World, article: Article) -> list[Proposal]:
    """In the later version one statement stands word for word, another in other words."""
    ministry = a_source(world, "Ministry of Defence", party=world.north)
    content = COUNT[COUNT.index("at least") : -1]
    approved(world, article, draft=a_draft(TEXT), source=ministry)
    approved(world, article, draft=a_draft(TEXT, source="The office", cue="said", content=content), source=ministry)
    return corrected(article, f"Correction.\n\n{TEXT}".replace("from the lower quay", "from the old lower quay"))


def test_what_stands_word_for_word_is_approved_at_once(world: World, twins: list[Proposal], editor: Client) -> None:
    page = editor.get(queue_url(world))
    words = words_of(page)
    assert "1 statement word for word as before" in words
    assert "1 statement in other words, to be looked at by itself" in words
    assert "Copies of what is approved" not in words
    form = form_of(page, action=reverse("check-copies", args=[world.dossier.slug]))
    editor.post(form.get("action"), values_of(form))
    assert [state_of(twin) for twin in twins] == ["approved", "open"]
    assert Statement.objects.count() == 2
    assert Attribution.objects.count() == 3


def test_other_words_are_shown_beside_what_they_were(world: World, twins: list[Proposal], editor: Client) -> None:
    words = words_of(editor.get(one_url(world, twins[1])))
    assert "The article has a later version." in words
    assert "Changed since the earlier version" in words
    assert "from the old lower quay" in words
    assert "nothing: these are the very words" in words_of(editor.get(one_url(world, twins[0])))


def test_an_editor_says_that_it_still_says_so(world: World, twins: list[Proposal], editor: Client) -> None:
    response = editor.post(one_url(world, twins[1]), {"do": "approve", "expected": 1}, follow=True)
    assert "Approved." in words_of(response)
    assert state_of(twins[1]) == "approved"


def test_or_that_it_says_something_else_and_then_the_words_are_gone(
    world: World, twins: list[Proposal], editor: Client
) -> None:
    response = editor.post(one_url(world, twins[1]), {"do": "other-words", "expected": 1}, follow=True)
    assert "Set aside: the later version says something else." in words_of(response)
    assert state_of(twins[1]) == "rejected"
    first = twins[1].twin_of
    assert first is not None
    assert Gone.objects.current().get().attribution == first.attribution


def test_what_is_decided_is_listed_no_more(world: World, twins: list[Proposal], editor: Client) -> None:
    for twin in twins:
        editor.post(one_url(world, twin), {"do": "approve", "expected": 1})
    assert "Later versions of articles" not in words_of(editor.get(queue_url(world)))


def test_a_statement_of_an_earlier_version_is_shown_there_on_the_desk(world: World, article: Article) -> None:
    (older,) = proposed(article, a_draft(TEXT))
    corrected(article, COUNT)
    client = signed_in(world.analyst)
    url = reverse("review-statement", args=[world.dossier.slug, article.number, older.public_id])
    page = words_of(client.get(url))
    assert "This stands in an earlier version of the article" in page
    assert "its troops had crossed the river" in page
