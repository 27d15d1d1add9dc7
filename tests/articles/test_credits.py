"""Agencies that a text credits."""

from __future__ import annotations

import pytest

from apps.articles.credits import credit

LEAD = "The strait was closed to ships on Monday, the harbour office said."


@pytest.mark.parametrize(
    ("dateline", "agency"),
    [
        ("PORT ELIN, 3 April (Norwire) - ", "Norwire"),
        ("Port Elin, Apr 3 (Norwire).- ", "Norwire"),
        ("Port Elin/Maar, Apr 3 (NW).- ", "NW"),
        ("PORT ELIN (NW) — ", "NW"),
        ("PORT ELIN, Quenmar (NW) — ", "NW"),
        ("PORT ELIN, April 3. /NORWIRE/. ", "NORWIRE"),
        ("Port Elin - (NW) - ", "NW"),
        ("(Norwire) — ", "Norwire"),
        ("Port Elin, 3 de abril de 2031 (Agencia Norte) – ", "Agencia Norte"),
        ("Port Elin, 12 Apr 2031 [Press Trust of Quenmar] -- ", "Press Trust of Quenmar"),
    ],
)
def test_a_dateline_names_the_agency(dateline: str, agency: str) -> None:
    assert credit(f"Strait closed\n\n{dateline}{LEAD}") == agency


@pytest.mark.parametrize(
    ("ending", "agency"),
    [
        ("\n\n(Norwire)", "Norwire"),
        ("\n\n[Norwire]", "Norwire"),
        (" (Norwire)", "Norwire"),
        (" NW", "NW"),
        ("\n\nNW", "NW"),
        (" NW am-mah/jgb", "NW"),
        ("\n\nNW/ABC", "NW/ABC"),
        ("\nNW", "NW"),
    ],
)
def test_a_line_at_the_end_names_the_agency(ending: str, agency: str) -> None:
    assert credit(f"Strait closed\n\n{LEAD}{ending}") == agency


def test_a_dateline_goes_before_a_line_at_the_end() -> None:
    assert credit(f"PORT ELIN (Norwire) - {LEAD}\n\n(Other)") == "Norwire"


@pytest.mark.parametrize(
    "text",
    [
        "",
        LEAD,
        "The minister (Unity) – in office since May – resigned.",
        "The ministry said that ships (Norwire) - waited.",
        "Ann Maar (D-Elin) - resigned.",
        "PORT ELIN (Photo) - A ship.",
        f"PORT ELIN, Monday - {LEAD}",
        f"{LEAD} {LEAD} Agencies (Norwire) - agreed.",
        f"{LEAD}\n\nENDS",
        f"{LEAD} (April 3)",
        f"{LEAD} She works for the UN",
        f"{LEAD}\n\nRead more",
        f"{LEAD}\n\n" + "Nothing else was said. " * 3 + "\n\n(Norwire) and others went on.",
    ],
)
def test_what_only_looks_like_a_credit_is_none(text: str) -> None:
    assert credit(text) is None
