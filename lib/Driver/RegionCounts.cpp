// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A dispatch function with its sizes filled in is simplified until it is clear
// which kernels it launches; their counts are formulas
// (lib/Kernels/Counts.cpp).

#include "RegionCounts.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;
using namespace lacuna;

/// A copy of `function` where each dynamic size is `size`; of several that make
/// the columns, which buffers have in one order, all are 1 but the last.
static OwningOpRef<func::FuncOp> specialize(func::FuncOp function, int64_t size,
                                            unsigned numSizes) {
  OwningOpRef<func::FuncOp> copy(function.clone());
  MLIRContext *context = function.getContext();
  Block &entry = copy->getBody().front();
  OpBuilder builder = OpBuilder::atBlockBegin(&entry);
  Value constant =
      arith::ConstantIndexOp::create(builder, copy->getLoc(), size);
  Value one = arith::ConstantIndexOp::create(builder, copy->getLoc(), 1);
  for (BlockArgument argument : entry.getArguments()) {
    // Which of several sizes an index is is not known.
    if (argument.getType().isIndex() && numSizes < 2)
      argument.replaceAllUsesWith(constant);
    auto type = dyn_cast<MemRefType>(argument.getType());
    if (!type || (numSizes > 1 && type.getNumDynamicDims() != numSizes))
      continue;
    for (Operation *user : llvm::make_early_inc_range(argument.getUsers()))
      if (auto dim = dyn_cast<memref::DimOp>(user))
        if (auto index = dim.getConstantIndex();
            index && type.isDynamicDim(*index)) {
          bool isLast =
              type.getDynamicDimIndex(*index) + 1 == type.getNumDynamicDims();
          dim.getResult().replaceAllUsesWith(isLast || numSizes < 2 ? constant
                                                                    : one);
        }
  }
  RewritePatternSet patterns(context);
  for (RegisteredOperationName op : context->getRegisteredOperations())
    if (isa<arith::ArithDialect, scf::SCFDialect, memref::MemRefDialect>(
            op.getDialect()))
      op.getCanonicalizationPatterns(patterns, context);
  // Not converging only leaves conditions, which is looked at.
  (void)applyPatternsGreedily(*copy, std::move(patterns));
  return copy;
}

/// The counters of all launches; nothing where it is not clear which happen.
static std::optional<std::map<std::string, int64_t>>
count(func::FuncOp function, ModuleOp module, int64_t columns,
      unsigned numSizes) {
  std::map<std::string, int64_t> counters;
  WalkResult walked = function.walk([&](Operation *op) {
    if (isa<scf::IfOp, scf::ForOp, scf::WhileOp>(op))
      return WalkResult::interrupt();
    auto launch = dyn_cast<gpu::LaunchFuncOp>(op);
    if (!launch)
      return WalkResult::advance();
    Operation *kernel =
        SymbolTable::lookupSymbolIn(module, launch.getKernelAttr());
    auto counts =
        kernel
            ? kernel->getAttrOfType<DictionaryAttr>(LacunaDialect::kCountsAttr)
            : DictionaryAttr();
    if (!counts)
      return WalkResult::interrupt();
    // What is static is a number in the formulas.
    Builder builder(module.getContext());
    Attribute size = builder.getIndexAttr(columns);
    for (NamedAttribute entry : counts) {
      AffineMap map = cast<AffineMapAttr>(entry.getValue()).getValue();
      SmallVector<Attribute> symbols(map.getNumInputs(), size), results;
      // The leading sizes are batches where they are not more columns.
      if (numSizes > 1)
        symbols.back() = builder.getIndexAttr(1);
      if (failed(map.constantFold(symbols, results)))
        return WalkResult::interrupt();
      counters[entry.getName().str()] +=
          cast<IntegerAttr>(results.front()).getInt();
    }
    return WalkResult::advance();
  });
  if (walked.wasInterrupted())
    return std::nullopt;
  return counters;
}

void lacuna::countRegions(ModuleOp module,
                          std::vector<PlannedRegion> &regions) {
  SymbolTable symbols(module);
  module.walk([&](InvokeOp invoke) {
    auto number =
        invoke->getAttrOfType<IntegerAttr>(LacunaDialect::kRegionAttr);
    auto function = symbols.lookup<func::FuncOp>(invoke.getCallee());
    if (!number || !function || number.getInt() < 0 ||
        static_cast<size_t>(number.getInt()) >= regions.size())
      return;
    PlannedRegion &region = regions[number.getInt()];
    if (!region.columnsPerSize)
      return;
    for (const PlannedInterval &interval : region.intervals)
      for (const PlannedPrice &price : interval.prices) {
        if (price.columns % region.columnsPerSize)
          continue;
        int64_t size = price.columns / region.columnsPerSize;
        unsigned numSizes = region.numDynamicSizes;
        OwningOpRef<func::FuncOp> copy = specialize(function, size, numSizes);
        auto counters = count(*copy, module, price.columns, numSizes);
        if (!counters)
          continue;
        std::vector<int64_t> sizes;
        if (numSizes > 1) {
          sizes.assign(numSizes, 1);
          sizes.back() = size;
        }
        region.counts.push_back(
            {price.columns, std::move(sizes), std::move(*counters)});
      }
  });
}
