"""The page: a plan to look at, touch, talk about and render; served by `flowzero studio` and shown by MCP hosts as an app."""
