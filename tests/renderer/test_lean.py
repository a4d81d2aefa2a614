"""Lean layers: the numbers of diffusers' own, and nothing of them left behind."""

from pathlib import Path

import pytest
import torch

from flowzero.renderer.grounding import ObjectTokens
from flowzero.renderer.lean import lean_layers
from tests.renderer import tiny


@torch.no_grad()
def test_layers_give_what_diffusers_gives_and_are_its_own_again_afterwards(tmp_path: Path) -> None:
    unet = tiny.pipeline(tmp_path).unet
    torch.manual_seed(0)
    for module in unet.modules():
        if hasattr(module, "alpha_attn"):  # diffusers begins with gates that are shut
            module.alpha_attn.data.fill_(0.7)
            module.alpha_dense.data.fill_(-0.4)
    blocks = {name: module for name, module in unet.named_modules() if name.endswith((".ff", ".fuser"))}
    for name, module in blocks.items():
        width = (module.net[0].proj if name.endswith(".ff") else module.attn.to_q).in_features
        x = torch.randn(3, 700, width)  # more tokens than a block has, and a last block that is not full
        if name.endswith(".ff"):
            objects, expected = (), module(x)
        else:
            objects = (ObjectTokens(torch.randn(9, module.linear.in_features), torch.randint(9, (3, 5))),)
            expected = module(x, objects[0].spread())
        with lean_layers(unet, frames=2):
            assert "forward" in vars(module)
            torch.testing.assert_close(module(x, *objects), expected, rtol=1e-5, atol=1e-5)
        assert "forward" not in vars(module)
    assert {name.rsplit(".", 1)[-1] for name in blocks} == {"ff", "fuser"}


def test_one_frame_is_left_to_diffusers_and_an_error_leaves_nothing(tmp_path: Path) -> None:
    unet = tiny.pipeline(tmp_path).unet

    def changed() -> int:
        return sum("forward" in vars(module) for module in unet.modules())

    with lean_layers(unet, frames=1):
        assert changed() == 0
    with pytest.raises(KeyError), lean_layers(unet, frames=2):
        assert changed() > 0
        raise KeyError
    assert changed() == 0
