"""Scenes in the language of Mermaid, which many wikis and forges draw."""

from __future__ import annotations

from collections.abc import Iterator

from ..text.escaping import mermaid
from .scene import INDENT, Arrow, Card, Scene
from .theme import LOOKS, CardLook, Colours

SEVERAL = ("[[", "]]")
DASHES = {"dashed": "6 4", "dotted": "2 3"}


def mermaid_of(scene: Scene, direction: str, colours: Colours) -> str:
    """A flowchart."""
    used = sorted({_class(card) for card in scene.cards})
    ink = f"stroke:{colours.border},color:{colours.text}"
    lines = [
        f"flowchart {direction}",
        *_nodes(scene, colours),
        *map(_arrow, scene.arrows),
        *(f"{INDENT}classDef {name} {ink},{_style(name, colours)}" for name in used),
    ]
    return "\n".join(lines) + "\n"


def _nodes(scene: Scene, colours: Colours) -> Iterator[str]:
    for indent, item in scene.outline():
        if item is None:
            yield f"{indent}end"
        elif isinstance(item, int):
            yield f'{indent}subgraph box{item} ["{mermaid(scene.boxes[item])}"]'
            yield f"{indent}style box{item} fill:{colours.shade},stroke:{colours.line},color:{colours.line}"
        elif isinstance(item, Card):
            left, right = SEVERAL if item.is_several else _brackets(LOOKS[item.look])
            yield f'{indent}{item.id}{left}"{_label(item)}"{right}:::{_class(item)}'


def _arrow(arrow: Arrow) -> str:
    start, end = ("-.", ".->") if arrow.is_absorbed else ("--", "-->")
    line = f'{start} "{mermaid(arrow.text)}" {end}' if arrow.text else "-->"
    return f"{INDENT}{arrow.source} {line} {arrow.target}"


def _class(card: Card) -> str:
    return "nan" if card.is_nan else "output" if card.is_output else card.look


def _brackets(look: CardLook) -> tuple[str, str]:
    """What makes the shape of a card."""
    if look.is_faint:
        return "([", "])"
    return ("(", ")") if look.is_rounded else ("[", "]")


def _style(name: str, colours: Colours) -> str:
    """Ground and border of a class of cards."""
    if name == "nan":
        return (
            f"fill:{colours.nan},stroke:{colours.alarm},stroke-dasharray:{DASHES['dashed']},stroke-width:3px"
        )
    look = LOOKS[name]
    styles = [f"fill:{getattr(colours, look.ground)}"]
    if look.is_faint:
        styles = ["fill:none", f"stroke:{colours.line}", f"color:{colours.line}"]
    if look.border in DASHES:
        styles.append(f"stroke-dasharray:{DASHES[look.border]}")
    if look.is_thick:
        styles.append("stroke-width:3px")
    return ",".join(styles)


def _label(card: Card) -> str:
    return mermaid("\n".join([card.symbol, *card.fields] if card.symbol else card.fields))
