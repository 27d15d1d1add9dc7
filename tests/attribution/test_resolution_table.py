"""Mentions of one invented dossier and whom they should name: what is certain, what only proposed, what neither.

Written before the rules they test. ``None`` wants it unresolved; a source without ``certain`` wants a person to decide.
"""

import pytest

from apps.attribution.resolution import Name, Names, resolve

ORLAND, DEFENCE, FOREIGN, PROSECUTOR, ARMY, SEVRIN, HOLTYAN = range(1, 8)
KESSEL, KESSEL_DEFENCE, OMBUDSMAN, ROE, GAP, CRESCENT, COMMISSION = range(11, 18)
HANNE, JON, HASANOV, RAHMAN, KRAVCHUK, ICELAND, HEALTH, CONGO, OTHER_CONGO, SAHMULLAH = range(21, 31)

KNOWN = [
    (ORLAND, "Government of Orland", "official"),
    (ORLAND, "Port Orr", "metonym"),
    (DEFENCE, "Ministry of Defence of Orland", "official"),
    (DEFENCE, "OMD", "acronym"),
    (FOREIGN, "Ministry of Foreign Affairs of Orland", "official"),
    (PROSECUTOR, "Prosecutor General's Office of Orland", "official"),
    (ARMY, "Orlandi Armed Forces", "official"),
    (SEVRIN, "Marko Sevrin", "official"),
    (SEVRIN, "President of Orland", "role"),
    (HOLTYAN, "Gegham Holtyan", "official"),
    (KESSEL, "Government of Kessel", "official"),
    (KESSEL, "Kessel", "short"),
    (KESSEL_DEFENCE, "Ministry of Defence of Kessel", "official"),
    (OMBUDSMAN, "Office of the Ombudsman of Kessel", "official"),
    (ROE, "Ada Roe", "official"),
    (ROE, "spokeswoman of the Ministry of Defence of Kessel", "role"),
    (GAP, "Tavria Gap Authority", "official"),
    (CRESCENT, "Orland Red Crescent", "official"),
    (COMMISSION, "United Estuary Commission", "official"),
    (HANNE, "Hanne Birk", "official"),
    (JON, "Jon Birk", "official"),
    (HASANOV, "Elmar Hasanov", "official"),
    (RAHMAN, "Khaled Abdel Rahman", "official"),
    (KRAVCHUK, "Yevhen Kravchuk", "official"),
    (ICELAND, "Government of Iceland", "official"),
    (HEALTH, "Ministry of Health of Iceland", "official"),
    (CONGO, "Government of the Democratic Republic of the Congo", "official"),
    (OTHER_CONGO, "Government of the Republic of the Congo", "official"),
    (SAHMULLAH, "Sahmullah", "official"),
]
NAMES = Names(Name(source, text, form) for source, text, form in KNOWN)

