import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.errors import Malformed
from federation.multibase import bytes_from_multibase, multibase_from_bytes


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("z", b""),
        ("z1", b"\0"),
        ("z11", b"\0\0"),
        ("z2NEpo7TZRRrLZSi2U", b"Hello World!"),
        ("z11233QC4", bytes.fromhex("0000287fb4cd")),
    ],
)
def test_the_examples_of_base58btc(text, data):
    assert multibase_from_bytes(data) == text
    assert bytes_from_multibase(text) == data


@given(st.binary(max_size=80))
def test_bytes_come_back_as_they_were(data):
    assert bytes_from_multibase(multibase_from_bytes(data)) == data


@pytest.mark.parametrize("text", ["", "u6Mk", "m6Mk", "6Mk", "z0", "zO", "zI", "zl", "z é", "z" + "2" * 1600])
def test_other_bases_other_characters_and_endless_texts_are_refused(text):
    with pytest.raises(Malformed):
        bytes_from_multibase(text)
