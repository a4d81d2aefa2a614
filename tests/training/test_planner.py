"""The small planner's data and training, at a tiny size."""

import copy
import random
from itertools import islice

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from flowzero.agent.outline import decode_outline
from training.planner import actors, events, export, lexicon, lora, pairs, stories
from training.planner.__main__ import main as planner
from training.planner.config import load_config
from training.planner.data import Example, Lesson, batches, examples_of, passes
from training.planner.decoder import fused_norm, fused_seen, noise_for
from training.planner.english import inflect, plural, sentence, with_article
from training.planner.export import halved, interleaved
from training.planner.lexicon import load
from training.planner.noise import roughened
from training.planner.train import Run, learning_rate, loss, mean_loss, step

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
            assert noun in story.prompt.lower() or plural(noun) in story.prompt.lower(), story


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
    assert [inflect(verb, "ing") for verb in ("lie", "run", "flee", "move past", "fly up", "slowly turn", "zigzag")] == [
        "lying",
        "running",
        "fleeing",
        "moving past",
        "flying up",
        "slowly turning",
        "zigzagging",
    ]
    assert [plural(noun) for noun in ("palm tree", "mouse", "box", "fairy", "monkey")] == [
        "palm trees", "mice", "boxes", "fairies", "monkeys",
    ]  # fmt: skip
    assert [with_article(noun) for noun in ("owl", "unicorn", "hourglass")] == ["an owl", "a unicorn", "an hourglass"]
    assert sentence("It runs .  it goes from on the left., so") == "It runs. It goes from the left, so"


@pytest.fixture(scope="module")
def tiny():
    """A Llama model of the base model's shape, but small."""
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=40, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
        max_position_embeddings=512, tie_word_embeddings=True,
    )  # fmt: skip
    return LlamaForCausalLM(config).requires_grad_(False)


def run_of(model, folder, start=None, **settings):
    """A run with nothing against learning by heart but what a test asks for."""
    config, bare = load_config(), {"batch": 16, "warmup": 256, "neftune": 0.0, "weight_decay": 0.0, "average": 0.0, "passes": 1}
    config = config.model_copy(update={"training": config.training.model_copy(update=bare | settings)})
    return Run.open(config, folder, model, start, compiled=False)


def updated(model, adapters):
    """The model of transformers with the adapters' updates added to its weights, in double precision."""
    other = copy.deepcopy(model).double()
    for index, layer in enumerate(other.model.layers):
        for kind in lora.LAYERS:
            a, b = adapters.pair(f"model.layers.{index}.{kind}")
            part = layer.get_submodule(kind)
            # A leaf's place is taken by a value with a history, so that gradients reach A and B.
            del part.weight
            base = model.model.layers[index].get_submodule(kind).weight.double()
            part.weight = base + adapters.scale * b.double() @ a.double()
    return other


@pytest.mark.parametrize("fused", [False, True])
def test_the_decoder_and_its_gradients_are_those_of_transformers_but_for_rounding(tiny, tmp_path, fused):
    run = run_of(tiny, tmp_path)
    if fused:  # as on a GPU
        run.decoder.norm, run.decoder.attention = fused_norm, fused_seen
    with torch.no_grad():
        for tensor in run.decoder.adapters.parameters():
            tensor.normal_(std=0.1)
    ids = torch.tensor([[1, 7, 3, 9, 4, 11], [5, 2, 8, 30, 17, 6]])
    run.decoder.merge()
    ours = run.decoder(ids)
    theirs = updated(tiny, run.decoder.adapters).model(input_ids=ids).last_hidden_state
    assert (ours.float() - theirs).abs().mean() < 0.02 * theirs.abs().mean()
    parameters = list(run.decoder.adapters.parameters())
    weights = torch.randn_like(theirs)
    wanted = torch.autograd.grad((weights * theirs).sum(), parameters)
    got = torch.autograd.grad((weights * ours.float()).sum(), parameters)
    alike = [nn.functional.cosine_similarity(a.flatten(), b.flatten(), 0) for a, b in zip(got, wanted, strict=True)]
    assert min(alike) > 0.97


def test_a_new_adapter_changes_nothing(tiny, tmp_path):
    run = run_of(tiny, tmp_path)
    run.decoder.merge()
    ids = torch.tensor([[1, 7, 3, 9]])
    plain = tiny.model(input_ids=ids).last_hidden_state
    assert (run.decoder(ids).float() - plain).abs().mean() < 0.02 * plain.abs().mean()


def test_the_loss_counts_the_outline_alone_and_no_padding(tiny, tmp_path):
    run = run_of(tiny, tmp_path)
    run.decoder.merge()
    with torch.no_grad():
        alone = loss(run, [Example([1, 2, 3, 4], 2)])
        beside = loss(run, [Example([1, 2, 3, 4], 2), Example([1, 2, 3, 4, 5, 6, 7], 7)])
        hidden = run.decoder(torch.tensor([[1, 2, 3, 4]]))[0]
    logits = nn.functional.linear(hidden, run.decoder.embedding).float()
    assert torch.allclose(alone, beside, atol=2e-2)
    assert torch.allclose(alone, nn.functional.cross_entropy(logits[1:3], torch.tensor([3, 4])), atol=1e-3)
    run.common = torch.arange(8)
    with torch.no_grad():
        assert loss(run, [Example([1, 2, 3, 4], 2)]) == pytest.approx(float(alone), abs=2e-2)  # the others fill all 40 places


