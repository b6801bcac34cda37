"""Names, until there is a service of them."""

# ruff: noqa
import re
from collections import Counter
from typing import Any

from ..text.digits import subscript, superscript


def names_of(graph: Any) -> dict[int, str]:
    given = Counter(n.name for n in graph if n.name)
    seen: Counter[str] = Counter()
    out: dict[int, str] = {}
    v = 0
    for n in graph:
        if n.name:
            seen[n.name] += 1
            out[n.id] = n.name if given[n.name] == 1 else f"{n.name}[{seen[n.name]}]"
        elif n.kind == "leaf":
            v += 1
            out[n.id] = "v" + subscript(v)
    if graph.output.id not in out:
        out[graph.output.id] = "f"
    return out


def key(name: str) -> str:
    m = re.fullmatch(r"([^\W\d_]+)_?([0-9]+)(?:_([0-9]+))?", name)
    return name if not m else m[1] + subscript(int(m[2])) + (f"⁽{superscript(int(m[3]))}⁾" if m[3] else "")
