"""The settings of benchmarks that are of the built-in mind, whatever else is on the machine."""

from flowzero.settings import load_settings

BUILTIN = load_settings(small_planner="off")