def test_the_mean_loss_is_that_of_the_tokens_in_whatever_batches_they_come(tiny, tmp_path):
    run = run_of(tiny, tmp_path, batch=2)
    examples = [Example([1, 2, 3, 4], 2), Example([5, 6, 7, 8, 9, 10], 1), Example([11, 12, 13], 2)]
    run.decoder.merge()
    with torch.no_grad():
        each = [float(loss(run, [item])) * (len(item.ids) - item.start) for item in examples]
    assert mean_loss(run, examples) == pytest.approx(sum(each) / 8, abs=1e-2)


def test_noise_is_within_its_bounds_the_same_for_a_step_and_changes_the_loss_alone_when_asked_for(tiny, tmp_path):
    embedding = torch.zeros(40, 32, dtype=torch.bfloat16)
    noise = noise_for((3, 50), embedding, 5.0, 7)
    assert noise.shape == (3, 50, 32) and torch.equal(noise, noise_for((3, 50), embedding, 5.0, 7))
    assert 0.9 < float(noise.abs().max()) / (5 / 40) < 1.01  # √(50 tokens · 32 channels) = 40
    batch = [Example([1, 2, 3, 4, 5], 2)] * 4
    values = []
    for alpha in (0.0, 50.0):
        run = run_of(tiny, tmp_path, neftune=alpha)
        run.decoder.merge()
        values.append(float(loss(run, batch).detach()))
    run.decoder.merge()
    hidden = run.decoder(torch.tensor([[1, 2, 3, 4, 5]]))[0]
    logits = nn.functional.linear(hidden, run.decoder.embedding).float()
    plain = float(nn.functional.cross_entropy(logits[1:4], torch.tensor([3, 4, 5])).detach())
    assert values[0] == pytest.approx(plain, abs=1e-2)
    assert abs(values[1] - plain) > 0.02


@pytest.mark.parametrize("settings", [{}, {"neftune": 5.0, "weight_decay": 0.1, "average": 0.5}])
def test_training_learns_and_a_resumed_run_goes_on_as_if_it_had_not_stopped(tiny, tmp_path, settings):
    batch = [Example([1, 2, 3, 4, 5], 2)] * 4

    def trained(*steps: int) -> tuple[dict, list[float]]:
        values: list[float] = []
        for count in steps:
            run = run_of(tiny, tmp_path, batch=4, **settings)
            for group in run.optimizer.param_groups:
                group["lr"] = 0.05
            for _ in range(count):
                values.append(float(step(run, batch)))
                run.done += 4
            run.save()
        (tmp_path / "state.pt").unlink()
        return run.exported.values(), values

    whole, values = trained(8)
    resumed, _ = trained(3, 5)
    assert values[-1] < values[0] - 0.1
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)


def test_training_goes_on_from_an_adapter_file(tiny, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "_HEAD", 8)
    run = run_of(tiny, tmp_path)
    with torch.no_grad():
        for tensor in run.decoder.adapters.parameters():
            tensor.normal_(std=0.1)
    values = run.decoder.adapters.values()
    export.write_adapter(tmp_path / "a.gguf", {name: value.numpy() for name, value in values.items()}, 32.0)
    again = run_of(tiny, tmp_path, export.read_adapter(tmp_path / "a.gguf")).decoder.adapters.values()
    assert all(torch.allclose(again[name], values[name], atol=1e-3) for name in values)
    (tmp_path / "state.pt").unlink(missing_ok=True)


@pytest.mark.parametrize("kind", sorted(events.DRAW))
def test_every_template_of_a_kind_can_be_told(kind):
    for template in {*WORDS.templates[kind].train, *WORDS.templates[kind].held}:
        for seed in range(2):
            telling = stories.Telling(random.Random(seed), WORDS, held=False)
            event = events.draw(kind, telling.rng, WORDS, template=template)
            roles = {role: f"0{role}" for role in event.pools}
            text = telling.told(event, roles, then=False, more=False).text
            assert not set("{}[]") & set(text), template
            assert all(f"⟦{name}." in text for name in roles.values()), template


def test_no_kind_of_event_is_told_by_few_and_a_tenth_of_the_new_templates_is_held_out():
    told = {kind: len(words.train) for kind, words in WORDS.templates.items()}
    assert min(told.values()) >= 7
    assert sum(n >= 70 for n in told.values()) >= 38
    free = [template for words in WORDS.templates.values() for template in (*words.train, *words.held)]
    held = [template for template in free if lexicon.drawn_out(template)]
    assert 0.08 * len(free) < len(held) < 0.12 * len(free)


