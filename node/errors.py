"""What can go wrong inside the node."""


class NodeError(Exception):
    """Anything that a use case refuses. Never raised itself; its text is shown to people.

    NodeError
    ├── BadInput        what they gave cannot be used; the text says what to give   -> 422
    ├── NotSignedIn     nobody, or with a token or session that no longer holds     -> 401
    ├── NotAllowed      they may not                                                -> 403
    ├── NotFound        it is not there, or not for them                            -> 404
    ├── WasDeleted      it was there and is gone                                    -> 410
    ├── Conflict        it is taken, or changed meanwhile                           -> 409
    ├── TooMany         over a limit of theirs; retry_after_s says when again       -> 429
    ├── Overloaded      more comes in than we can take; retry_after_s as above      -> 503
    └── Misconfigured   the keeper's configuration cannot be used                   -> exit 1
    """


class BadInput(NodeError):
    """What they gave cannot be used."""


class NotSignedIn(NodeError):
    """Nobody, or with a token or session that no longer holds."""


class NotAllowed(NodeError):
    """They may not."""


class NotFound(NodeError):
    """It is not there, or not for them."""


class WasDeleted(NodeError):
    """It was there and is gone."""


class Conflict(NodeError):
    """It is taken, or changed meanwhile."""


class TooMany(NodeError):
    """Over a limit of theirs."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Overloaded(NodeError):
    """More comes in than we can take."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Misconfigured(NodeError):
    """The keeper's configuration cannot be used."""
