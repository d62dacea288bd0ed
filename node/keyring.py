"""The private keys of our own accounts, loaded from the database once and kept as key objects."""

from federation import keys
from storage import accounts
from storage.database import Connection
from storage.errors import Missing
from storage.records import Account, Key


class Keyring:
    """Signers by account id. Loading a PEM takes a millisecond, so each is loaded once a process."""

    def __init__(self) -> None:
        self._http: dict[int, keys.Signer] = {}
        self._proofs: dict[int, keys.ProofSigner] = {}

    def signer(self, db: Connection, account_id: int) -> keys.Signer:
        """Signs the account's requests (RSA). Raises Missing where it is not ours."""
        if account_id not in self._http:
            uri, key = _private_key(db, account_id, "rsa")
            self._http[account_id] = keys.Signer(uri, key)  # type: ignore[arg-type]  # the column `algorithm` says so
        return self._http[account_id]

    def find_signer(self, account_id: int) -> keys.Signer | None:
        """The account's signer where it was loaded before."""
        return self._http.get(account_id)

    def proof_signer(self, db: Connection, account_id: int) -> keys.ProofSigner:
        """Signs the account's documents (Ed25519). Raises Missing where it is not ours."""
        if account_id not in self._proofs:
            uri, key = _private_key(db, account_id, "ed25519")
            self._proofs[account_id] = keys.ProofSigner(uri, key)  # type: ignore[arg-type]  # the column `algorithm` says so
        return self._proofs[account_id]

    def forget(self) -> None:
        """Loads every key anew when it is next asked for."""
        self._http.clear()
        self._proofs.clear()


def new_proof_key(account: Account, key: keys.ProofKey, now_ms: int) -> Key:
    """The row of another key for what an account of ours signs; its id is a new one, for others know each key by its id."""
    multibase = keys.multibase_from_public(key.public_key())
    return Key(f"{account.uri}#ed25519-key-{now_ms}", account.id, "ed25519", multibase, keys.pem_from_private(key), now_ms)


def _private_key(db: Connection, account_id: int, algorithm: str) -> tuple[str, keys.PrivateKey]:
    for key in accounts.list_keys(db, account_id):
        if key.algorithm == algorithm and key.private_pem:
            return key.uri, keys.private_from_pem(key.private_pem)
    raise Missing(f"account {account_id} has no {algorithm} key of ours")
