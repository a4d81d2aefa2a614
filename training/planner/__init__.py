"""Trains the small planner: a LoRA that teaches a stock language model of 135 million parameters to write outlines."""
