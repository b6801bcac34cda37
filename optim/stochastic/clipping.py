"""Gradient clipping: gradients made smaller where they are too large, between `backward()` and `step()`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autodiff import Value
from autodiff.settings import flag, positive
from autodiff.values.data import Data

from .parameters import labelled


def clip_gradient_norm(
    params: Any, max_norm: float, norm_type: float = 2.0, error_if_nonfinite: bool = False
) -> float:
    """Scale all gradients by one factor so that their common norm is at most `max_norm`; returns what it was.

        ‖g‖ = (Σ |gᵢ|ᵖ)^(1/p) over the entries of all parameters;   g ← g · min(1, max_norm / (‖g‖ + 1e-6))

    p is `norm_type`, infinity allowed. `max_norm=math.inf` only measures. Parameters that are frozen or
    have no gradient do not count. As in PyTorch's `clip_grad_norm_`, a norm of nan or infinity spoils
    all gradients; with `error_if_nonfinite` it raises RuntimeError naming those, and changes nothing.

    Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks" (ICML 2013).

    >>> x, y = Value(3.0, "x"), Value(4.0, "y")
    >>> (x * x + y * y).backward()
    >>> clip_gradient_norm([x, y], max_norm=1.0)
    10.0
    >>> round(x.grad, 6), round(y.grad, 6)
    (0.6, 0.8)
    """
    what = "clip_gradient_norm"
    limit, order = _size(f"{what}: max_norm", max_norm), _size(f"{what}: norm_type", norm_type)
    refuse = flag(f"{what}: error_if_nonfinite", error_if_nonfinite)
    found = _with_gradients(what, params)
    with np.errstate(all="ignore"):
        norms = {label: _norm(g, order) for _, label, g in found}
        total = _norm(list(norms.values()), order)
        if refuse and not math.isfinite(total):
            raise RuntimeError(_nonfinite(what, norms))
        factor = limit / (total + 1e-6) if limit < math.inf else 1.0
        if not factor >= 1.0:
            for p, _, g in found:
                p.grad = g * factor
    return total


def clip_gradient_value(params: Any, limit: float) -> None:
    """Bring each entry of each gradient into −limit … limit, as PyTorch's `clip_grad_value_`.   nan stays.

    Parameters that are frozen or have no gradient do not count.

    >>> x = Value(3.0, "x")
    >>> (x * x).backward()
    >>> clip_gradient_value([x], 0.5)
    >>> x.grad
    0.5
    """
    limit = _size("clip_gradient_value: limit", limit)
    for p, _, g in _with_gradients("clip_gradient_value", params):
        p.grad = np.clip(g, -limit, limit)


def _size(what: str, setting: float) -> float:
    return math.inf if setting == math.inf else positive(what, setting)


def _with_gradients(what: str, params: Any) -> list[tuple[Value, str, Data]]:
    """Parameters that have gradients, how errors speak of them, and the gradients."""
    return [(p, label, p.grad) for p, label in labelled(what, params).items() if p.grad is not None]


def _norm(entries: Data, order: float) -> float:
    """The norm of all entries,  m·‖g/m‖, so that no power of them overflows; m is a power of 2."""
    entries = np.ravel(entries)
    largest = float(np.max(np.abs(entries), initial=0.0))
    if largest == 0.0 or not math.isfinite(largest):
        return largest
    m = math.ldexp(1.0, math.frexp(largest)[1] - 1)
    return m * float(np.linalg.norm(entries / m, order))


def _nonfinite(what: str, norms: dict[str, float]) -> str:
    bad = [f"{label} ({norm})" for label, norm in norms.items() if not math.isfinite(norm)]
    where = ", ".join(bad[:5]) if bad else "all together: the sum overflows"
    return (
        f"{what}: the norm of the gradients is not finite: {where}; nothing was changed. "
        "autodiff.detect_anomaly shows where nan arises; error_if_nonfinite=False scales all the same"
    )
