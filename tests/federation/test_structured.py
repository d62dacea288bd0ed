import pytest

from federation.errors import Malformed
from federation.structured import dictionary_from_header


def test_a_dictionary_keeps_its_labels_items_and_parameters():
    parsed = dictionary_from_header("Signature-Input", 'a=("x" "y";sf);created=1, b=:AAAA:')
    assert parsed == {"a": ([("x", {}), ("y", {"sf": True})], {"created": 1}), "b": (b"\0\0\0", {})}
    assert dictionary_from_header("Signature", "") == {}


@pytest.mark.parametrize("value", ["a=1, a=1", "a=1;b;b", 'a=("x";b;b)', "A=1", "a=", "a=1,", "a=é", "a=\udc80"])
def test_what_is_no_dictionary_or_says_a_thing_twice_is_malformed(value):
    with pytest.raises(Malformed):
        dictionary_from_header("Signature", value)
