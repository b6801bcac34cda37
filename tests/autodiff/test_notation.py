"""Numbers, arrays and names on one short line."""

from __future__ import annotations

import dask.array
import numpy as np
import pytest

from autodiff.text.notation import text_of, visible


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (0.4750208, "0.475"),
        (-0.0, "-0"),
        (float("inf"), "inf"),
        (float("nan"), "nan"),
        (None, "–"),
        (np.float32(0.25), "0.25"),
        (np.array([1.0, 2.0]), "[1, 2]"),
        (np.array([[1.0, 2.0], [3.0, 0.1]]), "[[1, 2], [3, 0.1]]"),
        (np.array([True, False]), "[True, False]"),
        (np.ones((0, 3)), "[]"),
        (np.arange(10.0), "0 … 9"),
        (np.zeros(10), "all 0"),
        (np.array([1.0, np.nan, 3.0, np.nan, 2.0]), "1 … 3, 2 nan"),
        (np.array([1.0, -np.inf, 3.0, np.inf, 2.0]), "-inf … inf"),
        (np.full(9, np.nan), "9 nan"),
        (np.arange(10) > 3, "6 of 10 true"),
        ((1.0, None, np.array([1.0, 2.0])), "(1, –, [1, 2])"),
    ],
)
def test_data_in_short(data: object, text: str) -> None:
    assert text_of(data) == text


def test_the_format_of_numbers_can_be_chosen() -> None:
    assert text_of(2 / 3, ".2f") == "0.67"
    assert text_of(np.array([2 / 3, 1.0]), ".2f") == "[0.67, 1.00]"


def test_lazy_data_are_not_computed() -> None:
    assert text_of(dask.array.ones((1000, 1000))) == "dask array"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("w₁₁⁽¹⁾", "w₁₁⁽¹⁾"),
        ("two\nlines\t\x00", r"two\nlines\t\x00"),
        ("\u202eevil", r"\u202eevil"),
        ("lone \ud800", r"lone \ud800"),
        ("👩\u200d🔬", "👩\u200d🔬"),
        ("x" * 41, "x" * 39 + "…"),
        ("x" * 40, "x" * 40),
    ],
)
def test_names_are_shown_on_one_line(name: str, shown: str) -> None:
    assert visible(name) == shown
