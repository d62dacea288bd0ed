"""Credentials signed and checked, in a thread of their own: a crafted one may take seconds, and the node goes on meanwhile."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from federation.errors import Malformed, Unverified
from federation.keys import ProofSigner
from federation.rdf_proofs import Sealed, add_rdf_proof, verify_rdf_proof

_thread = ThreadPoolExecutor(1, "credentials")  # one: PyLD is for one thread


async def seal(document: Mapping[str, Any], signer: ProofSigner, moment: datetime) -> dict[str, Any]:
    """The credential with its proof."""
    return await asyncio.get_running_loop().run_in_executor(_thread, add_rdf_proof, document, signer, moment)


async def find_fault(document: Mapping[str, Any]) -> str:
    """Why the credential's proof does not hold; '' where it holds."""
    return await asyncio.get_running_loop().run_in_executor(_thread, fault_of, document)


async def open_seal(document: Mapping[str, Any]) -> Sealed:
    """What the credential's proof covers. Raises Unverified, Malformed."""
    return await asyncio.get_running_loop().run_in_executor(_thread, verify_rdf_proof, document)


def fault_of(document: Mapping[str, Any]) -> str:
    """As find_fault, for who has no event loop."""
    try:
        verify_rdf_proof(document)
    except (Unverified, Malformed) as error:
        return str(error)
    return ""
