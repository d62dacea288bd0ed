"""A framework is read from CASE with limits, and written so that it is read back."""

import orjson
import pytest

from federation.errors import Malformed
from federation.frameworks import FrameworkDocument, ItemDocument, document_from_framework, framework_from_json

BASE = "https://case.example/ims/case/v1p0"


def item(name, **said):
    return {"identifier": name, "uri": f"{BASE}/CFItems/{name}", "fullStatement": f"To {name}", **said}


def child(name, parent, number=0):
    ends = {end: {"title": "", "uri": f"{BASE}/CFItems/{of}"} for end, of in (("originNodeURI", name), ("destinationNodeURI", parent))}
    return {"associationType": "isChildOf", "sequenceNumber": number, **ends}


def package(items=(), associations=(), **head):
    stated = {"identifier": "f", "uri": f"{BASE}/CFDocuments/f", "title": "Bryology", "creator": "The Moss Society", **head}
    return orjson.dumps({"CFDocument": stated, "CFItems": list(items), "CFAssociations": list(associations)})


def names(framework):
    return [each.url.rpartition("/")[2] for each in framework.items]


def test_a_package_is_a_tree_in_its_own_order():
    items = [
        item("draw"),
        item("see", humanCodingScheme="B.1", abbreviatedStatement="Seeing", CFItemType="Skill"),
        item("touch"),
        item("know"),
    ]
    found = framework_from_json(package(items, [child("touch", "know", 2), child("see", "know", 1)], language="en"))
    assert (found.title, found.creator, found.language) == ("Bryology", "The Moss Society", "en")
    assert names(found) == ["draw", "know", "see", "touch"]
    assert found.items[2] == ItemDocument(f"{BASE}/CFItems/see", "Seeing", "To see", "B.1", "Skill", f"{BASE}/CFItems/know")


def test_what_is_written_is_read_back():
    known, seen = f"{BASE}/CFItems/know", f"{BASE}/CFItems/see"
    framework = FrameworkDocument(
        f"{BASE}/CFDocuments/f", "Bryology", "Of mosses", "Us", "", "en",
        (ItemDocument(known, "Know", "To know"), ItemDocument(seen, "See", "To see", "B.1", "Skill", known)),
    )  # fmt: skip
    assert framework_from_json(orjson.dumps(document_from_framework(framework, "2026-11-23T12:00:00Z"))) == framework


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"7",
        b"{",
        b"[" * 100_000,
        package(),
        package([item("a")] * 5001),
        package([item("a")], title=""),
        package([item("a")], uri="javascript:1"),
        b'{"CFDocument": 7, "CFItems": [{}]}',
        b" " * ((8 << 20) + 1),
    ],
)
def test_what_is_no_framework_is_refused(body):
    with pytest.raises(Malformed):
        framework_from_json(body)


def test_parts_that_cannot_be_used_are_left_out():
    items = [item("a"), item("a"), item("b", uri="nowhere"), {"uri": f"{BASE}/CFItems/c"}, 7, item("d", fullStatement="x" * 5000)]
    found = framework_from_json(package(items, [7, child("a", "nowhere"), child("a", "a"), {"associationType": "isChildOf"}]))
    assert names(found) == ["a", "d"]
    assert len(found.items[1].statement) == 2000


def test_a_circle_of_parents_hangs_nothing_and_loses_nothing():
    found = framework_from_json(package([item("a"), item("b"), item("c"), item("d")], [child("a", "b"), child("b", "a"), child("c", "a")]))
    assert sorted(names(found)) == ["a", "b", "c", "d"]


def test_a_deep_chain_is_read():
    many = [item(str(number)) for number in range(3000)]
    found = framework_from_json(package(many, [child(str(number), str(number - 1)) for number in range(1, 3000)]))
    assert names(found) == [str(number) for number in range(3000)]
