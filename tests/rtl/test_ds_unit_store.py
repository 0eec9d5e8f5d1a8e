"""ds_unit_store: for any requests that its header allows, the access that is made, its place and
words, and who is told to wait. Places are numbered here by arithmetic: sums from 0, units from N,
table from 2 N, records from 3 N, N being the number of neurons."""

import cocotb
from cocotb.triggers import Timer
from harness import PERIOD_NS, anything, bits, generator, parameter, read

TRIALS = 6000
WORD = 0xFFFF
READERS = ("sum_read", "given_read", "host_read")
WRITERS = ("sum_write", "exponent_write", "z_write", "a_write", "host_write")
ALWAYS_DRIVEN = (
    "sum_read_neuron_i",
    "sum_write_neuron_i",
    "sum_write_data_i",
    "sum_write_delta_i",
    "exponent_layer_i",
    "exponent_data_i",
    "given_index_i",
    "z_neuron_i",
    "z_data_i",
    "a_neuron_i",
    "a_data_i",
    "host_place_i",
    "host_data_i",
    "record_pair_i",
    "record_data_i",
    "table_place_i",
)


def requests(rng, shared: bool) -> dict[str, int]:
    """Who asks in this cycle; masks for the host's and the recorder's words."""
    if shared:
        one = rng.choice([None, "row", *READERS, *WRITERS])
        wanted = {one} - {None}
    else:
        wanted = {rng.choice([None, *READERS]), rng.choice([None, *WRITERS])} - {None}
        if wanted & {"host_read", "host_write"}:
            wanted = {rng.choice(sorted(wanted & {"host_read", "host_write"}))}
        if rng.random() < 0.5:
            wanted.add("row")
    asked = {f"{name}_i": int(name in wanted) for name in (*READERS, *WRITERS, "row")}
    asked["host_write_i"] *= rng.randrange(1, 4)
    host = wanted & {"host_read", "host_write"}  # only while nothing is in work
    asked["record_write_i"] = 0 if host else rng.choice([0, 0, 1, 2])
    asked["table_read_i"] = 0 if host else rng.getrandbits(1)
    return asked


def word_list(value: int) -> list[int]:
    return [value >> (16 * index) & WORD for index in range(4)]


class Model:
    """The header's table of places and order of precedence."""

    def __init__(self, dut, values: dict[str, int]):
        self.values = values
        self.neurons = 1 << parameter(dut, "NeuronBits")
        self.z_bits = parameter(dut, "ZBits")
        self.shared = parameter(dut, "Shared")
        wanted = lambda *names: any(values[f"{name}_i"] for name in names)  # noqa: E731
        writes = wanted("sum_write", "exponent_write", "z_write", "a_write")
        reads = wanted("sum_read", "given_read")
        taken = self.shared and (writes or reads or wanted("row"))
        self.record_wanted = wanted("record_write")
        self.record_grant = not writes and not taken
        self.table_grant = not reads and not taken and not (self.shared and self.record_wanted)

    def read_place(self) -> int | None:
        v, n = self.values, self.neurons
        if v["sum_read_i"]:
            return v["sum_read_neuron_i"]
        if v["given_read_i"]:
            return n + v["given_index_i"]
        if v["table_read_i"] and self.table_grant:
            return 2 * n + v["table_place_i"]
        return v["host_place_i"] if v["host_read_i"] else None

    def write(self) -> tuple[int, dict[int, int]] | None:
        """Place, and the words that change."""
        v, n = self.values, self.neurons
        if v["sum_write_i"]:
            words = word_list(v["sum_write_data_i"] | v["sum_write_delta_i"] << 48)
            return v["sum_write_neuron_i"], dict(enumerate(words))
        if v["z_write_i"]:
            negative = v["z_data_i"] >> (self.z_bits - 1)
            z = v["z_data_i"] - (negative << self.z_bits)
            return n + v["z_neuron_i"], {0: z & WORD, 1: z >> 16 & WORD}
        if v["a_write_i"]:
            return n + v["a_neuron_i"], {2: v["a_data_i"]}
        if v["exponent_write_i"]:
            return 2 * n + 2 * v["exponent_layer_i"] + 1, {3: v["exponent_data_i"]}
        if self.record_wanted:
            if not self.record_grant:
                return None
            first = 2 * (v["record_write_i"] >> 1)
            low, high, *_ = word_list(v["record_data_i"])
            return 3 * n + v["record_pair_i"], {first: low, first + 1: high}
        words = word_list(v["host_data_i"] | v["host_data_i"] << 32)
        mask = v["host_write_i"]
        changed = {index: word for index, word in enumerate(words) if mask >> index // 2 & 1}
        return (v["host_place_i"], changed) if mask else None


@cocotb.test()
async def each_client_finds_its_place(dut):
    rng = generator()
    shared = bool(parameter(dut, "Shared"))
    seen = set()
    for _ in range(TRIALS):
        asked = requests(rng, shared)
        values = {**anything(dut, rng, *ALWAYS_DRIVEN), **asked}
        for name, value in values.items():
            signal = getattr(dut, name)
            signal.value = bits(signal, value)
        await Timer(PERIOD_NS, "ns")
        model = Model(dut, values)
        told = f"{ {name: value for name, value in asked.items() if value} }"
        if asked["record_write_i"]:
            assert read(dut.record_grant_o) == int(model.record_grant), told
        if asked["table_read_i"]:
            assert read(dut.table_grant_o) == int(model.table_grant), told
        place, write = model.read_place(), model.write()
        if shared:
            assert read(dut.unit_access_o) == int(place is not None or write is not None), told
        if place is not None:
            assert read(dut.unit_raddr_o) == place, told
        mask = read(dut.unit_write_o)
        if write is None:
            assert mask == 0, told
        else:
            assert read(dut.unit_waddr_o) == write[0], told
            assert not shared or read(dut.unit_raddr_o) == write[0], told
            words = word_list(read(dut.unit_data_o))
            written = {index: words[index] for index in range(4) if mask >> index & 1}
            assert written == write[1], told
        accesses = (place is not None) + (write is not None) + asked["row_i"]
        assert not shared or accesses <= 1, f"two accesses through one port: {told}"
        granted = (model.record_grant, model.table_grant)
        seen |= {(name, granted) for name, value in asked.items() if value}
    needed = {f"{name}_i" for name in (*READERS, *WRITERS, "record_write", "table_read")}
    assert {name for name, _ in seen} >= needed
