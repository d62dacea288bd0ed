"""Names to addresses, by the system's resolver on threads of our own, so that slow names hold up nothing else."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from aiohttp.abc import AbstractResolver, ResolveResult

THREADS = 16  # uvloop's own pool has four, which four slow name servers would fill


class Resolver(AbstractResolver):
    """What getaddrinfo says; every address is checked later, where the socket is made."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="dns")

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC) -> list[ResolveResult]:
        """The addresses of a name. Raises OSError, also for what can be no name."""
        loop = asyncio.get_running_loop()
        try:
            found = await loop.run_in_executor(self._threads, socket.getaddrinfo, host, port, family, socket.SOCK_STREAM)
        except UnicodeError as error:
            raise OSError(f"no host name: {error}") from error
        return [
            ResolveResult(hostname=host, host=str(address[0]), port=port, family=kind, proto=protocol, flags=socket.AI_NUMERICHOST)
            for kind, _, protocol, _, address in found
        ]

    async def close(self) -> None:
        """No more names."""
        self._threads.shutdown(wait=False)
