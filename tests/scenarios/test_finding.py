"""The scenarios are tested: what is wrong in any part is found, shrunk, and found again by its seed."""

from __future__ import annotations

import dataclasses
import os
import re
import time

import numpy as np
import pytest

import autodiff as ad
from autodiff import Value
from autodiff.checking.replay import Replay
from autodiff.derivations.closed_form import Formula
from autodiff.derivations.writing import Text
from autodiff.differentiation import engine, functional, jacobians
from autodiff.pictures.wording import Wording
from autodiff.programs import program as programs
from autodiff.testing import expressions

from . import blocks, campaign, drawing
from .blocks import Block, run
from .case import Case
from .modes import MODES, LeftOut

SEED = 3

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def few(monkeypatch):
    """Expressions of a few operations, each put through every mode that is asked for."""
    operations = ["tanh", "multiply", "add", "sin", "sum"]
    monkeypatch.setitem(drawing.KINDS, "few", expressions(operations).map(Case.of))
    monkeypatch.setitem(drawing.KINDS, "numbers", expressions(operations, arrays=False).map(Case.of))
    for name, mode in MODES.items():
        monkeypatch.setitem(MODES, name, dataclasses.replace(mode, share=1.0))


def found(*modes, kind="few", size=30):
    return run(Block(SEED, 0, size, modes, kind)).failures


def ruled(monkeypatch, operation, rule):
    monkeypatch.setattr(operation.operation, "rules", (rule,))


# -- faults, by the mode that finds them -------------------------------------------------------


def wrong_slope(monkeypatch):
    ruled(monkeypatch, ad.tanh, lambda y, x: 1.0 + y * y)


def slope_that_cannot_be_differentiated(monkeypatch):
    def rule(y, x):
        plain = y.data if isinstance(y, Value) else y
        return 1.0 - plain * plain

    ruled(monkeypatch, ad.tanh, rule)


def seed_ignored(monkeypatch):
    pushed = functional._pushed
    monkeypatch.setattr(
        functional, "_pushed", lambda call, y, directions: pushed(call, y, [2.0 * u for u in directions])
    )


def backward_sets_leaves(monkeypatch):
    store = engine._store

    def set_anew(nodes, pending):
        for node in nodes.values():
            node._grad = None
        store(nodes, pending)

    monkeypatch.setattr(engine, "_store", set_anew)
    monkeypatch.setattr(engine, "leaf_gradients", lambda output, seed: None)


def rows_turned(monkeypatch):
    rows = jacobians._rows
    monkeypatch.setattr(
        jacobians, "_rows", lambda call, y: [m[::-1] if np.ndim(m) else m for m in rows(call, y)]
    )


def first_result_for_ever(monkeypatch):
    call = programs.Program.__call__
    first = {}
    monkeypatch.setattr(
        programs.Program, "__call__", lambda self, *xs: first.setdefault(id(self), (self, call(self, *xs)))[1]
    )


def nan_made_finite(monkeypatch):
    call = programs.Program.__call__

    def finite(self, *xs):
        value, slopes = call(self, *xs)
        return np.nan_to_num(value), slopes

    monkeypatch.setattr(programs.Program, "__call__", finite)


def arguments_shared_by_threads(monkeypatch):
    call = programs.Program.__call__

    def late(self, *xs):
        self._shared = xs
        time.sleep(1e-3)
        return call(self, *self._shared)

    monkeypatch.setattr(programs.Program, "__call__", late)


def another_text_saved(monkeypatch):
    saved = programs.saved
    monkeypatch.setattr(programs, "saved", lambda source: saved(source).replace("tanh(", "abs("))


def half_precision(monkeypatch):
    forward = ad.tanh.operation.forward

    def rounded(x):
        y = forward(x)
        return y.astype(np.float16).astype(np.float32) if y.dtype == np.float32 else y

    monkeypatch.setattr(ad.tanh.operation, "forward", rounded)


