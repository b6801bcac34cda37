"""Nudges: predicted and actual changes, and the order of importance."""

from __future__ import annotations

import builtins
import math
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autodiff import Value, gradients, sigmoid, tanh
from autodiff.checking.nudge import nudges

NUMBERS = st.floats(-2.0, 2.0)
ETAS = st.floats(1e-3, 0.5)


def f(x, y):
    return sigmoid(x * y) + x * x * tanh(y)


@given(NUMBERS, NUMBERS, ETAS)
def test_predicted_is_eta_times_the_gradient_and_actual_is_recomputed(x, y, eta):
    a, b = Value(x, "x"), Value(y, "y")
    output = f(a, b)
    first, second = nudges(output, [a, b], eta).rows
    slopes = gradients(output, [a, b])
    assert [first.derivative, second.derivative] == slopes
    assert [first.predicted, second.predicted] == [eta * slope for slope in slopes]
    assert first.actual == f(Value(x + eta), b).data - output.data
    assert second.actual == f(a, Value(y + eta)).data - output.data
    assert first.gap == first.actual - first.predicted


@given(NUMBERS, NUMBERS)
def test_the_gap_shrinks_with_the_square_of_eta(x, y):
    a, b = Value(x), Value(y)
    gaps = [nudges(f(a, b), b, eta).rows[0].gap for eta in (1e-2, 1e-3)]
    curvature = abs(sum(gaps)) + 1e-3
    assert abs(gaps[0] - 100.0 * gaps[1]) < 0.2 * curvature


@given(st.lists(NUMBERS, min_size=1, max_size=8))
def test_ranks_follow_the_size_of_the_slopes(weights):
    x = Value(np.ones(len(weights)), "x")
    rows = nudges((x * np.array(weights)).sum(), x).rows
    for one in rows:
        assert one.rank == 1 + sum(abs(other.derivative) > abs(one.derivative) for other in rows)
    ranking = nudges((x * np.array(weights)).sum(), x).ranking
    assert [row.rank for row in ranking] == sorted(row.rank for row in rows)


def test_the_graph_and_its_leaves_are_untouched():
    x, w = Value(2.0, "x"), Value(np.array([1.0, -1.0]), "w")
    inner = w * x
    output = tanh(inner).sum()
    output.backward()
    held = w.data
    before = [(v._birth, v.grad, v.constant) for v in (x, w, inner, output)]
    nudges(output, [x, w, inner])
    assert [(v._birth, v.grad, v.constant) for v in (x, w, inner, output)] == before
    assert w.data is held
    assert held.tolist() == [1.0, -1.0]
    assert x.data == 2.0


def test_arrays_have_a_row_for_each_entry():
    w = Value(np.array([[1.0, 2.0], [3.0, 4.0]]), "w")
    table = nudges((w * w).sum(), w, eta=0.5)
    assert [row.name for row in table.rows] == ["w[0, 0]", "w[0, 1]", "w[1, 0]", "w[1, 1]"]
    assert [row.derivative for row in table.rows] == [2.0, 4.0, 6.0, 8.0]
    assert [row.actual for row in table.rows] == [1.25, 2.25, 3.25, 4.25]


def test_of_many_entries_the_most_important_are_nudged_and_the_rest_is_told():
    w = Value(np.zeros(300), "w")
    slopes = np.arange(300.0)
    table = nudges((w * slopes).sum(), w, max_rows=3)
    assert [row.name for row in table.rows] == ["w[297]", "w[298]", "w[299]"]
    assert [row.rank for row in table.rows] == [3, 2, 1]
    assert table.omitted == 297
    assert "297 numbers with smaller slopes were not nudged" in str(table)


def losses(w, b):
    return [(Value(t, "y", constant=True) - (w * x + b)) ** 2 for x, t in ((1.0, 2.0), (3.0, -1.0))]


def test_observations_add_up():
    w, b = Value(0.5, "w"), Value(0.25, "b")
    terms = losses(w, b)
    table = nudges(terms, [w, b])
    whole = nudges(terms[0] + terms[1], [w, b])
    assert [part.rows for part in table.observations] == [nudges(term, [w, b]).rows for term in terms]
    for row, one in zip(table.rows, whole.rows, strict=True):
        assert row.derivative == one.derivative
        assert row.actual == pytest.approx(one.actual, rel=1e-12)
    cells = dict(zip(table.table.header, table.table.rows[0], strict=True))
    assert cells["∂f₁/∂θ"] == "−2.500"
    assert cells["∂f₂/∂θ"] == "16.50"
    assert cells["∂Σf/∂θ"] == "14.00"
    assert "Σf = f₁ + f₂" in str(table)


