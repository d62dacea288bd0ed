"""`hedgerow account` and `hedgerow token`: who is here, and what may act for them."""

import sys
from pathlib import Path

import click

from node.cli.commands import Answer, Command, Group
from node.cli.opening import local_account, with_context
from node.context import Context
from node.errors import BadInput
from node.learning import rekeying
from node.social import accounts, authorizing, moving, supervising
from storage.records import Account, User

ROLE = click.Choice(["owner", "moderator", "member"])
MODE = click.Choice(["open", "guided", "supervised"])
KIND = click.Choice(["person", "service"])


@click.group(cls=Group)
def account() -> None:
    """Make, list and end accounts."""


@account.command()
@click.argument("name")
@click.option("--email", help="For signing in and for messages.")
@click.option("--role", type=ROLE, default="member", show_default=True)
@click.option("--mode", type=MODE, default="open", show_default=True)
@click.option("--kind", type=KIND, default="person", show_default=True)
@click.option("--display-name", default="", help="What others read.")
@click.option("--password-stdin", is_flag=True, help="Read the password from stdin; without it nobody signs in until one is set.")
@click.pass_obj
def add(data_dir: Path, name: str, email: str, role: str, mode: str, kind: str, display_name: str, *, password_stdin: bool) -> Answer:
    """Make an account."""
    password = read_secret() if password_stdin else None
    new = accounts.NewAccount(name, display_name, kind.capitalize(), email, password, role, mode)

    async def use_case(context: Context) -> Answer:
        made = await accounts.create_account(context, new)
        handle = f"@{made.name}@{context.site.handle_domain}"
        return Answer({"id": str(made.id), "name": made.name, "handle": handle, "uri": made.uri}, f"{handle} is there: {made.url}")

    return with_context(data_dir, use_case)


@account.command("mode")
@click.argument("name")
@click.argument("mode", type=MODE)
@click.option("--guardian", default="", metavar="ACCOUNT", help="Who looks after a supervised account; once more for a further one.")
@click.pass_obj
def mode_(data_dir: Path, name: str, mode: str, guardian: str) -> Answer:
    """Make an account open, guided or supervised."""

    async def use_case(context: Context) -> Answer:
        changed = await supervising.set_mode(context, name, mode, guardian)
        return Answer({"name": changed.name, "mode": changed.mode}, f"{changed.name} is {changed.mode}.")

    return with_context(data_dir, use_case)


@account.command()
@click.pass_obj
def invite(data_dir: Path) -> Answer:
    """Make a one-time link under which somebody makes their own account."""

    async def use_case(context: Context) -> Answer:
        url = f"{context.site.origin}/welcome/{await authorizing.new_link(context, 'invite')}"
        return Answer({"url": url}, f"{url}\nThe link works once, for a week.")

    return with_context(data_dir, use_case)


@account.command("list")
@click.pass_obj
def list_(data_dir: Path) -> Answer:
    """List the accounts here."""

    async def use_case(context: Context) -> Answer:
        found = await context.database.read(accounts.list_all)
        lines = [f"{each.name:20} {user.role:10} {_state(each):10} {each.title}" for each, user in found]
        return Answer([_row(each, user) for each, user in found], "\n".join(lines) or "There is no account yet.")

    return with_context(data_dir, use_case)


def _state(each: Account) -> str:
    return "suspended" if each.suspended_ms is not None else each.mode


def _row(each: Account, user: User) -> dict[str, object]:
    return {"id": str(each.id), "name": each.name, "role": user.role, "mode": each.mode, "email": user.email, "state": _state(each)}


@account.command()
@click.argument("name")
@click.pass_obj
def show(data_dir: Path, name: str) -> Answer:
    """Show one account."""

    async def use_case(context: Context) -> Answer:
        found = await context.database.read(accounts.get_local, name)
        profile = await context.database.read(accounts.get_profile, found, 0)
        value: dict[str, object] = {"id": str(found.id), "name": found.name, "uri": found.uri, "state": _state(found)}
        value |= {"followers": profile.followers, "following": profile.following}
        return Answer(value, "\n".join(f"{key:10} {each}" for key, each in value.items()))

    return with_context(data_dir, use_case)


