"""What pages do with programs: sums over data, Hessians, steps downhill; as NumPy and optim do it."""

from importlib.resources import files

import numpy as np
import pytest

import autodiff as ad
import nn
import optim
from autodiff import Value, gradients
from autodiff.programs.javascript.writing import javascript
from autodiff.programs.tracing.trace import recorded_from
from optim.stochastic import SGD, Adam
from tests.javascript import entries, literal, run

DESCENT = (files("autodiff.programs.javascript") / "descent.js").read_text(encoding="utf-8")


def nested(x):
    """Numbers and lists of them as JavaScript writes them."""
    return f"[{', '.join(map(nested, x))}]" if np.ndim(x) else literal(float(x))


def found(script):
    return run(f"{{\n{DESCENT}\n{script}\n}}")


# -- linear algebra ----------------------------------------------------------------------------


def symmetric(n, seed=0):
    a = np.random.default_rng(seed).normal(size=(n, n))
    return a + a.T


MATRICES = [
    *[symmetric(n) for n in (1, 2, 3, 10, 50)],
    np.zeros((3, 3)),
    np.eye(4),
    np.ones((5, 5)),  # four eigenvalues are 0
    np.diag([1e-8, 1.0, 1e8]),
    symmetric(6) @ np.diag([1e-6, 1e-3, 1.0, 1.0, 1e3, 1e6]) @ symmetric(6),
]


@pytest.mark.parametrize("matrix", MATRICES)
def test_eigenvalues_are_numpys(matrix):
    matrix = (matrix + matrix.T) / 2.0
    values, largest = found(f"const m = {nested(matrix)}; out.push(eigenvalues(m), largest(m));")
    right = np.linalg.eigvalsh(matrix)
    np.testing.assert_allclose(np.sort(values), right, rtol=1e-12, atol=1e-13 * abs(right).max())
    assert largest == (pytest.approx(right.max(), rel=1e-12) if right.max() > 0.0 else None)


def test_the_largest_curvature_is_unknown_where_none_is_positive_or_finite():
    for matrix in (-np.eye(2), [[np.nan, 0.0], [0.0, 1.0]], [[np.inf, 1.0], [1.0, 1.0]]):
        assert found(f"out.push(largest({nested(matrix)}));") == [None]


@pytest.mark.parametrize("n", [1, 2, 5, 50])
def test_solutions_are_numpys(n):
    rng = np.random.default_rng(n)
    a, b = rng.normal(size=(n, n)), rng.normal(size=n)
    a[0, 0] = 0.0 if n > 1 else 1.0  # a pivot has to be looked for
    (x,) = found(f"out.push(solved({nested(a)}, {nested(b)}));")
    np.testing.assert_allclose(x, np.linalg.solve(a, b), rtol=1e-10)


def test_what_has_no_inverse_has_no_solution():
    for matrix in (
        np.zeros((2, 2)),
        np.ones((2, 2)),
        [[np.nan, 1.0], [1.0, 1.0]],
        [[np.inf, 1.0], [1.0, 1.0]],
    ):
        assert found(f"out.push(solved({nested(matrix)}, [1, 2]));") == [None]


# -- steps -------------------------------------------------------------------------------------


def valley(x, y):
    return (1.0 - x) ** 2 + 5.0 * (y - x * x) ** 2


def slopes(x, y):
    return gradients(valley(x, y), [x, y], create_graph=True)


def curvature(x, y, u, v):
    g, h = slopes(x, y)
    return gradients(g * u + h * v, [x, y], create_graph=True)


def programs(**functions):
    """Functions of numbers as one object of JavaScript."""
    listings = {}
    for name, f in functions.items():
        inputs = [Value(0.5, n) for n in "xyuv"[: f.__code__.co_argcount]]
        listings[name] = recorded_from(f, inputs, {}, inputs, absorbs=True).listing
    return javascript(listings, "play")


def path(rule, s, steps=100):
    """Where the steps of a rule lead in JavaScript."""
    return found(f"""
      const programs = {programs(slopes=slopes, curvature=curvature)};
      let at = [-0.5, 0.7];
      const past = {{}};
      for (let k = 0; k < {steps}; k += 1) {{
        const hessian = () => hessianOf((v) => programs.curvature([...at, ...v]), 2);
        const step = rules.{rule}(programs.slopes(at), {s}, past, hessian);
        at = at.map((x, i) => x + step[i]);
        out.push(at);
      }}""")


