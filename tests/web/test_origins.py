"""Pages about origins: who had a text first, who copied it, what each changed; and what people decide about that."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article, Lineage, Origin, Parting
from apps.articles.services import placing
from tests.articles.test_origins import OTHER, WIRE, arrives
from tests.factories.worlds import World, a_person, a_world
from tests.web.rooms import at, browser, html, queries

pytestmark = pytest.mark.django_db

SNOW = "Snow is expected on the eastern road by the end of the week."


@pytest.fixture
def world() -> World:
    return a_world(zone="Asia/Baku")


def of(article: Article) -> Origin:
    return Lineage.objects.current().select_related("origin").get(article=article).origin


def two(world: World) -> tuple[Article, Article]:
    first = arrives(world, outlet="The Lantern", headline="The quay is closed")
    return first, arrives(world, f"{WIRE}\n\n{SNOW}", hours=2, outlet="The Kiln", headline="Ice closes the quay")


def by(world: World) -> Actor:
    return Actor.person(world.analyst)


def test_nobody_unknown_sees_an_origin_and_an_outsider_learns_nothing(client: object, world: World) -> None:
    origin = of(two(world)[1])
    for address in (at(world, "origins"), at(world, "origin", origin_id=origin.public_id)):
        assert client.get(address).status_code == 302  # type: ignore[attr-defined]
        assert browser(a_person("Olga Outsider")).get(address).status_code == 404


def test_the_list_has_what_several_carry_and_narrows(world: World) -> None:
    two(world)
    arrives(world, f"{OTHER}\n\n(Norwire)", outlet="The Bell")
    reader = browser(world.reader)
    shown = html(reader.get(at(world, "origins")))
    assert "The Lantern" in shown
    assert "Norwire" not in shown
    assert "Norwire" in html(reader.get(at(world, "origins") + "?show=all"))
    assert "The Lantern" not in html(reader.get(at(world, "origins") + "?q=norw"))
    assert "No origin like this is held" in html(reader.get(at(world, "origins") + "?show=decided"))
    assert reader.get(at(world, "origins") + "?show=nonsense").status_code == 400


def test_the_list_is_cut_and_leads_on(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.web.articles.origins.ROWS", 1)
    arrives(world, f"{WIRE}\n\n(Norwire)")
    arrives(world, f"{OTHER}\n\n(Press Bureau)")
    reader = browser(world.reader)
    shown = html(reader.get(at(world, "origins") + "?show=all"))
    assert "Norwire" not in shown
    norwire = Origin.objects.get(label="Norwire")
    assert f"before={norwire.pk + 1}" in shown
    assert "Norwire" in html(reader.get(at(world, "origins") + f"?show=all&before={norwire.pk + 1}"))


def test_the_list_says_when_there_is_none(world: World) -> None:
    assert "No text is carried by several articles" in html(browser(world.reader).get(at(world, "origins")))


def test_a_tree_says_who_was_first_who_copied_how_much_and_what_changed(world: World) -> None:
    first, second = two(world)
    shown = html(browser(world.reader).get(at(world, "origin", origin_id=of(second).public_id)))
    assert shown.index("The quay is closed") < shown.index("Ice closes the quay")
    assert "The first of those held here." in shown
    assert f"% of its text is in {first.ref} too." in shown
    assert "1 paragraph cut, 2 paragraphs added" in shown, "the headline is one"
    assert "the text is that of other articles held here" in shown
    assert "2 articles carry its text; they count as one voice." in shown
    assert "Nobody is credited" in shown
    assert "It is not from here" not in shown, "a reader decides nothing"


def test_an_origin_says_whose_credit_it_is_called_after_and_who_credits_another(world: World) -> None:
    first = arrives(world, f"{WIRE}\n\n(Norwire)", outlet="The Lantern")
    arrives(world, f"{WIRE}\n\n(Press Bureau)", hours=1, outlet="The Kiln")
    shown = html(browser(world.reader).get(at(world, "origin", origin_id=of(first).public_id)))
    assert "Called after the credit in" in shown
    assert "It credits Press Bureau, but the text is the same." in shown


def test_what_a_copy_changed_is_a_page_and_a_fragment(world: World) -> None:
    _first, second = two(world)
    address = at(world, "origin-copy", origin_id=of(second).public_id, number=second.number)
    reader = browser(world.reader)
    whole = html(reader.get(address))
    part = html(reader.get(address, headers={"HX-Request": "true"}))
    for shown in (whole, part):
        assert "<b>added</b>" in shown
        assert f"added: </span>{SNOW}" in shown
    assert "<html" not in part
    root = at(world, "origin-copy", origin_id=of(second).public_id, number=_first.number)
    assert reader.get(root).status_code == 404


def test_an_analyst_parts_an_article_with_a_reason_and_puts_it_back(world: World) -> None:
    first, second = two(world)
    origin = of(second)
    analyst = browser(world.analyst)
    address = at(world, "article-origin", number=second.number)
    response = analyst.post(
        address, {"do": "split", "reason": "They were both there.", "from": origin.public_id}, follow=True
    )
    shown = html(response)
    assert response.redirect_chain[-1][0] == at(world, "origin", origin_id=origin.public_id)
    assert "It is parted from this origin." in shown
    assert "Anton Analyst: “They were both there.”" in shown
    assert not Lineage.objects.current().filter(article=second).exists()
    article = html(analyst.get(at(world, "article", number=second.number)))
    assert "Anton Analyst parted it from" in article
    analyst.post(address, {"do": "join", "reason": "One of them was.", "other": first.ref})
    assert of(second) == origin
    assert not Parting.objects.current().exists()
    shown = html(analyst.get(at(world, "origin", origin_id=origin.public_id)))
    assert "Put here by Anton Analyst:" in shown
    assert "parted an article from its origin" in shown
    assert "put an article with the origin of another" in shown


def test_what_is_put_back_is_copied_from_what_it_was_copied_from_before(world: World) -> None:
    first, second = two(world)
    third = arrives(world, f"{WIRE}\n\n{SNOW}\n\nThe ferry is out.", hours=4, outlet="The Bell")
    before = Lineage.objects.current().get(article=third)
    assert before.copied_from == second
    analyst = browser(world.analyst)
    address = at(world, "article-origin", number=third.number)
    analyst.post(address, {"do": "split", "reason": "They were both there."})
    analyst.post(address, {"do": "join", "reason": "One of them was.", "other": first.ref})
    after = Lineage.objects.current().get(article=third)
    assert (after.copied_from, after.share) == (second, before.share)


def test_an_analyst_puts_an_article_with_an_origin(world: World) -> None:
    first, second = two(world)
    other = arrives(world, OTHER, hours=3, outlet="The Bell")
    origin = of(second)
    analyst = browser(world.analyst)
    put = at(world, "origin-put", origin_id=origin.public_id)
    told = html(analyst.post(put, {"other": other.ref, "reason": "A translation."}, follow=True))
    assert "It is of this origin now." in told
    lineage = Lineage.objects.current().get(article=other)
    assert (lineage.origin, lineage.copied_from, lineage.reason) == (origin, first, "A translation.")


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"other": "A-0001", "reason": ""}, "Say why"),
        ({"other": "the first", "reason": "So it is."}, "Name an article as in A-0001."),
        ({"other": "A-0099", "reason": "So it is."}, "Name another article of this dossier."),
        ({"other": "A-0002", "reason": "So it is."}, "They share an origin already."),
    ],
)
def test_what_cannot_be_decided_is_told_and_changes_nothing(world: World, sent: dict[str, str], told: str) -> None:
    first, second = two(world)
    analyst = browser(world.analyst)
    before = Lineage.objects.count()
    put = at(world, "origin-put", origin_id=of(second).public_id)
    decide = at(world, "article-origin", number=first.number)
    for response in (analyst.post(put, sent), analyst.post(decide, {"do": "join", "along": "on", **sent})):
        assert response.status_code in (409, 422)
        assert told in html(response)
        assert f'value="{sent["other"]}"' in html(response)
        assert not sent["reason"] or f'value="{sent["reason"]}"' in html(response)
    assert Lineage.objects.count() == before


def test_a_second_click_parts_nothing_from_what_the_first_has_made(world: World) -> None:
    _first, second = two(world)
    sent = {
        "do": "split",
        "reason": "They were both there.",
        "own_label": "The Kiln itself",
        "origin": of(second).public_id,
    }
    analyst = browser(world.analyst)
    address = at(world, "article-origin", number=second.number)
    assert f'name="origin" value="{of(second).public_id}"' in html(
        analyst.get(at(world, "article", number=second.number))
    )
    assert analyst.post(address, sent).status_code == 302
    again = analyst.post(address, sent)
    assert again.status_code == 409
    assert f'name="origin" value="{sent["origin"]}"' in html(again), "so that a third is no decision on another origin"
    assert of(second).label == "The Kiln itself"
    assert Parting.objects.count() == 1


def test_who_comes_back_to_the_address_of_a_decision_is_led_on(world: World) -> None:
    _first, second = two(world)
    analyst = browser(world.analyst)
    decided = analyst.get(at(world, "article-origin", number=second.number))
    assert decided["Location"] == at(world, "article", number=second.number)
    put = analyst.get(at(world, "origin-put", origin_id=of(second).public_id))
    assert put["Location"] == at(world, "origin", origin_id=of(second).public_id)


def test_an_origin_of_which_nobody_knows_the_outlet_is_called_after_none(world: World) -> None:
    arrives(world)
    article = arrives(world, f"{WIRE}\n\n{SNOW}", hours=2)
    assert "which outlet had it first is not known" in html(
        browser(world.reader).get(at(world, "origin", origin_id=of(article).public_id))
    )


def test_a_part_that_cannot_be_parted_keeps_what_was_typed_and_leads_back(world: World) -> None:
    article = arrives(world, f"{WIRE}\n\n(Norwire)")
    origin = of(article)
    placing.split(article=article, reason="The credit is for the picture.", by=by(world))
    sent = {"do": "split", "reason": "Once more.", "own_label": "The ministry", "along": "on", "from": origin.public_id}
    response = browser(world.analyst).post(at(world, "article-origin", number=article.number), sent)
    assert response.status_code == 409
    shown = html(response)
    assert "there is nothing to part it from" in shown
    for typed in (
        'value="Once more."',
        'value="The ministry"',
        "checked",
        at(world, "origin", origin_id=origin.public_id),
    ):
        assert typed in shown


def test_a_reader_decides_nothing(world: World) -> None:
    _first, second = two(world)
    reader = browser(world.reader)
    for address in (
        at(world, "article-origin", number=second.number),
        at(world, "origin-put", origin_id=of(second).public_id),
    ):
        assert reader.post(address, {"do": "split", "reason": "I want to.", "other": "A-0001"}).status_code == 403


def test_an_origin_under_its_former_name_leads_to_the_new_one_and_can_be_seen_as_it_was(world: World) -> None:
    _first, second = two(world)
    old, before = of(second), timezone.now()
    arrives(world, f"{WIRE}\n\n(Norwire)", hours=3)
    new = of(second)
    assert new.label == "Norwire"
    reader = browser(world.reader)
    address = at(world, "origin", origin_id=old.public_id)
    assert reader.get(address)["Location"] == at(world, "origin", origin_id=new.public_id)
    as_it_was = reader.get(address, {"known_at": before.isoformat()})
    assert as_it_was.status_code == 200
    assert "<h1>The Lantern</h1>" in html(as_it_was)
    assert "Norwire" not in html(as_it_was)
    not_yet = reader.get(at(world, "origin", origin_id=new.public_id), {"known_at": before.isoformat()})
    assert "It was not held under this name yet." in html(not_yet)


def test_an_origin_that_nothing_carries_any_more_says_so(world: World) -> None:
    article = arrives(world, f"{WIRE}\n\n(Norwire)")
    origin = of(article)
    placing.split(article=article, reason="The credit is for the picture.", by=by(world))
    shown = html(browser(world.analyst).get(at(world, "origin", origin_id=origin.public_id)))
    assert "Nothing held here carries its text any more." in shown
    assert "The credit is for the picture." in shown
    put = at(world, "origin-put", origin_id=origin.public_id)
    told = html(browser(world.analyst).post(put, {"other": article.ref, "reason": "It is."}, follow=True))
    assert "No article carries this text any more." in told


def test_what_is_not_there_is_not_found(world: World) -> None:
    analyst = browser(world.analyst)
    assert analyst.get(at(world, "origin", origin_id=uuid4())).status_code == 404
    sent = {"do": "split", "reason": "It is not there."}
    assert analyst.post(at(world, "article-origin", number=99), sent).status_code == 404


def test_the_page_takes_as_many_queries_for_ten_copies_as_for_two(world: World) -> None:
    _first, second = two(world)
    reader = browser(world.reader)
    address = at(world, "origin", origin_id=of(second).public_id)
    few = queries(reader, address)
    for number in range(8):
        arrives(world, f"{WIRE}\n\nNumber {number} of this.", hours=3 + number, outlet=f"Outlet {number}")
    assert queries(reader, address) == few
