"""Traits: what pictures, derivations, checks and programs need to know of an operation, declared with it.

A trait is plain data, and who reads it knows no operation by name: a new one is treated as the others are
by declaring the same traits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(kw_only=True, slots=True, eq=False)
class Traits:
    """The traits of an operation; what each means is explained where operations are declared."""

    symbol: str = ""
    remedy: str | None = None
    formula: str | None = None
    typeset: str | None = None
    definition: Callable[..., Any] | None = None
    kink: str | None = None
    symmetric: bool = False
    linear: bool = False
    selecting: bool = False
    entrywise: bool = False
    conforming: bool = False
    nonnegative: bool = False
    library: str | None = None
    batched: Callable[..., dict[str, Any] | None] | None = None
    example: Callable[..., Any] | None = None
