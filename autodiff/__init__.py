"""Reverse-mode automatic differentiation from scratch.

A `Value` is a number or an array that remembers the operation it came from; `backward()` runs the
chain rule over the recorded graph.

>>> from autodiff import Value
>>> x = Value(3.0, "x")
>>> y = x * x + 2 * x
>>> y.backward()
>>> x.grad
8.0
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import aliases, beside, elsewhere, ops
from .differentiation import derivative as derivative
from .differentiation import grad as grad
from .differentiation import gradients as gradients
from .differentiation import hessian as hessian
from .differentiation import hvp as hvp
from .differentiation import jacobian as jacobian
from .differentiation import jvp as jvp
from .differentiation import operators
from .differentiation import register_structure as register_structure
from .differentiation import scan as scan
from .differentiation import value_and_grad as value_and_grad
from .differentiation import vjp as vjp
from .lazy_names import lazy_names
from .ops import *
from .ops import linalg as linalg
from .ops import max as max
from .ops import min as min
from .ops import plain
from .ops import round as round
from .ops import sum as sum
from .ops.plain import *
from .ops.plain import all as all
from .ops.plain import any as any
from .values import Value as Value
from .values import elementwise as elementwise
from .values import no_grad as no_grad
from .values import primitive as primitive
from .values import scope as scope
from .values.value import _restored as _restored

if TYPE_CHECKING:
    from . import nn as nn
    from . import optim as optim
    from .animation import animate as animate
    from .checking import check_gradients as check_gradients
    from .checking import check_module as check_module
    from .checking import detect_anomaly as detect_anomaly
    from .checking import nudges as nudges
    from .checking.claims import Claim as Claim
    from .checking.claims import check_claims as check_claims
    from .derivations import explain as explain
    from .derivations import formula as formula
    from .homework import exercise as exercise
    from .homework import exercises as exercises
    from .live import play as play
    from .pictures import draw as draw
    from .pictures import tree as tree
    from .programs import compile as compile
    from .programs import jit as jit

READERS = {
    "animate": "animation",
    "check_gradients": "checking",
    "check_module": "checking",
    "compile": "programs",
    "detect_anomaly": "checking",
    "draw": "pictures",
    "exercise": "homework",
    "exercises": "homework",
    "explain": "derivations",
    "formula": "derivations",
    "jit": "programs",
    "nudges": "checking",
    "play": "live",
    "tree": "pictures",
}
"""What only reads graphs, and the room that it is loaded from on first use."""

UNLISTED = dict.fromkeys(("Claim", "check_claims"), "checking.claims")
"""What proofreads slides: importable from here, but not among the names that a newcomer meets."""

aliases.install()
beside.install()
operators.attach()

if not TYPE_CHECKING:  # type checkers read literal lists alone, and take everything public without one
    __all__ = [
        "Value",
        "derivative",
        "elementwise",
        "grad",
        "gradients",
        "hessian",
        "hvp",
        "jacobian",
        "jvp",
        "no_grad",
        "primitive",
        "register_structure",
        "scan",
        "scope",
        "value_and_grad",
        "vjp",
        *READERS,
        *UNLISTED,
        *ops.NAMES,
        *plain.__all__,
    ]
    OFFERED = sorted({*__all__} - {*UNLISTED})
    for own in {*OFFERED} & globals().keys() - {"Value", "linalg"}:
        globals()[own].__module__ = __name__  # pickles name the package: files may move
    for own in linalg.__all__:
        getattr(linalg, own).__module__ = f"{__name__}.linalg"
    for own in ("all", "any", "compile", "divmod", "max", "min", "round", "sum"):
        __all__.remove(own)  # `from autodiff import *` leaves Python's own alone
    del own

    _reader, _ = lazy_names(__name__, READERS | UNLISTED)

    def __getattr__(name: str) -> Any:
        if name in READERS or name in UNLISTED:
            return _reader(name)
        if name in beside.NAMES:
            return import_module(f".{name}", __name__)
        old = f"{__name__}.{name}"
        if old in aliases.MOVED:
            return import_module(aliases.MOVED[old])
        raise AttributeError(elsewhere.refusal(f"module {__name__!r}", name, elsewhere.PACKAGE))

    def __dir__() -> list[str]:
        return OFFERED


if sys.modules.get("hypothesis"):  # whose entry point came before there were Values
    from _autodiff_hypothesis import register_values

    register_values()
