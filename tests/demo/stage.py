"""Three running nodes and their memories, open beside them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from node.assembly import open_context
from node.config import Config
from node.context import Context
from tests.bench.process import running
from tests.demo.cast import ROLES, make_node


@asynccontextmanager
async def three_nodes(folder: Path, ports: Sequence[int]) -> AsyncIterator[list[Context]]:
    """The nodes at work, from their first answer until the block ends."""
    configs: list[Config] = [make_node(folder / role.name, role, port) for role, port in zip(ROLES, ports, strict=True)]
    async with AsyncExitStack() as stack:
        for config in configs:
            stack.enter_context(running(["-m", "node", "--data", str(config.data_dir), "serve"], config.origin))
        yield [await stack.enter_async_context(open_context(config)) for config in configs]
