"""The derivatives of a module, checked with respect to all its parameters."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from ..settings import flag
from ..values.data import as_data
from .check import check_gradients, failed
from .report import GradientReport


def check_module(
    model: Any,
    X: Any,
    y: Any = None,
    *,
    loss: Callable[..., Any] | None = None,
    order: int = 2,
    inputs: bool = False,
    rtol: float | None = None,
    atol: float | None = None,
    seed: int = 0,
    raise_exception: bool = True,
) -> GradientReport:
    """Compare the derivatives of a module with respect to each of its parameters with central differences.

    The module is anything that is called with X and has `named_parameters()`, such as a network of `nn`; what
    is differentiated is loss(model(X), y), or loss(model(X)) without y. Without a loss it is the output
    itself, weighted at random, so that no entries cancel as they would in the sum over a softmax. With
    `inputs`, the derivatives with respect to X are checked, too: what the layer before it gets. Parameters
    have their dotted names, `model.layers.0.weight`; frozen ones are left out, and all are afterwards what
    they were. Order, tolerances, seed and errors are those of `check_gradients`.

    Warns with the names of parameters that the result does not depend on; the report has them as `ignored`.
    Raises AssertionError where a derivative is wrong, and where the module gives another output each time, as
    one with dropout that trains; TypeError for what is not a module, and for y without a loss.

    >>> from nn import Linear
    >>> report = check_module(Linear(2, 1, seed=0), [[1.0, 2.0], [3.0, 4.0]], order=1)
    >>> [row.argument for row in report.rows]
    ['model.weight', 'model.bias']
    """
    __tracebackhide__ = True
    if not callable(model) or not hasattr(model, "named_parameters"):
        raise TypeError(
            f"check_module: expected a module that is called and has named_parameters(), got {model!r}; "
            "check_gradients takes functions"
        )
    if y is not None and loss is None:
        raise TypeError("check_module: y is given without a loss; add it, as in loss=nn.mean_squared_error")

    def result(model: Any, X: Any = X) -> Any:
        output = model(X)
        if loss is None:
            return output
        return loss(output) if y is None else loss(output, y)

    arguments = (model, as_data(X)) if flag("check_module: inputs", inputs) else (model,)
    options: dict[str, Any] = {"order": order, "rtol": rtol, "atol": atol, "seed": seed}
    report = check_gradients(result, *arguments, **options, raise_exception=False)
    if not report.passed and flag("check_module: raise_exception", raise_exception):
        raise failed(report)
    if report.passed and report.ignored:
        warnings.warn(
            f"check_module: the result does not depend on {', '.join(report.ignored)}", stacklevel=2
        )
    return report
