"""The parameters of a function, where Python knows them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from inspect import Parameter
from typing import Any

BY_POSITION = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def parameters_of(f: Callable[..., Any]) -> list[Parameter] | None:
    """The parameters in order; None where there is no signature, as for some functions written in C."""
    try:
        return list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        return None
