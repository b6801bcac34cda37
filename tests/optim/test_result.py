"""What a result holds, and how it prints."""

import dataclasses
import inspect

import numpy as np
import pytest

from optim import Result, minimize, newton, steepest_descent


def parabola(x):
    """(x − 3)²."""
    return (x - 3.0) ** 2


def test_it_prints_as_a_short_table():
    lines = repr(steepest_descent(parabola, 0.0, s=0.5)).splitlines()
    assert lines == [
        "steepest descent  converged: the gradient is 0, at most 1e-08",
        "x                 3",
        "value             0",
        "gradient          0",
        "steps             1, 2 evaluations",
    ]


def test_large_points_print_as_their_range():
    result = minimize(lambda x: ((x - 3.0) ** 2).sum(), np.zeros(1000))
    assert len(repr(result)) < 400
    assert "all 3" in repr(result) or "3 … 3" in repr(result)


def test_it_is_frozen():
    result = steepest_descent(parabola, 0.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.x = 1.0


def test_the_path_is_a_sequence_and_has_columns():
    path = steepest_descent(parabola, 0.0, s=0.25, max_steps=2).path
    assert len(path) == 3
    assert [iterate.x for iterate in path] == [0.0, 1.5, 2.25]
    assert path[-1] == (2.25, 0.5625, 1.5, 0.25)
    assert [iterate.value for iterate in path[1:]] == [2.25, 0.5625]
    np.testing.assert_array_equal(path.points, [[0.0], [1.5], [2.25]])
    np.testing.assert_array_equal(path.gradient_norms, [6.0, 3.0, 1.5])
    assert "3 iterates" in repr(path)


def test_points_may_be_left_out():
    path = steepest_descent(parabola, 0.0, s=0.25, max_steps=2, path=False).path
    assert path[1].x is None
    np.testing.assert_array_equal(path.values, [9.0, 2.25, 0.5625])
    assert path.points.size == 0


def test_structures_come_back_as_they_went_in():
    result = newton(lambda p: (p["a"] - 1.0) ** 2 + (p["b"] ** 2).sum(), {"a": 0.0, "b": np.ones(2)})
    assert result.path[0].x["b"].tolist() == [1.0, 1.0]
    assert result.gradient["a"] == pytest.approx(0.0)
    assert "a: 1, b: [0, 0]" in repr(result)


@pytest.mark.parametrize(
    ("name", "parameters"), [("plot", ["self", "axes", "xlim", "ylim"]), ("animate", ["self"])]
)
def test_a_picture_of_a_result_is_documented_as_its_method(name, parameters):
    method = getattr(Result, name)
    assert list(inspect.signature(method).parameters) == parameters
    assert method.__qualname__ == f"Result.{name}"
    assert "this minimisation" in method.__doc__
