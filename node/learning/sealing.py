"""Credentials signed and checked, in a thread of their own: a crafted one may take seconds, and the node goes on meanwhile."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from federation.errors import Malformed, Unsupported, Unverified
from federation.keys import ProofSigner
from federation.rdf_proofs import Sealed, add_rdf_proof, verify_rdf_proof
from federation.reading import as_list

UNSIGNED = "unsigned"
_thread = ThreadPoolExecutor(1, "credentials")  # one: PyLD is for one thread


class Doubt(str):
    """Why a proof could not be checked: it may hold."""

    __slots__ = ()


async def seal(document: Mapping[str, Any], signer: ProofSigner, moment: datetime) -> dict[str, Any]:
    """The credential with its proof."""
    return await asyncio.get_running_loop().run_in_executor(_thread, add_rdf_proof, document, signer, moment)


async def find_fault(document: Mapping[str, Any]) -> str:
    """Why the credential's proof does not hold; '' where it holds, UNSIGNED where it has none, a Doubt where it could not be checked."""
    return await asyncio.get_running_loop().run_in_executor(_thread, fault_of, document)


async def open_seal(document: Mapping[str, Any]) -> Sealed:
    """What the credential's proof covers. Raises Unverified, Malformed."""
    return await asyncio.get_running_loop().run_in_executor(_thread, verify_rdf_proof, document)


def fault_of(document: Mapping[str, Any]) -> str:
    """As find_fault, for who has no event loop."""
    if not as_list(document.get("proof")):
        return UNSIGNED
    try:
        verify_rdf_proof(document)
    except Unsupported as error:
        return Doubt(error)
    except (Unverified, Malformed) as error:
        return str(error)
    return ""
