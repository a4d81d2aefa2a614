import ast
import resource
import subprocess
import sys
from pathlib import Path

import flowzero

PACKAGE = Path(flowzero.__file__).parent
HEAVY = ("torch", "diffusers", "transformers")
ORDER = {
    "dss": {"errors"},
    "plan": {"dss", "errors"},
    "errors": set(),
    "settings": {"dss", "errors"},
    "events": {"plan"},
    "files": {"errors"},
    "vocabulary": {"dss", "errors"},
    "agent": {"dss", "plan", "errors", "settings", "events", "files", "vocabulary"},
    "renderer": {"dss", "plan", "errors", "settings", "events", "files", "vocabulary"},
    "api": {"dss", "plan", "errors", "settings", "events", "files", "vocabulary", "agent", "renderer"},
}
"""Which parts of the package each part may import. `tools` may import all of them."""


def modules(*parts: str) -> list[str]:
    """Every module of the package whose first part is one of these."""
    names = []
    for path in sorted(PACKAGE.rglob("*.py")):
        dotted = path.relative_to(PACKAGE).with_suffix("").parts
        dotted = dotted[:-1] if dotted[-1] == "__init__" else dotted
        if dotted and dotted[0] in parts:
            names.append(".".join(("flowzero", *dotted)))
    return names


def imported(path: Path) -> set[str]:
    """Dotted names that a file imports, at its top or within its functions; those for the type checker alone left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_nothing_but_the_renderer_loads_torch_on_import():
    names = [
        "flowzero",
        *modules("dss", "plan", "errors", "settings", "events", "files", "vocabulary", "agent", "api", "tools"),
    ]
    script = f"""
import importlib, sys
for name in {names!r}:
    importlib.import_module(name)
    heavy = [module for module in {HEAVY!r} if module in sys.modules]
    assert not heavy, f"importing {{name}} loads {{heavy}}"
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_writing_videos_does_not_load_torch(tmp_path):
    script = f"""
import sys
import numpy as np
from flowzero.renderer.video import contact_sheet, write_video
write_video(np.zeros((2, 8, 8, 3), np.uint8), sys.argv[1], 8)
contact_sheet(np.zeros((2, 8, 8, 3), np.uint8))
assert not set({HEAVY!r}) & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "a.mp4")], check=True)


def test_imports_go_one_way():
    wrong = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        part = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        names = {name.split(".")[1] for name in imported(path) if name.startswith("flowzero.")}
        if part in ORDER and (stray := names - ORDER[part] - {part}):
            wrong[str(path.relative_to(PACKAGE))] = stray
    assert not wrong


def test_only_the_renderer_names_torch():
    elsewhere = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] != "renderer"]
    assert len(elsewhere) > 10
    assert not [path for path in elsewhere if {name.split(".")[0] for name in imported(path)} & set(HEAVY)]


def test_help_answers_at_once():
    """In not much more than the library takes that prints it, on a slow machine as on a quick one."""
    ways = {"help": ["-m", "flowzero", "--help"], "library": ["-c", "import pydantic, rich.table, typer.main"]}
    times = {name: min(_processor_seconds([sys.executable, *way]) for _ in range(4)) for name, way in ways.items()}
    assert times["help"] < 2.2 * times["library"]


def _processor_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