@pytest.mark.parametrize(
    ("rule", "s", "optimizer"),
    [
        ("descent", 0.03, lambda p: SGD(p, lr=0.03)),
        ("momentum", 0.01, lambda p: SGD(p, lr=0.01, momentum=0.9)),
        ("adam", 0.05, lambda p: Adam(p, lr=0.05)),
    ],
)
def test_a_hundred_steps_are_those_of_the_optimisers(rule, s, optimizer):
    x, y = Value(-0.5), Value(0.7)
    steps, right = optimizer([x, y]), []
    for _ in range(100):
        steps.zero_grad()
        valley(x, y).backward()
        steps.step()
        right.append([x.item(), y.item()])
    np.testing.assert_allclose(path(rule, s), right, rtol=1e-12)


def test_newtons_steps_are_those_of_the_minimiser():
    run = optim.newton(
        lambda p: valley(p[0], p[1]),
        [-0.5, 0.7],
        safeguard=False,
        s=0.1,
        gtol=0.0,
        xtol=0.0,
        ftol=0.0,
        max_steps=100,
    )
    right = [iterate.x for iterate in run.path][1:]
    assert len(right) == 100
    np.testing.assert_allclose(path("newton", 0.1), right, rtol=1e-12)


# -- data --------------------------------------------------------------------------------------


def of_one_observation(model, loss, x, y):
    """Programs for one observation: R with ∇R, the prediction, and the Hessian times a vector."""
    theta = model.parameters()
    x, y = Value(x, "x", constant=True), Value(y, "y", constant=True)
    v = [Value(np.ones_like(p.data), constant=True) for p in theta]

    def slopes(x, y):
        R = loss(model(x), y)
        return [R, *gradients(R, theta, create_graph=True)]

    def curvature(*given):
        *v, x, y = given
        along = sum(ad.sum(g * u) for g, u in zip(slopes(x, y)[1:], v, strict=True))
        return gradients(along, theta, create_graph=True)

    recorded = {
        "slopes": recorded_from(slopes, [x, y], {}, [*theta, x, y], absorbs=True),
        "prediction": recorded_from(model, [x], {}, [*theta, x], absorbs=True),
        "curvature": recorded_from(curvature, [*v, x, y], {}, [*theta, *v, x, y], absorbs=True),
    }
    assert not any(program.captured for program in recorded.values())
    return javascript({name: program.listing for name, program in recorded.items()}, "play")


def moons(n, classes):
    rng = np.random.default_rng(5)
    return rng.normal(size=(n, 2)), rng.integers(0, classes, n)


REGRESSION = (lambda z, y: nn.squared_error(z, y), lambda y: y[:, None] - 0.5)
TWO = (lambda z, y: nn.binary_cross_entropy(z, y, "sum"), lambda y: y[:, None] * 1.0)
THREE = (lambda z, y: nn.cross_entropy(z, y, "sum"), lambda y: np.eye(3)[y])


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu", "silu"])
@pytest.mark.parametrize(("outputs", "kind"), [(1, REGRESSION), (1, TWO), (3, THREE)])
def test_sums_over_data_are_those_of_the_network(activation, outputs, kind):
    loss, targets = kind
    model = nn.MLP(2, [4, outputs], activation, seed=1)
    X, numbers = moons(120, 3 if outputs == 3 else 2)
    Y = targets(numbers)
    theta = model.parameters()
    R = loss(model(X), Y)
    rows = [[*x, *y] for x, y in zip(X, Y, strict=True)]
    n = sum(p.data.size for p in theta)
    total, prediction, H = found(f"""
      const programs = {of_one_observation(model, loss, X[0], Y[0])};
      const theta = {nested(entries(p.data for p in theta))}, rows = {nested(rows)};
      out.push(summed(programs.slopes, theta, rows), programs.prediction([...theta, ...rows[7].slice(0, 2)]));
      out.push(hessianOf((v) => summed(programs.curvature, [...theta, ...v], rows), {n}));""")
    np.testing.assert_allclose(total, entries([R.data, *gradients(R, theta)]), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(prediction, np.ravel(model(X[7]).data), rtol=1e-12)
    np.testing.assert_allclose(H, hessian(model, loss, X, Y), rtol=1e-11, atol=1e-11)


def hessian(model, loss, X, Y):
    """By the engine, column by column."""
    theta = model.parameters()
    slopes = gradients(loss(model(X), Y), theta, create_graph=True)
    flat = [g[i] for g in slopes for i in np.ndindex(g.shape)]
    return np.array([entries(gradients(x, theta)) for x in flat])
