"""The diagram of a network with places for its numbers, which a live page fills at each frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np

from autodiff import Value
from autodiff.animation.svg import short, width_of
from autodiff.live.diagram import Diagram, LiveText
from autodiff.pictures.layout import lay_out

from ..network.contents import Contents
from ..network.drawing import LEGIBLE, Drawing
from ..network.feedforward import MLP, Network
from ..network.neuron import Layer
from ..network.snapshot import Snapshot

ROOM = "−0.012345"
"""The widest number that there is room for; longer ones are written with fewer digits."""

MOST_NODES, MOST_LINES = 6, 60
"""Nodes of a layer, and lines with numbers, that are drawn."""

MARGIN = 8.0

KINDS = {"a0": "leaf", "R": "output", "y": "constant"}
"""How parts look that are not as most, by how their names begin."""


def live_diagram(network: Network | MLP, X: Any, y: Any, loss: Any, legible: bool) -> Diagram | None:
    """The diagram of a network, its observations and its loss; None where it has too many lines.

    With `legible` it is None, too, where text would be too small if a slide showed all of it.

    Raises RuntimeError without Graphviz.
    """
    contents = _Contents(Snapshot(network, X, y, loss), network)
    drawing = _Drawing(contents, True)
    if len(contents.weights) > MOST_LINES or (legible and drawing.letters < LEGIBLE):
        return None
    return Diagram(
        picture=_cleaned(lay_out(drawing.dot, "svg").decode(), contents),
        slots=[*contents.of_parameters(), *contents.of_nodes(), *contents.of_loss()],
        ways={id: contents.leaves[name] for id, name in contents.ways.values()},
        nodes=contents.computed,
        most=contents.most,
        room=len(ROOM),
    )


class _Drawing(Drawing):
    """A diagram without a legend: the page has its own."""

    def _write_legend(self) -> None:
        pass


class _Contents(Contents):
    """A diagram in which each number is as wide as any may become; it knows where numbers come from.

    `leaves` are the places of parameters among all, by the names of their labels; `ways` the lines.
    """

    def __init__(self, snapshot: Snapshot, network: Network | MLP) -> None:
        super().__init__(snapshot, True, False, ".4g", MOST_NODES)
        assert snapshot.observed
        self.most = len(snapshot.observed.shown)
        self.drawn = [(column, j) for column in range(1, len(self.columns)) for j in self.nodes(column)]
        entries = [(id(p), index) for p in network.parameters() for index in np.ndindex(p.shape)]
        self._order = {entry: k for k, entry in enumerate(entries)}
        self.leaves, self.ways = dict[str, int](), dict[str, tuple[str, str]]()
        for layer, j, k in self.weights:
            self._enter(f"w{layer}_{j}_{k}", f"a{layer - 1}_{k}->a{layer}_{j}", layer, j, k)
        for layer, j in self.biases:
            self._enter(f"b{layer}_{j}", f"b{layer}_{j}->a{layer}_{j}", layer, j)

    def _enter(self, name: str, line: str, layer: int, j: int, k: int | None = None) -> None:
        value = self.network.holder(layer, j, k)
        index = () if not value.shape else (j - 1,) if k is None else (j - 1, k - 1)
        self.leaves[name] = self._order[id(value), index]
        self.ways[line] = f"way-{name}", name

    def number(self, number: float | None) -> str:
        """The widest number."""
        return ROOM

    def part(self, name: str) -> str:
        """The id in the page of what has this name in the drawing; labels have that of their parameter."""
        return f"p{self.leaves[name]}" if name in self.leaves else f"node-{name}"

    # -- where numbers come from -------------------------------------------------------------------

    def of_parameters(self) -> Iterator[LiveText]:
        """w = 0.2, and ∂R/∂w below."""
        for name, entry in zip(self.leaves, [*self.weights.values(), *self.biases.values()], strict=True):
            first, second = (line.removesuffix(ROOM) for line in self.parameter(entry))
            yield LiveText(self.part(name), 0, first, "leaf", self.leaves[name])
            yield LiveText(self.part(name), 1, second, "slope", self.leaves[name])

    def of_nodes(self) -> Iterator[LiveText]:
        """The numbers in the nodes, line by line."""
        for s in range(self.most):
            for j in self.nodes(0):
                yield LiveText(self.part(f"a0_{j}"), 1 + s, "", "input", j - 1, s)
            for place, (column, j) in enumerate(self.drawn):
                yield LiveText(self.part(f"a{column}_{j}"), 1 + s, "", "node", place, s)

    def of_loss(self) -> Iterator[LiveText]:
        """Residuals, targets, and R."""
        yield LiveText(self.part("R"), 1, "", "risk")
        if not self.network.residuals:
            yield LiveText(self.part("y"), 0, "y = ", "target", -1)
            return
        for place, j in enumerate(self.nodes(-1), len(self.drawn)):
            yield LiveText(
                self.part(f"y_{j}"), 0, self.target(j)[0].partition("=")[0] + "= ", "target", j - 1
            )
            for s in range(self.most):
                yield LiveText(self.part(f"e_{j}"), 1 + s, "", "node", place, s)

    def computed(self, x: Value, y: Value) -> list[Value]:
        """The activations that are drawn, and the residuals."""
        columns = _columns(self.network, x)
        shown = [columns[column - 1][j - 1] for column, j in self.drawn]
        if not self.network.residuals:
            return shown
        targets = y if y.ndim > 1 else y[:, None]
        return [*shown, *(targets[0, j - 1] - columns[-1][j - 1] for j in self.nodes(-1))]


def _columns(network: Snapshot, x: Value) -> list[list[Value]]:
    """The activations of all layers, of a table with one row."""
    columns: list[list[Value]] = []
    a = x
    for layer, g in zip(network.layers, network.functions, strict=True):
        if isinstance(layer, Layer):
            columns.append(layer.activations(columns[-1] if columns else [*x[0]]))
        else:
            a = g(layer(a))
            columns.append([*a[0]])
    return columns


# -- the picture -----------------------------------------------------------------------------------


def _cleaned(svg: str, contents: _Contents) -> Element:
    """What Graphviz drew, without its looks: parts have ids and classes, text has its room."""
    root = ElementTree.fromstring(svg)
    for part in root.iter():
        part.tag = part.tag.rpartition("}")[2]
    made = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "storyboard diagram"})
    left, top, width, height = map(float, root.attrib["viewBox"].split())
    box = left - MARGIN, top - MARGIN, width + 2.0 * MARGIN, height + 2.0 * MARGIN
    made.set("viewBox", " ".join(map(short, box)))
    made.attrib.update({"width": short(1.1 * box[2]), "height": short(1.1 * box[3])})
    body = root.find("g")
    assert body is not None
    made.append(Element("g", {"transform": body.attrib["transform"]}))
    made[0].extend(_part(part, contents) for part in body.findall("g"))
    return made


def _part(part: Element, contents: _Contents) -> Element:
    """A node or a line."""
    name = part.findtext("title", "")
    if part.attrib["class"] == "edge":
        id, class_ = (
            contents.ways.get(name, (f"link-{name}", ""))[0],
            "way" if name in contents.ways else "link",
        )
    else:
        kind = KINDS.get(name.partition("_")[0], "")
        last = name.startswith(f"a{len(contents.columns) - 1}_")
        id, class_ = contents.part(name), "label" if name in contents.leaves else "output" if last else kind
    shapes = [_shape(shape) for shape in part.iter() if shape.tag in KEPT]
    if all(shape.tag == "text" for shape in shapes):
        class_ = "remark"
    made = Element("g", {"id": id, "class": f"{part.attrib['class']} {class_}".strip()})
    made.extend(shapes)
    return made


KEPT: Mapping[str, tuple[str, ...]] = {
    "path": ("d",),
    "polygon": ("points",),
    "ellipse": ("cx", "cy", "rx", "ry"),
    "text": ("x", "y", "text-anchor", "font-size"),
}
"""What is kept of shapes: where they are."""


def _shape(shape: Element) -> Element:
    made = Element(shape.tag, {name: shape.attrib[name] for name in KEPT[shape.tag]})
    if shape.tag == "text":
        made.text = shape.text
        made.set("data-room", short(1.1 * width_of(shape.text or "", float(shape.attrib["font-size"]))))
    return made
