# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the numeric tests share: element types, random weights under a layout,
the compiler and the runtime, and the comparison with a float64 reference."""
