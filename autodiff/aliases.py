"""Where modules of earlier versions are now, so that old imports and pickles find them.

One table, asked only for modules that no file answers: `import autodiff.value` gives `autodiff.values.value`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from importlib.abc import Loader

KEPT = {
    "checking": "anomaly bar_chart bisection check claims difference nudge replay report",
    "command": "answers lecture_tables problem",
    "derivations": "chain_rule closed_form derivation equations expression local_derivatives simplification "
    "transcription typesetting writing",
    "differentiation": "advice engine functional jacobians operators passes reverse scalars "
    "structural_zeros structure unwritten",
    "files": "figures unfinished",
    "naming": "putting",
    "pictures": "dot_language layout mermaid picture plain_text scene text_tree theme wording",
    "programs.lowering": "body buffers calls",
    "programs.rewrites": "rewriting",
    "programs.rewrites.rows": "grouping packing places rowwise",
    "programs.runtime": "ieee running",
    "programs.spelling": "copying identifiers literals precedence reading words",
    "programs.tracing": "conditions origins refusals trace",
    "school": "tokens vocabulary",
    "text": "console digits escaping lettering notation table",
    "values": "axes data declaration lazy leaving modes operation recording user_code value",
}
"""Modules that kept their names and moved one room further in."""

RENAMED = {
    "animation.dossier": "animation.details",
    "arrangement": "pictures.collapsing",
    "causes": "checking.claims.causes",
    "choice": "settings",
    "complaint": "checking.diagnosis",
    "frames": "naming.boxes",
    "grouping": "values.scopes",
    "ledger": "pictures.contributions",
    "level": "checking.linearization",
    "likeness": "pictures.equivalence",
    "linalg": "ops.linalg",
    "pictures.boxes": "naming.boxes",
    "pictures.local_derivatives": "derivations.local_derivatives",
    "printed": "checking.claims.printed",
    "programs.chains": "programs.guards.chains",
    "programs.expressions": "programs.lowering.proxies",
    "programs.looking": "programs.guards.contents",
    "programs.meanings": "programs.lowering.instructions",
    "programs.parameters": "programs.arguments",
    "programs.purity": "programs.tracing.refusals",
    "programs.rewrites.dead": "programs.rewrites.draft",
    "programs.rewrites.kinks": "programs.rewrites.neutral",
    "programs.rewrites.ordering": "programs.rewrites.rows.packing",
    "programs.rewrites.products": "programs.rewrites.sums",
    "programs.rewrites.row_products": "programs.rewrites.rows.rowwise",
    "programs.rewrites.signs": "programs.rewrites.neutral",
    "programs.specializing": "programs.lowering.proxies",
    "programs.steps": "programs.lowering.instructions",
    "programs.surrounding": "programs.guards.guard",
    "programs.surroundings": "programs.guards.finding",
    "programs.watching": "programs.tracing.nan_check",
    "roles": "differentiation.engine",
    "room": "checking.step_size",
    "stations": "derivations.intermediates",
    "subject": "checking.flattening",
}

MOVED = (
    {
        ".".join(["autodiff", *room.split(".")[:-1], name]): f"autodiff.{room}.{name}"
        for room, names in KEPT.items()
        for name in names.split()
    }
    | {f"autodiff.{old}": f"autodiff.{new}" for old, new in RENAMED.items()}
    | {
        "nn.layers.sizes": "nn.sizes",
        "nn.casting": "nn.parts",
        "nn.network.perceptron": "nn.network.feedforward",
        "nn.training.fingerprint": "nn.training.checkpoint",
        "nn.training.form": "nn.training.packing",
        "nn.training.whole": "nn.training.constancy",
        "optim.conjugate": "optim.steepest",
        "optim.fitting.gauss_newton": "optim.fitting.nonlinear_least_squares",
        "optim.fitting.naming": "optim.fitting.run",
        "optim.fitting.student": "optim.fitting.regression",
        "optim.limited_memory": "optim.quasi_newton",
        "optim.plot.level_lines": "optim.plot.chart",
        "optim.plot.sites": "optim.plot.basins",
        "optim.progress": "optim.stopping",
        "optim.truncated": "optim.newton_raphson",
    }
)
"""Old names of modules, and those under which they are found now."""


class _Moved:
    """Finds a moved module, and loads it as the very module that has its new name."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(name, cast("Loader", self)) if name in MOVED else None

    def create_module(self, spec: ModuleSpec) -> None:
        """An empty one, as usual."""

    def exec_module(self, module: ModuleType) -> None:
        sys.modules[module.__name__] = import_module(MOVED[module.__name__])


def install() -> None:
    """Let Python ask the table after everything else."""
    sys.meta_path.append(_Moved())


def attach(package: str) -> None:
    """Let a package and those in it have modules of earlier versions as attributes: `optim.conjugate`."""
    for old, new in MOVED.items():
        within, _, name = old.rpartition(".")
        if f"{within}.".startswith(f"{package}."):
            setattr(import_module(within), name, import_module(new))
