"""The pages of the lecture as one notebook, run from the first cell to the last."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from .page import FOLDER, Block, pages, parts

NOTEBOOK = FOLDER.parents[1] / "examples" / "lecture.ipynb"

RICH = ("image/svg+xml", "image/png", "text/latex", "text/markdown", "text/html")
"""What a cell shows besides plain text: the first of these that it has."""

LONGEST = 20_000
"""Longer HTML is a live page, which whoever runs the notebook gets: it is not kept."""

Cell = dict[str, Any]


def empty() -> Cell:
    """The notebook before it was run."""
    return {
        "cells": list(_cells()),
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _cells() -> Iterator[Cell]:
    for page in pages():
        for number, part in enumerate(parts(page.read_text(encoding="utf-8")), 1):
            common = {"id": f"{page.stem[:1]}-{number}", "metadata": {}}
            if isinstance(part, Block):
                yield {
                    "cell_type": "code",
                    **common,
                    "source": part.cell,
                    "execution_count": None,
                    "outputs": [],
                }
            else:
                yield {"cell_type": "markdown", **common, "source": _from_examples(part)}


def _from_examples(prose: str) -> str:
    """Prose whose links lead from the notebook to the pages."""
    return re.sub(r"\]\((?=[\w.]+\.md\))", "](../docs/lecture/", prose)


def run() -> Cell:
    """The notebook with what its cells show. Raises nbclient's CellExecutionError where one fails."""
    import nbformat
    from nbclient import NotebookClient

    book = nbformat.from_dict(empty())
    place = {"metadata": {"path": str(FOLDER.parents[1])}}
    NotebookClient(book, timeout=300, kernel_name="python3", record_timing=False, resources=place).execute()
    ran: Cell = json.loads(nbformat.writes(book))
    for cell in ran["cells"]:
        cell["source"] = _text(cell["source"])
        if cell["cell_type"] == "code":
            cell["outputs"] = [_kept(output) for output in cell["outputs"]]
    return {**empty(), "cells": ran["cells"]}


def _kept(output: Cell) -> Cell:
    """What is stored of an output: its text, and the best other form that is small enough."""
    if output["output_type"] == "stream":
        return {**output, "text": _text(output["text"])}
    data = {kind: _text(content) for kind, content in output["data"].items()}
    if "image/png" in data:
        data["image/png"] = _smaller(data["image/png"])
    rich = [kind for kind in RICH if kind in data and (kind != "text/html" or len(data[kind]) < LONGEST)]
    return {**output, "metadata": {}, "data": {kind: data[kind] for kind in ["text/plain", *rich[:1]]}}


def _smaller(png: str) -> str:
    """A picture in 256 colours, a quarter of its size."""
    from PIL import Image

    file = io.BytesIO()
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    image.quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=5, dither=Image.Dither.NONE).save(
        file, "PNG", optimize=True
    )
    return base64.b64encode(file.getvalue()).decode()


def _text(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else "".join(lines)


def written(book: Cell) -> bytes:
    """The notebook as a file."""
    return (json.dumps(book, ensure_ascii=False, indent=1) + "\n").encode()


def shown(cell: Cell) -> str:
    """What a cell shows as text, without pictures."""
    return "\n".join(_shown(output).removesuffix("\n") for output in cell["outputs"])


def _shown(output: Cell) -> str:
    return str(output["text"] if output["output_type"] == "stream" else output["data"]["text/plain"])


def picture(cell: Cell, suffix: str) -> bytes:
    """The picture that a cell shows, as a file of this kind."""
    data = cell["outputs"][-1]["data"]
    return str(data["image/svg+xml"]).encode() if suffix == ".svg" else base64.b64decode(data["image/png"])
