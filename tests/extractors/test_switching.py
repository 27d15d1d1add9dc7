"""Fitted models are kept with their figures, and read only once somebody has switched them on, knowing them."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from pytest_django import Settings

from apps.articles.models import Intake
from apps.attribution.engine import UnknownExtractor
from apps.attribution.learning.model import Trained
from apps.attribution.types import ExtractorUnavailable
from apps.core.errors import Refusal
from apps.extractors import rules, services
from apps.extractors.engines import engine, name_in_use
from apps.extractors.gold import Gold
from apps.extractors.models import TrainedModel, Use
from apps.pipeline import working
from apps.review.models import Proposal
from tests.extractors.conftest import Fitting, figures
from tests.factories.worlds import World, an_intake

pytestmark = pytest.mark.django_db


def fitted(*, trained: float = 0.6, default: float = 0.5, seed: int = 0) -> TrainedModel:
    return services.fit(
        gold=Gold(records=[{"doc_id": "one"}], made_from={"dossiers": {}, "corpora": {}}),
        seed=seed,
        by="Mara",
        at=timezone.now(),
        report=lambda words: None,
        train=Fitting(trained=trained, default=default),
    )


def switch(name: str, *, even_if_worse: bool = False) -> Use:
    return services.switch(name=name, by="Mara", at=timezone.now(), even_if_worse=even_if_worse)


def refused(name: str) -> str:
    with pytest.raises(Refusal) as raised:
        switch(name)
    return raised.value.code


def test_the_setting_says_who_reads_until_somebody_switches(settings: Settings) -> None:
    settings.COUNTERCLAIM_EXTRACTOR = "rules"
    assert name_in_use() == "rules"
    switch("default")
    assert name_in_use() == "default"
    switch("")
    assert name_in_use() == "rules"
    assert list(Use.objects.order_by("pk").values_list("name", "by")) == [("default", "Mara"), ("", "Mara")]


def test_a_fitted_model_reads_new_articles_once_it_is_switched_on_and_is_recorded_with_what_it_proposes(
    world: World,
) -> None:
    row = fitted()
    intake = an_intake(world)
    assert name_in_use() == "rules"
    switch(row.version)
    for step in Intake.Step:
        working.work(intake_id=intake.pk, step=step)
    assert Proposal.objects.get().revisions.get().machine == f"trained/{row.version}"


@pytest.mark.parametrize("name", ["{version}", "trained:{version}", "trained"])
def test_a_model_is_named_by_its_version_or_as_the_newest(name: str) -> None:
    fitted(seed=1)
    row = fitted(seed=2)
    assert switch(name.format(version=row.version)).trained == row
    assert name_in_use() == f"trained:{row.version}"


def test_the_same_fit_is_one_model() -> None:
    assert fitted() == fitted()
    assert TrainedModel.objects.count() == 1


def test_a_model_that_does_worse_than_the_default_is_switched_on_only_knowingly() -> None:
    row = fitted(trained=0.49)
    assert refused(row.version) == "worse_than_default"
    assert not Use.objects.exists()
    assert switch(row.version, even_if_worse=True).trained == row
    as_good = fitted(trained=0.5, seed=1)
    assert switch(as_good.version).trained == as_good


def test_a_model_that_was_never_measured_is_not_switched_on_even_so() -> None:
    row = TrainedModel.objects.create(
        version="unmeasured", model=b"x", size=1, sha256="0" * 64, figures={}, made_from={}, made_at=timezone.now()
    )
    assert refused(row.version) == "not_measured"
    with pytest.raises(Refusal):
        switch(row.version, even_if_worse=True)


@pytest.mark.parametrize(
    "told",
    [{}, {"held_out": None}, {"held_out": {"trained": {}, "default": {}}}, {"held_out": {"trained": {"full.all": 1}}}],
)
def test_figures_that_lack_what_decides_decide_nothing(told: dict[str, object]) -> None:
    assert rules.held_out(told) is None
    assert rules.held_out(figures(0.6, 0.5)) == rules.HeldOut(0.6, 0.5, 12, "given")


def test_what_cannot_work_here_is_not_switched_on(settings: Settings) -> None:
    settings.LLM = {}
    for name, code in (("llm", "llm_not_configured"), ("trained", "no_trained_model")):
        with pytest.raises(ExtractorUnavailable) as raised:
            switch(name)
        assert (raised.value.code, raised.value.transient) == (code, False)
    for name in ("oracle", "trained:none"):
        with pytest.raises(UnknownExtractor, match=name):
            switch(name)
    assert refused("spacy:" + "x" * 90) == "name_too_long"
    assert not Use.objects.exists()


def test_whoever_names_an_extractor_that_is_none_is_told_those_there_are() -> None:
    row = fitted()
    with pytest.raises(UnknownExtractor, match=f"default, rules.*trained:{row.version}"):
        engine("oracle")


def test_a_model_whose_bytes_are_not_those_that_were_stored_reads_nothing() -> None:
    row = fitted()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE extractors_trainedmodel DISABLE TRIGGER USER")
        cursor.execute("UPDATE extractors_trainedmodel SET model = 'other'")
        cursor.execute("ALTER TABLE extractors_trainedmodel ENABLE TRIGGER USER")
    with pytest.raises(ExtractorUnavailable) as raised:
        engine(f"trained:{row.version}")
    assert raised.value.code == "model_damaged"


def test_a_model_is_loaded_once_in_a_process(loads: list[bytes]) -> None:
    row = fitted()
    name = f"trained:{row.version}"
    assert engine(name) is engine(name)
    assert loads == [bytes(row.model)]


def test_a_model_and_what_was_switched_on_are_never_changed() -> None:
    row, use = fitted(), switch("rules")
    for one, values in ((row, {"made_by": "Nobody"}), (use, {"name": "default"})):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            type(one)._base_manager.filter(pk=one.pk).update(**values)


def test_a_model_too_large_to_keep_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LARGEST", 3)
    with pytest.raises(Refusal, match="64 MiB"):
        fitted()
    assert not TrainedModel.objects.exists()


def test_fitting_gives_what_it_promises() -> None:
    assert set(Trained.__dataclass_fields__) == {"model", "version", "figures"}
