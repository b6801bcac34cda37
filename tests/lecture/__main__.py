"""python -m tests.lecture: run the lecture, and write its pages, their pictures, and the notebook.

Text and code are written by hand, in docs/lecture; this computes all else. Needs the extras test and draw.
"""

from __future__ import annotations

from autodiff.files.writing import write

from . import notebook
from .page import Block, pages, parts, rewritten


def main() -> None:
    """Write the pages, their pictures, and the notebook."""
    book = notebook.run()
    cells = iter([cell for cell in book["cells"] if cell["cell_type"] == "code"])
    for page in pages():
        text = page.read_text(encoding="utf-8")
        shown = {}
        for number, block in enumerate(part for part in parts(text) if isinstance(part, Block)):
            cell = next(cells)
            shown[number] = "" if block.picture else notebook.shown(cell)
            if block.picture:
                target = page.parent / block.picture
                write(target, notebook.picture(cell, target.suffix))
        write(page, rewritten(text, shown).encode())
    write(notebook.NOTEBOOK, notebook.written(book))


if __name__ == "__main__":
    main()
