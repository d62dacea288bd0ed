"""`make demo`."""

import asyncio
import signal
from pathlib import Path

from rich.console import Console

from node.social import accounts
from tests.demo.cast import PASSWORD, ROLES, enter
from tests.demo.learning import learn_together
from tests.demo.stage import three_nodes
from tests.demo.story import tell_story

FOLDER = Path("demo")
PORTS = (8421, 8422, 8423)


async def main() -> None:
    """Starts the nodes, plays the story the first time, and goes on until Ctrl-C."""
    console = Console()
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    with console.status("Starting three nodes") as status:
        async with three_nodes(FOLDER.resolve(), PORTS) as contexts:
            if not await contexts[0].database.read(accounts.list_all):
                players = [await enter(context, role) for context, role in zip(contexts, ROLES, strict=True)]
                await tell_story(players, status.update)
                await learn_together(players, status.update)
            status.stop()
            for context, role in zip(contexts, ROLES, strict=True):
                where = f"{context.site.origin}/signin"
                console.print(
                    f"[bold]{role.title:17}[/] {where}   name [bold]{role.name}[/]   password [bold]{PASSWORD}[/]", soft_wrap=True
                )
            console.print("Ctrl-C stops them; their data is in ./demo. Delete that folder to begin again.", soft_wrap=True)
            await stopped.wait()


if __name__ == "__main__":
    asyncio.run(main())
