"""SciPy's special functions, called on Values: recorded, differentiated, compiled, and what is not there."""

import subprocess
import sys

import dask.array as da
import mpmath
import numpy as np
import pytest
from scipy import special, stats

import autodiff as ad
from autodiff import Value, explain, formula, grad, gradients, hessian, value_and_grad
from autodiff.lazy_names import Library
from autodiff.ops import of_scipy

X = np.array([0.7, 1.3, 2.9])
INSIDE = ("erfinv", "logit", "ndtri")


def operands(name):
    x = X / 4.0 if name in INSIDE else X
    return [x, x[::-1]][: getattr(special, name).nin]


@pytest.mark.parametrize("name", of_scipy.UFUNCS)
def test_scipys_function_records_on_values_and_gives_its_own_numbers(name):
    function, xs = getattr(special, name), operands(name)
    y = function(*map(Value, xs))
    assert y.operation is of_scipy.UFUNCS[name].operation
    np.testing.assert_allclose(y.data, function(*xs), rtol=4e-15)
    assert function(*[Value(np.float32(x)) for x in xs]).dtype == np.float32


def test_digamma_is_psi_and_broadcasts_as_numpys_functions_do():
    y = special.digamma(Value(X)[:, None] + np.ones(2))
    np.testing.assert_array_equal(y.data, special.psi(X[:, None] + np.ones(2)))
    w = Value(np.ones((2, 1)))
    assert gradients(special.betaln(w, Value(X)).sum(), w).shape == (2, 1)


EDGES = [
    (special.gammaln, (0.0,), np.inf, -np.inf),
    (special.xlogy, (0.0, 0.0), 0.0, -np.inf),
    (special.logit, (0.0,), -np.inf, np.inf),
    (special.logit, (1.0,), np.inf, np.inf),
    (special.erfinv, (1.0,), np.inf, np.inf),
    (special.rel_entr, (0.0, 1.0), 0.0, -np.inf),
    (special.expit, (-1000.0,), 0.0, 0.0),
    (special.log_expit, (-1000.0,), -1000.0, 1.0),
    (special.log_ndtr, (1000.0,), 0.0, 0.0),
]


@pytest.mark.parametrize(("function", "point", "value", "slope"), EDGES)
def test_edges_are_limits(function, point, value, slope):
    values = [Value(x) for x in point]
    y = function(*values)
    assert y.data == value
    assert gradients(y, values[0]) == slope


@pytest.mark.parametrize("x", [-1e8, -1e4, -1000.0, -31.0, -29.0, -10.0, 3.0])
def test_the_logarithm_of_the_normal_distribution_is_exact_far_out_to_third_order(x):
    slope = grad(special.log_ndtr)
    with mpmath.workdps(80):
        first, second, third = (
            float(mpmath.diff(lambda t: mpmath.log(mpmath.ncdf(t)), x, n)) for n in (1, 2, 3)
        )
    assert slope(x) == pytest.approx(first, rel=1e-12)
    assert grad(slope)(x) == pytest.approx(second, rel=1e-11)
    assert grad(grad(slope))(x) == pytest.approx(third, rel=1e-6, abs=1e-15)


def loss(x):
    return (special.gammaln(x) * special.betaln(x, 2.0) + special.log_ndtr(x) - special.expit(x)).sum()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("derived", [value_and_grad, hessian])
def test_a_program_gives_the_same_and_names_scipys_functions(derived, dtype):
    x = X.astype(dtype)
    program = ad.compile(derived(loss))
    for found, expected in zip(program(x), derived(loss)(x), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-5 if dtype == np.float32 else 1e-13)
    assert "from scipy import special\n" in program.source
    assert "special.gammaln(x, out=" in program.source


def test_a_saved_program_needs_scipy_only_where_it_names_it(tmp_path):
    path = tmp_path / "saved_loss.py"
    program = ad.compile(value_and_grad(loss))
    program(X)
    program.save(path)
    text = path.read_text()
    assert "it needs NumPy and SciPy only" in text
    run = f"import numpy as np, saved_loss; print(saved_loss.loss(np.array({X.tolist()}))[0])"
    printed = subprocess.run(
        [sys.executable, "-c", run], cwd=tmp_path, capture_output=True, check=True
    ).stdout
    assert float(printed) == pytest.approx(loss(X))
    other = ad.compile(value_and_grad(lambda x: ad.erf(x).sum()))
    other(X)
    other.save(path)
    assert "needs NumPy only" in path.read_text()


def test_a_value_called_special_is_not_taken_for_the_module():
    program = ad.compile(lambda special: of_scipy.gammaln(special) * special)
    assert program(2.5) == pytest.approx(special.gammaln(2.5) * 2.5)


def test_on_dask_arrays_they_stay_lazy():
    x = Value(da.from_array(X, chunks=2))
    slopes = gradients((special.gammaln(x) + special.digamma(x)).sum(), x)
    np.testing.assert_allclose(slopes.compute(), special.psi(X) + special.polygamma(1, X))


def test_derivations_write_the_letters_of_mathematics():
    a, b = Value(2.0, "a"), Value(3.0, "b")
    assert str(formula(special.gammaln(a) * b)) == "log Γ(a)·b"
    assert "ψ′(a)" in str(explain(special.digamma(a) * b, a))
    assert formula(special.erfinv(a * 0.1)).latex == r"\mathrm{erf}^{-1}\left(0.1a\right)"
    assert formula(special.betaln(a, b)).evaluate({"a": 1.0}) == special.betaln(1.0, 3.0)


def test_a_page_refuses_by_name_what_javascript_does_not_have(tmp_path):
    with pytest.raises(TypeError, match="gammaln cannot be written as JavaScript"):
        ad.play(special.gammaln(Value(2.0, "a")) * 2.0).save(tmp_path / "page.html")


NOT_THERE = [
    (special.j0, r"no implementation found for scipy\.special\.j0 on Value"),
    (lambda x: special.gammaln(x, out=np.zeros(3)), r"scipy\.special\.gammaln: out= is not supported"),
    (special.logsumexp, r"become an array for scipy\.special\.logsumexp: .*use autodiff\.logsumexp"),
    (special.softmax, r"scipy\.special\.softmax: .*use autodiff\.softmax"),
    (special.log_softmax, r"scipy\.special\.log_softmax: .*use autodiff\.log_softmax"),
    (lambda x: special.polygamma(1, x), r"scipy\.special\.polygamma: .*autodiff\.grad.*digamma"),
    (special.factorial, r"scipy\.special\.factorial: .*scipy\.special\.gamma\(v \+ 1\.0\)"),
    (stats.zscore, r"scipy\.stats\.zscore: its graph would be lost; use \.data"),
    (np.asarray, r"does not become an array: its graph would be lost; use \.data"),
]


@pytest.mark.parametrize(("act", "message"), NOT_THERE)
def test_what_is_not_there_is_named(act, message):
    with pytest.raises(TypeError, match=message):
        act(Value(X))


def test_where_scipy_is_missing_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.special", None)
    monkeypatch.setattr(of_scipy, "special", Library("scipy.special", extra="scipy"))
    with pytest.raises(
        ImportError, match=r"scipy\.special\.gammaln is needed: pip install 'autodiff-lecture\[scipy\]'"
    ):
        of_scipy.gammaln(2.5)


def test_scipy_is_imported_by_nothing_that_does_not_need_it():
    run = "import sys, autodiff; autodiff.grad(lambda x: autodiff.exp(x))(1.0); print('scipy' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", run], capture_output=True, check=True).stdout.strip()
        == b"False"
    )
