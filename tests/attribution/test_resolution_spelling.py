"""One name in many spellings is one person; two names that look alike are two."""

import tomllib
from itertools import combinations
from pathlib import Path

import pytest

from apps.attribution.resolution import Name, Names, resolve
from apps.attribution.spelling import names_differ, words_differ

ONE_NAME = """
Gegham Guegam | Aliyev Aliev Əliyev Алиев | Huseynov Husseinov Guseinov Hüseynov Гусейнов
Hasanov Hasanow Gasanov Həsənov | Petrosyan Petrosian Petrossian Պետրոսյան
Mnatsakanyan Mnatsakanian Մնացականյան Мнацаканян | Ghazaryan Gazarian Ղազարյան
Zaslavsky Zaslavskyy Zaslavskiy Zaslavskij Заславський | Shcherbakov Scherbakov Щербаков | Zhukov Jukov Жуков
Yevhen Jewhen | Kravchuk Krawtschuk Кравчук | Khmelnytsky Khmelnytskyi Chmelnytskyj | Yuri Yuriy Iurii Юрий
Sergei Sergey Serhiy | Mohammed Muhammad Mohamed Mohammad | Hussein Husayn Hossein Huseyn | Khalid Khaled
Yusuf Yousef Youssef | Osama Usama | Abdullah Abdulla Abdallah | Gaddafi Qaddafi | Qasim Kasim Gasim
Nasrallah Nasralla | Murad Murat | David Davit Դավիթ დავით | Giorgi Georgi Гиорги გიორგი | Bohdan Bogdan Богдан
Rouhani Ruhani | Said Saeed | Mustafa Moustafa | Karim Kareem
"""
DIFFERENT = """
Ilham Elham | Ivanov Ivanova | Aleksandr Aleksandra | Hasanov Huseynov | Karimov Karamov | Petrov Pavlov
Petrosyan Poghosyan | Daniel Daniela | Mariam Maryamov | Anna Anahit | Sargsyan Sarkar | Holt Hult | Hasan Hasanov
Omar Amir | Samir Samira | Ghassan Hassan | Anna Yana | Rana Rania | Ahmad Hamid | Nazarov Nazaryan | Rustam Rostom
Kerim Karam | Mirzoyan Mirzayev | Levan Leonov | Salim Salman | Jamal Jamil | Hamid Hamad | Rashid Rashad
Tarik Toriq | Walid Wald | Vahan Vahagn | Aram Arman | Artur Arthurov | Elmar Elmira
"""


def _groups(table: str) -> list[list[str]]:
    return [group.split() for line in table.strip().splitlines() for group in line.split(" | ")]


SAME_PAIRS = [pair for group in _groups(ONE_NAME) for pair in combinations(group, 2)]


def _same(said: str, known: str) -> bool:
    return names_differ(f"Levon {said}", f"Levon {known}") is not None


def test_nearly_all_transliterations_of_one_name_sound_alike() -> None:
    missed = [pair for pair in SAME_PAIRS if not _same(*pair)]

    assert len(SAME_PAIRS) > 100
    assert len(missed) <= 0.06 * len(SAME_PAIRS), missed


@pytest.mark.parametrize("pair", _groups(DIFFERENT), ids=" ".join)
def test_names_that_merely_look_alike_do_not(pair: list[str]) -> None:
    assert not _same(*pair)
    assert not _same(*reversed(pair))


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("שמעון גולדרט", "Shimon Goldrat"),
        ("خالد عبد الرحمن", "Khaled Abdel Rahman"),
        ("Khaled Abdel Rahman", "خالد عبد الرحمن"),
        ("Գեղամ Պետրոսյան", "Gegham Petrosian"),
        ("გიორგი ბერიძე", "Giorgi Beridze"),
    ],
)
def test_a_name_in_another_script_is_proposed_and_never_certain(written: str, known: str) -> None:
    found = resolve(written, Names([Name(1, known, "official"), Name(2, "Samir Haddad", "official")]))

    assert (found.source_id, found.certain, found.rule) == (1, False, "transliteration")


@pytest.mark.parametrize("group", ["first", "last"])
def test_of_common_names_hardly_any_two_sound_alike(group: str) -> None:
    table = tomllib.loads((Path(__file__).parent / "common_names.toml").read_text(encoding="utf-8"))
    pairs = list(combinations(table[group].split(), 2))
    alike = [pair for pair in pairs if words_differ(*(name.lower() for name in pair)) is not None]

    assert len(pairs) > 30_000
    assert len(alike) < 0.0008 * len(pairs), alike


def test_one_who_sounds_like_two_is_nobody() -> None:
    found = resolve(
        "Elmar Gasanov", Names([Name(1, "Elmar Hasanov", "official"), Name(2, "Elmar Qasanov", "official")])
    )

    assert found.source_id is None
    assert set(found.candidates) == {1, 2}


def test_the_first_name_has_to_agree() -> None:
    names = Names([Name(1, "Elmar Hasanov", "official")])

    assert resolve("Anar Gasanov", names).source_id is None
    assert words_differ("gasanov", "hasanov") == 0
