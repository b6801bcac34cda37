"""Mutants: which there are, and that a test which notices one is found."""

import pytest

from tests.mutation import run, trial
from tests.mutation.mutants import mutants
from tests.mutation.notes import HERE, always, notes
from tests.mutation.results import Result, figures
from tests.mutation.rooms import every_mutant, sample
from tests.mutation.source import Source

ROOT = HERE.parents[1]


def changed(text):
    """The mutants of a text, each by its mutator and the line that came."""
    found = mutants(Source("file.py", text))
    return {(mutant.mutator, *mutant.lines[1]) for mutant in found if mutant.compiles()}


@pytest.mark.parametrize(
    ("text", "mutator", "expected"),
    [
        ("a < b", "comparison", {"a <= b", "a >= b"}),
        ("a is not b", "comparison", {"a is b"}),
        ("a <= b < c", "comparison", {"a < b < c", "a > b < c", "a <= b <= c", "a <= b >= c"}),
        ("(a) == (b)", "comparison", {"(a) != (b)"}),
        ("a and b or c", "junction", {"a or b or c", "a and b and c"}),
        ("a and b", "operand_left_out", {"((a))", "((b))"}),
        ("a if b else c", "condition", {"a if (True) else c", "a if (False) else c"}),
        ("[a for a in b if a]", "filtered", {"[a for a in b if (True)]"}),
        ("x ** y * z", "arithmetic", {"x * y * z", "x ** y / z"}),
        ("x - y", "operands", {"((y) - (x))"}),
        ("x -= y", "augmented", {"x += y"}),
        ("-x", "sign", {"(x)"}),
        ("f(0, 1.5, True)", "constant", {"f(1, 1.5, True)", "f(0, 2.5, True)", "f(0, 1.5, False)"}),
        ("f(a, b, c)", "arguments", {"f(b, a, c)", "f(a, c, b)"}),
        ("f(a, n=b, m=c)", "keyword", {"f(a, m=c)", "f(a, n=b, )"}),
        ("a[b:c]", "bound", {"a[:c]", "a[b:]"}),
        ("a.b = c", "statement", {"pass"}),
        ("def f() -> int | None:\n    return a", "nothing_returned", {"return (None)"}),
        ("def f() -> int:\n    return a", "nothing_returned", set()),
    ],
)
def test_a_mutator_makes_these_changes(text, mutator, expected):
    assert {change[1] for change in changed(text) if change[0] == mutator} == expected


@pytest.mark.parametrize(
    "text",
    [
        '"""A docstring of 1."""',
        "x: Literal[1]",
        "def f(x: Literal[1]): ...",
        "def f() -> str:\n    return a + b",
        'raise ValueError(f"{a + b}", 1)',
        "if TYPE_CHECKING:\n    x = 1 + 2",
        "__all__ = [1]",
        "warn(a + b, 1)",
        "isinstance(a, b)",
    ],
)
def test_what_is_read_by_people_or_type_checkers_is_left_alone(text):
    assert {change for change in changed(text) if change != ("statement", "pass")} == set()


def test_a_rule_is_mutated_inside_its_decorator():
    text = "@elementwise(dx=lambda y, x: y * 2.0, linear=True)\ndef f(x): return x"
    assert {
        ("arithmetic", "@elementwise(dx=lambda y, x: y / 2.0, linear=True)"),
        ("constant", "@elementwise(dx=lambda y, x: y * 3.0, linear=True)"),
        ("constant", "@elementwise(dx=lambda y, x: y * 2.0, linear=False)"),
        ("keyword", "@elementwise(linear=True)"),
    } <= changed(text)


def test_places_are_counted_in_characters():
    assert ("constant", "σ = 2") in changed("'σ∂';\nσ = 1")


def test_a_statement_left_out_leaves_the_lines_where_they_were():
    text = "f(\n    a,\n)\ng()"
    (mutant,) = (
        m for m in mutants(Source("file.py", text)) if m.mutator == "statement" and m.change.start == 0
    )
    assert mutant.text.split("\n")[3] == "g()"


def test_the_sample_stays_when_lines_move():
    line = "def f(a, b):\n    return a * b + 2 if a < b else a - 1\n"
    before, after = ({"rules": [*mutants(Source("file.py", text))]} for text in (line, "\n\n" + line))
    chosen = [mutant.diff() for mutant in sample(before, 5, seed=0)]
    assert chosen == [mutant.diff() for mutant in sample(after, 5, seed=0)]
    assert len(set(chosen)) == 5
    assert chosen != [mutant.diff() for mutant in sample(before, 5, seed=1)]


