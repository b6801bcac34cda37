"""The types of operations: a Value in, a Value out; plain numbers and arrays in, plain ones out.

What the decorators of `declaration` return is typed by these; nothing here runs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeAlias, overload

import numpy as np

if TYPE_CHECKING:
    from .operation import Operation
    from .value import Value

Array: TypeAlias = np.ndarray[Any, Any]

Rest = ParamSpec("Rest")
"""The parameters after the first: further operands, and metadata."""


class Applied(Protocol[Rest]):
    """A function of operands, of which each may be a Value."""

    __name__: str
    __qualname__: str

    @property
    def operation(self) -> Operation: ...

    @overload
    def __call__(self, x: Value | Iterable[Value], /, *rest: Rest.args, **metadata: Rest.kwargs) -> Value: ...
    @overload
    def __call__(self, x: Any, y: Value, /, *rest: Any, **metadata: Any) -> Value: ...
    @overload
    def __call__(self, x: Any, y: Any, z: Value, /, *rest: Any, **metadata: Any) -> Value: ...
    @overload
    def __call__(self, x: Any, /, *rest: Rest.args, **metadata: Rest.kwargs) -> Any: ...


class Choice(Protocol):
    """A function of a condition, whose type says nothing, and of what is chosen from."""

    __name__: str
    __qualname__: str

    @property
    def operation(self) -> Operation: ...

    @overload
    def __call__(self, condition: Any, x: Value, y: Any, /) -> Value: ...
    @overload
    def __call__(self, condition: Any, x: Any, y: Value, /) -> Value: ...
    @overload
    def __call__(self, condition: bool, x: float, y: float, /) -> float: ...
    @overload
    def __call__(self, condition: Any, x: Array, y: Array | float, /) -> Array: ...
    @overload
    def __call__(self, condition: Any, x: Array | float, y: Array, /) -> Array: ...
    @overload
    def __call__(self, condition: Any, x: Any, y: Any, /) -> Any: ...


class Elementwise(Protocol[Rest]):
    """A function of each entry: of one operand, the result is of its type."""

    __name__: str
    __qualname__: str

    @property
    def operation(self) -> Operation: ...

    @overload
    def __call__(self, x: Value, /, *rest: Rest.args, **metadata: Rest.kwargs) -> Value: ...
    @overload
    def __call__(self, x: Any, y: Value, /, *rest: Any, **metadata: Any) -> Value: ...
    @overload
    def __call__(self, x: Any, y: Any, z: Value, /, *rest: Any, **metadata: Any) -> Value: ...
    @overload
    def __call__(self: Elementwise[[]], x: float, /) -> float: ...
    @overload
    def __call__(self: Elementwise[[]], x: Array, /) -> Array: ...
    @overload
    def __call__(self, x: Any, /, *rest: Rest.args, **metadata: Rest.kwargs) -> Any: ...
