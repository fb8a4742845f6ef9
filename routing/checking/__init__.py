"""The independent checker: judges a plan by `docs/rules.md` from the programme and the extract alone.

Law: shares nothing with what makes plans but the shapes (`routing.domain`), the raw extract reader and the table of
speeds. It implements doses, passes, streets and the clock a second time on purpose. One rule, one function, named
in its docstring; all findings are collected, and no plan, however broken, makes it raise.
"""

from routing.checking.judge import check
from routing.checking.violations import Violation, ViolationCode

__all__ = ["Violation", "ViolationCode", "check"]
