"""Minimising by a program: the same way, in less time, and said so; f is never taken for what it is not."""

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autodiff as ad
import nn
from autodiff import Value, where
from autodiff.differentiation.structure import leaves
from optim import compiled, least_squares, minimize

T = np.linspace(0.0, 4.0, 41)
DATA = 3.0 * np.exp(-0.7 * T) + 2.0 * np.exp(-4.0 * T) + 0.01 * np.random.default_rng(3).normal(size=41)


def rosenbrock(x):
    return ad.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def beale(x, y):
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def logistic(p):
    z = np.outer(T, [1.0, -0.5]) @ p["w"] + p["b"]
    return ad.mean(ad.logaddexp(0.0, -z * np.sign(np.sin(3.0 * T)))) + 0.01 * ad.sum(p["w"] ** 2)


FUNCTIONS = {
    "Rosenbrock": (rosenbrock, np.tile([-1.2, 1.0], 3)),
    "Beale": (beale, (1.0, 0.5)),
    "logistic": (logistic, {"w": np.zeros(2), "b": 0.0}),
    "one number": (lambda x: (x - 3.0) ** 4 + x * x, 10.0),
    "a kink": (lambda x: ad.sum(where(x > 1.0, x - 1.0, 2.0 * (1.0 - x))) + ad.sum(x * x), np.full(3, 4.0)),
    "float32": (lambda x: ad.sum((x - 1.0) ** 2), np.zeros(3, np.float32)),
    "a saddle": (lambda x: x[0] ** 2 + x[1] ** 4 - x[1] ** 2, np.array([1.0, 0.0])),
    "no minimum": (lambda x: ad.sum(ad.exp(-x)) - ad.sum(x), np.zeros(2)),
}


def two_exponentials(p):
    return p[0] * ad.exp(-p[1] * T) + p[2] * ad.exp(-p[3] * T) - DATA


FITS = {
    "two exponentials": (two_exponentials, np.array([1.0, 1.0, 1.0, 2.0])),
    "a line": (lambda a, b: DATA - (a + b * T), (0.0, 0.0)),
    "a dict": (lambda p: [DATA - p["a"] * ad.exp(-p["k"] * T), 0.1 * p["k"]], {"a": 1.0, "k": 0.1}),
    "one number": (lambda x: x * x - 2.0, 1.0),
}


def alike(found, wanted, part=0.02, distance=1e-8):
    """The same reason, numbers aside; θ within 1e-8; steps within 2 %."""
    words = [re.sub(r"[-−\d.e+]+", "#", result.reason) for result in (found, wanted)]
    assert words[0] == words[1]
    assert abs(found.steps - wanted.steps) <= part * wanted.steps
    for x, y in zip(leaves(found.x), leaves(wanted.x), strict=True):
        assert np.asarray(x).dtype == np.asarray(y).dtype
        if "diverged" not in wanted.reason:
            np.testing.assert_allclose(x, y, rtol=distance, atol=distance)


@pytest.mark.parametrize(
    "method", ["bfgs", "l-bfgs", "steepest-descent", "conjugate-gradient", "newton", "newton-cg"]
)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_program_goes_the_way_of_the_engine(name, method):
    f, x0 = FUNCTIONS[name]
    wanted = minimize(f, x0, method, max_steps=300, compiled=False)
    found = minimize(f, x0, method, max_steps=300, compiled=True)
    long = method == "steepest-descent"  # it ends where f is flat: how many steps that takes, digits decide
    part = 0.5 if long else 0.02
    alike(found, wanted, part, 1e-6 if long else 1e-8)
    assert wanted.engine == "eager: asked for"
    if found.evaluations > 1:
        assert found.engine == "compiled from evaluation 2 on"
    assert abs(found.evaluations - wanted.evaluations) <= part * wanted.evaluations


@pytest.mark.parametrize("method", ["levenberg-marquardt", "gauss-newton"])
@pytest.mark.parametrize("name", FITS)
def test_a_program_fits_as_the_engine_does(name, method):
    f, x0 = FITS[name]
    wanted, found = (least_squares(f, x0, method, compiled=compiled) for compiled in (False, True))
    alike(found, wanted)
    np.testing.assert_allclose(found.jacobian, wanted.jacobian, rtol=1e-8, atol=1e-8)
    assert found.engine.startswith("compiled")


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.floats(-2.0, 2.0), min_size=2, max_size=5),
    st.sampled_from(["bfgs", "l-bfgs", "conjugate-gradient"]),
    st.integers(1, 20),
)
def test_from_any_start_and_whenever_it_takes_over(start, method, pays):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "PAYS", pays)
        found = minimize(rosenbrock, np.array(start), method)
    alike(found, minimize(rosenbrock, np.array(start), method, compiled=False))


