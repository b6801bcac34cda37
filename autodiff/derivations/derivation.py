"""Derivations: one partial derivative by the chain rule, link by link, in the notation of Leibniz."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, Sequence
from functools import cached_property

from ..differentiation.engine import gradients
from ..settings import flag, output_is_number
from ..text.escaping import markdown
from ..values.data import Data
from ..values.value import Value
from .chain_rule import Chain, Link
from .closed_form import Formula
from .equations import latex_lines, text_lines
from .excerpt import Excerpt
from .expression import Symbol, Term, evaluated
from .intermediates import Intermediates
from .named_link import NamedLink
from .recurring import goes_through_loops, recurring
from .working import Section, Working

NOWHERE = -1
"""In place of a node: what is derived by is not in the graph."""

MOST_PATHS = 8
"""Paths that have a line each; of more δ is written, layer by layer."""


class Derivation:
    """How one partial derivative comes about: made by `explain`, printed as text, in notebooks as LaTeX.

    `value` is the engine's gradient, `formula` the closed formula, which can be evaluated at other
    points; `links` are all links, in the order of the paths; `paths` the chains of links, empty where
    there are more than 8 of them; `n_paths` says how many there are, at most 10¹⁸ + 1.
    """

    def __init__(
        self, output: Value, wrt: Value, intermediates: Intermediates | None = None, put: bool = True
    ) -> None:
        self.value: Data = gradients(output, wrt)
        self._put, self._wrt = put, wrt
        self._intermediates = intermediates = intermediates or Intermediates(output, wrt, put=put)
        known = intermediates.graph.id_of(wrt)
        found = NOWHERE if known is None else known
        self._chain = chain = Chain(intermediates, [found])
        self.n_paths = chain.count()
        self._by_layer = not chain.arrays and (self.n_paths > MOST_PATHS or chain.is_long)
        nowhere = Symbol(intermediates.names[chain.output], wrt.shape, wrt.name or "x")
        self.left = chain.gradient_of(found) if found in intermediates.names else nowhere

    @property
    def formula(self) -> Formula:
        """The derivative in one expression; gradients that have names in it are among the definitions."""
        return Formula(self._summed[0], self._scope, self._named, self._wrt.shape)

    @property
    def defined(self) -> dict[str, int]:
        """The named values whose gradients have names in the formula, by these."""
        assert self._summed
        return {symbol.text: id for symbol, id in self._chain.defined.items()}

    @cached_property
    def links(self) -> tuple[NamedLink, ...]:
        """All links, in the order of the paths."""
        ordered = (link for links in [*self._paths, *self._chain.links.values()] for link in links)
        return tuple(self._in_names[link] for link in dict.fromkeys(ordered))

    @property
    def paths(self) -> tuple[tuple[NamedLink, ...], ...]:
        """The chains of links; none where there are more than 8 of them."""
        return tuple(tuple(self._in_names[link] for link in path) for path in self._paths)

    @cached_property
    def _paths(self) -> Sequence[tuple[Link, ...]]:
        return [*self._chain.paths()] if self.n_paths <= MOST_PATHS else []

    @cached_property
    def _summed(self) -> tuple[Term, dict[Symbol, Term]]:
        """The whole derivative, and what the gradients on the way are that have names in it."""
        return self._chain.summed(self._by_layer)

    @cached_property
    def _numbers(self) -> dict[str, Data]:
        """What all names stand for."""
        graph = self._intermediates.graph
        numbers = {name: graph[id].data for id, name in self._intermediates.names.items()}
        for symbol, definition in self._summed[1].items():
            numbers[symbol.text] = evaluated(definition, numbers)
        return numbers

    @property
    def _named(self) -> Mapping[str, Term]:
        """What was named on the way: parts of a long expression, and gradients with respect to them."""
        gradients = {symbol.text: term for symbol, term in self._summed[1].items()}
        return ChainMap(gradients, self._intermediates.parts())  # type: ignore[arg-type]

    def _scope(self) -> dict[str, Data | Term]:
        return {**self._intermediates.scope(), **self._named}

    @cached_property
    def _in_names(self) -> Mapping[Link, NamedLink]:
        links = [link for links in self._chain.links.values() for link in links]
        return {link: self._named_link(link) for link in links}

    def _named_link(self, link: Link) -> NamedLink:
        names, arrays = self._intermediates.names, self._chain.arrays
        upper, lower = names[link.upper], names[link.lower]
        left = self._chain.gradient_of(link.lower) if arrays else Symbol(upper, (), lower)
        value = None if arrays else evaluated(link.term, self._numbers)
        return NamedLink(upper, lower, left, Formula(link.term, self._scope, {}), value)

    @cached_property
    def sections(self) -> list[Section]:
        """Sentences, each with the equations below it.

        In a loop one step stands for all; of any other long derivation there are the beginning and the end.
        """
        if self._put and (found := self._by_steps()):
            return found
        if self._chain.is_long and self._chain.uppers:
            return Excerpt(self._chain, self.left, self.value).sections(self._put)
        working = Working(
            self._chain,
            self.links,
            self.left,
            self.formula,
            self.value,
            self._summed[1],
            self._numbers,
            self._by_layer,
        )
        return working.sections() if self._put else working.finished()

    def _by_steps(self) -> list[Section] | None:
        """The derivation where one step of a loop stands for all: what is other in each has a name there."""
        known = self._intermediates
        if not known.by_parts or not goes_through_loops(known):
            return None
        output, wrt = known.graph.output.source, self._wrt
        assert isinstance(output, Value)
        stepwise = Intermediates(output, wrt, rows=True, like=known)
        return recurring(Chain(stepwise, self._chain.ends), self.left, self.value)

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


def explain(output: Value, wrt: Value, *, put: bool = True) -> Derivation:
    """Derive one partial derivative, as on the slides: link by link, by the rules of the operations.

    A link leads from one named value to the next. Parts without a name are put where a reader would:
    "Put u₁ = 3w₁ − 2w₂ + b". With `put=False` they are not, and only the finished formula is written.
    Where more than 8 paths lead to the variable, δ is written layer by layer, from the output back, in place
    of paths; of a derivation through more than 1,000 named values, or 10,000 operations, the beginning and
    the end. For arrays, the matrix rules are shown.

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
    output_is_number("explain", output)
    return Derivation(output, wrt, put=flag("explain: put", put))
