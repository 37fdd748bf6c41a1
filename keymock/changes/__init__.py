"""Two trees → what callers will see differently: routes, answers, conditions, order, settings, rights; in words."""

from keymock.changes.change import SEVERITIES, Change, Detail, Place, Severity
from keymock.changes.compare import Comparison, Sees, compare

__all__ = ["SEVERITIES", "Change", "Comparison", "Detail", "Place", "Sees", "Severity", "compare"]
