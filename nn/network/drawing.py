"""A diagram in the DOT language: nodes, lines and labels at their places, with a legend."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from graphviz import Digraph

from autodiff.pictures.fitting import fitted, scaled, width_of
from autodiff.pictures.formats import saved_as
from autodiff.pictures.layout import lay_out
from autodiff.pictures.picture import Picture
from autodiff.text.escaping import record

from .arrangement import LARGE, LEADING, ROOM, SMALL, Arrangement, box_of, circle_of
from .contents import Contents
from .snapshot import Parameter
from .strokes import GREY, SIGNS, THICK, THIN, UNKNOWN, WORDS

INK = "#1a1a1a"
PAGE = {"layout": "nop", "splines": "line", "outputorder": "edgesfirst", "bgcolor": "transparent"}
NODE = {
    "fontname": "Helvetica,Arial,sans-serif",
    "fontsize": f"{LARGE:g}",
    "fontcolor": INK,
    "shape": "ellipse",
    "style": "filled",
    "color": "#404040",
    "fillcolor": "white",
    "fixedsize": "true",
    "margin": "0",
}
INPUT = {"fillcolor": "#e3effb"}
OUTPUT = {"fillcolor": "#fff3cd", "penwidth": "2"}
TARGET = {"fillcolor": "#f0f0f0", "style": "filled,dashed"}
LABEL = {"shape": "box", "style": "filled,rounded", "fontsize": f"{SMALL:g}"}
REMARK = {"shape": "plaintext", "style": "", "fontcolor": GREY}
CELLS = {"shape": "plaintext", "style": "", "fontsize": f"{SMALL:g}"}
GROUND = {"shape": "box", "style": "filled,rounded", "color": GREY}
POINT = {"shape": "point", "style": "invis", "width": "0", "height": "0"}
LINK = {"color": GREY, "penwidth": "1.2"}

STEP = 74.0
"""Between the outputs and the residuals, and between these and the loss."""

ROWS, MOST = 30, 240
"""Of the table beside a diagram: rows of a block at least, and rows at most."""

SLIDE, LEGIBLE = (1920.0, 1080.0), 14.0
"""The pixels of a slide, and the size of the smallest text that is read there with ease."""

Place = tuple[float, float]


class NetworkPicture(Picture):
    """A drawn network, in which text stays where it belongs in any font."""

    @saved_as(".svg")
    def svg(self) -> str:
        """The picture as the text of an SVG file."""
        return fitted(scaled(lay_out(self.dot, "svg").decode()), {})


def drawing_of(diagram: Contents, max_labels: int | None) -> Drawing:
    """A diagram with labels on its lines, or with a table where these are too many or would be too small."""
    if max_labels is not None:
        return Drawing(diagram, len(diagram.weights) <= max_labels)
    drawing = Drawing(diagram, True)
    return drawing if drawing.letters >= LEGIBLE else Drawing(diagram, False)


class Drawing:
    """A diagram as it is drawn."""

    def __init__(self, diagram: Contents, labelled: bool) -> None:
        self.diagram, self.labelled = diagram, labelled
        texts = [diagram.node(c, j) for c in range(len(diagram.columns)) for j in diagram.nodes(c)]
        if diagram.network.residuals:
            texts += map(diagram.residual, diagram.nodes(-1))
        self.radius = max(map(circle_of, texts)) / 2
        widths = [0.0] * len(diagram.columns)
        for (layer, _, _), weight in diagram.weights.items() if labelled else ():
            widths[layer] = max(widths[layer], box_of(diagram.parameter(weight))[0])
        height = box_of(["", ""] if diagram.gradients else [""])[1] if labelled else 0.0
        self.at = Arrangement(diagram.columns, widths, self.radius, height)
        self.graph = Digraph("network", graph_attr=PAGE, node_attr=NODE, edge_attr={"arrowsize": "0.6"})
        self.right = self.bottom = 0.0

    @cached_property
    def dot(self) -> str:
        """The picture in the DOT language."""
        diagram = self.diagram
        for column in range(len(diagram.columns)):
            self._write_column(column)
        for key, bias in diagram.biases.items():
            self._write_bias(*key, bias)
        for (layer, j, k), weight in diagram.weights.items():
            self._write_weight(layer, j, k, weight)
        if diagram.network.loss:
            self._write_loss()
        if not self.labelled:
            self._write_table(self.right + 40.0)
        self._write_legend()
        return str(self.graph.source)

    @property
    def letters(self) -> float:
        """The size in pixels of the smallest text where the picture fills a slide."""
        _ = self.dot  # when it is written, it is known how far it reaches
        height = self.at.head + LEADING * LARGE - self.bottom
        return SMALL * min(SLIDE[0] / (self.right + self.radius), SLIDE[1] / height)

    # -- the network -------------------------------------------------------------------------------

    def _write_column(self, column: int) -> None:
        diagram, at = self.diagram, self.at
        self._title(f"title{column}", at.x[column], diagram.title(column))
        for j in diagram.columns[column]:
            if j:
                look = INPUT if not column else OUTPUT if column == len(diagram.columns) - 1 else {}
                self._circle(f"a{column}_{j}", at.place(column, j), diagram.node(column, j), look)
            else:
                left_out = diagram.network.sizes[column] - len(diagram.nodes(column))
                self._remark(f"more{column}", at.place(column, j), [f"⋮ {left_out} more"])

    def _write_bias(self, layer: int, j: int, bias: Parameter) -> None:
        x, y = self.at.place(layer, j)
        look, lines, place = (
            self.diagram.strokes.of(bias),
            self.diagram.parameter(bias),
            (x, y + self.at.rise),
        )
        if self.labelled:
            self._box(f"b{layer}_{j}", place, lines, {"color": look["color"]})
        else:
            self.graph.node(f"b{layer}_{j}", "", **(POINT | _at(*place)))
        self.graph.edge(f"b{layer}_{j}", f"a{layer}_{j}", tooltip=_text(lines), **look)

    def _write_weight(self, layer: int, j: int, k: int, weight: Parameter) -> None:
        look, lines = self.diagram.strokes.of(weight), self.diagram.parameter(weight)
        self.graph.edge(f"a{layer - 1}_{k}", f"a{layer}_{j}", tooltip=_text(lines), **look)
        if self.labelled:
            place = self.at.between(layer, j, k)
            self._box(f"w{layer}_{j}_{k}", place, lines, {"color": look["color"]})

    # -- targets, residuals and the loss -----------------------------------------------------------

    def _write_loss(self) -> None:
        """What follows the outputs."""
        diagram, loss = self.diagram, self.diagram.network.loss
        assert loss
        last, outputs = len(diagram.columns) - 1, diagram.nodes(-1)
        step = STEP + 2.0 * self.radius
        x, ends = self.at.x[-1] + step, [f"a{last}_{j}" for j in outputs]
        if diagram.network.residuals:
            self._title("residual", x, ["residual", "e = y − a"])
            ends = [self._write_residual(x, j) for j in outputs]
            x += step
        formula = f"{diagram.loss_name} = {loss.formula}" if loss.formula else diagram.loss_name
        self._title("loss", x, ["loss", formula])
        self._circle("R", (x, 0.0), [diagram.loss_name, diagram.number(loss.number)], OUTPUT)
        for end in ends:
            self.graph.edge(end, "R", **LINK)
        if loss.targets is not None and not diagram.network.residuals:
            lines = diagram.target(1)
            self._write_target("y", "R", (x + self.radius + 22.0 + box_of(lines)[0] / 2, 0.0), lines)

    def _write_residual(self, x: float, j: int) -> str:
        last = len(self.diagram.columns) - 1
        place = x, self.at.place(last, j)[1]
        self._circle(f"e_{j}", place, self.diagram.residual(j), {})
        lines = self.diagram.target(j)
        rise = self.radius + box_of(lines)[1] / 2 + (18.0 if self.labelled else 8.0)
        self._write_target(f"y_{j}", f"e_{j}", (x, place[1] + rise), lines)
        self.graph.edge(f"a{last}_{j}", f"e_{j}", **LINK)
        return f"e_{j}"

    def _write_target(self, id: str, end: str, place: Place, lines: Sequence[str]) -> None:
        self._box(id, place, lines, TARGET)
        self.graph.edge(id, end, **LINK)

    # -- the table ---------------------------------------------------------------------------------

    def _write_table(self, left: float) -> None:
        """The numbers of all lines that are drawn, in blocks side by side."""
        rows = self.diagram.table[:MOST]
        height = self.at.head - self.at.foot
        length = max(ROWS, int(height / (LEADING * SMALL)) - 2)
        top = self.at.head + LEADING * LARGE
        for first in range(0, len(rows), length):
            left = self._write_block(f"t{first}", left, top, rows[first : first + length]) + 16.0
        omitted = len(self.diagram.table) - len(rows)
        if omitted:
            self._words("rest", left, top - LARGE, f"{omitted:,} more")

    def _write_block(self, id: str, left: float, top: float, rows: Sequence[Sequence[str]]) -> float:
        """A block of the table on a ground of its own; returns where it ends."""
        head = self.diagram.table_head
        columns = list(zip(head, *rows, strict=True))
        widths = [box_of(cells)[0] for cells in columns]
        height = (len(rows) + 1) * LEADING * SMALL + 8.0
        right = left + sum(widths) + 8.0
        middle = (left + right) / 2, top - height / 2
        self.graph.node(id, "", **(GROUND | _size(right - left, height) | _at(*middle)))
        x = left + 4.0
        for column, (cells, width) in enumerate(zip(columns, widths, strict=True)):
            for row, cell in enumerate(cells):
                place = x + width / 2, top - 4.0 - (row + 0.5) * LEADING * SMALL
                look = CELLS | {"fontcolor": INK if row else GREY} | _size(width - 4.0, LEADING * SMALL)
                label = f"{record([cell])}\\{'r' if column else 'l'}"
                self.graph.node(f"{id}_{row}_{column}", label, **(look | _at(*place)))
            x += width
        self._reach(right, top - height)
        return right

    # -- what the signs mean -----------------------------------------------------------------------

    def _write_legend(self) -> None:
        """Samples of lines, and what the numbers are of, below the picture."""
        left = x = -self.radius
        y = self.at.foot - 30.0
        for k, (look, words) in enumerate(self._samples()):
            self._sample(f"s{k}", x, y, look)
            x = self._words(f"s{k}t", x + 42.0, y, words) + 16.0
        for k, note in enumerate(self.diagram.notes):
            y -= 1.5 * LARGE
            self._words(f"note{k}", left, y, note)

    def _samples(self) -> Iterator[tuple[dict[str, str], str]]:
        strokes = self.diagram.strokes
        for sign in strokes.signs:
            yield {**SIGNS[sign], "penwidth": "2"}, WORDS[sign]
        if strokes.some_unknown:
            yield UNKNOWN, "not computed"
        largest = self.diagram.number(strokes.largest)
        yield {"color": GREY, "penwidth": f"{THIN:g}"}, "thin: near 0"
        yield {"color": GREY, "penwidth": f"{THICK:g}"}, f"thick: {self.diagram.meaning} = {largest}"

    def _sample(self, id: str, x: float, y: float, look: dict[str, str]) -> None:
        for end, at in ((f"{id}a", x), (f"{id}b", x + 36.0)):
            self.graph.node(end, "", **(POINT | _at(at, y)))
        self.graph.edge(f"{id}a", f"{id}b", arrowhead="none", **look)

    # -- marks -------------------------------------------------------------------------------------

    def _circle(self, id: str, place: Place, lines: Sequence[str], look: dict[str, str]) -> None:
        self.graph.node(
            id, _text(lines), **(_size(2.0 * self.radius, 2.0 * self.radius) | _at(*place) | look)
        )
        self._reach(place[0] + self.radius, place[1] - self.radius)

    def _box(self, id: str, place: Place, lines: Sequence[str], look: dict[str, str]) -> None:
        width, height = box_of(lines)
        self.graph.node(id, _text(lines), **(LABEL | look | _size(width, height) | _at(*place)))
        self._reach(place[0] + width / 2, place[1] - height / 2)

    def _title(self, id: str, x: float, lines: Sequence[str]) -> None:
        self._remark(id, (x, self.at.head), lines)

    def _remark(self, id: str, place: Place, lines: Sequence[str]) -> None:
        width, height = box_of(lines, LARGE)
        self.graph.node(id, _text(lines), **(REMARK | _size(width, height) | _at(*place)))
        self._reach(place[0] + width / 2, place[1] - height / 2)

    def _words(self, id: str, left: float, y: float, words: str) -> float:
        """Text from a place on; returns where it ends."""
        width = ROOM * width_of(words, LARGE)
        look = REMARK | _size(width, LEADING * LARGE) | _at(left + width / 2, y)
        self.graph.node(id, f"{record([words])}\\l", **look)
        self._reach(left + width, y - LARGE)
        return left + width

    def _reach(self, right: float, bottom: float) -> None:
        """The picture ends no earlier than here."""
        self.right, self.bottom = max(self.right, right), min(self.bottom, bottom)


def _at(x: float, y: float) -> dict[str, str]:
    return {"pos": f"{x:.2f},{y:.2f}"}


def _size(width: float, height: float) -> dict[str, str]:
    return {"width": f"{width / 72:.3f}", "height": f"{height / 72:.3f}"}


def _text(lines: Sequence[str]) -> str:
    """Lines as the single field of a record, since `Digraph` takes text in angles for markup."""
    return record(["\n".join(lines)])
