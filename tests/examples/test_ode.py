"""The fit of Lotka and Volterra's equations, with its standard errors."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import least_squares

from examples.ode import START, residuals

FOUND = {"alpha": 0.5402, "beta": 0.02717, "gamma": 0.7964, "delta": 0.02369, "hares": 34.6, "lynxes": 5.844}


@pytest.mark.parametrize("name", FOUND)
def test_estimates_are_printed_with_errors(printed: str, name: str) -> None:
    (estimate, error) = re.findall(rf"{name} +([\d.]+) +([\d.]+)", printed)[0]
    assert float(estimate) == pytest.approx(FOUND[name], rel=1e-3)
    assert 0.0 < float(error) < 0.2 * float(estimate)


def test_scipy_finds_the_same() -> None:
    found = least_squares(lambda theta: np.asarray(residuals(*theta)).ravel(), START, x_scale=np.abs(START))
    np.testing.assert_allclose(found.x, [*FOUND.values()], rtol=1e-3)


def test_the_picture_is_saved(printed: str, picture: Path) -> None:
    assert picture.stat().st_size > 10_000
