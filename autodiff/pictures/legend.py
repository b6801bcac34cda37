"""What the signs of a picture mean: only of those that it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .fitting import width_of
from .scene import Scene
from .wording import ABSORBED, UNKNOWN

BETWEEN = "   ·   "

WIDER = 1.18
"""How much wider than in Helvetica text is in the fonts that Graphviz may find."""

KINDS = {
    "leaf": "rounded: a variable",
    "constant": "dashed: a constant, which has no gradient",
    "number": "dotted: a number",
}


def legend_of(scene: Scene) -> Iterator[str]:
    """Phrases."""
    looks = {card.look for card in scene.cards}
    yield from _derivatives(scene)
    yield from (words for look, words in KINDS.items() if look in looks)
    if any(card.is_several and card.look != "box" for card in scene.cards):
        yield "double: many that are alike"
    yield "thick: the output" if sum(card.is_output for card in scene.cards) == 1 else "thick: outputs"
    if any(card.is_nan for card in scene.cards):
        yield "thick and dashed: nan, or a gradient that is"


def _derivatives(scene: Scene) -> Iterator[str]:
    texts = [arrow.text for arrow in scene.arrows]
    fields = [field for card in scene.cards for field in card.fields]
    if any(text.startswith("∂") for text in texts):
        example = f", as {scene.example}" if scene.example else ""
        yield f"∂: the derivative of an arrow's end by its start{example}"
    if any(text.startswith("∇") for text in texts):
        yield "∇: the term of a gradient that comes back along an arrow; ū is the gradient of u"
    if any(field.startswith("grad ") for field in fields):
        yield f"grad: the derivative of {scene.whole} by the value on the card"
    if any("\n= " in field for field in fields):
        yield "grad = … + …: a term for each arrow that leaves the card"
    if UNKNOWN in fields:
        yield f"{UNKNOWN}: not computed, as backward() did not come there"
    if any(arrow.is_absorbed for arrow in scene.arrows):
        yield f"dashed arrow, {ABSORBED}: absorbed, as its branch was not taken"


def in_lines(phrases: Sequence[str], size: float, width: float) -> list[str]:
    """Phrases in lines of at most this width, and at least one phrase each."""
    lines: list[str] = []
    for phrase in phrases:
        longer = f"{lines[-1]}{BETWEEN}{phrase}" if lines else phrase
        if lines and WIDER * width_of(longer, size) <= width:
            lines[-1] = longer
        else:
            lines.append(phrase)
    return lines
