"""What is said of a card, with places in which the page writes the numbers of the moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..animation.details import DetailWriter
from ..animation.fractions import Stacked
from ..animation.narration import Narrator
from ..animation.propagation import Pull
from ..animation.steps import Row
from ..derivations.derivation import Derivation
from ..derivations.equations import Equation
from ..derivations.expression import Number
from .computation import Computation
from .slots import Slots, slot


class LiveDetails(DetailWriter):
    """Says how the named values of a computation come about, whatever their numbers are."""

    def __init__(self, tell: Narrator, computation: Computation) -> None:
        super().__init__(tell, computation.passes.backward)
        self.computation = computation
        self.known = dict(self._known(computation))
        names = self.passes.names
        tell.numbers = Slots({names[id]: place for id, place in computation.values.items()})

    def _known(self, computation: Computation) -> Iterator[tuple[str, int]]:
        """The place of everything that has a name: values, links, gradients."""
        names, gradient_of = self.passes.names, self.passes.chain.gradient_of
        for (upper, lower), place in computation.locals.items():
            yield f"∂{names[upper]}/∂{names[lower]}", place
        for id, place in computation.gradients.items():
            yield gradient_of(id).text, place
        for id, place in computation.values.items():
            yield names[id], place

    def value_number(self, id: int) -> str:
        """The place of a value."""
        return slot(self.computation.values[id])

    def gradient_number(self, id: int) -> str:
        """The place of a gradient."""
        return slot(self.computation.gradients[id])

    def term_number(self, pull: Pull) -> str:
        """The place of what one link adds to a gradient."""
        return slot(self.computation.terms[pull.link[:2]])

    def rows(self, equations: Sequence[Equation], derivation: Derivation) -> Iterator[Row]:
        """Equations with places for their numbers; a number that goes on with what is above is its value."""
        gradients = self.computation.gradients
        known = self.known | {text: gradients[id] for text, id in derivation.defined.items()}
        above: str | None = None
        for equation in equations:
            above = equation.left.text if equation.left else above
            place = known.get(above or "")
            numbers = {name: known[name] for name in equation.numbers if name in known}
            left, right = replace(equation, result=None).cells(Stacked(), Slots(numbers))
            if place is not None and equation.left is None and isinstance(equation.right, Number):
                right = f"{equation.sign} {slot(place)}"
            elif place is not None and equation.result is not None:
                right += f" = {slot(place)}"
            yield Row(f"{equation.lead}{left}", right, equation.note)
