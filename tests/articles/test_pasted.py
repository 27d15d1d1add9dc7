"""Addresses are found in whatever was pasted, and what only looks like one is not passed over."""

from hypothesis import given
from hypothesis import strategies as st

from apps.articles.pasted import Named, addresses_in, lines_without


def texts(pasted: str) -> list[str]:
    return [one.text for one in addresses_in(pasted)]


def test_a_list_has_one_address_to_a_line() -> None:
    assert addresses_in("https://example.org/a\n\n  http://example.org/b  \n") == [
        Named(1, "https://example.org/a"),
        Named(3, "http://example.org/b"),
    ]


def test_prose_and_markup_and_tables_hold_addresses_too() -> None:
    assert texts("See https://example.org/a, and (https://example.org/b_(c)).") == [
        "https://example.org/a",
        "https://example.org/b_(c)",
    ]
    assert texts('<a href="https://example.org/a?x=1&amp;y=2">here</a>') == ["https://example.org/a?x=1&y=2"]
    assert texts("12,Lantern,https://example.org/a\n13,Kiln,https://example.org/b") == [
        "https://example.org/a",
        "https://example.org/b",
    ]


def test_a_table_is_read_by_its_cells() -> None:
    rows = "id,link,title\n1,https://example.org/a,One\n2,https://example.org/b,Two"
    assert addresses_in(rows) == [Named(2, "https://example.org/a"), Named(3, "https://example.org/b")]
    assert texts("https://example.org/a;One\nhttps://example.org/b,c;Two") == [
        "https://example.org/a",
        "https://example.org/b,c",
    ]
    assert texts('"https://example.org/a,b","One, two"\n"https://example.org/c","Three"') == [
        "https://example.org/a,b",
        "https://example.org/c",
    ]


def test_of_a_page_its_links_count_and_not_the_names_of_vocabularies() -> None:
    page = (
        '<html xmlns="http://www.w3.org/1999/xhtml">\n<a href="/own">x</a> <a href=https://example.org/a>y</a>\n'
        "<a href='mailto:a@example.org'>z</a> <p>or https://example.org/b.</p>"
    )
    assert addresses_in(page) == [Named(2, "https://example.org/a"), Named(3, "https://example.org/b")]


def test_a_list_goes_on_below_what_is_no_address() -> None:
    assert texts("Articles to read:\n\n- https://example.org/a\n- [b](https://example.org/b)") == [
        "https://example.org/a",
        "https://example.org/b",
    ]


def test_an_address_counts_once_in_a_line_and_in_the_source_of_a_page() -> None:
    assert len(texts("https://example.org/a https://example.org/a")) == 1
    assert [one.line for one in addresses_in("https://example.org/a\nhttps://example.org/a")] == [1, 2]
    assert len(texts('<p><a href="https://example.org/a">A</a>\n<a href="https://example.org/a">B</a>')) == 1


def test_a_word_that_looks_like_an_address_is_told_and_prose_is_not() -> None:
    assert texts("www.example.org/a\nftp://example.org/b\njavascript:alert(1)\nA sentence about nothing.") == [
        "https://www.example.org/a",
        "ftp://example.org/b",
        "javascript:alert(1)",
    ]


@given(st.text(max_size=300))
def test_no_text_makes_it_stumble(pasted: str) -> None:
    found = addresses_in(pasted)
    assert len({one.text for one in found}) == len(found)


def test_a_comma_after_a_slash_parts_the_cells_of_a_table() -> None:
    found = addresses_in('"Foo, bar",https://example.org/ledger/,2024-01-01\nhttps://example.org/a,123.html')
    assert [one.text for one in found] == ["https://example.org/ledger/", "https://example.org/a,123.html"]


def test_www_is_an_address_wherever_it_stands() -> None:
    assert texts("see www.example.org/a, or https://www.example.org/b for more.\nmail to a@www.example.org") == [
        "https://www.example.org/a",
        "https://www.example.org/b",
    ]
    assert texts("name,where\nsea,www.example.org/c\nharbour,https://example.org/d") == [
        "https://www.example.org/c",
        "https://example.org/d",
    ]


def test_lines_that_hold_no_address_are_told() -> None:
    assert lines_without("https://example.org/a\n\nfoo\nsee www.example.org/b\nnothing here\n") == [3, 5]
    assert lines_without("<p>nothing</p>\n<a href='https://example.org/a'>x</a>") == []
