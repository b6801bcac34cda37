"""The step of a loop as the statements of a for loop."""

from __future__ import annotations

from collections.abc import Iterator

from ..listing import Line
from ..spelling.identifiers import identifier
from ..spelling.precedence import ATOM
from .body import Body
from .buffers import Plan
from .instructions import Instruction, is_array

INDENT = "    "


class StepBody(Body):
    """The statements of one step, in a function whose names and memory it shares."""

    def __init__(self, around: Body, instruction: Instruction) -> None:
        self.around, self.loop = around, instruction.loop
        self.t = around.counter(around.depth)
        self.depth = around.depth + 1
        super().__init__(self.loop.step.listing, around.words, write_loop, around.names)
        for place, number in enumerate(self.outputs[self.loop.step.carries :]):
            if place not in self.written:
                self.statements.append(f"{self._place(place)} = {self._text(number)[0]}")

    def counter(self, depth: int) -> str:
        """What counts the steps of a loop: sisters share it."""
        return self.around.counter(depth)

    def _inputs(self) -> Iterator[tuple[str, Line]]:
        """Carries and rows have names of their own; what is shared is called as it is around the loop."""
        step = self.loop.step
        given = (*self.loop.carries, *self.loop.rows, *self.loop.shared)
        inputs = [
            (line, number) for line, number in zip(self.lines, self.made, strict=True) if line.kind == "input"
        ]
        for place, (line, number) in enumerate(inputs):
            if place < step.carries + step.rows:
                name = self.names.take(identifier(line.name or ("h" if place < step.carries else "x")))
                self.texts[number] = name, ATOM
                yield name, line
            else:
                self.texts[number] = self.around.named(given[place])
        for line, number in zip(self.lines, self.made, strict=True):
            if line.kind == "constant" and is_array(line.data):
                self.texts[number] = self.words.array(line.data, line.name), ATOM

    def _planned(self) -> Plan:
        """What is collected is written where it belongs, if the instruction takes memory."""
        carries = self.loop.step.carries
        places = {
            number: self._place(place) for place, number in reversed([*enumerate(self.outputs[carries:])])
        }
        plan = Plan(self.instructions, self.outputs, places)
        self.written = {
            place
            for place, number in enumerate(self.outputs[carries:])
            if plan.into.get(number) == self._place(place)
        }
        return plan

    def _place(self, place: int) -> str:
        return f"{self.around.named(self.loop.memory[place])[0]}[{self.t}]"

    # -- text ----------------------------------------------------------------------------------

    def whole(self) -> Iterator[str]:
        """The loop."""
        names, count = [*self.inputs], self.loop.step.carries
        carries, rows = names[:count], names[count:]
        for name, number, new in zip(carries, self.loop.carries, self.outputs, strict=False):
            stays = self._text(new)[0] == name and is_array(self.inputs[name].data)
            yield f"{name} = {self.around.named(number)[0]}{'.copy()' if stays else ''}"
        sources = [*map(self.around.named, self.loop.rows)]
        for place, name in enumerate(rows):
            if not is_array(self.inputs[name].data):
                listed = self.names.take(f"{name}_numbers")
                yield f"{listed} = {self.words.tolist()}({sources[place][0]})"
                sources[place] = listed, ATOM
        length = self.loop.length
        over = f"{length - 1}, -1, -1" if self.loop.reverse else f"{length}"
        yield f"for {self.t} in range({over}):"
        taken = [f"{name} = {text}[{self.t}]" for name, (text, _) in zip(rows, sources, strict=True)]
        yield from (f"{INDENT}{row}" for row in (*taken, *self.statements, *self._handed_on(carries)))
        found = [*carries, *[self.around.named(number)[0] for number in self.loop.memory]]
        for name, number in zip(found, self.loop.results, strict=True):
            self.around.texts[number] = name, ATOM
        collected = zip(self.loop.memory, self.loop.results[count:], strict=True)
        self.around.own |= {result for memory, result in collected if memory in self.around.own}

    def _handed_on(self, carries: list[str]) -> Iterator[str]:
        """The carries take what the next step begins with; memory that others write into is copied."""
        pairs = []
        for name, number in zip(carries, self.outputs, strict=False):
            text = self._text(number)[0]
            if text != name:
                is_fresh = number in self.plan.into or number in self.plan.fresh
                pairs.append((name, text if is_fresh or not self._is_array(number) else f"{text}.copy()"))
        if pairs:
            yield " = ".join(map(", ".join, zip(*pairs, strict=True)))
        elif not self.statements:
            yield "pass"

    def _is_array(self, number: int) -> bool:
        return is_array(self.instructions.slots[number].example)


def write_loop(body: Body, instruction: Instruction) -> Body:
    """Write a loop into the statements of a body."""
    step = StepBody(body, instruction)
    body.statements += step.whole()
    return step
