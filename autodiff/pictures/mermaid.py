"""Scenes in the language of Mermaid, which many wikis and forges draw."""

from __future__ import annotations

from collections.abc import Iterator

from ..text.escaping import mermaid
from .scene import DEEPEST, Card, Scene
from .theme import Colours

__all__ = ["mermaid_of"]

INDENT = "    "
SHAPES = {"leaf": ("(", ")"), "rest": ("([", "])")}
SEVERAL = ("[[", "]]")
STYLES = {
    "leaf": "fill:{leaf}",
    "constant": "fill:{constant},stroke-dasharray:6 4",
    "recorded": "fill:{card}",
    "number": "fill:{constant},stroke-dasharray:2 3",
    "box": "fill:{card}",
    "rest": "fill:none,stroke:{line},color:{line},stroke-dasharray:6 4",
    "output": "fill:{output},stroke-width:3px",
}


def mermaid_of(scene: Scene, direction: str, colours: Colours) -> str:
    """A flowchart."""
    used = sorted({_style(card) for card in scene.cards})
    ink = f"stroke:{colours.border},color:{colours.text}"
    lines = [
        f"flowchart {direction}",
        *_nodes(scene, colours),
        *(f"{INDENT}{source} --{words}> {target}" for source, words, target in _arrows(scene)),
        *(f"{INDENT}classDef {name} {ink},{STYLES[name].format(**colours._asdict())}" for name in used),
    ]
    return "\n".join(lines) + "\n"


def _nodes(scene: Scene, colours: Colours) -> Iterator[str]:
    for depth, item in scene.outline():
        indent = INDENT * (min(depth, DEEPEST) + 1)
        if item is None:
            yield f"{indent}end"
        elif isinstance(item, int):
            yield f'{indent}subgraph box{item} ["{mermaid(scene.boxes[item].title)}"]'
            yield f"{indent}style box{item} fill:{colours.shade},stroke:{colours.line},color:{colours.line}"
        else:
            left, right = SEVERAL if item.is_several else SHAPES.get(item.look, ("[", "]"))
            yield f'{indent}{item.id}{left}"{_label(item)}"{right}:::{_style(item)}'


def _arrows(scene: Scene) -> Iterator[tuple[str, str, str]]:
    for arrow in scene.arrows:
        words = f' "{mermaid(arrow.text)}" --' if arrow.text else ""
        yield arrow.source, words, arrow.target


def _style(card: Card) -> str:
    return "output" if card.is_output else card.look


def _label(card: Card) -> str:
    return mermaid("\n".join([card.symbol, *card.fields] if card.symbol else card.fields))
