"""The options that several commands share, so that each is spelled and explained once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

PLANNING, DRAWING, OUTPUT = "Planning", "Drawing", "Output"
Source = Annotated[str, typer.Argument(metavar="PROMPT|PLAN.json", help="A prompt, a plan file, or - for standard input.")]
PlanFile = Annotated[
    str | None, typer.Argument(metavar="PLAN.json", help="A plan, or a bare Dynamic Scene Syntax; - for standard input.")
]
Batch = Annotated[Path | None, typer.Option(metavar="FILE", help="Work through a file, one line after the other.")]
OutText = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there.", rich_help_panel=OUTPUT)]
Force = Annotated[bool, typer.Option("--force", help="Replace existing files.", rich_help_panel=OUTPUT)]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on stdout, nothing else.", rich_help_panel=OUTPUT)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no remarks.", rich_help_panel=OUTPUT)]
Seconds = Annotated[float | None, typer.Option(help="Length of a new plan.", rich_help_panel=PLANNING)]
Fps = Annotated[float | None, typer.Option(help="Frames a second of a new plan.", rich_help_panel=PLANNING)]
Against = Annotated[str | None, typer.Option(help="Measure against this prompt, not the plan's own.", rich_help_panel=PLANNING)]
Threshold = Annotated[float | None, typer.Option(help="The confidence to reach, 0..1.", rich_help_panel=PLANNING)]
Rounds = Annotated[int | None, typer.Option("--max-rounds", help="Refinements at most.", rich_help_panel=PLANNING)]
Builtin = Annotated[
    bool, typer.Option("--builtin", help="Plan without a language model, even if one is set.", rich_help_panel=PLANNING)
]
Width = Annotated[int | None, typer.Option(help="Pixels.", rich_help_panel=DRAWING)]
Height = Annotated[int | None, typer.Option(help="Pixels.", rich_help_panel=DRAWING)]
FrameCount = Annotated[int | None, typer.Option("--frames", help="So many over the same time.", rich_help_panel=DRAWING)]


def examples(*lines: str) -> str:
    """The end of a command's help."""
    return "\n\n".join(["Examples:", *lines])
