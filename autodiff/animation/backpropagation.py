"""Back propagation step by step, through the reader's own graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Literal, overload

from .. import settings
from ..pictures.picture import DIRECTIONS, Direction
from ..settings import one_of
from ..text.digits import counted
from ..text.notation import NOTHING
from ..values.value import Value
from .asked import asked
from .cards import LiveCard, cards_of, drawn
from .details import DetailWriter
from .narration import Narrator, listed
from .propagation import Propagation, Pull
from .steps import Detail, Sign, Step
from .storyboard import Storyboard

EXPLAINED = 60
"""Nodes of a graph of which each is derived; in a larger one only variables are."""

LEGEND = (
    Sign("card", "node leaf", "variable"),
    Sign("card", "node constant", "constant"),
    Sign("card", "node recorded", "computed"),
    Sign("card", "node output", "output"),
    Sign("card", "node recorded computed", "forward: being computed"),
    Sign("card", "node recorded reached", "backward: receives a term"),
    Sign("card", "node recorded done", "gradient complete"),
)


@overload
def animate(
    value: Value,
    wrt: Value | Sequence[Value] | None = None,
    *,
    each_operation: bool | None = None,
    direction: Direction = "LR",
    number_format: str = ".4g",
    max_nodes: int = 200,
    live: Literal[False] = False,
) -> Storyboard: ...
@overload
def animate(
    value: Value,
    wrt: Value | Sequence[Value] | None = None,
    *,
    each_operation: bool | None = None,
    direction: Direction = "LR",
    number_format: str = ".4g",
    live: Literal[True],
) -> Any: ...
def animate(
    value: Value,
    wrt: Value | Sequence[Value] | None = None,
    *,
    each_operation: bool | None = None,
    direction: Direction = "LR",
    number_format: str = ".4g",
    max_nodes: int = 200,
    live: bool = False,
) -> Any:
    """Show how a value is computed and how its gradient is: one node, then one local derivative at a time.

    wrt             what to differentiate with respect to: a Value or several; all variables if not given
    each_operation  whether each operation is a step, or each value that a derivation speaks of, as in
                    `explain`; by default each operation where the graph is small and no part of it is named
    direction       where the edges point: "LR", "TB", "RL" or "BT" (left to right, top to bottom …)
    number_format   how numbers are written, as in `format(number, ".4g")`
    max_nodes       of a graph with more nodes the 60 nearest to the output are shown, and it is said how
                    many are left out
    live            return the page of `play`, in which every number can be moved, instead

    Nothing in the graph is changed, not even `.grad`. Formulas are those of the operations' own rules.

    >>> x = Value(3.0, "x")
    >>> story = animate(x * x + 2.0 * x)
    >>> print(story.frames[8].text)
    Backward 4 of 4: from t₁ to x
      local derivative  ∂t₁/∂x = 2x = 6
      this term         ∂f/∂t₁ · ∂t₁/∂x
      in numbers        1 · 6 = 6
      sum, complete     ∂f/∂x = 2 + 6 = 8
      x is used 2 times, so its gradient is a sum of 2 terms. This is term 2, the last one.

    Raises TypeError for anything but a Value; ValueError for an output that is not a number, depends on
    no variable or not on `wrt`, and for a leaf that was changed after it was used. Its page and pictures
    raise RuntimeError without Graphviz.
    """
    if settings.flag("animate: live", live):
        from ..live.playing import play

        return play(
            value, wrt, each_operation=each_operation, direction=direction, number_format=number_format
        )
    direction = one_of("direction", direction, DIRECTIONS)
    written = settings.number_format("animate: number_format", number_format)
    most = settings.whole("animate: max_nodes", max_nodes)
    passes = asked("animate", value, wrt, each_operation, most)
    return Animation(passes, written, direction).story


class Animation:
    """The steps through a propagation, the picture they are seen in, and what is said of each node."""

    def __init__(self, passes: Propagation, number_format: str, direction: str) -> None:
        self.passes = passes
        self.tell = Narrator(passes, number_format)
        self.direction = direction
        self.title = f"Back propagation through {self.tell.name(passes.output)}"

    @property
    def story(self) -> Storyboard:
        """All of it."""
        picture = partial(drawn, self.title, *self._drawing(), self.direction)
        return Storyboard(self.title, picture, tuple(self._steps()), self._details(), LEGEND)

    # -- steps -------------------------------------------------------------------------------

    def _steps(self) -> Iterator[Step]:
        yield self._opening()
        for number, id in enumerate(self.passes.forward, 1):
            yield self._forward(number, id)
        yield self._turn()
        for number, pull in enumerate(self.passes.backward, 1):
            yield self._backward(number, pull)
        yield self._closing()

    def _opening(self) -> Step:
        names, forward = self.passes.names, self.passes.forward
        given = [self.passes.varies(id) for id in names if id not in forward]
        kinds = [counted(sum(given), "variable"), counted(len(given) - sum(given), "constant")]
        return Step(
            f"The graph of {self.tell.name(self.passes.output)}",
            words=f"Given {'is' if len(given) == 1 else 'are'} "
            f"{listed([kind for kind in kinds if not kind.startswith('0')])}. The forward "
            f"pass computes all others, in {counted(len(forward), 'step')}; the backward pass then carries "
            f"the derivative back, in {counted(len(self.passes.backward), 'step')}.{self._left_out()}",
            marks={f"n{id}": "waiting" for id in forward},
        )

    def _left_out(self) -> str:
        """What is said where only a part of the graph is gone through."""
        if not self.passes.left_out:
            return ""
        return (
            f" Shown are the {len(self.passes.names):,} values nearest to "
            f"{self.tell.name(self.passes.output)}; {counted(self.passes.left_out, 'value')} are left out, "
            "and what is computed from them is shown as given. Where a value is used there, too, terms of "
            "its gradient are missing until the end."
        )

    def _forward(self, number: int, id: int) -> Step:
        operands = self.passes.operands(id)
        return Step(
            f"Forward {number} of {len(self.passes.forward)}: {self.tell.name(id)}",
            self.tell.value(id),
            self.tell.use(id),
            now={
                f"n{id}": "computed",
                **{f"n{i}": "operand" for i in operands},
                **{f"e{i}-{id}": "push" for i in operands},
            },
            marks={f"n{id}": ""},
            texts={f"v{id}": self.tell.data(self.passes.data[id])},
        )

    def _turn(self) -> Step:
        output = self.passes.output
        name = self.tell.name(output)
        return Step(
            "The backward pass begins",
            (("start", f"{self.tell.symbols.derivative('∂', name, name)} = 1"),),
            f"{name} changes as fast as itself. From here on each link multiplies by its local derivative, "
            "and where a value is used more than once, the terms add up.",
            now={f"n{output}": "reached"},
            marks={f"n{output}": "done"},
            texts={f"g{output}": "1"},
        )

    def _backward(self, number: int, pull: Pull) -> Step:
        upper, lower = pull.link.upper, pull.link.lower
        edge = f"e{lower}-{upper}"
        return Step(
            f"Backward {number} of {len(self.passes.backward)}: "
            f"from {self.tell.name(upper)} to {self.tell.name(lower)}",
            self.tell.pull(pull),
            self.tell.terms(pull),
            now={f"n{lower}": "reached", f"n{upper}": "upper", edge: "pull", f"l{edge}": "pull"},
            marks={f"n{lower}": "done" if pull.last else "begun", edge: "passed"},
            texts={f"g{lower}": self._sum(pull)},
        )

    def _sum(self, pull: Pull) -> str:
        """What stands on a card after a term was added."""
        return self.tell.data(pull.so_far) + ("" if pull.last else " + …")

    def _closing(self) -> Step:
        wanted = sorted(self.passes.ends)
        return Step(
            "Done: the gradient",
            self.tell.outcome(wanted),
            f"{counted(len(wanted), 'derivative')} from one pass forward and one pass back.",
            now={f"n{id}": "reached" for id in wanted},
            texts={
                f"g{id}": self.tell.data(self.passes.gradients[id]) for id in wanted if self.passes.left_out
            },
        )

    # -- the picture, and its nodes ------------------------------------------------------------

    def _drawing(self) -> tuple[list[LiveCard], dict[tuple[int, int], str]]:
        """What the picture says, in the numbers of this moment: cards, and edges with local derivatives."""
        passes, tell = self.passes, self.tell
        gradients = {id: "1" if id == passes.output else NOTHING for id in passes.names if passes.varies(id)}
        locals_ = {}
        for pull in passes.backward:
            id = pull.link.lower
            gradients[id] = max(gradients[id], self._sum(pull), self.tell.data(passes.gradients[id]), key=len)
            locals_[pull.link[:2]] = "rule" if pull.local is None else tell.data(pull.local)
        values = {id: tell.data(data) for id, data in passes.data.items()}
        edges = {(i, id): locals_.get((id, i), "") for id in passes.forward for i in passes.operands(id)}
        return cards_of(passes, values, gradients), edges

    def _details(self) -> dict[str, Detail]:
        """What is said of each node: with its derivation, of many nodes only of the variables."""
        details, names = DetailWriter(self.tell, self.passes.backward), self.passes.names
        few, whole = len(names) <= EXPLAINED, not self.passes.left_out
        return {f"n{id}": details.of(id, whole and (few or id not in self.passes.segments)) for id in names}
