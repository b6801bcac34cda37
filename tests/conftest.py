"""Hypothesis settings: the same examples in every CI run, fresh ones at a developer's desk."""

import os

from hypothesis import settings

from _autodiff_hypothesis import register
from tests.browser import chromium

__all__ = ["chromium"]  # one browser for all tests of pages

register()  # the testing kit's profiles, for --hypothesis-profile, also where autodiff is not installed
settings.register_profile("desk", settings.get_profile("autodiff-quick"), max_examples=100)
settings.register_profile("ci", settings.get_profile("desk"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "desk")
