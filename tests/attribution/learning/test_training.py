"""Fitting on approved attributions: what comes of it, and what is said of how good it is."""

from typing import Any

import pytest

from apps.attribution.learning.extracting import TrainedExtractor
from apps.attribution.learning.model import Trained, version_of
from apps.attribution.learning.training import TooLittle, train

Records = list[dict[str, Any]]


def test_a_fitted_model_finds_statements_in_a_text_it_has_not_seen(fitted: Trained) -> None:
    text = "The Kessel navy said on Friday that two boats had been boarded."

    (found,) = TrainedExtractor(fitted.model).extract(text)

    assert [text[s.start : s.end] for s in found.source] == ["The Kessel navy"]
    assert [text[s.start : s.end] for s in found.content] == ["that two boats had been boarded"]
    assert found.pattern == "trained"


def test_figures_are_measured_on_what_was_held_out_beside_the_default(fitted: Trained, gold: Records) -> None:
    held_out = fitted.figures["held_out"]

    assert held_out["documents"] == len(gold[::4])
    assert held_out["how"] == "given"
    for extractor in ("trained", "default"):
        assert 0.4 < held_out[extractor]["full.all"]["f1"] < 1
    assert fitted.figures["documents"] == len(gold) - len(gold[::4])


def test_a_model_knows_the_texts_it_was_fitted_on_better_than_others(fitted: Trained, gold: Records) -> None:
    """If the figures came from texts that were fitted on, they would be as good as these."""
    again = train([r for r in gold if r not in gold[::4]], held_out=[r for r in gold if r not in gold[::4]], seed=1)

    seen, unseen = (t.figures["held_out"]["trained"]["full.all"]["f1"] for t in (again, fitted))
    assert seen > unseen + 0.05


def test_without_a_held_out_part_every_document_is_measured_by_a_model_that_has_not_seen_it(gold: Records) -> None:
    said: list[str] = []

    trained = train(gold[:90], held_out=None, seed=3, report=said.append)

    assert trained.figures["held_out"]["documents"] == 90
    assert trained.figures["held_out"]["how"] == "3-fold by document"
    assert sum(line.startswith("Fold") for line in said) == 3
    assert trained.figures["held_out"]["trained"]["full.all"]["f1"] < 0.95


def test_the_same_fit_gives_the_same_bytes(gold: Records) -> None:
    one, other = (train(gold[:90], held_out=gold[90:95], seed=5) for _ in range(2))

    assert one.model == other.model
    assert one.version == version_of(other.model)


def test_too_few_documents_are_refused_in_words(gold: Records) -> None:
    with pytest.raises(TooLittle, match="There are 3 documents with"):
        train(gold[:3], held_out=None)
