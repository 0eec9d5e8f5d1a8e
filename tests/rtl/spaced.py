"""A pipeline whose words come at least `interval` cycles apart and whose results come in groups."""

from harness import bits, cycle, generator, read


async def check_spaced(dut, items, *, inputs, groups, interval=1, idle=0.0, beside=None):
    """Feeds the items as close as allowed, or later with probability `idle`, and expects results.

    An item is a pair: values of `inputs`, and for each group of `groups` the expected values. A
    group is (latency, outputs) or (latency, outputs, valid output). In between the inputs hold
    anything. `beside` gives more inputs, by the history: at index i the item of i cycles ago, or
    None.
    """
    rng = generator()
    history = [None] * (1 + max(latency for latency, *_ in groups))
    position = 0
    since = interval
    while position < len(items) or any(history):
        item = None
        if position < len(items) and since >= interval and rng.random() >= idle:
            item = items[position]
            position += 1
            since = 0
        since += 1
        history = [item, *history[:-1]]
        values = item[0] if item else [rng.getrandbits(len(getattr(dut, name))) for name in inputs]
        given = dict(zip(inputs, values, strict=True))
        await cycle(dut, **given, **(beside(history) if beside else {}))
        for index, (latency, outputs, *valid) in enumerate(groups):
            due = history[latency]
            if valid:
                assert read(getattr(dut, valid[0])) == int(due is not None), valid[0]
            if due is None:
                continue
            sinks = [getattr(dut, name) for name in outputs]
            got = [read(sink) for sink in sinks]
            want = [bits(sink, value) for sink, value in zip(sinks, due[1][index], strict=True)]
            assert got == want, f"{dict(zip(inputs, due[0], strict=True))}: {outputs} {got} {want}"
