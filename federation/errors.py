"""What can go wrong between two servers."""


class FederationError(Exception):
    """Anything that can go wrong between two servers. Never raised itself.

    FederationError
    ├── Malformed           what they sent cannot be read                     -> 400
    ├── Unverified          we cannot tell who sent it                        -> 401
    │   ├── Unsupported     it may be signed well, in a way that we do not know
    │   └── Mismatch        the key that we know did not make the signature   -> fetch the key anew, once
    ├── Forbidden           the sender may not do this                        -> 403
    └── NotFetched          we asked and have no answer that we can use
        ├── Refused         the address is one that we never contact          -> never try again
        ├── Gone            they say that it is not there (404, 410, Tombstone) -> remember that
        ├── Denied          they answered and will not give it (other 4xx, wrong type, too large) -> not soon again
        └── Unreachable     no answer, or theirs failed (timeout, TLS, 5xx, 429)  -> try later
    """


class Malformed(FederationError):
    """What they sent cannot be read."""


class Unverified(FederationError):
    """We cannot tell who sent it."""


class Unsupported(Unverified):
    """It is signed in a way that we do not know: nothing was checked, so nothing has failed."""


class Mismatch(Unverified):
    """The key that we know did not make the signature: it may have changed."""


class Forbidden(FederationError):
    """The sender may not do this."""


class NotFetched(FederationError):
    """We asked and have no answer that we can use."""


class Refused(NotFetched):
    """The address is one that we never contact."""


class Gone(NotFetched):
    """They say that it is not there."""


class Denied(NotFetched):
    """They answered and will not give it, or gave something that we do not take."""


class Unreachable(NotFetched):
    """No answer, or theirs failed. retry_after_s: what their Retry-After asked for, if it did."""

    def __init__(self, message: str, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
