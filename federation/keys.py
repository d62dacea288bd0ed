"""Keys of actors: made, written as PEM, Multikey or did:key, read back, and asked whether they signed something."""

from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from federation.errors import Malformed
from federation.multibase import bytes_from_multibase, multibase_from_bytes
from federation.records import KeyDocument

PrivateKey = RSAPrivateKey | Ed25519PrivateKey
PublicKey = RSAPublicKey | Ed25519PublicKey

RSA_BITS = 2048
RSA_BITS_MAX = 8192  # one verification with a key of 16,384 bits takes as long as sixty with our own
PEM_LIMIT = 8000  # characters
ED25519_CODE = b"\xed\x01"  # multicodec ed25519-pub, as a varint
RSA_CODE = b"\x85\x24"  # multicodec rsa-pub; PKCS #1 DER follows
ProofKey = Ed25519PrivateKey  # what signs documents
DID_KEY = "did:key:"
KEY_TYPES = {"rsa": RSAPublicKey, "ed25519": Ed25519PublicKey}

PADDING, SHA256 = PKCS1v15(), hashes.SHA256()


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A public key whose provenance was verified: its owner's document names it, and it names its owner."""

    uri: str
    owner_uri: str
    key: PublicKey


@dataclass(frozen=True, slots=True)
class Signer:
    """Whose name goes on a request that we send."""

    key_uri: str
    key: RSAPrivateKey = field(repr=False)

    def sign(self, message: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256. Takes most of a millisecond and lets go of the GIL: fit for a thread."""
        return self.key.sign(message, PADDING, SHA256)


@dataclass(frozen=True, slots=True)
class ProofSigner:
    """Whose name goes on a document that we publish. verification_method: the URI of the Multikey."""

    verification_method: str
    key: Ed25519PrivateKey = field(repr=False)


def generate_rsa() -> RSAPrivateKey:
    """A new key of 2048 bits: what every server of the network accepts."""
    return rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)


def generate_ed25519() -> Ed25519PrivateKey:
    """A new key for proofs."""
    return Ed25519PrivateKey.generate()


def is_signed_by(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Whether the key's owner signed the message. The key's type alone decides how: never what the sender calls it."""
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, message, PADDING, SHA256)
        else:
            key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


def pem_from_private(key: PrivateKey) -> str:
    """PKCS #8, not encrypted."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def private_from_pem(pem: str) -> PrivateKey:
    """The private key in a PEM text of our own making. Raises Malformed, also for kinds of key that we do not use."""
    try:  # checking that RSA's primes are prime takes a tenth of a second, and nobody but us has written the key
        key = load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise Malformed("this is no private key in PEM") from error
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise Malformed("neither an RSA nor an Ed25519 key")
    return key


def pem_from_public(key: PublicKey) -> str:
    """SubjectPublicKeyInfo, as `publicKeyPem` has it."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")


def public_from_pem(pem: str) -> PublicKey:
    """The key in a PEM text, SubjectPublicKeyInfo or PKCS #1. Raises Malformed, also for RSA below 2048 or above 8192 bits."""
    if len(pem) > PEM_LIMIT:
        raise Malformed("a PEM text too long to be a key")
    try:
        return _usable(load_pem_public_key(pem.encode()))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed("this is no public key in PEM") from error


def _usable(key: object) -> PublicKey:
    if isinstance(key, Ed25519PublicKey):
        return key
    if not isinstance(key, RSAPublicKey):
        raise Malformed("neither an RSA nor an Ed25519 key")
    if not RSA_BITS <= key.key_size <= RSA_BITS_MAX:
        raise Malformed(f"an RSA key of {key.key_size} bits; {RSA_BITS} to {RSA_BITS_MAX} are taken")
    return key


def multibase_from_public(key: Ed25519PublicKey) -> str:
    """`z6Mk...`, as `publicKeyMultibase` has it (FEP-521a)."""
    return multibase_from_bytes(ED25519_CODE + key.public_bytes_raw())


def public_from_multibase(text: str) -> PublicKey:
    """The key of a Multikey: Ed25519 (`z6Mk...`) or RSA (`z4MX...`). Raises Malformed, also for other kinds of key."""
    data = bytes_from_multibase(text)
    code, encoded = data[:2], data[2:]
    try:
        if code == ED25519_CODE:
            return Ed25519PublicKey.from_public_bytes(encoded)
        if code == RSA_CODE:
            return _usable(load_der_public_key(encoded))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Malformed("a multibase key of the wrong length or form") from error
    raise Malformed("a multibase key that is neither Ed25519 nor RSA")


def did_key_from_public(key: Ed25519PublicKey) -> str:
    """`did:key:z6Mk...` (did:key method, section 2)."""
    return DID_KEY + multibase_from_public(key)


def public_from_did_key(did: str) -> PublicKey:
    """The key that a did:key is; `did:key:X#X`, the address of its one verification method, is the same. Raises Malformed."""
    if not did.startswith(DID_KEY):
        raise Malformed("no did:key")
    encoded, hash_mark, fragment = did.removeprefix(DID_KEY).partition("#")
    if hash_mark and fragment != encoded:
        raise Malformed("a did:key has no other key than itself")
    return public_from_multibase(encoded)


def key_from_document(document: KeyDocument) -> KnownKey:
    """The key that an actor document states; that the document may speak for its owner is the caller's to know. Raises Malformed."""
    read = public_from_multibase if document.encoded.startswith("z") else public_from_pem
    key = read(document.encoded)
    if not isinstance(key, KEY_TYPES[document.algorithm]):
        raise Malformed(f"a key that is called {document.algorithm} and is not")
    return KnownKey(document.uri, document.owner_uri, key)
