"""A program as a module of its own: it needs NumPy only, and checks what it is given.

The last statement alone gives the program its name: of a file that was cut off, it cannot be imported.
"""

from __future__ import annotations

import ast
import base64
import inspect
import textwrap
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

from ..text.escaping import docstring
from ..text.notation import printable
from .runtime import ieee, running
from .source import Function, Source, lines_of

LINE = 100


def saved(source: Source) -> str:
    """The text of a module with the program as a function, which runs wherever NumPy is.

    Raises ValueError naming what it would need besides: functions of the user's whose source is not to be
    had, or that use what only their module has.
    """
    foreign = [name for name, x in source.bound.items() if not _is_plain(x)]
    if foreign:
        raise ValueError(
            f"{source.name} cannot be saved: there is no text for {', '.join(foreign)}; the function of an "
            "operation must be in a file, and use NumPy, math, numbers and functions of that kind alone"
        )
    fails = any(function.may_fail for function in source.functions)
    support = [_parts(module)[1] for module in ([ieee, running] if fails else [running])]
    title = "# -- how it is run "
    return "\n\n".join(
        [
            docstring(f"{_documentation(source)}\n"),
            _with_data(source),
            title + "-" * (LINE - len(title)),
            "\n".join(_imports()),
            *support,
            "\n\n".join(_entries(source)) + "\n",
        ]
    )


def _is_plain(x: Any) -> bool:
    return type(x) is np.ndarray and x.dtype.kind in "fiub"


def _documentation(source: Source) -> str:
    """What it computes, of what, and what it returns."""
    inputs = source.functions[0].inputs
    width = max(map(len, inputs), default=0)
    rows = [
        f"    {name:{width}}  {'a number' if dtype == 'float' else f'{dtype} {shape}'}"
        for name, (shape, dtype) in inputs.items()
    ]
    told = textwrap.fill(printable(source.doc), LINE) or f"The program {source.name}."
    call = textwrap.fill(f"{source.name}({', '.join(inputs)}) returns a tuple of its results, of:", LINE)
    needs = "NumPy and SciPy" if source.imports else "NumPy"
    behind = f"Written by autodiff's compile; it needs {needs} only."
    return "\n".join([told, "", call, "", *rows, "", behind])


def _with_data(source: Source) -> str:
    """The text, with its large constants in place of the comments that name them."""
    text = _as_lines(source).rstrip()
    if source.bound:
        text = text.replace("import numpy as np\n", "import base64\n\nimport numpy as np\n", 1)
    for name, comment in source.given.items():  # the first such line is it: the user's comments come later
        text = text.replace(f"\n{comment}\n", f"\n{name} = {_packed(source.bound[name])}\n", 1)
    return text


def _as_lines(source: Source) -> str:
    """The text with other names for its functions: where `return x, y` was cut, it would still be Python."""
    rows = source.split("\n")
    names = {function.name for function in source.functions}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name in names:
            i = node.lineno - 1
            rows[i] = rows[i].replace(f"def {node.name}(", f"def {lines_of(node.name)}(", 1)
    return "\n".join(rows)


def _packed(x: np.ndarray[Any, Any]) -> str:
    """An array as text, byte by byte."""
    kind = x.dtype.newbyteorder("<").str
    data = base64.b64encode(np.ascontiguousarray(x, kind).tobytes()).decode()
    return f'np.frombuffer(base64.b64decode("{data}"), "{kind}").reshape({x.shape})'


def _imports() -> list[str]:
    """What the modules that run a program import."""
    lines = {line for module in (ieee, running) for line in _parts(module)[0].splitlines()}
    names = sorted(line for line in lines if line.startswith("import ") and "numpy" not in line)
    return [*names, *sorted(line for line in lines if line.startswith("from ") and "__future__" not in line)]


def _parts(module: ModuleType) -> tuple[str, str]:
    """A module's imports, and what stands behind them: its own text."""
    try:
        head, _, rest = inspect.getsource(module).partition("\n__all__")
    except OSError:
        raise ValueError(
            f"a saved program brings along {module.__name__}, whose source is not available: save it where "
            "autodiff is installed with its .py files"
        ) from None
    return head, rest.partition("\n")[2].strip()


def _entries(source: Source) -> Iterator[str]:
    """The program under its name, after the function that stands in for it at nan."""
    pairs = ", ".join(f'"{name}": {text}' for name, text in source.of_arrays.items())
    at_nan = None
    for function in reversed(source.functions):
        lines = lines_of(function.name)
        again = f"on_numbers({lines}, {{{pairs}}})" if function.may_fail else None
        options = [f"    {text}," for text in _options(function, again, at_nan)]
        head = f"def {function.name}({', '.join(function.inputs)}): ..."
        yield "\n".join(["@runnable(", *options, ")", head])
        at_nan = function.name


def _options(function: Function, again: str | None, at_nan: str | None) -> Iterator[str]:
    yield lines_of(function.name)
    yield repr(dict(function.inputs)).replace("'", '"')
    for name, text in {"new_memory": function.memory, "again": again, "at_nan": at_nan}.items():
        if text:
            yield f"{name}={text}"
