"""The one door for JSON from the wire."""

from typing import Any

import orjson

from federation.errors import Malformed

MAX_DEPTH = 64


def document_from_bytes(body: bytes) -> dict[str, object]:
    """The JSON object that the bytes hold, nested at most 64 deep. Raises Malformed."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"no JSON: {error}") from error
    if not isinstance(document, dict):
        raise Malformed("the JSON is no object")
    if body.count(b"{") + body.count(b"[") > MAX_DEPTH and _is_deeper(document, MAX_DEPTH):  # with few brackets nothing can be deep
        raise Malformed(f"the JSON is nested more than {MAX_DEPTH} deep")
    return document


def _is_deeper(document: object, most: int) -> bool:
    """Walked level by level, so that no nesting can exhaust the stack."""
    level: list[Any] = [document]
    for _ in range(most):
        below: list[Any] = []
        for node in level:
            inside = node.values() if type(node) is dict else node
            below += [child for child in inside if type(child) is dict or type(child) is list]
        if not below:
            return False
        level = below
    return True
