# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
"""Elementary functions of f32 on the CPU (approximate-math): exp, tanh and erf
against float64, on random numbers of every magnitude and where the formulas
change, in units in the last place of the exact result. NaN, infinities and the
sign of zero are as C has them. LACUNA_TEST_SEED repeats a run.
"""
import math
import os
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.runtime import Model, compile_model

# What the pass documents, in units in the last place.
BOUNDS = {"exp": 4, "tanh": 4, "erf": 1.3}
EXACT = {"exp": np.exp, "tanh": np.tanh, "erf": np.vectorize(math.erf, otypes=[np.float64])}
SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1e-45, -1e-45, 3e38, -3e38], np.float32)


def text(function):
    t = "tensor<?xf32>"
    return f"""
func.func @main(%x: {t}) -> {t} {{
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : {t}
  %e = tensor.empty(%n) : {t}
  %r = linalg.generic {{indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}}
      ins(%x : {t}) outs(%e : {t}) {{
  ^bb0(%a: f32, %o: f32):
    %f = math.{function} %a : f32
    linalg.yield %f : f32
  }} -> {t}
  return %r : {t}
}}
"""


def inputs(rng):
    magnitudes = 2.0 ** rng.uniform(-40, 7, 100000)
    near = [center + rng.uniform(-0.1, 0.1, 20000) for center in (0.625, 1, 4, 88.5, 103.5)]
    dense = rng.uniform(-5, 5, 100000)
    return np.concatenate([magnitudes, -magnitudes, *near, *(-part for part in near), dense]).astype(np.float32)


def main():
    seed = int(os.environ.get("LACUNA_TEST_SEED", np.random.SeedSequence().entropy % 2**32))
    print("LACUNA_TEST_SEED =", seed)
    x = inputs(np.random.default_rng(seed))
    with tempfile.TemporaryDirectory() as directory:
        for function, bound in BOUNDS.items():
            model = os.path.join(directory, function)
            with open(model + ".mlir", "w") as file:
                file.write(text(function))
            compile_model(model + ".mlir", model)
            loaded = Model(model + ".so", [], 2)
            y, special = loaded.run(x)[0], loaded.run(SPECIAL)[0]
            with np.errstate(over="ignore", under="ignore"):
                exact = EXACT[function](x.astype(np.float64))
                rounded = exact.astype(np.float32)
                expected = EXACT[function](SPECIAL.astype(np.float64)).astype(np.float32)
            overflow = np.isinf(rounded)
            np.testing.assert_array_equal(y[overflow], rounded[overflow])
            units = np.abs(y - exact)[~overflow] / np.spacing(np.abs(rounded[~overflow])).astype(np.float64)
            worst = units.argmax()
            print(f"{function}: {units[worst]:.2f} ulp at {x[~overflow][worst]!r}")
            assert units[worst] <= bound, function
            np.testing.assert_array_equal(special, expected)
            np.testing.assert_array_equal(np.signbit(special)[:4], np.signbit(expected)[:4])


if __name__ == "__main__":
    main()
