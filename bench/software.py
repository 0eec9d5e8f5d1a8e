"""Forward, every delta and the norms in NumPy or PyTorch, one thread, float32.

usage: software.py numpy|torch FOLDER: reads spec.json and arrays there, prints one JSON object.
"""

import json
import pathlib
import sys
import time


def load(folder, name, dtype):
    import array

    values = array.array({"f8": "d", "u1": "B"}[dtype])
    values.frombytes((folder / name).read_bytes())
    return values


class NumPy:
    def __init__(self):
        import numpy

        self.np = numpy
        self.version = numpy.__version__

    def matrix(self, values, shape):
        return self.np.array(values, dtype=self.np.float32).reshape(shape)

    def pixels(self, values, shape):
        return self.np.array(values, dtype=self.np.uint8).reshape(shape)

    def floats(self, pixels):
        return pixels.astype(self.np.float32) / 256

    def sigmoid(self, z):
        return 1 / (1 + self.np.exp(-z))

    def norms(self, delta):
        norm = self.np.linalg.norm
        return float(norm(delta.mean(axis=0))), float(norm(delta, axis=1).mean())


class Torch:
    def __init__(self):
        import torch

        torch.set_num_threads(1)
        torch.set_grad_enabled(False)
        self.torch = torch
        self.version = torch.__version__

    def matrix(self, values, shape):
        return self.torch.tensor(values, dtype=self.torch.float32).reshape(shape)

    def pixels(self, values, shape):
        return self.torch.tensor(values, dtype=self.torch.uint8).reshape(shape)

    def floats(self, pixels):
        return pixels.to(self.torch.float32) / 256

    def sigmoid(self, z):
        return self.torch.sigmoid(z)

    def norms(self, delta):
        norm = self.torch.linalg.vector_norm
        return float(norm(delta.mean(dim=0))), float(norm(delta, dim=1).mean())


def run(lib, layers, pixels, targets):
    """(norm of the mean delta, mean of its norms) of each layer."""
    activations = [lib.floats(pixels)]
    for weights, biases in layers:
        activations.append(lib.sigmoid(activations[-1] @ weights.T + biases))
    delta = activations[-1] - targets
    norms = [lib.norms(delta)]
    for index in range(len(layers) - 1, 0, -1):
        a = activations[index]
        delta = (delta @ layers[index][0]) * (a * (1 - a))
        norms.insert(0, lib.norms(delta))
    return norms


def time_calls(call, repeats, seconds):
    """Seconds a call of each repeat, and the calls of a repeat."""
    calls = 1
    while True:
        started = time.perf_counter()
        for _ in range(calls):
            call()
        took = time.perf_counter() - started
        if took >= seconds:
            break
        calls = max(calls + 1, int(1.2 * calls * seconds / max(took, 1e-6)))
    found = []
    while len(found) < repeats:
        started = time.perf_counter()
        for _ in range(calls):
            call()
        found.append((time.perf_counter() - started) / calls)
    return found, calls


def main(name, folder):
    folder = pathlib.Path(folder)
    spec = json.loads((folder / "spec.json").read_text())
    lib = {"numpy": NumPy, "torch": Torch}[name]()
    layers = [
        (
            lib.matrix(load(folder, f"weights{index}", "f8"), (n_out, n_in)),
            lib.matrix(load(folder, f"biases{index}", "f8"), (n_out,)),
        )
        for index, (n_in, n_out) in enumerate(spec["layers"])
    ]
    labels = load(folder, "labels", "u1")
    width = spec["layers"][-1][1]
    pixels = lib.pixels(load(folder, "images", "u1"), (len(labels), spec["layers"][0][0]))
    one_hot = [[1.0 if j == label else 0.0 for j in range(width)] for label in labels]
    targets = lib.matrix(one_hot, (len(labels), width))
    rows = []
    for batch in spec["batches"]:
        position = [0]

        def call(batch=batch, position=position):
            first = position[0]
            position[0] = (first + 1) % (len(labels) - batch + 1)
            run(lib, layers, pixels[first : first + batch], targets[first : first + batch])

        seconds, calls = time_calls(call, spec["repeats"], spec["seconds"])
        rows.append({"batch": batch, "seconds": seconds, "calls": calls})
    norms = run(lib, layers, pixels, targets)
    print(json.dumps({"version": lib.version, "norms": norms, "rows": rows}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
