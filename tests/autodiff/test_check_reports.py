"""What a failed check tells: the rule, both Jacobians, a picture; and of a module, each parameter."""

import builtins
import re
import subprocess
import sys
import textwrap

import numpy as np
import pytest

import nn
from autodiff import (
    Value,
    check_gradients,
    check_module,
    cos,
    elementwise,
    exp,
    primitive,
    sigmoid,
    sin,
    tanh,
)

W = np.random.default_rng(0).normal(size=(3, 4))
WRONG = np.ones((3, 4))
WRONG[1, 2] = 0.5


@primitive(dx=lambda g, y, x: (WRONG * W).T @ g)
def product(x, /):
    """One entry of its Jacobian is wrong."""
    return W @ x


@elementwise(dx=lambda y, x: sigmoid(x) * (1.0 - x * (1.0 - sigmoid(x))))
def swish(x, /):
    """A slip of sign in the rule."""
    return x / (1.0 + np.exp(-x))


def report_of(f, *xs, **options):
    report = check_gradients(f, *xs, **options, raise_exception=False)
    assert not report.passed
    return report


# -- the rule --------------------------------------------------------------------------------------


def test_the_operation_whose_rule_is_wrong_is_named_within_a_composition():
    message = report_of(lambda x: tanh(exp(swish(W @ x))).sum(), np.full(4, 0.3)).message
    (name, analytic, numeric) = re.search(
        r"the rule of (\w+) with respect to x is wrong: (\S+) at order 1, where differences give (\S+?)[,;]",
        message,
    ).groups()
    assert name == "swish"
    assert float(analytic) != pytest.approx(float(numeric), rel=0.01)
    assert "recorded at test_check_reports.py" in message


def test_the_operation_that_cannot_be_differentiated_twice_is_named():
    @elementwise(dx=lambda y, x: np.cos(x.data if isinstance(x, Value) else x))
    def once(x, /):
        return np.sin(x)

    assert (
        "rule of once with respect to x is wrong: 0 at order 2"
        in report_of(lambda x: once(x) * x, 0.7).message
    )


def test_no_rule_is_blamed_where_the_chain_is_cut():
    assert "the rule of" not in report_of(lambda x: x * sin(x.data), 0.7).message


@pytest.mark.parametrize("seed", range(20))
def test_right_rules_are_not_blamed_beside_a_wrong_one(seed):
    x = np.random.default_rng(seed).normal(size=4)
    message = report_of(lambda x: cos(sigmoid(product(sin(x)) * 2.0) + 1.0), x).message
    assert set(re.findall(r"the rule of (\w+)", message)) == {"product"}


# -- both Jacobians --------------------------------------------------------------------------------


def test_small_jacobians_are_shown_with_the_wrong_entry_marked():
    lines = report_of(lambda x, b: product(x) + b, np.ones(4), np.ones(3)).message.splitlines()
    table = lines[lines.index("Jacobian with respect to 'x', * where it is wrong:") + 1 :]
    assert len(table) == 8  # nothing of b
    assert [line.count("*") for line in table] == [0, 0, 1, 0, 0, 0, 1, 0]
    shown = [float(word.lstrip("*")) for line in table[1:4] for word in line.split()[1:]]
    np.testing.assert_allclose(np.reshape(shown, (3, 4)), WRONG * W, rtol=1e-3)
    assert len({line.rindex(line.split()[-1]) + len(line.split()[-1]) for line in table}) == 1


def test_large_jacobians_are_not_shown_and_numbers_need_none():
    assert "Jacobian" not in report_of(swish, np.full(9, 0.3)).message
    assert "Jacobian" not in report_of(swish, 0.3).message


def test_the_report_is_that_of_the_error():
    with pytest.raises(AssertionError) as caught:
        check_gradients(product, np.ones(4))
    assert type(caught.value) is AssertionError
    report = caught.value.report
    assert report.message == str(caught.value)
    assert report.message in str(report)
    assert not report.rows[-1].passed
    assert check_gradients(sin, 1.0, raise_exception=False).passed


def test_errors_of_the_function_are_raised_in_any_case():
    def f(x):
        raise AssertionError("mine")

    with pytest.raises(AssertionError, match=r"^mine$"):
        check_gradients(f, 1.0, raise_exception=False)


def test_a_plot_shows_three_matrices_per_argument_and_frames_the_wrong_entry(tmp_path):
    report = report_of(lambda x, b: product(x) + b, np.ones(4), np.ones(3))
    figure = report.plot()
    panels = [axes for axes in figure.axes if axes.images]
    shown = [np.asarray(axes.images[0].get_array()) for axes in panels]
    np.testing.assert_allclose(shown[0], WRONG * W)
    np.testing.assert_allclose(shown[1], W, rtol=1e-6)
    np.testing.assert_allclose(shown[2], WRONG * W - W, atol=1e-6)
    assert [len(axes.collections) for axes in panels] == [1, 1, 1, 0, 0, 0]
    (frame,) = panels[0].collections
    assert {tuple(p) for side in frame.get_segments() for p in side} == {
        (1.5, 0.5),
        (2.5, 0.5),
        (1.5, 1.5),
        (2.5, 1.5),
    }
    figure.savefig(tmp_path / "jacobians.png")
    head = slice(0, 24)  # signature and size
    assert (
        figure._repr_png_()[head] == (tmp_path / "jacobians.png").read_bytes()[head]
    )  # as a notebook shows it
    assert "agree" in check_gradients(sin, np.ones(3)).plot().get_suptitle()


