"""The layered diagram of a network, Diagram 1 of the lecture.

Nodes stand in columns, weights on the edges between them, each bias above its node. A line tells by
its thickness how large its parameter is, and its sign also without colour:

    positive    solid       negative    dashed      zero    dotted

What is written stands on a light ground, and lines are of middle tones, so that pictures are readable
on any page. Every place is computed here: Graphviz only draws.
"""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING, Any

from autodiff import settings
from autodiff.text.digits import with_minus
from autodiff.text.escaping import record
from autodiff.text.notation import text_of, visible

from ..sizes import whole
from .feedforward import MLP, Network
from .notation import indexed
from .snapshot import Parameter, Snapshot

if TYPE_CHECKING:
    from graphviz import Digraph

    from autodiff.pictures.picture import Picture


FEWEST = 3
"""Nodes of a layer that can be shown at least: the first, how many are left out, the last."""

# Lengths are in points, 1/72 inch.
RADIUS = 28.0
LINE, LETTER = 13.0, 5.6  # the height of a line of a label, the width of a letter
GAP, PITCH = 240.0, 108.0  # from a column to the next one, from a node to the next one below
MARGIN = 10.0  # around a label
THIN, THICK = 0.8, 4.0
LONGEST = 16  # letters of a name

PAGE = {"layout": "nop", "splines": "line", "outputorder": "edgesfirst", "bgcolor": "transparent"}
NODE = {
    "fontname": "Helvetica,Arial,sans-serif",
    "fontsize": "12",
    "fontcolor": "#1a1a1a",
    "shape": "ellipse",
    "style": "filled",
    "color": "#404040",
    "fillcolor": "white",
    "width": f"{2 * RADIUS / 72:.3f}",
    "height": f"{2 * RADIUS / 72:.3f}",
    "margin": "0.02",
}
INPUT = {"fillcolor": "#e3effb"}
OUTPUT = {"fillcolor": "#fff3cd", "penwidth": "2"}
LABEL = {
    "shape": "box",
    "style": "filled,rounded",
    "fontsize": "10",
    "margin": "0.05,0.035",
    "width": "0",
    "height": "0",
}
REMARK = {"shape": "plaintext", "style": "", "fontcolor": "#808080"}
SIGNS = {
    1.0: {"color": "#2f7fd1", "style": "solid"},
    -1.0: {"color": "#d9661f", "style": "dashed"},
    0.0: {"color": "#808080", "style": "dotted"},
}


def draw_network(
    network: Network | MLP,
    observation: Any = None,
    gradients: bool = False,
    *,
    number_format: str = ".4g",
    max_nodes: int = 6,
    max_labels: int = 12,
) -> Picture:
    r"""Draw a network in layers, with its weights and biases as they are at this moment.

    observation    one number per feature: nodes show the activations for it; Values bring their names
    gradients      whether parameters show their `.grad`, "–" where it was not computed
    number_format  how numbers are written, as in `format(number, ".4g")`
    max_nodes      of a layer with more nodes than this, the first ones and the last are drawn
    max_labels     where more lines than this lead from one layer to the next, they have no labels;
                   in SVG, a line shows its weight when it is pointed at

    The thickness of a line grows with the size of its parameter, up to that of the largest one drawn.

    >>> from nn.lecture import network
    >>> "a₁⁽²⁾\\n0.8095" in draw_network(network(), [3.0, -2.0]).dot
    True

    Raises TypeError for another module, and ValueError for an observation of other than one number a
    feature and for fewer than 3 `max_nodes`.
    """
    from autodiff.pictures.picture import Picture

    most = whole(max_nodes, "draw_network: max_nodes", least=FEWEST)
    labels = whole(max_labels, "draw_network: max_labels", least=0)
    written = settings.number_format("draw_network: number_format", number_format)
    return Picture(_Diagram(Snapshot(network, observation), gradients, written, most, labels).dot())


