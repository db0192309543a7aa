"""The exercises: is an answer right, what is wrong with it, and what could be tried next.

`check` runs a learner's function and tells; `hint` gives a hint; `ask` puts a question with an answer to
choose; `summary` says how far one has come; `submitted` is for a teacher's hidden tests.
"""

from .question import ask
from .session import check, hint, submitted, summary

__all__ = ["ask", "check", "hint", "submitted", "summary"]
