import json
import re

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from hypothesis import given
from hypothesis import strategies as st

from federation import keys
from federation.errors import Malformed
from federation.records import KeyDocument

ADA = "https://a.example/users/ada"


@pytest.fixture(scope="module")
def rsa_key():
    return keys.generate_rsa()


def rsa_public(bits):
    return rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()


def multikey_of(vectors, kind):
    feature = (vectors / "fep-proofs" / "fep-521a.feature").read_text()
    scenario = next(part for part in feature.split("Scenario:") if f"Representing {kind} public key" in part)
    return bytes.fromhex(re.search(r'hex string "([0-9a-f]+)"', scenario)[1]), re.search(r'"(z[^"]+)"', scenario)[1]


@pytest.mark.parametrize("generate", [keys.generate_rsa, keys.generate_ed25519])
def test_a_new_key_comes_back_from_pem(generate):
    private = generate()
    assert keys.private_from_pem(keys.pem_from_private(private)).public_key() == private.public_key()
    assert keys.public_from_pem(keys.pem_from_public(private.public_key())) == private.public_key()


def test_a_public_key_in_pkcs1_is_read_too(rsa_key):
    pem = rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()
    assert pem.startswith("-----BEGIN RSA PUBLIC KEY-----")
    assert keys.public_from_pem(pem) == rsa_key.public_key()


def test_rsa_keys_that_are_too_small_are_refused_and_ours_are_not():
    with pytest.raises(Malformed, match="1024 bits"):
        keys.public_from_pem(keys.pem_from_public(rsa_public(1024)))
    assert keys.public_from_pem(keys.pem_from_public(rsa_public(2048))).key_size == 2048


def test_an_rsa_key_that_takes_too_long_to_verify_is_refused():
    numbers = rsa.RSAPublicNumbers(65537, (1 << 8199) + 1)
    with pytest.raises(Malformed, match="8200 bits"):
        keys.public_from_pem(keys.pem_from_public(numbers.public_key()))


def test_keys_of_other_kinds_are_refused():
    curve = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(Malformed, match="neither"):
        keys.public_from_pem(keys.pem_from_public(curve.public_key()))
    with pytest.raises(Malformed, match="neither"):
        keys.private_from_pem(keys.pem_from_private(curve))


@given(st.text())
def test_no_text_makes_the_readers_of_keys_fail_otherwise(text):
    for read in (keys.public_from_pem, keys.private_from_pem, keys.public_from_multibase, keys.public_from_did_key):
        with pytest.raises(Malformed):
            read(text)


@pytest.mark.parametrize(
    "pem", ["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "-----BEGIN PUBLIC KEY-----\n" + "A" * 9000, "\udc00"]
)
def test_what_only_looks_like_pem_is_refused(pem):
    with pytest.raises(Malformed):
        keys.public_from_pem(pem)


def test_the_multikey_of_fep_521a_for_ed25519(vectors):
    raw, multibase = multikey_of(vectors, "Ed25519")
    assert keys.public_from_multibase(multibase).public_bytes_raw() == raw
    assert keys.multibase_from_public(keys.public_from_multibase(multibase)) == multibase


def test_the_multikey_of_fep_521a_for_rsa(vectors):
    der, multibase = multikey_of(vectors, "RSA")
    assert keys.public_from_multibase(multibase) == load_der_public_key(der)


def test_every_ed25519_did_key_of_the_method(vectors):
    entries = json.loads((vectors / "did-key" / "test-vectors" / "ed25519-x25519.json").read_text())
    for did, entry in entries.items():
        public = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(entry["seed"])).public_key()
        assert keys.did_key_from_public(public) == did
        assert keys.public_from_did_key(did) == public
        assert keys.public_from_did_key(entry["didDocument"]["verificationMethod"][0]["id"]) == public
    assert len(entries) >= 3


def test_every_rsa_did_key_of_the_method(vectors):
    entries = json.loads((vectors / "did-key" / "test-vectors" / "rsa.json").read_text())
    sizes = {keys.public_from_did_key(did).key_size for did in entries}
    assert sizes == {2048, 4096}


@pytest.mark.parametrize("file", ["x25519.json", "secp256k1.json", "nist-curves.json", "bls12381.json"])
def test_did_keys_that_we_cannot_check_are_refused(vectors, file):
    for did in json.loads((vectors / "did-key" / "test-vectors" / file).read_text()):
        with pytest.raises(Malformed):
            keys.public_from_did_key(did)


def test_a_did_key_names_no_other_key_than_itself():
    one, other = (keys.did_key_from_public(keys.generate_ed25519().public_key()) for _ in range(2))
    with pytest.raises(Malformed):
        keys.public_from_did_key(f"{one}#{other.removeprefix('did:key:')}")


def test_a_multikey_of_the_wrong_length_is_refused():
    good = keys.multibase_from_public(keys.generate_ed25519().public_key())
    with pytest.raises(Malformed):
        keys.public_from_multibase(good + "1")


def test_a_key_of_a_document_becomes_a_known_key(rsa_key):
    key, pem = rsa_key.public_key(), keys.pem_from_public(rsa_key.public_key())
    assert keys.key_from_document(KeyDocument(f"{ADA}#main-key", ADA, "rsa", pem)) == keys.KnownKey(f"{ADA}#main-key", ADA, key)
    proof_key = keys.generate_ed25519().public_key()
    multikey = KeyDocument(f"{ADA}#ed25519-key", ADA, "ed25519", keys.multibase_from_public(proof_key))
    assert keys.key_from_document(multikey).key == proof_key


def test_a_key_that_is_not_what_it_is_called_is_refused(rsa_key):
    with pytest.raises(Malformed, match="called ed25519"):
        keys.key_from_document(KeyDocument(ADA, ADA, "ed25519", keys.pem_from_public(rsa_key.public_key())))


def test_a_signature_is_asked_of_its_own_key_and_message_only(rsa_key):
    message = b"what was said"
    signature = keys.Signer(ADA, rsa_key).sign(message)
    assert keys.is_signed_by(rsa_key.public_key(), signature, message)
    assert not keys.is_signed_by(rsa_key.public_key(), signature, b"what was not said")
    assert not keys.is_signed_by(rsa_public(2048), signature, message)
    assert not keys.is_signed_by(keys.generate_ed25519().public_key(), signature, message)


def test_rsa_with_another_hash_or_padding_does_not_count(rsa_key):
    sha1 = rsa_key.sign(b"said", padding.PKCS1v15(), hashes.SHA1())
    pss = rsa_key.sign(b"said", padding.PSS(padding.MGF1(hashes.SHA512()), 64), hashes.SHA512())
    assert not keys.is_signed_by(rsa_key.public_key(), sha1, b"said")
    assert not keys.is_signed_by(rsa_key.public_key(), pss, b"said")


def test_no_private_key_shows_in_what_is_printed(rsa_key):
    assert "key=" not in repr(keys.Signer(ADA, rsa_key)).replace("key_uri=", "")
    assert "key=" not in repr(keys.ProofSigner(ADA, keys.generate_ed25519()))
