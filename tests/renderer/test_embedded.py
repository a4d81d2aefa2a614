import pytest
import torch

from flowzero.renderer.embedded import PatchAutoencoder


@pytest.mark.parametrize("upscale", [1, 2])
def test_latents_and_pictures_have_the_promised_shapes(upscale: int) -> None:
    autoencoder = PatchAutoencoder(patch=4, latent_channels=5, width=8, depth=1, context=8, upscale=upscale)
    size = 4 * upscale * 6
    with torch.no_grad():
        latents = autoencoder.encode(torch.zeros(2, 3, size, size))
        assert latents.shape == (2, 5, 6, 6)
        assert autoencoder.decode(latents).sample.shape == (2, 3, size, size)
