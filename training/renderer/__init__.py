"""Trains the embedded model: latents, U-Net, decoder, scores, export. Run `python -m training.renderer --help`."""
