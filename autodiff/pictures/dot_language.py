"""Scenes in the DOT language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from ..text.escaping import dot, record
from .geometry import Curve, Layout, Rect
from .legend import in_lines
from .scene import INDENT, Arrow, Card, Inscription, Scene
from .theme import LOOKS, CardLook, Colours

PAGE = {"nodesep": "0.18"}
ROOMY, NARROW, FEW_CARDS = "0.19", "0.13", 20
"""From layer to layer, in inches: of few cards, which are large on a page anyway, and of more."""

PLACED = {"layout": "nop2"}
MANY, EFFORT = 60, ("nslimit", "nslimit1", "mclimit")
"""Cards that Graphviz may think about for as long as it likes; with more, its time would explode."""

FONT = "Helvetica,Arial,sans-serif"
SIZE = 11.0
"""The size of all text, in points."""

LINE = 1.2 * SIZE
WIDE = 80.0 * SIZE
"""The width of a legend before the layout is known."""

CARD = {
    "fontname": FONT,
    "fontsize": f"{SIZE:g}",
    "shape": "record",
    "style": "filled",
    "height": "0.3",
    "margin": "0.06,0.035",
}
ARROW = {"arrowsize": "0.6"}
PORTS = {
    "LR": {"tailport": "e", "headport": "w"},
    "RL": {"tailport": "w", "headport": "e"},
    "TB": {"tailport": "s", "headport": "n"},
    "BT": {"tailport": "n", "headport": "s"},
}
"""Where arrows leave and enter a card: always the same side, so that the direction is seen."""
TEXT = {"fontname": FONT, "fontsize": f"{SIZE:g}"}
BOX = TEXT | {"style": "rounded,filled", "margin": "8", "labeljust": "l"}
TITLES = {"LR": "t", "RL": "t", "TB": "b", "BT": "b"}
"""Where the titles of boxes are: not where most arrows enter. From bottom to top Graphviz turns it around."""

LEGEND = TEXT | {"labelloc": "b", "labeljust": "l"}
SHAPES = {"number": {"width": "0.2", "height": "0.2"}, "box": {"shape": "folder"}, "rest": {"shape": "box"}}
OUTPUT = {"penwidth": "2"}
NAN = {"penwidth": "2.5"}
ALIKE = {"shape": "box", "peripheries": "2"}
LABEL = {"shape": "plaintext", "style": "", "width": "0", "height": "0", "margin": "0.025,0.02"}


class Style(NamedTuple):
    """How a picture is set: where arrows point, its colours, its legend, and its size in inches."""

    direction: str
    colours: Colours
    legend: tuple[str, ...] = ()
    size: tuple[float, float] | None = None

    @property
    def below(self) -> float:
        """The height of the legend, about."""
        return LINE * len(in_lines(self.legend, SIZE, WIDE))


def dot_of(scene: Scene, style: Style, layout: Layout | None = None) -> str:
    """A digraph with a node for each card, `id="n3"`, and an edge for each arrow, `id="e5_0"`.

    What is written on an arrow is a node that it goes through, `id="l5_0"`, so that nothing else does; what
    leads there has `id="s5_0"`. With a layout, everything is where that says.
    """
    colours = style.colours
    lines = [
        "digraph autodiff {",
        f"{INDENT}graph [{_attributes(_page(scene, style, layout))}]",
        f"{INDENT}node [{_attributes(CARD | _ink(colours, colours.border, colours.text))}]",
        f"{INDENT}edge [{_attributes(ARROW | PORTS[style.direction] | {'color': colours.line})}]",
        *_nodes(scene, style, layout),
        *_edges(scene.arrows, layout),
        "}\n",
    ]
    return "\n".join(lines)


def _page(scene: Scene, style: Style, layout: Layout | None) -> dict[str, str]:
    ranksep = ROOMY if len(scene.cards) <= FEW_CARDS else NARROW
    own = PAGE | {"ranksep": ranksep, "bgcolor": style.colours.page, "rankdir": style.direction}
    if len(scene.cards) > MANY:
        own |= dict.fromkeys(EFFORT, f"{MANY / len(scene.cards):.2f}")
    if layout:
        own |= PLACED
    if style.size:
        own["size"] = f"{style.size[0]:.4f},{style.size[1]:.4f}!"
    if style.legend:
        lines = in_lines(style.legend, SIZE, layout.extent.width if layout else WIDE)
        text = "".join(f"{dot(line)}\\l" for line in lines)
        own |= LEGEND | {"fontcolor": style.colours.line, "label": text}
    return own


def _nodes(scene: Scene, style: Style, layout: Layout | None) -> Iterator[str]:
    """The nodes, those in boxes in clusters, one inside the other."""
    colours, upright, box = style.colours, style.direction in ("LR", "RL"), _box_look(style)
    looks: dict[tuple[bool | str, ...], str] = {}
    beside = _attributes(LABEL | {"fontcolor": colours.line})
    for indent, item in scene.outline(scene.labels):
        if item is None:
            yield f"{indent}}}"
        elif isinstance(item, int):
            yield f"{indent}subgraph cluster_{item} {{"
            yield f"{indent}{INDENT}graph [{_box(scene, item, box, layout)}]"
        elif isinstance(item, Inscription):
            label = f'id="{item.id}" label="{dot(item.text)}" {beside}'
            yield f"{indent}{item.id} [{label}{_at(layout, item.id)}]"
        else:
            kind = item[1:5]
            if kind not in looks:
                looks[kind] = _look(item, colours)
            yield f"{indent}{item.id} [{_label(item, upright)} {looks[kind]}{_at(layout, item.id)}]"
    if layout:
        yield from _pieces(box, layout)


def _pieces(look: Mapping[str, str], layout: Layout) -> Iterator[str]:
    """Where boxes go on in further rows."""
    for number, box in layout.boxes.items():
        for k, piece in enumerate(box.pieces, 2):
            own = _attributes({**look, "label": "", "bb": _bounds(piece)})
            yield f'{INDENT}subgraph cluster_{number}_{k} {{ graph [id="box{number}_{k}" {own}] }}'


def _edges(arrows: Sequence[Arrow], layout: Layout | None) -> Iterator[str]:
    """An arrow that something is written on leads to what is written, and on from there."""
    ways = layout.ways if layout else {}
    for arrow in arrows:
        id, start = arrow.id, arrow.source
        look = ' style="dashed"' if arrow.is_absorbed else ""
        if arrow.text:
            label, way = f"l{id[1:]}", f"s{id[1:]}"
            yield f'{INDENT}{start} -> {label} [id="{way}" arrowhead="none"{look}{_along(ways.get(way))}]'
            start = label
        yield f'{INDENT}{start} -> {arrow.target} [id="{id}"{look}{_along(ways.get(id))}]'


# -- places ------------------------------------------------------------------------------------------


def _at(layout: Layout | None, id: str) -> str:
    return f' pos="{_pair(*layout.cards[id].middle)}"' if layout else ""


def _along(way: Curve | None) -> str:
    if way is None:
        return ""
    tip = [f"e,{_pair(*way.tip)}"] if way.tip else []
    return f' pos="{" ".join([*tip, *(_pair(*point) for point in way.points)])}"'


def _bounds(place: Rect) -> str:
    return f"{_pair(place.left, place.bottom)},{_pair(place.right, place.top)}"


def _pair(x: float, y: float) -> str:
    return f"{x:.2f},{y:.2f}"


# -- attributes ------------------------------------------------------------------------------------


def _look(card: Card, colours: Colours) -> str:
    look = LOOKS[card.look]
    ground = LOOKS["output"].ground if card.is_output else look.ground
    own = (
        _border(look) | SHAPES.get(card.look, {}) | (ALIKE if card.is_several and card.look != "box" else {})
    )
    if card.is_output:
        own = own | OUTPUT
    if card.is_nan:
        ground = "nan"
        own = own | _border(look._replace(border="dashed")) | NAN | {"color": colours.alarm}
    if look.is_faint:
        own = own | _ink(colours, colours.line, colours.line)
    return _attributes(own | {"fillcolor": getattr(colours, ground)})


def _border(look: CardLook) -> dict[str, str]:
    """Shape and style, where they differ from those of all cards."""
    styles = [
        *([] if look.is_faint else ["filled"]),
        *([] if look.border == "solid" else [look.border]),
        *(["rounded"] if look.is_rounded else []),
    ]
    shape = {"shape": "Mrecord"} if look.is_rounded else {}
    return shape | ({} if styles == ["filled"] else {"style": ",".join(styles)})


def _ink(colours: Colours, line: str, text: str) -> dict[str, str]:
    return {"color": line, "fontcolor": text}


def _box(scene: Scene, box: int, look: Mapping[str, str], layout: Layout | None) -> str:
    own = dict(look)
    if layout:
        place = layout.boxes[box]
        own |= {"bb": _bounds(place.place), "lp": _pair(*place.title.middle)}
    return f'id="box{box}" label="{dot(scene.boxes[box])}" {_attributes(own)}'


def _box_look(style: Style) -> dict[str, str]:
    colours = style.colours
    ink = {"color": colours.line, "fontcolor": colours.line, "fillcolor": colours.shade}
    return BOX | {"labelloc": TITLES[style.direction]} | ink


def _attributes(attributes: Mapping[str, str]) -> str:
    return " ".join(f'{name}="{value}"' for name, value in attributes.items())


# -- text ------------------------------------------------------------------------------------------


def _label(card: Card, upright: bool) -> str:
    """The fields of a card as a record, where braces turn the direction; as lines where it is no record."""
    if card.is_several or card.look == "rest":
        lines = "\n".join([card.symbol, *card.fields] if card.symbol else card.fields)
        return f'id="{card.id}" label="{dot(lines)}"'
    column = record(card.fields)
    if card.symbol is not None:
        column = f"{{{_symbol(card.symbol)}|{{{column}}}}}"
    return f'id="{card.id}" label="{column if upright else f"{{{column}}}"}"'


@cache
def _symbol(symbol: str) -> str:
    return record([symbol])


def rooms_of(scene: Scene, layout: Layout) -> dict[str, list[float]]:
    """The widths that there are for the lines of text in each node and cluster."""
    rooms = {label.id: [layout.cards[label.id].width] * len(label.text.split("\n")) for label in scene.labels}
    for card in scene.cards:
        fields = [*([] if card.symbol is None else [card.symbol]), *card.fields]
        widths = layout.fields.get(card.id) or [layout.cards[card.id].width] * len(fields)
        rooms[card.id] = [
            width for field, width in zip(fields, widths, strict=True) for _ in field.split("\n")
        ]
    return rooms | {f"box{number}": [box.place.width] for number, box in layout.boxes.items()}
