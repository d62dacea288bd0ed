"""Who plays: three nodes, each with one account."""

from dataclasses import dataclass
from pathlib import Path

from node import databases
from node.config import Config, config_from_toml
from node.context import Context
from node.social.accounts import NewAccount, ProfileEdit, create_account, edit_profile
from node.social.media import set_picture
from storage.records import Account
from tests import clusters
from tests.demo.pictures import drawn

PASSWORD = "learning-together"


@dataclass(frozen=True, slots=True)
class Role:
    """One node and the account on it."""

    name: str
    title: str
    kind: str
    summary: str
    colours: tuple[str, str]
    node_name: str
    address: str  # its own: browsers keep the cookies of one address together, whatever the port


ROLES = (
    Role("ada", "Ada", "Person", "Learns number theory, slowly and out loud.", ("#2d5d3b", "#cfe3c4"), "Ada's hedge", "127.0.0.1"),
    Role("bo", "Bo", "Person", "Carpenter. Learns geometry because roofs ask for it.", ("#7a4a12", "#f3dfba"), "Bo's bench", "127.0.0.2"),
    Role(
        "cora",
        "Cora",
        "Person",
        "Keeps the Hedge School, a school without a house. Meets on *Thursdays*.",
        ("#23476b", "#cfe0ee"),
        "Hedge School",
        "127.0.0.3",
    ),
)


@dataclass(frozen=True, slots=True)
class Player:
    """A role on its node, with its memory open."""

    role: Role
    context: Context
    account: Account

    @property
    def handle(self) -> str:
        """As others find it."""
        return f"@{self.account.name}@{self.context.site.handle_domain}"


def make_node(folder: Path, role: Role, port: int) -> Config:
    """The data folder of a node on loopback, made if need be."""
    text = f"""
[node]
url = "http://{role.address}:{port}"
name = "{role.node_name}"
[server]
bind = "{role.address}:{port}"
[federation]
allow_networks = ["127.0.0.0/8"]
[log]
level = "warning"
{clusters.database_settings()}
"""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hedgerow.toml").write_text(text)
    config = config_from_toml(text, folder, {})
    databases.create(config)
    return config


async def enter(context: Context, role: Role) -> Player:
    """The role's account, with a face and a few words."""
    new = NewAccount(role.name, role.title, role.kind, password=PASSWORD, role="owner")
    account = await create_account(context, new)
    account = await edit_profile(context, account, ProfileEdit(role.title, role.summary, locked=False, discoverable=True, indexable=True))
    account = await set_picture(context, account, drawn(role.name, *role.colours), f"A drawing for {role.title}")
    return Player(role, context, account)
