"""Pages about articles: the list, one article and its bytes; who may see them."""

from __future__ import annotations

import hashlib

import pytest
from django.db import transaction
from django.utils import timezone

from apps.articles.models import Article, Capture, Intake, Rendition
from apps.ledger import services as ledger
from apps.review.services.judging import Taken
from apps.sources.models import OutletName
from tests.factories.worlds import (
    TEXT,
    World,
    a_claim,
    a_draft,
    a_person,
    a_source,
    a_statement,
    a_world,
    an_article,
    approved,
    rendition_of,
    submitted,
)
from tests.web.rooms import at, browser, html, queries

pytestmark = pytest.mark.django_db

NASTY = "<script>alert('x')</script>"


@pytest.fixture
def world() -> World:
    return a_world(zone="Asia/Baku")


READ = ["articles"]
ADD = ["article-add", "intake", "feeds"]


@pytest.mark.parametrize("name", READ + ADD)
def test_nobody_unknown_sees_a_page(client: object, world: World, name: str) -> None:
    response = client.get(at(world, name))  # type: ignore[attr-defined]
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("name", READ + ADD)
def test_an_outsider_learns_nothing_of_the_dossier(world: World, name: str) -> None:
    response = browser(a_person("Olga Outsider")).get(at(world, name))
    assert response.status_code == 404
    assert world.dossier.title not in html(response)


@pytest.mark.parametrize("name", ADD)
def test_a_reader_is_told_that_adding_needs_an_analyst(world: World, name: str) -> None:
    response = browser(world.reader).get(at(world, name))
    assert response.status_code == 403
    assert "needs the role of analyst" in html(response)


def test_a_reader_cannot_add_by_post_either(world: World) -> None:
    response = browser(world.reader).post(at(world, "article-add") + "?by=text", {"text": TEXT})
    assert response.status_code == 403
    assert not Intake.objects.exists()


def test_the_list_says_when_nothing_is_held(world: World) -> None:
    assert "No article is held yet" in html(browser(world.reader).get(at(world, "articles")))


def test_the_list_is_newest_first_with_outlet_and_approved_statements(world: World) -> None:
    first = an_article(world, TEXT, headline="The first", outlet="Harbour Ledger")
    an_article(world, "Another text altogether was printed here.", headline="The second")
    approved(world, first)
    submitted(world, first, draft=a_draft(rendition_of(first).text, content="its troops"))
    page = html(browser(world.reader).get(at(world, "articles")))
    assert page.index("The second") < page.index("The first")
    assert "Harbour Ledger" in page
    assert '<td class="num">1</td>' in page


def test_the_list_goes_on_below_a_number_and_refuses_what_is_none(world: World) -> None:
    for number in range(3):
        an_article(world, f"Text number {number} about the river and its banks.", headline=f"Headline {number}")
    reader = browser(world.reader)
    page = html(reader.get(at(world, "articles") + "?before=2"))
    assert "Headline 0" in page
    assert "Headline 1" not in page
    assert reader.get(at(world, "articles") + "?before=x").status_code == 400


def test_the_list_is_cut_and_leads_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.articles.views.ROWS", 2)
    for number in range(3):
        an_article(world, f"Text number {number} about the river and its banks.", headline=f"Headline {number}")
    page = html(browser(world.reader).get(at(world, "articles")))
    assert "Headline 0" not in page
    assert "?before=2" in page


def test_the_list_narrows_by_outlet_and_by_words(world: World) -> None:
    an_article(world, "The bridge was closed to everybody.", headline="On the bridge", outlet="Harbour Ledger")
    an_article(world, "The ferry went on as before.", headline="On the ferry", outlet="River Post")
    reader = browser(world.reader)
    outlet = OutletName.objects.get(name="River Post").outlet_id
    assert "On the bridge" not in html(reader.get(at(world, "articles") + f"?outlet={outlet}"))
    found = html(reader.get(at(world, "articles") + "?q=bridge"))
    assert "On the bridge" in found
    assert "On the ferry" not in found
    assert "No article like this is held" in html(reader.get(at(world, "articles") + "?q=submarine"))
    assert reader.get(at(world, "articles") + "?q=%00").status_code == 400


