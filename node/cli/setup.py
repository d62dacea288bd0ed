"""`hedgerow init`: a data folder with its hedgerow.toml."""

import json
import os
from pathlib import Path
from urllib.parse import urlsplit

import click

from node import databases
from node.cli.commands import Answer, Command
from node.config import FILE_NAME, config_from_toml
from node.errors import Conflict

FILE_TEXT = """\
# What this node is. Every key is described in docs/configuration.md; what is not here has its default.
# Each can also come from the environment, as HEDGEROW_NODE_NAME for this one: [node] name.

[node]
# Never change the url once others know the node: it is part of every address here.
url = {url}
{handle_domain}
name = {name}
# description = ""
# contact_email = ""
# languages = ["en"]

[server]
# A web server with TLS stands in front of this address and passes requests on.
{bind}
# A web server on this machine is believed when it says where a visitor comes from; one elsewhere has to be named here.
# trusted_proxies = ["192.0.2.7"]

[registrations]
# closed, invite, approval or open
# mode = "closed"
"""


@click.command(cls=Command)
@click.option("--url", required=True, metavar="URL", help="Where the node is reached, as https://hedge.example.")
@click.option("--name", default="Hedgerow", show_default=True, metavar="TEXT", help="What people call it.")
@click.option("--handle-domain", default="", metavar="DOMAIN", help="What stands after the @ in handles; the URL's host unless given.")
@click.pass_obj
def init(data_dir: Path, url: str, name: str, handle_domain: str) -> Answer:
    """Make a data folder.

    Writes hedgerow.toml, with the few keys that most keepers touch. Refuses a folder that has one.
    """
    text = toml_text(url, name, handle_domain)
    config = config_from_toml(text, data_dir, os.environ)
    write_file(data_dir, text)
    databases.create(config)
    return Answer(
        value={"data": str(data_dir), "url": config.origin, "handle_domain": config.handle_domain},
        text=f"{data_dir} is ready for {config.origin}. Start it with: hedgerow --data {data_dir} serve",
    )


def toml_text(url: str, name: str, handle_domain: str) -> str:
    """A commented hedgerow.toml with these three values in it."""
    return FILE_TEXT.format(
        url=quoted(url),
        name=quoted(name),
        handle_domain=f"handle_domain = {quoted(handle_domain)}" if handle_domain else '# handle_domain = ""',
        bind=bind_line(url),
    )


def quoted(text: str) -> str:
    """A TOML basic string; JSON's is the same but for DEL, which TOML wants escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def bind_line(url: str) -> str:
    """Plain http means that nothing stands in front of the node, so it listens where its URL says."""
    scheme, address = urlsplit(url)[:2]
    if scheme == "http" and address.rpartition(":")[2].isdigit():
        return f"bind = {quoted(address)}"
    return '# bind = "127.0.0.1:8420"'


def write_file(data_dir: Path, text: str) -> None:
    """The folder and the file, both for their owner only. Raises Conflict where there is a file already."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    data_dir.chmod(0o700)
    try:
        with os.fdopen(os.open(data_dir / FILE_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Conflict(f"{data_dir} is a data folder already; edit {data_dir / FILE_NAME}, or name another folder with --data") from None
