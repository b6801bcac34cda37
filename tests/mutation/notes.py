"""Changes as they are written down: what went, what came, and what is to be said of it.

    # the reason, on as many lines as it takes
    autodiff/ops/selection.py, in clip
    - the line, or the lines, that went
    + the line, or the lines, that came

No line numbers: a note holds for as long as the lines that it names are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .mutants import Mutant
from .mutators import Change
from .source import Source

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Note:
    """A change, by the text of its lines, and a remark."""

    diff: str
    remark: str

    @property
    def path(self) -> str:
        """The file that is changed."""
        return self.diff.partition("\n")[0].partition(", in ")[0]

    @property
    def function(self) -> str:
        """The function around the change; empty outside of functions."""
        return self.diff.partition("\n")[0].partition(", in ")[2]

    def lines(self, mark: str) -> list[str]:
        """The lines that went, "-", or that came, "+"."""
        return [line[2:] for line in self.diff.split("\n")[1:] if line.startswith(mark)]

    def mutant(self, root: Path) -> Mutant:
        """The change as it is made now. Raises ValueError where the function has the lines not just once."""
        source = Source.of(root, self.path)
        there, went = [line.strip() for line in source.lines], self.lines("-")
        places = [i for i in source.span(self.function) if there[i : i + len(went)] == went]
        if len(places) != 1:
            raise ValueError(f"expected these lines once, found them {len(places)} times:\n{self.diff}")
        start = source.offset(places[0] + 1, 0)
        end = source.offset(places[0] + len(went), 0) + len(source.lines[places[0] + len(went) - 1]) - 1
        indentation = source.text[start : start + len(source.lines[places[0]]) - len(there[places[0]]) - 1]
        came = "\n".join(indentation + line for line in self.lines("+"))
        return Mutant(source, "noted", Change(start, end, came), self.function)


def notes(path: Path) -> list[Note]:
    """What is written in a file of notes: blocks, with an empty line between them."""
    found = []
    for block in path.read_text("utf-8").split("\n\n"):
        lines = [line for line in block.split("\n") if line]
        remark = " ".join(line[2:] for line in lines if line.startswith("# "))
        if rest := "\n".join(line for line in lines if not line.startswith("#")):
            found.append(Note(rest, remark))
    return found


def equivalent() -> dict[str, str]:
    """Changes that nothing can notice, with the reason."""
    return {note.diff: note.remark for note in notes(HERE / "equivalent.txt")}


def always(root: Path) -> list[Mutant]:
    """Changes that are tried in every run: they went unnoticed once."""
    return [note.mutant(root) for note in notes(HERE / "always.txt")]