def test_the_list_takes_as_many_queries_for_ten_articles_as_for_one(world: World) -> None:
    an_article(world, TEXT, headline="One", outlet="Outlet")
    reader = browser(world.reader)
    one = queries(reader, at(world, "articles"))
    for number in range(9):
        an_article(world, f"{TEXT} And {number} more.", headline=f"Further {number}", outlet=f"Outlet {number}")
    assert queries(reader, at(world, "articles")) == one


def test_htmx_gets_the_list_alone(world: World) -> None:
    page = html(browser(world.reader).get(at(world, "articles"), headers={"HX-Request": "true"}))
    assert 'id="list"' in page
    assert "<html" not in page


def test_an_article_marks_approved_words_and_nothing_pending(world: World) -> None:
    article = an_article(world, TEXT, headline="Troops at the river", outlet="Harbour Ledger")
    ministry = a_source(world, "Ministry of Defence", party=world.north)
    claim = a_claim(world, "Troops crossed the river", about=[world.north])
    statement = a_statement(world, source=ministry, claim=claim, stance="denies", article=article)
    pending = a_source(world, "Somebody Pending")
    submitted(
        world,
        article,
        source=pending,
        draft=a_draft(rendition_of(article).text, source="Nobody else", cue="asked", content="was asked"),
    )
    page = html(browser(world.reader).get(at(world, "article", number=article.number)))
    assert f'href="#s-{statement.public_id}">its troops had crossed the river</a>' in page
    assert 'class="ink m-source p1"' in page
    assert f'id="s-{statement.public_id}"' in page
    assert "Ministry of Defence" in page
    assert claim.ref in page
    assert "Somebody Pending" not in page
    assert ">was asked</a>" not in page
    assert "review" not in page.split("</header>", 1)[1].split("What it attributes")[0]


def test_an_analyst_finds_the_way_to_review(world: World) -> None:
    article = an_article(world)
    page = html(browser(world.analyst).get(at(world, "article", number=article.number)))
    assert at(world, "review-article", number=article.number) in page
    assert "No statement of this article is held." in page


def test_marks_that_overlap_write_every_word_once(world: World) -> None:
    text = "Ulmere argued that Halvane's admission that it belonged elsewhere changed the terms."
    article = an_article(world, text)
    whole = rendition_of(article).text
    outer = approved(
        world,
        article,
        draft=a_draft(
            whole,
            source="Ulmere",
            cue="argued",
            content="Halvane's admission that it belonged elsewhere changed the terms",
        ),
    )
    approved(
        world,
        article,
        draft=a_draft(whole, source="Halvane's", cue="admission", content="it belonged elsewhere"),
        relayed_by=outer,
    )
    page = html(browser(world.reader).get(at(world, "article", number=article.number)))
    body = page.split("<article", 1)[1].split("</article>")[0]
    assert "m-content m-source" in body
    assert body.count("it belonged elsewhere") == 1
    assert "as relayed by" in page


def test_nothing_in_an_article_becomes_markup(world: World) -> None:
    text = f"{NASTY} The ministry denied that its troops had crossed the river. <b onclick=x>bold</b>"
    article = an_article(world, text, headline=f"Headline {NASTY}", outlet=f"Outlet {NASTY}")
    whole = rendition_of(article).text
    approved(
        world,
        article,
        source=a_source(world, f"Ministry {NASTY}"),
        draft=a_draft(whole, content=f"{NASTY} The ministry denied", source="The ministry", cue="denied"),
    )
    reader, analyst = browser(world.reader), browser(world.analyst)
    for page in (
        html(reader.get(at(world, "article", number=article.number))),
        html(reader.get(at(world, "articles"))),
        html(analyst.get(at(world, "intake"))),
        html(analyst.get(at(world, "article-add") + "?by=text")),
    ):
        assert NASTY not in page
        assert "<b onclick" not in page
    assert "&lt;script&gt;" in html(reader.get(at(world, "article", number=article.number)))


def test_an_article_is_shown_as_it_was_known(world: World) -> None:
    article = an_article(world, TEXT)
    before = timezone.now()
    proposal = approved(world, article)
    assert proposal.statement is not None
    reader = browser(world.reader)
    address = at(world, "article", number=article.number)
    moment = before.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert str(proposal.statement.public_id) in html(reader.get(address))
    assert str(proposal.statement.public_id) not in html(reader.get(address, {"known_at": moment}))
    assert str(proposal.statement.public_id) not in html(reader.get(address, {"said_until": "2024-03-12T07:59:59Z"}))
    assert reader.get(address, {"known_at": "2001-01-01"}).status_code == 404
    assert reader.get(address, {"known_at": "soon"}).status_code == 400


