"""A model as bytes: kept, loaded, and refused where it does not fit."""

import io
import json
import time
import zipfile

import pytest

from apps.attribution.engine import extractor
from apps.attribution.learning import model as models
from apps.attribution.learning.extracting import TrainedExtractor
from apps.attribution.learning.model import Trained, unpack, version_of
from apps.attribution.types import ExtractorUnavailable
from tests.pace import bound


def test_a_model_is_called_by_its_bytes(fitted: Trained) -> None:
    using = TrainedExtractor(fitted.model)

    assert (using.name, using.version) == ("trained", version_of(fitted.model))
    assert len(f"{using.name}/{using.version}") <= 80


@pytest.mark.parametrize("body", [b"", b"PK\x03\x04 broken", b"\x00" * 1000], ids=["empty", "cut off", "zeros"])
def test_bytes_that_are_no_model_are_refused(body: bytes) -> None:
    with pytest.raises(ExtractorUnavailable) as refused:
        unpack(body)

    assert refused.value.code == "model_unreadable"
    assert not refused.value.transient


def test_a_damaged_field_is_refused_before_it_is_read(fitted: Trained) -> None:
    """What CRFsuite would crash on never reaches it."""
    with zipfile.ZipFile(io.BytesIO(fitted.model)) as archive:
        parts = {name: archive.read(name) for name in models.MEMBERS}
    parts["cue.crf"] = parts["cue.crf"][: len(parts["cue.crf"]) // 2]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, body)

    with pytest.raises(ExtractorUnavailable) as refused:
        unpack(buffer.getvalue())

    assert refused.value.code == "model_unreadable"


def _with_about(body: bytes, about: dict[str, object]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in ("cue.crf", "span.crf"):
            new.writestr(name, old.read(name))
        digests = json.loads(old.read("about.json"))["sha256"]
        new.writestr("about.json", json.dumps({"sha256": digests, **about}))
    return buffer.getvalue()


def test_a_model_of_another_format_is_refused(fitted: Trained) -> None:
    with pytest.raises(ExtractorUnavailable, match="no trained model of a kind this version reads"):
        unpack(_with_about(fitted.model, {"format": 99, "made_with": "2.0"}))


def test_a_model_fitted_to_other_rules_asks_to_be_fitted_again(fitted: Trained) -> None:
    with pytest.raises(ExtractorUnavailable, match="Fit it again") as refused:
        TrainedExtractor(_with_about(fitted.model, {"format": 1, "made_with": "1.0+0.0.0"}))

    assert refused.value.code == "model_outdated"


def test_an_archive_that_would_unpack_too_large_is_not_unpacked(
    fitted: Trained, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(models, "LARGEST", 10)

    with pytest.raises(ExtractorUnavailable):
        unpack(fitted.model)


def test_a_model_that_is_not_there_is_named() -> None:
    with pytest.raises(ExtractorUnavailable, match="no trained model at /nowhere/model") as refused:
        extractor("trained:/nowhere/model")

    assert refused.value.code == "no_trained_model"


def test_a_language_it_was_not_fitted_on_yields_nothing(fitted: Trained) -> None:
    assert TrainedExtractor(fitted.model).extract("El ministro dijo que no.", language="es") == []
    assert TrainedExtractor(fitted.model).extract("") == []


@pytest.mark.untraced
@pytest.mark.parametrize(
    "text", ["said " * 200_000, "He said that she said, “said " * 3_000], ids=["one word", "quotes"]
)
def test_hostile_texts_take_a_second_at_most(fitted: Trained, text: str) -> None:
    using = TrainedExtractor(fitted.model)
    started = time.process_time()

    using.extract(text)

    assert time.process_time() - started < bound(1)
