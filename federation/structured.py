"""Header values that are dictionaries of structured fields (RFC 9651)."""

from typing import Any, cast

import http_sf

from federation.errors import Malformed

# label: (a bare item or a list of items, parameters), as http_sf reads it
Dictionary = dict[str, tuple[Any, dict[str, Any]]]


def dictionary_from_header(name: str, value: str) -> Dictionary:
    """The dictionary that a header's value is. Raises Malformed, also where a key or a parameter is stated twice.

    RFC 9651 lets the last one win; two readers that disagree on which one counts are a way in, so we refuse both.
    """
    try:
        return cast(Dictionary, http_sf.parse(value.encode("ascii"), tltype="dictionary", on_duplicate_key=_refuse))
    except ValueError as error:
        raise Malformed(f"{name} cannot be read") from error


def _refuse(key: str, _context: str) -> None:
    raise Malformed(f"{key[:50]!r} is stated twice")
