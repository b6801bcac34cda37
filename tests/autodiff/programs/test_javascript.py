"""Programs as JavaScript: the same numbers as Python's, whatever JavaScript means by its operators."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import autodiff as ad
from autodiff import Value, elementwise, gradients
from autodiff.programs.javascript.spellings import CONDITIONS, FUNCTIONS, SPELLINGS
from autodiff.programs.tracing.conditions import CONDITIONS as RECORDED
from autodiff.testing import expressions
from autodiff.testing.expression.catalogue import CATALOGUE
from autodiff.values.recording import applied
from tests.javascript import called, results, run, same, with_slopes, written

EDGES = [
    0.0,
    -0.0,
    0.5,
    -0.5,
    1.0,
    -1.0,
    1.5,
    2.5,
    -2.5,
    3.0,
    1000.0,
    -1000.0,
    1e300,
    math.inf,
    -math.inf,
    math.nan,
]
SPELT = [drawable for drawable in CATALOGUE if drawable.name not in ("erf", "gelu")]
"""But for those of which Python takes another approximation, SciPy's, where it is installed."""


def eager(f, point):
    with np.errstate(all="ignore"):
        xs = [Value(x) for x in point]
        z = f(*xs)
        return [float(z.data), *map(float, [] if z.constant else gradients(z, xs))]


@pytest.fixture(scope="module")
def drawn():
    """A script that computes random functions and their slopes at points and edges, and what is right."""
    scripts, right = [], []

    @settings(
        max_examples=300, derandomize=True, database=None, deadline=None, suppress_health_check=[*HealthCheck]
    )
    @given(expressions(operations=SPELT, arrays=False))
    def draw(e):
        point = [float(x) for x in e.inputs]
        points = [point, *([edge] * len(point) for edge in EDGES)]
        scripts.append(called(written(with_slopes(e), *point), "main", points))
        right.extend((e.text, p, eager(e, p)) for p in points)

    draw()
    return "\n".join(scripts), right


@pytest.mark.parametrize("where", ["node", "browser"])
def test_random_functions_and_their_slopes_are_the_same_at_their_points_and_at_edges(drawn, where, request):
    script, right = drawn
    found = run(script, request.getfixturevalue("chromium") if where == "browser" else None)
    assert len(found) == len(right) > 5000
    for (text, point, numbers), given_ in zip(right, found, strict=True):
        assert len(given_) == len(numbers)
        assert all(map(near, given_, numbers)), (text, point, numbers, given_)


def near(a, b):
    return same(a, b, 1e-12, 1e-15)


OPTIONS = {"share": {"p": 3.0}, "round": {"decimals": 1}, "astype": {"dtype": np.float64}}


@pytest.mark.parametrize("operation", SPELLINGS, ids=lambda operation: operation.name)
def test_each_spelling_is_its_operation_at_every_edge(operation):
    options = OPTIONS.get(operation.name, operation.defaults)
    points = list(itertools.product(EDGES, repeat=len(operation.arguments)))
    found = results(lambda *xs: applied(operation)(*xs, **options), points)
    with np.errstate(all="ignore"):
        right = [applied(operation)(*point, **options) for point in points]
    either = operation.name == "bounded"  # by NumPy 0 and −0 are equal there, and either may come out
    for point, (number,), wanted in zip(points, found, right, strict=True):
        assert same(number, wanted, 1e-14), (point, number, wanted)
        assert number or either or math.copysign(1.0, number) == math.copysign(1.0, wanted), point


@pytest.mark.parametrize("name", CONDITIONS)
def test_each_condition_is_numpys(name):
    function = getattr(np, name)
    count = function.nin if isinstance(function, np.ufunc) else 1
    points = list(itertools.product(EDGES, repeat=count))
    found = results(lambda *xs: np.where(function(*xs), 1.0, 2.0), points)
    assert [1.0 if function(*point) else 2.0 for point in points] == [number for (number,) in found]


def test_no_spelling_and_no_function_is_idle():
    assert all(f"{name}(" in " ".join([*SPELLINGS.values(), *FUNCTIONS.values()]) for name in FUNCTIONS)
    assert all(RECORDED[name] for name in CONDITIONS)


