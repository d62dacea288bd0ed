"""Bytes as text and back, base58btc behind a `z` (Controlled Identifiers 1.0, section 2.4).

By hand because no library that we keep has it; the only base that keys and eddsa-jcs-2022 proofs use on the wire.
"""

from federation.errors import Malformed

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
LIMIT = 1600  # characters; an RSA key of 8192 bits needs 1,414. Decoding takes quadratic time


def multibase_from_bytes(data: bytes) -> str:
    """`z` and the base58btc digits; each leading zero byte is a `1`."""
    number = int.from_bytes(data, "big")
    digits = []
    while number:
        number, value = divmod(number, 58)
        digits.append(ALPHABET[value])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + "".join(reversed(digits))


def bytes_from_multibase(text: str) -> bytes:
    """The bytes that `z...` stands for. Raises Malformed for another base, a wrong character or too long a text."""
    if not text.startswith("z") or len(text) > LIMIT:
        raise Malformed("not multibase base58btc (z...), or too long")
    digits = text[1:]
    number = 0
    try:
        for character in digits:
            number = number * 58 + VALUES[character]
    except KeyError as error:
        raise Malformed("a character that base58btc does not have") from error
    zeros = len(digits) - len(digits.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")
