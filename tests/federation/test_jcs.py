"""RFC 8785: the vectors, and the library as the oracle of our faster way."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import Malformed
from federation.jcs import canonical_bytes

SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text()
DOCUMENTS = st.dictionaries(
    st.text(), st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)
)


@pytest.mark.parametrize("name", ["arrays", "french", "structures", "unicode", "values", "weird"])
def test_the_vectors_of_the_standard(vectors, name):
    folder = vectors / "jcs-rfc8785" / "testdata"
    document = {"in": json.loads((folder / "input" / f"{name}.json").read_text())}
    assert canonical_bytes(document) == b'{"in":' + (folder / "output" / f"{name}.json").read_bytes() + b"}"


@given(DOCUMENTS)
def test_every_document_has_the_librarys_form(document):
    assert canonical_bytes(document) == rfc8785.dumps(document)


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), float("inf"), "\ud800", object()])
def test_what_has_no_canonical_form_is_malformed(value):
    assert canonical_bytes({"a": 1, "b": "\U0001f600"}) == '{"a":1,"b":"\U0001f600"}'.encode()
    with pytest.raises(Malformed):
        canonical_bytes({"a": value})
