"""Secrets: kept so that nobody who reads them can use them."""

from node.social import passwords


def test_a_password_fits_its_hash_and_no_other():
    hashed = passwords.hash_password("correct horse")
    assert hashed.startswith("$argon2id$")
    assert passwords.is_password("correct horse", hashed)
    assert not passwords.is_password("Correct horse", hashed)


def test_the_same_password_has_another_hash_each_time():
    assert passwords.hash_password("correct horse") != passwords.hash_password("correct horse")


def test_what_is_no_hash_fits_nothing():
    assert not passwords.is_password("x", "not a hash")
    assert not passwords.is_password("", "")


def test_secrets_are_long_and_never_the_same():
    found = {passwords.new_secret() for _ in range(50)}
    assert len(found) == 50
    assert min(map(len, found)) >= 43
    assert len(passwords.digest("x")) == 32
