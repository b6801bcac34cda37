"""What a peer can be asked for: value, gradient and second order of a function of its arrays."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .foreign_array import ForeignArray

__all__ = ["Derivatives", "Package"]


@dataclass(frozen=True)
class Derivatives:
    """Of s(x) = ⟨seed, f(x)⟩: the value f(x), ∇s, and the derivative of ∇s along directions."""

    value: Any
    gradient: Sequence[Any]
    curvature: Sequence[Any]


class Package(ABC):
    """A package that differentiates: its functions by the names of ours, and its derivatives."""

    name: str
    absent: frozenset[str]
    """Operations of ours that it does not have, has in part only, or does not differentiate."""
    functions: Mapping[str, Callable[..., Any]]
    """Its functions by NumPy's names, where its own names or settings are others."""
    modules: Sequence[Any]
    """Where it has the others; a function of `linalg` is in that of the first."""

    def function(self, name: str) -> Callable[..., Any]:
        """The package's function that ours of this name corresponds to."""
        if name in self.functions:
            return self.functions[name]
        places = [self.modules[0].linalg] if name.startswith("linalg.") else self.modules
        for place in places:
            if found := getattr(place, name.removeprefix("linalg."), None):
                return found  # type: ignore[no-any-return]
        raise NotImplementedError(f"{self.name} has no {name}")

    @abstractmethod
    def array(self, x: Any) -> Any:
        """An array of the package."""

    @abstractmethod
    def dtype(self, array: Any) -> np.dtype[Any]:
        """NumPy's name for the type of its numbers."""

    @abstractmethod
    def differentiate(
        self, f: Callable[..., Any], xs: Sequence[Any], seed: Any, along: Sequence[Any]
    ) -> Derivatives:
        """Value, gradient and second order of f, a function of arrays of the package."""

    @property
    @abstractmethod
    def kind(self) -> type:
        """The class of its arrays."""

    def call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """The package's function of that name, on arrays as NumPy's functions see them."""
        function = self.function(name)
        return self.wrapped(
            function(*map(self.unwrapped, args), **{k: self.unwrapped(x) for k, x in kwargs.items()})
        )

    def wrapped(self, result: Any) -> Any:
        """Its arrays as NumPy's functions see them, in tuples and lists too."""
        if isinstance(result, tuple | list):
            return tuple(map(self.wrapped, result))
        return ForeignArray(result, self) if isinstance(result, self.kind) else result

    def unwrapped(self, x: Any) -> Any:
        """Its own arrays; NumPy's become its own."""
        if isinstance(x, tuple | list):
            return type(x)(map(self.unwrapped, x))
        if isinstance(x, ForeignArray):
            return x.array
        return self.array(x) if isinstance(x, np.ndarray) else x

    def derivatives(
        self, case: Callable[..., Any], xs: Sequence[Any], seed: Any, along: Sequence[Any]
    ) -> Derivatives:
        """The same of a function of (package, arrays as NumPy's functions see them)."""
        return self.differentiate(lambda *ys: self.unwrapped(case(*map(self.wrapped, ys))), xs, seed, along)
