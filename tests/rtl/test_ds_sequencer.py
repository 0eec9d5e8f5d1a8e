"""ds_sequencer: the pipeline around it is played with random delays; every event is noted."""

import cocotb
from harness import cycle, generator, read, start

QUIET = {
    "units_done_i": 0,
    "collected_i": 0,
    "delta_last_i": 0,
    "norm_done_i": 0,
    "update_done_i": 0,
    "image_written_i": 0,
}
IDLE = {"image_ready_i": 0, "inject_layer_i": 0, "train_i": 0, "table_valid_i": 0}
PULSES = (
    "image_start",
    "table_load",
    "forward_start",
    "forward_done",
    "collect_start",
    "collect_output",
    "align_start",
    "update_start",
    "backward_start",
    "image_done",
)


# Levels that count together with collect_start_o only.
COLLECTED_FROM = ("collect_inject", "collect_given")

# With every answer after 1 cycle: forward and backward 2 cycles a layer, then norm, wait, header.
CYCLES_A_LAYER = 4
CYCLES_AN_IMAGE = 4
CYCLES_AN_UPDATE = 1
# The recorder writes after these.
RECORDED = ("image_start", "forward_done", "norm_done_i")


def collection(number: int, layers: int, inject: int) -> set[str]:
    """What goes with collect_start_o for the elements of layer `number`, counted from 1."""
    names = {"collect_start"}
    if number == layers:
        names.add("collect_output")
    if inject and number >= inject:
        names.add("collect_inject")
        if number == inject:
            names.add("collect_given")
    elif number < layers:
        names.add("backward_start")
    return names


def expected_events(layers: int, inject: int, train: int) -> list[tuple[set[str], int | None]]:
    """What happens at once, and the layer in work then (None: not yet set), in order.

    `inject`: from this layer on, counted from 1, δ does not come from the array; 0: none.
    """
    last = layers - 1
    events = [({"image_start", "table_load"}, None)]
    for layer in range(layers):
        is_last = layer == last
        output = collection(layers, layers, inject) if is_last else set()
        events.append(({"forward_start"} | output, layer))
        events.append(({"forward_done"} | (set() if is_last else {"table_load"}), layer))
    for layer in reversed(range(layers)):
        events.append(({"align_start"}, layer))
        if train:
            events.append(({"update_start"}, layer))
        if layer > 0:
            events.append(({"table_load"} | collection(layer, layers, inject), layer))
    return [*events, ({"image_done"}, 0)]


class Pipeline:
    """Answers each event of the sequencer with the signal it waits for, `delay` cycles later."""

    def __init__(self, dut, delay: int):
        self.dut = dut
        self.rng = generator()
        self.delay = delay
        self.now = 0
        self.events: list[tuple[set[str], int | None]] = []
        self.at: dict[str, int] = {}  # last cycle of each event
        self.answers: dict[int, list[str]] = {}  # by cycle
        self.table_valid = self.collected = self.inject = self.train = 0
        self.busy_until = 0  # the recorder, up to the cycle before
        self.collecting = self.last_norm = self.header_wanted = False

    def answer(self, name: str) -> None:
        later = self.now + 1 + (self.rng.randint(0, self.delay) if self.delay else 0)
        self.answers.setdefault(later, []).append(name)

    async def tick(self, **inputs) -> None:
        dut = self.dut
        self.now += 1
        due = self.answers.pop(self.now, [])
        self.table_valid |= "table_valid_i" in due
        self.collected |= "collected_i" in due
        busy = self.now < self.busy_until
        levels = {"table_valid_i": self.table_valid, "collected_i": self.collected}
        pulses = {name: 1 for name in due if name not in levels}
        await cycle(dut, **{**QUIET, **levels, "record_busy_i": int(busy), **pulses, **inputs})
        seen = self.high(PULSES)
        aligns = self.collecting and self.collected and self.table_valid and not busy
        assert ("align_start" in seen) == bool(aligns), "align_start_o"
        assert ("image_done" in seen) == (self.header_wanted and not busy), "image_done_o"
        if "collect_start" in seen:
            seen |= self.high(COLLECTED_FROM) if self.inject else set()
        assert self.inject or not read(dut.collect_inject_o)
        if seen:
            self.events.append((seen, None if "image_start" in seen else read(dut.layer_o)))
        self.at |= {name: self.now for name in [*seen, *due]}
        if "rst_i" not in inputs:
            self.react(seen, due)

    def high(self, names) -> set[str]:
        return {name for name in names if read(getattr(self.dut, f"{name}_o"))}

    def react(self, seen: set[str], due: list[str]) -> None:
        if "table_load" in seen:
            self.table_valid = 0
            self.answer("table_valid_i")
        if "forward_start" in seen:
            self.answer("units_done_i")
        if "collect_start" in seen:
            self.collected = 0
        last_forward = "forward_done" in seen and read(self.dut.layer_is_last_o)
        descends = "collect_start" in seen and "collect_output" not in seen
        if descends or last_forward:
            self.answer("collected_i")
        self.collecting = (self.collecting or descends or last_forward) and (
            "align_start" not in seen
        )
        # The image is over with the last norm, or with the update that follows it.
        if self.last_norm and ("update_done_i" if self.train else "norm_done_i") in due:
            self.last_norm, self.header_wanted = False, True
        elif "image_done" in seen:
            self.header_wanted = False
        if self.delay and not {*seen, *due}.isdisjoint(RECORDED):
            self.busy_until = self.now + 1 + self.rng.randint(0, 2 * self.delay)
        if "align_start" in seen:
            self.answer("delta_last_i")
        if "update_start" in seen:
            self.answer("update_done_i")
        if "delta_last_i" in due:
            if descends or "update_start" in seen:
                self.answers.setdefault(self.now + 1, []).append("norm_done_i")  # nobody waits
            else:
                self.last_norm = True
                self.answer("norm_done_i")
        if "image_done" in seen:
            self.answer("image_written_i")


