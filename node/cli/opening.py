"""How a verb reaches the node's data, beside a running node or without one."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from node.assembly import open_context
from node.config import load_config
from node.context import Context
from node.errors import NodeError, NotFound
from node.social.accounts import get_local
from storage.database import Connection
from storage.errors import StorageError
from storage.records import Account

Answer = TypeVar("Answer")


class StorageFailed(NodeError):
    """The memory refused; its sentence is the answer."""


def with_context(data_dir: Path, use_case: Callable[[Context], Awaitable[Answer]]) -> Answer:
    """What the use case answers. Raises NodeError, FederationError."""

    async def run() -> Answer:
        async with open_context(load_config(data_dir, os.environ)) as context:
            return await use_case(context)

    try:
        return asyncio.run(run())
    except StorageError as error:
        raise StorageFailed(str(error)) from error


async def local_account(context: Context, name: str) -> Account:
    """One of ours by name. Raises NotFound."""
    return await context.database.read(_active, name.removeprefix("@"))


def _active(db: Connection, name: str) -> Account:
    account = get_local(db, name)
    if not account.is_active:
        raise NotFound(f"The account {name} is suspended.")
    return account
