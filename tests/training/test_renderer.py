"""The training itself, at a tiny size."""

import math
import os
import signal
import subprocess
import sys
from argparse import Namespace
from pathlib import Path
from threading import Timer

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional

from flowzero.renderer.embedded import PackedEmbedding
from training.renderer.__main__ import TEXT, _train
from training.renderer.compose import TensorCompositor, compose
from training.renderer.config import Config, load_config
from training.renderer.decoder import Redraw, train_decoder
from training.renderer.description import Describer
from training.renderer.draw import load_pipeline
from training.renderer.language import Language
from training.renderer.model import Denoiser, build_autoencoder, build_painter, fit_encoder
from training.renderer.painter import HARD, WEIGHED, Odds, difference, lost, train_painter
from training.renderer.scenery import train_scenery
from training.renderer.scenes import SceneSampler, all_looks, learned_places, panorama
from training.renderer.train import WEIGHTS, Run, learning_rate, looking_at_the_first, train
from training.renderer.unpack import unpack


def pictures(count: int) -> torch.Tensor:
    sampler = SceneSampler(64, seed=5)
    return compose([sampler.sample() for _ in range(count)])


def test_the_same_seed_draws_the_same_scenes() -> None:
    first, second = (SceneSampler(48, seed=3) for _ in range(2))
    for _ in range(3):
        a, b = first.sample(), second.sample()
        assert a.caption == b.caption and np.array_equal(a.picture, b.picture)


def test_a_place_is_shown_alone_too() -> None:
    sampler = SceneSampler(48, seed=4)
    counts = [len(sampler.sample().things) for _ in range(300)]
    assert 15 < counts.count(0) < 60
    assert set(counts) >= {0, 1, 2, 3, 4}


def test_a_processor_that_only_emulates_bfloat16_computes_in_full_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    for able in (True, False):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda able=able: {"avx512_bf16": able}, raising=False)
        assert load_config(device="cpu").training.half is able


def test_a_scene_draws_only_what_is_learned() -> None:
    sampler = SceneSampler(48, seed=4)
    things = [thing for _ in range(40) for thing in sampler.sample().things]
    assert len(things) > 40
    assert all(thing.noun.learned for thing in things)


def test_tensors_compose_what_the_compositor_composes() -> None:
    sampler = SceneSampler(96, seed=6, limit=3)
    scenes = [sampler.sample() for _ in range(12)]
    drawn = TensorCompositor(3, 96, torch.device("cpu"))(Describer(TEXT, 3)(scenes))
    assert drawn.shape == (12, 3, 96, 96)
    assert (drawn - compose(scenes)).abs().mean() < 0.01


def test_fitted_latents_keep_the_picture_and_even_out_what_components_carry() -> None:
    config = load_config()
    autoencoder = build_autoencoder(config)
    drawn = pictures(24)
    share = fit_encoder(autoencoder, drawn, config.picture.whitening)
    with torch.no_grad():
        latents = autoencoder.encoder(drawn)
        back = autoencoder.inverse(latents)
    assert share > 0.95
    spread = latents.std(dim=(0, 2, 3))
    assert abs(float(latents.var(dim=(0, 2, 3)).mean()) - 1) < 0.1
    assert 1 < spread[0] / spread[-1] < 10
    assert (back - drawn).square().mean() < 0.05 * drawn.var()