CERTAIN = [
    ("Ministry of Defence of Orland", DEFENCE),
    ("the Orlandi defence ministry", DEFENCE),
    ("Orland's Ministry of Defense", DEFENCE),
    ("the ministry of national defence of Orland", DEFENCE),
    ("Orland's “Ministry of Defence”", DEFENCE),
    ("the Orlandi MoD", DEFENCE),
    ("OMD", DEFENCE),
    ("Orland's MFA", FOREIGN),
    ("the foreign ministry of Orland", FOREIGN),
    ("the Orlandi Foreign Ministry", FOREIGN),
    ("Orland's general prosecutor's office", PROSECUTOR),
    ("the armed forces of Orland", ARMY),
    ("the Orland Armed Forces", ARMY),
    ("Kessel's ombudsman's office", OMBUDSMAN),
    ("the Kesseli defence ministry", KESSEL_DEFENCE),
    ("the defence ministry of the self-proclaimed Republic of Kessel", KESSEL_DEFENCE),
    ("Kessel", KESSEL),
    ("“Kessel”", KESSEL),
    ("the Icelandic government", ICELAND),
    ("the Icelandic health ministry", HEALTH),
    ("Iceland's ministry of public health", HEALTH),
    ("the government of Congo-Brazzaville", OTHER_CONGO),
    ("DR Congo's government", CONGO),
    ("President Marko Sevrin", SEVRIN),
    ("Marko Sevrin, the president of Orland", SEVRIN),
    ("Orland's president, Marko Sevrin", SEVRIN),
    ("Ada Roe, a spokeswoman for the ministry", ROE),
    ("the ministry's spokeswoman, Ada Roe", ROE),
    ("Kesseli ombudsman Gegham Holtyan", HOLTYAN),
    ("Gegham Holtyan, who was abroad", HOLTYAN),
    ("the United Estuary Commission (UEC)", COMMISSION),
    ("the Tavria Gap Authority, which runs the crossing", GAP),
]
PROPOSED = [
    ("Orland", ORLAND),
    ("Port Orr", ORLAND),
    ("Reykjavik", ICELAND),
    ("Iceland", ICELAND),
    ("the Orlandi authorities", ORLAND),
    ("the Orlandi army", ARMY),
    ("Orland's military", ARMY),
    ("Orlandi forces", ARMY),
    ("Orland's defence department", DEFENCE),
    ("the Orlandi public prosecutor", PROSECUTOR),
    ("Kessel's human rights defender", OMBUDSMAN),
    ("Kessel's ombudsman", OMBUDSMAN),
    ("the president of Orland", SEVRIN),
    ("Orland's president", SEVRIN),
    ("the Orlandi president", SEVRIN),
    ("Orland's defence ministry spokesperson", DEFENCE),
    ("a spokesman for the Orlandi foreign ministry", FOREIGN),
    ("a Kesseli government spokesman", KESSEL),
    ("Kessel's defence ministry spokeswoman", ROE),
    ("Kessel's defence ministry spokesperson", ROE),
    ("a spokesman for Kessel's defence ministry", KESSEL_DEFENCE),
    ("a spokesman for Marko Sevrin", SEVRIN),
    ("Guegam Holtian", HOLTYAN),
    ("Гегам Холтян", HOLTYAN),
    ("Գեղամ Հոլթյան", HOLTYAN),
    ("Gegham A. Holtyan", HOLTYAN),
    ("G. Holtyan", HOLTYAN),
    ("Holtyan", HOLTYAN),
    ("Mr Holtyan", HOLTYAN),
    ("President Sevrin", SEVRIN),
    ("a certain Gegham Holtyan", HOLTYAN),
    ("Elmar Gasanov", HASANOV),
    ("Эльмар Гасанов", HASANOV),
    ("Elmar Həsənov", HASANOV),
    ("Khalid Abd al-Rahman", RAHMAN),
    ("خالد عبد الرحمن", RAHMAN),
    ("Євген Кравчук", KRAVCHUK),
    ("Sahmulla", SAHMULLAH),
    ("the foreign ministry", FOREIGN),
    ("MFA", FOREIGN),
    ("the Red Crescent", CRESCENT),
    ("ORC", CRESCENT),
    ("UEC", COMMISSION),
    ("the commission", COMMISSION),
    ("the Estuary Commission", COMMISSION),
]
UNRESOLVED = [
    "",
    "he",
    "which",
    "officials",
    "Orlandi officials",
    "a senior official in the Orlandi defence ministry",
    "two officers of the Orlandi Armed Forces",
    "the defence ministry",
    "the ministry",
    "the army",
    "Birk",
    "Hanne and Jon Birk",
    "Orland and Kessel",
    "Orland-backed forces",
    "pro-Orland authorities",
    "the former president of Orland",
    "Orland's acting president",
    "Orland's deputy defence minister",
    "Orland's opposition",
    "the Kesseli army",
    "the Vellandic defence ministry",
    "Velland's ministry of defence",
    "Orland's embassy in Kessel",
    "Kessel's ambassador to Orland",
    "Gegham Holtsen",
    "Vahagn Holtyan",
    "Elmar Huseynov",
    "Elmira Hasanova",
    "Orland's defence ministry spokesperson Karo Mint",
    "President Karo Mint",
    "Karo Mint, president of Orland",
    "the Congolese government",
    "the Orland Times",
    "Radio Kessel",
    "Orlando",
    "Orlandi",
    "the president of the Government of Orland",
    "Marko Sevrin's brother",
    "relatives of Gegham Holtyan",
    "the Kessel branch of the Orland Red Crescent",
    "the president of the Orland Red Crescent",
    "Tavria Gap",
    "the mayor of Port Orr",
    "Port Orr's police",
    "the bishops' conference",
    "a woman in a grey coat",
]
REPEATED = [
    ("Holtyan", "Gegham Holtyan", HOLTYAN, True),
    ("Roe", "the ministry's spokeswoman, Ada Roe", ROE, True),
    ("Birk", "Hanne Birk", HANNE, False),
    ("ORC", "the Orland Red Crescent (ORC)", CRESCENT, True),
    ("the ministry", "Orland's defence ministry", DEFENCE, False),
    ("the commission", "the United Estuary Commission", COMMISSION, False),
    ("he", "President Marko Sevrin", SEVRIN, False),
    ("its", "Orland", ORLAND, False),
    ("she", "a passer-by", None, False),
    ("the ministry", "the education ministry of Velland", None, False),
    ("the commission", "the Velland truth commission", None, False),
    ("Birk", "Ola Birk", None, False),
    ("Sevrin", "Anna Sevrin", None, False),
    ("Marko Sevrin", "Anna Sevrin", SEVRIN, True),
    ("its defence ministry", "Kessel", KESSEL_DEFENCE, False),
    ("a spokesman for its foreign ministry", "Orland", FOREIGN, False),
    ("their troops", "Orland", ARMY, False),
    ("its health ministry", "Kessel", None, False),
]


@pytest.mark.parametrize(("mention", "source"), CERTAIN)
def test_what_names_a_source_in_other_words_is_that_source_for_certain(mention: str, source: int) -> None:
    found = resolve(mention, NAMES)

    assert (found.source_id, found.certain) == (source, True), found


@pytest.mark.parametrize(("mention", "source"), PROPOSED)
def test_what_probably_means_a_source_is_proposed_for_a_person_to_decide(mention: str, source: int) -> None:
    found = resolve(mention, NAMES)

    assert (found.source_id, found.certain) == (source, False), found


@pytest.mark.parametrize("mention", UNRESOLVED)
def test_what_names_nobody_here_or_more_than_one_stays_unresolved(mention: str) -> None:
    found = resolve(mention, NAMES)

    assert found.source_id is None, found
    assert found.certain is False
    assert found.reason


@pytest.mark.parametrize(("mention", "antecedent", "source", "certain"), REPEATED)
def test_a_short_mention_is_whoever_the_fuller_one_before_it_names(
    mention: str, antecedent: str, source: int | None, certain: bool
) -> None:
    found = resolve(mention, NAMES, antecedent=antecedent)

    assert (found.source_id, found.certain) == (source, certain), found