def test_the_entries_of_an_array_are_observations():
    w = Value(0.5, "w")
    x = np.array([[1.0], [2.0], [3.0]])
    table = nudges((w * x - 1.0) ** 2, w)
    assert [part.rows[0].derivative for part in table.observations] == [-1.0, 0.0, 3.0]
    assert table.rows[0].derivative == 2.0


def test_of_many_observations_the_first_have_columns():
    w = Value(0.5, "w")
    table = nudges(w * np.arange(100.0), w)
    assert table.table.header[:6] == ("θ", "∂f₁/∂θ", "∂f₂/∂θ", "∂f₃/∂θ", "∂Σf/∂θ", "predicted η·∂")
    assert "Σf = f₁ + f₂ + … + f₁₀₀" in str(table)


def test_outputs_with_names_of_their_own_keep_them():
    w = Value(0.5, "w")
    p, q = w * 2.0, w * 3.0
    p.name, q.name = "p", "q"
    assert nudges([p, q], w).table.header[1:4] == ("∂p/∂θ", "∂q/∂θ", "∂Σ/∂θ")


@given(NUMBERS, NUMBERS)
def test_one_value_and_a_list_of_it_say_the_same(x, y):
    a, b = Value(x, "x"), Value(y, "y")
    output = f(a, b)
    output.name = "a₁⁽²⁾"
    alone, listed = nudges(output, [a, b]), nudges([output], [a, b])
    assert str(alone) == str(listed)
    assert alone.table.header[1] == "∂a₁⁽²⁾/∂θ"
    twice = nudges([output, f(b, a)], [a, b]).observations[0]
    assert twice.rows == alone.rows


def test_outputs_that_share_a_name_are_counted_and_keep_their_signs():
    w = Value(0.5, "w")
    outputs = [w * x for x in (2.0, -3.0)]
    for output in outputs:
        output.name = "a1_2"
    table = nudges(outputs, w).table
    assert table.header[1:4] == ("∂a₁⁽²⁾[1]/∂θ", "∂a₁⁽²⁾[2]/∂θ", "∂Σa₁⁽²⁾/∂θ")
    assert table.rows[0][1:4] == ("2.000", "−3.000", "−1.000")


def test_the_entries_of_a_named_array_are_counted():
    w = Value(0.5, "w")
    a = w * np.array([1.0, 2.0])
    a.name = "a"
    assert nudges(a, w).table.header[1:4] == ("∂a[1]/∂θ", "∂a[2]/∂θ", "∂Σa/∂θ")


def test_activations_can_be_nudged_as_in_the_lecture():
    w, a = Value(0.6, "w"), Value(0.475, "x")
    inner = sigmoid(a)
    inner.name = "a"
    (row,) = nudges(w * inner, inner, eta=0.1).rows
    assert (row.name, row.derivative) == ("a", 0.6)
    assert row.actual == pytest.approx(0.06)


def test_linear_parameters_have_no_gap_to_show():
    w = Value(0.1, "w")
    table = nudges(w * 0.3 + 0.7, w)
    cells = dict(zip(table.table.header, table.table.rows[0], strict=True))
    assert cells["gap"] == "0"


def test_a_value_without_influence_has_nudges_of_zero():
    w, other = Value(0.1, "w"), Value(1.0, "other")
    assert nudges(w * 2.0, [w, other]).rows[1][1:] == (0.0, 0.0, 0.0, 2)


def test_parameters_have_the_names_of_pictures_and_derivations():
    x, y, w = Value(1.0), Value(2.0), Value(3.0, "w1_2")
    inner = sigmoid(w * x)
    assert [row.name for row in nudges(inner * y, [x, y, w, inner]).rows] == ["v₁", "v₂", "w₁⁽²⁾", "u₂"]


def test_what_nothing_depends_on_has_a_name_too():
    x = Value(1.0, "x")
    assert [row.name for row in nudges(x * x, [x, Value(2.0), Value(3.0, "w_3")]).rows] == ["x", "θ₂", "w₃"]


def test_hostile_names_are_text_in_every_form():
    w = Value(1.0, "</td><script>|*w*\n")
    table = nudges(w * w, w)
    assert "<script>" not in table._repr_html_()
    assert "&lt;/td&gt;&lt;script&gt;|*w*\\n" in table._repr_html_()
    assert r"\</td\>\<script\>\|\*w\*\\n" in table.markdown
    assert len(table.markdown.splitlines()) == 7
    assert "</td><script>|*w*\\n " in str(table)


