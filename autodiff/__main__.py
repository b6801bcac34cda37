"""`python -m autodiff`: derivatives of expressions on the command line."""

from .command.line import main

__all__ = ["main"]

if __name__ == "__main__":
    raise SystemExit(main())