def test_truth_values_are_counted_as_numpy_counts_them():
    """The sum of two is or, their product and; beside a number they are 0 and 1."""

    def f(x, y):
        a, b = x > 0.0, y > 0.0
        return [
            np.where(a + b, 1.0, 0.0),
            np.where(a * b, 1.0, 0.0),
            a + x,
            np.where(x, 3.0, 4.0),
            a & ~b,
            a + b,
        ]

    points = [(1.0, 1.0), (1.0, -1.0), (-1.0, -1.0), (0.0, math.nan)]
    right = [
        [1.0, 1.0, 2.0, 3.0, 0, 1],
        [1.0, 0.0, 2.0, 3.0, 1, 1],
        [0.0, 0.0, -1.0, 3.0, 0, 0],
        [0.0, 0.0, 0.0, 4.0, 0, 0],
    ]
    found = results(f, points)
    assert found == right
    assert not any(isinstance(x, bool) for row in found for x in row)


@pytest.mark.parametrize("f", [ad.erf, ad.gelu, lambda x: ad.gelu(x, approximate="tanh")])
def test_the_error_function_is_pythons(f):
    points = [[x] for x in (0.0, -0.0, 0.1, -0.46875, 0.5, 1.0, -2.0, 4.0, 5.9, 6.0, -9.0, 1e3, -1e3, np.nan)]
    for (x,), found in zip(points, results(with_slopes(f), points), strict=True):
        y = Value(x)
        wanted = [z.item() for z in with_slopes(f)(y)]
        np.testing.assert_allclose(found, wanted, rtol=1e-13, atol=1e-15)


def test_an_operation_without_spelling_is_written_by_its_body():
    @elementwise(dx=lambda y, x: ad.where(x > 1.0, 2.0 * x, 1.0))
    def bent(x, /):
        return np.where(x > 1.0, x * x, x)

    assert results(with_slopes(bent), [(3.0,), (0.5,)]) == [[9.0, 6.0], [0.5, 1.0]]
    text = written(bent, 0.5)
    assert "x > 1" in text
    assert "x * x" in text
    assert "bent" not in text


def test_what_cannot_be_written_is_refused_by_name():
    @elementwise(dx=1.0)
    def measured(x, /):
        return float(x)

    for f in (measured, lambda x: ad.sin(measured(x)) * x):
        with pytest.raises(TypeError, match=r"^play: measured cannot be written as JavaScript"):
            written(f, 0.5)
    with pytest.raises(TypeError, match="double precision, got 'x' of dtype float32"):
        written(lambda x: x * 2.0, np.float32(1.0))


def test_ten_thousand_operations_are_the_most():
    def chain(x):
        for _ in range(10_001):
            x = ad.sin(x)
        return x

    with pytest.raises(
        ValueError, match="at most 10,000 operations on numbers are computed in a page, got 10,001"
    ):
        written(chain, 0.5)


def test_names_are_letters_digits_and_underscores_and_nothing_that_javascript_means_otherwise():
    names = ["</script><b>", "delete", "Math", "w₁₁⁽²⁾", "given", "power", "a b'\"`${x}"]

    def f(*xs):
        z = xs[0] ** 1.5
        for x in xs[1:]:
            z = z + x**2.5
        z.name = "*/ return"
        return z

    script = written(f, *range(1, 8), names=names)
    assert not any(mark in script for mark in ("</", "`", "${"))
    point = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    (found,) = run(called(script, "main", [point]))
    assert same(found[0], 1.0 + sum(x**2.5 for x in point[1:]), 1e-14)


def test_a_program_reads_line_by_line():
    """Helper functions only where they are called; the same text each time."""

    def f(w, x):
        z = w * x - 2.0
        z.name = "z₁⁽²⁾"
        return ad.sigmoid(z)

    text = written(f, 1.0, 2.0, names="wx")
    assert text == written(f, 1.0, 2.0, names="wx")
    assert text.splitlines() == [
        "(() => {",
        '  "use strict";',
        "  function sigmoid(x) {",
        "    const small = Math.exp(-Math.abs(x));",
        "    return (x < 0 ? small : 1) / (1 + small);",
        "  }",
        "  return {",
        "    main(given) {",
        "      const w = given[0], x = given[1];",
        "      const t1 = w * x;",
        "      const z1_2 = t1 - 2;",
        "      const t2 = sigmoid(z1_2);",
        "      return [t2];",
        "    },",
        "  };",
        "})()",
    ]
