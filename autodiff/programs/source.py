"""A Listing as the text of a Python module.

    written(listing, name, doc)   the source: a function that takes the inputs and returns the results
    loaded(source)                that function (loading.py)
    saved(source)                 the same for a file (saving.py)

The text needs NumPy and math alone, and SciPy where operations do: imports, constants, functions that it
brings along, and the function itself, one line per operation. Where it has arrays, it is given memory for
those on the way, which it keeps from call to call.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..text import notebook
from ..text.escaping import comment, docstring
from ..values.data import Shape
from .listing import Line, Listing
from .lowering.body import Body
from .lowering.steps import write_loop
from .spelling.identifiers import identifier
from .spelling.words import Words

WIDTH = 100


class Function(NamedTuple):
    """What there is to know of one function of a source, in order to call it."""

    name: str
    inputs: Mapping[str, tuple[Shape, str]]
    """Shape and dtype of each input, by name; the dtype of a Python float is "float"."""
    memory: str | None
    """The function that makes its memory; None where it needs none."""
    is_loud: bool
    """Whether it calls NumPy, which may warn."""
    may_fail: bool
    """Whether it computes with numbers what Python refuses, such as 1/0."""


class Source(str):
    """The text of a program, and what the text alone does not tell.

    `bound` are objects that it names but does not contain: large constants, functions without source;
    `given` are the comments in their places. `of_arrays` says which function of NumPy stands behind each
    function of numbers; `imports` are the lines that import from libraries besides NumPy. `functions` are the
    program and, where it was written with a fallback, that.
    """

    bound: dict[str, Any]
    given: dict[str, str]
    of_arrays: dict[str, str]
    imports: dict[str, str]
    functions: list[Function]
    doc: str
    nbytes: int
    """Bytes of arrays that are kept from call to call: constants that are bound, and those on the way."""

    @property
    def name(self) -> str:
        """What the program is called."""
        return self.functions[0].name

    def below(self, heading: Sequence[str]) -> Source:
        """The same with comments above it."""
        rows = [row for line in heading for row in textwrap.wrap(line, WIDTH - 2)]
        source = Source("".join([*(f"{comment(row)}\n" for row in rows), self]))
        vars(source).update(vars(self))
        return source

    def _repr_html_(self) -> str:
        return notebook.block(notebook.listing(self))


def lines_of(name: str) -> str:
    """What the lines of a function are called in a saved program, where its own name is bound at the end."""
    return f"{name}_lines"


def written(listing: Listing, name: str, doc: str, fallback: Listing | None = None) -> Source:
    """The source of a function of the inputs that returns the results, as a tuple.

    With a `fallback`, of the same inputs, the last result of the listing is a number that says whether
    the others hold: where it is nan, the results are those of the fallback.
    """
    name = Words(dir(math)).names.take(identifier(name))
    names = [name, f"{name}_memory"]
    if fallback is not None:
        names += [f"{name}_at_nan", f"{name}_at_nan_memory"]
    words = Words([*names, *map(lines_of, names[::2])])
    bodies = [Body(listing, words, write_loop)]
    docs = [doc]
    if fallback is not None:
        bodies.append(Body(fallback, words, write_loop))
        docs.append("The same with 0·∞ = 0 in the gradient: what nothing depends on contributes nothing.")
    functions = [_function(body, names[2 * i]) for i, body in enumerate(bodies)]
    texts = [_text(*parts) for parts in zip(bodies, functions, docs, strict=True)]
    words.keep(texts)
    given = {name: _given(name, x) for name, x in words.bound.items()}
    source = Source("\n\n".join([*_preamble(words, given), *texts]))
    source.bound, source.given, source.of_arrays = words.bound, given, words.of_arrays
    source.imports, source.functions, source.doc = words.imports, functions, doc
    constants = [x.nbytes for x in words.bound.values() if type(x) is np.ndarray]
    source.nbytes = sum(constants) + sum(body.plan.nbytes for body in bodies)
    return source


def _function(body: Body, name: str) -> Function:
    inputs = {given: (line.shape, _kind(line)) for given, line in body.inputs.items()}
    memory = f"{name}_memory" if body.memory else None
    return Function(name, inputs, memory, memory is not None or body.may_warn, body.may_fail)


def _kind(line: Line) -> str:
    return "float" if line.is_float else str(line.dtype)


# -- text --------------------------------------------------------------------------------------


def _preamble(words: Words, given: Mapping[str, str]) -> Iterator[str]:
    """Imports, constants, functions."""
    pairs = sorted(words.from_math.items())
    names = [name if name == known else f"{name} as {known}" for name, known in pairs]
    imports = [f"from math import {', '.join(names)}", ""] if names else []
    imports += ["import numpy as np", *words.imports.values()]
    constants = [line for name, text in words.constants.items() for line in _fitted(f"{name} = {text}")]
    behind = [*given.values(), *constants]
    yield "\n".join([*imports, *([""] if behind else []), *behind, ""])
    for text in words.helpers.values():
        yield f"{text}\n"


def _given(name: str, x: Any) -> str:
    """What a program is given with its text. The object is not asked: its repr may be long, or fail."""
    if type(x) is np.ndarray:
        told = f"{x.dtype} {x.shape}"
    else:
        told = f"{type(x).__qualname__} {getattr(x, '__qualname__', '')}".rstrip()
    return comment(f"{name}: {told}, given with this text")


def _text(body: Body, function: Function, doc: str) -> str:
    """A function, and before it the one that makes its memory."""
    lines = [docstring(textwrap.fill(doc, WIDTH, subsequent_indent=" " * 4))] if doc else []
    parameters = [*function.inputs]
    results = list(body.results())
    making = ""
    if function.memory:
        parameters.insert(0, "memory")
        lines += _broken("", body.memory, " = memory")
        made = [f"{name} = {text}" for name, text in body.memory.items()]
        told = docstring(f"Arrays that {function.name} writes into; no two calls at a time may share them.")
        making = _definition(function.memory, [], [told, *made, *_broken("return ", body.memory)]) + "\n\n"
    lines += [row for statement in body.statements for row in _fitted(statement)]
    lines += _broken("return ", results) if results else ["return ()"]
    return making + _definition(function.name, parameters, lines)


def _definition(name: str, parameters: Sequence[str], lines: Sequence[str]) -> str:
    head = f"def {name}({', '.join(parameters)}):"
    if len(head) > WIDTH:
        head = "\n".join([f"def {name}(", *_rows(parameters), "):"])
    return "\n".join([head, *(f"    {line}" for line in lines), ""])


def _broken(before: str, names: Iterable[str], behind: str = "") -> list[str]:
    """A tuple on one line, or in brackets on several."""
    parts = list(names)
    text = f"{before}{', '.join(parts)}{',' if len(parts) == 1 else ''}{behind}"
    if len(text) <= WIDTH:
        return [text]
    return [f"{before}(", *_rows(parts), f"){behind}"]


def _rows(names: Iterable[str]) -> list[str]:
    """Names in rows that are not too long, each with a comma behind it."""
    return _wrapped(f"{', '.join(names)},")


def _wrapped(text: str) -> list[str]:
    """An expression in rows that go into brackets."""
    rows = textwrap.wrap(text, WIDTH - 4, break_long_words=False, break_on_hyphens=False)
    return [f"    {row}" for row in rows]


def _fitted(line: str) -> list[str]:
    """A line that is too long on several: a comment cut, an expression in brackets."""
    if len(line) > WIDTH and re.fullmatch(r"\s*(\w+ = \w+ *)?#.*", line):
        return [f"{line[: WIDTH - 1]}…"]
    if len(line) <= WIDTH or re.search("[\"'].* .*[\"']", line):
        return [line]
    name, _, text = line.partition(" = ")
    margin = " " * (len(name) - len(name.lstrip()))
    if text and "," in name and "(" not in name:  # several names
        broken = _broken("", name.strip().rstrip(",").split(", "), f" = {text}")
        return [margin + row for row in broken]
    rows = _wrapped(text)
    return [f"{name} = (", *[margin + row for row in rows], f"{margin})"] if len(rows) > 1 else [line]
