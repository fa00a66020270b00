# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
# RUN: %python %s
"""Functions whose names are no identifiers, in an artifact for a GPU and the
CPU: the runtime finds them on both."""
import os
import sys
import tempfile

import numpy as np

sys.path.insert(0, os.path.dirname(__file__))
from lacuna_test.runtime import Model, compile_model

SOURCE = """
func.func @"a.b c"(%x: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xf32>
  %e = tensor.empty(%n) : tensor<?xf32>
  %r = linalg.add ins(%x, %x : tensor<?xf32>, tensor<?xf32>) outs(%e : tensor<?xf32>) -> tensor<?xf32>
  return %r : tensor<?xf32>
}
"""

if __name__ == "__main__":
    x = np.random.default_rng().standard_normal(37).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/m.mlir", "w") as file:
            file.write(SOURCE)
        compile_model(f"{folder}/m.mlir", f"{folder}/m", "--no-cubin", targets=["sm_80", "cpu"])
        for device in ("cpu", "emulator"):
            (y,) = Model(f"{folder}/m.so", device=device).run(x)
            assert (y == x + x).all(), device
