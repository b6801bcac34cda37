"""Derivations: one partial derivative by the chain rule, link by link, in the notation of Leibniz."""

from __future__ import annotations

from functools import cached_property

from ..differentiation.engine import gradients
from ..settings import flag, output_is_number
from ..text.escaping import markdown
from ..values.data import Data
from ..values.value import Value
from .chain_rule import Chain, Link
from .closed_form import Formula
from .equations import latex_lines, text_lines
from .expression import Symbol, Term, evaluated
from .intermediates import Intermediates
from .named_link import NamedLink
from .working import Section, Working

MOST_PATHS = 8
"""Paths that have a line each; of more δ is written, layer by layer."""


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
        by_layer = self.n_paths > MOST_PATHS and not chain.arrays
        term, self._definitions = chain.summed(by_layer)
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
        self._working = Working(
            chain, self.links, self.left, self.formula, self.value, self._definitions, self._numbers, by_layer
        )

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

    @cached_property
    def sections(self) -> list[Section]:
        """Sentences, each with the equations below it."""
        return self._working.sections() if self._put else self._working.finished()

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
    output_is_number("explain", output)
    return Derivation(output, wrt, put=flag("explain: put", put))
