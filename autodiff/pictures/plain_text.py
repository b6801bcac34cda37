"""Scenes as text: a line for each card, with what it was computed from."""

from __future__ import annotations

from collections import defaultdict

from ..text.table import aligned
from .scene import Card, Scene
from .text_tree import GAP


def plain_text_of(scene: Scene) -> str:
    """The cards in order: id, operation or kind, what stands on it, its operands, the box that it is in."""
    sources: dict[str, list[str]] = defaultdict(list)
    for arrow in scene.arrows:
        words = f" ({arrow.text})".replace("\n", " ") if arrow.text else ""
        sources[arrow.target].append(f"{arrow.source}{words}")
    rows = []
    for card in scene.cards:
        operands = ", ".join(sources[card.id])
        boxes = [scene.boxes[box] for box in scene.around(card.box)]
        place = f"in {' › '.join(reversed(boxes))}" if boxes else ""
        rows.append((card.id, _kind(card), *_split(card), f"← {operands}" if operands else "", place))
    return "\n".join(aligned(rows, "llllll", GAP))


def _kind(card: Card) -> str:
    what = card.symbol or ("" if card.look in ("box", "recorded", "rest") else card.look)
    return f"{what} (output)".strip() if card.is_output else what


def _split(card: Card) -> tuple[str, str]:
    """Name and data; the gradient and what follows it."""
    fields = [field.replace("\n", " ") for field in card.fields]
    first = next((i for i, field in enumerate(fields) if field.startswith("grad ")), len(fields))
    return "  ".join(fields[:first]), "  ".join(fields[first:])
