"""What a model is fitted to: finished articles, each text once, and corpora; and nothing of their text is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.models import Actor
from apps.articles.models import Article
from apps.attribution.records import BadRecord
from apps.extractors.gold import Gold, gather
from apps.review.models import Proposal
from apps.review.services import judging, suggesting, withdrawing
from apps.review.services.proposing import propose_again
from apps.sources.models import Source
from tests.factories.finders import Finder, found
from tests.factories.worlds import (
    World,
    a_draft,
    a_source,
    accept,
    an_article,
    approve,
    proposed,
    rendition_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(world: World) -> Source:
    return a_source(world)


def text_of(number: int) -> str:
    filler = " ".join(f"word{number}x{n}" for n in range(12))
    return (
        f"In week {number} the ministry denied that its boats had sunk. {filler}. A clerk said that {number} is cold."
    )


def two(number: int) -> list[Any]:
    text = text_of(number)
    return [
        a_draft(text, source="the ministry", content="its boats had sunk", kind="denial"),
        a_draft(text, source="A clerk", cue="said", content=f"{number} is cold"),
    ]


def reject(world: World, proposal: Proposal) -> None:
    fresh = Proposal.objects.select_related("dossier").get(pk=proposal.pk)
    judging.reject(proposal=fresh, expected_revision=1, by=Actor.person(world.analyst), at=timezone.now())


def finished(world: World, number: int, source: Source) -> Article:
    """An article in which the denial was approved and the rest set aside."""
    article = an_article(world, text_of(number))
    denial, other = proposed(article, *two(number))
    accept(world, denial, source=source)
    approve(world, denial)
    reject(world, other)
    return article


def own(world: World, **options: Any) -> Gold:
    return gather([world.dossier], options.get("corpora", []), seed=options.get("seed", 0))


def counts(gold: Gold, world: World) -> dict[str, int]:
    told: dict[str, int] = gold.made_from["dossiers"][world.dossier.slug]
    return told


def words(record: Any, role: str) -> list[list[str]]:
    return [[record["text"][b:e] for b, e in one[role]] for one in record["attributions"]]


def test_what_was_approved_is_gold_as_it_was_approved_and_what_was_set_aside_is_none(
    world: World, source: Source
) -> None:
    article = an_article(world, text_of(1))
    denial, other = proposed(article, *two(1))
    mended = a_draft(text_of(1), source="the ministry", content="boats had sunk", kind="denial")
    accept(world, denial, source=source, draft=mended)
    approve(world, denial)
    reject(world, other)
    gold = own(world)
    (record,) = gold.records
    assert record["doc_id"] == f"{world.dossier.slug}/{article.ref}"
    assert words(record, "content") == [["boats had sunk"]]
    assert words(record, "source") == [["the ministry"]]
    assert record["attributions"][0]["kind"] == "denial"
    assert gold.held_out is None
    assert (counts(gold, world)["articles"], counts(gold, world)["statements"]) == (1, 1)


def test_an_article_in_which_everything_was_set_aside_teaches_that_nothing_is_there(world: World) -> None:
    article = an_article(world, text_of(1))
    for proposal in proposed(article, *two(1)):
        reject(world, proposal)
    (record,) = own(world).records
    assert record["attributions"] == []


def test_articles_that_are_not_finished_are_left_aside_and_counted(world: World, source: Source) -> None:
    finished(world, 1, source)
    proposed(an_article(world, text_of(2)), *two(2))
    half = an_article(world, text_of(3))
    denial, _other = proposed(half, *two(3))
    accept(world, denial, source=source)
    approve(world, denial)
    undone = finished(world, 4, source)
    approved = Proposal.objects.select_related("dossier").get(article=undone, state="approved")
    withdrawing.withdraw(proposal=approved, by=Actor.person(world.editor), at=timezone.now(), note="not said")
    gold = own(world)
    assert len(gold.records) == 1
    assert counts(gold, world)["undecided"] == 3


def test_a_text_that_several_articles_carry_is_learnt_once(world: World, source: Source) -> None:
    for _carrier in range(3):
        finished(world, 1, source)
    gold = own(world)
    assert len(gold.records) == 1
    assert counts(gold, world)["copies"] == 2


def test_texts_that_hold_more_than_was_proposed_or_are_in_another_language_are_left_aside(
    world: World, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggesting, "MOST_PROPOSED", 1)
    cut = an_article(world, text_of(1))
    denial = found(text_of(1), source="the ministry", content="its boats had sunk")
    engine = Finder(lambda text: [denial, denial])
    propose_again(rendition=rendition_of(cut), engine=engine, at=timezone.now())
    russian = "Министерство отрицало, что лодки утонули."
    foreign = an_article(world, russian)
    draft = a_draft(russian, source="Министерство", cue="отрицало", content="лодки утонули")
    for article, drafts in ((cut, []), (foreign, [draft])):
        if drafts:
            proposed(article, *drafts)
        reject(world, Proposal.objects.live().get(article=article))
    gold = own(world)
    assert gold.records == []
    assert (counts(gold, world)["cut_short"], counts(gold, world)["other_language"]) == (1, 1)


def test_what_another_dossier_holds_is_not_learnt(world: World, source: Source) -> None:
    finished(world, 1, source)
    assert gather([], [], seed=0).records == []


# --- Corpora ----------------------------------------------------------------------------------------------------------


def a_corpus(folder: Path, **parts: int) -> Path:
    folder.mkdir()
    for part, count in parts.items():
        lines = [json.dumps({"doc_id": f"{part}-{n}", "text": "x", "attributions": []}) for n in range(count)]
        (folder / f"{part}.jsonl").write_text("\n".join(lines))
    return folder


def test_a_corpus_brings_texts_to_fit_to_and_to_measure_on_and_some_of_ones_own_are_held_out(
    world: World, source: Source, tmp_path: Path
) -> None:
    for number in range(10):
        finished(world, number, source)
    corpus = a_corpus(tmp_path / "invented", train=3, dev=2)
    gold = own(world, corpora=[corpus])
    assert gold.held_out is not None
    names = [[str(record["doc_id"]).split("/")[0] for record in part] for part in (gold.records, gold.held_out)]
    assert [part.count(world.dossier.slug) for part in names] == [8, 2]
    assert len(gold.records) == 11
    assert len(gold.held_out) == 4
    assert gold.made_from["corpora"] == {"invented": {"train": 3, "dev": 2}}
    assert own(world, corpora=[corpus]).held_out == gold.held_out
    assert own(world, corpora=[corpus], seed=1).held_out != gold.held_out


def test_a_corpus_without_texts_to_measure_on_leaves_it_to_cross_validation(world: World, tmp_path: Path) -> None:
    gold = own(world, corpora=[a_corpus(tmp_path / "invented", train=3)])
    assert (len(gold.records), gold.held_out) == (3, None)


def test_a_folder_that_is_no_corpus_is_refused(world: World, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"neither train\.jsonl nor dev\.jsonl"):
        own(world, corpora=[tmp_path])
    (tmp_path / "train.jsonl").write_text("no json")
    with pytest.raises(BadRecord):
        own(world, corpora=[tmp_path])


def test_where_a_model_comes_from_is_told_without_a_word_of_it(world: World, source: Source, tmp_path: Path) -> None:
    finished(world, 1, source)
    told = json.dumps(own(world, corpora=[a_corpus(tmp_path / "invented", train=1)]).made_from)
    for word in ("ministry", "boats", "sunk", "denied"):
        assert word not in told
