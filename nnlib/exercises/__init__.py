"""The exercises: is an answer right, what is wrong with it, and what could be tried next.

`check` runs a learner's function and says whether it is right; `hint` gives a hint; `ask` puts a question with
answers to choose from; `summary` says how far one has come; `case` gives the arguments of a case that a verdict
speaks of; `submitted` is for a teacher's hidden tests.
"""

from .session import ask, case, check, hint, submitted, summary

__all__ = ["ask", "case", "check", "hint", "submitted", "summary"]
