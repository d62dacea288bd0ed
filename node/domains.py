"""Which servers we do not talk to: the domain blocks, held in memory and asked before anything else is done."""

from collections.abc import Mapping

from federation.origins import hostname_of, normal_host

STRICTEST_FIRST = ("suspend", "silence")  # what holds for a name holds for all below it, whatever is said of those


class DomainRules:
    """Domain blocks by name; each holds for all below its name, in any case, with a trailing dot, and in punycode."""

    def __init__(self) -> None:
        self._severities: Mapping[str, str] = {}

    def replace(self, severities: Mapping[str, str]) -> None:
        """Takes over what the database says: {domain: 'suspend' or 'silence'}."""
        self._severities = {normal_host(domain): severity for domain, severity in severities.items()}

    def severity_of(self, uri: str) -> str | None:
        """How the server behind a URI is blocked, or None. Ports do not matter."""
        labels = hostname_of(uri).split(".")
        found = {self._severities.get(".".join(labels[start:])) for start in range(len(labels))}
        return next((severity for severity in STRICTEST_FIRST if severity in found), None)

    def is_suspended(self, uri: str) -> bool:
        """Whether nothing is taken from there and nothing sent."""
        return bool(self._severities) and self.severity_of(uri) == "suspend"
