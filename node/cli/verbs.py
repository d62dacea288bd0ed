"""Every verb of the command line: where it stands, and the line that `hedgerow --help` shows without loading it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb before it is loaded; help is the first line of its command's docstring."""

    place: str  # module:name of a click command
    help: str


VERBS = {
    "init": Verb("node.cli.setup:init", "Make a data folder."),
    "serve": Verb("node.cli.serving:serve", "Serve the node."),
    "work": Verb("node.cli.serving:work", "Only do the work behind a node on PostgreSQL: deliveries and jobs."),
    "account": Verb("node.cli.accounts:account", "Make, list and end accounts."),
    "community": Verb("node.cli.communities:community", "Make and list communities."),
    "token": Verb("node.cli.accounts:token", "Make a bearer token for scripts, printed once."),
    "post": Verb("node.cli.posting:post", "Publish a post; TEXT is Markdown, or - for stdin."),
    "follow": Verb("node.cli.posting:follow", "Follow someone by handle or URL."),
    "goal": Verb("node.cli.learning:goal", "Set goals, see how near they are, say how it stands with them."),
    "reflect": Verb("node.cli.learning:reflect", "Write down what was learned; TEXT is Markdown, or - for stdin."),
    "framework": Verb("node.cli.learning:framework", "Take competency frameworks over from 1EdTech CASE, and list them."),
    "portfolio": Verb("node.cli.portfolios:portfolio", "Show what somebody can do, and make links to chosen parts of it."),
    "award": Verb(
        "node.cli.achieving:award",
        "Give a badge, by its name; one that is not there yet is defined. Your own name records it for yourself.",
    ),
    "achievements": Verb("node.cli.achieving:achievements", "Show what NAME was given, newest first."),
    "endorse": Verb("node.cli.achieving:endorse", "Vouch for an achievement, by the address of the post that tells of it."),
    "revoke": Verb("node.cli.achieving:revoke", "Take an achievement back that NAME gave; everybody who looks at it reads the reason."),
    "verify": Verb(
        "node.cli.achieving:verify",
        "Say what a credential, a baked picture, a portfolio or an export is worth; nobody is asked without --online.",
    ),
    "export": Verb("node.cli.leaving:export", "Write everything of somebody's to a zip that belongs to them."),
    "import": Verb("node.cli.leaving:import_", "Take everything in that a zip holds."),
    "learning": Verb("node.cli.achieving:learning", "List the verbs of learning, each with an example."),
    "block": Verb("node.cli.keeping:block", "Block a server and all below its name."),
    "allow": Verb("node.cli.keeping:allow", "Take the block of a server back."),
    "blocklist": Verb("node.cli.keeping:blocklist", "Take domain blocks in and out as Mastodon's CSV."),
    "backup": Verb("node.cli.archives:backup", "Write database, keys and media to one file; the node may run."),
    "restore": Verb("node.cli.archives:restore", "Put a backup into an empty data folder."),
    "copy-database": Verb("node.cli.archives:copy_database", "Copy the memory from SQLite to PostgreSQL, or back."),
    "copy-media": Verb("node.cli.archives:copy_media", "Copy pictures and documents from the folder to S3, or back."),
    "upgrade": Verb("node.cli.archives:upgrade", "Bring the database to this version's schema, after a backup."),
    "doctor": Verb("node.cli.doctor:doctor", "Look for faults, and say how each is mended."),
    "network": Verb("node.cli.networking:network", "Take somebody's network along as OPML, or bring one."),
    "forget": Verb("node.cli.keeping:forget", "Forget others' old posts and people that nobody here has to do with."),
    "queue": Verb("node.cli.keeping:queue", "Show what is owed to other servers."),
}
