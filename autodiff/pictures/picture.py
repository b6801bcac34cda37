"""Pictures of recorded graphs.

Each node is a card: left the operation that made it, right its name and data, then its gradient. Where a
value is used several times, the terms stand below that add up to its gradient. On each edge stands the
local derivative. `theme` says how the kinds of node are told apart without colour.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property
from typing import Any, Literal, get_args

from .. import settings
from ..derivations.parts import DOZEN, parts_of
from ..graph import Graph
from ..settings import chosen, one_of
from ..values.value import Value
from .collapsing import Collapse, collapsed
from .dot_language import SIZE, Style, dot_of, rooms_of
from .fitting import fitted, in_column, scaled
from .folding import folded
from .formats import Formatted, saved_as
from .geometry import Layout, read
from .layout import lay_out
from .legend import legend_of
from .mermaid import mermaid_of
from .paper import PIXELS, SLIDE, Paper, paper_of
from .plain_text import plain_text_of
from .scene import Scene
from .theme import THEMES
from .wording import Wording

Direction = Literal["LR", "TB", "RL", "BT"]
Show = Literal["data", "grad", "local", "ledger"]

DOTS_PER_INCH = 192  # of PNG files

DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
SHOWN: tuple[Show, ...] = get_args(Show)
FEW = 60
"""Pictures of at most so many cards show everything, unless it is said what."""


class Picture(Formatted):
    """A drawing by Graphviz: shows itself in a notebook, and is saved as SVG, PNG, PDF or DOT.

    `dot` is the drawing in the DOT language of Graphviz, and is available without Graphviz, too; what has
    to be laid out raises RuntimeError then.
    """

    def __init__(self, dot: str) -> None:
        self._dot = dot

    @saved_as(".svg")
    def svg(self) -> str:
        """The picture as the text of an SVG file."""
        return scaled(lay_out(self._drawing, "svg").decode())

    @saved_as(".dot")
    def dot(self) -> str:
        """The drawing in the DOT language."""
        return self._dot

    @saved_as(".png")
    def png(self) -> bytes:
        """The picture as the bytes of a PNG file."""
        return lay_out(self._drawing.replace("{", f"{{ dpi={self._dots_per_inch}", 1), "png")

    @saved_as(".pdf")
    def pdf(self) -> bytes:
        """The picture as the bytes of a PDF file."""
        return lay_out(self._drawing, "pdf")

    @property
    def _drawing(self) -> str:
        """What is drawn."""
        return self.dot

    @property
    def _dots_per_inch(self) -> int:
        return DOTS_PER_INCH

    @property
    def text(self) -> str:
        """What the picture is, in words."""
        return repr(self)

    def _repr_svg_(self) -> str | None:
        return self._repr_mimebundle_().get("image/svg+xml")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """For notebooks: the picture, or without Graphviz the text, and how to install it."""
        try:
            return {"image/svg+xml": in_column(self.svg), "text/plain": self.text}
        except RuntimeError as error:
            return {"text/plain": f"{self.text}\n\n{error}"}

    def __repr__(self) -> str:
        return f"<picture of a graph: .save('name.svg'), .svg, .png, .dot ({len(self.dot)} characters)>"


class GraphPicture(Picture):
    """A drawn graph. It keeps the data and gradients of its moment.

    Besides Graphviz' formats there are `mermaid`, for wikis that draw it, and `text`, a line a card; they
    are saved as .mmd and .txt.
    """

    def __init__(self, scene: Scene, style: Style, sheet: Paper) -> None:
        self._scene, self._style, self._sheet = scene, style, sheet

    @cached_property
    def layout(self) -> Layout:
        """Where everything is, in points."""
        plain = read(lay_out(self.dot, "json0"))
        if self._sheet.aspect is None:
            return plain
        return folded(plain, self._style.direction, self._sheet, SIZE)

    @property
    def _drawing(self) -> str:
        return dot_of(self._scene, self._style, self.layout)

    @property
    def _dots_per_inch(self) -> int:
        return round(PIXELS) if self._style.size else DOTS_PER_INCH

    @saved_as(".svg")
    def svg(self) -> str:
        """The picture as the text of an SVG file, in which text stays on its card in any font."""
        rooms = rooms_of(self._scene, self.layout)
        return fitted(scaled(lay_out(self._drawing, "svg").decode()), rooms)

    @saved_as(".dot")
    def dot(self) -> str:
        """The graph in the DOT language."""
        return dot_of(self._scene, self._style)

    @saved_as(".mmd")
    def mermaid(self) -> str:
        """The graph as a flowchart in the language of Mermaid."""
        return mermaid_of(self._scene, self._style.direction, self._style.colours)

    @saved_as(".txt")
    def text(self) -> str:
        """The cards as lines of text, with what each was computed from."""
        return plain_text_of(self._scene)


def draw(
    *values: Value | Sequence[Value],
    direction: Direction = "LR",
    show: Show | Collection[Show] | None = None,
    number_format: str = ".4g",
    theme: str = "auto",
    max_nodes: int = 60,
    collapse: Collapse | None = None,
    each_operation: bool | None = None,
    aspect: float | None = SLIDE,
    size: float | tuple[float, float] | None = None,
    legend: bool | None = None,
) -> GraphPicture:
    r"""Draw the graph that a Value was computed from, or several, with the gradients known at this moment.

    direction      where the edges point: "LR", "TB", "RL" or "BT" (left to right, top to bottom …)
    show           what is shown: "data"; "grad"; "local", the derivative on each edge, ∂z/∂x as a formula and
                   as a number, for whole arrays what the edge contributes to the gradient (Ȳ is that of Y);
                   "ledger", the terms that add up to the gradient of what is used several times. By default
                   all of it; for more than 60 cards, data and gradients
    number_format  how numbers are written, as in `format(number, ".4g")`
    theme          "auto" for any page; "light", "dark", and "mono", for print, with a background of their own
    max_nodes      the largest number of cards: larger graphs are collapsed as little as needed, by
                   their boxes, then by drawing what is alike once; in the end the farthest are left out
    each_operation whether each operation has a card, or only inputs, named parts and what a reader would
                   put, u₁, u₂ …; by default the latter for graphs of more than a dozen nodes
    aspect         the shape, width by height, that long pictures are folded into, in rows; None: in one row
    size           the largest width in pixels, or (width, height), whose shape then counts: (1920, 1080)
    legend         whether it is said below what the signs mean; by default for more than a dozen nodes,
                   and where one is nan
    collapse       which boxes are drawn as one card: True for all, a depth from the outside, counted from 1,
                   or names, "Linear" or "Linear 2"; False for none

    Boxes are scopes and the calls of modules.

    >>> x = Value(3.0, "x")
    >>> y = x * x
    >>> y.backward()
    >>> print(draw(y).text)
    n0   leaf         x = 3   grad 6 = 3 + 3
    n1   × (output)   f = 9   grad 1           ← n0 (∂ = x = 3), n0 (∂ = x = 3)

    Raises TypeError for anything but Values, and ValueError for no Value at all, and for options that are not
    known.
    """
    direction = one_of("direction", direction, DIRECTIONS)
    colours = chosen("theme", theme, THEMES)
    sheet = paper_of(aspect, size)
    if each_operation is not None:
        each_operation = settings.flag("draw: each_operation", each_operation)
    graph = Graph(values[0] if len(values) == 1 else values)  # type: ignore[arg-type]
    parts = parts_of(graph, each_operation)
    drawn = collapsed(parts, settings.whole("draw: max_nodes", max_nodes, least=2), collapse)
    alone = [ids[0] for ids in drawn.cards if len(ids) == 1]
    shown = _shown(show, len(drawn.cards))
    written = settings.number_format("draw: number_format", number_format)
    scene = Scene(parts, drawn, Wording(parts, shown, written, alone))
    told = len(graph) > DOZEN or scene.is_odd if legend is None else legend
    style = Style(direction, colours, tuple(legend_of(scene)) if told else (), sheet.inches)
    return GraphPicture(scene, style, sheet._replace(below=style.below))


def _shown(show: Show | Collection[Show] | None, n_cards: int) -> Collection[str]:
    """What is to be shown."""
    if show is None:
        return SHOWN if n_cards <= FEW else ("data", "grad")
    several = isinstance(show, Collection) and not isinstance(show, str)
    return {one_of("thing to show", name, SHOWN) for name in (show if several else [show])}
