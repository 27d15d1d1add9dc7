"""``train_attribution`` and ``use_extractor``: what they print, what they refuse, and one real small model."""

from __future__ import annotations

import json
import random
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from apps.extractors import engines, services
from apps.extractors.gold import Gold
from apps.extractors.models import TrainedModel
from tests.extractors.conftest import Fitting
from tests.factories.worlds import World, a_world

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def fitting(monkeypatch: pytest.MonkeyPatch) -> Fitting:
    """Has the command fit with a stand-in."""
    stand_in = Fitting()
    fit = services.fit
    monkeypatch.setattr(services, "fit", lambda **given: fit(**given, train=stand_in))
    return stand_in


def kept(**measures: float) -> TrainedModel:
    gold = Gold(records=[{"doc_id": "one"}], made_from={"dossiers": {"river": {}}, "corpora": {"invented": {}}})
    return services.fit(
        gold=gold, seed=0, by="Mara", at=timezone.now(), report=lambda words: None, train=Fitting(**measures)
    )


def a_corpus(folder: Path, records: list[dict[str, Any]], *, part: str = "train") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / f"{part}.jsonl").write_text("\n".join(json.dumps(record) for record in records))
    return folder


def test_what_a_model_is_fitted_to_how_well_it_reads_and_what_to_do_next_is_printed(
    world: World, fitting: Fitting, tmp_path: Path
) -> None:
    corpus = a_corpus(tmp_path / "invented", [{"doc_id": "1", "text": "x", "attributions": []}])
    printed = run("train_attribution", "--dossier", world.dossier.slug, "--corpus", str(corpus), "--by", "Mara")
    row = TrainedModel.objects.get()
    assert f"{world.dossier.slug}: 0 articles with 0 statements." in printed
    assert "invented: 1 texts to fit to, 0 to measure on." in printed
    assert "Fitting." in printed
    assert "On 12 texts held out (given): F1 0.600, the default extractor 0.500." in printed
    assert f"use_extractor {row.version}" in printed
    assert row.made_by == "Mara"
    assert len(fitting.records) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Name a dossier or a corpus"),
        (["--dossier", "nowhere"], "There is no dossier nowhere"),
        (["--corpus", "/nowhere"], r"neither train\.jsonl nor dev\.jsonl"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused_in_words(arguments: list[str], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        run("train_attribution", *arguments)


def test_too_few_articles_are_refused_with_how_many_it_takes(world: World) -> None:
    with pytest.raises(CommandError, match="are needed"):
        run("train_attribution", "--dossier", world.dossier.slug)
    assert not TrainedModel.objects.exists()


def test_what_is_switched_on_is_told_and_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_loaded", lambda version: None)
    good, worse = kept(), kept(trained=0.4, default=0.5)
    assert good == worse  # the stand-in makes one model of one content
    assert (
        run("use_extractor", good.version, "--by", "Mara").strip()
        == f"New articles are read by trained:{good.version}."
    )
    assert run("use_extractor", "--as-set").strip() == "New articles are read by rules."
    run("use_extractor", good.version)
    listed = run("use_extractor", "--list")
    assert f"In use: trained:{good.version}" in listed
    assert f"* trained:{good.version}, fitted " in listed
    assert "to river, invented. On 12 texts held out" in listed
    assert "Mara: trained:" in listed
    assert "as set (rules)" in listed


def test_what_may_not_be_switched_on_is_refused_with_the_way_around() -> None:
    row = kept(trained=0.4)
    with pytest.raises(CommandError, match=r"F1 0\.400 against 0\.500.*--even-if-worse"):
        run("use_extractor", row.version)
    with pytest.raises(CommandError, match="no extractor called “oracle”"):
        run("use_extractor", "oracle")
    with pytest.raises(CommandError, match="llm_not_configured"):
        run("use_extractor", "llm")


PLACES = ("Orland", "Kessel", "Tavria", "Merrow", "Halden", "Vaskar")
SPEAKERS = ("the ministry", "a spokesperson", "the harbour office", "Anna Vale", "the governor", "officials")
FACTS = ("the bridge was open", "nine boats had sunk", "troops had left the town", "the road was mined")
CUES = ("said", "denied", "claimed", "announced")


def invented(number: int) -> dict[str, Any]:
    """A short article of our own words with its gold."""
    chance = random.Random(number)
    text, attributions = f"{chance.choice(PLACES)} was quiet on day {number}. ", []
    for _ in range(6):
        source, cue, content = chance.choice(SPEAKERS), chance.choice(CUES), chance.choice(FACTS)
        spans = {}
        for role, words, after in (
            ("source", source.capitalize(), " "),
            ("cue", cue, " that "),
            ("content", content, ". "),
        ):
            spans[role] = [[len(text), len(text) + len(words)]]
            text += words + after
        attributions.append(spans)
    return {"doc_id": f"invented-{number}", "text": text, "attributions": attributions}


@pytest.mark.slow
def test_a_real_small_model_is_fitted_kept_switched_on_and_reads(tmp_path: Path) -> None:
    corpus = a_corpus(tmp_path / "invented", [invented(n) for n in range(24)])
    a_corpus(corpus, [invented(n) for n in range(100, 106)], part="dev")
    run("train_attribution", "--corpus", str(corpus))
    row = TrainedModel.objects.get()
    run("use_extractor", row.version, "--even-if-worse")
    reader = engines.engine()
    assert (reader.name, reader.version) == ("trained", row.version)
    text = "The governor said that the bridge was open."
    (found,) = reader.extract(text)
    assert [text[span.start : span.end] for span in found.content] == ["the bridge was open"]
