"""The extractor is found by its name, is off unless switched on, and its settings are the ones it reads."""

import json
from pathlib import Path

import pytest
from django.conf import settings

from apps.attribution.__main__ import main
from apps.attribution.engine import extractor
from apps.attribution.llm.options import NAMES
from apps.attribution.types import ExtractorUnavailable
from tests.attribution.llm.model import entry, serving, tells


@pytest.fixture
def off(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    return monkeypatch


def test_it_is_off_by_default(off: pytest.MonkeyPatch) -> None:
    with pytest.raises(ExtractorUnavailable) as unavailable:
        extractor("llm")

    assert (unavailable.value.code, unavailable.value.transient) == ("llm_not_configured", False)


def test_the_command_line_asks_the_model_that_the_environment_names(
    off: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Orland denied “any role” in it."
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text(json.dumps({"doc_id": "d1", "text": text}) + "\n")

    with serving(tells(entry(["Orland"], ["denied"], ["“any role” in it"], "denial"))) as server:
        off.setenv("COUNTERCLAIM_LLM_URL", server.url)
        off.setenv("COUNTERCLAIM_LLM_MODEL", "tiny")
        assert main(["annotate", str(source), str(target), "--extractor", "llm"]) == 0

    line = json.loads(target.read_text())
    assert line["extractor"]["name"] == "llm"
    assert line["attributions"][0]["content"] == [[14, 30]]
    off.delenv("COUNTERCLAIM_LLM_URL")
    assert main(["annotate", str(source), str(target), "--extractor", "llm"]) == 2
    assert "COUNTERCLAIM_LLM_URL" in capsys.readouterr().err


def test_the_settings_hold_every_variable_that_the_extractor_reads_and_no_other() -> None:
    assert set(settings.LLM) == set(NAMES)
