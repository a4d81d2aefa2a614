"""FlowZero: text to video without video training, planned by an agent and rendered by layout-guided diffusion.

    import flowzero

    plan = flowzero.plan("a red ball rolls from the left to the right across a green meadow")
    video = flowzero.render(plan, "ball.mp4")

Names load on first use, so that importing the package stays fast and never loads torch.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowzero.agent.store import PlanStore
    from flowzero.api import (
        acheck,
        afix,
        aplan,
        arender,
        arevise,
        check,
        fix,
        load_plan,
        plan,
        plan_batch,
        preview,
        render,
        reproduce,
        revise,
    )
    from flowzero.dss import DSS, parse_dss
    from flowzero.errors import FlowZeroError, InputError, LLMError, RenderError
    from flowzero.events import Event
    from flowzero.plan import Finding, Plan, Round
    from flowzero.renderer.produce import Video
    from flowzero.settings import Settings, load_settings

__version__ = "0.1.0"

_HOMES = {
    "agent.store": ("PlanStore",),
    "api": (
        "acheck",
        "afix",
        "aplan",
        "arender",
        "arevise",
        "check",
        "fix",
        "load_plan",
        "plan",
        "plan_batch",
        "preview",
        "render",
        "reproduce",
        "revise",
    ),
    "dss": ("DSS", "parse_dss"),
    "errors": ("FlowZeroError", "InputError", "LLMError", "RenderError"),
    "events": ("Event",),
    "plan": ("Finding", "Plan", "Round"),
    "renderer.produce": ("Video",),
    "settings": ("Settings", "load_settings"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "DSS",
    "Event",
    "Finding",
    "FlowZeroError",
    "InputError",
    "LLMError",
    "Plan",
    "PlanStore",
    "RenderError",
    "Round",
    "Settings",
    "Video",
    "acheck",
    "afix",
    "aplan",
    "arender",
    "arevise",
    "check",
    "fix",
    "load_plan",
    "load_settings",
    "parse_dss",
    "plan",
    "plan_batch",
    "preview",
    "render",
    "reproduce",
    "revise",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """Keeps `flowzero.plan` the function: importing the submodule of that name would put the module in its place."""

    @property
    def plan(self) -> Any:
        """The function of :mod:`flowzero.api`."""
        return import_module("flowzero.api").plan

    @plan.setter
    def plan(self, _submodule: ModuleType) -> None:
        """The import system's attempt to bind the submodule."""


sys.modules[__name__].__class__ = _Package
