"""The command `otklik`: finds the commands of the parts, reads the settings, shows faults, sets the exit status."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Any, NoReturn

from otklik_widget.faults import Fault, Faults, nearest, refuse, why
from otklik_widget.journey import Journey
from otklik_widget.journey_file import read_journey
from otklik_widget.settings import Settings, find_settings
from otklik_widget.terminal import for_people
from otklik_widget.words import LANGUAGES, _, language_of, speak

DONE, REFUSED, USAGE, INTERRUPTED = 0, 1, 2, 130
# More faults than this fill a screen: then the last line counts them.
MANY = 20


@dataclass(frozen=True)
class Context:
    """What every command knows: where the company's files are and what its settings say."""

    args: argparse.Namespace
    settings: Settings

    @property
    def content(self) -> Path:
        return Path(self.args.content)

    @property
    def journey_file(self) -> Path:
        return Path(self.args.journey) if self.args.journey else self.content / "journey.toml"

    @property
    def out(self) -> Path:
        return Path(self.args.out or self.settings.site)

    @property
    def db(self) -> Path:
        """The database's file; raises `Faults` for a database URL, which only a later version understands."""
        written = str(self.args.db or self.settings.db)
        if "://" in written or written.startswith(("postgres:", "postgresql:")):
            said = _("a database address is not supported yet; give the path of a file, like otklik.db")
            raise refuse(said, written)
        return Path(written)

    def journey(self) -> Journey:
        """The journey; its warnings go to the error stream once."""
        journey = read_journey(self.journey_file)
        for warning in journey.warnings:
            show(_("warning: %(fault)s", fault=warning))
        return journey


Run = Callable[[Context], int]


class Parser(argparse.ArgumentParser):
    """A parser that suggests the nearest word and never abbreviates options behind the reader's back."""

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(allow_abbrev=False, **settings)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = list(action.choices or ())
        if choices and value not in choices:
            said = _("“%(word)s” is none of %(known)s.", word=value, known=", ".join(map(str, choices)))
            raise argparse.ArgumentError(action, said + nearest(str(value), map(str, choices)))

    def _get_value(self, action: argparse.Action, written: str) -> Any:
        if action.type is int and not written.lstrip("-").isdecimal():
            raise argparse.ArgumentError(action, _("“%(word)s” is no whole number", word=written))
        return super()._get_value(action, written)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Like argparse's own, but a misspelt option is named before what it makes look missing."""
        words = list(sys.argv[1:] if args is None else args)
        for word in self._own(words):
            option = word.partition("=")[0]
            if option.startswith("--") and option != "--" and option not in self._option_string_actions:
                said = _("there is no option “%(option)s”.", option=option)
                self.error(said + nearest(option, self._option_string_actions))
        found, left = super().parse_known_args(words, namespace)
        if left:
            self.error(_("unrecognized arguments: %s") % " ".join(left))
        return found, left

    def _own(self, words: Sequence[str]) -> Iterator[str]:
        """The words that this parser itself reads: all before "--" and before a command, whose words are its own."""
        value_of_option = False
        for word in words:
            if word == "--" or (self._subparsers and not word.startswith("-") and not value_of_option):
                return
            option = self._option_string_actions.get(word)
            value_of_option = option is not None and option.nargs is None
            yield word

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


class Commands:
    """Where a part adds its commands: `add("build", run, _("…"), example="otklik build")` returns the parser."""

    def __init__(self, parser: Parser, what: str | None = None) -> None:
        name = what or _("COMMAND")
        self._under = parser.add_subparsers(
            title=_("commands"), metavar=name, dest=name, parser_class=Parser, required=True
        )

    def know(self, name: str | None) -> bool:
        return name in (self._under.choices or ())

    def group(self, name: str, summary: str, example: str) -> Commands:
        """A command that has commands of its own, like `otklik key add`."""
        parser = self._parser(name, summary, example)
        add_language(parser, default=argparse.SUPPRESS)
        return Commands(parser, _("ACTION"))

    def add(
        self, name: str, run: Run, summary: str, example: str, *, out_is_file: bool = False, own_journey: bool = False
    ) -> Parser:
        parser = self._parser(name, summary, example)
        parser.set_defaults(run=run)
        common = parser.add_argument_group(_("common options"))
        common.add_argument("--content", metavar="DIR", default="content", help=_("the company's pages (content)"))
        if not own_journey:
            common.add_argument("--journey", metavar="FILE", help=_("the journey (CONTENT/journey.toml)"))
        common.add_argument("--db", metavar="FILE", help=_("the database (otklik.db)"))
        if not out_is_file:
            common.add_argument("--out", metavar="DIR", help=_("where the site is written (public)"))
        add_language(common, default=argparse.SUPPRESS)  # given before the command it must not be lost here
        return parser

    def _parser(self, name: str, summary: str, example: str) -> Parser:
        epilog = _("Example:") + "\n  " + example.replace("\n", "\n  ")
        parser: Parser = self._under.add_parser(name, help=summary, description=summary, epilog=epilog)
        return parser