def test_a_program_takes_over_where_it_pays_and_it_is_said():
    short = minimize(beale, (1.0, 0.5))
    assert short.engine == "eager: a program takes over after 50 evaluations"
    long = minimize(beale, (1.0, 0.5), "steepest-descent")
    assert long.engine == "compiled from evaluation 52 on"


def test_parameters_of_a_model_are_read_anew():
    X = np.random.default_rng(0).normal(size=(30, 3))

    def trained(compiled, optimizer):
        model = nn.MLP(3, [4, 1], activation="tanh", seed=0)
        options = {"epochs": 40, "progress": False, "compiled": compiled}
        return nn.fit(model, X, X @ [1.0, -2.0, 0.5], optimizer=optimizer, **options)

    for optimizer in ("l-bfgs", "levenberg-marquardt"):
        history = trained(True, optimizer)
        wanted = trained(False, optimizer)
        assert history.engine == "compiled from evaluation 2 on"
        assert history.reason == wanted.reason
        np.testing.assert_allclose(history.loss[:20], wanted.loss[:20], rtol=1e-4)


# -- what cannot be a program ------------------------------------------------------------------

CALLS = 0
LOG: list[float] = []


def deciding(x):
    return rosenbrock(x) if x[0] > -5.0 else ad.sum((x - 1.0) ** 2)


def converting(x):
    return rosenbrock(x) * (2.0 if float(x.detach()[0].data) > -5.0 else 1.0)


def printing(x):
    print("f")
    return rosenbrock(x)


def counting(x):
    global CALLS
    CALLS += 1
    return rosenbrock(x)


def logging_all(x):
    LOG.append(1)
    return rosenbrock(x)


def keeping(x):
    LOG[0] = rosenbrock(x)
    return LOG[0]


class Objective:
    """A function that keeps what it found."""

    calls = 0

    def __call__(self, x):
        self.calls += 1
        return rosenbrock(x)


def counting_around():
    calls = 0

    def f(x):
        nonlocal calls
        calls += 1
        return rosenbrock(x) * (1.0 if calls else 2.0)

    return f


NO_PROGRAMS = {
    "it decides": (deciding, "inside a compiled function"),
    "it converts": (converting, "inside a compiled function"),
    "it prints": (printing, "f calls print, and a program would not"),
    "it counts": (counting, "f assigns CALLS, and a program would not"),
    "it appends": (logging_all, "f changes what it reads around itself"),
    "it writes": (keeping, "f writes into entries, and a program would not"),
    "it sets": (Objective(), "f sets .calls, and a program would not"),
    "it counts around": (counting_around(), "f assigns calls, and a program would not"),
}


@pytest.mark.parametrize(("f", "why"), NO_PROGRAMS.values(), ids=NO_PROGRAMS)
def test_what_cannot_be_a_program_is_left_to_the_engine_to_the_last_bit(f, why, monkeypatch, capsys):
    monkeypatch.setattr(compiled, "PAYS", 4)
    LOG[:] = [1.0]
    start = np.tile([-1.2, 1.0], 2)
    wanted = minimize(f, start, "bfgs", compiled=False)
    printed, logged = capsys.readouterr().out, len(LOG)
    LOG[:] = [1.0]
    found = minimize(f, start, "bfgs")
    assert found.engine.startswith("eager: ")
    assert why in found.engine
    np.testing.assert_array_equal(found.path.points, wanted.path.points)
    assert (found.reason, found.evaluations) == (wanted.reason, wanted.evaluations)
    assert (capsys.readouterr().out, len(LOG)) == (printed, logged)
    with pytest.raises((TypeError, ValueError), match=re.escape(why)):
        minimize(f, start, "bfgs", compiled=True)


def test_random_numbers_are_drawn_anew(monkeypatch):
    monkeypatch.setattr(compiled, "PAYS", 2)
    rng = np.random.default_rng(0)
    found = minimize(
        lambda x: ad.sum((x - rng.normal(size=3)) ** 2), np.zeros(3), "steepest-descent", max_steps=9
    )
    assert found.engine == "eager: f draws random numbers, and a program would not"
    found = minimize(
        lambda x: ad.sum((x - np.random.rand(3)) ** 2), np.zeros(3), "steepest-descent", max_steps=9
    )
    assert found.engine.startswith("eager: a compiled function must do the same each time")


# -- what changes meanwhile --------------------------------------------------------------------


