"""Recorded graphs as text, with nothing but box-drawing characters."""

from __future__ import annotations

from collections.abc import Iterator

from .. import settings
from ..graph import Graph, Node
from ..naming import Names
from ..text import notebook
from ..text.digits import counted
from ..text.notation import text_of, visible
from ..text.table import aligned
from ..values.value import Value

GAP = "   "


class Tree:
    """A graph as text: `print` it, or let a console show it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return notebook.block(notebook.verbatim(self.text))


def tree(value: Value, *, number_format: str = ".4g", max_nodes: int = 500) -> Tree:
    """The graph that a Value was computed from as text: itself first, its operands below it.

    Each line has name, operation, data and gradient, "–" where none was computed. What has no name of the
    user's has the one that derivations give it: f, u₁ …. What is used again is only referred to: by its name,
    or by a number if it has none. Of a graph of more than `max_nodes` the first are shown, and how many are
    left out.

    >>> x = Value(3.0, "x")
    >>> y = x * x + 1.0
    >>> y.backward()
    >>> tree(y)
    f = +       10   grad 1
    ├─ ·        9    grad 1
    │  ├─ x     3    grad 6
    │  └─ ↑ x
    └─ number   1

    Raises TypeError for anything but a Value, and ValueError for a format that is not one.
    """
    most = settings.whole("tree: max_nodes", max_nodes, 1)
    graph, written = Graph(value), settings.number_format("tree: number_format", number_format)
    names = Names(graph)
    rows: list[tuple[str, ...]] = []
    shown: set[int] = set()
    for branch, node, again in _branches(graph):
        if len(shown) == most and not again:
            rows.append((f"… {counted(len(graph) - most, 'more node')}",))
            break
        shown.add(node.id)
        name, mark = names[node.id] or "", _mark(graph, names, node.id)
        if again:
            rows.append((branch + _joined("↑", name, mark),))
        else:
            rows.append((branch + _joined(_title(node, name), mark), *_cells(node, written)))
    return Tree("\n".join(aligned(rows, "llll", GAP)))


def _branches(graph: Graph) -> Iterator[tuple[str, Node, bool]]:
    """From the output downwards: the lines before a node, the node, whether it was shown already."""
    seen: set[int] = set()
    stack = [("", "", graph.output.id)]
    while stack:
        branch, indent, id = stack.pop()
        yield branch, graph[id], id in seen
        if id not in seen:
            seen.add(id)
            below = [(f"{indent}├─ ", f"{indent}│  ", x) for x in graph[id].inputs]
            if below:
                below[-1] = f"{indent}└─ ", f"{indent}   ", graph[id].inputs[-1]
            stack.extend(reversed(below))


def _mark(graph: Graph, names: Names, id: int) -> str:
    """A number for a node that is used several times and has no name."""
    return f"#{id}" if id not in names and graph.uses.count(id) > 1 else ""


def _title(node: Node, name: str) -> str:
    symbol = visible(node.symbol or "")
    return f"{name} = {symbol}" if name and symbol else name or symbol or node.kind


def _joined(*words: str) -> str:
    return " ".join(filter(None, words))


def _cells(node: Node, number_format: str) -> tuple[str, ...]:
    """Data and gradient; what is never differentiated has none."""
    data = text_of(node.data, number_format)
    cells = [f"{node.shape} {data}" if node.shape else data]
    if node.kind == "constant":
        cells.append("constant")
    elif node.kind != "number":
        cells.append(f"grad {text_of(node.grad, number_format)}")
    return (*cells, "changed after use") if node.changed else tuple(cells)
