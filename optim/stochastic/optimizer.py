"""Optimizer: what all optimisers for the parameters of a network have in common.

θ is a parameter, or all parameters that are numbers as one vector; g is its gradient; t counts its steps
from 1; wd is the weight decay. All is computed in place: from the second step on, nothing of the size of a
parameter is allocated but masks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, ClassVar, TypeAlias, get_type_hints

import numpy as np

from autodiff import Value
from autodiff.ops.plain import raw
from autodiff.settings import Check, chosen, flag, fraction, not_negative, positive

from .parameters import Group, Settings, grouped
from .state import Memory, restored, saved

Array: TypeAlias = np.ndarray[Any, Any]
NotNegative: TypeAlias = Annotated[float, not_negative]
Fraction: TypeAlias = Annotated[float, fraction]
Flag: TypeAlias = Annotated[bool, flag]


class Optimizer:
    """Changes parameters by their gradients: `loss.backward()`, `optimizer.step()`, `optimizer.zero_grad()`.

    `params` is a module or an iterable of leaf Values; or, as in PyTorch, a list of groups that differ in
    their hyperparameters, `[{"params": first}, {"params": others, "lr": 0.001}]`, to be found again in
    `param_groups`: `optimizer.param_groups[0]["lr"] = 0.1` is checked at once. Frozen parameters
    (`constant`) stay as they are. A gradient that is nan or infinite is not refused: it spoils its
    parameter, as in PyTorch; `clip_gradient_norm` can refuse it.

    To write an optimiser, name its hyperparameters with their checks, what it remembers with the number to
    start from, and the update. Weight decay, g + wd·θ for g, and `maximize`, −g for g, are done here.

    >>> from autodiff.settings import not_negative
    >>> class Signs(Optimizer):
    ...     checks = {"lr": not_negative}
    ...
    ...     @staticmethod
    ...     def update(theta, g, work, t, *, lr):
    ...         theta -= lr * np.sign(g)
    >>> x = Value(3.0, "x")
    >>> (x * x).backward()
    >>> Signs([x], lr=0.5).step()
    >>> x.data
    2.5
    """

    checks: ClassVar[Mapping[str, Check]] = {}
    """The hyperparameters, and what each may be."""

    decoupled: ClassVar[bool] = False
    """Whether weight decay shrinks θ itself, θ ← (1 − lr·wd)·θ, and leaves g alone."""

    update: ClassVar[Callable[..., None]]
    """update(theta, g, work, t, **slots, **hyperparameters) changes theta and the slots, in place.

    It leaves g as it is; work is an array like theta, to write to.
    """

    def __init__(self, params: Any, **hyperparameters: Any) -> None:
        groups, self._labels = grouped(self._kind, params)
        self.param_groups = [self._group(params, {**hyperparameters, **own}) for params, own in groups]
        self._memories: dict[Value, Memory] = {}
        self._buffers: dict[np.dtype[Any], Array] = {}

    def __repr__(self) -> str:
        settings = (f"{name}={self.param_groups[0][name]!r}" for name in self.checks)
        return f"{self._kind}({len(self._labels)} parameters: {', '.join(settings)})"

    # -- hyperparameters -----------------------------------------------------------------------

    @property
    def lr(self) -> float:
        """The learning rate; of several groups, the first one's. Assign to set it for all groups."""
        return float(self.param_groups[0]["lr"])

    @lr.setter
    def lr(self, new: float) -> None:
        new = self._rate(new)
        for group in self.param_groups:
            group["lr"] = new

    def slots(self, settings: Settings) -> dict[str, float]:
        """What is remembered of each parameter: names, and what each entry starts from."""
        return {}

    def checked(self, settings: Settings) -> Settings:
        """The hyperparameters as Python's numbers. Raises ValueError or TypeError where one is wrong."""
        for name in settings:
            chosen(f"hyperparameter of {self._kind}", name, self.checks)
        if missing := [name for name in self.checks if name not in settings]:
            raise ValueError(f"{self._kind}: expected a setting of {', '.join(missing)}")
        return {name: check(f"{self._kind}: {name}", settings[name]) for name, check in self.checks.items()}

    def _group(self, params: list[Value], settings: Settings) -> Group:
        if "lr" in settings:
            self._rate(settings["lr"])
        return Group(params, settings, self.checked)

    def _rate(self, lr: Any) -> float:
        """A learning rate as a user may set it; schedules may end at 0."""
        try:
            return positive(f"{self._kind}: the learning rate lr", lr)
        except ValueError as error:
            raise ValueError(f"{error}; start with 0.01, say, and use maximize=True to go uphill") from None

    @property
    def _kind(self) -> str:
        return type(self).__name__

    # -- steps ---------------------------------------------------------------------------------

    def zero_grad(self) -> None:
        """Forget the gradients of all parameters."""
        for parameter in self._labels:
            parameter.zero_grad()

    def step(self) -> None:
        """Change every parameter that is not frozen, by its gradient.

        Raises ValueError, before anything is changed, where a parameter has no gradient.
        """
        free = [[p for p in group.params if not p.constant] for group in self.param_groups]
        self._refuse_missing([p for params in free for p in params if p.grad is None])
        with np.errstate(all="ignore"):
            for params, group in zip(free, self.param_groups, strict=True):
                self._change(params, group.settings)

    def _refuse_missing(self, params: list[Value]) -> None:
        if labels := [self._labels[p] for p in params]:
            shown = ", ".join(labels[:5]) + ", …" * (len(labels) > 5)
            raise ValueError(
                f"{self._kind}: no gradient for {shown}; call loss.backward() before step(), "
                "and freeze what the loss does not depend on: .constant = True"
            )

    def _change(self, params: list[Value], settings: Settings) -> None:
        """One step: each array alone; numbers of one dtype and equally many steps as a vector."""
        slots, numbers = self.slots(settings), dict[Any, list[Value]]()
        for p in params:
            memory = self.remembered(p, slots)
            if p.shape:
                self._change_array(p, memory, slots, settings)
            else:
                numbers.setdefault((p.dtype, memory.steps), []).append(p)
        for (dtype, steps), some in numbers.items():
            self._change_numbers(some, dtype, steps + 1, slots, settings)

    def _change_array(self, p: Value, memory: Memory, slots: Collection[str], settings: Settings) -> None:
        """One step of an array, in place."""
        theta, g = raw(p), p.grad
        own = {name: memory.slots[name] for name in slots}
        self._descend(theta, g, memory.steps + 1, own, **settings)
        memory.steps += 1
        p.data = theta  # so that graphs which hold it know that it was changed

    def _change_numbers(
        self, params: list[Value], dtype: np.dtype[Any], t: int, slots: Collection[str], settings: Settings
    ) -> None:
        """One step of numbers, the t-th of each, as one vector."""
        memories = [self._memories[p] for p in params]
        theta, g = np.array([raw(p) for p in params], dtype), np.array([p.grad for p in params], dtype)
        joined = {name: np.array([memory.slots[name] for memory in memories], dtype) for name in slots}
        self._descend(theta, g, t, joined, **settings)
        for name, vector in joined.items():
            for memory, number in zip(memories, vector.tolist(), strict=True):
                memory.slots[name] = number
        for p, memory, number in zip(params, memories, theta.tolist(), strict=True):
            memory.steps = t
            p.data = number

    def remembered(self, p: Value, slots: Mapping[str, float]) -> Memory:
        """What is remembered of a parameter: the start where it was never changed."""
        memory = self._memories.get(p) or self._memories.setdefault(p, Memory())
        for name, start in slots.items():
            if name not in memory.slots:
                memory.slots[name] = np.full_like(raw(p), start) if p.shape else start
            elif p.shape and memory.slots[name].dtype != p.dtype:  # the model was cast
                memory.slots[name] = memory.slots[name].astype(p.dtype)
        return memory

    def _descend(
        self, theta: Array, g: Any, t: int, slots: dict[str, Array],
        *, lr: float, weight_decay: float = 0.0, maximize: bool = False, **settings: Any,
    ) -> None:  # fmt: skip
        """What all optimisers do to θ and g, then what this one does."""
        work = self._scratch(theta, 0)
        if maximize:
            g = np.negative(g, out=self._scratch(theta, 1))
        if weight_decay and self.decoupled:
            theta *= 1.0 - lr * weight_decay
        elif weight_decay:
            g = np.add(g, np.multiply(theta, weight_decay, out=work), out=self._scratch(theta, 1))
        self.update(theta, g, work, t, **slots, lr=lr, **settings)

    def _scratch(self, theta: Array, number: int) -> Array:
        """One of two arrays like θ, in memory that all parameters share."""
        buffer = self._buffers.get(theta.dtype)
        if buffer is None or buffer.shape[1] < theta.size:
            buffer = self._buffers[theta.dtype] = np.empty_like(theta, shape=(2, theta.size))
        return buffer[number, : theta.size].reshape(theta.shape)

    # -- state ---------------------------------------------------------------------------------

    def state_dict(self) -> dict[str, Any]:
        """Copies of everything that the next steps depend on besides parameters and gradients.

        `{"optimizer": "Adam", "groups": [{"lr": …, "steps": […], "state": {"m": […], …}}]}`, lists in the
        order of the parameters; numbers, arrays, and the optimiser's name.
        """
        return {"optimizer": self._kind, "groups": [self._saved(group) for group in self.param_groups]}

    def _saved(self, group: Group) -> dict[str, Any]:
        starts = self.slots(group.settings)
        return saved(group, [self.remembered(p, starts) for p in group.params], starts)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from a `state_dict()`: the next steps are then the same to the last bit.

        Raises ValueError or TypeError, and changes nothing, for the state of another optimiser, and for
        parameters of another number or of other shapes.
        """
        found = restored(self._kind, self.param_groups, self.slots, state)
        for group, (settings, memories) in zip(self.param_groups, found, strict=True):
            group.settings = settings
            self._memories.update(zip(group.params, memories, strict=True))


def given(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a method by name, from its `locals()`: an optimiser's signature names them already."""
    return {name: argument for name, argument in arguments.items() if name not in ("self", "__class__")}


def declared(method: Callable[..., None]) -> dict[str, Check]:
    """The checks by name that a method's signature declares: `lr: Annotated[float, not_negative]`.

    They move out of the signature, in which `help` then shows the type alone: `lr: float`.
    """
    hints = get_type_hints(method, include_extras=True)
    method.__annotations__ = {**get_type_hints(method), "return": None}  # not NoneType
    return {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}
