"""The one door for JSON from the wire."""

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
    level: list[object] = [document]
    for _ in range(most):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: object) -> list[object]:
    inside = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return [child for child in inside if isinstance(child, dict | list)]
