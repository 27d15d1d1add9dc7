"""The editors' desk: who may open it, and what it shows beside the excerpt."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html
from pytest_django import DjangoAssertNumQueries

from apps.accounts.models import Actor
from apps.articles.models import Article
from apps.review.models import Proposal
from apps.review.services import judging
from apps.sources.models import Alias, Source
from tests.factories import worlds
from tests.factories.worlds import World
from tests.web.check.sitting import one_url, queue_url, signed_in, state_of
from tests.web.submitting import press, words_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["check", "check-approved", "check-one", "check-withdraw"])
def test_the_desk_is_closed_to_all_but_editors_and_unknown_to_strangers(
    world: World, waiting: Proposal, name: str
) -> None:
    args = [world.dossier.slug, *([waiting.public_id] if name in ("check-one", "check-withdraw") else [])]
    url = reverse(name, args=args)
    assert signed_in(world.reader).get(url).status_code == 403
    assert signed_in(world.analyst).get(url).status_code == 403
    assert signed_in(worlds.a_world().editor).get(url).status_code == 404
    assert Client().get(url).status_code == 302


def test_a_proposal_of_another_dossier_is_not_found(waiting: Proposal) -> None:
    other = worlds.a_world()
    client = signed_in(other.editor)
    assert client.get(one_url(other, waiting)).status_code == 404
    assert client.post(one_url(other, waiting), {"do": "approve", "expected": "2"}).status_code == 404
    assert state_of(waiting) == "submitted"


def test_an_analyst_cannot_approve(world: World, waiting: Proposal) -> None:
    response = signed_in(world.analyst).post(one_url(world, waiting), {"do": "approve", "expected": "2"})
    assert response.status_code == 403
    assert state_of(waiting) == "submitted"


# --- The queue --------------------------------------------------------------------------------------------------------


def test_the_queue_lists_what_others_submitted_and_never_ones_own(
    world: World, article: Article, waiting: Proposal, ministry: Source, editor: Client
) -> None:
    text = worlds.rendition_of(article).text
    own = worlds.submitted(
        world,
        article,
        draft=worlds.a_draft(text, source="It", cue="said", content="12 people were wounded near the bridge"),
        source=ministry,
        by=world.editor,
    )
    page = editor.get(queue_url(world))
    assert "its troops had crossed the river" in words_of(page)
    assert "12 people were wounded" not in words_of(page)
    assert "Northern troops crossed" not in words_of(page)  # waits with its statement
    shown = editor.get(one_url(world, own))
    assert "You contributed to this; somebody else has to check it." in words_of(shown)
    assert b'value="approve"' not in shown.content
    refused = editor.post(one_url(world, own), {"do": "approve", "expected": "1"})
    assert refused.status_code == 403
    assert "You contributed to this" in words_of(refused)
    assert state_of(own) == "submitted"


def test_an_empty_queue_says_so(world: World, editor: Client) -> None:
    assert "Nothing waits for you" in words_of(editor.get(queue_url(world)))


def test_queries_do_not_grow_with_what_waits(
    world: World, ministry: Source, editor: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    text = " ".join(f"The ministry denied that matter {n} was so." for n in range(10))
    one = worlds.an_article(world, text)
    drawn = worlds.rendition_of(one).text
    found = [
        worlds.submitted(world, one, draft=worlds.a_draft(drawn, content=f"matter {n} was so"), source=ministry)
        for n in range(10)
    ]
    with django_assert_max_num_queries(32):
        editor.get(queue_url(world))
    with django_assert_max_num_queries(45):
        editor.get(one_url(world, found[0]))


# --- The record -------------------------------------------------------------------------------------------------------


def test_the_excerpt_stands_beside_the_record(world: World, waiting: Proposal, editor: Client) -> None:
    response = editor.get(one_url(world, waiting))
    page = html.fromstring(response.content.decode())
    excerpt = " ".join(page.xpath("//div[@class='excerpt']")[0].text_content().split())
    assert "Before all of this" in excerpt
    assert "It said that 12 people" in excerpt
    assert "After all of this" not in excerpt
    assert [e.text for e in page.xpath("//div[@class='excerpt']//em")] == ["denied"]
    said = words_of(response)
    for expected in ("Valley Post", "Ministry of Defence", "North", "denies", "Northern troops crossed the river"):
        assert expected in said
    assert "new, approved along" in said


def test_the_record_shows_what_changed_since_the_machine(
    world: World, article: Article, ministry: Source, editor: Client
) -> None:
    text = worlds.rendition_of(article).text
    (proposal,) = worlds.proposed(article, worlds.a_draft(text, content="its troops"))
    worlds.accept(world, proposal, source=ministry, draft=worlds.a_draft(text, kind="denial"))
    said = words_of(editor.get(one_url(world, proposal)))
    assert "Changed since the machine" in said
    assert "What its troops → its troops had crossed the river" in said
    assert "Kind assertion → denial" in said


def test_the_record_shows_what_changed_since_the_return(
    world: World, waiting: Proposal, ministry: Source, editor: Client
) -> None:
    press(editor, editor.get(one_url(world, waiting)), "return", change={"note": "Is it the government?"})
    state = worlds.a_source(world, "Government of the North", party=world.north)
    worlds.accept(world, waiting, source=state)
    said = words_of(editor.get(one_url(world, waiting)))
    assert "Changed since the return" in said
    assert "Source Ministry of Defence → Government of the North" in said
    assert "Is it the government?" in said


def test_a_name_that_an_attribution_rests_on_leads_to_all_that_does(
    world: World, article: Article, ministry: Source, editor: Client
) -> None:
    alias = Alias.objects.get(name="The ministry")
    text = worlds.rendition_of(article).text
    proposal = judging.add(
        rendition=worlds.rendition_of(article),
        filled=judging.Filled(draft=worlds.a_draft(text), source=ministry, alias=alias),
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    url = reverse("source-alias", args=[world.dossier.slug, ministry.public_id, alias.public_id])
    assert url in editor.get(one_url(world, proposal)).content.decode()


# --- Approving --------------------------------------------------------------------------------------------------------
