"""What models are told about the tools: one wording for MCP, LangChain and plain function calling."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

INSTRUCTIONS = """\
FlowZero turns a prompt into a short video. A plan says what moves where and when, and is measured against the prompt;
a diffusion model then draws it.

1. plan_video with the user's words. Read its confidence and findings. Or write the Dynamic Scene Syntax yourself and
   call check_plan (schema: flowzero://schema/dss, words that can be drawn: flowzero://vocabulary), and mend what it finds.
2. preview_plan to look at it; revise_plan with the user's wishes in plain words, edit_plan for exact changes, mend_plan
   where findings are broken. Every change makes a new version and leaves the rest of the plan as it was; undo_plan and
   redo_plan walk through the versions, diff_plan compares them, branch_plan begins another plan from one.
3. When the user is content: approve_plan, then render_video. It returns a job_id at once; call wait_for_render until its
   state is succeeded, failed or cancelled, and give the user the video's path. retry_render tries a failed one again.

Ids stay valid after a restart: list_plans and list_renders find them again."""

DSS_EXAMPLE = """\
{"prompt": "a red ball rolls to the right", "seconds": 2, "fps": 8, "setting": "a green meadow",
 "scenes": [{"start": 0, "description": "a red ball rolls over a green meadow"}],
 "objects": [{"id": "ball", "phrase": "a red ball",
              "path": [{"t": 0, "box": {"x": 0.05, "y": 0.6, "w": 0.2, "h": 0.2}},
                       {"t": 1, "box": {"x": 0.75, "y": 0.6, "w": 0.2, "h": 0.2}}]}],
 "background": [{"start": 0, "direction": "none", "speed": 0}]}"""

EDITS = (
    "add_object(object), remove_object(id), set_path(id, path), move(id, dx, dy), scale(id, factor), retime(id, start, end), "
    "set_phrase(id, phrase), set_states(id, states), set_visible(id, visible), set_depth(id, depth), set_setting(setting), "
    "set_scenes(scenes), set_background(background), set_timing(seconds, fps)"
)

TOOLS = {
    "plan_video": "Turn a prompt into a plan: what moves where and when, measured against the prompt. Begin here.",
    "revise_plan": "Change what an instruction names and leave everything else as it is; makes a new version.",
    "edit_plan": f"Make exact edits; makes a new version. Each edit is an object with its name as op. There are: {EDITS}.",
    "check_plan": (
        "Measure a Dynamic Scene Syntax that you wrote against its prompt, keep it, and get findings to act on. Times run from "
        "0 to 1, boxes are fractions of the frame with the origin at the top left, direction is where the background's "
        f"content moves in the picture. Example: {DSS_EXAMPLE}"
    ),
    "get_plan": "A plan with its whole Dynamic Scene Syntax, to read or to change and check again.",
    "list_plans": "The newest plans with their ids.",
    "undo_plan": "Go back to the version that the current one was made from; later versions keep their numbers.",
    "redo_plan": "Go forward again to the newest version that was made from the current one.",
    "mend_plan": "Let the fixer mend what breaks the plan's promises, by the smallest edits; makes a new version.",
    "branch_plan": "Begin a new plan as a copy of a version; the two go separate ways from there.",
    "diff_plan": "What differs between two versions of a plan.",
    "approve_plan": "Note that the user has approved a version. Call it only after the user has seen the plan and agreed.",
    "preview_plan": "See a plan: what is where at the beginning, the middle and the end, and pictures if wanted.",
    "render_video": "Start rendering a plan and return a job_id at once; then call wait_for_render.",
    "wait_for_render": "Wait until a render is finished, 25 seconds at most. Call it again until it is.",
    "render_status": "How far a render is, without waiting.",
    "cancel_render": "Stop a render: at once if it waits, within one denoising step if it runs.",
    "retry_render": "Queue a failed or cancelled render again.",
    "list_renders": "The newest renders with their ids and states.",
}
"""What each tool does, by name."""

PlanId = Annotated[str, Field(description="As plan_video or list_plans gave it.")]
Version = Annotated[int | None, Field(ge=1, lt=2**31, description="Which version; the current one when not given.")]
Before = Annotated[int | None, Field(ge=1, lt=2**31, description="The one that the other was made from when not given.")]
JobId = Annotated[str, Field(description="As render_video or list_renders gave it.")]
Prompt = Annotated[str, Field(description="What the video shall show, in plain words.")]
Seconds = Annotated[float | None, Field(description="Its length, above 0 and at most 600.")]
Fps = Annotated[float | None, Field(description="Frames a second.")]
Instruction = Annotated[str, Field(description="What to change, in plain words, such as: make the ball faster.")]
Edits = Annotated[list[dict[str, Any]], Field(description='Such as [{"op": "move", "id": "ball", "dx": 0.1}].')]
Scene = Annotated[dict[str, Any], Field(description="The Dynamic Scene Syntax, as in the example.")]
Against = Annotated[str | None, Field(description="Measure against this instead of the plan's own prompt.")]
NextOf = Annotated[str | None, Field(description="Keep it as the next version of this plan.")]
Limit = Annotated[int, Field(ge=1, le=100)]
Seed = Annotated[int, Field(ge=0, description="The same seed gives the same video.")]
Steps = Annotated[int | None, Field(description="Denoising steps; more are slower and finer.")]
Pixels = Annotated[int | None, Field(description="Pixels, 8..4096.")]
Frames = Annotated[int | None, Field(description="How many, over the same time.")]
Format = Annotated[str, Field(description="mp4, webm, gif or webp.")]
WithImage = Annotated[bool, Field(description="Attach the contact sheet, a JPEG of at most 100 kB.")]
WithLinks = Annotated[bool, Field(description="Attach links to what was made.")]
