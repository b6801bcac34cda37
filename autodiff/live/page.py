"""The live page: a graph as cards, of which every leaf can be moved."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from ..animation.caption import resource
from ..animation.cards import LiveCard, cards_of, drawn
from ..animation.document import document, listed, named
from ..animation.narration import Narrator
from ..animation.steps import Detail, Sign
from ..animation.svg import Element
from ..graph import Graph, Node
from ..pictures.paper import Paper
from ..text.escaping import html
from ..text.notation import visible
from .computation import Computation
from .details import LiveDetails
from .document_page import TOOLS, DocumentPage, body, script, stage
from .gathering import gathering
from .turns import HOMEWORK, TURN, turns_of

EXPLAINED = 60
"""Cards of a graph of which each is derived; in a larger one only variables are."""

WIDEST = "−1.235·10⁻¹⁰"
"""The longest number that a card has room for at four digits; longer ones are written with fewer."""

BESIDE = Paper(1.48)
"""The part of a screen for the picture, beside what can be moved."""

LEGEND = (
    Sign("card", "node leaf", "variable: drag it, or click it"),
    Sign("card", "node constant", "constant: drag it"),
    Sign("card", "node recorded", "computed"),
    Sign("card", "node output", "output"),
    Sign("line", "leg walked", "the gradient's path to the selected card"),
)

GROUPS = ("Parameters", "Inputs and targets")

KEYS = (
    '<p class="keys">Drag a number in the picture or its slider, or type it; <kbd>↑</kbd> <kbd>↓</kbd> nudge '
    "by η. Click a card, or <kbd>Enter</kbd>, for its derivation.</p>"
)

SCRIPTS = (
    "numbers.js", "model.js", "controls.js", "cards.js", "rows.js", "curve.js", "moving.js", "steps.js",
    "live.js",
)  # fmt: skip


class LivePage(DocumentPage):
    """A page in which every leaf of a graph can be moved: made by `play`, shown in notebooks, saved as HTML.

    `html` is one page that needs nothing else.
    """

    def __init__(self, computation: Computation, programs: str, digits: int, direction: str) -> None:
        self._computation = computation
        self._passes = computation.passes
        self._programs = programs
        self._digits = digits
        self._direction = direction
        self._gathering = gathering(self._passes)
        self._tell = Narrator(self._passes, f".{digits}g")
        self.title = f"{self._tell.name(self._passes.output)}, live"

    def _written(self) -> str:
        page = body(
            "live.html",
            shown="The graph",
            stage=stage(named(self.title, self._drawn())),
            legend=listed(LEGEND),
            choice="",
            keys=(TURN if self._explains else "") + KEYS + self._fixed(),
            gradient=f"∇{html(self._tell.name(self._passes.output))}",
        )
        style = resource("live.css", __package__)
        code = script(self._programs, *SCRIPTS, *HOMEWORK * self._explains)
        return document(self.title, page, style, code, self._data(), self._details(), TOOLS)

    def __repr__(self) -> str:
        count = len(self._computation.leaves)
        return f"<{self.title}: {count} numbers to move, .save('name.html'), .html>"

    # -- the picture ---------------------------------------------------------------------------

    def _drawn(self) -> Element:
        """The picture, each card with room for any number."""
        passes = self._passes
        texts = {id: self._tell.data(data) for id, data in passes.data.items()}
        longest = {id: max(WIDEST, text, key=len) for id, text in texts.items()}
        cards = cards_of(passes, longest, dict.fromkeys(filter(passes.varies, texts), WIDEST))
        card_of = self._gathering.card_of
        shown = [card for card in cards if card.id not in card_of]
        shown += itertools.starmap(self._gathered, self._gathering.groups.items())
        edges = {(card_of.get(i, i), id): "" for id in passes.forward for i in passes.operands(id)}
        locals_ = self._computation.locals
        edges.update({(lower, upper): WIDEST for upper, lower in locals_ if lower not in card_of})
        made = drawn(self.title, shown, edges, self._direction, BESIDE)
        values = {f"v{id}": text for id, text in texts.items()}
        for part in made.iter("text"):
            part.text = values.get(part.get("id", ""), part.text)
        return made

    def _gathered(self, card: int, ids: Sequence[int]) -> LiveCard:
        """A card for several leaves, which says how many."""
        kind = "leaf" if self._passes.varies(ids[0]) else "constant"
        ends = f"{self._tell.name(ids[0])} … {self._tell.name(ids[-1])}"
        return LiveCard(card, kind, visible(ends, 24), f"{len(ids)} numbers", "", "")

    # -- what the page knows ---------------------------------------------------------------------

    def _data(self) -> dict[str, Any]:
        computation, passes = self._computation, self._passes
        leaves = [*map(self._leaf, computation.leaves)]
        return {
            "digits": self._digits,
            "room": len(WIDEST) + self._digits - 4,
            "output": {
                "name": self._tell.name(passes.output),
                "value": computation.values[passes.output],
            },
            "leaves": leaves,
            "groups": [group for group in GROUPS if any(leaf["group"] == group for leaf in leaves)],
            "cards": [*map(self._card, passes.names)],
            "edges": [
                {"upper": upper, "lower": lower, "local": place}
                for (upper, lower), place in computation.locals.items()
                if lower not in self._gathering.card_of
            ],
            "turns": [*turns_of(computation, self._tell)] if self._explains else [],
            "opening": self._opening(),
        }

    def _leaf(self, id: int) -> dict[str, Any]:
        gradient = self._computation.gradients[id] if id in self._computation.wrt else None
        start = self._passes.source(id).item()
        group = GROUPS[gradient is None]
        return {
            "id": f"n{id}",
            "name": self._tell.name(id),
            "group": group,
            "start": start,
            "gradient": gradient,
        }

    def _card(self, id: int) -> dict[str, Any]:
        computation = self._computation
        return {
            "id": id,
            "name": self._tell.name(id),
            "value": computation.values[id],
            "gradient": computation.gradients.get(id),
            "operands": list(self._passes.operands(id)),
        }

    @property
    def _explains(self) -> bool:
        """Whether each card has its derivation, and each derivative is an exercise."""
        return len(self._passes.names) <= EXPLAINED

    def _opening(self) -> list[str]:
        name = self._tell.name(self._passes.output)
        return [
            "Move a number",
            f"Drag it, or type it: everything up to {name} follows, and so does its gradient.",
            "",
        ]

    def _fixed(self) -> str:
        """What is said of choices that the graph does not hold: their conditions were computed by Python."""
        graph = self._passes.intermediates.graph
        chosen = {node.symbol for node in graph if _has_chosen(graph, node)}
        if not chosen:
            return ""
        names = html(", ".join(sorted(filter(None, chosen))))
        return (
            f'<p class="keys" id="fixed">The condition of {names} was computed by Python when the graph was '
            "recorded: the choice stays as it was, whatever is moved.</p>"
        )

    def _details(self) -> dict[str, Detail]:
        """What is said of each card: with its derivation, of many cards only of the variables."""
        passes = self._passes
        details = LiveDetails(self._tell, self._computation)
        return {f"n{id}": details.of(id, self._explains or id not in passes.segments) for id in passes.names}


def _has_chosen(graph: Graph, node: Node) -> bool:
    """Whether an operation chooses by a condition that no node computes."""
    arguments = node.operation.arguments if node.operation else ()
    given = dict(zip(arguments, node.inputs, strict=False))
    return "condition" in given and graph[given["condition"]].operation is None
