"""A mistake made on purpose: what is said of it, and the gradients that it gives."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple, TypeAlias

from ...values.data import Data
from .tape import Tape

Gradients: TypeAlias = Callable[[Tape], list[Data] | None]
"""The wrong gradients of a tape, one for each variable; None where the mistake cannot be made."""


class Mistake(NamedTuple):
    """A mistake in words, which cost more than to try it, and what it gives.

    Of mistakes of one `family`, which differ in words alone, the first that explains a formula is enough.
    """

    words: Callable[[], str]
    gradients: Gradients
    family: Hashable = None
