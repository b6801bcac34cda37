"""What operations declare of themselves holds."""

import importlib
import math
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest

import autodiff as ad
import nn
from autodiff import Value, gradients
from autodiff.graph import Graph
from autodiff.values.operation import Operation
from tests.autodiff.test_operations import edge_points, example, quiet
from tests.cases import CASES

INF, NAN = math.inf, math.nan

# -- what is declared of structural zeros --------------------------------------------------------

ARRAYS = [case for case in CASES if np.shape(case(*example(case))) and "slogdet" not in case.name]


def influences(values, y):
    """Whether entries of the output depend on an entry of an argument: one array for each argument."""
    seeds = np.eye(y.size).reshape(y.size, *y.shape)
    rows = [quiet(gradients, y, values, seed) for seed in seeds]
    return [np.array([np.not_equal(row[i], 0.0) for row in rows]) for i in range(len(values))]


UNKNOWN = {"gradient", "mod", "vander"}
"""Operations whose slopes are 0 by computation, so that a gradient that is dead in part may be nan."""


def knows_its_zeros(y):
    """Whether all operations declare what becomes of zeros: else a gradient dead in part may be nan."""
    operations = [node.operation for node in Graph(y) if node.operation]
    return all(o.elementwise or o.selecting or o.linear for o in operations)


@pytest.mark.parametrize("case", ARRAYS, ids=str)
def test_dead_entries_reach_nothing_and_live_ones_are_not_lost(case):
    values = [Value(x) for x in example(case)]
    y = case(*values)
    rng = np.random.default_rng(1)
    live = rng.random(y.size) < 0.5
    seed = np.where(live, np.inf, 0.0).reshape(y.shape)
    found = quiet(gradients, y, values, seed)
    for g, depends in zip(found, influences(values, y), strict=True):
        reached = depends[live].any(axis=0)
        assert not np.isfinite(g)[reached].any()
        if knows_its_zeros(y) and case.name not in UNKNOWN:
            np.testing.assert_array_equal(np.asarray(g)[~reached], 0.0)


# -- what else is declared -----------------------------------------------------------------------


def declared():
    """The operations of autodiff and nn, private ones too, by name."""
    found = {}
    for package in (ad.ops, nn):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for function in vars(importlib.import_module(module.name)).values():
                operation = getattr(function, "operation", None)
                if isinstance(operation, Operation):
                    found[operation.name] = operation
    return found


OPERATIONS = declared()


def with_trait(trait):
    return pytest.mark.parametrize("name", [n for n, o in OPERATIONS.items() if getattr(o, trait)])


def at_the_edges(operation):
    """The output for all combinations of numbers that are not ordinary, and these."""
    grids = edge_points(len(operation.arguments))
    with np.errstate(all="ignore"):
        return operation.forward(*grids), grids


@with_trait("symmetric")
def test_operands_of_a_symmetric_operation_may_change_places(name):
    operation = OPERATIONS[name]
    with np.errstate(all="ignore"):
        y, (a, b) = at_the_edges(operation)
        z = operation.forward(b, a)
    np.testing.assert_array_equal(y, z)
    np.testing.assert_array_equal(np.signbit(y)[y == y], np.signbit(z)[y == y])


@with_trait("nonnegative")
def test_what_is_never_negative_has_no_minus_sign(name):
    y, _ = at_the_edges(OPERATIONS[name])
    assert not np.signbit(y)[y == y].any()
    numbers = [quiet(OPERATIONS[name].scalar, x) for x in (-0.0, 0.0, -3.0)]
    assert not np.signbit(numbers).any()


@with_trait("linear")
def test_a_zero_of_one_operand_makes_a_product_zero(name):
    operation = OPERATIONS[name]
    if operation.elementwise:
        points = [0.0, *[2.0] * (len(operation.arguments) - 1)]
        assert operation.forward(*points) == 0.0 == operation.forward(*points[::-1])


@with_trait("conforming")
def test_what_has_the_form_already_stays_as_it_is(name):
    operation, x = OPERATIONS[name], np.array([[1.0, -0.0], [NAN, INF]])
    options = {"shape": x.shape} if "shape" in operation.metadata else {"dtype": x.dtype}
    y = operation.forward(x, **{**operation.defaults, **options})
    np.testing.assert_array_equal(y, x)
    assert y.dtype == x.dtype


@with_trait("formula")
def test_a_formula_gives_the_same_numbers(name):
    operation = OPERATIONS[name]
    rng = np.random.default_rng(1)
    shape = (2, 2) if not operation.entrywise else ()
    numbers = [rng.uniform(0.5, 2.0, shape if n != "bias" else 2) for n in operation.arguments]
    known = {**vars(ad), **dict(zip(operation.arguments, numbers, strict=True))}
    np.testing.assert_allclose(eval(operation.formula, known), operation.forward(*numbers))


KINK = re.compile(r"(\w+)′(\(.*\)) = (.+)")


@with_trait("kink")
def test_the_slope_at_a_kink_is_the_one_that_is_declared(name):
    operation = OPERATIONS[name]
    called, point, slope = KINK.fullmatch(operation.kink).groups()
    expected = eval(slope.replace("½", "0.5"), dict(operation.defaults))
    points = eval(f"({point[1:-1]},)", {"inf": INF, "nan": NAN})
    function = getattr(ad, called, None) or getattr(nn, called)
    values = [Value(x) for x in points]
    if called == "clip":
        values[1:] = points[1:]
    found = quiet(gradients, function(*values), [x for x in values if isinstance(x, Value)])
    np.testing.assert_allclose(np.hstack(found), expected, atol=1e-4 * abs(expected))
    assert operation.kink in (function.__doc__ or "") or getattr(function, "operation", None) is not operation


EDGES = Path(ad.__file__).parent.parent / "docs" / "explanation" / "edges.md"
CONVENTION = re.compile(r"((?:\w+′\([^)]*\) = )+)([−\d.½∞]+)")


def test_the_documentation_names_the_slopes_that_are_taken_at_kinks():
    said = {
        (name, point): float(slope.replace("−", "-").replace("∞", "inf").replace("½", "0.5"))
        for chain, slope in CONVENTION.findall(EDGES.read_text(encoding="utf-8"))
        for name, point in re.findall(r"(\w+)′\(([^)]*)\)", chain)
    }
    assert {("abs", "0"), ("relu", "0"), ("hypot", "0, 0")} <= said.keys()
    for (name, point), slope in said.items():
        values = [Value(float(x)) for x in point.split(",")]
        function = getattr(ad, {"abs": "absolute"}.get(name, name))
        assert quiet(gradients, function(*values), values) == [slope] * len(values)
