"""What ends a check: raised inside, caught where the user called."""


class FailedCheckError(AssertionError):
    """A check has failed: raised inside, with the message alone; the caller gets an AssertionError."""
