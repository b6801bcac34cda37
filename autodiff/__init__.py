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

from typing import TYPE_CHECKING, Any

from . import operators, ops
from .anomaly import detect_anomaly
from .declaration import elementwise, primitive
from .engine import gradients
from .functional import derivative, grad, hvp, jvp, value_and_grad, vjp
from .grouping import scope
from .jacobians import hessian, jacobian
from .modes import no_grad
from .ops import *
from .ops import linalg, plain
from .ops import max as max
from .ops import min as min
from .ops import round as round
from .ops import sum as sum
from .value import Value

if TYPE_CHECKING:
    from .animation import animate as animate
    from .check import check_gradients as check_gradients
    from .claims import Claim as Claim
    from .claims import check_claims as check_claims
    from .closed_form import formula as formula
    from .derivation import explain as explain
    from .nudge import nudges as nudges
    from .picture import draw as draw
    from .programs import compile as compile
    from .text_tree import tree as tree

LAZY = {
    "animate": "animation",
    "Claim": "claims",
    "check_claims": "claims",
    "check_gradients": "check",
    "compile": "programs",
    "draw": "picture",
    "explain": "derivation",
    "formula": "closed_form",
    "nudges": "nudge",
    "tree": "text_tree",
}
"""What only reads graphs, and the module that it is loaded from on first use."""

operators.attach()
globals().update(plain.FUNCTIONS)

__all__ = [  # noqa: PLE0604, RUF100 (names of operations come from their families)
    "Value",
    "derivative",
    "detect_anomaly",
    "elementwise",
    "grad",
    "gradients",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "no_grad",
    "primitive",
    "scope",
    "value_and_grad",
    "vjp",
    *LAZY,
    *ops.__all__,
    *plain.FUNCTIONS,
]
OFFERED = sorted(__all__)
for own in ("all", "any", "compile", "max", "min", "round", "sum"):
    __all__.remove(own)  # `from autodiff import *` leaves Python's own alone
del own


def __getattr__(name: str) -> Any:
    if name not in LAZY:
        raise AttributeError(f"module 'autodiff' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{LAZY[name]}", __name__), name)


def __dir__() -> list[str]:
    return OFFERED