def told(kinds, seeds=range(400)):
    """Stories that begin with these kinds of events, as they are told when nobody is careless."""
    for seed in seeds:
        telling = stories.Telling(random.Random(seed), WORDS, held=False)
        telling.plain = True
        story = telling.tell()
        if story is not None and story.kinds[0] in kinds and len(story.kinds) == 1:
            yield story


def test_of_two_that_are_alike_the_second_is_called_the_other_or_by_its_colour():
    found = list(told({"twin ways", "twin sides", "twin stays", "twin colours"}, range(3000)))
    assert len(found) > 20
    for story in found:
        first, second = story.outline.things[:2]
        assert first.phrase.split()[-1] == second.phrase.split()[-1]
        assert (first.phrase == second.phrase) == (story.kinds[0] != "twin colours")
        assert "other" in story.prompt or "second" in story.prompt or second.phrase.split()[1] in story.prompt


def test_two_things_that_were_named_do_together_what_they_are_said_to():
    found = [
        story for seed in range(6000) if (story := stories.Telling(random.Random(seed), WORDS, held=False).tell()) is not None
    ]
    joint = [story for story in found if story is not None and len(story.kinds) == 3 and story.kinds[2] in pairs.JOINT]
    assert {story.kinds[2] for story in joint} >= set(pairs.JOINT)
    for story in joint:
        first, second = story.outline.things[:2]
        if story.kinds[2] in ("they both", "they rest"):
            assert first.do == second.do != ()
        if story.kinds[2] == "they swap":
            assert first.do == tuple(reversed(second.do))


def test_that_nothing_moves_is_said_of_what_does_not():
    still = [story for story in told(set(events.DRAW), range(4000)) if "othing moves" in story.prompt]
    assert len(still) > 5
    assert all(thing.do == ("rest",) for story in still for thing in story.outline.things)


def test_what_is_said_of_one_thing_twice_goes_together_or_not_at_all():
    assert actors.merged({"do": ["right"]}, {"do": ["rest"]}, then=True) == {"do": ["right", "rest"]}
    assert actors.merged({"do": ["right"]}, {"do": ["rest"]}, then=False) is None
    assert actors.merged({"at": "left"}, {"do": ["right"]}, then=True) is None
    assert actors.merged({"do": ["rest"]}, {"rel": "on", "of": "b"}, then=False) == {"do": ["rest"], "rel": "on", "of": "b"}


def test_careless_spelling_leaves_the_things_readable():
    rng = random.Random(3)
    rough = {roughened(rng, "A red dog walks slowly towards the ferry.", frozenset({"red", "dog", "ferry"})) for _ in range(80)}
    assert len(rough) > 4
    assert all("dog" in text.lower() and "ferry" in text.lower() and "red" in text.lower() for text in rough)


def test_batches_hold_every_example_once_wherever_one_starts():
    rng = random.Random(0)
    examples = [Example([k] * rng.randint(2, 30), 1) for k in range(300)]
    order = [item.ids[0] for batch in batches(examples, 16, 0) for item in batch]
    assert sorted(order) == list(range(300))
    for done in (16, 128, 208):
        assert [item.ids[0] for batch in batches(examples, 16, done) for item in batch] == order[done:]


def test_a_second_pass_holds_every_example_once_in_another_order_wherever_one_starts():
    examples = [Example([k] * (2 + k % 7), 1) for k in range(40)]
    order = [item.ids[0] for batch in passes(examples, 4, 0, 2, 3) for item in batch]
    assert sorted(order[:40]) == sorted(order[40:]) == list(range(40))
    assert order[:40] != order[40:]
    for done in (8, 40, 44):
        assert [item.ids[0] for batch in passes(examples, 4, done, 2, 3) for item in batch] == order[done:]


def test_lessons_become_the_tokens_of_the_chat_that_each_would_alone():
    letters = {letter: k for k, letter in enumerate(sorted(ByteLevel.alphabet()))}
    plain = Tokenizer(BPE(vocab=letters, merges=[]))
    plain.pre_tokenizer = ByteLevel(add_prefix_space=False)
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=plain)
    lessons = [Lesson("outline", "a red ball, rolling", "{}"), Lesson("changes", "1 a dog\nfaster", '{"all": []}')]
    found = examples_of(lessons, tokenizer)
    for lesson, example in zip(lessons, found, strict=True):
        turns = ("system", lesson.system), ("user", lesson.asked)
        chat = "".join(f"<|im_start|>{who}\n{text}<|im_end|>\n" for who, text in turns)
        asked = tokenizer.encode(f"{chat}<|im_start|>assistant\n", add_special_tokens=False)
        assert example.ids[: example.start] == asked
        assert example.ids[example.start :] == tokenizer.encode(f"{lesson.answer}<|im_end|>", add_special_tokens=False)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_told_in_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["planner", "train", "--device", "cuda", "--run", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        planner()
    assert ended.value.code == 2
    assert "no GPU that PyTorch can use" in capsys.readouterr().err


def test_the_learning_rate_warms_up_holds_and_falls():
    settings = load_config().training.model_copy(update={"batch": 16, "warmup": 320, "decay": 0.5})
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
    assert np.array_equal(halved(interleaved(rows)), rows)
