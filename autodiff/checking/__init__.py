"""Whether derivatives are right: finite differences, anomalies, nudges; and printed numbers, in `claims`."""

from typing import TYPE_CHECKING

from ..lazy_names import lazy_names

if TYPE_CHECKING:
    from .anomaly import detect_anomaly as detect_anomaly
    from .check import check_gradients as check_gradients
    from .modules import check_module as check_module
    from .nudge import nudges as nudges
    from .nudge_table import Nudges as Nudges
    from .report import GradientReport as GradientReport

__all__ = ["GradientReport", "Nudges", "check_gradients", "check_module", "detect_anomaly", "nudges"]

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "GradientReport": "report",
        "Nudges": "nudge_table",
        "check_gradients": "check",
        "check_module": "modules",
        "detect_anomaly": "anomaly",
        "nudges": "nudge",
    },
)