def test_a_plot_that_cannot_be_drawn_says_why(monkeypatch):
    with pytest.raises(ValueError, match="up to 200 outputs and entries"):
        check_gradients(sin, np.ones(300)).plot()
    report = check_gradients(sin, 1.0)
    real = builtins.__import__

    def without(name, *rest):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *rest)

    for module in ("autodiff.checking.jacobian_plot", "autodiff.files.figures"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"autodiff-lecture\[plot\]"):
        report.plot()


# -- modules ---------------------------------------------------------------------------------------

X = np.random.default_rng(1).normal(size=(5, 3))


def arguments(report):
    return [row.argument for row in report.rows if row.order == 1]


def test_all_parameters_of_a_module_are_checked_by_name():
    model = nn.Linear(3, 2, seed=0)
    assert arguments(check_module(model, X)) == ["model.weight", "model.bias"]
    loss = check_module(model, X, np.zeros((5, 2)), loss=nn.mean_squared_error, order=1)
    assert arguments(loss) == ["model.weight", "model.bias"]
    assert arguments(check_module(model, X, loss=lambda a: (a**4).sum(), inputs=True, order=1))[-1] == "X"
    assert arguments(check_module(model, X.tolist(), inputs=True, order=1))[-1] == "X"


class Layer(nn.Module):
    def __init__(self, activation=tanh):
        self.w, self.unused, self.activation = Value(W[:, :3].copy()), Value(1.0), activation

    def forward(self, x):
        return self.activation(x @ self.w)


def test_parameters_that_are_not_used_are_named():
    with pytest.warns(UserWarning, match=r"does not depend on model\.unused$"):
        report = check_module(Layer(), X)
    assert report.ignored == ("model.unused",)


def test_a_wrong_rule_in_a_module_is_found():
    layer = Layer(swish)
    before = layer.w.data.copy()
    with pytest.raises(AssertionError, match=r"(?s)'model\.w' at entry .*the rule of swish"):
        check_module(layer, X)
    np.testing.assert_array_equal(layer.w.data, before)
    assert not check_module(layer, X, raise_exception=False).passed


def test_the_sum_over_a_softmax_does_not_hide_a_mistake():
    @primitive(dx=lambda g, y, x: 0.0 * g)
    def softmax(x, /):
        e = np.exp(x)
        return e / e.sum(axis=-1, keepdims=True)

    with pytest.raises(AssertionError, match="the rule of softmax"):
        check_module(Layer(softmax), X)


def test_a_module_that_is_none_and_a_target_without_loss_are_refused():
    with pytest.raises(TypeError, match=r"check_module: expected a module.*check_gradients takes functions"):
        check_module(sin, X)
    with pytest.raises(TypeError, match="y is given without a loss"):
        check_module(nn.Linear(3, 2), X, np.zeros(5))


def test_dropout_that_trains_is_told():
    class Dropped(Layer):
        def __init__(self):
            super().__init__()
            del self.unused
            self.dropout = nn.Dropout(0.5)

        def forward(self, x):
            return self.dropout(super().forward(x))

    with pytest.raises(AssertionError, match="dropout in eval mode"):
        check_module(Dropped(), X)
    assert check_module(Dropped().eval(), X).passed


# -- tracebacks ------------------------------------------------------------------------------------

FAILING = """
    import numpy as np
    from autodiff import check_gradients, check_module, elementwise
    from hypothesis import given, strategies as st

    @elementwise(dx=lambda y, x: 2.0)
    def wrong(x, /):
        return 3.0 * x

    def test_plain():
        check_gradients(lambda x: wrong(x), 1.0)

    @given(st.floats(-1.0, 1.0))
    def test_given(x):
        check_gradients(wrong, x)

    def test_module():
        class Model:
            def __init__(self):
                from autodiff import Value
                self.w = Value(2.0)
            def named_parameters(self):
                return [("w", self.w)]
            def __call__(self, x):
                return wrong(self.w * x)
        check_module(Model(), 1.0)
"""


def test_pytest_shows_the_users_line_and_the_message_alone(tmp_path):
    (tmp_path / "test_mine.py").write_text(textwrap.dedent(FAILING))
    shown = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert "3 failed" in shown
    assert "/autodiff/" not in shown
    for line in (
        ">       check_gradients(lambda x: wrong(x), 1.0)",
        ">       check_gradients(wrong, x)",
        ">       check_module(Model(), 1.0)",
    ):
        assert line in shown
    assert shown.count("analytic 2, numeric 3") >= 2
