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

from . import aliases, ops
from .differentiation import (
    derivative,
    grad,
    gradients,
    hessian,
    hvp,
    jacobian,
    jvp,
    operators,
    scan,
    value_and_grad,
    vjp,
)
from .lazy_names import lazy_names
from .ops import *
from .ops import linalg, plain
from .ops import max as max
from .ops import min as min
from .ops import round as round
from .ops import sum as sum
from .values import Value, elementwise, no_grad, primitive, scope
from .values.value import _restored as _restored

if TYPE_CHECKING:
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
    "nudges": "checking",
    "play": "live",
    "tree": "pictures",
}
"""What only reads graphs, and the room that it is loaded from on first use."""

UNLISTED = dict.fromkeys(("Claim", "check_claims"), "checking.claims")
"""What proofreads slides: importable from here, but not among the names that a newcomer meets."""

aliases.install()
operators.attach()
globals().update(plain.FUNCTIONS)

__all__ = [  # noqa: PLE0604, RUF100 (names of operations come from their families)
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
    "scan",
    "scope",
    "value_and_grad",
    "vjp",
    *READERS,
    *UNLISTED,
    *ops.__all__,
    *plain.FUNCTIONS,
]
OFFERED = sorted({*__all__} - {*UNLISTED})
for own in {*OFFERED} & globals().keys() - {"Value", "linalg"}:
    globals()[own].__module__ = __name__  # pickles name the package: files may move
for own in linalg.__all__:
    getattr(linalg, own).__module__ = f"{__name__}.linalg"
for own in ("all", "any", "compile", "max", "min", "round", "sum"):
    __all__.remove(own)  # `from autodiff import *` leaves Python's own alone
del own

if sys.modules.get("hypothesis"):  # whose entry point came before there were Values
    from _autodiff_hypothesis import register_values

    register_values()

_reader, _ = lazy_names(__name__, READERS | UNLISTED)


def __getattr__(name: str) -> Any:
    old = f"{__name__}.{name}"
    return import_module(aliases.MOVED[old]) if old in aliases.MOVED else _reader(name)


def __dir__() -> list[str]:
    return OFFERED