def changing(change, f, monkeypatch):
    """What is found where something changes at the tenth step."""
    monkeypatch.setattr(compiled, "PAYS", 4)
    steps = iter(range(1000))
    return minimize(
        f, np.tile([-1.2, 1.0], 2), "bfgs", callback=lambda iterate: change() if next(steps) == 10 else None
    )


def test_a_number_that_is_changed_meanwhile_is_seen(monkeypatch):
    settings = {"height": 100.0}

    def f(x):
        return ad.sum(
            settings["height"] * (x[1:] - x[:-1] ** 2) ** 2 + (0.01 * settings["height"] - x[:-1]) ** 2
        )

    found = changing(lambda: settings.update(height=50.0), f, monkeypatch)
    assert found.engine == "eager: what f reads around itself changes"
    np.testing.assert_allclose(found.x, minimize(f, np.zeros(4), compiled=False).x, atol=1e-7)


def test_an_array_that_is_written_into_meanwhile_is_seen_in_the_end(monkeypatch):
    table = np.ones(500)

    def f(x):
        center = (table / 1.0)[:4]  # a new array, which a program keeps
        return ad.sum((x - center) ** 4) + ad.sum((x - center) ** 2)

    found = changing(lambda: table.fill(2.0), f, monkeypatch)
    np.testing.assert_allclose(found.x, 2.0, atol=1e-7)
    assert found.converged


def test_residuals_that_change_meanwhile_are_fitted_as_they_are_in_the_end(monkeypatch):
    monkeypatch.setattr(compiled, "PAYS", 2)
    table = np.tile(DATA, 4)
    steps = iter(range(1000))
    found = least_squares(
        lambda a, k: (table / 1.0)[:41] - a * ad.exp(-k * T),
        (1.0, 0.1),
        callback=lambda iterate: table.__imul__(2.0) is None if next(steps) == 4 else None,
    )
    wanted = least_squares(lambda a, k: 2.0 * DATA - a * ad.exp(-k * T), (1.0, 0.1), compiled=False)
    np.testing.assert_allclose(found.x, wanted.x, rtol=1e-7)
    np.testing.assert_allclose(found.residuals, wanted.residuals, atol=1e-7)


def test_derivatives_around_it_and_anomalies_are_left_to_the_engine():
    def inner(a):
        minimize(lambda x: (x - 1.0) ** 4, 10.0, "steepest-descent")
        return a

    ad.grad(inner)(1.0)
    with ad.detect_anomaly():
        found = minimize(beale, (1.0, 0.5), "steepest-descent")
    assert found.engine.startswith("eager: ")


def test_other_derivatives_are_no_programs():
    with pytest.raises(ValueError, match='compiled=True is for derivative="exact"'):
        minimize(lambda x: x * x, 1.0, derivative="numerical", compiled=True)
    with pytest.raises(TypeError, match="compiled must be True or False"):
        minimize(lambda x: x * x, 1.0, compiled="yes")
    assert minimize(lambda x: math.cosh(x), 1.0, derivative="numerical").engine == "eager"
    w = Value(2.0, "w")
    assert minimize(lambda: (w - 1.0) ** 2, [w], compiled=True).engine.startswith("compiled")


# -- loops -------------------------------------------------------------------------------------


def orbit(steps):
    """Residuals of a decay that is computed step by step, with two unknowns."""

    def residuals(p):
        def step(y, _):
            return y - 0.02 * p[0] * y, y

        _, ys = ad.scan(step, p[1], length=steps)
        return ys[:: steps // 20] - 2.0 * np.exp(-0.5 * 0.02 * np.arange(steps)[:: steps // 20])

    return residuals


@pytest.mark.parametrize(
    ("steps", "engine"),
    [(200, "compiled from evaluation 2 on"), (40, "eager: a program takes over after 50 evaluations")],
)
def test_a_long_loop_is_compiled_as_soon_as_it_is_seen(steps, engine):
    start = np.array([1.0, 1.0])
    found = least_squares(orbit(steps), start)
    assert found.engine == engine
    alike(found, least_squares(orbit(steps), start, compiled=False))


def test_a_loop_that_decides_by_numbers_stays_with_the_engine():
    def residuals(p):
        def step(y, _):
            return (y - 0.02 * p[0] * y if y.data > 0.0 else y), y

        return ad.scan(step, p[1], length=200)[1][::10] - 1.0

    found = least_squares(residuals, np.array([1.0, 1.0]), max_steps=5)
    assert "inside a compiled function" in found.engine
    assert (
        found.evaluations
        == least_squares(residuals, np.array([1.0, 1.0]), max_steps=5, compiled=False).evaluations
    )
