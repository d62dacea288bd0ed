"""How our commands differ from click's: verbs load late, a command returns its answer, and every one can answer in JSON."""

import json
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from node import __version__
from node.cli.verbs import VERBS

JSON_OPTION = "as_json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command found: as one JSON value for programs, as text for people."""

    value: object
    text: str
    code: int = 0  # 1 where something that was looked at is not as it should be


def print_answer(answer: Answer, *, as_json: bool) -> None:
    """One JSON value for programs, text for people."""
    click.echo(json.dumps(answer.value, ensure_ascii=False, default=str) if as_json else answer.text)


class Command(click.Command):
    """A command whose function returns an Answer (or None, where it prints as it goes); `--json` shows its value."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.params.append(click.Option(["--json", JSON_OPTION], is_flag=True, help="Answer with one JSON value and nothing else."))

    def invoke(self, context: click.Context) -> None:
        """Runs the command and prints its answer."""
        as_json = context.params.pop(JSON_OPTION)
        answer = super().invoke(context)
        if isinstance(answer, Answer):
            print_answer(answer, as_json=as_json)
            if answer.code:
                raise click.exceptions.Exit(answer.code)


class Group(click.Group):
    """A verb with verbs of its own, as `account`."""

    command_class = Command
    group_class = type


class LazyGroup(click.Group):
    """The root: knows its verbs by name and loads only the one that is called."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """The verbs, in the order of their table."""
        return list(VERBS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """The verb's command, loaded now; None where there is no such verb."""
        if name not in VERBS:
            return None
        module, _, attribute = VERBS[name].place.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in `hedgerow --help`, out of the table."""
        with formatter.section("Verbs"):
            formatter.write_dl([(name, verb.help) for name, verb in VERBS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--data",
    "data_dir",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="HEDGEROW_DATA",
    default="data",
    help="The data folder; else HEDGEROW_DATA, else ./data.",
)
@click.version_option(__version__, message="hedgerow %(version)s")
@click.pass_context
def hedgerow(context: click.Context, data_dir: Path) -> None:
    """An ActivityPub node for learners and learning communities."""
    context.obj = data_dir
