// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// free-buffers: what a call allocates belongs to the call, and the runtime
// frees it at the end; freeing it after its last use keeps the peak low, as
// the next allocation can take the same memory.

#include "HostFunctions.h"

#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/Bufferization/Transforms/BufferViewFlowAnalysis.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace lacuna {
#define GEN_PASS_DEF_FREEBUFFERS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The last operation in the block of `alloc` that uses the buffer through any
/// alias; null when the buffer leaves the block or is freed already.
static Operation *findLastUse(memref::AllocOp alloc,
                              const BufferViewFlowAnalysis &aliases) {
  Block *block = alloc->getBlock();
  Operation *last = alloc;
  for (Value alias : aliases.resolve(alloc.getResult())) {
    Block *home = alias.getParentBlock();
    if (home != block &&
        !block->getParent()->isProperAncestor(home->getParent()))
      return nullptr;
    for (Operation *user : alias.getUsers()) {
      Operation *ancestor = block->findAncestorOpInBlock(*user);
      if (!ancestor || ancestor->hasTrait<OpTrait::IsTerminator>() ||
          isa<memref::DeallocOp>(user))
        return nullptr;
      if (last->isBeforeInBlock(ancestor))
        last = ancestor;
    }
  }
  return last;
}

namespace {
struct FreeBuffers : lacuna::impl::FreeBuffersBase<FreeBuffers> {
  void runOnOperation() override {
    auto functions = getHostFunctions(getOperation());
    if (failed(functions))
      return signalPassFailure();
    for (func::FuncOp function : *functions) {
      BufferViewFlowAnalysis aliases(function);
      SmallVector<memref::AllocOp> allocs;
      function.walk([&](memref::AllocOp alloc) { allocs.push_back(alloc); });
      for (memref::AllocOp alloc : allocs)
        freeAfterLastUse(alloc, aliases);
    }
  }

private:
  void freeAfterLastUse(memref::AllocOp alloc,
                        const BufferViewFlowAnalysis &aliases) {
    Operation *last = findLastUse(alloc, aliases);
    if (!last)
      return;
    OpBuilder builder(alloc.getContext());
    builder.setInsertionPointAfter(last);
    memref::DeallocOp::create(builder, alloc.getLoc(), alloc.getResult());
    ++numFreed;
  }
};
} // namespace
