"""The benchmark's table and its places in the documentation; the figures themselves are no test."""

from __future__ import annotations

import re
from importlib.util import find_spec

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.__main__ import main
from tests.benchmarks.harness import Row, failed, missing
from tests.benchmarks.page import BEGIN, END, PAGES, README, SPEED, between_markers, rewrite
from tests.benchmarks.table import TELLING, in_columns, in_markdown, in_short, machine
from tests.benchmarks.works import WORKS

ROWS = [
    Row("a chain", "a peer", [11.0, 9.0, 10.0], "times as fast", at_least=10, by_hand=[12.0], code="moons"),
    Row("a chain", "by hand", [1.1], "times the time", at_most=1.05, dtype="float32", code="moons"),
    Row("moons", "a peer", [1234.0], "times as fast", code="lecture"),
    missing("rosenbrock", "a peer"),
]
DOCUMENT = f"# Title\n\nbefore\n\n{BEGIN}\n\nold | table\n\n{END}\n\nafter\n"


def test_the_markdown_has_a_table_for_each_section_with_a_line_a_row_that_names_a_work_once():
    numbers, arrays, _ = in_markdown(ROWS).split("\n\n## ")
    assert numbers.splitlines() == [
        "## Code in numbers",
        "",
        "| work | with | against | by hand | target | measured | reached | code |",
        "|---|---|---|---|---|---|---|---|",
        "| a chain | float64, collector on | a peer | 12 | at least 10 | 10 times as fast | yes | "
        "[moons](../tests/benchmarks/moons.py) |",
        "|  | float32, collector on | by hand |  | at most 1.05 | 1.1 times the time | no | "
        "[moons](../tests/benchmarks/moons.py) |",
    ]
    assert arrays.splitlines() == [
        "Networks on arrays",
        "",
        "| work | with | against | by hand | target | measured | reached | code |",
        "|---|---|---|---|---|---|---|---|",
        "| moons | float64, collector on | a peer |  |  | 1,234 times as fast |  | "
        "[lecture](../tests/benchmarks/lecture.py) |",
    ]


def test_what_could_not_be_measured_says_so_in_its_line():
    assert "| a peer |  |  | missing: install the extra `bench` |  |  |" in in_markdown(ROWS)


def test_the_short_table_has_the_telling_rows_in_their_order():
    rows = [Row(*key, [float(k)], "times") for k, key in enumerate(TELLING)]
    assert in_short(rows[::-1]).splitlines()[2:] == [
        f"| {w} | {p} | {k} times |" for k, (w, p) in enumerate(TELLING)
    ]
    assert in_short(ROWS).splitlines() == ["| work | against | measured |", "|---|---|---|"]


def test_a_figure_is_judged_before_it_is_rounded():
    assert Row("w", "p", [1.0501], "times", at_most=1.05).reached == "no"
    assert Row("w", "p", [9.999], "times", at_least=10).reached == "no"


@given(st.text(), st.text())
def test_no_text_breaks_out_of_its_cell(work, against):
    table = in_markdown([Row(work, against, [1.0], "times", at_most=2)]).split("\n")
    assert len(table) == 5
    assert table[4].replace(r"\|", "").count("|") == 9


def test_the_table_in_columns_is_aligned_and_tells_the_spread():
    head, _, first, *_ = in_columns(ROWS).splitlines()
    assert head.index("spread") == first.index("9 to 11")


def test_what_fails_says_why_and_reaches_nothing():
    row = failed("moons", ValueError("no points"))
    assert (row.result, row.reached) == ("failed: ValueError: no points", "")


def test_versions_are_told_and_the_machine_is_not_named():
    assert "NumPy 2" in machine()
    assert "\n" not in machine()


def test_only_what_stands_between_the_markers_is_replaced():
    new = between_markers(DOCUMENT, "| new |")
    assert new == f"# Title\n\nbefore\n\n{BEGIN}\n\n| new |\n\n{END}\n\nafter\n"
    assert between_markers(new, "old | table") == DOCUMENT


@given(st.text(), st.text(), st.text())
def test_writing_twice_is_writing_once(before, text, after):
    document = f"{before}\n{BEGIN}\n{END}\n{after}"
    once = between_markers(document, text)
    assert once.startswith(f"{before}\n{BEGIN}\n\n")
    assert once.endswith(f"\n\n{END}\n{after}")
    assert between_markers(once, text) == once


@pytest.mark.parametrize(
    "document",
    [
        "",
        f"{BEGIN}\n",
        f"{END}\n",
        f"{END}\n{BEGIN}\n",
        f"{BEGIN}\n{END}\n{BEGIN}\n{END}\n",
        f"text {BEGIN}\n{END}\n",
    ],
)
def test_missing_and_doubled_markers_are_refused_and_the_file_stays(document, tmp_path):
    path = tmp_path / "README.md"
    path.write_text(document)
    with pytest.raises(ValueError, match="the table stands between a line '<!-- benchmark"):
        rewrite(path, "| new |")
    assert path.read_text() == document
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_the_rest_of_the_file_stays_byte_for_byte(tmp_path, newline):
    path = tmp_path / "README.md"
    path.write_bytes(DOCUMENT.replace("\n", newline).encode())
    rewrite(path, "| σ |")
    before, after = (f"# Title\n\nbefore\n\n{BEGIN}".encode(), f"{END}\n\nafter\n".encode())
    assert path.read_bytes().startswith(before.replace(b"\n", newline.encode()))
    assert path.read_bytes().endswith(after.replace(b"\n", newline.encode()))
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("words", [["moon"], ["moons", "--write"], ["--readme"]])
def test_a_command_that_makes_no_sense_is_refused_before_anything_is_measured(words, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert "usage: python -m tests.benchmarks" in capsys.readouterr().err


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_pages_have_the_markers(page):
    between_markers(page.read_text(encoding="utf-8"), "")


def figures(page):
    """The rows of the tables of a page, as (work, against, measured); a work is named on its first line."""
    text, found, head, work = page.read_text(encoding="utf-8").partition(BEGIN)[2], [], [], ""
    for line in re.findall(r"^\| (.*) \|$", text, re.M):
        cells = line.split(" | ")
        if cells[0] == "work":
            head = cells
            continue
        row = dict(zip(head, cells, strict=True))
        work = row["work"] or work
        found.append((work, row["against"], row["measured"]))
    return found


def test_the_readme_says_what_the_whole_table_says():
    short = figures(README)
    assert {row[:2] for row in short} == set(TELLING)
    assert set(short) <= set(figures(SPEED))


@pytest.mark.parametrize("name", WORKS)
def test_each_work_that_is_named_can_be_measured(name):
    assert find_spec(f"tests.benchmarks.{name}")
