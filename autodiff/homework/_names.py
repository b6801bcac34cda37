from collections import Counter
from ..graph import Graph
from ..values.value import Value
def names_of(graph):
    given = Counter(n.name for n in graph if n.name); seen = Counter(); out = {}; v = 0
    for n in graph:
        if n.name:
            seen[n.name] += 1
            out[n.id] = n.name if given[n.name] == 1 else f"{n.name}[{seen[n.name]}]"
        elif n.kind == "leaf":
            v += 1
            out[n.id] = "v" + "₀₁₂₃₄₅₆₇₈₉"[v]
    if graph.output.id not in out: out[graph.output.id] = "f"
    return out
def key(name):
    import re
    from ..text.digits import subscript, superscript
    m = re.fullmatch(r"([^\W\d_]+)_?([0-9]+)(?:_([0-9]+))?", name)
    return name if not m else m[1]+subscript(m[2])+(f"⁽{superscript(m[3])}⁾" if m[3] else "")