def add_language(parser: argparse._ActionsContainer, default: str | None) -> None:
    said = _("language of messages (OTKLIK_LANG, LANG, else en)")
    parser.add_argument("--lang", choices=LANGUAGES, default=default, help=said)


def port(written: str) -> int:
    """The value of an option as a port; 0: any free one."""
    if not written.isdecimal() or int(written) > 65535:
        raise argparse.ArgumentTypeError(_("“%(value)s” is no port from 0 to 65535", value=written))
    return int(written)


def show(text: object) -> None:
    """A line for a person on the error stream, where it never mixes with results."""
    print(text, file=sys.stderr, flush=True)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status: 0 done, 1 refused, 2 wrong usage, 130 interrupted."""
    words = list(sys.argv[1:] if argv is None else argv)
    speak(_asked_language(words) or language_of())
    _speak_argparse()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Russian message must not break a C-locale terminal
            stream.reconfigure(errors="backslashreplace")
    if sys.stdout and sys.stdout.isatty():  # what goes to a file or a program must stay as it is
        sys.stdout = for_people(sys.stdout)
    if sys.stderr:
        sys.stderr = for_people(sys.stderr)
    try:
        status = _run(words)
        if sys.stdout:  # None where the caller closed it
            sys.stdout.flush()  # a closed pipe or a full disk must show while it can still be told
        return status
    except Faults as refused:
        for fault in refused.faults:
            show(fault)
        if len(refused.faults) > MANY:
            places = len({fault.where for fault in refused.faults})
            show(_.plural("%(n)d fault in %(places)d files", "%(n)d faults in %(places)d files",
                          len(refused.faults), places=places))  # fmt: skip
        if refused.advice:
            show(refused.advice)
        return REFUSED
    except BrokenPipeError:  # the reader of our output has seen enough
        _forget_output()
        return DONE
    except KeyboardInterrupt:
        show("")
        return INTERRUPTED
    except OSError as error:  # a full disk, a missing right: the system's words with the file they are about
        if os.environ.get("OTKLIK_DEBUG"):
            raise
        show(Fault(str(error.filename or "otklik"), None, why(error)))
        _forget_output()
        return REFUSED


def _run(words: Sequence[str]) -> int:
    try:
        args = _parser(_command(words)).parse_args(words)
        found = find_settings(Path(args.content).absolute().parent, os.environ)
        if found.faults and not getattr(args, "with_bad_settings", False):
            raise Faults(found.faults)
        run: Run = args.run
        return run(Context(args, found.settings))
    except SystemExit as stop:  # argparse ends by itself after --help and wrong usage
        return stop.code if isinstance(stop.code, int) else USAGE


def _forget_output() -> None:
    """What is still in the buffer goes nowhere: Python would try it again at its end and fail aloud."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _command(words: Sequence[str]) -> str | None:
    """The command among the words, if it can be told before they are parsed."""
    before = ""
    for word in words:
        if not word.startswith("-") and before != "--lang":
            return word
        before = word
    return None


def _parser(command: str | None = None) -> Parser:
    """The parser with the commands of all parts, or of as many as it takes to know one: that starts twice as fast."""
    parser = Parser(
        prog="otklik",
        description=_("Loyalty pages, questions at every touchpoint, and the map of where it hurts."),
        epilog=_("Begin with:") + "\n  otklik new shop && cd shop && otklik build && otklik serve",
    )
    said = _("show the version")
    parser.add_argument("--version", action="version", version=f"otklik {version('otklik')}", help=said)
    add_language(parser, default=None)
    commands = Commands(parser)
    for part in sorted(entry_points(group="otklik.commands"), key=lambda entry: entry.name, reverse=True):
        part.load()(commands)
        if commands.know(command):
            break
    return parser


def _asked_language(words: Sequence[str]) -> str | None:
    """The language of the last --lang, known before the parser speaks."""
    found = None
    for word, after in zip(words, [*words, ""][1:], strict=True):
        if word == "--":
            break
        asked = after if word == "--lang" else word.removeprefix("--lang=")
        if word.startswith("--lang") and asked in LANGUAGES:
            found = asked
    return found


def _speak_argparse() -> None:
    """argparse looks its own sentences up in gettext's default domain: give it our catalogue instead."""
    vars(argparse).update(_=_, ngettext=_.ngettext)


if __name__ == "__main__":
    sys.exit(main())
