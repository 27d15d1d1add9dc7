"""The data files hold together, and a mistake in them is reported with its file and key."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from demo import data
from demo.records import DemoDataError
from demo.shapes import Article, Decided


def test_there_are_two_dossiers_and_only_one_of_them_is_invented() -> None:
    assert {slug: data.load(slug).fictional for slug in data.slugs()} == {
        "karabakh-2023": False,
        "quenmar-strait": True,
    }


def test_every_outlet_says_that_it_is_a_demo_and_has_an_article(slug: str) -> None:
    outlets = data.load(slug).outlets

    assert all(outlet.name.endswith("(demo)") for outlet in outlets)
    assert {article.outlet for article in data.articles(slug)} == {outlet.slug for outlet in outlets}


def test_articles_come_oldest_first_in_the_zone_of_the_dossier() -> None:
    karabakh = data.articles("karabakh-2023")

    assert karabakh == sorted(karabakh, key=lambda article: article.published)
    assert {article.published.isoformat()[:10] for article in karabakh} == {"2023-09-20"}
    assert {article.published.isoformat()[-6:] for article in karabakh} == {"+04:00"}


def test_nobody_is_quoted_in_the_articles_about_real_people() -> None:
    for article in data.articles("karabakh-2023"):
        words = f"{article.headline} {article.summary} {article.text}"
        assert not re.findall(r"[\"“”„‟«»‹›‘‚‛`]", words)
        assert re.findall(r"’", words) == re.findall(r"(?<=\w)’(?=\w)", words)


def test_the_articles_about_real_people_are_short() -> None:
    assert all(len(article.text.split()) < 150 for article in data.articles("karabakh-2023"))


def test_an_invented_article_has_the_length_of_a_short_report() -> None:
    for article in data.articles("quenmar-strait"):
        if article.copy_of is None:
            assert 120 <= len(article.text.split()) <= 350, article.slug


def wire() -> tuple[Article, dict[str, Article]]:
    articles = {article.slug: article for article in data.articles("quenmar-strait")}
    copies = {article.outlet: article for article in articles.values() if article.copy_of}
    (original,) = {article.copy_of for article in copies.values()}
    assert original is not None
    return articles[original], copies


def test_one_wire_is_carried_by_nine_outlets() -> None:
    original, copies = wire()

    assert len({original.outlet, *copies}) == 9
    assert all("(Tidewire)" in article.paragraphs[0] for article in (original, *copies.values()))
    assert all(article.published > original.published for article in copies.values())


def test_most_copies_carry_the_wire_word_for_word() -> None:
    original, copies = wire()

    assert sum(copy.paragraphs == original.paragraphs for copy in copies.values()) == 4


def test_one_copy_is_trimmed_and_one_is_cut_in_the_middle() -> None:
    original, copies = wire()

    assert copies["pier-gazette"].paragraphs == original.paragraphs[:4]
    assert copies["weekly-anchor"].paragraphs == (original.paragraphs[0], *original.paragraphs[2:8])


def test_one_copy_states_as_fact_what_the_wire_attributed() -> None:
    original, copies = wire()

    assert "Assembly accused Kestravia of shelling" in original.paragraphs[2]
    assert copies["northbank-daily"].paragraphs[2].startswith("Kestravia shelled the harbour")


def test_one_copy_carries_the_corrected_distance() -> None:
    original, copies = wire()

    assert "eight nautical miles" in original.paragraphs[5]
    assert "eighteen nautical miles" in copies["mariners-post"].paragraphs[5]


def test_a_dossier_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(data.UnknownDossier, match=r"'atlantis'.*karabakh-2023, quenmar-strait"):
        data.load("atlantis")


def read_all(root: Path) -> None:
    for slug in ("karabakh-2023", "quenmar-strait"):
        data.articles(slug, root=root)
    data.people(root=root)


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("karabakh/dossier.json", '"Asia/Baku"', '"Asia/Atlantis"', r"karabakh/dossier.json: time_zone: .*Atlantis"),
        ("karabakh/dossier.json", '"code": "AZ"', '"code": "NK"', r"parties: 'NK' stands there twice"),
        ("karabakh/dossier.json", '"party": "RU"', '"party": "XX"', r"sources\[11\].party: 'XX' is not one of AM"),
        ("karabakh/dossier.json", '"institution": "am-government"', '"institution": "moon"', r"affiliations: .*'moon'"),
        ("karabakh/dossier.json", '"kind": "state"', '"kind": 7', r"sources\[0\].kind: expected text, found 7"),
        (
            "karabakh/dossier.json",
            '"name": "Baku"',
            '"name": "Moscow"',
            r"aliases: 'Moscow' stands there twice",
        ),
        ("karabakh/dossier.json", '"form": "official"', '"form": "short"', r"aliases: the first name must be"),
        ("karabakh/dossier.json", '"used_by": "AZ"', '"used_by": "ZZ"', r"places\[0\].toponyms\[1\].used_by: 'ZZ'"),
        ("karabakh/dossier.json", '"from": null', '"from": "soon"', r"affiliations\[0\].from: 'soon' is not a date"),
        ("karabakh/dossier.json", '"fictional": false', '"fictional": "no"', r"fictional: expected true or false"),
        ("karabakh/dossier.json", '"places": [', '"places": {}, "x": [', r"x: unknown key; expected one of slug"),
        ("karabakh/dossier.json", '"places": [', '"no": 1, "places": [', r"no: unknown key"),
        ("karabakh/articles/tolls.toml", "outlet =", "outlets =", r"articles/tolls.toml: outlets: unknown key"),
        ("karabakh/articles/tolls.toml", '"harbour-ledger"', '"moon"', r"tolls.toml: outlet: 'moon' is not one of"),
        ("karabakh/articles/tolls.toml", "2023-09-20T12:05:00+04:00", "2023-09-20", r"published: expected a date and"),
        ("karabakh/articles/tolls.toml", "2023-09-20T12:05:00+04:00", "2023-09-20T12:05:00", r"published: .*offset"),
        ("karabakh/articles/tolls.toml", 'section = "World"', 'section = ""', r"section: expected text, found ''"),
        ("karabakh/articles/tolls.toml", 'section = "World"', "", r"tolls.toml: section: is missing"),
        ("karabakh/articles/tolls.toml", "slug =", "slug", r"articles/tolls.toml: is no TOML"),
        ("quenmar-strait/articles/0312-harbour-wire.toml", "keep = 4", "keep = 40", r"copies\[3\].keep: .* 1 to 9"),
        ("quenmar-strait/articles/0312-harbour-wire.toml", "keep = 4", 'keep = "4"', r"keep: expected a whole number"),
        ("quenmar-strait/articles/0312-harbour-wire.toml", "[2, 9]", "[2, 10]", r"copies\[7\].drop: .* 1 to 9"),
        (
            "quenmar-strait/articles/0312-harbour-wire.toml",
            "[2, 9]",
            '["2"]',
            r"drop: expected a list of whole",
        ),
        ("quenmar-strait/articles/0312-harbour-wire.toml", "3 = ", "33 = ", r"copies\[4\].replace: .* 1 to 9, not 33"),
        ("quenmar-strait/articles/0312-harbour-wire.toml", '"pier-gazette"', '"tidewire"', r"outlet: 'tidewire'"),
        ("quenmar-strait/articles/0312-harbour-wire.toml", "[[copies]]", "[copies]", r"0312-harbour-wire.toml: is no"),
        (
            "quenmar-strait/articles/0312-depot-fire.toml",
            "depot-fire-caused-blasts-defence-ministry-says",
            "nine-dead-in-wexhaven-harbour",
            r"slug: 'nine-dead-in-wexhaven-harbour' stands there twice",
        ),
        ("people.json", '"role": "editor"', '"role": "owner"', r"people.json: people\[2\].role: 'owner' is not one of"),
        ("people.json", "ines.varga", "ruth.okafor", r"people: 'ruth.okafor@example.org' stands there twice"),
        ("people.json", "{", "", r"people.json: is no JSON"),
    ],
)
def test_a_mistake_is_reported_with_its_file_and_key(
    spoilt: Path, file: str, old: str, new: str, complaint: str
) -> None:
    path = spoilt / file
    words = path.read_text(encoding="utf-8")
    assert old in words
    path.write_text(words.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(DemoDataError, match=complaint):
        read_all(spoilt)


@pytest.mark.parametrize(
    ("at", "value", "complaint"),
    [
        (["claims", 0, "about"], ["XX"], r"karabakh/review.json: claims\[0\].about: there is no party 'XX'"),
        (["claims", 0, "about"], "AZ", r"about: expected a list of texts, found 'AZ'"),
        (["claims", 1, "key"], "civilian-targets", r"claims: two claims have one key"),
        (["claims", 1], "power", r"claims\[1\]: expected a table, found 'power'"),
        (["claims"], {}, r"claims: expected a list, found a dict"),
        (["decisions", 0, "article"], "moon", r"decisions\[0\].article: 'moon' is not one of"),
        (["decisions", 0, "source"], "moon", r"decisions\[0\].source: 'moon' is not one of"),
        (["decisions", 0, "source"], None, r"source: only a rejected proposal goes without a source"),
        (["decisions", 0, "checked_by"], None, r"checked_by: an editor acts on what is approved or returned"),
        (["decisions", 0, "checked_by"], "okafor", r"checked_by: 'okafor' is not one of varga"),
        (["decisions", 0, "by"], "varga", r"by: 'varga' is not one of lindqvist, okafor"),
        (["decisions", 0, "then"], "returned", r"note: what is returned says why"),
        (["decisions", 0, "then"], "left", r"then: 'left' is not one of approved"),
        (["decisions", 0, "content_contains"], "the moon", r"content_contains: stands in no content span"),
        (["decisions", 0, "words", "source"], "the moon", r"words: 'the moon' does not stand in article"),
        (["decisions", 0, "words", "cue"], "sang", r"words: 'sang' does not stand in article"),
        (["decisions", 0, "words", "content"], ["moon"], r"content_contains: stands in no content span"),
        (["decisions", 0, "positions", 0, "claim"], "moon", r"positions\[0\].claim: 'moon' is not one of"),
        (["decisions", 0, "positions", 0, "stance"], "likes", r"positions\[0\].stance: 'likes' is not one of"),
        (["decisions", 0, "positions", 0, "stance"], "retracts", r"retracts: a retraction, and nothing else, names"),
        (["decisions", 1, "key"], "nk-civilian", r"decisions\[1\].key: 'nk-civilian' stands there twice"),
        (["decisions", 1, "repeats"], "prosecutor-toll", r"repeats: 'prosecutor-toll' is not one of nk-civilian"),
        (["decisions", 1, "added"], 1, r"added: expected true or false, found 1"),
        (["decisions", 3, "relayed_by"], "nk-civilian", r"relayed_by: a relay stands in the article of its relayer"),
        (["decisions", 3, "figures", 0, "comparator"], "range", r"high: a range, and nothing else, has two ends"),
        (["decisions", 3, "figures", 0, "low"], True, r"low: expected a whole number, found True"),
        (["counters", 0, "against"], "power", r"counters\[0\].against: 'power' is not one of"),
        (["counters", 0, "checked_by"], None, r"checked_by: an editor acts on what is approved, and on nothing else"),
        (["left", 0], "moon", r"left: there is no article 'moon'"),
        (["left", 0], "moscow-answers-yerevan-on-peacekeepers", r"left: 'moscow.*' has decisions and cannot be left"),
        (["left"], [], r"left: 'yerevan-denies.*' is neither decided on nor left to the visitor"),
        (["copies"], [{"article": "moscow-answers-yerevan-on-peacekeepers", "of": "x"}], r"of: 'moscow.*' is no copy"),
    ],
)
def test_a_mistake_in_a_review_is_reported_with_its_key(
    spoilt: Path, at: list[str | int], value: object, complaint: str
) -> None:
    path = spoilt / "karabakh" / "review.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    part = whole
    for step in at[:-1]:
        part = part[step]
    part[at[-1]] = value
    path.write_text(json.dumps(whole), encoding="utf-8")

    with pytest.raises(DemoDataError, match=complaint):
        data.review("karabakh-2023", root=spoilt)


def test_a_missing_review_is_named(spoilt: Path) -> None:
    (spoilt / "karabakh" / "review.json").unlink()

    with pytest.raises(DemoDataError, match=r"karabakh/review.json: is missing"):
        data.review("karabakh-2023", root=spoilt)


def test_the_team_has_two_analysts_and_one_of_each_other_role() -> None:
    people = data.people()

    assert Counter(person.role for person in people) == {"analyst": 2, "editor": 1, "manager": 1, "reader": 1}
    assert all(person.email.endswith("@example.org") for person in people)


def test_most_is_approved_and_something_is_left_for_the_visitor() -> None:
    reviews = {slug: data.review(slug) for slug in data.slugs()}
    outcomes = Counter(decision.then for review in reviews.values() for decision in review.decisions)

    assert outcomes["approved"] > 0.8 * outcomes.total()
    assert outcomes["submitted"] >= 5
    assert outcomes["returned"] == 1
    assert {slug: len(review.left) for slug, review in reviews.items()} == {"karabakh-2023": 1, "quenmar-strait": 4}


def test_what_is_relayed_comes_after_its_relayer_and_is_approved_only_with_it(slug: str) -> None:
    decisions = data.review(slug).decisions
    relayers = {decision.key: decision for decision in decisions}
    relayed = [decision for decision in decisions if decision.relayed_by]

    assert relayed
    for decision in relayed:
        assert decision.relayed_by
        assert decision.then == relayers[decision.relayed_by].then


def test_a_retraction_takes_back_what_the_same_principal_asserted() -> None:
    decisions = {decision.key: decision for decision in data.review("quenmar-strait").decisions}
    retractions = [
        (decision, decisions[position.retracts], position.claim)
        for decision in decisions.values()
        for position in decision.positions
        if position.retracts
    ]

    assert retractions
    for decision, earlier, claim in retractions:
        assert principal(decision) == principal(earlier)
        assert ("asserts", claim) in {(position.stance, position.claim) for position in earlier.positions}


def principal(decision: Decided) -> str:
    assert decision.source is not None
    return decision.on_behalf_of or decision.source


def standing(slug: str, claim: str) -> str:
    """Where the claim stands by the rule in the project's glossary, over what the demo editor approved."""
    dossier, review = data.load(slug), data.review(slug)
    party = {source.key: source.party for source in dossier.sources}
    about = next(item.about for item in review.claims if item.key == claim)
    approved = [decision for decision in review.decisions if decision.then == "approved"]
    held = [(principal(d), p.stance) for d in approved for p in d.positions if p.claim == claim]
    countered = {principal(d) for d in approved for p in d.positions if p.argued and p.argued.against == claim}
    latest = {who: stance for who, stance in held if stance not in {"evades", "declines", "presupposes"}}
    asserted = {who for who, stance in held if stance == "asserts"}
    upheld = {who for who, stance in latest.items() if stance == "asserts"}
    upheld |= {who for who, stance in held if stance == "presupposes" and who not in latest}
    denying = {who for who, stance in latest.items() if stance == "denies"}
    for who in [who for who, stance in latest.items() if stance in {"concedes", "partly_admits"}]:
        if party[who] in about:
            if any(party[other] == party[who] for other in denying):
                return "divided"
            return "conceded" if latest[who] == "concedes" else "partly conceded"
    if not held:
        return "no position held"
    if asserted and all(latest[who] == "retracts" for who in asserted):
        return "retracted"
    if upheld and (denying | countered) - (upheld if len(upheld) == 1 else set()):
        return "contested"
    if denying and not asserted:
        return "denied without assertion"
    answering = {party[who] for who, _ in held}
    return "uncontested" if set(about) & answering or not upheld else "unanswered"


@pytest.mark.parametrize(
    ("slug", "claim", "expected"),
    [
        ("karabakh-2023", "civilian-targets", "contested"),
        ("karabakh-2023", "ambulance", "unanswered"),
        ("karabakh-2023", "operation-aim", "uncontested"),
        ("karabakh-2023", "title", "conceded"),
        ("quenmar-strait", "ships-eight", "no position held"),
        ("quenmar-strait", "cutter-fired", "conceded"),
        ("quenmar-strait", "clinic-shelled", "partly conceded"),
        ("quenmar-strait", "distress-call", "divided"),
        ("quenmar-strait", "mines", "retracted"),
        ("quenmar-strait", "shelling", "contested"),
        ("quenmar-strait", "annexation", "denied without assertion"),
        ("quenmar-strait", "jamming", "unanswered"),
        ("quenmar-strait", "channel-closed", "uncontested"),
    ],
)
def test_every_standing_has_a_claim_to_show_it(slug: str, claim: str, expected: str) -> None:
    assert standing(slug, claim) == expected
