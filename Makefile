# Everything runs in .venv, which is made on first use and again when pyproject.toml or constraints.txt change.
PYTHON ?= python3
BIN := .venv/bin
PROMPT := a red ball rolls from the left to the right across a green meadow

.PHONY: demo test check gallery clean

## demo: plan and render one video into out/demo.mp4, with a contact sheet beside it
demo: .venv/.installed
	$(BIN)/flowzero render "$(PROMPT)" -o out/demo.mp4 --sheet out/demo.png --force

# One thread: the bit-for-bit tests compare passes of different sizes, and where threads split the work their last bits differ.
# Two processes by default, which a laptop has the memory for: make test WORKERS=8.
WORKERS ?= 2
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n $(WORKERS) --dist loadscope

## test: run the tests
test: .venv/.installed
	$(PYTEST)

## check: lint, formatting, types and tests
check: .venv/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PYTEST)

## gallery: make docs/gallery.md and its pictures again
gallery: .venv/.installed
	$(BIN)/python -m benchmarks.gallery

## clean: remove what the commands above made
clean:
	rm -rf .venv out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.venv/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "FlowZero needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@
