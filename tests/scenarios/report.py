"""What came of many blocks, as a table."""

from __future__ import annotations

from collections import Counter

from autodiff.text.table import aligned

from .modes import MODES
from .searching import Result


def line(total: Result, seconds: float, done: int, todo: int) -> str:
    """How far it is."""
    rest = seconds / done * (todo - done)
    return (
        f"{total.cases:,} cases, {total.distinct:,} distinct; {sum(total.ran.values()):,} comparisons, "
        f"{sum(total.failed.values()):,} failed; "
        f"{done} of {todo} blocks in {seconds:.0f} s, {rest:.0f} s to go"
    )


def table(total: Result) -> str:
    """A row per mode, and the reasons of what was left out."""
    rows = [("mode", "ran", "failed", "left out", "ms each", "because")]
    for name, mode in MODES.items():
        ran, out = total.ran[name], total.left_out[name]
        if ran + out:
            each = 1e-3 * total.microseconds[name] / (ran + out)
            because = ", ".join(f"{reason} {n:,}" for reason, n in _reasons(total, name))
            rows.append(
                (
                    f"{mode.family}.{name}",
                    f"{ran:,}",
                    f"{total.failed[name]:,}",
                    f"{out:,}",
                    f"{each:.1f}",
                    because,
                )
            )
    ran = sum(total.ran.values())
    each = 1e-3 * sum(total.microseconds.values()) / max(1, total.distinct)
    rows.append(
        (
            "all",
            f"{ran:,}",
            f"{sum(total.failed.values()):,}",
            f"{sum(total.left_out.values()):,}",
            f"{each:.1f}",
            "",
        )
    )
    return "\n".join(
        ["", *aligned(rows, "lrrrrl", "  "), "", f"{total.cases:,} cases, {total.distinct:,} distinct"]
    )


def _reasons(total: Result, name: str) -> list[tuple[str, int]]:
    prefix = f"{name}: "
    return Counter(
        {key.removeprefix(prefix): n for key, n in total.reasons.items() if key.startswith(prefix)}
    ).most_common(4)
