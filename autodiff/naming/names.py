"""The names of a graph's values, as every picture, derivation, table and program shows them.

    names = Names(Graph(output))
    names[id]          the name of a node as it is shown; None for what has none
    names.put          the names that were coined for parts, by id: "Put u₁ = …"
    names.loops        the loops whose steps have names: h₁, h₂ …
    names.rows         the names of the numbers and arrays that differ from step to step, by id
    names.spoken(id)   a name for any node, where one must be spoken of: t₁, t₂ … for what has none

What the user named has that name, as mathematics where it follows the rule of `text.letters`: w11_2 is shown
as w₁₁⁽²⁾. Several that bear one name are e[1], e[2]; two that would only look the same, w1 and w₁, stay as
they were typed. Leaves without a name are v₁, v₂ …, the result is f, and of the other parts those that a
reader would put are u₁, u₂ …, all in order of birth and never a name that the user gave:

    * a part that is used more than once;
    * what an operation that is not linear begins with: w·x + b in σ(w·x + b), y − θ in (y − θ)². A single
      leaf needs no name, (x − 1)², nor does y − a where a has one, (y − a)²;
    * where a function of such a sum or product ends: a = σ(z). Squares and roots are algebra, no functions;
    * a sum that is a factor: a·b + c in (a·b + c)·f; and one of more than leaves that is subtracted, or of
      products that is scaled: w·a + b in y − (w·a + b), and in −(w·a + b);
    * a product so long that its derivative could not be read.

A linear chain and a sum, however long, are in one piece. Whether a part is put depends on what it is computed
from and on what uses it, never on what comes after the result: names stay when a graph grows. In the steps of
a loop, what stands at the same place has the same letter: h₁, h₂ …, see `steps`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property

from ..graph import Graph
from ..text.digits import subscript, subscripts
from ..text.letters import lettered
from ..text.notation import visible
from .boxes import boxes_of
from .putting import put_parts
from .recurrences import recurrences
from .steps import NamedLoop, StepNaming, Taken


class Names:
    """The names of the nodes of a graph, by their ids; worked out once.

    With `as_typed`, for messages that speak of the user's code, names stay as they were typed.

    >>> from autodiff import Value
    >>> w, x, b, y = (Value(data, name) for data, name in ((3.0, "w"), (2.0, "x_1"), (1.0, "b"), (9.0, "y")))
    >>> graph = Graph((y - (w * x + b).tanh()) ** 2)
    >>> names = Names(graph)
    >>> [names[node.id] for node in graph]
    ['w', 'x₁', None, 'b', 'u₁', 'u₂', 'y', None, None, 'f']
    """

    def __init__(self, graph: Graph, *, as_typed: bool = False) -> None:
        self.graph = graph
        self.put: dict[int, str] = {}
        self.rows: dict[int, str] = {}
        self.loops: list[NamedLoop] = []
        typed = graph.named.values()
        shown = shown_names(typed)
        self._shown = {name: visible(name) for name in shown} if as_typed else shown
        self._given = Counter(map(self._shown.__getitem__, typed))
        self._taken = {*self._given, *shown.values()}
        self._letters = Counter[str]()
        self._used: Counter[str] = Counter()
        self._marks: Counter[str] = Counter()
        self._names: dict[int, str] = {}
        self.boxes = boxes_of(graph)
        self._name_all()

    def __getitem__(self, id: int) -> str | None:
        """The name of a node; None for a number, and for a part that is not put."""
        return self._names.get(id)

    def __contains__(self, id: int) -> bool:
        return id in self._names

    @property
    def ids(self) -> Collection[int]:
        """The nodes that have names."""
        return self._names.keys()

    def spoken(self, id: int) -> str:
        """A name also for a recorded part that is not put: t₁, t₂ …, in order of birth."""
        return self._names.get(id) or self._temporary(id)

    def _temporary(self, id: int) -> str:
        letter = "c" if self.graph.operations[id] is None else "t"
        number = 1 + bisect_left(self._nameless[letter], id)
        for taken in sorted(subscripts(letter, self._taken)):
            number += taken <= number
        return letter + subscript(number)

    @cached_property
    def _nameless(self) -> Mapping[str, Sequence[int]]:
        """What has no name and may be spoken of, by the letter that it is called by: parts, and data."""
        ids = [id for id in range(len(self.graph)) if id not in self._names]
        made = [id for id in ids if self.graph.operations[id] is not None]
        data = (self.graph[id] for id in ids if self.graph.operations[id] is None)
        return {"t": made, "c": [x.id for x in data if x.kind != "number" or x.shape]}

    def _name_all(self) -> None:
        graph, outputs = self.graph, {*self.graph.output_ids}
        given = {id: self._marked(self._shown[name]) for id, name in graph.named.items()}
        put = put_parts(graph)
        steps = self._name_steps(given, put)
        leaves = [id for id, operation in enumerate(graph.operations) if operation is None]
        for id in sorted({*given, *steps, *put, *leaves, *outputs}):
            if id in given:
                self._names[id] = given[id]
            elif id in steps:
                self.put[id] = self._names[id] = steps[id]
            elif id in put:
                self.put[id] = self._names[id] = self._coin("u")
            elif graph[id].kind == "leaf":
                self._names[id] = self._coin("v")
            elif id in outputs and not isinstance(graph[id].data, tuple):
                self.put[id] = self._names[id] = self._result(len(outputs))

    def _name_steps(self, given: Mapping[int, str], put: set[int]) -> Mapping[int, str]:
        """Names for what the steps of loops compute; nothing else in them is put."""
        names: dict[int, str] = {}
        for found in recurrences(self.graph, self.boxes):
            loop = StepNaming(self.graph, found, put, given, Taken(self._taken, self._letters)).chosen()
            if loop is not None:
                self.loops.append(loop)
                put.difference_update(*found.steps)
                put.update(found.collected)
                for id, name in loop.computed(self.graph):
                    names.setdefault(id, name)
                self.rows.update(loop.given(self.graph))
        return {id: name for id, name in names.items() if id not in self.graph.output_ids}

    def _result(self, count: int) -> str:
        """The name of an output: f, or f₁, f₂ … of several."""
        letter = self._own("f")
        return self._coin("f") if count > 1 or letter in self._taken else letter

    def _own(self, letter: str) -> str:
        """A letter, or the capital one where the steps of a loop have it: what is coined is none of these."""
        return letter.upper() if self._letters[letter] else letter

    def _marked(self, name: str) -> str:
        """A name; where several values bear it, with a number: e[1], e[2]."""
        if self._given[name] == 1:
            return name
        return self._numbered(self._marks, name, lambda k: f"{name}[{k}]")

    def _coin(self, letter: str) -> str:
        """A name that nobody has given."""
        own = self._own(letter)
        return self._numbered(self._used, own, lambda k: own + subscript(k))

    def _numbered(self, used: Counter[str], name: str, meant: Callable[[int], str]) -> str:
        """A name with the next number that makes it one that nobody has given."""
        while True:
            used[name] += 1
            if (numbered := meant(used[name])) not in self._taken:
                return numbered


def shown_names(names: Iterable[str]) -> dict[str, str]:
    """Names as they are shown, by the names as they were typed: no two of them the same.

    >>> shown_names(["w1", "b1"]), shown_names(["w1", "w₁"])
    ({'w1': 'w₁', 'b1': 'b₁'}, {'w1': 'w1', 'w₁': 'w₁'})
    """
    looks = {name: visible(lettered(name)) for name in dict.fromkeys(names)}
    count = Counter(looks.values())
    return {name: look if count[look] == 1 else visible(name) for name, look in looks.items()}
