"""A derivation on paper: from the chain rule to the number, in sentences with equations below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from ..differentiation.engine import gradients
from ..text.digits import counted
from ..text.notation import visible
from ..values.data import Data, is_lazy, shape_of
from ..values.modes import differentiating
from ..values.value import Value
from .chain_rule import MOST_COUNTED, Chain, Link
from .closed_form import Formula
from .equations import Equation, NumberTable
from .expression import Given, Number, Product, Symbol, Term, multiplied, shape_of_term, walked
from .intermediates import Intermediates
from .named_link import NamedLink
from .simplification import spread_number, total
from .transcription import transcribed
from .typesetting import Text

MOST_LINES = 16
"""Equations that are shown below each other; of more the first and the last."""

MOST_FACTORS = 8
"""Links that are written side by side; of more the first and the last."""

NOTES = ("chain rule", "chain rule again", "chain rule yet again")
ELLIPSIS = Symbol("…")

Shown = TypeVar("Shown")

Section: TypeAlias = tuple[str, "list[Equation] | NumberTable"]
"""A sentence, or nothing, and the equations below it, or a table."""


@dataclass(frozen=True)
class Working:
    """What a derivation is written from.

    `left` is what is derived, ∂R/∂θ, and `formula` and `value` what it comes to; `definitions` are the
    gradients on the way that have names in the formula, and `numbers` what all names stand for. `by_layer`
    says that δ is written in place of paths.
    """

    chain: Chain
    links: Sequence[NamedLink]
    left: Symbol
    formula: Formula
    value: Data
    definitions: dict[Symbol, Term]
    numbers: dict[str, Data]
    by_layer: bool

    @property
    def intermediates(self) -> Intermediates:
        """The named values."""
        return self.chain.intermediates

    def sections(self) -> list[Section]:
        """All of it."""
        if not self.links:
            return [(self._nothing(), [Equation(self.left, self.formula.term)])]
        return [self._listed("parts", self._parts()), *self._steps(), ("", self._result())]

    def finished(self) -> list[Section]:
        """The formula alone, with the gradients that have names in it."""
        return [("", self._defined()), ("", self._result())] if self.links else self.sections()

    def _steps(self) -> list[Section]:
        """From the chain rule to what the result is put together from."""
        named = self._listed("named gradients", self._defined())
        if self.chain.arrays:
            return [(opening(self.chain, self.left), self._sums()), named]
        if self.by_layer:
            return [(opening(self.chain, self.left, self._layers()), []), named]
        return [*self._growing(), self._listed("links", self._locals()), named]

    def _parts(self) -> list[Equation]:
        """What was given a name here, as a reader would put it, and the result in these names."""
        known = self.intermediates.parts()
        wanted = [*self.intermediates.names.values()] if self.by_layer else [*self._mentioned()]
        needed, waiting = set[str](), wanted
        while waiting:
            name = waiting.pop()
            if name in known and name not in needed:
                needed.add(name)
                waiting += _names_in(known[name])
        equations = [self._part(name, term) for name, term in known.items() if name in needed]
        if not equations:
            return []
        output = self.chain.output
        if output in self.intermediates.coined:
            whole = self.intermediates.term(output)
            equations.append(self._part(self.intermediates.names[output], whole))
        return put(equations)

    def _part(self, name: str, term: Term) -> Equation:
        return Equation(Symbol(name, shape_of_term(term)), term, result=self._number(name))

    def _number(self, name: str) -> Term | None:
        return number_of(self.numbers[name])

    def _mentioned(self) -> Iterator[str]:
        """The names on the paths, and in the formulas of the links."""
        for link in self.links:
            yield from (link.upper, link.lower, *_names_in(link.formula.term))

    def _listed(self, what: str, equations: list[Equation]) -> Section:
        """Equations; of many the first and the last, which is said."""
        shown = few(equations)
        if len(shown) == len(equations):
            return "", shown
        half = MOST_LINES // 2
        return f"The first {half} and the last {half} of {len(equations):,} {what}:", shown

    @property
    def _names(self) -> tuple[str, str]:
        """What is derived, and with respect to what."""
        return visible(self.left.name), visible(self.left.lower or "")

    def _nothing(self) -> str:
        if self.formula.term == Number(1.0):
            return "It is the value itself."
        return f"{self._names[0]} does not depend on {self._names[1]}."

    def _layers(self) -> str:
        told = [
            f"{Text().write(δ)} = {self.chain.gradient_of(id).text}" for δ, id in self.chain.defined.items()
        ]
        with_first = f" with {told[0]}{' and so on' if len(told) > 1 else ''}" if told else ""
        return f"Layer by layer, from the output back,{with_first}:"

    def _sums(self) -> list[Equation]:
        """The gradient of each named value: the sum of what those that use it contribute."""
        users = self.chain.users
        if len(users) == 1 and not self.definitions:
            return []  # the sum is the result
        return few(
            [
                Equation(self.chain.gradient_of(id), total([link.term for link in users[id]]))
                for id in sorted(users, reverse=True)
            ]
        )

    def _growing(self) -> list[Section]:
        """The chain rule, applied again and again; of several paths their sum."""
        if self.chain.count() == 1:
            return [("", self._growing_chain(next(self.chain.paths())))]
        return [(f"{paths_in_words(self.chain, self.left)}:", self._multiplied())]

    def _multiplied(self) -> list[Equation]:
        """The sum over the paths, each on its own line."""
        equations = []
        for n, path in enumerate(self.chain.paths()):
            factors = few([self.chain.partial(link) for link in path], MOST_FACTORS, ELLIPSIS)
            left, sign = (None, "+") if n else (self.left, "=")
            equations.append(Equation(left, multiplied(factors), sign=sign))
        return equations

    def _growing_chain(self, path: Sequence[Link]) -> list[Equation]:
        links = [self.chain.partial(link) for link in path]
        last = len(links) - 1
        shown = range(1, last + 1) if last <= 5 else [1, 2, 3, last]
        equations = []
        for n, count in enumerate(shown):
            first = self.chain.gradient_of(path[-count].upper)
            factors = few([first, *links[-count:]], MOST_FACTORS, ELLIPSIS)
            left = self.left if n == 0 else None
            equations.append(Equation(left, Product(tuple(factors)), NOTES[min(n, 2)]))
        return equations

    def _locals(self) -> list[Equation]:
        """The closed formula and the number of each link; none where a single link is the whole."""
        if len(self.links) == 1:
            return []
        return [Equation(link.left, link.formula.term, result=_result_of(link)) for link in self.links]

    def _result(self) -> list[Equation]:
        """The product put together, in names and in numbers, and the gradient."""
        term = self.formula.term
        if isinstance(term, Number) or spread_number(term):
            return [Equation(self.left, term)]
        numbered = [] if self.chain.arrays else [Equation(None, term, numbers=self.numbers)]
        again = self._by_definition()
        return [Equation(self.left, term), *again, *numbered, Equation(None, shown_data(self.value))]

    def _by_definition(self) -> list[Equation]:
        """The slope of one operation alone in the other form that it has: σ′ = e⁻ᵛ(1 + e⁻ᵛ)⁻²."""
        names, node = self.intermediates.names, self.intermediates.graph.output
        define = node.operation.definition if node.operation else None
        if define is None or len(self.links) > 1 or node.inputs[0] not in names:
            return []
        x = Value(self.intermediates.graph[node.inputs[0]].data, names[node.inputs[0]])
        with differentiating():
            slope = gradients(define(x), x, create_graph=True)
        return [Equation(None, transcribed(slope))]

    def _defined(self) -> list[Equation]:
        """The gradients on the way that keep their names in the formula."""
        return [
            Equation(symbol, meaning, result=shown_data(self.numbers[symbol.text]))
            for symbol, meaning in self.definitions.items()
        ]


def put(equations: list[Equation]) -> list[Equation]:
    """What is put, the first with the word."""
    return [replace(equation, lead="" if n else "Put ") for n, equation in enumerate(equations)]


def opening(chain: Chain, left: Symbol, then: str = "") -> str:
    """What precedes the gradients of a derivation: what a bar is, or how many paths there are."""
    output = visible(chain.intermediates.names[chain.output])
    bar = f"A bar is the gradient of {output}: Ȳ = ∂{output}/∂Y, in the shape of Y."
    return " ".join(filter(None, [bar if chain.arrays else f"{paths_in_words(chain, left)}.", then]))


def paths_in_words(chain: Chain, left: Symbol) -> str:
    """How many paths lead to the output."""
    count = chain.count()
    told = "More than 10¹⁸ paths" if count > MOST_COUNTED else counted(count, "path")
    verb = "leads" if count == 1 else "lead"
    return f"{told} {verb} from {visible(left.lower or '')} to {visible(left.name)}"


def few(shown: Sequence[Shown], most: int = MOST_LINES, gap: Shown | None = None) -> list[Shown]:
    """The first and the last of many, with a gap between them."""
    if len(shown) <= most:
        return [*shown]
    half = most // 2
    return [*shown[:half], *([] if gap is None else [gap]), *shown[-half:]]


def number_of(data: Data) -> Term | None:
    """The number that data are; nothing for an array."""
    return None if shape_of(data) or is_lazy(data) else Number(float(data))


def _names_in(term: Term) -> list[str]:
    """The names that a term contains."""
    return [part.name for part in walked(term) if isinstance(part, Symbol) and part.lower is None]


def _result_of(link: NamedLink) -> Term | None:
    """The number of a link, unless its formula is one."""
    return None if isinstance(link.formula.term, Number) else shown_data(link.value)


def shown_data(data: Data) -> Term:
    """Data as a term."""
    return Given(data) if shape_of(data) or is_lazy(data) else Number(float(data))
