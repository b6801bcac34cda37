"""Derivatives that somebody wrote down, against the engine's; and what is wrong with one."""

from .naming import likely_mistake, likely_mistakes
from .question import Attempt, Question
from .surroundings import further

__all__ = ["Attempt", "Question", "further", "likely_mistake", "likely_mistakes"]
