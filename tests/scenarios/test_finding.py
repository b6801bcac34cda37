"""The scenarios are tested: a fault in any part is found by the mode that is for it."""

from __future__ import annotations

import pytest

from . import faults, shrinking
from .conftest import found
from .modes import MODES

ENOUGH = 90
"""Cases, in which each of the operations comes up, whatever a seed draws: that depends on modules."""

pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("few")]

FAULTS = [
    (faults.wrong_slope, "finite_differences"),
    (faults.wrong_slope, "checker"),
    (faults.wrong_slope, "torch"),
    (faults.wrong_slope, "jax"),
    (faults.recording_changes_it, "create_graph"),
    (faults.inner_nodes_doubled, "subgraphs"),
    (faults.slope_that_cannot_be_differentiated, "second_order"),
    (faults.slope_that_cannot_be_differentiated, "third_order"),
    (faults.rows_turned, "hessian"),
    (faults.seed_ignored, "jvp_and_vjp"),
    (faults.seed_ignored, "rows_and_columns"),
    (faults.rows_turned, "rows_and_columns"),
    (faults.backward_sets_leaves, "backward"),
    (faults.wrong_rewrite, "first_compile"),
    (faults.wrong_rewrite, "recorded_program"),
    (faults.wrong_rewrite, "compiled_hessian"),
    (faults.code_of_another_function, "pasted"),
    (faults.first_result_for_ever, "other_data"),
    (faults.nan_made_finite, "edge_data"),
    (faults.arguments_shared_by_threads, "threads"),
    (faults.another_text_saved, "saved"),
    (faults.half_precision, "float32"),
    (faults.computed_silently, "lazy"),
    (faults.replay_of_half, "replay"),
    (faults.gradient_of_another_sign, "pictures_as_text"),
    (faults.gradient_of_another_sign, "pictures_laid_out"),
    (faults.formula_off_by_one, "formulas"),
    (faults.formula_off_by_one, "explained"),
    (faults.constant_differentiated, "constants"),
]


@pytest.mark.parametrize(("fault", "mode"), FAULTS, ids=lambda x: getattr(x, "__name__", x))
def test_a_fault_is_found_and_nothing_without_it(fault, mode, monkeypatch):
    if mode in ("torch", "jax"):
        pytest.importorskip(mode)
    monkeypatch.setattr(shrinking, "MOST", 0)  # not shrunk
    assert not found(mode, size=ENOUGH)
    fault(monkeypatch)
    first, *_ = found(mode, size=ENOUGH)
    assert first.modes == [mode]
    assert first.block == 0


def test_a_formula_that_is_printed_wrong_is_found(monkeypatch):
    assert not found("read_back", kind="numbers")
    faults.another_function_written(monkeypatch)
    (failure,) = found("read_back", kind="numbers")
    assert failure.operations == ("sin",)


def test_each_mode_has_a_fault():
    assert {mode for _, mode in FAULTS} | {"read_back"} == set(MODES)