def test_an_unknown_article_or_text_is_not_found(world: World) -> None:
    article = an_article(world)
    reader = browser(world.reader)
    assert reader.get(at(world, "article", number=99)).status_code == 404
    assert reader.get(at(world, "article", number=article.number), {"rendition": "none"}).status_code == 404


def test_copies_are_named_with_their_grounds(world: World) -> None:
    text = " ".join(f"On day {n} the harbour office counted {n * 7} boats and {n * 3} crews." for n in range(12))
    first = an_article(world, text, outlet="Harbour Ledger")
    second = an_article(world, text + " No more.", outlet="River Post")
    page = html(browser(world.reader).get(at(world, "article", number=second.number)))
    assert "the text is that of an earlier article" in page
    assert at(world, "article", number=first.number) in page
    listed = html(browser(world.reader).get(at(world, "articles")))
    assert "and 1 other carries it" in listed


def test_an_article_takes_as_many_queries_for_ten_statements_as_for_one(world: World) -> None:
    text = " ".join(f"The ministry denied that bridge {n} was crossed." for n in range(10))
    article = an_article(world, text)
    whole = rendition_of(article).text
    ministry = a_source(world)
    claim = a_claim(world)

    def say(number: int) -> None:
        from_article = a_draft(whole, content=f"bridge {number} was crossed")
        approved(world, article, draft=from_article, source=ministry)

    a_statement_on(world, article, whole, ministry, claim)
    reader = browser(world.reader)
    one = queries(reader, at(world, "article", number=article.number))
    for number in range(1, 10):
        say(number)
    assert queries(reader, at(world, "article", number=article.number)) == one


def a_statement_on(world: World, article: object, whole: str, ministry: object, claim: object) -> None:
    from_article = a_draft(whole, content="bridge 0 was crossed")
    approved(
        world,
        article,  # type: ignore[arg-type]
        draft=from_article,
        source=ministry,  # type: ignore[arg-type]
        positions=[Taken(stance="denies", claim=claim)],  # type: ignore[arg-type]
    )


def test_preserved_bytes_are_saved_and_never_shown(world: World) -> None:
    article = an_article(world, f"{NASTY} {TEXT}")
    capture = Capture.objects.get(article=article)
    address = at(world, "article-bytes", number=article.number, capture_id=capture.public_id)
    response = browser(world.reader).get(address)
    assert response.status_code == 200
    assert response.content == f"{NASTY} {TEXT}".encode()
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith('attachment; filename="A-0001-')
    assert response["X-Content-Type-Options"] == "nosniff"


def test_another_dossiers_bytes_are_not_found(world: World) -> None:
    other = a_world()
    article = an_article(other)
    an_article(world)
    capture = Capture.objects.get(article=article)
    address = at(world, "article-bytes", number=1, capture_id=capture.public_id)
    assert browser(world.reader).get(address).status_code == 404


def test_an_older_text_of_an_article_is_kept_and_can_be_read(world: World) -> None:
    article = an_article(world, TEXT)
    proposal = approved(world, article)
    assert proposal.statement is not None
    first = rendition_of(article)
    a_newer_text(world, article, first)
    reader = browser(world.reader)
    address = at(world, "article", number=article.number)
    newest = html(reader.get(address))
    assert "in another text drawn from this article" in newest
    assert "The newer text." in newest
    older = html(reader.get(address, {"rendition": str(first.public_id)}))
    assert f'href="#s-{proposal.statement.public_id}">its troops had crossed the river</a>' in older


def a_newer_text(world: World, article: Article, first: Rendition) -> None:
    """Another extractor draws another text from the same capture."""
    text = "The newer text."
    with transaction.atomic(), ledger.entry(dossier_id=world.dossier.pk, actor="machine:intake", verb="x") as moment:
        Rendition.objects.create(
            article=article,
            capture_id=first.capture_id,
            extractor="newer",
            version="2",
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            **moment.begins(),
        )
