"""What is said at each step of the two passes: formulas with their numbers, and a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from ..derivations.chain_rule import Link
from ..derivations.expression import Number
from ..derivations.transcription import transcribed
from ..derivations.writing import POWER
from ..text.notation import text_of
from ..values.data import Data, is_lazy, shape_of
from .fractions import Stacked
from .propagation import Propagation, Pull

Formulas = tuple[tuple[str, str], ...]

LONGEST_CHAIN = 8
"""Links that are written side by side."""

MOST = 40
"""Derivatives that are listed at the end."""


class Narrator:
    """Tells of a propagation, in the names of its values and with numbers in one format."""

    def __init__(self, passes: Propagation, number_format: str) -> None:
        self.passes = passes
        self.number_format = number_format
        self.symbols = Stacked()
        known = {passes.names[id]: data for id, data in passes.data.items() if not is_lazy(data)}
        self.numbers = Stacked(known, number_format)

    # -- pieces ------------------------------------------------------------------------------

    def name(self, id: int) -> str:
        """The name of a value."""
        return self.symbols.name(self.passes.names[id])

    def gradient(self, id: int) -> str:
        """How the gradient of a named value is written."""
        return self.symbols.write(self.passes.chain.gradient_of(id))

    def data(self, data: Data) -> str:
        """A number, or an array in few characters."""
        return self._array(data) if is_array(data) else self.numbers.write(Number(float(data)))

    def _array(self, data: Data) -> str:
        return self.symbols.plain(text_of(data, self.number_format))

    def factor(self, data: Data) -> str:
        """A number as it stands in a product."""
        return self._array(data) if is_array(data) else self.numbers.part(Number(float(data)), POWER)

    def summand(self, data: Data) -> str:
        """A number as it stands after another in a sum, with its sign."""
        text = self.data(data)
        return f"− {text[1:]}" if text.startswith("−") else f"+ {text}"

    # -- forward -----------------------------------------------------------------------------

    def value(self, id: int) -> Formulas:
        """How a value is computed: in names, in numbers, and what it comes to."""
        term = transcribed(self.passes.segments[id].root)
        data = self.passes.data[id]
        arrays = self.with_arrays(id)
        result = self.sized(data) if arrays else self.data(data)
        steps = (
            ("formula", f"{self.name(id)} = {self.symbols.write(term)}"),
            ("in numbers", f"{self.name(id)} = {self.numbers.write(term)}"),
            ("result", f"{self.name(id)} = {result}"),
        )
        return (steps[0], steps[2]) if arrays or isinstance(term, Number) else steps

    def with_arrays(self, id: int) -> bool:
        """Whether a named value, or what it is computed from, is no number."""
        return any(is_array(self.passes.data[i]) for i in (id, *self.passes.operands(id)))

    def sized(self, data: Data) -> str:
        """An array and its shape."""
        shape = shape_of(data)
        return f"{self._array(data)}, shape {'×'.join(map(str, shape))}" if shape else self.data(data)

    def use(self, id: int) -> str:
        """What a named value is computed from."""
        return f"{self.name(id)} is computed from {listed([self.name(i) for i in self.passes.operands(id)])}."

    # -- backward ----------------------------------------------------------------------------

    def pull(self, pull: Pull) -> Formulas:
        """One link: its local derivative, the chain rule with it, and the sum so far."""
        if pull.local is None:
            return (*self._matrix_rule(pull), *self._sum(pull))
        return (*self._local(pull), *self._chain_rule(pull), *self._sum(pull), *self._whole(pull))

    def _local(self, pull: Pull) -> Formulas:
        term, link = pull.link.term, self.partial(pull.link)
        formula = self.symbols.write(term)
        number = self.data(pull.local)
        text = f"{link} = {formula}" + ("" if formula == number else f" = {number}")
        return (("local derivative", text),)

    def partial(self, link: Link) -> str:
        """A local derivative, as it is written."""
        return self.symbols.write(self.passes.chain.partial(link))

    def _chain_rule(self, pull: Pull) -> Formulas:
        upper, lower = pull.link.upper, pull.link.lower
        if upper == self.passes.output:
            return ()
        assert pull.local is not None
        left = f"{self.gradient(lower)} = " if pull.terms == 1 else ""
        product = f"{self.gradient(upper)} · {self.partial(pull.link)}"
        numbers = f"{self.data(self.passes.gradients[upper])} · {self.factor(pull.local)}"
        return (
            ("chain rule" if pull.terms == 1 else "this term", f"{left}{product}"),
            ("in numbers", f"{left}{numbers} = {self.data(pull.term)}"),
        )

    def _matrix_rule(self, pull: Pull) -> Formulas:
        left = f"{self.gradient(pull.link.lower)} = " if pull.terms == 1 else ""
        rule = self.symbols.write(pull.link.term)
        return (
            ("rule" if pull.terms == 1 else "this term", f"{left}{rule}"),
            ("entries", self.sized(pull.term)),
        )

    def _sum(self, pull: Pull) -> Formulas:
        """How the sum grows, where there are several terms."""
        if pull.terms == 1:
            return ()
        left = self.gradient(pull.link.lower)
        if pull.number == 1:
            return (("sum so far", f"{left} = {self.sized(pull.so_far)} + …"),)
        arrays = is_array(pull.so_far)
        grown = f"{'…' if arrays else self.data(pull.before)} {self._added(pull)}"
        end = self.sized(pull.so_far) if pull.last else f"{self.sized(pull.so_far)} + …"
        return (("sum, complete" if pull.last else "sum so far", f"{left} = {grown} = {end}"),)

    def _added(self, pull: Pull) -> str:
        return "+ this term" if is_array(pull.term) else self.summand(pull.term)

    def _whole(self, pull: Pull) -> Formulas:
        """All links in a row, where there is but one way from the output."""
        path = self.passes.alone(pull.link.lower)
        if path is None or not 2 < len(path) <= LONGEST_CHAIN:
            return ()
        locals_ = {other.link[:2]: other.local for other in self.passes.backward}
        first, *others = [locals_[link[:2]] for link in path]
        factors = [self.data(first), *map(self.factor, others)]
        left = self.gradient(pull.link.lower)
        return (
            ("link by link", f"{left} = {' · '.join(map(self.partial, path))}"),
            ("in numbers", f"{left} = {' · '.join(factors)} = {self.data(pull.so_far)}"),
        )

    def terms(self, pull: Pull) -> str:
        """Which term of the gradient this is."""
        name = self.name(pull.link.lower)
        if pull.terms == 1:
            return f"{name} is used once, so this is its whole gradient."
        last = ", the last one" if pull.last else ""
        return (
            f"{name} is used {pull.terms} times, so its gradient is a sum of {pull.terms} terms. "
            f"This is term {pull.number}{last}."
        )

    def outcome(self, ids: Sequence[int]) -> Formulas:
        """Derivatives, a line each."""
        lines = tuple(("", f"{self.gradient(id)} = {self.sized(self.passes.gradients[id])}") for id in ids)
        return lines if len(lines) <= MOST else (*lines[:MOST], ("", f"… and {len(lines) - MOST} more"))


def listed(names: Sequence[str]) -> str:
    """Names in a sentence.

    >>> listed(["x"]), listed(["x", "y", "z"])
    ('x', 'x, y and z')
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def is_array(data: Data) -> bool:
    """Whether data are written in few characters, not as a number: arrays, and what is not computed yet."""
    return bool(shape_of(data)) or is_lazy(data)
