"""The picture of a graph of named values: a card for each, with places for its value and its gradient.

The kinds of card differ in their borders, as in the pictures that `draw` makes. Graphviz only says
where everything is: no name ever reaches it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..derivations.intermediates import Intermediates
from ..pictures.folding import folded
from ..pictures.geometry import Spot, read
from ..pictures.layout import lay_out
from ..pictures.paper import Paper
from ..pictures.theme import LOOKS
from ..pictures.wording import CLEARER
from ..text.notation import NOTHING, visible
from .propagation import Propagation
from .svg import Element, element, picture, short, text, width_of

INCH = 72.0
NAME, TEXT, SYMBOL, LABEL = 14.0, 13.0, 15.0, 11.0
HEIGHT, PADDING, GAP, ROUND = 46.0, 9.0, 14.0, 12.0
MARGIN, WIDEST = 8.0, 210.0
HEAD = 9.0
MANY = 60
"""Cards that Graphviz may think about for as long as it likes; with more, its time would explode."""

STAGE = Paper(2.7)
"""The part of a screen that pages have for the picture; a long one is folded for it."""

PORTS = {"LR": " tailport=e headport=w", "RL": " tailport=w headport=e", "TB": "", "BT": ""}
KNOWN = ("leaf", "constant")


class LiveCard(NamedTuple):
    """A card whose value and gradient come in as the passes go.

    It has a name, a value, the gradient at its longest, and the symbol of a single operation. A name is
    `numbered`, t₁, where neither the user nor a reader would give one: sentences need it.
    """

    id: int
    kind: str
    name: str
    value: str
    gradient: str
    symbol: str
    least: float = 0.0
    numbered: bool = False

    @property
    def sign(self) -> float:
        """The width of the compartment for the symbol."""
        return width_of(self.symbol, SYMBOL) + 12.0 if self.symbol else 0.0

    @property
    def width(self) -> float:
        """The width that all of it takes."""
        second = sum(self.lower) + GAP if self.gradient else 0.0
        own = self.sign + max(sum(self.upper) + GAP, second) + 2.0 * PADDING
        return max(math.ceil(own), self.least)

    @property
    def upper(self) -> tuple[float, float]:
        """The widths of the name and of the value."""
        return width_of(self.name, NAME, bold=True), width_of(self.value, TEXT, bold=True)

    @property
    def lower(self) -> tuple[float, float]:
        """The widths of what is written before the gradient, and of the gradient."""
        return width_of("grad", LABEL), width_of(self.gradient, TEXT, bold=True)

    def rooms(self, widths: tuple[float, float]) -> tuple[float, float]:
        """The room on this card for two texts of a line, of these widths."""
        free = self.width - self.sign - 2.0 * PADDING - GAP / 2.0
        return free * widths[0] / sum(widths), free * widths[1] / sum(widths)


Card = LiveCard
"""The name in earlier versions, which pickled storyboards have."""


def cards_of(passes: Propagation, values: Mapping[int, str], gradients: Mapping[int, str]) -> list[LiveCard]:
    """A card for each named value; constants have no gradient."""
    cards = [
        LiveCard(
            id,
            _kind(passes, id),
            visible(name),
            values[id],
            gradients.get(id, ""),
            _symbol(passes.intermediates, id) if id in passes.segments else "",
            numbered=passes.intermediates.all_names[id] is None and id != passes.output,
        )
        for id, name in passes.names.items()
    ]
    widest: dict[str, float] = {}
    for card in cards:
        widest[card.kind] = max(widest.get(card.kind, 0.0), card.width)
    return [card._replace(least=min(widest[card.kind], WIDEST)) for card in cards]


def _kind(passes: Propagation, id: int) -> str:
    """What a card is; what is computed from values that are left out is given, as a leaf is."""
    if id == passes.output:
        return "output"
    if id not in passes.segments:
        return "leaf" if passes.varies(id) else "constant"
    return passes.intermediates.graph[id].kind


def _symbol(intermediates: Intermediates, id: int) -> str:
    """The symbol of a named value that a single operation makes."""
    symbol = intermediates.graph[id].symbol
    return visible(CLEARER.get(symbol, symbol), 12) if symbol and intermediates.view.operation(id) else ""


# -- where everything is -----------------------------------------------------------------------


class Position(NamedTuple):
    """A point of the picture, such as the middle of a card."""

    x: float
    y: float


Way = list[Position]
"""The points of a curve: a start, and three for each of its pieces."""


def _places(
    cards: Sequence[LiveCard], edges: Sequence[tuple[int, int]], direction: str, sheet: Paper
) -> tuple[float, float, dict[int, Position], list[Way]]:
    """Width and height of the picture, and where cards and edges are: by Graphviz, in rows if long."""
    effort = min(1.0, MANY / len(cards))
    lines = [
        f"digraph {{ rankdir={direction} nodesep=0.16 ranksep=1.05",
        f"nslimit={effort:.2f} nslimit1={effort:.2f} mclimit={effort:.2f}" if effort < 1.0 else "",
        f"node [shape=box fixedsize=true label=x] edge [dir=none{PORTS[direction]}]",
        *(f"n{card.id} [width={card.width / INCH:.4f} height={HEIGHT / INCH:.4f}]" for card in cards),
        *(f"n{lower} -> n{upper} [id=e{k}]" for k, (lower, upper) in enumerate(edges)),
        "}",
    ]
    layout = folded(read(lay_out("\n".join(lines), "json")), direction, sheet, TEXT)
    extent = layout.extent

    def place(spot: Spot) -> Position:
        return Position(spot.x - extent.left + MARGIN, extent.top - spot.y + MARGIN)

    middles = {card.id: place(layout.cards[f"n{card.id}"].middle) for card in cards}
    ways = [[place(spot) for spot in layout.ways[f"e{k}"].points] for k in range(len(edges))]
    return extent.width + 2.0 * MARGIN, extent.height + 2.0 * MARGIN, middles, ways


# -- drawing -----------------------------------------------------------------------------------


def drawn(
    title: str,
    cards: Sequence[LiveCard],
    edges: Mapping[tuple[int, int], str],
    direction: str = "LR",
    sheet: Paper = STAGE,
) -> Element:
    """The picture; `edges` are pairs of ids, operand and result, with what their local derivative will be.

    Ids in the picture: n7 a card, v7 its value, g7 its gradient, e3-7 the edge from 3 to 7.
    Raises RuntimeError where there is no Graphviz.
    """
    width, height, places, ways = _places(cards, list(edges), direction, sheet)
    made = picture(width, height, title)
    lines, boxes, labels = (element(made, "g", class_=name) for name in ("edges", "cards", "locals"))
    for ((lower, upper), local), way in zip(edges.items(), ways, strict=True):
        _draw_edge(lines, labels, f"e{lower}-{upper}", way, local)
    for card in cards:
        _draw_card(boxes, card, places[card.id])
    return made


def _draw_card(parent: Element, card: LiveCard, place: Position) -> None:
    kind = card.kind
    box = element(parent, "g", id=f"n{card.id}", class_=f"node {kind}")
    left, top = place.x - card.width / 2.0, place.y - HEIGHT / 2.0
    rounded = ROUND if LOOKS[kind].is_rounded else 2.0
    element(box, "rect", class_="card", x=left, y=top, width=card.width, height=HEIGHT, rx=rounded)
    if card.symbol:
        line = left + card.sign
        element(box, "line", class_="rule", x1=line, y1=top + 4.0, x2=line, y2=top + HEIGHT - 4.0)
        text(box, card.symbol, left + card.sign / 2.0, place.y + 5.0, "symbol", card.sign - 6.0, SYMBOL)
    start, end = left + card.sign + PADDING, left + card.width - PADDING
    first, second = (top + 19.0, top + 37.0) if card.gradient else (place.y + 5.0, 0.0)
    name, value = card.rooms(card.upper)
    look = "name numbered" if card.numbered else "name"
    text(box, card.name, start, first, look, name, NAME, bold=not card.numbered)
    text(box, card.value if kind in KNOWN else "", end, first, "value", value, TEXT, id=f"v{card.id}")
    if card.gradient:
        label, gradient = card.rooms(card.lower)
        text(box, "grad", start, second, "label", label, LABEL)
        text(box, NOTHING, end, second, "gradient", gradient, TEXT, id=f"g{card.id}")


def _draw_edge(lines: Element, labels: Element, id: str, way: Way, local: str) -> None:
    """The curve with an arrowhead at each end, of which one is seen, and the local derivative on it."""
    edge = element(lines, "g", id=id, class_="edge" if local else "edge fixed")
    pieces = " ".join(f"{short(x)} {short(y)}" for x, y in way[1:])
    element(edge, "path", class_="way", d=f"M{short(way[0].x)} {short(way[0].y)}C{pieces}")
    element(edge, "path", class_="head", d=_head(way[-1], way[-2]))
    if local:
        element(edge, "path", class_="back", d=_head(way[0], way[1]))
        _draw_local(element(labels, "g", id=f"l{id}", class_="edge"), _middle(way), local)


def _draw_local(label: Element, place: Position, local: str) -> None:
    room = width_of(local, TEXT, bold=True)
    width = room + 12.0
    left, top = place.x - width / 2.0, place.y - 11.0
    element(label, "rect", class_="plate", x=left, y=top, width=width, height=22.0, rx=11.0)
    text(label, local, place.x, place.y + 4.5, "local", room, TEXT, bold=True)


def _head(tip: Position, before: Position) -> str:
    """A triangle that points where the curve ends."""
    dx, dy = tip.x - before.x, tip.y - before.y
    length = math.hypot(dx, dy) or 1.0
    dx, dy = HEAD * dx / length, HEAD * dy / length
    x, y = tip.x - dx, tip.y - dy
    corners = [(tip.x, tip.y), (x - 0.42 * dy, y + 0.42 * dx), (x + 0.42 * dy, y - 0.42 * dx)]
    return "M" + "L".join(f"{short(a)} {short(b)}" for a, b in corners) + "Z"


def _middle(way: Way) -> Position:
    """The point halfway along the curve's middle piece."""
    first = 3 * ((len(way) - 1) // 6)
    a, b, c, d = way[first : first + 4]
    x, y = ((p + 3.0 * q + 3.0 * r + s) / 8.0 for p, q, r, s in zip(a, b, c, d, strict=True))
    return Position(x, y)
