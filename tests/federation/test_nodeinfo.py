import json
import re

import pytest

from federation.nodeinfo import VERSIONS, NodeInfo, nodeinfo, well_known

NODE = NodeInfo("hedgerow", "0.1.0", "https://a.example/source", "https://a.example/", False, 3, 2, 1, 40, 7, {"nodeName": "Test"})


def holds(schema: dict, value: object) -> bool:
    """Whether a value fits the parts of JSON Schema that NodeInfo's schemas use."""
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
    if "enum" in schema and value not in schema["enum"]:
        return False
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        return False
    if isinstance(value, dict):
        known = schema.get("properties", {})
        closed = schema.get("additionalProperties") is False and value.keys() - known.keys()
        missing = set(schema.get("required", [])) - value.keys()
        return not closed and not missing and all(holds(known.get(name, {}), item) for name, item in value.items())
    if isinstance(value, list):
        return len(value) >= schema.get("minItems", 0) and all(holds(schema.get("items", {}), item) for item in value)
    if isinstance(value, str):
        return re.search(schema.get("pattern", ""), value) is not None
    return not isinstance(value, int) or value >= schema.get("minimum", value)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_document_fits_the_official_schema(vectors, version):
    schema = json.loads((vectors / "nodeinfo-schemas/schemas" / version / "schema.json").read_text())
    assert holds(schema, nodeinfo(NODE, version))
    assert not holds(schema, nodeinfo(NODE, version) | {"extra": 1})
    assert not holds(schema, nodeinfo(NODE, version) | {"protocols": ["gopher"]})


def test_what_is_not_counted_is_not_stated():
    uncounted = NodeInfo("hedgerow", "0.1.0", "https://a.example/source", "https://a.example/", True, 3, 2, 1, 40)
    assert "localComments" not in nodeinfo(uncounted, "2.1")["usage"]


def test_the_well_known_document_leads_to_both():
    assert [link["href"] for link in well_known("https://a.example")["links"]] == [
        "https://a.example/nodeinfo/2.1",
        "https://a.example/nodeinfo/2.0",
    ]