def test_a_sample_has_some_of_every_room():
    chosen = sample(every_mutant(ROOT), 100, seed=0)
    assert len(chosen) in range(90, 111)
    assert {mutant.source.path.split("/")[0] for mutant in chosen} == {"autodiff", "nn", "optim"}


@pytest.mark.parametrize("file", ["always.txt", "equivalent.txt"])
def test_noted_lines_are_there(file):
    for note in notes(HERE / file):
        mutant = note.mutant(ROOT)
        assert mutant.compiles()
        assert mutant.diff() == note.diff


def test_each_equivalent_change_has_its_reason():
    assert all(note.remark for note in notes(HERE / "equivalent.txt"))
    assert len(always(ROOT)) > 20


def test_a_note_means_the_line_in_its_function(tmp_path):
    text = "def f():\n    x = 1\n\n\nclass A:\n    def f(self):\n        x = 1\n"
    (tmp_path / "file.py").write_text(text)
    (tmp_path / "notes.txt").write_text("file.py, in A.f\n- x = 1\n+ x = 2\n")
    (note,) = notes(tmp_path / "notes.txt")
    assert note.mutant(tmp_path).text == text[::-1].replace("1", "2", 1)[::-1]


def test_a_note_needs_its_line_once(tmp_path):
    (tmp_path / "file.py").write_text("x = 1\nx = 1\n")
    (tmp_path / "notes.txt").write_text("# why\nfile.py\n- x = 1\n+ x = 2\n")
    (note,) = notes(tmp_path / "notes.txt")
    assert note.remark == "why"
    with pytest.raises(ValueError, match="found them 2 times"):
        note.mutant(tmp_path)


PROJECT = {
    "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '--doctest-modules'\n",
    "autodiff/__init__.py": "",
    "autodiff/ops/__init__.py": "",
    "autodiff/ops/small.py": (
        "def larger(x, y):\n    return x if x > y else y\n\n\n"
        'def halved(x):\n    """Half.\n\n    >>> halved(4.0)\n    2.0\n    """\n    while x > 3.5:\n'
        "        x = x - 2.0\n    return x\n"
    ),
    "tests/autodiff/test_small.py": (
        "from autodiff.ops.small import larger\n\n\ndef test_larger():\n    assert larger(1, 2) == 2\n\n\n"
        "def test_broken():\n    assert larger(1, 2) == 1\n"
    ),
}


@pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")  # of JAX, which another test may have started
def test_a_run_tells_the_mutants_that_tests_notice_from_the_others(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "GRACE", 6.0)
    root = tmp_path / "project"
    for name, text in PROJECT.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    copy = trial.copy_of(root, tmp_path / "copy")
    reach, failed = run.measure(copy, ["tests/autodiff/test_small.py", "autodiff/ops/small.py"], 60.0)
    assert failed == ["tests/autodiff/test_small.py::test_broken"]
    assert set(reach.seconds) == {
        "tests/autodiff/test_small.py::test_larger",
        "autodiff/ops/small.py::autodiff.ops.small.halved",
    }
    tried = [*mutants(Source.of(root, "autodiff/ops/small.py"))]
    results = {
        result.diff.split("\n+ ")[1]: result for result in run.try_all(tried, reach, root, [copy], 10.0)
    }
    assert results["return x if x <= y else y"].by == "tests/autodiff/test_small.py::test_larger"
    assert results["return x if x >= y else y"].outcome == "survived"
    assert results["x = x + 2.0"].outcome == "timeout"
    assert results["while (False):"].by == "autodiff/ops/small.py::autodiff.ops.small.halved"
    assert (copy / "autodiff/ops/small.py").read_text() == PROJECT["autodiff/ops/small.py"]


def test_figures_are_given_by_room():
    results = [
        Result(str(i), room, "sign", str(i), outcome, "", 1, 2.0)
        for i, (room, outcome) in enumerate(
            [("rules", "failed"), ("rules", "survived"), ("pass", "timeout"), ("pass", "survived")]
        )
    ]
    assert [line.split() for line in figures(results, ["1"]).splitlines()[1:]] == [
        ["rules", "2", "1", "1", "0", "100.0", "%", "2.0"],
        ["pass", "2", "1", "0", "1", "50.0", "%", "2.0"],
        ["all", "4", "2", "1", "1", "66.7", "%", "2.0"],
    ]
