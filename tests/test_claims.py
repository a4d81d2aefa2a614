import re
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_test_and_benchmark_that_a_claim_names_is_there() -> None:
    text = (ROOT / "docs" / "claims.md").read_text()
    module = ""
    for reference in re.findall(r"`((?:tests/|…::|python -m )[^`]+)`", text):
        if reference.startswith("python -m "):
            path = ROOT / (reference.split()[2].replace(".", "/"))
            assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), reference
            continue
        named, _, name = reference.partition("::")
        module = module if named == "…" else named
        source = ROOT / module
        assert source.exists(), reference
        assert not name or f"def {name}(" in source.read_text(), reference
