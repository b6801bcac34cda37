"""What a language of formulas has to say: how a name, a power, a root, a fraction is set in it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, TypeAlias

from .expression import Term

__all__ = ["ATOM", "POWER", "PRODUCT", "SUM", "Notation", "Piece"]

SUM, PRODUCT, POWER, ATOM = range(4)
"""How strongly the outermost operation binds."""

Piece: TypeAlias = tuple[str, int]
"""A text, and how strongly its outermost operation binds."""


class Notation(ABC):
    """Signs, and all that each language writes its own way."""

    times: ClassVar[str]
    circle: ClassVar[str]
    minus: ClassVar[str]
    open: ClassVar[str]
    close: ClassVar[str]
    transposed: ClassVar[str]

    @property
    def dot(self) -> str:
        """What stands between two factors."""
        return self.times

    @abstractmethod
    def plain(self, text: str) -> str:
        """Text that is no name."""

    @abstractmethod
    def left_out(self, told: str) -> str:
        """What stands in the middle of a long sum."""

    @abstractmethod
    def name(self, name: str) -> str:
        """A name."""

    @abstractmethod
    def derivative(self, sign: str, upper: str, lower: str) -> str:
        """A derivative in Leibniz' notation, with ∂ or with d."""

    @abstractmethod
    def superscript(self, base: str, exponent: str) -> str:
        """A base with something above."""

    @abstractmethod
    def root(self, base: Term) -> str:
        """A square root."""

    @abstractmethod
    def exponential(self, exponent: Term) -> str:
        """A power of e."""

    @abstractmethod
    def fraction(self, over: Term, under: Term) -> Piece:
        """A quotient."""
