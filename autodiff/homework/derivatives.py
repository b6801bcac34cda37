"""A derivative as an exercise: what is asked, hints, the solution, and marks for what is typed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any

from ..derivations import Derivation, Formula, explain, formula
from ..derivations.expression import Call, Term
from ..derivations.intermediates import Intermediates
from ..derivations.named_link import NamedLink
from ..derivations.templates import function_name
from ..derivations.typesetting import Latex, Text
from ..graph import Graph
from ..naming import Names
from ..school.reading import read
from ..school.vocabulary import Vocabulary
from ..settings import hint as nearest
from ..settings import output_is_number
from ..text.digits import with_minus
from ..text.lettering import latex_of
from ..text.letters import alike
from ..text.notation import text_of, visible
from ..values.modes import differentiating
from ..values.value import Value
from .mark import Mark
from .marking import Marking
from .recomputation import Recomputation
from .steps import StepExercise
from .task import Task

MOST_PATHS, PLUS = 6, "\n  + "
"""Paths that are written below each other in a hint."""


class DerivativeExercise(Task):
    """Find a derivative as a formula: made by `exercise`."""

    def __init__(self, output: Value, wrt: Value) -> None:
        self.output, self.wrt = output, wrt
        self._derivation = explain(output, wrt)
        self._function = Recomputation(output, wrt)
        left = self._derivation.left
        self.left = Text().write(left)
        _check_names(self._function)
        self._formula = explain(output, wrt, put=False).formula
        self._marking = Marking(self._function, self.left, _is_slope(self._formula.term))
        self.question = f"Find {self.left} as a formula."
        self.question_latex = rf"Find $\displaystyle {Latex().write(left)}$ as a formula."
        on_path = {link.upper for link in self._derivation.links}
        self._taught = _written_out(output, wrt)
        whole = {left.name: formula(self._taught[0]).term}
        defined = _definitions(output, wrt) if self._taught[0] is output else whole
        path = {name: term for name, term in defined.items() if name in on_path}
        self.context, self.context_latex = _written(defined)
        self.given, self.given_latex = _written(path)
        self.numbers = tuple(self._numbers())
        self.answer = "; ".join(_with_definitions(self._formula.text, self._formula.definitions))
        self.answer_latex = self._formula.latex
        self.value = self._derivation.value

    def _numbers(self) -> Iterator[tuple[str, str]]:
        """What was put in: data, then parameters."""
        for kind in ("constant", "leaf"):
            for id, name in self._function.names.items():
                if self._function.graph[id].kind == kind:
                    yield visible(name), with_minus(text_of(self._function.graph[id].data))

    def _marked(self, answer: str) -> Mark:
        return self._marking.mark(answer)

    @cached_property
    def hints(self) -> tuple[str, ...]:
        """The chain rule, then its links one by one, as `explain` has them."""
        return hints_of(self.output, self.wrt)

    def solution(self) -> Derivation:
        """The derivation, printed as text and shown as LaTeX in notebooks."""
        return self._derivation

    @property
    def names(self) -> tuple[str, ...]:
        """What an answer may speak of."""
        return tuple(self._marking.names)


def hints_of(output: Value, wrt: Value) -> tuple[str, ...]:
    """The chain rule of a derivative, then its links one by one, as `explain` has them."""
    taught = _written_out(output, wrt)
    derivation = explain(*taught)
    links = tuple(link.text for link in derivation.links)
    if len(links) == 1:
        return links
    put = (f"Put {', '.join(_written(_definitions(*taught))[0])}",) if taught[0] is not output else ()
    paths = derivation.paths if len(derivation.paths) <= MOST_PATHS else ()
    left = Text().write(derivation.left)
    chain = (f"{left} = {PLUS.join(map(_chained, paths))}",) if paths else ()
    last = "Multiply the links" + ("." if len(paths) == 1 else " of each path, and add the paths.")
    return (*put, *chain, *links, last)


def _definitions(output: Value, wrt: Value) -> dict[str, Term]:
    """What was computed, by name: the values with names, and the parts that `explain` puts."""
    scope = Intermediates(output, wrt, put=True).scope()
    return {name: term for name, term in scope.items() if isinstance(term, Term)}


def _written_out(output: Value, wrt: Value) -> tuple[Value, Value]:
    """An operation alone as the formula that defines it, σ(v) = 1/(1 + e⁻ᵛ); any other output as it is."""
    graph = Graph(output)
    names, operation = Names(graph), graph.output.operation
    define = operation.definition if operation else None
    if define is None or len(graph) > 2:
        return output, wrt
    x = Value(wrt.data, names[graph.output.inputs[0]])
    with differentiating():
        result = define(x)
    result.name = names[graph.output.id]
    return result, x


def _written(definitions: dict[str, Term]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Definitions as text and as LaTeX."""
    return (
        tuple(f"{visible(name)} = {Text().write(term)}" for name, term in definitions.items()),
        tuple(f"{latex_of(name)} = {Latex().write(term)}" for name, term in definitions.items()),
    )


