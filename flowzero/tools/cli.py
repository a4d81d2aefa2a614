"""The command line: each command reads its input, calls one function of :mod:`flowzero.api`, and shows the answer.

Exit codes: 0; 1 a fault of ours; 2 bad input or usage; 3 a plan below the threshold (written all the same); 4 the language
model failed; 5 the render failed; 130 stopped by Ctrl-C. Nothing here loads torch; rendering does.
"""
# ruff: noqa: PLR0913, PLR0917 (a command's options are its arguments)

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flowzero import __version__
from flowzero.tools import cli_agents, cli_conversation, cli_models, cli_render, cli_studio
from flowzero.tools.cli_options import (
    OUTPUT,
    Against,
    Batch,
    Builtin,
    Force,
    Fps,
    FrameCount,
    Height,
    Json,
    OutText,
    PlanFile,
    Quiet,
    Rounds,
    Seconds,
    Source,
    Threshold,
    Width,
    examples,
)

if TYPE_CHECKING:
    from flowzero.plan import Plan
    from flowzero.tools.cli_output import Screen

app = typer.Typer(
    name="flowzero",
    help="Turn a text prompt into a video: an agent plans it, a diffusion model draws it.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"flowzero {__version__}")
        raise typer.Exit


@app.callback(
    invoke_without_command=True,
    epilog=examples(
        'flowzero render "a red ball rolls from the left to the right across a green meadow"',
        'flowzero plan "two birds fly up over the sea" -o birds.json',
        'flowzero revise birds.json "make the birds faster" -o faster.json',
        "flowzero preview faster.json -o faster.gif",
        "flowzero doctor",
    ),
)
def _main(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of any error.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


cli_render.register(app)


@app.command(
    epilog=examples(
        'flowzero plan "a red ball rolls to the right" -o ball.json',
        'flowzero plan "a leaf falls and turns red" --seconds 4 --json',
        "flowzero plan --batch prompts.txt -o plans.jsonl",
        'A batch has one prompt a line, or one {"prompt": ...}; its answers come as JSON lines in the same order.',
    )
)
def plan(
    prompt: Annotated[str | None, typer.Argument(metavar="PROMPT", help="What to show; - for standard input.")] = None,
    batch: Batch = None,
    output: OutText = None,
    seconds: Seconds = None,
    fps: Fps = None,
    threshold: Threshold = None,
    max_rounds: Rounds = None,
    builtin: Builtin = False,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Plan a video: what moves where and when, refined until it keeps what the prompt promises."""
    from flowzero import api
    from flowzero.tools.cli_input import begin, check_text_output, is_batch, read_stdin

    options = {"seconds": seconds, "fps": fps, "threshold": threshold, "max_rounds": max_rounds}
    screen, settings = begin(json, quiet, builtin=builtin, **options)
    if is_batch(prompt, batch, "prompt"):
        from flowzero.tools.batch import prompt_of, run_batch

        def answer(line: str) -> Plan:
            return api.plan(prompt_of(line), settings=settings)

        raise typer.Exit(run_batch(answer, batch, output, force, screen))
    check_text_output(output, force)
    with screen.working() as listener:
        text = read_stdin() if prompt == "-" else str(prompt)
        result = api.plan(text, settings=settings, on_event=listener)
    _deliver(result, "Plan", output, force, screen)


@app.command(
    epilog=examples(
        "flowzero check ball.json",
        'flowzero check ball.json --prompt "a red ball rolls to the left" --json',
        "flowzero check --batch plans.jsonl -o findings.jsonl",
        'A batch has one {"prompt": ..., "dss": ...} a line. Exit code 3 says that a plan stays below the threshold.',
    )
)
def check(
    source: PlanFile = None,
    batch: Batch = None,
    prompt: Against = None,
    output: OutText = None,
    threshold: Threshold = None,
    builtin: Builtin = False,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Measure how well a plan keeps what its prompt promises, and change nothing."""
    from flowzero import api
    from flowzero.tools.cli_input import begin, check_text_output, is_batch, read_plan

    screen, settings = begin(json, quiet, threshold=threshold, builtin=builtin)
    if is_batch(source, batch, "plan"):
        from flowzero.tools.batch import pair_of, run_batch

        def answer(line: str) -> Plan:
            dss, own = pair_of(line)
            return api.check(dss, own if prompt is None else prompt, settings=settings)

        raise typer.Exit(run_batch(answer, batch, output, force, screen))
    check_text_output(output, force)
    with screen.working() as listener:
        result = api.check(read_plan(source), prompt, settings=settings, on_event=listener)
    _deliver(result, "Checked", output, force, screen)


@app.command(
    epilog=examples(
        "flowzero fix draft.json -o fixed.json",
        'flowzero fix draft.json --prompt "two dogs run to the left" -o fixed.json',
        "flowzero fix --batch drafts.jsonl -o fixed.jsonl",
        'A batch has one {"prompt": ..., "dss": ...} a line.',
    )
)
def fix(
    source: PlanFile = None,
    batch: Batch = None,
    prompt: Against = None,
    output: OutText = None,
    threshold: Threshold = None,
    max_rounds: Rounds = None,
    builtin: Builtin = False,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Mend what breaks a plan's promises, by the smallest edits."""
    from flowzero import api
    from flowzero.tools.cli_input import begin, check_text_output, is_batch, read_plan

    screen, settings = begin(json, quiet, threshold=threshold, max_rounds=max_rounds, builtin=builtin)
    if is_batch(source, batch, "plan"):
        from flowzero.tools.batch import pair_of, run_batch

        def answer(line: str) -> Plan:
            dss, own = pair_of(line)
            return api.fix(dss, own if prompt is None else prompt, settings=settings)

        raise typer.Exit(run_batch(answer, batch, output, force, screen))
    check_text_output(output, force)
    with screen.working() as listener:
        result = api.fix(read_plan(source), prompt, settings=settings, on_event=listener)
    _deliver(result, "Fixed", output, force, screen)


@app.command(
    epilog=examples(
        'flowzero revise ball.json "make the ball blue" -o blue.json',
        'flowzero revise ball.json "the camera pans to the left in the second half" --json',
        'flowzero revise red-ball-rolls-1f2e "add a dog on the right"',
        "A kept plan (flowzero keep) is changed in place: the answer is its next version.",
    )
)
def revise(
    source: Annotated[str, typer.Argument(metavar="PLAN.json|ID", help="A plan, - for standard input, or a kept plan.")],
    instruction: Annotated[str, typer.Argument(metavar="INSTRUCTION", help="What to change, in words.")],
    output: OutText = None,
    threshold: Threshold = None,
    max_rounds: Rounds = None,
    builtin: Builtin = False,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Change what an instruction names, and leave everything else as it is."""
    from flowzero import api
    from flowzero.tools.cli_conversation import read_kept
    from flowzero.tools.cli_input import begin, check_text_output

    screen, settings = begin(json, quiet, threshold=threshold, max_rounds=max_rounds, builtin=builtin)
    check_text_output(output, force)
    with screen.working() as listener:
        given, store = read_kept(source, settings.home_dir)
        result = api.revise(given, instruction, settings=settings, store=store, on_event=listener)
    if result.id is not None:
        screen.note(f"version {result.version} of {result.id}")
    _deliver(result, "Revised", output, force, screen)


@app.command(
    epilog=examples(
        'flowzero preview "a red ball rolls to the right" -o ball.gif',
        "flowzero preview ball.json -o ball.png",
        "Kinds: .gif, .webp, .mp4, or .png for one picture with boxes and ids.",
    )
)
def preview(
    source: Source,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="The preview.", rich_help_panel=OUTPUT)],
    seconds: Seconds = None,
    fps: Fps = None,
    builtin: Builtin = False,
    width: Width = None,
    height: Height = None,
    frames: FrameCount = None,
    force: Force = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Draw a plan with sprites, in about a second and without diffusion."""
    from flowzero import api
    from flowzero.dss import DSS
    from flowzero.renderer.video import check_output
    from flowzero.tools.cli_input import begin, read_source
    from flowzero.tools.cli_output import plan_record

    screen, settings = begin(json, quiet, builtin=builtin, seconds=seconds, fps=fps)
    check_output(output, force, api.ANIMATIC_SUFFIXES)
    size = {name: value for name, value in (("width", width), ("height", height)) if value is not None}
    with screen.working() as listener:
        subject = read_source(source)
        if isinstance(subject, str):
            subject = api.plan(subject, settings=settings, on_event=listener)
        path = api.preview(subject, output, frames=frames, overwrite=force, settings=settings, on_event=listener, **size)
    if json:
        drawn = {"dss": subject.model_dump(mode="json")} if isinstance(subject, DSS) else plan_record(subject)
        screen.emit({"output": str(path), "plan": drawn})
    else:
        screen.show(f"Wrote {path}: a preview, drawn with sprites.")


@app.command(epilog=examples("flowzero schema > dss.schema.json", "flowzero schema plan"))
def schema(
    value: Annotated[str, typer.Argument(metavar="dss|plan", help="What to describe.")] = "dss",
    json: Json = False,
) -> None:
    """Print the JSON Schema of the Dynamic Scene Syntax, or of a whole plan."""
    from flowzero.dss import json_schema
    from flowzero.errors import InputError
    from flowzero.plan import Plan
    from flowzero.tools.cli_output import Screen

    schemas = {"dss": json_schema, "plan": Plan.model_json_schema}
    if value not in schemas:
        raise InputError(f"there is no schema called {value!r}: choose dss or plan.")
    Screen(json).emit(schemas[value]())


@app.command(epilog=examples("flowzero doctor", "flowzero doctor --json"))
def doctor(json: Json = False, quiet: Quiet = False) -> None:
    """Say which language model, backbone, device and codecs are found, and how to get what is missing."""
    from flowzero.tools.cli_output import Screen
    from flowzero.tools.doctor import examine, report

    screen = Screen(json, quiet)
    with screen.working() as listener:
        found = examine(listener)
    if json:
        screen.emit(found)
    else:
        screen.show(*report(found))


def _deliver(result: Plan, title: str, output: Path | None, force: bool, screen: Screen) -> None:
    """Write the plan to its file, show it, and set the exit code."""
    from flowzero.files import write_text
    from flowzero.tools.cli_output import dumps, finish, plan_record, plan_tables

    record = plan_record(result)
    if output is not None:
        write_text(output, dumps(record) + "\n", force)
    if screen.json:
        screen.emit(record | ({"output": str(output)} if output else {}))
    else:
        screen.show(*plan_tables(result, title))
        if output is not None:
            screen.show(f"Wrote {output}.")
    finish(result, screen)


cli_agents.register(app)
cli_conversation.register(app)
cli_models.register(app)
cli_studio.register(app)
