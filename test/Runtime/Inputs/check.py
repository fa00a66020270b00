# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the three examples printed for ones, against NumPy: check.py FOLDER"""
import sys

import numpy as np


def read(name):
    words = open(f"{sys.argv[1]}/{name}.txt").read().split()
    assert words[0] == "y:", words
    return np.array(words[1:], float)


expected = read("ones")
for example in ("c", "cpp", "py"):
    np.testing.assert_allclose(read(example), expected, rtol=2e-3, atol=2e-3, err_msg=example)
