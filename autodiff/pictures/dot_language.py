"""Scenes in the DOT language of Graphviz."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from ..text.escaping import dot, record
from .scene import INDENT, Arrow, Card, Scene
from .theme import LOOKS, CardLook, Colours

PAGE = {"nodesep": "0.18", "ranksep": "0.4"}
FONT = "Helvetica,Arial,sans-serif"
CARD = {
    "fontname": FONT,
    "fontsize": "11",
    "shape": "record",
    "style": "filled",
    "height": "0.3",
    "margin": "0.08,0.035",
}
ARROW = {"fontname": FONT, "fontsize": "9", "arrowsize": "0.6"}
BOX = {"fontname": FONT, "fontsize": "10", "style": "rounded,filled", "margin": "10", "labeljust": "l"}
SHAPES = {"number": {"width": "0.2", "height": "0.2"}, "box": {"shape": "folder"}, "rest": {"shape": "box"}}
OUTPUT = {"penwidth": "2"}
ALIKE = {"shape": "box", "peripheries": "2"}

ASIDE = "\u00a0\u00a0"
"""Between an upright arrow and what is written at its right."""


def dot_of(scene: Scene, direction: str, colours: Colours) -> str:
    """A digraph with a node for each card, `id="n3"`, and an edge for each arrow, `id="e5_0"`."""
    upright = direction in ("LR", "RL")
    lines = [
        "digraph autodiff {",
        f"{INDENT}graph [{_attributes(PAGE | {'bgcolor': colours.page, 'rankdir': direction})}]",
        f"{INDENT}node [{_attributes(CARD | _ink(colours, colours.border, colours.text))}]",
        f"{INDENT}edge [{_attributes(ARROW | _ink(colours, colours.line, colours.line))}]",
        *_nodes(scene, upright, colours),
        *_edges(scene.arrows, "" if upright else ASIDE),
        "}\n",
    ]
    return "\n".join(lines)


def _nodes(scene: Scene, upright: bool, colours: Colours) -> Iterator[str]:
    """The nodes, those in boxes in clusters, one inside the other."""
    looks: dict[tuple[bool | str, ...], str] = {}
    for indent, item in scene.outline():
        if item is None:
            yield f"{indent}}}"
        elif isinstance(item, int):
            yield f"{indent}subgraph cluster_{item} {{"
            yield f"{indent}{INDENT}graph [{_box(scene, item, colours)}]"
        else:
            kind = item[1:4]
            if kind not in looks:
                looks[kind] = _look(item, colours)
            yield f"{indent}{item.id} [{_label(item, upright)} {looks[kind]}]"


def _edges(arrows: Sequence[Arrow], margin: str) -> list[str]:
    return [
        f'{INDENT}{source} -> {target} [id="{id}"{_beside(text, margin) if text else ""}]'
        for id, source, target, text in arrows
    ]


def _beside(text: str, margin: str) -> str:
    lines = "\\n".join([margin + dot(line) for line in text.split("\n")])
    return f' label="{lines}"'


# -- attributes ------------------------------------------------------------------------------------


def _look(card: Card, colours: Colours) -> str:
    look = LOOKS[card.look]
    ground = LOOKS["output"].ground if card.is_output else look.ground
    own = (
        _border(look) | SHAPES.get(card.look, {}) | (ALIKE if card.is_several and card.look != "box" else {})
    )
    if card.is_output:
        own = own | OUTPUT
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


def _box(scene: Scene, box: int, colours: Colours) -> str:
    own = BOX | {"color": colours.line, "fontcolor": colours.line, "fillcolor": colours.shade}
    return f'id="box{box}" label="{dot(scene.boxes[box])}" {_attributes(own)}'


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
