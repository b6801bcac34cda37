"""What is said about a node that a reader asks for: how its value comes about, and how its gradient does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..derivations.derivation import Derivation
from ..derivations.equations import Equation, NumberTable
from ..derivations.transcription import transcribed
from .fractions import Stacked
from .narration import Narrator, is_array
from .propagation import Pull
from .steps import Detail, Row

Rows = tuple[Row, ...]


class DetailWriter:
    """Says how the named values of a propagation come about, one at a time."""

    def __init__(self, tell: Narrator, pulls: Sequence[Pull]) -> None:
        self.tell = tell
        self.passes = tell.passes
        self._pulls: dict[int, list[Pull]] = {}
        for pull in pulls:
            self._pulls.setdefault(pull.link.lower, []).append(pull)

    def of(self, id: int, derived: bool) -> Detail:
        """A named value: its value, the terms of its gradient, and its derivation if that is wanted."""
        derived = derived and id in self.passes.gradients
        paragraphs = [self._value(id), self._terms(id, 2 if derived else 1)]
        if derived:
            paragraphs += self._derivation(id)
        return Detail(self.tell.name(id), tuple(filter(None, paragraphs)))

    def _value(self, id: int) -> Rows:
        tell, passes = self.tell, self.passes
        end = f"= {self.value_number(id)}"
        if id not in passes.segments:
            return (Row(tell.name(id), end, "variable" if passes.varies(id) else "constant"),)
        term = transcribed(passes.segments[id].root)
        numbers = () if tell.with_arrays(id) else (Row("", f"= {tell.numbers.write(term)}"),)
        return (Row(tell.name(id), f"= {tell.symbols.write(term)}"), *numbers, Row("", end))

    def _terms(self, id: int, least: int) -> Rows:
        """What the gradient of a named value is the sum of, if it has so many terms."""
        pulls = self._pulls.get(id, [])
        if len(pulls) < least:
            return ()
        numbers = ("" if is_array(pull.term) else f"= {self.term_number(pull)}" for pull in pulls)
        terms = [Row("", f"+ {self._term(x)}", number) for x, number in zip(pulls, numbers, strict=True)]
        left = self.tell.gradient(id)
        first = terms[0]._replace(left=left, right=f"= {self._term(pulls[0])}")
        sum_of = f"It is used {len(pulls)} times, so its gradient is the sum of {len(pulls)} terms:"
        end = Row("", f"= {self.gradient_number(id)}")
        return (first, end) if len(pulls) == 1 else (Row(note=sum_of), first, *terms[1:], end)

    def _term(self, pull: Pull) -> str:
        """A term of a gradient, in names."""
        tell = self.tell
        if pull.local is None:
            return tell.symbols.write(pull.link.term)
        upper = pull.link.upper
        first = "" if upper == self.passes.output else f"{tell.gradient(upper)} · "
        return f"{first}{tell.partial(pull.link)}"

    # -- the derivation, as `explain` gives it -----------------------------------------------------

    def _derivation(self, id: int) -> Iterator[Rows]:
        passes = self.passes
        derivation = Derivation(passes.source(passes.output), passes.source(id), passes.intermediates)
        for title, equations in derivation.sections:
            sentence = (Row(note=title),) if title else ()
            if not isinstance(equations, NumberTable):  # each value has a card with its numbers
                yield (*sentence, *self.rows(equations, derivation))

    # -- numbers -------------------------------------------------------------------------------

    def value_number(self, id: int) -> str:
        """The number, or array, that a named value is."""
        return self.tell.sized(self.passes.data[id])

    def gradient_number(self, id: int) -> str:
        """The gradient of a named value."""
        return self.tell.sized(self.passes.gradients[id])

    def term_number(self, pull: Pull) -> str:
        """What one link adds to a gradient."""
        return self.tell.data(pull.term)

    def rows(self, equations: Sequence[Equation], derivation: Derivation) -> Iterator[Row]:
        """Equations of a derivation with their numbers."""
        number_format = self.tell.number_format
        for equation in equations:
            writers = Stacked(number_format=number_format), Stacked(equation.numbers, number_format)
            left, right = equation.cells(*writers)
            yield Row(f"{equation.lead}{left}", right, equation.note)