def computed_silently(monkeypatch):
    forward = ad.sum.operation.forward if hasattr(ad.sum, "operation") else None
    assert forward

    def eager(x, /, axis=None, keepdims=False):
        return forward(x.compute() if hasattr(x, "compute") else x, axis, keepdims)

    monkeypatch.setattr(ad.sum.operation, "forward", eager)


def replay_of_half(monkeypatch):
    follow = Replay._follow
    monkeypatch.setattr(Replay, "_follow", lambda self, known: follow(self, dict(list(known.items())[:-1])))


def gradient_of_another_sign(monkeypatch):
    monkeypatch.setattr(
        Wording, "_gradient", lambda self, node: f"grad {self.number(-np.asarray(node.grad))}"
    )


def formula_off_by_one(monkeypatch):
    evaluate = Formula.evaluate
    monkeypatch.setattr(Formula, "evaluate", lambda self, point=None: evaluate(self, point) + 1.0)


def signs_lost(monkeypatch):
    write = Text.write
    monkeypatch.setattr(
        Text, "write", lambda self, term, *more: write(self, term, *more).replace("sin", "cos")
    )


def constant_differentiated(monkeypatch):
    gradients = engine.gradients
    from . import elsewhere

    monkeypatch.setattr(elsewhere, "gradients", lambda y, xs: [2.0 * g for g in gradients(y, xs)])


FAULTS = [
    (wrong_slope, "finite_differences"),
    (wrong_slope, "checker"),
    (wrong_slope, "torch"),
    (wrong_slope, "jax"),
    (slope_that_cannot_be_differentiated, "second_order"),
    (slope_that_cannot_be_differentiated, "third_order"),
    (rows_turned, "hessian"),
    (seed_ignored, "jvp_and_vjp"),
    (seed_ignored, "rows_and_columns"),
    (rows_turned, "rows_and_columns"),
    (backward_sets_leaves, "backward"),
    (first_result_for_ever, "other_data"),
    (first_result_for_ever, "threads"),
    (nan_made_finite, "edge_data"),
    (arguments_shared_by_threads, "threads"),
    (another_text_saved, "saved"),
    (half_precision, "float32"),
    (computed_silently, "lazy"),
    (replay_of_half, "replay"),
    (gradient_of_another_sign, "pictures_as_text"),
    (gradient_of_another_sign, "pictures_laid_out"),
    (formula_off_by_one, "formulas"),
    (formula_off_by_one, "explained"),
    (constant_differentiated, "constants"),
]


@pytest.mark.parametrize(("fault", "mode"), FAULTS, ids=lambda x: getattr(x, "__name__", x))
def test_a_fault_is_found_and_nothing_without_it(fault, mode, monkeypatch):
    if mode in ("torch", "jax"):
        pytest.importorskip(mode)
    assert not found(mode, size=15)
    fault(monkeypatch)
    first, *_ = found(mode)
    assert first.modes == [mode]
    assert first.block == 0


def test_a_formula_that_is_printed_wrong_is_found(monkeypatch):
    assert not found("read_back", kind="numbers")
    signs_lost(monkeypatch)
    assert found("read_back", kind="numbers")


# -- what is said of it ------------------------------------------------------------------------


def test_a_failure_is_shrunk_to_the_wrong_operation_and_found_again(monkeypatch):
    wrong_slope(monkeypatch)
    (one,) = found("finite_differences")
    assert one.operations[:1] == ("tanh",)
    assert len(one.operations) <= 2
    assert re.search(r"got -?[\d.e-]+, finite differences -?[\d.e-]+", str(one))
    assert str(one) == str(found("finite_differences")[0])
    exec(compile(one.code, "<code>", "exec"), {})


def test_a_failure_hides_no_other(monkeypatch):
    wrong_slope(monkeypatch)
    ruled(monkeypatch, ad.sin, lambda y, x: -ad.cos(x))
    shrunk = found("finite_differences", size=60)
    assert {failure.operations[0] for failure in shrunk} == {"tanh", "sin"}