def test_markdown_has_as_many_cells_in_each_row():
    w, b = Value(0.5, "w"), Value(0.25, "b")
    lines = [line for line in nudges(losses(w, b), [w, b]).markdown.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {9}
    assert len(lines) == 4


@pytest.mark.parametrize(
    ("eta", "what"), [(0.0, "not be 0"), (float("nan"), "be finite"), (math.inf, "be finite")]
)
def test_a_nudge_is_finite_and_not_zero(eta, what):
    w = Value(1.0)
    with pytest.raises(ValueError, match=f"nudges: eta must {what}, got {eta}"):
        nudges(w * w, w, eta)


def test_what_cannot_be_nudged_is_refused():
    w, c = Value(1.0, "w"), Value(2.0, "c", constant=True)
    with pytest.raises(ValueError, match="'c' is a constant"):
        nudges(w * c, c)
    with pytest.raises(TypeError, match="parameters must be a Value, or several, got float"):
        nudges(w * c, [1.0])
    with pytest.raises(TypeError, match="output must be a Value, or several, got float"):
        nudges([1.0], w)
    with pytest.raises(TypeError, match="parameters must be a Value, or several, got int"):
        nudges(w * c, 5)
    with pytest.raises(TypeError, match="eta must be a number, got 'a'"):
        nudges(w * c, w, eta="a")
    with pytest.raises(TypeError, match=r"max_rows must be an integer, got 1\.5"):
        nudges(w * c, w, max_rows=1.5)
    with pytest.raises(ValueError, match="parameters has no numbers"):
        nudges(w * c, [])
    with pytest.raises(ValueError, match="max_rows must be 1 or above, got 0"):
        nudges(w * c, w, max_rows=0)


def test_an_infinite_output_is_nudged_without_a_warning():
    w = Value(1.0, "w")
    (row,) = nudges(w / Value(0.0, constant=True), w).rows
    assert (row.derivative, math.isnan(row.actual)) == (math.inf, True)


def test_a_leaf_assigned_after_use_is_refused():
    w = Value(1.0, "w")
    y = w * w
    w.data = 2.0
    with pytest.raises(ValueError, match="'w' was assigned new data"):
        nudges(y, w)


# -- the chart -------------------------------------------------------------------------------------


def test_the_bars_are_the_predicted_changes_in_order_of_importance():
    pytest.importorskip("matplotlib")
    w, b = Value(0.5, "w"), Value(0.25, "$b$")
    table = nudges(losses(w, b), [w, b])
    chart = table.plot()
    (axes,) = chart.axes
    assert [bar.get_width() for bar in axes.patches] == [row.predicted for row in table.ranking]
    actual, first, second, _ = axes.lines
    assert list(actual.get_xdata()) == [row.actual for row in table.ranking]
    contributions = {row.name: row.predicted for row in table.observations[0].rows}
    assert list(first.get_xdata()) == [contributions[row.name] for row in table.ranking]
    assert [first.get_label(), second.get_label()] == ["f₁", "f₂"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["w", r"\$b\$"]
    assert chart._repr_png_().startswith(b"\x89PNG")


def test_the_chart_shows_the_most_important_and_says_of_how_many():
    pytest.importorskip("matplotlib")
    w = Value(np.zeros(50), "w")
    chart = nudges((w * np.arange(50.0)).sum(), w).plot()
    assert len(chart.axes[0].patches) == 20
    assert any("20 most important of 50" in text.get_text() for text in chart.texts)


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_the_chart_is_saved_as_pictures_are(tmp_path, suffix):
    pytest.importorskip("matplotlib")
    w = Value(0.5, "w")
    path = nudges(w * w, w).plot().save(tmp_path / f"nudges{suffix}")
    assert path == tmp_path / f"nudges{suffix}"
    assert path.stat().st_size > 1000


def test_the_chart_is_the_same_in_every_file(tmp_path):
    pytest.importorskip("matplotlib")
    w = Value(0.5, "w")
    files = [nudges(w * w, w).plot().save(tmp_path / f"{k}.svg").read_bytes() for k in range(2)]
    assert files[0] == files[1]
    with pytest.raises(ValueError, match=r"save: the name must end in one of .*\.svg.*, got '.*nudges'"):
        nudges(w * w, w).plot().save(tmp_path / "nudges")


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    for module in ("autodiff.checking.bar_chart", "autodiff.files.figures"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    w = Value(1.0)
    with pytest.raises(ImportError, match=r"plot needs matplotlib: pip install 'autodiff-lecture\[plot\]'"):
        nudges(w * w, w).plot()
