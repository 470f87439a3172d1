"""Commands that start fast: help pages without rich, and options that are read when needed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup
from typer.main import get_command

if TYPE_CHECKING:
    from typer._click import Command, Context, HelpFormatter, Parameter

WIDTH = 100


class PlainCommand(TyperCommand):
    """A command whose help page has a section for each panel, and examples at its end.

    typer reads the options of every command at each start, which takes as long as importing it.
    This command is registered without options, and read in full when it is asked for.
    """

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - typer's own settings
        super().__init__(**settings)
        self._declaration = settings["callback"].declaration
        del self.params, self.callback  # the properties below take their place

    @cached_property
    def _complete(self) -> Command:
        from .options import expand_groups  # noqa: PLC0415 - its types take as long as the page

        only = typer.Typer(add_completion=False)
        only.command()(expand_groups(self._declaration))
        return get_command(only)

    @cached_property
    def params(self) -> list[Parameter]:  # type: ignore[override]
        """Return the arguments and options."""
        return self._complete.params

    @cached_property
    def callback(self) -> Callable[..., Any] | None:  # type: ignore[override]
        """Return the function that runs the command."""
        return self._complete.callback

    def get_short_help_str(self, limit: int = 2 * WIDTH) -> str:
        """Return the first sentence of the help, whole: the pages wrap it."""
        return super().get_short_help_str(max(limit, 2 * WIDTH))

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
            formatter.write_dl(
                [(name, command.get_short_help_str()) for name, command in self.commands.items()]
            )


def _name(argument: Parameter) -> str:
    return (argument.name or "").upper() + ("..." if argument.nargs < 0 else "")


def make_group(about: str) -> typer.Typer:
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

    def add(function: Callable[..., None]) -> Callable[..., None]:
        # typer reads signature and annotations at every start: there are none to read.
        def register(): ...  # type: ignore[no-untyped-def]  # noqa: ANN202

        register.__signature__ = inspect.Signature()  # type: ignore[attr-defined]
        register.__name__, register.__doc__ = function.__name__, function.__doc__
        register.declaration = function  # type: ignore[attr-defined]
        group.command(name=name, cls=PlainCommand, epilog=epilog)(register)
        return function

    return add
