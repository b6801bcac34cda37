"""Derivatives that somebody wrote down, against the engine's; and what is wrong with one."""

from .naming import likely_mistake, likely_mistakes
from .question import Attempt, Question
from .surroundings import attempts_around

__all__ = ["Attempt", "Question", "attempts_around", "likely_mistake", "likely_mistakes"]
