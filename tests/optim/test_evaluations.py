"""How often f is evaluated, beside scipy: until a gradient is as small, and until the end, in rounding."""

import numpy as np
import pytest

import autodiff as ad
from optim import bfgs, conjugate_gradient, l_bfgs, minimize
from optim.objective import Objective
from tests.optim.test_methods import rosenbrock

RNG = np.random.default_rng(5)
ROWS = RNG.normal(size=(200, 4))
LABELS = np.where(ROWS @ [1.0, -2.0, 0.5, 0.0] + RNG.normal(size=200) > 0.0, 1.0, -1.0)
TIMES = np.sort(RNG.uniform(0.0, 10.0, 30))
DISTANCES = (TIMES[:, None] - TIMES) ** 2
DECAY = 2.0 * np.exp(-0.7 * TIMES) + 0.5 * np.exp(-3.0 * TIMES) + 0.01 * RNG.normal(size=30)


def likelihood(noise, seed):
    """The log likelihood of a Gaussian process, by a solution of equations: its rounding errors are large."""
    y = np.sin(TIMES) + noise * np.random.default_rng(seed).normal(size=30)

    def f(p):
        covariance = ad.exp(2 * p[0]) * ad.exp(-0.5 * DISTANCES * ad.exp(-2 * p[1]))
        covariance = covariance + (ad.exp(2 * p[2]) + 1e-10) * np.eye(30)
        return 0.5 * (y @ np.linalg.solve(covariance, y)) + 0.5 * np.linalg.slogdet(covariance)[1]

    return f


def ridge(scales, seed):
    """Squared errors of a line whose columns are of different sizes, and squared slopes."""
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(60, len(scales))) * scales, rng.normal(size=60)
    return lambda w: ((x @ w - y) ** 2).sum() + (w**2).sum()


def logistic(rows, labels):
    """Logistic regression."""
    return lambda w: np.logaddexp(0.0, -labels * (rows @ w)).sum() + 0.5 * (w**2).sum()


def huber(w):
    """Huber's loss of a line."""
    r = abs(ROWS @ w - LABELS)
    return ad.where(r < 0.5, 0.5 * r * r, 0.5 * r - 0.125).sum()


def beale(x):
    """Beale's function."""
    terms = (1.5, 1), (2.25, 2), (2.625, 3)
    return sum((c - x[0] + x[0] * x[1] ** k) ** 2 for c, k in terms)


def booth(x):
    """Booth's function."""
    return (x[0] + 2 * x[1] - 7) ** 2 + (2 * x[0] + x[1] - 5) ** 2


def exponentials(p):
    """Squared errors of a sum of two decays."""
    return ((p[0] * ad.exp(-p[1] * TIMES) + p[2] * ad.exp(-p[3] * TIMES) - DECAY) ** 2).sum()


PROBLEMS = {
    "Gaussian process": (likelihood(0.1, 0), [0.0, 0.0, -1.0]),
    "Gaussian process, little noise": (likelihood(0.02, 1), [0.3, 0.5, -0.5]),
    "ridge": (ridge(np.logspace(0, 1, 6), 0), np.zeros(6)),
    "ridge in bad scales": (ridge(np.logspace(0, 3, 6), 1), np.zeros(6)),
    "ridge in worse scales": (ridge(np.logspace(0, 4, 5), 2), np.zeros(5)),
    "logistic": (logistic(ROWS, LABELS), np.zeros(4)),
    "logistic in float32": (logistic(ROWS.astype("f4"), LABELS.astype("f4")), np.zeros(4, np.float32)),
    "Rosenbrock": (rosenbrock, [-1.2, 1.0]),
    "Rosenbrock of 10": (rosenbrock, np.tile([-1.2, 1.0], 5)),
    "Rosenbrock + 1e6": (lambda x: 1e6 + rosenbrock(x), [-1.2, 1.0]),
    "Beale": (beale, [1.0, 1.0]),
    "Booth": (booth, [0.0, 0.0]),
    "Booth + 1e6": (lambda x: 1e6 + booth(x), [0.0, 0.0]),
    "quartic": (lambda x: ((x - 1.0) ** 4).sum(), np.linspace(-1.0, 3.0, 6)),
    "quartic and parabola": (lambda x: ((x - 3.0) ** 4).sum() + (x**2).sum(), np.zeros(20)),
    "exponentials": (exponentials, [1.0, 1.0, 1.0, 2.0]),
    "Huber": (huber, np.zeros(4)),
    "softplus": (lambda w: np.logaddexp(0.0, ROWS @ w).sum() + (w**2).sum(), np.ones(4)),
    "cosh + 1e6": (lambda x: 1e3 * ad.cosh(x - np.array([1.0, 2.0, 3.0])).sum() + 1e6, np.zeros(3)),
}


