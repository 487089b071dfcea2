"""``cornerman settings``: what holds, where it is written, and the settings for other programs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

from cornerman.cli.command import Subparsers

_EPILOG = """\
examples:
  cornerman settings                   every setting that is not the default, and mistakes
  cornerman settings path              print where your own file is
  cornerman settings set completion.max_line_tokens 48
  cornerman settings schema            JSON schema of a file of settings
  cornerman settings docs              the page docs/settings.md
  cornerman settings vscode            VS Code's contributes.configuration.properties
  cornerman settings neovim            LuaCATS annotations
"""


def add_parser(subparsers: Subparsers) -> None:
    """Add ``settings`` to the command line."""
    parser = subparsers.add_parser(
        "settings",
        help="show the settings, or change your own",
        description="Show the settings that hold in the current folder, or change your own.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run, action="show")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", dest="action")
    actions.add_parser("show", help="show what differs from the defaults, and mistakes")
    actions.add_parser("path", help="print where your own file is")
    change = actions.add_parser("set", help="change a value in your own file")
    change.add_argument("name", metavar="NAME", help="as in docs/settings.md")
    change.add_argument("value", metavar="VALUE", help="a list is written as JSON")
    actions.add_parser("schema", help="print the JSON schema")
    actions.add_parser("docs", help="print the page of documentation")
    actions.add_parser("vscode", help="print VS Code's contribution")
    actions.add_parser("neovim", help="print LuaCATS annotations")


def run(args: argparse.Namespace) -> int:
    """Do the chosen action. Exit code 1 where the settings have mistakes."""
    from cornerman.settings import rendering

    printed: dict[str, Callable[[], str]] = {
        "schema": rendering.as_json_schema,
        "docs": rendering.as_markdown,
        "vscode": rendering.as_vscode,
        "neovim": rendering.as_lua,
    }
    if args.action in printed:
        sys.stdout.write(printed[args.action]())
        return 0
    if args.action == "path":
        from cornerman.settings import user_file

        sys.stdout.write(f"{user_file()}\n")
        return 0
    return _set(args.name, args.value) if args.action == "set" else _show()


def _show() -> int:
    from cornerman.settings import Settings, load
    from cornerman.settings.fields import all_settings

    settings, problems = load([Path.cwd()])
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    for setting in all_settings():
        value, default = settings, Settings()
        for key in setting.path:
            value, default = getattr(value, key), getattr(default, key)
        if value != default:
            sys.stdout.write(f"{setting.name} = {value}\n")
    return 1 if problems else 0


def _set(name: str, text: str) -> int:
    from cornerman.core.errors import BadInputError
    from cornerman.settings import resolve
    from cornerman.settings.fields import all_settings
    from cornerman.settings.sources import of_environment
    from cornerman.settings.writing import write

    setting = next((setting for setting in all_settings() if setting.name == name), None)
    if setting is None:
        raise BadInputError(f"There is no setting {name!r}; `cornerman settings docs` lists them.")
    settings, problems = resolve(of_environment({setting.variable: text}))
    if problems:
        raise BadInputError(problems[0].partition(": ")[2].replace("; it is ignored.", "."))
    value: object = settings
    for key in setting.path:
        value = getattr(value, key)
    plain: object = json.loads(json.dumps(value, default=str))
    sys.stdout.write(f"{write({name: plain})}\n")
    return 0