def test_modes_that_fail_alike_are_named_together(monkeypatch):
    wrong_slope(monkeypatch)
    (one,) = found("finite_differences", "second_order", "checker")
    assert {"finite_differences", "checker"} <= set(one.modes)


def test_what_is_left_out_is_counted_with_the_reason(monkeypatch):
    def never(case):
        raise LeftOut("by this test")

    monkeypatch.setitem(MODES, "replay", dataclasses.replace(MODES["replay"], check=never))
    result = run(Block(SEED, 0, 10, ("replay",), "few"))
    assert result.ran["replay"] == 0
    assert result.left_out["replay"] == result.distinct == result.reasons["replay: by this test"]


@pytest.mark.parametrize(
    ("text", "f", "x"),
    [
        ("cancels", lambda x: (x * 1e9 + 1.0) - x * 1e9, 3.0),
        ("steep", lambda x: ad.sin(x * 1e9), 3.0),
        ("overflows", lambda x: ad.exp(x * 1000.0), 3.0),
    ],
)
def test_an_ill_conditioned_point_is_left_out(text, f, x):
    with np.errstate(all="ignore"), pytest.raises(LeftOut, match="ill-conditioned"):
        Case(f, (x,), ("x",), (), text, "").must_be_conditioned(1)


def test_an_ordinary_point_is_not():
    Case(lambda x: ad.sin(x) * x, (3.0,), ("x",), (), "", "").must_be_conditioned(3)


def test_one_that_takes_too_long_is_a_failure(monkeypatch):
    monkeypatch.setattr(blocks, "PATIENCE", 0.05)
    monkeypatch.setitem(
        MODES, "replay", dataclasses.replace(MODES["replay"], check=lambda case: time.sleep(1.0))
    )
    monkeypatch.setattr(Block, "run", once)
    (failure,) = run(Block(SEED, 0, 1, ("replay",), "few")).failures
    assert "TimeoutError: took more than 0.05 s" in failure.message


def once(self, phases, each):
    """One case in place of those of hypothesis."""
    each(Case(ad.tanh, (0.5,), ("x",), ("tanh",), "tanh(x)", "tanh(x)"))


# -- processes ---------------------------------------------------------------------------------


@dataclasses.dataclass(frozen=True)
class Ending(Block):
    """A block that ends its process while there is a mode that does."""

    def run(self, phases, each):
        if "replay" in self.modes:
            case = Case(ad.tanh, (0.5,), ("x",), ("tanh",), "tanh(x)", "tanh(x)")
            case.must_be_conditioned = lambda order: os._exit(3)
            each(case)


def test_a_process_that_ends_is_a_failure_and_the_rest_of_the_block_runs():
    every = tuple(MODES)
    modes = ("replay", "backward")
    assert set(modes) <= set(every)
    (result,) = campaign.Crew(1, [Ending(SEED, 7, 5, modes)]).results()
    (failure,) = result.failures
    assert (failure.block, failure.modes, failure.text) == (7, ["replay"], "tanh(x)")
    assert failure.message == "the process ended with 3"


def test_a_campaign_goes_on_where_it_was_stopped(tmp_path, capsys):
    words = f"--expressions 20 --size 10 --seed 5 --workers 1 --modes create_graph --state {tmp_path / 's'}".split()
    assert campaign.main(words) == 0
    first = capsys.readouterr().out
    assert "0 blocks of 10 done before, 2 to do" in first
    lines = (tmp_path / "s").read_text().splitlines()
    (tmp_path / "s").write_text("\n".join([*lines[:2], lines[2][:40]]) + "\n")  # killed while it wrote
    assert campaign.main(words) == 0
    again = capsys.readouterr().out
    assert "1 blocks of 10 done before, 1 to do" in again
    assert counts(first) == counts(again)
    with pytest.raises(SystemExit, match="name another by --state"):
        campaign.main([*words[:5], "6", *words[6:]])


def counts(text):
    """The counts of the table, without the times."""
    return re.findall(r"derivatives\.create_graph +(\d+) +(\d+) +(\d+)", text)
