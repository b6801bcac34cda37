"""Hypothesis settings: the same examples in every CI run, fresh ones at a developer's desk."""

import os

from hypothesis import HealthCheck, settings

from tests.browser import chromium

__all__ = ["chromium"]  # one browser for all tests of pages

settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