def test_the_learning_rate_warms_up_holds_and_decays() -> None:
    config = load_config()
    total, peak = config.training.samples, config.training.learning_rate
    assert learning_rate(config, 0) < 0.01 * peak
    assert learning_rate(config, total // 2) == pytest.approx(peak)
    assert learning_rate(config, total) < 0.03 * peak


@pytest.fixture
def tiny() -> Config:
    """Eight samples through a U-Net that a test can afford."""
    config = load_config()
    return config.model_copy(
        update={
            "picture": config.picture.model_copy(update={"size": 64}),
            "unet": config.unet.model_copy(update={"block_out_channels": (32, 32), "attention": (False, True)}),
            "painter": config.painter.model_copy(update={"samples": 4, "batch": 2, "widths": (8, 8)}),
            "scenery": config.scenery.model_copy(update={"samples": 4, "batch": 2, "widths": (8, 8)}),
            "training": config.training.model_copy(update={"samples": 8, "batch": 2, "warmup": 4, "fit": 40, "nouns": 2}),
        }
    )


def test_a_training_that_stopped_and_resumed_ends_where_an_uninterrupted_one_does(tiny: Config, tmp_path: Path) -> None:
    language = Language(TEXT)
    for name in ("whole", "stopped"):
        train_painter(tiny, tmp_path / name, language, print)
    whole = Run.open(tiny, tmp_path / "whole", print)
    train(whole, language, print, workers=0)

    half = tiny.model_copy(update={"training": tiny.training.model_copy(update={"samples": 4})})
    stopped = Run.open(tiny, tmp_path / "stopped", print)
    stopped.config = half
    train(stopped, language, print, workers=0)
    resumed = Run.open(tiny, tmp_path / "stopped", print)
    assert resumed.samples == 4
    train(resumed, language, print, workers=0)

    for name, value in whole.mean.state_dict().items():
        assert torch.allclose(value, resumed.mean.state_dict()[name], atol=1e-5), name


def test_an_interrupt_ends_all_stages_and_puts_nothing_into_the_package(tiny: Config, tmp_path: Path) -> None:
    endless = tiny.model_copy(update={"training": tiny.training.model_copy(update={"samples": 10**6})})
    arguments = Namespace(command="all", run=tmp_path, weights=None, device="cpu", minutes=math.inf)
    shipped, said = (TEXT / "SHA256SUMS").read_bytes(), list[str]()

    def report(text: str) -> None:
        said.append(text)
        if text == "train":
            Timer(3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()

    _train(endless, arguments, report)
    assert said[-1].startswith("saved at") and "decoder" not in said
    assert (tmp_path / "state.pt").exists() and not (tmp_path / "decoder.pt").exists()
    assert (TEXT / "SHA256SUMS").read_bytes() == shipped


@pytest.mark.parametrize("command", ["training.renderer", "training.planner"])
def test_no_minutes_are_refused_in_one_sentence(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", command, "train", "--minutes", "0"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "--minutes must be more than 0" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train"], "there is no painter.pt in nowhere: first run painter"),
        (["score"], "there is no state.pt in nowhere: first run train"),
        (["train", "--weights", "nothing"], "there are no exported weights in nothing"),
    ],
)
def test_what_a_training_builds_on_is_asked_for_in_one_sentence(arguments: list[str], said: str) -> None:
    command = [sys.executable, "-m", "training.renderer", *arguments, "--run", "nowhere"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert said in done.stderr and "Traceback" not in done.stderr


def test_a_run_begins_with_the_exported_weights_and_is_not_begun_twice(tmp_path: Path) -> None:
    unpack(load_config(continued=True), tmp_path, TEXT, print)
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    assert state["samples"] == 0
    for folder, prefix in (("unet", "unet."), ("layout_painter", "painter.")):
        for name, value in load_file(TEXT / folder / WEIGHTS).items():
            assert torch.equal(state["mean"][prefix + name], value.float()), name
    state["samples"] = 16
    torch.save(state, tmp_path / "state.pt")
    unpack(load_config(continued=True), tmp_path, TEXT, print)
    assert torch.load(tmp_path / "state.pt", weights_only=True)["samples"] == 16


def test_a_run_that_trained_no_decoder_exports_the_one_that_it_began_with(tmp_path: Path) -> None:
    config = load_config(continued=True)
    unpack(config, tmp_path, TEXT, print)
    kept = load_pipeline(config, tmp_path, TEXT).vae.state_dict()
    for name, value in load_file(TEXT / "vae" / WEIGHTS).items():
        assert torch.equal(kept[name], value.float()), name


def test_the_decoder_learns_from_what_the_u_net_drew_and_starts_where_it_is_told(tiny: Config, tmp_path: Path) -> None:
    language, said = Language(TEXT), list[str]()
    train_painter(tiny, tmp_path, language, print)
    run = Run.open(tiny, tmp_path, print)
    train(run, language, print, workers=0)
    once = tiny.model_copy(update={"decoder": tiny.decoder.model_copy(update={"samples": 4, "batch": 2, "redrawn": 1.0})})
    train_decoder(once, tmp_path, language, said.append, workers=0)
    learned = torch.load(tmp_path / "decoder.pt", weights_only=True)
    assert learned["samples"] == 4 and any("U-Net drew" in line for line in said)
    fresh = build_autoencoder(tiny)
    assert not torch.equal(learned["mean"]["leave.weight"], fresh.leave.weight)


def test_drawing_again_from_late_keeps_the_picture_and_is_not_exact(tiny: Config, tmp_path: Path) -> None:
    language = Language(TEXT)
    train_painter(tiny, tmp_path, language, print)
    train(Run.open(tiny, tmp_path, print), language, print, workers=0)
    redraw = Redraw(tiny, tmp_path, language.device)
    scenes = [SceneSampler(64, seed=5, limit=2).sample() for _ in range(2)]
    batch = language.batch(Describer(TEXT, 2)(scenes))
    latents = Run.open(tiny, tmp_path, print).autoencoder.encoder(compose(scenes))
    late, early = redraw(latents, batch, 7), redraw(latents, batch, 1)
    assert 0 < (late - latents).square().mean() < (early - latents).square().mean()


def test_packed_word_vectors_say_nearly_the_same(tmp_path: Path) -> None:
    table = torch.randn(50, 16, generator=torch.Generator().manual_seed(0))
    packed = PackedEmbedding(50, 16)
    packed.pack(table)
    rows = torch.tensor([[0, 49], [7, 7]])
    assert packed(rows).shape == (2, 2, 16)
    assert (packed(rows) - table[rows]).abs().max() <= table.abs().max() / 254 + 1e-6
    assert packed.weight.dtype == torch.int8


def test_a_related_picture_shows_the_same_things_in_the_same_place_and_light_otherwise_arranged() -> None:
    sampler = SceneSampler(48, seed=8)
    for _ in range(5):
        first = sampler.sample()
        second = sampler.again(first)
        assert (first.place, first.light, first.caption) == (second.place, second.light, second.caption)
        assert [thing.phrase for thing in first.things] == [thing.phrase for thing in second.things]
        assert all(a.box != b.box for a, b in zip(first.things, second.things, strict=True))
        assert not np.array_equal(first.background, second.background)


def test_what_the_painter_is_shown_behind_the_things_is_what_the_picture_shows_there(tiny: Config) -> None:
    language, scene = Language(TEXT), SceneSampler(64, seed=2, limit=2).sample()
    painter = build_painter(tiny)
    with torch.no_grad():
        language.paint(painter, tiny)
    language._panoramas = torch.stack([panorama(place, 64) for place in learned_places()])
    describe = Describer(TEXT, 2)
    seen = (language.behind(describe([scene]))[0].permute(1, 2, 0) / 2 + 0.5).numpy()
    assert np.abs(seen - scene.background).mean() < 0.02
    untold = language.behind(describe([scene], ["all"]))
    assert torch.equal(untold, torch.zeros_like(untold))


def test_within_a_pair_the_second_picture_looks_at_the_first_and_at_no_other(tiny: Config) -> None:
    torch.manual_seed(0)
    denoiser, language = Denoiser(tiny), Language(TEXT)
    language.paint(denoiser.painter, tiny)
    batch = language.batch(Describer(TEXT, 2)([SceneSampler(64, seed=k, limit=2).sample() for k in range(4)]))
    before = dict(denoiser.unet.attn_processors)
    noisy = torch.randn(4, tiny.picture.latent_channels, 8, 8)
    other = noisy.clone()
    other[0] += torch.randn(other[0].shape)

    def drawn(latents: torch.Tensor, pairs: int) -> torch.Tensor:
        with torch.no_grad(), looking_at_the_first(denoiser.unet, pairs):
            return denoiser(latents, torch.full((4,), 500), batch)

    alone, paired = (drawn(other, pairs) - drawn(noisy, pairs) for pairs in (0, 2))
    assert alone[1:].abs().max() < 1e-6
    assert paired[1].abs().max() > 1e-6 and paired[2:].abs().max() < 1e-6
    assert denoiser.unet.attn_processors == before


def test_the_painter_learns_places_and_keeps_its_looks(tiny: Config, tmp_path: Path) -> None:
    language, known = Language(TEXT), learned_places()
    torch.manual_seed(0)
    before, latents = build_painter(tiny).state_dict(), build_autoencoder(tiny).state_dict()
    wanted = torch.stack([functional.avg_pool2d(panorama(place, 32), 2) for place in known])

    def learned(samples: int) -> tuple[dict[str, torch.Tensor], float]:
        torch.save({"painter": before, "autoencoder": latents}, tmp_path / "painter.pt")
        scenery = tiny.scenery.model_copy(update={"samples": samples, "batch": 17})
        train_scenery(tiny.model_copy(update={"scenery": scenery}), tmp_path, language, print)
        painter = build_painter(tiny)
        painter.load_state_dict(torch.load(tmp_path / "painter.pt", weights_only=True)["painter"])
        with torch.no_grad():
            drawn = painter.panorama(language.vectors([place.name for place in known]))
        return painter.state_dict(), float((drawn - wanted).abs().mean())

    (_, first), (after, last) = learned(17), learned(17 * 400)
    assert last < 0.7 * first
    assert all(torch.equal(after[name], value) for name, value in before.items() if not name.startswith("scenery."))


def test_what_is_painted_worst_is_shown_more_often() -> None:
    looks = all_looks(3)
    odds, errors = Odds(looks), np.full(len(looks), 0.01)
    errors[1] = 0.04
    before = odds.now(lambda: errors)
    after = [odds.now(lambda: errors) for _ in range(WEIGHED)][-1]
    assert before.sum() == pytest.approx(1) and after.sum() == pytest.approx(1)
    assert after[1] / after[0] == pytest.approx(4**HARD * before[1] / before[0])


def test_a_part_that_is_left_out_for_sure_comes_back(tiny: Config) -> None:
    painter = build_painter(tiny)
    components = painter.project(Language(TEXT).vectors(["tulip"]))
    with torch.no_grad():
        painter.generator.finish.bias.view(-1, 4)[3] -= 40.0  # no cover anywhere
    picture, cover = painter.generator.drawn(components)
    wanted = torch.ones_like(picture)

    def pull(loss: torch.Tensor) -> torch.Tensor:
        (gradient,) = torch.autograd.grad(loss, painter.generator.finish.bias, retain_graph=True)
        return gradient.view(-1, 4)[3]

    assert pull(difference(picture, wanted)).abs().max() < 1e-9
    assert pull(lost(cover, wanted)).max() < -0.1
