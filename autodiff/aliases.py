"""Where modules of earlier versions are now, so that old imports and pickles find them.

One table, asked only for modules that no file answers: `import autodiff.value` gives `autodiff.values.value`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

__all__ = ["MOVED", "install"]

MOVED = {
    "advice": "differentiation.advice",
    "animation.dossier": "animation.details",
    "anomaly": "checking.anomaly",
    "answers": "command.answers",
    "arrangement": "pictures.collapsing",
    "axes": "values.axes",
    "bar_chart": "checking.bar_chart",
    "bisection": "checking.bisection",
    "causes": "checking.causes",
    "chain_rule": "derivations.chain_rule",
    "check": "checking.check",
    "choice": "settings",
    "claims": "checking.claims",
    "closed_form": "derivations.closed_form",
    "command": "command.line",
    "complaint": "checking.diagnosis",
    "console": "text.console",
    "data": "values.data",
    "declaration": "values.declaration",
    "derivation": "derivations.derivation",
    "difference": "checking.difference",
    "digits": "text.digits",
    "dot_language": "pictures.dot_language",
    "engine": "differentiation.engine",
    "equations": "derivations.equations",
    "escaping": "text.escaping",
    "expression": "derivations.expression",
    "figures": "files.figures",
    "frames": "pictures.boxes",
    "functional": "differentiation.functional",
    "grouping": "values.scopes",
    "jacobians": "differentiation.jacobians",
    "layout": "pictures.layout",
    "lazy": "values.lazy",
    "leaving": "values.leaving",
    "lecture_tables": "command.lecture_tables",
    "ledger": "pictures.contributions",
    "lettering": "text.lettering",
    "level": "checking.order",
    "likeness": "pictures.equivalence",
    "local_derivatives": "pictures.local_derivatives",
    "mermaid": "pictures.mermaid",
    "modes": "values.modes",
    "notation": "text.notation",
    "nudge": "checking.nudge",
    "operation": "values.operation",
    "operators": "differentiation.operators",
    "passes": "differentiation.passes",
    "picture": "pictures.picture",
    "plain_text": "pictures.plain_text",
    "printed": "checking.printed",
    "problem": "command.problem",
    "programs.body": "programs.lowering.body",
    "programs.buffers": "programs.lowering.buffers",
    "programs.calls": "programs.lowering.calls",
    "programs.chains": "programs.guards.chains",
    "programs.conditions": "programs.tracing.conditions",
    "programs.copying": "programs.spelling.copying",
    "programs.expressions": "programs.lowering.expressions",
    "programs.identifiers": "programs.spelling.identifiers",
    "programs.ieee": "programs.runtime.ieee",
    "programs.literals": "programs.spelling.literals",
    "programs.looking": "programs.guards.contents",
    "programs.lowering": "programs.lowering.lowering",
    "programs.meanings": "programs.lowering.meanings",
    "programs.operations": "programs.rewrites.operations",
    "programs.origins": "programs.tracing.origins",
    "programs.precedence": "programs.spelling.precedence",
    "programs.purity": "programs.tracing.purity",
    "programs.reading": "programs.spelling.reading",
    "programs.refusals": "programs.tracing.refusals",
    "programs.rewrites.grouping": "programs.rewrites.rows.grouping",
    "programs.rewrites.ordering": "programs.rewrites.rows.ordering",
    "programs.rewrites.packing": "programs.rewrites.rows.packing",
    "programs.rewrites.places": "programs.rewrites.rows.places",
    "programs.rewrites.row_products": "programs.rewrites.rows.row_products",
    "programs.rewrites.rowwise": "programs.rewrites.rows.rowwise",
    "programs.rewriting": "programs.rewrites.rewriting",
    "programs.running": "programs.runtime.running",
    "programs.specializing": "programs.lowering.specializing",
    "programs.steps": "programs.lowering.steps",
    "programs.surrounding": "programs.guards.guard",
    "programs.surroundings": "programs.guards.finding",
    "programs.trace": "programs.tracing.trace",
    "programs.watching": "programs.tracing.watching",
    "programs.words": "programs.spelling.words",
    "recording": "values.recording",
    "replay": "checking.replay",
    "report": "checking.report",
    "reverse": "differentiation.reverse",
    "roles": "differentiation.roles",
    "room": "checking.step_size",
    "scalars": "differentiation.scalars",
    "scene": "pictures.scene",
    "school": "command.school",
    "simplification": "derivations.simplification",
    "stations": "derivations.intermediates",
    "structural_zeros": "differentiation.structural_zeros",
    "structure": "differentiation.structure",
    "subject": "checking.flattening",
    "table": "text.table",
    "text_tree": "pictures.text_tree",
    "theme": "pictures.theme",
    "tokens": "command.tokens",
    "transcription": "derivations.transcription",
    "typesetting": "derivations.typesetting",
    "unfinished": "files.unfinished",
    "unwritten": "differentiation.unwritten",
    "user_code": "values.user_code",
    "value": "values.value",
    "vocabulary": "command.vocabulary",
    "wording": "pictures.wording",
    "writing": "derivations.writing",
}
"""Old names of modules of this package, and those under which they are found now."""

MOVED_BESIDE = {
    "nn.layers.sizes": "nn.sizes",
    "nn.network.perceptron": "nn.network.feedforward",
}
"""The same for the packages that are built on this one, by their full names."""


class _Moved(MetaPathFinder, Loader):
    """Finds a moved module, and loads it as the very module that has its new name."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(name, self) if _now(name) else None

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = import_module(_now(module.__name__))


def _now(name: str) -> str:
    """The name that a moved module has now; empty for any other."""
    package, _, module = name.partition(".")
    moved = package == __package__ and module in MOVED
    return f"{package}.{MOVED[module]}" if moved else MOVED_BESIDE.get(name, "")


def install() -> None:
    """Let Python ask the table after everything else."""
    sys.meta_path.append(_Moved())
