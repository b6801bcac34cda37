"""A program on its way to another process, or into a file: the texts of its versions.

A function goes by the name under which it is found, as all functions do when they are pickled; one without,
such as a lambda, stays behind, and the program then computes what it did before, and nothing else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from operator import attrgetter
from types import FunctionType
from typing import Any, NamedTuple, NoReturn

from ..differentiation.structure import leaves
from .arguments import Static
from .version import Version


class Name(NamedTuple):
    """Where a function is found; its code tells whether it is that one."""

    module: str
    qualname: str
    code: bytes

    def function(self) -> Callable[..., Any] | None:
        """The function, if it is found here."""
        with suppress(ImportError):
            import_module(self.module)
        return next((f for f in _held(self.module, self.qualname) if _code(f) == self.code), None)


def name_of(f: Any) -> Name | None:
    """The name under which a function is found, or what it is wrapped in; None for a lambda."""
    module, qualname = (getattr(f, key, None) for key in ("__module__", "__qualname__"))
    if isinstance(module, str) and isinstance(qualname, str) and any(x is f for x in _held(module, qualname)):
        return Name(module, qualname, _code(f))
    return None


def _held(module: str, qualname: str) -> list[Any]:
    """What a module holds under a name, and what that is made of, as a program is of its function."""
    try:
        found = attrgetter(qualname)(sys.modules[module])
    except (AttributeError, KeyError):
        return []
    return [x for x in (found, getattr(found, "__wrapped__", None)) if callable(x)]


def _code(f: Any) -> bytes:
    return f.__code__.co_code if isinstance(f, FunctionType) else b""


class Missing:
    """Stands for a function that stayed behind."""

    def __init__(self, name: str, known: Iterable[Version]) -> None:
        self.__name__, self.known = name, [version.doc for version in known]

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise RuntimeError(
            f"the program {self.__name__} was pickled without its function, and is known here for "
            f"{', '.join(self.known)} alone; call it with other arguments before it is pickled, or close "
            "over no Values and define the function in a module, by whose name it is found"
        )


def portable(name: str, versions: Iterable[Version]) -> list[Version]:
    """The versions that can be told as text.

    Those that were recorded as part of a graph are not: their arguments are variables. Nor are those that
    are not what f is by now. Raises TypeError where f closes over variables, and returns Values that depend
    on them.
    """
    current = [version for version in versions if version.is_current()]
    for version in current:
        if version.records and any(version.variable_captures):
            names = ", ".join([x.described() for x in version.captured if not x.constant][:3])
            raise TypeError(
                f"cannot pickle the program {name}: its results depend on {names}, and are Values in their "
                "graph, which stays here; make them constants (model.freeze(), Value(…, constant=True)), or "
                "compile what returns numbers, such as value_and_grad(f) or gradients(…)"
            )
    return [x for x in current if not (x.records or x.inside_derivative) and _is_told(x.key)]


def _is_told(key: Any) -> bool:
    """Whether all settings of a version are found by their names."""
    settings = (x.value if isinstance(x, Static) else x for x in leaves(key))
    return all(name_of(x) for x in settings if isinstance(x, FunctionType))
