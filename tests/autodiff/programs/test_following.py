"""A forward function is followed where shapes decide, and called as it is where numbers do."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff as ad
from autodiff import primitive

X = np.array([3.0, 1.0, 2.0])


def operation(body: Any) -> Any:
    """An operation that does nothing else than call a function."""

    def forward(x: Any, /) -> Any:
        return body(x)

    return primitive(dx=None)(forward)


def constant(x: Any) -> Any:
    return np.full(x.shape, 3.0)


def filled(x: Any) -> Any:
    y = np.zeros_like(x)
    part = y[1:]
    part += 2.0 * x[1:]
    y[0] = 7.0
    part[0] -= 1.0
    copy = y.copy()
    copy[len(copy) - 1] = x[0]
    return y * copy


def added_at(x: Any) -> Any:
    y = np.zeros_like(x)
    np.add.at(y, np.array([0, 0, 2]), x)
    return y


def parts_of_a_named_tuple(x: Any) -> Any:
    found = np.linalg.eigh(x[:, None] * x)
    return found.eigenvalues + np.abs(found[1][0])


def shape_decides(x: Any) -> Any:
    y = x if isinstance(x, np.ndarray) and len(x) == 3 else -x
    return sum(entry for entry in y) * np.ones(x.shape)


def asks_numpy_for_facts(x: Any) -> Any:
    if np.ndim(x) != 1 or np.result_type(x, np.float32) != np.float64:
        return -x
    return x * float(np.size(x)) + np.ones(np.shape(x))


def powers(x: Any) -> Any:
    return x**2 + 2.0**x + x**0.5 + x**-1 + x[0] ** 3.0 + (x[0] - x[1]) * 2.0


def sorted_by_itself(x: Any) -> Any:
    return x[np.argsort(x)]


@pytest.mark.parametrize(
    "body",
    [
        constant,
        filled,
        added_at,
        parts_of_a_named_tuple,
        shape_decides,
        asks_numpy_for_facts,
        powers,
        sorted_by_itself,
    ],
)
def test_what_shapes_decide_is_followed(body: Any) -> None:
    program = ad.compile(operation(body))
    for x in (X, X[::-1].copy()):
        np.testing.assert_allclose(program(x), body(x), rtol=1e-14)
    assert f"def {body.__name__}(" not in program.source


def looks_at_a_number(x: Any) -> Any:
    return x * 2.0 if x[0] > 2.0 else x


def swallows_the_refusal(x: Any) -> Any:
    try:
        return x * 2.0 if float(x[0]) > 2.0 else x
    except Exception:
        return x * 0.0


def asks_numpy_for_an_array(x: Any) -> Any:
    return np.asarray(x)[::-1] * 1.0


def fills_what_numpy_made(x: Any) -> Any:
    y = np.zeros(x.shape)
    y[1:] = x[:-1]
    return y


def takes_many_steps(x: Any) -> Any:
    for _ in range(1000):
        x = 0.5 * x + 1.0
    return x


@pytest.mark.parametrize(
    "body",
    [
        looks_at_a_number,
        swallows_the_refusal,
        asks_numpy_for_an_array,
        fills_what_numpy_made,
        takes_many_steps,
    ],
)
def test_what_numbers_decide_is_called_as_it_is(body: Any) -> None:
    program = ad.compile(operation(body))
    for x in (X, X[::-1].copy()):
        np.testing.assert_array_equal(program(x), body(x))
    assert f"def {body.__name__}(" in program.source
    assert "np.asarray(" not in program.source.rpartition("def ")[2]
    assert len(program.source.splitlines()) < 40


def test_an_operand_is_never_changed() -> None:
    @primitive(dx=None)
    def changing(x: Any, /) -> Any:
        y = x[:2]
        y += 1.0
        return y

    program = ad.compile(lambda x: changing(x * 1.0))
    assert program(X).tolist() == [4.0, 2.0]
    assert "def changing(" in program.source


def test_operators_of_numpys_numbers_do_not_warn() -> None:
    program = ad.compile(lambda x: (x + 1.0) * x)
    assert program(np.float32(1e30)) == np.inf
    assert "np." not in program.source.partition("def program")[2]


# -- what depends on numbers, or on what kind of thing an operand is ------------------------------


def _mean_of_positives(x, /):
    y = x[x > 0.0]
    return y.sum() / y.size


def _mean_by_places(x, /):
    (i,) = np.nonzero(x > 0.0)
    return x[i].sum() / i.size


def _ranked_positives(x, /):
    y = x[x > 0.0]
    return np.dot(y, np.arange(len(y)))


def _times_kinds(x, /):
    return x * len(np.unique(x))


def _times_length_of_text(x, /):
    return x * len(str(x))


def _doubled_if_an_array(x, /):
    return x * 2.0 if type(x) is np.ndarray else x * 3.0


def _is_an_array(x):
    return type(x) is np.ndarray


def _doubled_if_a_helper_finds_an_array(x, /):
    return x * 2.0 if _is_an_array(x) else x * 3.0


def _doubled_if_each_is_an_array(x, /):
    return x * 2.0 if all(type(y) is np.ndarray for y in [x]) else x * 3.0


@pytest.mark.parametrize(
    "body",
    [
        _mean_of_positives,
        _mean_by_places,
        _ranked_positives,
        _times_kinds,
        _times_length_of_text,
        _doubled_if_an_array,
        _doubled_if_a_helper_finds_an_array,
        _doubled_if_each_is_an_array,
    ],
)
def test_sizes_that_depend_on_numbers_are_not_those_of_the_example(body):
    operation = primitive(dx=lambda g, y, x: g)(body)
    program = ad.compile(lambda x: operation(x))
    for x in ([1.0, 1.0, 1.0, 1.0], [-1.0, 2.0, 5.0, 0.2]):
        np.testing.assert_array_equal(program(np.array(x)), operation(np.array(x)))
