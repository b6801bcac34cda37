"""Derivations: one partial derivative by the chain rule, link by link, in the notation of Leibniz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TypeVar

from ..differentiation.engine import gradients
from ..settings import flag
from ..text.escaping import markdown
from ..text.notation import visible
from ..values.data import Data, is_lazy, shape_of
from ..values.modes import differentiating
from ..values.value import Value
from .chain_rule import Chain, Link
from .closed_form import Formula
from .equations import Equation, latex_lines, text_lines
from .expression import (
    Given,
    Number,
    Product,
    Symbol,
    Term,
    evaluated,
    multiplied,
    shape_of_term,
    walked,
)
from .intermediates import Intermediates
from .simplification import spread_number, total
from .transcription import transcribed
from .typesetting import Text

MOST_PATHS = 8
"""Paths that have a line each; of more δ is written, layer by layer."""

MOST_LINES = 16
"""Equations that are shown below each other; of more the first and the last."""

MOST_FACTORS = 8
"""Links that are written side by side; of more the first and the last."""

NOTES = ("chain rule", "chain rule again", "chain rule yet again")
ELLIPSIS = Symbol("…")

Shown = TypeVar("Shown")


class NamedLink:
    """A link of the chain rule as a reader sees it: from the value named `lower` to the one named `upper`.

    `formula` is the partial derivative ∂upper/∂lower, `value` its number. Where arrays are on the path
    it is what the gradient of `upper` contributes to that of `lower`, and `value` is None.
    """

    def __init__(self, upper: str, lower: str, left: Symbol, formula: Formula, value: Data | None) -> None:
        self.upper, self.lower = upper, lower
        self.left = left
        self.formula = formula
        self.value = value

    @property
    def text(self) -> str:
        """The link as an equation."""
        return text_lines([Equation(self.left, self.formula.term)])[0]

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


class Derivation:
    """How one partial derivative comes about: made by `explain`, printed as text, in notebooks as LaTeX.

    `value` is the engine's gradient, `formula` the closed formula, which can be evaluated at other
    points; `links` are all links, in the order of the paths; `paths` the chains of links, empty where
    there are more than 8 of them; `n_paths` says how many there are.
    """

    def __init__(
        self, output: Value, wrt: Value, intermediates: Intermediates | None = None, put: bool = True
    ) -> None:
        self.value: Data = gradients(output, wrt)
        self._put = put
        intermediates = intermediates or Intermediates(output, wrt, put=put)
        (found,) = [node.id for node in intermediates.graph if node.source is wrt] or [-1]
        self._chain = chain = Chain(intermediates, [found])
        self._intermediates = intermediates
        self.n_paths = chain.count()
        self._by_layer = self.n_paths > MOST_PATHS and not chain.arrays
        term, self._definitions = chain.summed(self._by_layer)
        self.defined = {symbol.text: id for symbol, id in chain.defined.items()}
        self._numbers = {name: intermediates.graph[id].data for id, name in intermediates.names.items()}
        for symbol, definition in self._definitions.items():
            self._numbers[symbol.text] = evaluated(definition, self._numbers)
        nowhere = Symbol(intermediates.names[chain.output], wrt.shape, wrt.name or "x")
        self.left = chain.gradient_of(found) if found in intermediates.names else nowhere
        self.formula = Formula(term, self._scope, self._named, wrt.shape)
        paths = [*chain.paths()] if self.n_paths <= MOST_PATHS else []
        ordered = (link for links in [*paths, *chain.links.values()] for link in links)
        named = {link: self._in_names(link) for link in dict.fromkeys(ordered)}
        self.links = tuple(named.values())
        self.paths = tuple(tuple(named[link] for link in path) for path in paths)

    @property
    def _named(self) -> dict[str, Term]:
        """What was named on the way: parts of a long expression, and gradients with respect to them."""
        gradients = {symbol.text: term for symbol, term in self._definitions.items()}
        return {**self._intermediates.parts(), **gradients}

    def _scope(self) -> dict[str, Data | Term]:
        return {**self._intermediates.scope(), **self._named}

    def _in_names(self, link: Link) -> NamedLink:
        names, arrays = self._intermediates.names, self._chain.arrays
        upper, lower = names[link.upper], names[link.lower]
        left = self._chain.gradient_of(link.lower) if arrays else Symbol(upper, (), lower)
        value = None if arrays else evaluated(link.term, self._numbers)
        return NamedLink(upper, lower, left, Formula(link.term, self._scope, {}), value)

    # -- the parts of the page ---------------------------------------------------------------

    @cached_property
    def sections(self) -> list[tuple[str, list[Equation]]]:
        """Sentences, each with the equations below it."""
        if not self.links:
            return [(self._nothing(), [Equation(self.left, self.formula.term)])]
        if not self._put:
            return [("", self._defined()), ("", self._result())]
        return [self._listed("parts", self._parts()), *self._steps(), ("", self._result())]

    def _steps(self) -> list[tuple[str, list[Equation]]]:
        """From the chain rule to what the result is put together from."""
        named = self._listed("named gradients", self._defined())
        if self._chain.arrays:
            return [(self._opening_of_arrays(), self._sums()), named]
        if self._by_layer:
            return [(f"{self._paths_in_words()}. {self._opening_of_layers()}", []), named]
        return [*self._growing(), self._listed("links", self._locals()), named]

    def _parts(self) -> list[Equation]:
        """What was given a name here, as a reader would put it, and the result in these names."""
        known = self._intermediates.parts()
        wanted = [*self._intermediates.names.values()] if self._by_layer else [*self._mentioned()]
        needed, waiting = set[str](), wanted
        while waiting:
            name = waiting.pop()
            if name in known and name not in needed:
                needed.add(name)
                waiting += _names_in(known[name])
        equations = [self._part(name, term) for name, term in known.items() if name in needed]
        if not equations:
            return []
        output = self._chain.output
        if output in self._intermediates.coined:
            whole = transcribed(self._intermediates.segment(output).root)
            equations.append(self._part(self._intermediates.names[output], whole))
        return [replace(equations[0], lead="Put "), *equations[1:]]

    def _part(self, name: str, term: Term) -> Equation:
        return Equation(Symbol(name, shape_of_term(term)), term, result=self._number(name))

    def _number(self, name: str) -> Term | None:
        """The number that a name stands for; nothing for an array."""
        data = self._numbers[name]
        return None if shape_of(data) or is_lazy(data) else Number(float(data))

    def _mentioned(self) -> Iterator[str]:
        """The names on the paths, and in the formulas of the links."""
        for link in self.links:
            yield from (link.upper, link.lower, *_names_in(link.formula.term))

    def _listed(self, what: str, equations: list[Equation]) -> tuple[str, list[Equation]]:
        """Equations; of many the first and the last, which is said."""
        shown = _few(equations)
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

    def _opening_of_arrays(self) -> str:
        output = visible(self._intermediates.names[self._chain.output])
        return f"A bar is the gradient of {output}: Ȳ = ∂{output}/∂Y, in the shape of Y."

    def _opening_of_layers(self) -> str:
        told = [
            f"{Text().write(δ)} = {self._chain.gradient_of(id).text}" for δ, id in self._chain.kept.items()
        ]
        with_first = f" with {told[0]}{' and so on' if len(told) > 1 else ''}" if told else ""
        return f"Layer by layer, from the output back,{with_first}:"

    def _sums(self) -> list[Equation]:
        """The gradient of each named value: the sum of what those that use it contribute."""
        users = self._chain.users
        if len(users) == 1 and not self._definitions:
            return []  # the sum is the result
        return _few(
            [
                Equation(self._chain.gradient_of(id), total([link.term for link in users[id]]))
                for id in sorted(users, reverse=True)
            ]
        )

    def _paths_in_words(self) -> str:
        return f"{self.n_paths:,} paths lead from {self._names[1]} to {self._names[0]}"

    def _growing(self) -> list[tuple[str, list[Equation]]]:
        """The chain rule, applied again and again; of several paths their sum."""
        if self.n_paths == 1:
            return [("", self._growing_chain(next(self._chain.paths())))]
        return [(f"{self._paths_in_words()}:", self._multiplied())]

    def _multiplied(self) -> list[Equation]:
        """The sum over the paths, each on its own line."""
        equations = []
        for n, path in enumerate(self._chain.paths()):
            factors = _few([self._chain.partial(link) for link in path], MOST_FACTORS, ELLIPSIS)
            left, sign = (None, "+") if n else (self.left, "=")
            equations.append(Equation(left, multiplied(factors), sign=sign))
        return equations

    def _growing_chain(self, path: Sequence[Link]) -> list[Equation]:
        links = [self._chain.partial(link) for link in path]
        last = len(links) - 1
        shown = range(1, last + 1) if last <= 5 else [1, 2, 3, last]
        equations = []
        for n, count in enumerate(shown):
            first = self._chain.gradient_of(path[-count].upper)
            factors = _few([first, *links[-count:]], MOST_FACTORS, ELLIPSIS)
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
        numbered = [] if self._chain.arrays else [Equation(None, term, numbers=self._numbers)]
        again = self._by_definition()
        return [Equation(self.left, term), *again, *numbered, Equation(None, _shown(self.value))]

    def _by_definition(self) -> list[Equation]:
        """The slope of one operation alone in the other form that it has: σ′ = e⁻ᵛ(1 + e⁻ᵛ)⁻²."""
        names, node = self._intermediates.names, self._intermediates.graph.output
        define = node.operation.definition if node.operation else None
        if define is None or len(self.links) > 1 or node.inputs[0] not in names:
            return []
        x = Value(self._intermediates.graph[node.inputs[0]].data, names[node.inputs[0]])
        with differentiating():
            slope = gradients(define(x), x, create_graph=True)
        return [Equation(None, transcribed(slope))]

    def _defined(self) -> list[Equation]:
        """The gradients on the way that keep their names in the formula."""
        return [
            Equation(symbol, meaning, result=_shown(self._numbers[symbol.text]))
            for symbol, meaning in self._definitions.items()
        ]

    # -- as text, LaTeX and Markdown ---------------------------------------------------------

    @property
    def text(self) -> str:
        """The derivation in Unicode."""
        return "\n\n".join(
            "\n".join([*([title] if title else []), *text_lines(equations)])
            for title, equations in self.sections
            if title or equations
        )

    @property
    def latex(self) -> str:
        """All equations as one `aligned` environment, without dollars."""
        lines = [line for _, equations in self.sections for line in latex_lines(equations)]
        return "\\begin{aligned}\n" + " \\\\\n".join(lines) + "\n\\end{aligned}"

    @property
    def markdown(self) -> str:
        """Markdown with LaTeX between double dollars."""
        blocks = []
        for title, equations in self.sections:
            lines = " \\\\\n".join(latex_lines(equations))
            blocks += [markdown(title)] if title else []
            blocks += [f"$$\n\\begin{{aligned}}\n{lines}\n\\end{{aligned}}\n$$"] if equations else []
        return "\n\n".join(blocks) + "\n"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def _few(shown: list[Shown], most: int = MOST_LINES, gap: Shown | None = None) -> list[Shown]:
    """The first and the last of many, with a gap between them."""
    if len(shown) <= most:
        return shown
    half = most // 2
    return [*shown[:half], *([] if gap is None else [gap]), *shown[-half:]]


def _names_in(term: Term) -> list[str]:
    """The names that a term contains."""
    return [part.name for part in walked(term) if isinstance(part, Symbol) and part.lower is None]


def _result_of(link: NamedLink) -> Term | None:
    """The number of a link, unless its formula is one."""
    return None if isinstance(link.formula.term, Number) else _shown(link.value)


def _shown(data: Data) -> Term:
    """Data as a term."""
    return Given(data) if shape_of(data) or is_lazy(data) else Number(float(data))


def explain(output: Value, wrt: Value, *, put: bool = True) -> Derivation:
    """Derive one partial derivative, as on the slides: link by link, by the rules of the operations.

    A link leads from one named value to the next. Parts without a name are put where a reader would:
    "Put u₁ = 3w₁ − 2w₂ + b". With `put=False` they are not, and only the finished formula is written.
    Where more than 8 paths lead to the variable, δ is written layer by layer, from the output back, in place
    of paths. For arrays, the matrix rules are shown.

    >>> x = Value(3.0, "x")
    >>> u = 1.0 - x; u.name = "u"
    >>> R = u**2; R.name = "R"
    >>> explain(R, x)
    ∂R/∂x = ∂R/∂u · ∂u/∂x    chain rule
    <BLANKLINE>
    ∂R/∂u = 2u = −4
    ∂u/∂x = −1
    <BLANKLINE>
    ∂R/∂x = −2u
          = −2(−2)
          = 4

    Raises TypeError for anything but a Value, and ValueError for an output that is not a number, for a
    constant, and for a leaf that was changed after it was used.
    """
    for value in (output, wrt):
        if not isinstance(value, Value):
            raise TypeError(f"explain: expected two Values, got {type(value).__name__}")
    if output.shape:
        raise ValueError(
            f"explain: the output must be a number, got {output.described()}; sum it, or index it"
        )
    return Derivation(output, wrt, put=flag("explain: put", put))
