"""The editors' desk: copies in bulk, and approvals taken back."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from apps.articles.models import Article
from apps.review.models import Proposal
from apps.sources.models import Source
from apps.statements.models import Attribution, Statement
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.check.sitting import one_url, queue_url, state_of
from tests.web.submitting import form_of, values_of, words_of

pytestmark = pytest.mark.django_db


def test_copies_are_approved_in_bulk_as_further_evidence_of_one_statement(
    world: World, waiting: Proposal, copies: list[Proposal], editor: Client
) -> None:
    page = editor.get(queue_url(world))
    assert "2 copies · Hill Gazette, Harbour Mail" in words_of(page)
    form = form_of(page, action=reverse("check-copies", args=[world.dossier.slug]))
    response = editor.post(form.get("action"), values_of(form), follow=True)
    assert "2 approved." in words_of(response)
    assert Statement.objects.count() == 1
    assert Attribution.objects.filter(is_copy=True).count() == 2
    assert {state_of(copy) for copy in copies} == {"approved"}


def test_one_copy_is_approved_from_its_own_page(world: World, copies: list[Proposal], editor: Client) -> None:
    page = editor.get(one_url(world, copies[0]))
    assert "This repeats another statement" in words_of(page)
    form = form_of(page, action=reverse("check-copies", args=[world.dossier.slug]))
    editor.post(form.get("action"), values_of(form))
    assert [state_of(copy) for copy in copies] == ["approved", "open"]


def test_approving_no_copies_is_refused_in_words(world: World, editor: Client) -> None:
    url = reverse("check-copies", args=[world.dossier.slug])
    response = editor.post(url, {"copy": ["nonsense", "0" * 36 + ":1"]})
    assert response.status_code == 422
    assert "There is nothing to approve here." in words_of(response)


# --- Withdrawing ------------------------------------------------------------------------------------------------------


def test_an_approval_is_withdrawn_with_why_and_takes_its_copies_along(
    world: World, waiting: Proposal, copies: list[Proposal], editor: Client
) -> None:
    worlds.approve(world, *copies)
    listed = editor.get(reverse("check-approved", args=[world.dossier.slug]))
    url = reverse("check-withdraw", args=[world.dossier.slug, waiting.public_id])
    assert url in listed.content.decode()
    page = editor.get(url)
    assert "2 copies go along." in words_of(page)
    refused = editor.post(url, {"note": " "})
    assert refused.status_code == 422
    assert "Say why the approval is withdrawn." in words_of(refused)
    response = editor.post(url, {"note": "The article was corrected."}, follow=True)
    assert "3 approvals are withdrawn." in words_of(response)
    assert not Statement.objects.current().exists()
    again = editor.post(url, {"note": "Once more."})
    assert again.status_code == 409
    assert "there is nothing to withdraw" in words_of(again)


def test_what_is_in_use_is_not_withdrawn(world: World, waiting: Proposal, editor: Client) -> None:
    worlds.approve(world, waiting)
    claim = Proposal.objects.get(kind="claim")
    url = reverse("check-withdraw", args=[world.dossier.slug, claim.public_id])
    response = editor.post(url, {"note": "Wrongly worded."})
    assert response.status_code == 409
    assert "Positions are taken on this claim" in words_of(response)
    assert "Wrongly worded." in response.content.decode()


def test_the_approved_are_listed_by_kind_and_article(
    world: World, article: Article, waiting: Proposal, editor: Client
) -> None:
    worlds.approve(world, waiting)
    url = reverse("check-approved", args=[world.dossier.slug])
    assert "its troops had crossed" in words_of(editor.get(url, {"article": article.ref}))
    assert "Northern troops crossed" in words_of(editor.get(url, {"kind": "claim"}))
    assert "Nothing of this kind is approved" in words_of(editor.get(url, {"kind": "counter"}))
    assert editor.get(url, {"article": "A-0099"}).status_code == 404
    assert editor.get(url, {"article": "nonsense"}).status_code == 404


def test_lists_are_turned_page_by_page(
    world: World, ministry: Source, editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.review.record.PAGE", 2)
    text = " ".join(f"The ministry denied that matter {n} was so." for n in range(3))
    one = worlds.an_article(world, text)
    drawn = worlds.rendition_of(one).text
    found = [
        worlds.submitted(world, one, draft=worlds.a_draft(drawn, content=f"matter {n} was so"), source=ministry)
        for n in range(3)
    ]
    first = editor.get(queue_url(world))
    assert "matter 2" not in words_of(first)
    assert "matter 2" in words_of(editor.get(f"{queue_url(world)}?after={found[1].pk}"))
    assert f"?after={found[1].pk}" in first.content.decode()
    worlds.approve(world, *found)
    url = reverse("check-approved", args=[world.dossier.slug])
    assert "matter 0" not in words_of(editor.get(url))
    assert "matter 0" in words_of(editor.get(url, {"before": found[1].pk}))
