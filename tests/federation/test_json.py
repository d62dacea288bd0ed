import pytest

from federation.errors import Malformed
from federation.json import MAX_DEPTH, document_from_bytes


def nested(depth: int) -> bytes:
    return b'{"a":' * (depth - 1) + b"{}" + b"}" * (depth - 1)


def test_an_object_is_read():
    assert document_from_bytes(b'{"type": "Note", "n": [1, {"x": null}]}') == {"type": "Note", "n": [1, {"x": None}]}


def test_nesting_up_to_the_limit_is_read():
    assert document_from_bytes(nested(MAX_DEPTH)).keys() == {"a"}


def test_many_brackets_that_are_not_deep_are_read():
    assert len(document_from_bytes(b'{"a":[' + b",".join([b"[]"] * 5000) + b"]}")["a"]) == 5000


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 500, 5_000, 500_000])
def test_nesting_over_the_limit_is_refused(depth):
    with pytest.raises(Malformed):
        document_from_bytes(nested(depth))


def test_lists_count_as_nesting():
    with pytest.raises(Malformed, match="nested"):
        document_from_bytes(b'{"a":' + b"[" * 70 + b"]" * 70 + b"}")


@pytest.mark.parametrize("body", [b"", b"null", b"42", b'"text"', b"[]", b"{", b"\xff\xfe", b'{"a": NaN}', b'{"a": "\\ud800"}', b"<html>"])
def test_what_is_no_object_is_refused(body):
    with pytest.raises(Malformed):
        document_from_bytes(body)
