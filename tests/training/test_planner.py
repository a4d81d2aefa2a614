"""The small planner's data and training, at a tiny size."""

import random
from itertools import islice

import numpy as np
import pytest
import torch
from torch import nn

from flowzero.agent.outline import decode_outline
from training.planner import lora, stories
from training.planner.config import load_config
from training.planner.data import Example, batches
from training.planner.english import inflect, plural, sentence, with_article
from training.planner.export import interleaved
from training.planner.lexicon import load
from training.planner.train import Run, learning_rate, loss, step

WORDS = load()
"""What is trained on and what is held out."""


def test_the_same_seed_tells_the_same_stories_and_every_one_can_be_kept():
    first, second = (list(islice(stories.stories(3), 25)) for _ in range(2))
    assert first == second
    assert all(stories.keeps(story) for story in first)
    assert len({story.prompt for story in first}) == 25


def test_an_outline_is_told_in_full_and_reads_back():
    for story in islice(stories.stories(5), 40):
        assert decode_outline(story.outline.to_wire()) == story.outline
        assert "{" not in story.prompt and "⟦" not in story.prompt and "[" not in story.prompt
        for thing in story.outline.things:
            noun = thing.phrase.split()[-1]
            assert noun in story.prompt.lower() or plural(noun) in story.prompt.lower()


def test_held_out_stories_are_of_held_out_nouns():
    nouns = {word for words in WORDS.nouns.values() for word in words.held}
    told = [thing for story in islice(stories.stories(6, held=True), 40) for thing in story.outline.things]
    assert len(told) > 30
    assert all(any(thing.phrase.endswith(noun) for noun in nouns) for thing in told)


@pytest.mark.parametrize("tables", [WORDS.nouns, WORDS.verbs, WORDS.templates, {"frames": WORDS.frames, "joins": WORDS.joins}])
def test_no_word_or_template_is_both_trained_on_and_held_out(tables):
    train = {word for words in tables.values() for word in words.train}
    held = {word for words in tables.values() for word in words.held}
    assert held and not train & held


def test_verbs_and_nouns_take_the_form_that_the_sentence_needs():
    assert [inflect(verb, "s") for verb in ("take off", "be", "go up", "fly", "pass", "sway")] == [
        "takes off", "is", "goes up", "flies", "passes", "sways",
    ]  # fmt: skip
    assert [inflect(verb, "ing") for verb in ("lie", "run", "flee", "move past")] == [
        "lying",
        "running",
        "fleeing",
        "moving past",
    ]
    assert [plural(noun) for noun in ("palm tree", "mouse", "box", "fairy", "monkey")] == [
        "palm trees", "mice", "boxes", "fairies", "monkeys",
    ]  # fmt: skip
    assert [with_article(noun) for noun in ("owl", "unicorn", "hourglass")] == ["an owl", "a unicorn", "an hourglass"]
    assert sentence("It runs .  it goes from on the left., so") == "It runs. It goes from the left, so"


class TinyModel(nn.Module):
    """The parts of a language model that the training touches."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.embed = nn.Embedding(20, 8)
        self.inner = nn.Linear(8, 8)
        self.lm_head = nn.Linear(8, 20, bias=False)

    def model(self, input_ids, use_cache):
        hidden = self.inner(self.embed(input_ids)).cumsum(1)
        return type("Output", (), {"last_hidden_state": hidden})


def test_an_update_changes_nothing_at_first_and_is_all_that_is_trained():
    model, x = TinyModel(), torch.randn(3, 8)
    before = model.inner(x) - model.inner.bias
    trained = lora.adapt(model, rank=2, alpha=4.0)
    assert torch.allclose(model.inner(x), before, atol=1e-6)
    assert isinstance(model.lm_head, nn.Linear)
    assert [p for p in model.parameters() if p.requires_grad] == trained


def test_the_loss_counts_the_outline_alone_and_no_padding():
    model = TinyModel()
    alone = loss(model, [Example([1, 2, 3, 4], 2)])
    beside = loss(model, [Example([1, 2, 3, 4], 2), Example([1, 2, 3, 4, 5, 6, 7], 7)])
    assert torch.allclose(alone, beside)
    logits = model.lm_head(model.model(torch.tensor([[1, 2, 3, 4]]), False).last_hidden_state)[0]
    assert torch.allclose(alone, nn.functional.cross_entropy(logits[1:3], torch.tensor([3, 4])))


def test_training_learns_and_a_resumed_run_goes_on_as_if_it_had_not_stopped(tmp_path):
    config = load_config()
    batch = [Example([1, 2, 3, 4, 5], 2)] * 4

    def trained(*steps: int) -> tuple[dict, list[float]]:
        values: list[float] = []
        for count in steps:
            run = Run.open(config, tmp_path, TinyModel())
            for group in run.optimizer.param_groups:
                group["lr"] = 0.05
            values += [step(run, batch) for _ in range(count)]
            run.save()
        (tmp_path / "state.pt").unlink()
        return lora.state(run.model), values

    whole, values = trained(8)
    resumed, _ = trained(3, 5)
    assert values[-1] < values[0] - 0.1
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_batches_hold_every_example_once_wherever_one_starts():
    rng = random.Random(0)
    examples = [Example([k] * rng.randint(2, 30), 1) for k in range(300)]
    order = [item.ids[0] for batch in batches(examples, 16, 0) for item in batch]
    assert sorted(order) == list(range(300))
    for done in (16, 128, 208):
        assert [item.ids[0] for batch in batches(examples, 16, done) for item in batch] == order[done:]


def test_the_learning_rate_warms_up_holds_and_falls():
    settings = load_config().training
    rates = [learning_rate(settings, done, 2000) for done in (0, 400, 900, 1500, 1999)]
    assert rates[0] < 0.1 * rates[1]
    assert rates[1] == rates[2] == settings.learning_rate
    assert 0.4 * rates[2] < rates[3] < 0.6 * rates[2]
    assert 0 < rates[4] < 0.05 * rates[2]


def test_rotary_pairs_of_a_head_lie_side_by_side_in_the_adapter():
    rows = np.arange(128).reshape(128, 1)
    turned = interleaved(rows)[:, 0].tolist()
    assert turned[:4] == [0, 32, 1, 33]
    assert turned[64:68] == [64, 96, 65, 97]
    assert sorted(turned) == list(range(128))
