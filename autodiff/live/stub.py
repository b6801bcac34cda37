"""Stand-in until listings are written as JavaScript."""
from __future__ import annotations
from ..programs.listing import Listing
from ..programs.rewrites.draft import Draft, living
from ..programs.rewrites.rewriting import RULES

MOST_LINES = 10_000
SPELT = {"add": "{}+{}", "multiply": "{}*{}", "subtract": "{}-{}", "negative": "-{}", "square": "{0}*{0}", "divide":"{}/{}",
 "sigmoid": "1/(1+Math.exp(-{}))", "exp": "Math.exp({})", "log": "Math.log({})", "tanh": "Math.tanh({})", "sin":"Math.sin({})","cos":"Math.cos({})",
 "where": "{}?{}:{}", "greater": "{}>{}", "not_equal": "{}!=={}", "less": "{}<{}","equal":"{}==={}", "power": "Math.pow({},{})", "reciprocal": "1/{}",
 "logical_and":"({}&&{})", "logical_or":"({}||{})","log1p":"Math.log1p({})","relu": "Math.max({},0)", "sqrt": "Math.sqrt({})", "heaviside": "({0}>0?1:0)", "greater_equal":"{}>={}", "absolute":"Math.abs({})","sign":"Math.sign({})"}

def javascript(listings, what) -> str:
    return "{" + ",\n".join(f"{n}: {_one(l)}" for n, l in listings.items()) + "}"


def _one(listing: Listing) -> str:
    l = living(Draft(RULES).copied(listing))
    lines, k = [], 0
    for i, line in enumerate(l.lines):
        if line.kind == "input":
            text = f"x[{k}]"; k += 1
        elif line.kind == "constant":
            text = repr(float(line.data)).replace("nan", "NaN").replace("inf", "Infinity")
        else:
            text = SPELT[line.operation.name].format(*[f"t{j}" for j in line.inputs])
        lines.append(f"const t{i} = {text};")
    return "(x) => {\n" + "\n".join(lines) + f"\nreturn [{', '.join(f't{i}' for i in l.outputs)}];\n}}"
