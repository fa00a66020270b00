// Upstream's n:m as far as LLVM 22.1 has it. A test here that fails after an
// upgrade is good news: what works around it may go.
// RUN: not mlir-opt-22 %s 2>&1 | FileCheck %s

// `structured` takes dense levels alone before it, so blocks of n:m weights
// have no encoding: nm stands alone, and a layout of blocks cannot contain it.
// CHECK: error: expected all dense lvlTypes before a n_out_of_m level
#S = #sparse_tensor.encoding<{
  map = (r, c, i, k) -> (r : dense, c : compressed, i : dense, k : structured[2, 4])
}>
func.func private @in_blocks(tensor<2x4x8x4xf32, #S>)
