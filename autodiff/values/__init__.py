"""What a Value is, and how an operation is declared, applied and recorded."""

from .declaration import elementwise, primitive
from .modes import no_grad
from .scopes import scope
from .value import Value

__all__ = ["Value", "elementwise", "no_grad", "primitive", "scope"]
