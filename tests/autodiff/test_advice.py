"""Advice for functions that are not covered helps: what it says gives the same, and has derivatives."""

import functools
import re

import numpy as np
import pytest
import scipy.special

import autodiff as ad
from autodiff import Value, gradients
from autodiff.differentiation.advice import INSTEAD, REASONS, WHOLE
from autodiff.differentiation.operators import COVERED

LIBRARIES = {"numpy": np, "numpy.linalg": np.linalg, "numpy.fft": np.fft, "scipy.special": scipy.special}

RNG = np.random.default_rng(0)
ARRAYS = {
    "x": np.array([0.7, -1.3, 2.2, 0.4, -0.6]),
    "y": np.array([1.5, 0.3, -0.8, 2.1, 0.9]),
    "t": np.array([-1.1, -0.2, 0.6, 1.4, 1.9]),
    "u": np.array([0.2, 0.7, 0.4, 0.1, 0.9]),
    "v": np.array([0.5, 1.5, 2.5, 0.3, 0.8]),
    "w": np.array([0.6, 1.2, 2.0, 0.4, 1.1]),
    "A": RNG.normal(size=(5, 5)),
    "B": RNG.normal(size=(5, 5)),
    "a": 0.5,
    "b": 2.0,
    "S": np.diag(np.arange(1.0, 6.0)) + 0.1,
}
CONSTANTS = {
    "q": 0.3, "n": 3, "m": np.array([True, False, True, True, False]),
    "f": lambda x: x * x, "g": lambda x: 3.0 * x, "np": np, "autodiff": ad, "scipy": scipy,
    "functools": functools,
}  # fmt: skip

ENTRIES = [(library, call) for library, table in INSTEAD.items() for call in table]


def name_of(call):
    return re.match(r"[\w.]+", call)[0]


def evaluated(expression, arrays):
    return eval(expression, {**CONSTANTS, **arrays})


def arrays_of(call):
    arrays = dict(ARRAYS)
    if call.startswith("nan"):
        arrays["x"] = np.array([0.7, np.nan, 2.2, 0.4, np.nan])
    return arrays


@pytest.mark.parametrize(("library", "call"), ENTRIES)
def test_what_is_to_be_written_gives_what_the_function_gives(library, call):
    arrays = arrays_of(call)
    expected = evaluated(f"library.{call}", {**arrays, "library": LIBRARIES[library]})
    for given in (arrays, {name: Value(x) for name, x in arrays.items()}):
        found = evaluated(INSTEAD[library][call], given)
        several = isinstance(expected, (tuple, list))
        assert isinstance(found, tuple) == several
        for x, y in zip(found if several else [found], expected if several else [expected], strict=True):
            np.testing.assert_allclose(x.data if isinstance(x, Value) else x, y, rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize(("library", "call"), [entry for entry in ENTRIES if not entry[1].startswith("imag")])
def test_what_is_to_be_written_has_derivatives(library, call):
    expression, arrays = INSTEAD[library][call], arrays_of(call)
    used = [name for name in arrays if re.search(rf"\b{name}\b", expression)]
    values = {name: Value(x) for name, x in arrays.items()}
    found = evaluated(expression, values)
    parts = [part for part in (found if isinstance(found, tuple) else [found]) if isinstance(part, Value)]
    slopes = [gradients(part.sum(), values[name]) for part in parts for name in used]
    assert slopes
    assert all(np.isfinite(slope).all() for slope in slopes)


@pytest.mark.parametrize(("library", "call"), ENTRIES)
def test_an_entry_is_given_when_its_function_is_called(library, call):
    name = name_of(call)
    function = LIBRARIES[library]
    for part in name.split("."):
        function = getattr(function, part)
    assert function not in COVERED
    values = {key: Value(x) for key, x in arrays_of(call).items()}
    with pytest.raises(TypeError) as caught:
        evaluated(f"library.{call}", {**values, "library": LIBRARIES[library]})
    message = str(caught.value)
    if f"{library}.{name} on Value" in message:
        assert f"; {library}.{call} is {INSTEAD[library][call]}; for the numbers alone" in message
    else:  # NumPy calls another function first
        assert re.search("on Value|does not become an array", message)
        if library == "scipy.special":
            assert INSTEAD[library][call] in message


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda x: np.gcd(x, x), r"numpy\.gcd on Value; for the numbers alone, pass value\.data"),
        (lambda x: scipy.special.j0(x), r"scipy\.special\.j0 on Value; for the numbers alone"),
        (
            lambda x: np.frompyfunc(abs, 1, 1)(x),
            r"found for abs \(vectorized\) on Value; for the numbers alone",
        ),
        (lambda x: np.logical_and.at(x, 0, True), r"numpy\.logical_and\.at on Value; for the numbers alone"),
    ],
)
def test_without_an_entry_nothing_is_suggested(act, message):
    with pytest.raises(TypeError, match=message):
        act(Value([0.5]))


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (
            lambda A: np.linalg.eig(A),
            r"numpy\.linalg\.eig on Value; its result is complex.*autodiff\.linalg\.eigh",
        ),
        (lambda A: np.linalg.eigvals(A), r"numpy\.linalg\.eigvals on Value; its result is complex"),
        (lambda A: np.fft.fft(A), r"numpy\.fft\.fft on Value; its result is complex"),
        (lambda A: np.emath.sqrt(A), r"numpy\.lib\.scimath\.sqrt on Value; its result may be complex"),
        (lambda A: np.full_like(np.ones(5), A[0, 0]), r"numpy\.copyto on Value; .*autodiff\.full_like"),
        (lambda A: np.fill_diagonal(np.ones((5, 5)), A[0]), "autodiff|array"),
    ],
)
def test_reasons_are_given(act, message):
    with pytest.raises(TypeError, match=message):
        act(Value(ARRAYS["A"]))


def test_reasons_are_of_functions_that_there_are_and_name_operations_that_there_are():
    for library, reasons in REASONS.items():
        assert all(hasattr(LIBRARIES[library], name) for name in reasons)
    words = [*WHOLE.values(), *(reason for reasons in REASONS.values() for reason in reasons.values())]
    for name in re.findall(r"autodiff\.([\w.]*\w)", " ".join(words)):
        found = ad
        for part in name.split("."):
            found = getattr(found, part)


def test_the_factors_of_a_matrix_are_numpys_up_to_signs():
    A = ARRAYS["A"]
    R = ad.linalg.cholesky(A.T @ A).T
    q, r = np.linalg.qr(A)
    np.testing.assert_allclose(np.abs(R), np.abs(r), atol=1e-12)
    np.testing.assert_allclose(np.abs(ad.linalg.solve(R.T, A.T).T), np.abs(q), atol=1e-10)


def test_the_parts_of_a_fourier_transform_are_products():
    x = ARRAYS["x"]
    angles = 2.0 * np.pi * np.outer(np.arange(5), np.arange(5)) / 5
    np.testing.assert_allclose(np.cos(angles) @ x - 1j * np.sin(angles) @ x, np.fft.fft(x), atol=1e-14)
