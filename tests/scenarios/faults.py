"""Faults to be put into the engine, so that the scenarios show whether they find them."""

from __future__ import annotations

import time

import numpy as np

import autodiff as ad
from autodiff import Value
from autodiff.checking.replay import Replay
from autodiff.derivations.closed_form import Formula
from autodiff.derivations.writing import Text
from autodiff.differentiation import engine, functional, jacobians
from autodiff.pictures.wording import Wording
from autodiff.programs import program as programs
from autodiff.programs.rewrites import rewriting
from autodiff.testing import Expression

from . import derivatives, elsewhere


def ruled(monkeypatch, operation, rule):
    monkeypatch.setattr(operation.operation, "rules", (rule,))


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
    def rule(y, x):
        coarse = y.astype(np.float16).astype(np.float32) if getattr(y, "dtype", None) == np.float32 else y
        return 1.0 - coarse * coarse

    ruled(monkeypatch, ad.tanh, rule)


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


def another_function_written(monkeypatch):
    write = Text.write
    monkeypatch.setattr(
        Text, "write", lambda self, term, *more: write(self, term, *more).replace("sin", "cos")
    )


def constant_differentiated(monkeypatch):
    gradients = engine.gradients
    monkeypatch.setattr(elsewhere, "gradients", lambda y, xs: [2.0 * g for g in gradients(y, xs)])


def wrong_rewrite(monkeypatch):
    wrong = [
        rule._replace(apply=lambda draft, line: line.inputs[0]) if rule.says == "x·x is x²" else rule
        for rule in rewriting.RULES
    ]
    monkeypatch.setattr(rewriting, "RULES", wrong)


def recording_changes_it(monkeypatch):
    ruled(monkeypatch, ad.tanh, lambda y, x: (1.0 - y * y) * (2.0 if isinstance(y, Value) else 1.0))


def inner_nodes_doubled(monkeypatch):
    def wrong(output, wrt, *more, **options):
        right = engine.gradients(output, wrt, *more, **options)
        return 2.0 * right if isinstance(wrt, Value) and wrt is not output else right

    monkeypatch.setattr(derivatives, "gradients", wrong)


def code_of_another_function(monkeypatch):
    code = Expression.code.fget
    monkeypatch.setattr(Expression, "code", property(lambda e: code(e).replace("tanh", "sin")))