@account.command()
@click.argument("name")
@click.pass_obj
def suspend(data_dir: Path, name: str) -> Answer:
    """Shut an account out; nothing is deleted."""
    return _set_suspended(data_dir, name, is_suspended=True)


@account.command()
@click.argument("name")
@click.pass_obj
def restore(data_dir: Path, name: str) -> Answer:
    """Let a suspended account in again."""
    return _set_suspended(data_dir, name, is_suspended=False)


def _set_suspended(data_dir: Path, name: str, *, is_suspended: bool) -> Answer:
    async def use_case(context: Context) -> Answer:
        found = await accounts.suspend(context, name, is_suspended=is_suspended)
        return Answer({"name": found.name, "state": _state(found)}, f"{found.name} is {'suspended' if is_suspended else 'back'}.")

    return with_context(data_dir, use_case)


@account.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def delete(data_dir: Path, name: str, *, yes: bool) -> Answer:
    """End an account with all its posts, for good."""
    if not yes:
        click.confirm(f"Delete {name} with all posts? This cannot be undone.", abort=True)

    async def use_case(context: Context) -> Answer:
        await accounts.delete(context, name)
        return Answer({"name": name, "state": "deleted"}, f"{name} is gone. Other servers are told.")

    return with_context(data_dir, use_case)


@account.command()
@click.argument("name")
@click.option("--keep-apps", is_flag=True, help="Apps and tokens stay signed in.")
@click.pass_obj
def password(data_dir: Path, name: str, *, keep_apps: bool) -> Answer:
    """Set a password, read from stdin or asked for."""
    secret = read_secret()

    async def use_case(context: Context) -> Answer:
        found = await local_account(context, name)
        await accounts.set_password(context, found.id, secret, keeps_apps=keep_apps)
        return Answer(
            {"name": found.name}, f"{found.name} has a new password; every browser{'' if keep_apps else ' and app'} is signed out."
        )

    return with_context(data_dir, use_case)


@account.command()
@click.argument("name")
@click.argument("target")
@click.pass_obj
def move(data_dir: Path, name: str, target: str) -> Answer:
    """Tell followers that NAME lives at TARGET from now on."""

    async def use_case(context: Context) -> Answer:
        moved = await moving.move(context, await local_account(context, name), target)
        return Answer({"name": name, "moved_to": moved.uri}, f"{name} lives at {moved.uri} from now on. Followers' servers are told.")

    return with_context(data_dir, use_case)


@account.command()
@click.argument("name")
@click.pass_obj
def rekey(data_dir: Path, name: str) -> Answer:
    """Give NAME another key for what it signs; the old one says so, and what it signed stays NAME's."""

    async def use_case(context: Context) -> Answer:
        did = await rekeying.replace_key(context, await local_account(context, name))
        return Answer({"name": name, "did": did}, f"{name} signs as {did} from now on.")

    return with_context(data_dir, use_case)


@account.command()
@click.argument("name")
@click.argument("alias")
@click.pass_obj
def alias(data_dir: Path, name: str, alias: str) -> Answer:
    """Name another account as NAME's own, so that it can move here."""

    async def use_case(context: Context) -> Answer:
        other = await moving.add_alias(context, await local_account(context, name), alias)
        return Answer({"name": name, "alias": other.uri}, f"{other.uri} may move to {name} now.")

    return with_context(data_dir, use_case)


@click.command(cls=Command)
@click.argument("name")
@click.option("--scopes", required=True, help='As "read write follow".')
@click.option("--app", default="script", show_default=True, help="What the token is for.")
@click.pass_obj
def token(data_dir: Path, name: str, scopes: str, app: str) -> Answer:
    """Make a bearer token for scripts, printed once."""

    async def use_case(context: Context) -> Answer:
        found = await local_account(context, name)
        secret = await authorizing.new_token(context, found.id, app, scopes)
        return Answer({"token": secret, "scopes": scopes, "app": app}, secret)

    return with_context(data_dir, use_case)


def read_secret() -> str:
    """A password: from stdin, or asked for where a person sits there. Raises BadInput."""
    if sys.stdin.isatty():
        asked: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return asked
    text = sys.stdin.readline().rstrip("\r\n")
    if not text:
        raise BadInput("No password came on stdin.")
    return text
