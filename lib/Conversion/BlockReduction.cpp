// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The form of a thread kernel where the threads of a block share the reductions
// of one point: a part each, combined within warps by shuffles and among warps
// in shared memory. See ThreadKernel.h.

#include "ThreadKernel.h"
#include "lacuna/Conversion/KernelSupport.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace lacuna;

static constexpr int64_t kWarps = kBlockThreads / kWarpThreads;

static Value getConstant(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

static scf::ForOp makeLoop(OpBuilder &builder, Location loc, Value lower,
                           Value upper, Value step, ValueRange values = {}) {
  return scf::ForOp::create(builder, loc, lower, upper, step, values);
}

/// `body` where `index` is 0.
static void onFirst(OpBuilder &builder, Location loc, Value index,
                    llvm::function_ref<void(OpBuilder &)> body) {
  Value isFirst = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                        index, getConstant(builder, loc, 0));
  auto branch = scf::IfOp::create(builder, loc, isFirst);
  OpBuilder inside = branch.getThenBodyBuilder();
  body(inside);
}

/// The reductions over the part of `thread`.
SmallVector<Value> ThreadKernel::computePart(OpBuilder &builder, Value thread,
                                             SmallVector<Value> coordinates,
                                             ValueRange starts) {
  Value count = getProduct(builder, reductions);
  Value lower = thread, upper = count;
  Value step = getConstant(builder, loc, kBlockThreads);
  if (combiner->isOrdered()) {
    Value length = arith::CeilDivUIOp::create(builder, loc, count, step);
    lower = arith::MulIOp::create(builder, loc, thread, length);
    upper = arith::AddIOp::create(builder, loc, lower, length);
    upper = arith::MinUIOp::create(builder, loc, upper, count);
    step = getConstant(builder, loc, 1);
  }
  auto loop = makeLoop(builder, loc, lower, upper, step,
                       combiner->getStarts(builder, loc, starts));
  OpBuilder inside = OpBuilder::atBlockEnd(loop.getBody());
  delinearize(inside, reductions, loop.getInductionVar(), coordinates);
  scf::YieldOp::create(
      inside, loc, computeBody(inside, coordinates, loop.getRegionIterArgs()));
  return loop.getResults();
}

void ThreadKernel::buildBlocks(OpBuilder &builder, gpu::GPUFuncOp function) {
  auto space = gpu::AddressSpaceAttr::get(builder.getContext(),
                                          gpu::AddressSpace::Workgroup);
  SmallVector<Value> ofWarps;
  for (BlockArgument accumulator : op.getRegionOutputArgs())
    ofWarps.push_back(function.addWorkgroupAttribution(
        MemRefType::get({kWarps}, accumulator.getType(), AffineMap(), space),
        loc));
  Value thread = gpu::ThreadIdOp::create(builder, loc, gpu::Dimension::x);
  Value block = gpu::BlockIdOp::create(builder, loc, gpu::Dimension::x);
  Value blocks = gpu::GridDimOp::create(builder, loc, gpu::Dimension::x);
  Value warpThreads = getConstant(builder, loc, kWarpThreads);
  Value lane = arith::RemUIOp::create(builder, loc, thread, warpThreads);
  Value warp = arith::DivUIOp::create(builder, loc, thread, warpThreads);

  // All threads of a block take the same turns: they meet at the barriers.
  auto loop =
      makeLoop(builder, loc, block, getProduct(builder, parallel), blocks);
  builder.setInsertionPointToStart(loop.getBody());
  SmallVector<Value> coordinates(ranges.size());
  delinearize(builder, parallel, loop.getInductionVar(), coordinates);
  SmallVector<Value> starts = getStarts(builder, coordinates);
  SmallVector<Value> part = computePart(builder, thread, coordinates, starts);
  // Lane 0 gets the parts of its warp, in their order.
  for (int32_t offset = 1; offset < kWarpThreads; offset *= 2) {
    SmallVector<Value> above;
    for (Value value : part)
      above.push_back(
          shuffle(builder, loc, value, offset, gpu::ShuffleMode::DOWN));
    part = combiner->combine(builder, part, above);
  }
  onFirst(builder, loc, lane, [&](OpBuilder &inside) {
    for (auto [value, buffer] : llvm::zip(part, ofWarps))
      memref::StoreOp::create(inside, loc, value, buffer, warp);
  });
  gpu::BarrierOp::create(builder, loc);
  onFirst(builder, loc, thread, [&](OpBuilder &inside) {
    storeTotal(inside, ofWarps, coordinates, starts);
  });
  // The next turn writes what this one reads.
  gpu::BarrierOp::create(builder, loc);
}

void ThreadKernel::storeTotal(OpBuilder &builder, ArrayRef<Value> ofWarps,
                              ArrayRef<Value> coordinates,
                              ArrayRef<Value> starts) {
  auto loop = makeLoop(builder, loc, getConstant(builder, loc, 0),
                       getConstant(builder, loc, kWarps),
                       getConstant(builder, loc, 1), starts);
  OpBuilder inside = OpBuilder::atBlockEnd(loop.getBody());
  SmallVector<Value> next;
  for (Value buffer : ofWarps)
    next.push_back(
        memref::LoadOp::create(inside, loc, buffer, loop.getInductionVar()));
  scf::YieldOp::create(
      inside, loc, combiner->combine(inside, loop.getRegionIterArgs(), next));
  SmallVector<Value> total = loop.getResults();
  if (Value doubtful = combiner->isDoubtful(builder, loc, total)) {
    auto branch = scf::IfOp::create(builder, loc, loop.getResultTypes(),
                                    doubtful, /*withElseRegion=*/true);
    OpBuilder again = branch.getThenBodyBuilder();
    scf::YieldOp::create(again, loc,
                         computePoint(again, llvm::to_vector(coordinates),
                                      llvm::to_vector(starts)));
    OpBuilder otherwise = branch.getElseBodyBuilder();
    scf::YieldOp::create(otherwise, loc, total);
    total = branch.getResults();
  }
  store(builder, total, coordinates);
}
