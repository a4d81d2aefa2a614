"""Turns a DSS into frames and files. The only room that imports torch or diffusers."""
