"""The keeper's verbs: blocks, the queue, upgrades, backups."""

import csv
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from node.cli.commands import Answer, Command, Group, print_answer
from node.cli.opening import with_context
from node.config.checks import LEAST_DAYS
from node.context import Context
from node.errors import BadInput
from node.social import blocking, forgetting, queues
from storage import forgetting as kept_forgetting
from storage import moderation
from storage.deliveries import Owed
from storage.ids import datetime_from_ms

COLUMNS = ("#domain", "#severity", "#reject_media", "#reject_reports", "#public_comment", "#obfuscate")  # Mastodon's


@click.command(cls=Command)
@click.argument("domain")
@click.option("--comment", default="", help="Why, for yourself.")
@click.pass_obj
def block(data_dir: Path, domain: str, comment: str) -> Answer:
    """Block a server and all below its name."""

    async def use_case(context: Context) -> Answer:
        blocked = await blocking.block_domain(context, domain, comment)
        return Answer({"domain": blocked, "state": "blocked"}, f"{blocked} is blocked.")

    return with_context(data_dir, use_case)


@click.command(cls=Command)
@click.argument("domain")
@click.pass_obj
def allow(data_dir: Path, domain: str) -> Answer:
    """Take the block of a server back."""

    async def use_case(context: Context) -> Answer:
        was_blocked = await blocking.allow_domain(context, domain)
        return Answer({"domain": domain, "was_blocked": was_blocked}, f"{domain} is {'allowed again' if was_blocked else 'not blocked'}.")

    return with_context(data_dir, use_case)


@click.group(cls=Group)
def blocklist() -> None:
    """Take domain blocks in and out as Mastodon's CSV."""


@blocklist.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_obj
def import_(data_dir: Path, file: Path) -> Answer:
    """Block every domain of a CSV file; a line that cannot be used is named, and the others count."""
    rows = read_blocklist(file.read_text(encoding="utf-8-sig"))

    async def use_case(context: Context) -> Answer:
        refused = {}
        for domain, severity, comment in rows:
            try:
                await blocking.block_domain(context, domain, comment, severity)
            except BadInput as error:
                refused[domain] = str(error)
        left_out = "".join(f"\n{domain}: left out. {reason}" for domain, reason in refused.items())
        blocked = len(rows) - len(refused)
        return Answer({"blocked": blocked, "refused": refused}, f"{blocked} domains are blocked.{left_out}")

    return with_context(data_dir, use_case)


def read_blocklist(text: str) -> list[tuple[str, str, str]]:
    """(domain, severity, comment) of each line; `noop` lines are left out. Raises BadInput where the columns have no names."""
    rows = list(csv.DictReader(text.splitlines()))
    if rows and not {"#domain", "domain"} & set(rows[0]):
        raise BadInput("The first line of the CSV must name its columns: #domain,#severity,...")
    found = []
    for row in rows:
        domain, severity = row.get("#domain") or row.get("domain") or "", row.get("#severity") or row.get("severity") or "suspend"
        if severity != "noop":
            found.append((domain, severity, row.get("#public_comment") or row.get("comment") or ""))
    return found


@blocklist.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_obj
def export(data_dir: Path, file: Path) -> Answer:
    """Write every domain block to a CSV file."""

    async def use_case(context: Context) -> Answer:
        blocks = await context.database.read(moderation.list_domain_blocks)
        with file.open("w", newline="", encoding="utf-8") as out:
            writer = csv.writer(out)
            writer.writerow(COLUMNS)
            writer.writerows((each.domain, each.severity, "false", "false", each.comment, "false") for each in blocks)
        return Answer({"domains": len(blocks), "file": str(file)}, f"{len(blocks)} domains are in {file}.")

    return with_context(data_dir, use_case)


@click.command(cls=Command)
@click.option("--days", type=click.IntRange(min=LEAST_DAYS), help="Older than that; else as [retention] remote_days says.")
@click.option("--dry-run", is_flag=True, help="Only count; nothing is changed.")
@click.pass_obj
def forget(data_dir: Path, days: int | None, *, dry_run: bool) -> Answer:
    """Forget others' old posts and people that nobody here has to do with.

    What somebody here has answered, liked, boosted, kept or learned from stays, with its conversation. The node may run.
    """

    async def use_case(context: Context) -> Answer:
        wanted = days or context.config.retention.remote_days
        first_id = forgetting.first_id(context, wanted)
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Looking", total=await context.database.read(kept_forgetting.count_rows, first_id))
            run = forgetting.count_all if dry_run else forgetting.forget_all
            found = await run(context, wanted, lambda looked: bar.update(task, advance=looked))
        said = f"{found.posts} posts and {found.accounts} accounts of other servers {'would be' if dry_run else 'are'} forgotten."
        return Answer({"posts": found.posts, "accounts": found.accounts, "days": wanted, "dry_run": dry_run}, said)

    return with_context(data_dir, use_case)


@click.group(cls=Group, invoke_without_command=True)
@click.option("--host", help="Only what is owed to this host.")
@click.option("--json", "as_json", is_flag=True, help="Answer with one JSON value and nothing else.")
@click.pass_context
def queue(click_context: click.Context, host: str | None, *, as_json: bool) -> None:
    """Show what is owed to other servers."""
    if click_context.invoked_subcommand is None:
        print_answer(show_queue(click_context.obj, host), as_json=as_json)


def show_queue(data_dir: Path, host: str | None) -> Answer:
    """Each delivery's state, last answer and next try."""

    async def use_case(context: Context) -> Answer:
        found = await queues.get_queue(context, host)
        value = {"counts": found.counts, "owed": [_owed(each) for each in found.owed]}
        lines = [f"{state}: {count}" for state, count in sorted(found.counts.items())] + [_line(each) for each in found.owed]
        return Answer(value, "\n".join(lines) or "Nothing is owed to anybody.")

    return with_context(data_dir, use_case)


def _owed(owed: Owed) -> dict[str, object]:
    delivery = owed.delivery
    return {
        "activity": owed.activity_uri,
        "type": owed.activity_type,
        "inbox": delivery.inbox,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "status": delivery.status,
        "answer": delivery.answer,
        "next": datetime_from_ms(delivery.next_ms).isoformat(timespec="seconds") if delivery.state == "waiting" else None,
    }


def _line(owed: Owed) -> str:
    shown = _owed(owed)
    return "  ".join(str(shown[name] or "-") for name in ("state", "type", "inbox", "attempts", "status", "answer", "next"))


@queue.command()
@click.option("--host", help="Only what is owed to this host.")
@click.pass_obj
def retry(data_dir: Path, host: str | None) -> Answer:
    """Try everything that waits or was given up now."""

    async def use_case(context: Context) -> Answer:
        count = await queues.retry(context, host)
        return Answer({"due": count}, f"{count} deliveries are tried now.")

    return with_context(data_dir, use_case)
