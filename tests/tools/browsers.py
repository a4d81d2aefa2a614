"""Where the tests find a Chromium, and how they start it."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROWSER = os.environ.get("FLOWZERO_TEST_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)
MISSING = "no Chromium found: install one, or set FLOWZERO_TEST_BROWSER"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