class _Diagram:
    """Where everything stands, and how it is written. Columns count from 0, the inputs."""

    def __init__(
        self, network: Snapshot, gradients: bool, number_format: str, max_nodes: int, max_labels: int
    ) -> None:
        self.network, self.gradients, self.number_format = network, gradients, number_format
        self.columns = [_slots(size, max_nodes) for size in network.sizes]
        self.weights = {
            (layer, j, k): network.weight(layer, j, k)
            for layer in range(1, len(self.columns))
            for k, j in product(self._nodes(layer - 1), self._nodes(layer))
        }
        self.biases = {
            (layer, j): bias
            for layer in range(1, len(self.columns))
            for j in self._nodes(layer)
            if (bias := network.bias(layer, j))
        }
        sizes = (abs(p.number) for p in (*self.weights.values(), *self.biases.values()))
        self.largest = max(filter(math.isfinite, sizes), default=0.0)
        self.labelled = [
            layer > 0 and len(self._nodes(layer - 1)) * len(self._nodes(layer)) <= max_labels
            for layer in range(len(self.columns))
        ]
        self._arrange()

    def _nodes(self, column: int) -> list[int]:
        """The numbers of the nodes that are drawn."""
        return [j for j in self.columns[column] if j]

    # -- places ------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Set the distances so that labels keep clear of each other and of the nodes."""
        lines = 2 if self.gradients else 1
        self.label_height = lines * LINE + 6.0
        self.rise = RADIUS + 18.0 + self.label_height / 2  # from a node to its bias
        self.pitch = PITCH if lines == 1 else PITCH + LINE
        self.x = [0.0]
        for layer in range(1, len(self.columns)):
            gap = GAP
            if self.labelled[layer]:
                part, fewer = self._part(layer), min(map(len, self.columns[layer - 1 : layer + 1]))
                widest = max(self._width(self.weights[key]) for key in self.weights if key[0] == layer)
                gap = max(gap, (RADIUS + MARGIN + widest / 2) / min(part, 1.0 - part))
                self.pitch = max(self.pitch, (self.label_height + MARGIN / 2) * (fewer + 1))
            self.x.append(self.x[-1] + gap)

    def _part(self, layer: int) -> float:
        """Which part of their way the labels of the lines to a layer stand at.

        At 1/(n + 1) of the way to n nodes, lines from nodes that are as far apart are spread evenly;
        likewise at m/(m + 1) of the way from m nodes. Elsewhere they meet.
        """
        m, n = map(len, self.columns[layer - 1 : layer + 1])
        return 1.0 / (n + 1) if n <= m else m / (m + 1)

    def _place(self, column: int, node: int | None) -> tuple[float, float]:
        slots = self.columns[column]
        return self.x[column], ((len(slots) - 1) / 2 - slots.index(node)) * self.pitch

    def _width(self, parameter: Parameter) -> float:
        return LETTER * max(map(len, self._lines(parameter)))

    # -- words -------------------------------------------------------------------------------------

    def _number_text(self, number: float | None) -> str:
        return with_minus(text_of(number, self.number_format))

    def _lines(self, parameter: Parameter) -> list[str]:
        """w₁₁⁽¹⁾ = 0.2, and its gradient below."""
        first = f"{visible(parameter.name, LONGEST)} = {self._number_text(parameter.number)}"
        return [first, f"grad {self._number_text(parameter.grad)}"] if self.gradients else [first]

    def _title(self, column: int) -> list[str]:
        if not column:
            return ["inputs", "x"]
        output = ", output" if column == len(self.columns) - 1 else ""
        return [f"layer ({column}){output}", visible(self.network.formula(column), 2 * LONGEST)]

    # -- marks -------------------------------------------------------------------------------------

    def dot(self) -> str:
        """The picture in the DOT language."""
        from graphviz import Digraph

        dot = Digraph("network", graph_attr=PAGE, node_attr=NODE, edge_attr={"arrowsize": "0.6"})
        for column in range(len(self.columns)):
            self._write_column(dot, column)
        for key, bias in self.biases.items():
            self._write_bias(dot, *key, bias)
        for (layer, j, k), weight in self.weights.items():
            self._write_weight(dot, layer, j, k, weight)
        return str(dot.source)

    def _write_column(self, dot: Digraph, column: int) -> None:
        top = max(self._place(c, self.columns[c][0])[1] for c in range(len(self.columns)))
        title_at = self.x[column], top + self.rise + self.label_height / 2 + 30.0
        dot.node(f"title{column}", _text(self._title(column)), **_at(*title_at), **REMARK)
        for j in self.columns[column]:
            if j:
                self._write_node(dot, column, j)
            else:
                left_out = self.network.sizes[column] - len(self._nodes(column))
                dot.node(f"more{column}", f"⋮ {left_out} more", **_at(*self._place(column, j)), **REMARK)

    def _write_node(self, dot: Digraph, column: int, j: int) -> None:
        name = indexed("a", j, layer=column) if column else self.network.names[j - 1]
        lines = [visible(name, LONGEST)]
        if self.network.activations:
            lines.append(self._number_text(self.network.activations[column][j - 1]))
        look = INPUT if not column else OUTPUT if column == len(self.columns) - 1 else {}
        dot.node(f"a{column}_{j}", _text(lines), **_at(*self._place(column, j)), **look)

    def _write_bias(self, dot: Digraph, layer: int, j: int, bias: Parameter) -> None:
        x, y = self._place(layer, j)
        look = self._look(bias)
        label = _text(self._lines(bias))
        dot.node(f"b{layer}_{j}", label, **_at(x, y + self.rise), **LABEL, color=look["color"])
        dot.edge(f"b{layer}_{j}", f"a{layer}_{j}", **look)

    def _write_weight(self, dot: Digraph, layer: int, j: int, k: int, weight: Parameter) -> None:
        look = self._look(weight)
        label = _text(self._lines(weight))
        dot.edge(f"a{layer - 1}_{k}", f"a{layer}_{j}", tooltip=label, **look)
        if self.labelled[layer]:
            part = self._part(layer)
            (x0, y0), (x1, y1) = self._place(layer - 1, k), self._place(layer, j)
            place = _at(x0 + part * (x1 - x0), y0 + part * (y1 - y0))
            dot.node(f"w{layer}_{j}_{k}", label, **place, **LABEL, color=look["color"])

    def _look(self, parameter: Parameter) -> dict[str, str]:
        """Thickness for the size, colour and dashes for the sign."""
        size = abs(parameter.number) / self.largest if self.largest else 0.0
        size = min(size, 1.0) if math.isfinite(parameter.number) else 1.0
        sign = math.copysign(1.0, parameter.number) if parameter.number else 0.0
        return {**SIGNS[sign], "penwidth": f"{THIN + size * (THICK - THIN):.2f}"}


def _slots(size: int, most: int) -> list[int | None]:
    """The nodes of a column from the top, None where some are left out.

    >>> _slots(64, 6)
    [1, 2, 3, 4, None, 64]
    """
    return list(range(1, size + 1)) if size <= most else [*range(1, most - 1), None, size]


def _at(x: float, y: float) -> dict[str, str]:
    return {"pos": f"{x:.2f},{y:.2f}"}


def _text(lines: list[str]) -> str:
    """Lines as the single field of a record, since `Digraph` takes text in angles for markup."""
    return record(["\n".join(lines)])
