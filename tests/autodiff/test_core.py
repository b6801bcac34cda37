"""The lower three rooms alone are an engine; and the page that leads through them has the right lines."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import autodiff

ROOMS = Path(autodiff.__file__).parent

ALONE = '''
import sys

ABOVE = ("graph", "programs", "derivations", "checking", "pictures", "animation", "command", "testing")
ABOVE += ("settings", "files")

class Nothing:
    """Finds no module above the engine."""

    def find_spec(self, name, path=None, target=None):
        package, *rooms = name.split(".")
        if package in ("nn", "optim") or (package == "autodiff" and rooms and rooms[0] in ABOVE):
            raise ImportError(f"{name} is above the engine")

sys.meta_path.insert(0, Nothing())

from autodiff.differentiation import gradients
from autodiff.ops import sigmoid
from autodiff.values import Value

theta = [Value(v) for v in (0.2, 0.4, 0.1, 0.3, 0.5, 0.6, 0.6, 0.2, 0.4)]

def network(x1, x2):
    w11, w12, b1, w21, w22, b2, v1, v2, c = theta
    a1 = sigmoid(w11 * x1 + w12 * x2 + b1)
    a2 = sigmoid(w21 * x1 + w22 * x2 + b2)
    return v1 * a1 + v2 * a2 + c

risk = (1.2 - network(3.0, -2.0)) ** 2 + (0.7 - network(-1.0, 1.0)) ** 2
risk.backward()
print(round(risk.item(), 6))
print([round(-p.grad, 3) for p in theta])
assert gradients(risk, theta) == [p.grad for p in theta]
'''


def test_the_lower_three_rooms_alone_differentiate_the_lectures_network():
    said = subprocess.run(
        [sys.executable, "-c", ALONE], capture_output=True, text=True, check=False, cwd=ROOMS.parent
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.splitlines() == [
        "0.185852",
        "[0.404, -0.287, 0.063, 0.126, -0.089, 0.021, 0.161, 0.234, 0.416]",
    ]


# -- the page that leads through them ------------------------------------------------------------

PAGE = ROOMS / "README.md"
LINK = re.compile(r"\[`([\w.]+)`\]\(([\w/]+\.py)#L(\d+)\)")
"""A link to the line of a definition: [`Value.data`](values/value.py#L60)."""


def _lines(file: str) -> dict[str, int]:
    """The line that defines each name of a module, and of the classes in it."""
    found: dict[str, int] = {}
    module = ast.parse((ROOMS / file).read_text())
    kinds = [node for node in module.body if isinstance(node, ast.ClassDef)]
    for prefix, body in [("", module.body), *((f"{kind.name}.", kind.body) for kind in kinds)]:
        for node in body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                found.setdefault(prefix + node.name, node.lineno)
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {prefix + name.id: node.lineno for name in targets if isinstance(name, ast.Name)}
    return found


def _corrected(page: str) -> str:
    """The page with the number of the line that defines each name."""

    def link(match: re.Match[str]) -> str:
        name, file, _ = match.groups()
        return f"[`{name}`]({file}#L{_lines(file)[name]})"

    return LINK.sub(link, page)


def test_links_of_the_page_lead_to_the_lines_that_define_what_they_name():
    page = PAGE.read_text()
    assert len(LINK.findall(page)) == page.count(".py#L") >= 10
    links = [match.group() for match in LINK.finditer(page)]
    right = [_corrected(link) for link in links]
    assert links == right, "`python -m tests.autodiff.test_core` writes the right numbers into the page"


def test_the_page_is_one_page():
    assert len(PAGE.read_text().splitlines()) <= 120


if __name__ == "__main__":
    PAGE.write_text(_corrected(PAGE.read_text()))
