"""What a picture shows, in words: cards, arrows and boxes, before any format writes them down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ..graph import Graph, Node
from ..text.digits import counted
from ..text.notation import visible
from .boxes import NOWHERE
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
    symbol: str | None
    fields: tuple[str, ...]
    box: int


class Arrow(NamedTuple):
    """From a card to a card, with what is written beside it, in one or more lines."""

    id: str
    source: str
    target: str
    text: str


class Scene:
    """The cards, arrows and boxes of a picture, in order; `boxes` are the titles of the boxes."""

    def __init__(self, graph: Graph, collapsed: Collapsed, wording: Wording) -> None:
        self._graph, self._wording, self._collapsed = graph, wording, collapsed
        self._outputs = {node.id for node in graph.outputs}
        self._results = self._leaving()
        numbered = zip(collapsed.boxes.numbered(), collapsed.counts, strict=True)
        self.boxes = [visible(title) + (f" × {count:,}" if count > 1 else "") for title, count in numbered]
        self.cards = [self._card(card) for card in range(len(collapsed.cards))]
        left_out = collapsed.of.count(REST)
        if left_out:
            text = f"… {counted(left_out, 'more value')}"
            self.cards.append(Card("rest", "rest", False, False, None, (text,), NOWHERE))
        self.arrows = list(self._all_arrows())

    def around(self, box: int) -> Iterator[int]:
        """A box and those around it, outwards."""
        return self._collapsed.boxes.around(box)

    def outline(self) -> Iterator[tuple[str, Card | int | None]]:
        """Cards and boxes, with their indentation: a box opens with its number, and ends with None."""
        inside: dict[int, list[Card | int]] = defaultdict(list)
        for card in self.cards:
            inside[card.box].append(card)
        for box in sorted({box for card in self.cards for box in self.around(card.box)}):
            inside[self._collapsed.boxes.parents[box]].append(box)
        stack: list[tuple[int, Card | int | None]] = [(0, item) for item in reversed(inside[NOWHERE])]
        while stack:
            depth, item = stack.pop()
            yield INDENTS[min(depth, DEEPEST)], item
            if isinstance(item, int):
                stack.append((depth, None))
                stack += [(depth + 1, inner) for inner in reversed(inside[item])]

    # -- cards ---------------------------------------------------------------------------------------

    def _card(self, card: int) -> Card:
        ids, box = self._collapsed.cards[card], self._collapsed.stands_for[card]
        first, place = self._graph[ids[0]], self._collapsed.place(card)
        if len(ids) == 1 and box == NOWHERE:
            fields = self._wording.node(first)
            return Card(
                f"n{first.id}", first.kind, False, first.id in self._outputs, _symbol(first), fields, place
            )
        nodes, is_output = [self._graph[id] for id in ids], not self._outputs.isdisjoint(ids)
        if box != NOWHERE:
            fields = self._wording.box(self.boxes[box], len(nodes), self._results[card])
            return Card(f"b{box}", "box", True, is_output, None, fields, place)
        fields = self._wording.alike(nodes)
        return Card(f"m{first.id}", first.kind, True, is_output, _symbol(first), fields, place)

    def _leaving(self) -> dict[int, list[Node]]:
        """For each card of a box the nodes that are used outside, or are outputs."""
        of, stands_for = self._collapsed.of, self._collapsed.stands_for
        results: dict[int, list[Node]] = defaultdict(list)
        if max(stands_for) == NOWHERE:
            return results
        left = set(self._outputs)
        left.update(source for source, target, _ in self._graph.edges if of[source] != of[target])
        for id in sorted(left):
            if of[id] != REST and stands_for[of[id]] != NOWHERE:
                results[of[id]].append(self._graph[id])
        return results

    # -- arrows ----------------------------------------------------------------------------------------

    def _all_arrows(self) -> Iterator[Arrow]:
        """One for each edge between two nodes, and one between any other two cards."""
        of, ids = self._collapsed.of, [card.id for card in self.cards]
        own = [card.id if not card.is_several and card.look != "rest" else "" for card in self.cards]
        alone = [own[card] for card in of]
        between: dict[tuple[int, int], set[int]] = defaultdict(set)
        for node in self._graph:
            id, inputs = node.id, node.inputs
            labelled = inputs and (self._wording.local or _is_ordered(node))
            for position, source in enumerate(inputs):
                if alone[id] and alone[source]:
                    text = self._beside(id, position) if labelled else ""
                    yield Arrow(f"e{id}_{position}", alone[source], alone[id], text)
                elif of[source] != of[id] and of[id] != REST:
                    between[of[source], of[id]].add(source)
        for (start, target), sources in between.items():
            counts = len(sources) > 1 and self.cards[start].look in ("box", "rest")
            text = f"{len(sources):,} values" if counts else ""
            yield Arrow(f"e_{ids[start]}_{ids[target]}", ids[start], ids[target], text)

    def _beside(self, target: int, position: int) -> str:
        """The local derivative; where none is shown, which operand it is."""
        if self._wording.local:
            return self._wording.slope(target, position)
        return CIRCLED[position] if position < len(CIRCLED) else f"({position + 1})"


def _symbol(node: Node) -> str | None:
    """The symbol of a node's operation, as it is written in pictures."""
    symbol = node.symbol
    return symbol and _written(symbol)


@cache
def _written(symbol: str) -> str:
    return CLEARER.get(symbol) or visible(symbol)


def _is_ordered(node: Node) -> bool:
    """Whether the operands of a node cannot change places."""
    return len(node.inputs) > 1 and node.operation is not None and not node.operation.symmetric
