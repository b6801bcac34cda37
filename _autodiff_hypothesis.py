"""Hypothesis' entry point: what is known of autodiff as soon as hypothesis is imported.

It is outside of `autodiff` since no module of a package is loaded without the package: every run of
hypothesis, also where no Value is tested, would import NumPy and the engine. So profiles are registered at
once, and the strategy of Values by whichever of hypothesis and autodiff is imported last.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from operator import call
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

PROFILES = {"autodiff-quick": 20, "autodiff-thorough": 2000}
"""Names for `--hypothesis-profile` and `settings.load_profile`, and how many examples each test runs."""


def register() -> None:
    """Register the profiles, and how Values are drawn if there are any."""
    from hypothesis import HealthCheck, settings

    for name, examples in PROFILES.items():
        settings.register_profile(
            name, max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        )
    if "autodiff" in sys.modules:
        register_values()


def register_values() -> None:
    """Let `st.from_type(Value)`, `st.builds` and the ghostwriter draw Values."""
    from hypothesis.strategies import register_type_strategy

    register_type_strategy(import_module("autodiff.values.value").Value, _values)


def _values(kind: type) -> SearchStrategy[Any]:
    """`values()`, as the ghostwriter can write it with its imports: it knows flatmap, not our function."""
    from hypothesis.strategies import just

    values: Callable[[], SearchStrategy[Any]] = import_module("autodiff.testing").values
    return just(values).flatmap(call)
