"""What a picture shows, in words: cards, arrows and boxes, before any format writes them down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from typing import NamedTuple

from ..derivations.parts import Parts
from ..graph import Node
from ..naming.boxes import NOWHERE
from ..text.digits import counted
from ..text.notation import visible
from .collapsing import REST, Collapsed
from .wording import CLEARER, Wording

CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
INDENT = "    "
DEEPEST = 10
"""Boxes in boxes that are written with more and more indentation."""
INDENTS = [INDENT * (depth + 1) for depth in range(DEEPEST + 1)]


class Card(NamedTuple):
    """One card: its kind, whether it stands for several nodes, what stands left of the line, its fields.

    Its id is n3 for node 3, b2 for box 2, and m5 for all that are like node 5.
    """

    id: str
    look: str
    is_several: bool
    is_output: bool
    is_nan: bool
    symbol: str | None
    fields: tuple[str, ...]
    box: int


class Arrow(NamedTuple):
    """From a card to a card, with what is written on it, in one or more lines.

    What comes along an arrow is absorbed where its branch was not taken, and its derivative is not finite.
    """

    id: str
    source: str
    target: str
    text: str
    is_absorbed: bool = False


class Inscription(NamedTuple):
    """What is written on an arrow, and the box that it is in."""

    id: str
    text: str
    box: int


class Scene:
    """The cards, arrows and boxes of a picture, in order; `boxes` are the titles of the boxes."""

    def __init__(self, parts: Parts, collapsed: Collapsed, wording: Wording) -> None:
        self._parts, self._wording, self._collapsed = parts, wording, collapsed
        self._outputs = {node.id for node in parts.graph.outputs}
        self._results = self._leaving()
        numbered = zip(collapsed.boxes.numbered(), collapsed.counts, strict=True)
        self.boxes = [visible(title) + (f" × {count:,}" if count > 1 else "") for title, count in numbered]
        self.cards = [self._card(card) for card in range(len(collapsed.cards))]
        if collapsed.left_out:
            text = f"… {counted(collapsed.left_out, 'more value')}"
            self.cards.append(Card("rest", "rest", False, False, False, None, (text,), NOWHERE))
        self.arrows = list(self._all_arrows())

    @property
    def labels(self) -> list[Inscription]:
        """What is written on arrows, each in the innermost box around both ends."""
        boxes, shared = {card.id: card.box for card in self.cards}, self._collapsed.boxes.shared
        return [
            Inscription(f"l{id[1:]}", text, shared([boxes[source], boxes[target]]))
            for id, source, target, text, _ in self.arrows
            if text
        ]

    @property
    def whole(self) -> str:
        """What the gradients are of, in a sentence: an output, if only one has a gradient."""
        outputs = [node for node in self._parts.graph.outputs if node.grad is not None]
        single = self._wording.name(outputs[0]) if len(outputs) == 1 else ""
        return single or "what backward() was called on"

    @property
    def is_odd(self) -> bool:
        """Whether there is what looks strange without a word: nan, or what was absorbed."""
        return any(card.is_nan for card in self.cards) or any(arrow.is_absorbed for arrow in self.arrows)

    @property
    def example(self) -> str:
        """The first derivative of a named value by a named value that is written on an arrow, in full."""
        for arrow in self.arrows:
            if arrow.text.startswith("∂") and not arrow.is_absorbed:
                ends = (self._parts[int(end[1:])] for end in (arrow.target, arrow.source))
                upper, lower = map(self._wording.name, ends)
                if upper and lower:
                    return f"∂{upper}/∂{lower} {arrow.text[2:]}".replace("\n", " ")
        return ""

    def around(self, box: int) -> Iterator[int]:
        """A box and those around it, outwards."""
        return self._collapsed.boxes.around(box)

    def outline(
        self, labels: Iterable[Inscription] = ()
    ) -> Iterator[tuple[str, Card | Inscription | int | None]]:
        """Cards and boxes, with their indentation: a box opens with its number, and ends with None."""
        inside: dict[int, list[Card | Inscription | int]] = defaultdict(list)
        for card in self.cards:
            inside[card.box].append(card)
        for label in labels:
            inside[label.box].append(label)
        for box in sorted({box for card in self.cards for box in self.around(card.box)}):
            inside[self._collapsed.boxes.parents[box]].append(box)
        stack: list[tuple[int, Card | Inscription | int | None]] = [
            (0, item) for item in reversed(inside[NOWHERE])
        ]
        while stack:
            depth, item = stack.pop()
            yield INDENTS[min(depth, DEEPEST)], item
            if isinstance(item, int):
                stack.append((depth, None))
                stack += [(depth + 1, inner) for inner in reversed(inside[item])]

    # -- cards ---------------------------------------------------------------------------------------

    def _card(self, card: int) -> Card:
        ids, box = self._collapsed.cards[card], self._collapsed.stands_for[card]
        nodes, place = [self._parts[id] for id in ids], self._collapsed.place(card)
        first, is_output = nodes[0], not self._outputs.isdisjoint(ids)
        marks = is_output, self._wording.is_nan(nodes)
        if len(ids) == 1 and box == NOWHERE:
            fields = self._wording.node(first)
            return Card(f"n{first.id}", first.kind, False, *marks, self._symbol(first), fields, place)
        if box != NOWHERE:
            fields = self._wording.box(self.boxes[box], len(nodes), self._results[card])
            return Card(f"b{box}", "box", True, *marks, None, fields, place)
        fields = self._wording.alike(nodes)
        return Card(f"m{first.id}", first.kind, True, *marks, self._symbol(first), fields, place)

    def _symbol(self, node: Node) -> str | None:
        """The symbol of the operation that makes a part, as it is written in pictures."""
        operation = self._parts.operation(node.id)
        return _written(operation.symbol) if operation else None

    def _leaving(self) -> dict[int, list[Node]]:
        """For each card of a box the nodes that are used outside, or are outputs."""
        of, stands_for = self._collapsed.of, self._collapsed.stands_for
        results: dict[int, list[Node]] = defaultdict(list)
        if max(stands_for) == NOWHERE:
            return results
        left = set(self._outputs)
        left.update(source for source, target, _ in self._parts.edges if of[source] != of[target])
        for id in sorted(left):
            if of[id] != REST and stands_for[of[id]] != NOWHERE:
                results[of[id]].append(self._parts[id])
        return results

    # -- arrows ----------------------------------------------------------------------------------------

    def _all_arrows(self) -> Iterator[Arrow]:
        """One for each edge between two nodes, and one between any other two cards."""
        of, ids = self._collapsed.of, [card.id for card in self.cards]
        own = ["" if card.is_several or card.look == "rest" else card.id for card in self.cards]
        own += [""] * (not self._collapsed.left_out)  # in the last place, that of REST
        between: dict[tuple[int, int], set[int]] = defaultdict(set)
        for id in sorted(chain.from_iterable(self._collapsed.cards)):
            card, inputs = of[id], self._parts.inputs(id)
            alone = own[card]
            labelled = alone and inputs and (self._wording.local or self._is_ordered(id))
            for position, source in enumerate(inputs):
                start = of[source]
                if alone and own[start]:
                    text = self._beside(id, position) if labelled else ""
                    absorbed = bool(text) and self._wording.absorbed(id, position)
                    yield Arrow(f"e{id}_{position}", own[start], alone, text, absorbed)
                elif start != card:
                    between[start, card].add(source)
        for (start, target), sources in between.items():
            counts = len(sources) > 1 and self.cards[start].look in ("box", "rest")
            text = f"{len(sources):,} values" if counts else ""
            yield Arrow(f"e_{ids[start]}_{ids[target]}", ids[start], ids[target], text)

    def _is_ordered(self, id: int) -> bool:
        """Whether the operands of a part cannot change places."""
        operation = self._parts.operation(id)
        return operation is not None and len(self._parts.inputs(id)) > 1 and not operation.symmetric

    def _beside(self, target: int, position: int) -> str:
        """The local derivative; where none is shown, which operand it is."""
        if self._wording.local:
            return self._wording.slope(target, position)
        return CIRCLED[position] if position < len(CIRCLED) else f"({position + 1})"


@cache
def _written(symbol: str) -> str:
    return CLEARER.get(symbol) or visible(symbol)
