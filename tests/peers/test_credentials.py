"""What we sign holds before Digital Bazaar's verifier, the reference implementation of the suite."""

import json
import subprocess
from pathlib import Path

import pytest

from federation.credentials import TRANSCRIPT, Credential, document_from_credential
from federation.linked_data import PINNED, pinned_context
from federation.rdf_proofs import add_rdf_proof, did_key_of
from federation.status_lists import status_list_document
from tests.federation.badges import NOON, SIGNER, achievement, endorsement, signed

HERE = Path(__file__).parent / "digitalbazaar"
NODE = Path(__file__).parents[2] / ".venv" / "bin" / "node"
DID = did_key_of(SIGNER)
TRANSCRIPT_OF_ONE = Credential(
    "https://a.example/clr", TRANSCRIPT, achievement().issuer, DID, "All", NOON, members=(signed(achievement()),)
)
CREDENTIALS = {
    "achievement": signed(achievement()),
    "endorsement": signed(endorsement()),
    "transcript": add_rdf_proof(document_from_credential(TRANSCRIPT_OF_ONE), SIGNER, NOON),
    "status list": add_rdf_proof(status_list_document("https://a.example/status", DID, [7], NOON), SIGNER, NOON),
}


def verdicts(credentials):
    """(verified, why not) of each."""
    if not (HERE / "node_modules").exists():
        pytest.skip("the npm packages are not installed: make ready-to-test")
    asked = {"contexts": {url: pinned_context(url) for url in PINNED}, "credentials": credentials, "now": NOON.isoformat()}
    done = subprocess.run([NODE, HERE / "verify.mjs"], input=json.dumps(asked), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [(each["verified"], each["error"]) for each in json.loads(done.stdout)]


def test_everything_that_we_sign_verifies():
    assert dict(zip(CREDENTIALS, verdicts(list(CREDENTIALS.values())), strict=True)) == dict.fromkeys(CREDENTIALS, (True, ""))


def test_nothing_verifies_that_was_changed():
    changed = [document | {"validFrom": "2026-01-01T00:00:00Z"} for document in CREDENTIALS.values()]
    assert [verified for verified, _ in verdicts(changed)] == [False] * len(changed)
