// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lifetimes of buffers. See BufferLifetimes.h.

#include "BufferLifetimes.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"

using namespace mlir;
using namespace lacuna;

/// Runs its regions at most once, one of them or none.
static bool runsOnce(Operation *op) {
  return isa<scf::IfOp, scf::IndexSwitchOp, scf::ExecuteRegionOp>(op);
}

/// Hands the buffer to nobody and does not look at its elements.
static bool onlyDescribes(Operation *op) {
  return isa<memref::DimOp, memref::DeallocOp, ViewLikeOpInterface>(op);
}

/// Lets the buffer be used where no alias tells of it.
static bool letsGo(Operation *op) {
  return isa<memref::ReallocOp, memref::ExtractAlignedPointerAsIndexOp>(op) ||
         (op->hasTrait<OpTrait::ReturnLike>() &&
          isa<FunctionOpInterface>(op->getParentOp()));
}

BufferLifetimes::BufferLifetimes(func::FuncOp function)
    : function(function), aliases(function) {
  unsigned next = 0;
  function.walk<WalkOrder::PreOrder>(
      [&](Operation *op) { numbers[op] = {next, next}, ++next; });
  function.walk<WalkOrder::PostOrder>([&](Operation *op) {
    if (Operation *parent = op->getParentOp(); op != function)
      numbers[parent].last = std::max(numbers[parent].last, numbers[op].last);
  });
}

std::optional<Lifetime> BufferLifetimes::get(memref::AllocOp alloc) const {
  for (Operation *parent = alloc->getParentOp(); parent != function;
       parent = parent->getParentOp())
    if (!runsOnce(parent) && !isa<scf::ForOp, scf::WhileOp>(parent))
      return std::nullopt;
  Region *iteration = getEnclosingRepetitiveRegion(alloc.getOperation());
  std::optional<Lifetime> life;
  for (Value alias : aliases.resolve(alloc.getResult())) {
    if (iteration && !iteration->isAncestor(alias.getParentRegion()))
      return std::nullopt;
    for (Operation *user : alias.getUsers()) {
      if (letsGo(user))
        return std::nullopt;
      if (onlyDescribes(user))
        continue;
      // A loop around the use, but not around the allocation, comes back to it.
      Operation *whole = user;
      for (Operation *parent = user->getParentOp();
           !parent->isProperAncestor(alloc); parent = parent->getParentOp())
        if (!runsOnce(parent))
          whole = parent;
      Lifetime use = numbers.lookup(whole);
      life = life ? Lifetime{std::min(life->first, use.first),
                             std::max(life->last, use.last)}
                  : use;
    }
  }
  return life ? *life : numbers.lookup(alloc);
}
