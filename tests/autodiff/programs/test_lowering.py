"""Lines that do the same are lowered once, and reshaped arrays written into: programs stay the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import autodiff as ad
from autodiff import hessian, value_and_grad
from autodiff.programs.listing import Line, Listing
from autodiff.programs.loading import loaded
from autodiff.programs.lowering.repeats import Repeats
from autodiff.programs.source import written

X = np.linspace(-1.0, 2.0, 24).reshape(4, 6)


def recurrent(x: Any) -> Any:
    h = x
    for _ in range(4):
        h = ad.tanh(h @ x.T @ x + 2.0 * h[:, ::-1]) * ad.sigmoid(h) - ad.clip(h, -0.5, 0.5)
    return (h * h).sum()


def scalars(x: Any) -> Any:
    a = b = x[0, 0]
    for i in range(5):
        a, b = a * b + x[1, i], ad.exp(-b) / (a * a + 1.0)
    return a * b**2


def views(x: Any) -> Any:
    parts = [x[i : i + 2].reshape(3, 4) for i in range(3)]
    return sum((ad.sin(p.T) * p.T.reshape(4, 3)).sum() for p in parts)


@pytest.mark.parametrize("f", [recurrent, scalars, views])
def test_a_line_as_one_before_becomes_what_it_becomes_alone(f: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    program = ad.compile(value_and_grad(f))
    found = program(X)
    monkeypatch.setattr(Repeats, "again", lambda self, line, inputs: None)
    alone = ad.compile(value_and_grad(f))
    wanted = alone(X)
    assert program.source == alone.source
    assert found[0] == wanted[0]
    np.testing.assert_array_equal(found[1], wanted[1])
    value, gradient = value_and_grad(f)(X)
    np.testing.assert_allclose(found[0], value, rtol=1e-12)
    np.testing.assert_allclose(found[1], gradient, rtol=1e-9, atol=1e-12)


RESHAPED = {
    "used afterwards": lambda x: (lambda y: ad.exp(y.reshape(6, 4)).sum() + (y * y).sum())(x * 2.0),
    "returned, too": lambda x: (lambda y: (y, y.reshape(-1) + 1.0))(x * 2.0),
    "a view returned": lambda x: (lambda y: (y.reshape(-1), ad.sin(y)))(x + 1.0),
    "overwritten": lambda x: ad.sin(ad.exp((x * 2.0).reshape(8, 3)) * 3.0).reshape(4, 6) - 1.0,
    "turned and reshaped": lambda x: ad.sin((x * 2.0).T.reshape(8, 3)) + (x * 2.0).reshape(8, 3),
    "twice": lambda x: (lambda y: ad.exp(y.reshape(24)) * ad.sin(y.reshape(24)))(x - 0.5),
}


@pytest.mark.parametrize("name", RESHAPED)
def test_memory_is_written_through_a_reshaped_array_where_nothing_else_reads_it(name: str) -> None:
    f = RESHAPED[name]
    program = ad.compile(f)
    for x in (X, -X, X):
        kept, given = program(x), x.copy()
        program(x + 1.0)  # which writes into the same memory
        np.testing.assert_array_equal(x, given)
        wanted = f(ad.Value(x))
        for a, b in zip(results(kept), results(wanted), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-13)


def results(tree: Any) -> list[Any]:
    """The results, as data."""
    parts = tree if isinstance(tree, tuple) else (tree,)
    return [x.data if isinstance(x, ad.Value) else x for x in parts]


def test_a_program_of_a_hessian_is_short_whatever_the_number_of_unknowns() -> None:
    def chain(x: Any) -> Any:
        return ((x[1:] - x[:-1] ** 2) ** 2).sum()

    program = ad.compile(hessian(chain))
    lengths = set()
    for n in (30, 60):
        x = np.linspace(-1.0, 1.0, n)
        np.testing.assert_array_equal(program(x), hessian(chain)(x))
        lengths.add(len(program.source.splitlines()))
    assert len(lengths) == 1


def test_a_row_of_a_repeated_array_is_not_written_into() -> None:
    def f(x: Any) -> Any:
        rows = ad.broadcast_to(2.0 * x, (3, 4))
        return ad.exp(rows[::2][1]) * 3.0

    x = np.linspace(-1.0, 1.0, 4)
    np.testing.assert_allclose(ad.compile(f)(x), f(x), rtol=1e-15)


def test_what_constants_alone_decide_is_not_taken_from_a_line_before() -> None:
    """Listings that are written as they were recorded compute with constants, too."""
    add, multiply = vars(ad.add)["operation"], vars(ad.multiply)["operation"]
    lines = [
        Line("input", 3.0), Line("constant", 1.0), Line("constant", -1.0), Line("computed", 6.0, add, (0, 0)),
        Line("computed", -1.0, multiply, (1, 2)), Line("computed", -2.0, add, (4, 4)),
    ]  # fmt: skip
    assert loaded(written(Listing(lines, (3, 5)), "f", ""))(5.0) == (10.0, -2.0)


def test_kept_memory_in_another_shape_is_made_once() -> None:
    """A comment says what it is."""
    program = ad.compile(lambda x: ad.exp((x @ x.T).reshape(2, 8)) @ np.ones((8, 2)))
    text = str(program.source_of(X))
    assert "view1 = buffer1.reshape((2, 8))\n" in text
    assert " = view1  # t1.reshape((2, 8))\n" in text


def test_a_comment_that_is_too_long_is_cut() -> None:
    shape = (2, 2, 2, 2, 2, 2, 3)
    program = ad.compile(
        lambda x: ad.exp(ad.sin(x).reshape(64, 3).reshape(shape).swapaxes(2, 3) + 1.0).sum(0)
    )
    x = np.linspace(-1.0, 1.0, 192).reshape(3, 64)
    wanted = np.exp(np.sin(x).reshape(shape).swapaxes(2, 3) + 1.0).sum(0)
    np.testing.assert_allclose(program(x), wanted, rtol=1e-12)
    assert all(len(line) <= 100 for line in program.source.splitlines())
