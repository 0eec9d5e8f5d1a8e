"""ds_activation: 14 cycles whichever unit answers; z is read again as the header says."""

import cocotb
from cocotb.triggers import FallingEdge, ReadOnly
from harness import bits, check_pipeline, generator, read, start, vectors

LATENCY = 14
AGAIN_BEFORE = 3  # cycles from again_o to the result
AGAIN_READ = 2  # cycles of the memory that holds z


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def results_follow_fourteen_cycles_later(dut, idle):
    case = vectors()
    await start(dut, identity_i=case["identity"], scale_i=case["scale"], z_valid_i=0)
    cocotb.start_soon(read_again(dut, [z for [[z], _] in case["items"]]))
    await check_pipeline(
        dut,
        case["items"],
        latency=LATENCY,
        inputs=["z_i"],
        outputs=[
            "unit_activation_o",
            "unit_clamped_o",
            "unit_slope_o",
            "unit_slope_exponent_o",
            "unit_saturated_o",
        ],
        valid=("z_valid_i", "unit_valid_o"),
        idle=idle,
    )


async def read_again(dut, codes):
    """The store of z: answers each again_o two cycles later, and shows anything otherwise."""
    rng = generator()
    position = 0
    pipeline = [None] * AGAIN_READ
    while True:
        await FallingEdge(dut.clk_i)
        answer = pipeline.pop(0)
        shown = rng.getrandbits(len(dut.z_again_i)) if answer is None else codes[answer]
        dut.z_again_i.value = bits(dut.z_again_i, shown)
        await ReadOnly()
        if read(dut.again_o):
            pipeline.append(position)
            position += 1
        else:
            pipeline.append(None)


@cocotb.test()
async def again_comes_three_cycles_before_the_result(dut):
    await start(dut, identity_i=0, scale_i=0, z_valid_i=0, z_i=0, z_again_i=0)
    dut_cycles = []
    for cycle in range(LATENCY + 2):
        await FallingEdge(dut.clk_i)
        dut.z_valid_i.value = int(cycle == 0)
        await ReadOnly()
        dut_cycles.append((read(dut.again_o), read(dut.unit_valid_o)))
    assert dut_cycles.index((0, 1)) == LATENCY
    assert dut_cycles.index((1, 0)) == LATENCY - AGAIN_BEFORE