def _with_definitions(text: str, definitions: dict[str, Formula]) -> Iterator[str]:
    """A formula after what it is made of, where that has names: as an answer may be typed."""
    for name, meaning in definitions.items():
        yield f"{name} = {meaning.text}"
    yield text


def _is_slope(term: Term) -> bool:
    """Whether a derivative has no formula but its name, as relu′(x)."""
    return isinstance(term, Call) and "′" in function_name(term)


def _chained(path: tuple[NamedLink, ...]) -> str:
    return " · ".join(link.left.text for link in path)


class Exercise:
    """Ask for a derivative: `exercise(R, w)`, or for the step of a method: `exercise.step("newton")`."""

    def __call__(self, output: Value, wrt: Value | str) -> DerivativeExercise:
        r"""An exercise: find the derivative of a number with respect to a value that it was computed from.

        `wrt` is a Value, a parameter or one on the way, or its name. `mark` judges what a student types,
        `hint` gives the chain rule and its links one by one, `solution` is the derivation.

        >>> w, x, y = Value(0.5, "w"), Value(2.0, "x", constant=True), Value(3.0, "y", constant=True)
        >>> task = exercise((y - w * x) ** 2, w)
        >>> task.mark("-2*(y - w*x)*x")
        right: it is ∂f/∂w
        >>> task.mark("-(y - w·x)·x"), task.mark(r"2 \left( y - w x \right) x")
        (wrong: the factor 2 is missing, wrong: the sign is wrong, as with w·x − y in place of y − w·x)

        Raises TypeError for anything but Values, ValueError for an output that is not a number, a parameter
        that it does not depend on, constants, and arrays between them.
        """
        _check_output(output)
        graph = Graph(output)
        chosen = _named(wrt, graph) if isinstance(wrt, str) else wrt
        _check_wrt(output, chosen, graph)
        return DerivativeExercise(output, chosen)

    @staticmethod
    def step(method: str) -> StepExercise:
        """An exercise: derive the step of "newton" or "steepest descent".

        >>> exercise.step("newton").mark("x - f'(x)/f''(x)")
        right: it is the step of the Newton-Raphson method

        Raises ValueError for a method that is not known.
        """
        return StepExercise(method)


exercise = Exercise()


# -- what may be asked -----------------------------------------------------------------------------


def parameters_of(output: Any) -> list[Value]:
    """The variables that an output was computed from. Raises as `exercise` for what is no output."""
    _check_output(output)
    return [node.source for node in Graph(output) if node.kind == "leaf"]


def _check_output(output: Any) -> None:
    if not isinstance(output, Value):
        raise TypeError(
            f"exercise: expected a Value that was computed from others, got {type(output).__name__}"
        )
    output_is_number("exercise", output)


def _check_wrt(output: Value, wrt: Any, graph: Graph) -> None:
    if not isinstance(wrt, Value):
        raise TypeError(
            f"exercise: expected a Value or its name to derive with respect to, got {type(wrt).__name__}"
        )
    if wrt.constant:
        raise ValueError(
            f"exercise: {wrt.described()} is a constant; derivatives are with respect to variables"
        )
    reached = {node.id for node in graph if node.source is wrt}
    for node in graph:
        if not reached.isdisjoint(node.inputs):
            reached.add(node.id)
    if graph.output.id not in reached or wrt is output:
        there_are = ", ".join(_names(graph))
        raise ValueError(
            f"exercise: {output.described()} does not depend on {wrt.described()}; it depends on {there_are}"
        )
    arrays = [graph[id].source for id in sorted(reached) if graph[id].shape]
    if arrays:
        raise ValueError(
            f"exercise: {arrays[0].described()} is an array; formulas are marked for numbers: take an "
            "entry as a Value, or MLP.to_network()"
        )


def _check_names(function: Recomputation) -> None:
    """No leaf may have a name that is read as something else: 2x, a product.

    One that cannot be read at all makes no mark wrong.
    """
    words = Vocabulary(list(function.names.values()))
    for leaf in function.leaves:
        name = function.names[leaf.id]
        with suppress(SyntaxError):
            if read(name, words).parts != ((None, (name,)),):
                raise ValueError(
                    f"exercise: {visible(name)!r} is read as a calculation, not as a name; give it another "
                    ".name, of letters and digits"
                )


def _names(graph: Graph) -> list[str]:
    names = Names(graph)
    return [str(names[node.id]) for node in graph if node.kind == "leaf"]


def _named(name: str, graph: Graph) -> Value:
    """The Value of a graph that has a name, however it is spelled."""
    names = Names(graph)
    known = {shown: node.source for node in graph if (shown := names[node.id])}
    meant = alike(name, known)
    if meant is None:
        raise ValueError(f"exercise: there is no value {visible(name)!r}; {nearest(name, list(known))}")
    return known[meant]
