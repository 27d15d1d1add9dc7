"""Pages about articles: the list, adding one, what is on its way, feeds, one article and its bytes."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article, Capture, Feed, Intake, Rendition
from apps.articles.services import leases, polling
from apps.articles.services.adding import add_address
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
    an_intake,
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


def test_pasting_a_text_leads_to_what_is_on_its_way(world: World) -> None:
    response = browser(world.analyst).post(
        at(world, "article-add") + "?by=text",
        {"text": TEXT, "headline": "Troops at the river", "outlet": "Harbour Ledger", "published": "2024-03-12"},
        follow=True,
    )
    assert response.redirect_chain == [(at(world, "intake"), 302)]
    assert "Troops at the river" in html(response)
    row = Intake.objects.get()
    assert row.published is not None
    assert row.published.isoformat() == "2024-03-11T20:00:00+00:00"  # midnight in Baku
    assert row.actor == f"person:{world.analyst.pk}"


def test_a_file_is_kept_with_its_name(world: World) -> None:
    page = SimpleUploadedFile("report.html", b"<html><body><p>Said.</p></body></html>", content_type="text/html")
    response = browser(world.analyst).post(at(world, "article-add") + "?by=file", {"file": page})
    assert response.status_code == 302
    assert Intake.objects.get().file_name == "report.html"


def test_an_address_on_its_way_is_not_added_twice(world: World) -> None:
    analyst = browser(world.analyst)
    sent = {"address": "https://example.com/a"}
    assert analyst.post(at(world, "article-add"), sent).status_code == 302
    assert "on its way already" in html(analyst.post(at(world, "article-add"), sent, follow=True))
    assert Intake.objects.count() == 1


@pytest.mark.parametrize(
    ("by", "sent", "field", "told"),
    [
        ("address", {"address": ""}, "id_address", "This field is required"),
        ("address", {"address": "harbour"}, "id_address", "not an address we can read"),
        ("address", {"address": "ftp://example.com/a"}, "id_address", "Only http and https"),
        ("address", {"address": "http://127.0.0.1/a"}, "id_address", "does not lead to a public host"),
        ("text", {"text": "   \n "}, "id_text", "There is no text to add"),
        ("text", {"text": TEXT, "published": "2999-01-01"}, "id_published", "has not come yet"),
        ("text", {"text": TEXT, "published": "yesterday"}, "id_published", "valid date"),
        ("text", {"text": TEXT, "address": "harbour"}, "id_address", "not an address we can read"),
        ("file", {}, "id_file", "This field is required"),
        ("file", {"file": SimpleUploadedFile("a.html", b"")}, "id_file", "The file is empty"),
        ("file", {"file": SimpleUploadedFile("a.pdf", b"%PDF")}, "id_file", "Only web pages"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    world: World, by: str, sent: dict[str, object], field: str, told: str
) -> None:
    response = browser(world.analyst).post(at(world, "article-add") + f"?by={by}", sent)
    assert response.status_code == 422
    page = html(response)
    assert told in page
    assert f'id="{field}_error"' in page
    assert not Intake.objects.exists()


def test_a_file_that_is_too_large_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.articles.forms.LARGEST", 3)
    sent = {"file": SimpleUploadedFile("a.txt", b"four")}
    response = browser(world.analyst).post(at(world, "article-add") + "?by=file", sent)
    assert response.status_code == 422
    assert "larger than 25 MB" in html(response)


def test_what_comes_in_shows_its_step_and_can_be_cancelled_and_tried_again(world: World) -> None:
    row = an_intake(world, headline="Waiting here")
    analyst = browser(world.analyst)
    page = html(analyst.get(at(world, "intake")))
    assert "Waiting here" in page
    assert "every 2s" in page
    assert '<meta http-equiv="refresh"' in page
    assert analyst.post(at(world, "intake-cancel", intake_id=row.public_id)).status_code == 302
    row.refresh_from_db()
    assert row.state == Intake.State.CANCELLED
    calm = html(analyst.get(at(world, "intake")))
    assert "every 15s" in calm
    assert '<meta http-equiv="refresh"' not in calm
    assert analyst.post(at(world, "intake-retry", intake_id=row.public_id)).status_code == 302
    row.refresh_from_db()
    assert row.state == Intake.State.READY


def test_cancelling_what_is_in_already_is_refused_in_a_sentence(world: World) -> None:
    article = an_article(world)
    row = Intake.objects.get(article=article)
    response = browser(world.analyst).post(at(world, "intake-cancel", intake_id=row.public_id))
    assert response.status_code == 409
    assert "no longer on its way" in html(response)


def test_a_failure_is_told_with_its_reason_and_the_next_try(world: World) -> None:
    add_address(
        dossier=world.dossier, address="https://example.com/a", by=Actor.person(world.analyst), at=timezone.now()
    )
    row = Intake.objects.get()
    claimed = leases.claim(intake_id=row.pk, step=Intake.Step.PRESERVE)
    assert claimed is not None
    leases.fail(claimed, code="timed_out", reason="The host did not answer in full in time.")
    analyst = browser(world.analyst)
    page = html(analyst.get(at(world, "intake")))
    assert "The host did not answer in full in time." in page
    assert "the next try is" in page
    assert "Nothing here at the moment" in html(analyst.get(at(world, "intake") + "?state=failed"))


def test_somebody_elses_intake_is_not_found(world: World) -> None:
    row = an_intake(a_world())
    assert browser(world.analyst).post(at(world, "intake-cancel", intake_id=row.public_id)).status_code == 404


def test_the_page_refreshes_a_part_of_itself(world: World) -> None:
    an_intake(world, headline="Waiting here")
    page = html(browser(world.analyst).get(at(world, "intake"), headers={"HX-Request": "true"}))
    assert "Waiting here" in page
    assert "<html" not in page


def test_what_is_on_its_way_takes_as_many_queries_for_ten_as_for_one(world: World) -> None:
    an_article(world)
    analyst = browser(world.analyst)
    one = queries(analyst, at(world, "intake"))
    for number in range(9):
        an_intake(world, f"{TEXT} {number}")
    assert queries(analyst, at(world, "intake")) == one


def test_feeds_are_followed_paused_resumed_and_asked(world: World) -> None:
    analyst = browser(world.analyst)
    sent = {"address": "https://example.com/rss", "minutes": "15"}
    assert analyst.post(at(world, "feeds"), sent).status_code == 302
    feed = Feed.objects.get()
    assert feed.every_seconds == 900
    again = analyst.post(at(world, "feeds"), sent)
    assert again.status_code == 422
    assert "already asked" in html(again)
    do = at(world, "feeds-do", feed_id=feed.public_id)
    analyst.post(do, {"do": "pause"})
    refused = analyst.post(do, {"do": "ask"})
    assert refused.status_code == 409
    assert "paused" in html(refused)
    analyst.post(do, {"do": "resume"})
    later = timezone.now() + timedelta(hours=1)
    Feed.objects.update(next_poll=later)
    analyst.post(do, {"do": "ask"})
    feed.refresh_from_db()
    assert feed.active
    assert feed.next_poll < later
    assert analyst.post(do, {"do": "burn"}).status_code == 404


def test_a_feed_that_fails_says_why(world: World) -> None:
    feed = polling.add_feed(
        dossier=world.dossier,
        address="https://example.com/rss",
        every_seconds=900,
        by=Actor.person(world.analyst),
        at=timezone.now(),
    )
    Feed.objects.filter(pk=feed.pk).update(failures=3, failure_reason="This is not an RSS or Atom feed.")
    page = html(browser(world.analyst).get(at(world, "feeds")))
    assert "This is not an RSS or Atom feed." in page
    assert "Failed 3 times in a row" in page


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
    text = "Moscow argued that Armenia's admission that it belonged elsewhere changed the terms."
    article = an_article(world, text)
    whole = rendition_of(article).text
    outer = approved(
        world,
        article,
        draft=a_draft(
            whole,
            source="Moscow",
            cue="argued",
            content="Armenia's admission that it belonged elsewhere changed the terms",
        ),
    )
    approved(
        world,
        article,
        draft=a_draft(whole, source="Armenia's", cue="admission", content="it belonged elsewhere"),
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


def test_what_is_on_its_way_goes_on_below_a_row(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.articles.coming.ROWS", 1)
    older, newer = (an_intake(world, f"{TEXT} {name}", headline=name) for name in ("Older one", "Newer one"))
    analyst = browser(world.analyst)
    page = html(analyst.get(at(world, "intake"), {"state": "way"}))
    assert "Newer one" in page
    assert "Older one" not in page
    assert f"before={newer.pk}" in page
    assert "Older one" in html(analyst.get(at(world, "intake"), {"state": "way", "before": str(newer.pk)}))
    assert older.pk < newer.pk
