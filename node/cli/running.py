"""From arguments to an exit code: 0 done, 1 refused with one sentence on stderr, 2 called wrongly."""

from collections.abc import Sequence

import click

from federation.errors import FederationError
from node.cli.commands import hedgerow
from node.errors import NodeError

REFUSED, INTERRUPTED = 1, 130


def run(arguments: Sequence[str]) -> int:
    """The exit code of one call of `hedgerow`."""
    try:
        code = hedgerow.main(list(arguments), prog_name="hedgerow", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as asked:  # a group without a verb: its help, on stderr
        asked.show()
        return asked.exit_code
    except click.UsageError as error:
        path = error.ctx.command_path if error.ctx else "hedgerow"
        return _refuse(f"{error.format_message()} See: {path} --help", error.exit_code)
    except click.exceptions.Exit as ended:  # --help, --version
        return ended.exit_code
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (NodeError, FederationError) as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    return code if isinstance(code, int) else 0  # click answers the code of an Exit, else what the command returned


def _refuse(sentence: str, code: int = REFUSED) -> int:
    click.echo(sentence, err=True)
    return code
