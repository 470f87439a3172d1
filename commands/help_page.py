"""Help pages in plain text, grouped by panel: rich takes longer to import than dfbench to start."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup

if TYPE_CHECKING:
    from typer._click import Context, HelpFormatter, Parameter

WIDTH = 100


class PlainCommand(TyperCommand):
    """A command whose help page has a section for each panel, and examples at its end."""

    def collect_usage_pieces(self, ctx: Context) -> list[str]:
        """Return the words that follow the command's name."""
        arguments = [p for p in self.get_params(ctx) if p.param_type_name == "argument"]
        names = [(_name(p), p.required) for p in arguments]
        return ["[OPTIONS]", *(name if required else f"[{name}]" for name, required in names)]

    def format_options(self, ctx: Context, formatter: HelpFormatter) -> None:
        """Write the arguments, then each panel of options."""
        panels: dict[str, list[tuple[str, str]]] = {"Arguments": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if isinstance(parameter, TyperArgument):
                panels["Arguments"].append((_name(parameter), parameter.help or ""))
            elif record:
                panel = getattr(parameter, "rich_help_panel", None) or "Options"
                panels.setdefault(panel, []).append(record)
        for panel, records in panels.items():
            if records:
                with formatter.section(panel):
                    formatter.write_dl(records)

    def format_epilog(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """Write the examples, one a line."""
        title, *examples = (self.epilog or "").split("\n\n")
        with formatter.section(title.removesuffix(":")):
            for example in examples:
                formatter.write(f"  {example}\n")


class PlainGroup(TyperGroup):
    """A command with commands of its own, each with its whole sentence."""

    def format_commands(self, ctx: Context, formatter: HelpFormatter) -> None:  # noqa: ARG002
        """Write each command and the first sentence of its help."""
        with formatter.section("Commands"):
            width = formatter.width * 2  # a sentence is wrapped, not cut off
            formatter.write_dl(
                [(name, self.commands[name].get_short_help_str(width)) for name in self.commands]
            )


def _name(argument: Parameter) -> str:
    return (argument.name or "").upper() + ("..." if argument.nargs < 0 else "")


def new_group(about: str) -> typer.Typer:
    """Return an empty group of commands."""
    return typer.Typer(
        cls=PlainGroup,
        help=about,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDTH},
    )


def add_command(
    group: typer.Typer, *examples: str, name: str | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that adds a command to a group; its help page ends with examples."""
    epilog = "\n\n".join(("Examples:", *examples))
    return group.command(name=name, cls=PlainCommand, epilog=epilog)
