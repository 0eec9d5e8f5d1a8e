# The verbs of hardware; those of software are in package.json. Each is one command, which does the
# work and knows the boards: `npx deltascope boards` lists them.
BOARD ?= icebreaker
SEEDS ?= 5

.PHONY: help lint synth pnr bit flash gatesim
help:
	@echo 'make [BOARD=icebreaker] [SEEDS=5] lint|synth|pnr|bit|flash|gatesim'
	@echo '  lint   every module and every board through Verilator -Wall'
	@echo '  synth  netlist, and the area of each module'
	@echo '  pnr    placed and routed, with Fmax'
	@echo '  bit    bitstream'
	@echo '  flash  bitstream into the attached board'
	@echo '  gatesim  the netlist, simulated, against the golden model'

lint:
	npm run test:rtl -- lint

synth:
	npx deltascope build --board $(BOARD) --until synth --area

pnr:
	npx deltascope build --board $(BOARD) --seeds $(SEEDS) --until pnr

bit:
	npx deltascope build --board $(BOARD) --seeds $(SEEDS)

flash: bit
	npx deltascope flash --board $(BOARD)

gatesim:
	npm run gatesim -- $(BOARD)
