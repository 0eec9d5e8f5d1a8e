"""ds_delay: each word exactly Cycles later, however close the next one may come."""

import cocotb
from harness import parameter, start, vectors
from spaced import check_spaced


@cocotb.test()
@cocotb.parametrize(idle=[0.0, 0.5])
async def word_follows_cycles_later(dut, idle):
    await start(dut, valid_i=0)
    cycles, interval = parameter(dut, "Cycles"), parameter(dut, "Interval")
    held = interval if parameter(dut, "Held") else 1

    def beside(history):
        shown = next((item for item in history[:held] if item), None)
        came = sum((item is not None) << age for age, item in enumerate(history[:cycles]))
        return {"valid_i": came} | ({"word_i": shown[1][0][0]} if shown else {})

    # The word is given by `beside`, for as long as it is held: no input of an item's own.
    await check_spaced(
        dut,
        [([], [[word]]) for word in vectors()],
        inputs=[],
        groups=[(cycles, ["word_o"])],
        interval=interval,
        idle=idle,
        beside=beside,
    )
