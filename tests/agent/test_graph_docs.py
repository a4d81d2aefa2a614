import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def test_the_examples_of_the_langgraph_document_run_in_order(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = (DOCS / "langgraph.md").read_text()
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 4
    shared = {"__name__": "example"}
    for block in blocks:
        exec(compile(block, "docs/langgraph.md", "exec"), shared)
    said = capsys.readouterr().out
    for line in (
        "check round 0: confidence 1.00",
        "A Red Ball",
        "2 make the ball blue",
        "Makes ball 'a blue ball'.",
        "True a blue ball",
    ):
        assert line in said


def test_the_document_on_language_models_names_every_setting_there_is():
    from flowzero.settings import Settings

    named = set(re.findall(r"FLOWZERO_[A-Z_]+", (DOCS / "llm.md").read_text()))
    known = {f"FLOWZERO_{name.upper()}" for name in Settings.model_fields}
    assert named <= known
    assert {name for name in known if "_LLM_" in name} <= named