def ours(method, name, monkeypatch):
    """A result, and the norm of the gradient at each evaluation."""
    f, start = PROBLEMS[name]
    norms, at = [], Objective.at

    def noted(objective, x):
        point = at(objective, x)
        norms.append(point.norm)
        return point

    with monkeypatch.context() as patch:
        patch.setattr(Objective, "at", noted)
        result = method(f, start)
    return result, [result.path.gradient_norms[0], *norms]


def theirs(peer, name):
    """How often scipy evaluates f with the same tolerance, and the norm of the gradient each time."""
    optimize = pytest.importorskip("scipy.optimize")
    f, start = PROBLEMS[name]
    slope, norms, dtype = ad.value_and_grad(f), [], np.asarray(start).dtype

    def noted(x):
        value, gradient = slope(x.astype(dtype))
        norms.append(np.abs(gradient).max())
        return float(value), np.asarray(gradient, float)

    tolerance = 1e-8 * min(1.0, float(np.abs(slope(np.asarray(start, dtype))[1]).max()))
    options = {"gtol": tolerance, "maxiter": 20_000} | ({"ftol": 0.0} if peer == "L-BFGS-B" else {})
    result = optimize.minimize(noted, np.asarray(start, float), jac=True, method=peer, options=options)
    return result.nfev, norms


def until(norms, bound):
    """How many evaluations it took to bring the gradient below a bound."""
    return next(i for i, norm in enumerate(norms, 1) if norm <= bound)


@pytest.mark.filterwarnings("ignore")  # scipy's, of precision lost
@pytest.mark.parametrize(
    ("method", "peer", "share"),
    [(conjugate_gradient, "CG", 0.75), (l_bfgs, "L-BFGS-B", 0.9), (bfgs, "BFGS", 0.7)],
)
def test_a_method_takes_no_more_evaluations_than_scipys_until_the_gradient_is_as_small(
    method, peer, share, monkeypatch
):
    ratios = []
    for name in PROBLEMS:
        result, norms = ours(method, name, monkeypatch)
        assert result.converged, (name, result)
        count, peers = theirs(peer, name)
        bound = max(min(norms), min(peers))
        ratios.append(min(until(norms, bound) / until(peers, bound), result.evaluations / count))
    assert np.median(ratios) <= 1.0
    assert np.mean(np.array(ratios) <= 1.2) >= share


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("scales", [(0, 1, 12), (0, 2, 12), (0, 3, 12), (-1, 1, 20)])
@pytest.mark.parametrize("times", [1e-4, 1.0])
def test_bfgs_knows_a_parabola_in_bad_scales_as_soon_as_scipys(scales, times, monkeypatch):
    f = ridge(np.logspace(*scales), 3)
    monkeypatch.setitem(PROBLEMS, "ridge", (lambda w: times * f(w), np.zeros(scales[-1])))
    norms, (_, peers) = ours(bfgs, "ridge", monkeypatch)[1], theirs("BFGS", "ridge")
    bound = max(min(norms), min(peers))
    assert until(norms, bound) <= 1.2 * until(peers, bound)


@pytest.mark.parametrize("method", [conjugate_gradient, l_bfgs, bfgs])
@pytest.mark.parametrize("name", ["Gaussian process", "Gaussian process, little noise"])
def test_a_likelihood_that_ends_in_rounding_takes_few_evaluations(method, name):
    assert method(*PROBLEMS[name]).evaluations < 60


@pytest.mark.parametrize("method", ["conjugate-gradient", "bfgs", "l-bfgs", "steepest-descent"])
def test_where_f_is_lost_in_rounding_the_gentlest_point_is_returned(method):
    f, start = PROBLEMS["Gaussian process, little noise"]
    result = minimize(f, start, method, max_steps=300)
    if "no further decrease" in result.reason:
        level = np.abs(result.path.values - result.value) <= 1e-12 * abs(result.value)
        assert np.abs(result.gradient).max() <= 10.0 * result.path.gradient_norms[level].min()


def test_a_line_search_in_noise_ends():
    noise = np.random.default_rng(0)
    calls = []

    def f(x):
        calls.append(1)
        return 1.0 + 1e-12 * float(noise.normal()) + float(x @ x)

    result = l_bfgs(f, [1.0, 2.0], derivative=lambda x: 2.0 * x + 1e-7 * noise.normal(size=2))
    assert result.converged
    assert len(calls) < 40
