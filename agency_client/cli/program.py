"""The ``phoenix`` program: which commands there are and where each lives, told without loading them."""

from __future__ import annotations

import importlib
import sys
from typing import Final

import click

from agency_client.cli.options import RootGroup
from agency_client.cli.telling import tell_error, wants_json
from phoenix_protocol.errors import PhoenixError, UsageError

#: name → (module of this room or its whole name, attribute, one line of help). The order is that of a day's work.
COMMANDS: Final[dict[str, tuple[str, str, str]]] = {
    "new": ("drafting", "new", "Write a template of a package document."),
    "check": ("drafting", "check", "Check a document without sending it."),
    "send": ("sending", "send", "Seal a package and send it."),
    "disclosed": ("onward", "disclosed", "Record what was told outside the system."),
    "release-request": ("onward", "release_request", "Ask to pass on what others control."),
    "sent": ("sending", "sent", "List what you have sent."),
    "status": ("sending", "status", "Show how far a package is."),
    "recall": ("sending", "recall", "Take a package back before it is accepted."),
    "request": ("asking", "request", "Ask other agencies for information."),
    "requests": ("asking", "requests", "List what was asked, and what became of it."),
    "respond": ("asking", "respond", "Answer a request that was put to you."),
    "disagreement": ("disagreeing", "disagreement", "Raise, answer and close a disagreement."),
    "inbox": ("receiving", "inbox", "List what has come for you."),
    "accept": ("receiving", "accept", "Say that a package is yours and fetch it."),
    "return": ("receiving", "give_back", "Say that a package is not yours."),
    "open": ("receiving", "open_", "Read a package that you accepted or sent."),
    "acknowledge": ("receiving", "acknowledge", "Take responsibility for a package."),
    "outcome": ("receiving", "outcome", "Tell the sender what came of it."),
    "alarms": ("receiving", "alarms", "List what needs somebody's eye, and mark it as seen."),
    "correct": ("notices", "correct", "Correct a statement that you sent."),
    "withdraw": ("notices", "withdraw", "Withdraw a statement that you sent."),
    "dispute": ("notices", "dispute", "Dispute a statement that you received."),
    "release": ("notices", "release", "Release a statement of yours to be passed on."),
    "notices": ("notices", "notices", "List corrections, withdrawals, disputes, and the answers."),
    "settle": ("notices", "settle", "Say what you did about a correction or withdrawal."),
    "register": ("registering", "register", "List what was shared, what was not, and why."),
    "chronology": ("chronicling", "chronology", "List what was said, by when it happened."),
    "advice": ("advising", "advice", "File advice that was asked for and given."),
    "breach": ("breaching", "breach", "Record a breach, and what was learnt later."),
    "record": ("recording", "record", "Show one record, or those of a package."),
    "answer": ("recording", "answer", "Give an answer that is owed."),
    "decide": ("recording", "decide", "Record a decision, above all one not to share."),
    "review": ("reviewing", "review", "List what is to be looked at, and record that it was."),
    "retention": ("retaining", "retention", "List and set how long what is here is kept."),
    "hold": ("holding", "hold", "Set, lift, apply and list what has to be kept."),
    "erase": ("retaining", "erase", "Erase a package or a section here for good."),
    "restrict": ("restricting", "restrict", "Keep something as evidence alone, unread."),
    "export": ("evidence", "export", "Write evidence that proves itself into one file."),
    "verify": ("evidence", "verify", "Verify such a file and say what it proves."),
    "training": ("training", "training", "Record training and when it ends."),
    "directory": ("people", "directory", "List who there is."),
    "fingerprint": ("people", "fingerprint", "Show words to compare by phone."),
    "join": ("people", "join", "Ask to join with this machine."),
    "members": ("people", "members", "Approve, list and end members (managers)."),
    "agency": ("people", "agency", "An agency's keys, protocol and assurances (managers)."),
    "partnership": ("governance", "partnership", "Found and govern a partnership."),
    "catalogue": ("catalogues", "catalogue", "List the words that documents choose from."),
    "keys": ("keeping", "keys", "Show, roll, back up and restore keys."),
    "agent": ("keeping", "agent", "Hold the key unlocked for a time, and fetch in the background."),
    "ui": ("agency_client.ui", "serve_app", "Open the app in your browser."),
    "audit": ("keeping", "audit", "Verify and show the record of what was done here."),
}


class Program(RootGroup):
    """The root: lists commands from the table and imports a module only to run one of its commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Every command, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's signature
        """Load one command."""
        found = COMMANDS.get(cmd_name)
        if found is None:
            return None
        module, attribute, _ = found
        place = module if "." in module else f"agency_client.cli.{module}"
        loaded = importlib.import_module(place)
        command: click.Command = getattr(loaded, attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click's signature
        """The list of commands, from the table: nothing is imported for help."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, _, text) in COMMANDS.items()])


@click.group(
    cls=Program,
    name="phoenix",
    help="Share information to protect a child: sealed, signed, only with those who need to know.",
    epilog="Run 'phoenix COMMAND --help' for what a command does.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="project-phoenix", prog_name="phoenix")
def program() -> None:
    """See ``help``."""


def main(arguments: list[str] | None = None) -> None:
    """Run the program and leave with its exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        code = program.main(args=given, prog_name="phoenix", standalone_mode=False)
    except click.exceptions.Exit as finished:
        sys.exit(finished.exit_code)
    except click.Abort:
        click.echo("Stopped. Nothing more was done.", err=True)
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(UsageError.exit_code)
    except click.UsageError as error:
        sys.exit(_usage(error, given))
    except PhoenixError as error:
        sys.exit(tell_error(error, as_json=wants_json(given)))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    sys.exit(code if isinstance(code, int) else 0)


def _usage(error: click.UsageError, given: list[str]) -> int:
    path = error.ctx.command_path if error.ctx is not None else "phoenix"
    # click writes lists of choices on lines of their own.
    what = " ".join(error.format_message().split())
    refused = UsageError("E_USAGE", what, next=f"Run '{path} --help'.")
    return tell_error(refused, as_json=wants_json(given))
