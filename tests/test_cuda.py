"""On a GPU: what it draws and learns is what a CPU draws and learns. Skipped where there is none."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from flowzero.dss import DSS
from flowzero.renderer.backbones import load_backbone
from flowzero.renderer.render import render
from training.renderer.__main__ import TEXT
from training.renderer.compose import TensorCompositor, compose
from training.renderer.description import Describer
from training.renderer.recorded import Gradients
from training.renderer.scenes import SceneSampler

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")

KITE = {
    "prompt": "a red kite flies over a meadow to the right",
    "seconds": 1,
    "fps": 4,
    "setting": "a meadow",
    "scenes": [{"start": 0, "description": "a red kite over a meadow"}],
    "objects": [
        {
            "id": "kite",
            "phrase": "a red kite",
            "path": [
                {"t": 0, "box": {"x": 0.05, "y": 0.1, "w": 0.3, "h": 0.3}},
                {"t": 1, "box": {"x": 0.6, "y": 0.1, "w": 0.3, "h": 0.3}},
            ],
        }
    ],
}


@pytest.mark.parametrize(("dtype", "off"), [(torch.float32, 0.1), (torch.bfloat16, 1.0)])
def test_a_gpu_draws_the_frames_that_a_cpu_draws(dtype: torch.dtype, off: float) -> None:
    plan = DSS.model_validate(KITE)
    there = load_backbone("embedded", "cuda", dtype)
    first, again = (np.asarray(render(plan, backbone=there, seed=5).frames) for _ in range(2))
    here = np.asarray(render(plan, backbone=load_backbone("embedded", "cpu", torch.float32), seed=5).frames)
    assert np.array_equal(first, again)
    assert np.abs(first.astype(float) - here).mean() < off


def test_a_recorded_step_gives_the_gradients_of_one_that_is_not() -> None:
    torch.manual_seed(0)
    layers = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.SiLU(), torch.nn.Conv2d(8, 3, 3)).cuda()
    learned = list(layers.parameters())
    recorded, plain = Gradients(learned, recorded=True), Gradients(learned, recorded=False)
    for k in range(3):
        inputs = [torch.randn(2, 3, 12, 12, device="cuda") * (k + 1)]
        losses, gradients = [], []
        for way in (recorded, plain):
            losses.append(float(way(lambda x: layers(x).square().mean(), inputs)))
            gradients.append([parameter.grad.clone() for parameter in learned if parameter.grad is not None])
        assert losses[0] == pytest.approx(losses[1], rel=1e-5)
        assert len(gradients[0]) == len(learned)
        assert all(torch.allclose(a, b, rtol=1e-3, atol=1e-6) for a, b in zip(*gradients, strict=True))


def test_a_gpu_composes_what_the_compositor_composes() -> None:
    sampler = SceneSampler(96, seed=6, limit=3)
    scenes = [sampler.sample() for _ in range(12)]
    device = torch.device("cuda")
    drawn = TensorCompositor(3, 96, device)(Describer(TEXT, 3)(scenes).to(device))
    assert (drawn.cpu() - compose(scenes)).abs().mean() < 0.01
