"""Pictures of recorded graphs.

Each node is a card: left the operation that made it, right its name and data, then its gradient.
The kinds of node differ in their borders, so that they can be told apart without colour:

    leaf        rounded corners          recorded    square corners, with the operation
    constant    dashed                   output      a thick border
    raw number  dotted, nothing but the number

Cards have a light ground and edges are grey, so that pictures are readable on any page.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args

from .graph import Graph, Node
from .layout import lay_out
from .notation import text_of, visible
from .value import Value

__all__ = ["Picture", "draw"]

Direction = Literal["LR", "TB", "RL", "BT"]

FORMATS = (".svg", ".dot", ".png", ".pdf")
DOTS_PER_INCH = 192  # of PNG files
GREY = "#808080"  # equally far from a white and from a black page
PAGE = {"bgcolor": "transparent", "nodesep": "0.18", "ranksep": "0.4"}
CARD = {
    "fontname": "Helvetica,Arial,sans-serif",
    "fontsize": "11",
    "fontcolor": "#1a1a1a",
    "color": "#404040",
    "fillcolor": "white",
    "shape": "record",
    "style": "filled",
    "height": "0.3",
    "margin": "0.08,0.035",
}
ARROW = {"color": GREY, "fontcolor": GREY, "fontname": CARD["fontname"], "fontsize": "9", "arrowsize": "0.6"}
LOOKS: dict[str, dict[str, str]] = {
    "leaf": {"shape": "Mrecord", "fillcolor": "#e3effb"},
    "constant": {"style": "filled,dashed", "fillcolor": "#f0f0f0"},
    "recorded": {},
    "number": {"style": "filled,dotted", "fillcolor": "#f0f0f0", "width": "0.2", "height": "0.2"},
}
OUTPUT = {"penwidth": "2", "fillcolor": "#fff3cd"}
ESCAPES = str.maketrans({char: f"\\{char}" for char in "\\{}|<>"} | {"&": "&amp;"})
CLEARER = {"·": "×"}  # a dot is lost on a slide
SYMMETRIC = {"+", "·"}


class Picture:
    """A drawn graph: shows itself in a notebook, and is saved as SVG, PNG, PDF or DOT.

    `dot` is the graph in the DOT language of Graphviz, and is there also without Graphviz; what has
    to be laid out raises RuntimeError then.
    """

    def __init__(self, dot: str) -> None:
        self.dot = dot

    @cached_property
    def svg(self) -> str:
        """The picture as the text of an SVG file."""
        return lay_out(self.dot, "svg").decode()

    @cached_property
    def png(self) -> bytes:
        """The picture as the bytes of a PNG file."""
        return self._laid_out("png")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write a file of the format that its suffix names, and return its path.

        The file appears complete or not at all. Raises ValueError for an unknown suffix.
        """
        path = Path(path)
        kind = path.suffix.lower()
        if kind not in FORMATS:
            raise ValueError(f"save: the name must end in one of {', '.join(FORMATS)}, got {str(path)!r}")
        _write(path, self.dot.encode() if kind == ".dot" else self._laid_out(kind[1:]))
        return path

    def _laid_out(self, kind: str) -> bytes:
        if kind == "svg":
            return self.svg.encode()
        sharp = self.dot.replace("{", f"{{ dpi={DOTS_PER_INCH}", 1)
        return lay_out(sharp if kind == "png" else self.dot, kind)

    def _repr_svg_(self) -> str:
        return self.svg

    def __repr__(self) -> str:
        return f"<picture of a graph: .save('name.svg'), .svg, .png, .dot ({len(self.dot)} characters)>"


def _write(path: Path, content: bytes) -> None:
    """Write beside the file, then move into its place."""
    if not path.parent.is_dir():
        raise FileNotFoundError(
            f"cannot save {path.name!r}: there is no directory {str(path.parent)!r}; make it first"
        )
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def draw(
    value: Value, *, direction: Direction = "LR", number_format: str = ".4g", max_nodes: int = 500
) -> Picture:
    """Draw the graph that a Value was computed from, with the gradients known at this moment.

    direction      where the edges point: "LR", "TB", "RL" or "BT" (left to right, top to bottom …)
    number_format  how numbers are written, as in `format(number, ".4g")`
    max_nodes      graphs with more nodes are refused: no one could read them

    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> y.backward()
    >>> print(draw(y).dot.expandtabs(4))  # doctest: +ELLIPSIS
    digraph autodiff {
    ...
        n0 [label="x = 3|grad 6" fillcolor="#e3effb" shape=Mrecord]
        n1 [label="{×|{9|grad 1}}" fillcolor="#fff3cd" penwidth=2]
        n0 -> n1
        n0 -> n1
    }
    <BLANKLINE>

    Raises TypeError for what is no Value, and ValueError for a large graph or unknown direction.
    """
    known = get_args(Direction)
    if direction not in known:
        raise ValueError(f"draw: direction must be one of {', '.join(known)}, got {direction!r}")
    return Picture(_dot(Graph(value, max_nodes), direction, number_format))


def _dot(graph: Graph, direction: Direction, number_format: str) -> str:
    from graphviz import Digraph

    dot = Digraph("autodiff", graph_attr={**PAGE, "rankdir": direction}, node_attr=CARD, edge_attr=ARROW)
    upright = direction in ("LR", "RL")
    for node in graph:
        look = LOOKS[node.kind] | (OUTPUT if node is graph.output else {})
        label = _label(node, number_format)
        dot.node(f"n{node.id}", label if upright else f"{{{label}}}", **look)
    for source, target, position in graph.edges:
        number = {"label": str(position + 1)} if _ordered(graph[target]) else {}
        dot.edge(f"n{source}", f"n{target}", **number)
    return str(dot.source)


def _ordered(node: Node) -> bool:
    """Whether the edges of an operation are numbered: where its operands cannot change places."""
    return len(node.inputs) > 1 and node.symbol not in SYMMETRIC


def _label(node: Node, number_format: str) -> str:
    """The fields of a card, in the language of Graphviz's records, where braces turn the direction."""
    data = text_of(node.data, number_format)
    if node.kind == "number":
        return _escaped(data)
    column = "|".join(map(_escaped, [*_title(node, data), f"grad {text_of(node.grad, number_format)}"]))
    if node.changed:
        column += "|changed after use"
    if node.symbol is None:
        return column
    return f"{{{_escaped(CLEARER.get(node.symbol, node.symbol))}|{{{column}}}}}"


def _title(node: Node, data: str) -> list[str]:
    """Name and data: on one line for a number, with the shape for an array."""
    name = visible(node.name or "")
    if node.shape:
        return [f"{name} {node.shape}".strip(), data]
    return [f"{name} = {data}" if name else data]


def _escaped(text: str) -> str:
    """Text that Graphviz shows as it is: neither a field, nor an escape, nor an entity."""
    return text.translate(ESCAPES)
