"""FlowZero: text to video without video training, planned by an agent and rendered by layout-guided diffusion."""

__version__ = "0.1.0"
