"""Which operations are drawn: those of the catalogue, by name or function, and a user's own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np

from ... import ops
from ...differentiation.signatures import BY_POSITION
from ...settings import hint
from ..domains import ANY, Domain
from .catalogue import CATALOGUE
from .catalogue.drawable import ROWS, Drawable, alike, fitting
from .spelling import OPERANDS

Operation: TypeAlias = str | Callable[..., Any] | Drawable
Operations: TypeAlias = Iterable[Operation] | Mapping[Operation, Domain | Sequence[Domain]] | None

KINKED = 4
"""How much more often operations with kinks are drawn where kinks are asked for."""

RESERVED = {"np", "ad", *OPERANDS}


def offered(
    operations: Operations, families: Collection[str], arrays: bool, kinks: bool
) -> tuple[Drawable, ...]:
    """What may be drawn, each as often as its weight says. Raises ValueError if that is nothing."""
    if operations is None:
        chosen = [drawable for drawable in CATALOGUE if drawable.family in families]
    else:
        domains = operations if isinstance(operations, Mapping) else dict.fromkeys(operations)
        chosen = [found for one, domain in domains.items() for found in _drawables(one, domain)]
    if not arrays:
        chosen = [d for d in chosen if d.family in ("elementwise", "selection") and d.takes(())]
    if not chosen:
        raise ValueError(f"expressions: none of the operations {operations} takes numbers")
    return tuple(d for d in chosen for _ in range(d.weight * (KINKED if kinks and d.kinked else 1)))


def _drawables(operation: Operation, domain: Domain | Sequence[Domain] | None) -> list[Drawable]:
    """The entries of an operation: those of the catalogue, or one of a user's own function."""
    if isinstance(operation, Drawable):
        return [operation]
    known = [d for d in CATALOGUE if operation in (d.name, d.family) or _means(operation, d.name)]
    if isinstance(operation, str) and not known:
        names = sorted({drawable.name for drawable in CATALOGUE})
        raise ValueError(f"expressions: there is no operation {operation!r}; {hint(operation, names)}")
    domains = (domain,) if isinstance(domain, Domain) else tuple(domain or ())
    if isinstance(operation, str) or known:
        return [replace(d, domains=domains) if domains else d for d in known if _fits(d, domains)]
    return [_own(operation, domains)]


def _fits(drawable: Drawable, domains: tuple[Domain, ...]) -> bool:
    return not domains or len(domains) == len(drawable.domains)


def _own(function: Callable[..., Any], domains: tuple[Domain, ...]) -> Drawable:
    """A user's function, written by its name; one that is not elementwise takes arrays alone."""
    name = getattr(function, "__name__", "")
    if not name.isidentifier() or name in RESERVED:
        raise ValueError(
            f"expressions: {function!r} needs a name of its own to be written by, other than "
            f"{', '.join(sorted(RESERVED))}; define it with def"
        )
    domains = domains or (ANY,) * _operands(function)
    spelling = f"{name}({', '.join(OPERANDS[: len(domains)])})"
    operation = vars(function).get("operation")
    if operation is None or operation.elementwise:
        return Drawable(name, [spelling], tuple(domains), function=function)
    spelled = fitting(lambda *shapes: all(shapes), [spelling])
    return Drawable(name, spelled, tuple(domains), "own", shapes=ROWS, others=alike, function=function)


def _operands(function: Callable[..., Any]) -> int:
    """How many arguments are data: those by position without default."""
    parameters = inspect.signature(function).parameters.values()
    count = sum(p.kind in BY_POSITION and p.default is p.empty for p in parameters)
    if not 1 <= count <= len(OPERANDS):
        raise ValueError(
            f"expressions: {function.__name__} takes {count} operands, expected 1 to {len(OPERANDS)}; "
            "say how it is called by a Drawable"
        )
    return count


def _means(operation: Any, name: str) -> bool:
    """Whether a function is the operation of this name, here or in NumPy."""
    return any(operation is found for package in (ops, np) if (found := _found(package, name)) is not None)


def _found(package: Any, name: str) -> Any:
    for part in name.split("."):
        package = getattr(package, part, None)
    return package