async def run_image(pipeline: Pipeline, layers: int, inject: int, train: int) -> int:
    """@returns cycles from image_start_o up to the one in which the next image could start"""
    dut = pipeline.dut
    pipeline.events.clear()
    pipeline.inject, pipeline.train = inject, train
    settings = {"layer_count_i": layers, "inject_layer_i": inject, "train_i": train}
    await pipeline.tick(image_ready_i=1, **settings)
    assert read(dut.idle_o) == 0
    started = pipeline.at["image_start"]
    assert started == pipeline.now, "an idle sequencer starts at once"
    last_forward_done = None
    while pipeline.at.get("image_written_i", 0) <= started:
        await pipeline.tick()
        assert pipeline.now < started + 200 + layers * 8 * (pipeline.delay + 8), "stuck"
        is_forward = last_forward_done is None or pipeline.now == last_forward_done
        if ({"forward_done"}, layers - 1) in pipeline.events and last_forward_done is None:
            last_forward_done = pipeline.now
        assert read(dut.forward_o) == int(is_forward)
        assert read(dut.forward_o) + read(dut.align_o) <= 1
        layer = read(dut.layer_o)
        assert read(dut.layer_is_first_o) == int(layer == 0)
        assert read(dut.layer_is_last_o) == int(layer == layers - 1)
    await pipeline.tick(image_ready_i=0)
    assert read(dut.idle_o) == 1
    return pipeline.now - started


@cocotb.test()
@cocotb.parametrize(delay=[0, 1, 12])
async def phases_come_in_order(dut, delay):
    await start(dut, **IDLE, layer_count_i=1, **QUIET)
    pipeline = Pipeline(dut, delay)
    for layers in [1, 2, 3, 128, *(pipeline.rng.randint(1, 12) for _ in range(20))]:
        for _ in range(pipeline.rng.randint(0, 3)):
            await pipeline.tick(image_ready_i=0)
            assert read(dut.idle_o) == 1
        inject = pipeline.rng.choice([0, 1, layers, pipeline.rng.randint(1, layers)])
        train = pipeline.rng.randint(0, 1)
        cycles = await run_image(pipeline, layers, inject, train)
        assert pipeline.events == expected_events(layers, inject, train)
        if delay == 0:
            cycles_a_layer = CYCLES_A_LAYER + train * CYCLES_AN_UPDATE
            assert cycles == cycles_a_layer * layers + CYCLES_AN_IMAGE


@cocotb.test()
async def reset_gives_up_the_image(dut):
    await start(dut, **IDLE, layer_count_i=2, **QUIET)
    for age in range(30):
        pipeline = Pipeline(dut, 0)
        await pipeline.tick(image_ready_i=1, layer_count_i=2)
        for _ in range(age):
            await pipeline.tick()
        await pipeline.tick(rst_i=1, image_ready_i=0)
        pipeline.events.clear()
        await cycle(dut, rst_i=0, table_valid_i=1, collected_i=1)
        for _ in range(5):
            assert read(dut.idle_o) == 1
            assert not any(read(getattr(dut, f"{name}_o")) for name in PULSES)
            await cycle(dut)
