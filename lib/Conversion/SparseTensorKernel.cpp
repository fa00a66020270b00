// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Describes, finishes and inlines the kernels of route sparse-tensor; see the
// header. The sparsifier reloads and stores the sums for each stored value and
// drops fast-math flags; both are put right here.

#include "SparseTensorKernel.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/Dialect/SparseTensor/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace lacuna;

std::string SparseKernel::getName() const {
  std::string name;
  llvm::raw_string_ostream os(name);
  os << "nm_" << contraction.layout.getN() << "_" << contraction.layout.getM()
     << "_groups_" << groups << "_panel_" << panel << "_"
     << contraction.getWeightType().getElementType();
  for (Operation *cast : contraction.weightCasts)
    os << "_" << cast->getName().stripDialect() << "_"
       << cast->getResult(0).getType();
  os << "_" << contraction.sumType;
  return name;
}

/// casts(w) * x, widened to the type of the sums.
static Value buildProduct(OpBuilder &builder, Location loc,
                          const SparseContraction &contraction, Value w,
                          Value x) {
  for (Operation *cast : contraction.weightCasts) {
    IRMapping mapping;
    mapping.map(cast->getOperand(0), w);
    w = builder.clone(*cast, mapping)->getResult(0);
  }
  if (isa<FloatType>(contraction.sumType)) {
    if (w.getType() != contraction.sumType)
      w = arith::ExtFOp::create(builder, loc, contraction.sumType, w);
    return arith::MulFOp::create(builder, loc, w, x);
  }
  // Sums narrower than 32 bits are cut off afterwards: the sign does not
  // matter.
  if (w.getType() != contraction.sumType)
    w = arith::ExtSIOp::create(builder, loc, contraction.sumType, w);
  return arith::MulIOp::create(builder, loc, w, x);
}

func::FuncOp SparseKernel::build(OpBuilder &builder, Location loc) const {
  MLIRContext *context = builder.getContext();
  NMAttr layout = contraction.layout;
  Type element = contraction.getWeightType().getElementType();
  Type sum = contraction.sumType;
  int64_t stored = groups * layout.getN();
  SmallVector<int64_t> panelShape{groups, layout.getM()}, sumShape;
  if (panel > 1) {
    panelShape.push_back(panel);
    sumShape.push_back(panel);
  }
  auto values = RankedTensorType::get({stored}, element);
  auto coordinates = RankedTensorType::get({stored}, builder.getI8Type());
  auto sums = RankedTensorType::get(sumShape, sum);
  auto function = func::FuncOp::create(
      builder, loc, getName(),
      builder.getFunctionType(
          {values, coordinates, RankedTensorType::get(panelShape, sum), sums},
          {sums}));
  function.setPrivate();
  OpBuilder::InsertionGuard guard(builder);
  Block *entry = function.addEntryBlock();
  builder.setInsertionPointToStart(entry);
  // The layout of the row alone: its groups, then the positions in a group.
  auto row = RankedTensorType::get({groups * layout.getM()}, element);
  auto rowLayout = NMAttr::get(context, layout.getN(), layout.getM(), 0);
  auto type = RankedTensorType::get({groups, layout.getM()}, element,
                                    rowLayout.getUpstreamEncoding(row));
  Value weight = sparse_tensor::AssembleOp::create(
      builder, loc, type, ValueRange{entry->getArgument(1)},
      entry->getArgument(0));
  unsigned loops = panelShape.size();
  AffineMap all = builder.getMultiDimIdentityMap(loops);
  SmallVector<AffineMap> maps{all.getMajorSubMap(2), all,
                              panel > 1 ? all.getMinorSubMap(1)
                                        : AffineMap::get(loops, 0, context)};
  SmallVector<utils::IteratorType> iterators(loops,
                                             utils::IteratorType::reduction);
  if (panel > 1)
    iterators.back() = utils::IteratorType::parallel;
  auto generic = linalg::GenericOp::create(
      builder, loc, sums, ValueRange{weight, entry->getArgument(2)},
      entry->getArgument(3), maps, iterators,
      [&](OpBuilder &b, Location loc, ValueRange args) {
        Value product = buildProduct(b, loc, contraction, args[0], args[1]);
        Value next;
        if (isa<FloatType>(sum))
          next = arith::AddFOp::create(b, loc, args[2], product);
        else
          next = arith::AddIOp::create(b, loc, args[2], product);
        linalg::YieldOp::create(b, loc, next);
      });
  func::ReturnOp::create(builder, loc, generic.getResult(0));
  return function;
}

void lacuna::buildSparsifyKernels(OpPassManager &manager, int64_t panel) {
  SparsificationOptions options(SparseParallelizationStrategy::kNone,
                                /*enableRT=*/false);
  manager.addPass(createSparsificationAndBufferizationPass(
      getBufferizationOptionsForSparsification(
          /*analysisOnly=*/false),
      options, /*createSparseDeallocs=*/false, /*enableRuntimeLibrary=*/false,
      /*enableBufferInitialization=*/false,
      /*vectorLength=*/panel > 1 ? panel : 0, /*enableVLAVectorization=*/false,
      /*enableSIMDIndex32=*/true, /*enableGPULibgen=*/false,
      SparseEmitStrategy::kFunctional, SparseParallelizationStrategy::kNone));
  manager.addPass(createStorageSpecifierToLLVMPass());
  manager.addNestedPass<func::FuncOp>(createCanonicalizerPass());
  manager.addNestedPass<func::FuncOp>(createCSEPass());
}

/// The load and the store of `sums` in `block` itself, where they are its only
/// accesses in the block and in what is nested in it.
static std::pair<Operation *, Operation *> findAccesses(Block *block,
                                                        Value sums) {
  Operation *load = nullptr, *store = nullptr;
  unsigned accesses = 0;
  for (Operation *user : sums.getUsers()) {
    if (!block->getParentOp()->isAncestor(user))
      continue;
    ++accesses;
    if (user->getBlock() != block)
      continue;
    if (isa<vector::LoadOp, memref::LoadOp>(user))
      load = user;
    if (isa<vector::StoreOp, memref::StoreOp>(user))
      store = user;
  }
  if (accesses != 2 || !load || !store || !load->isBeforeInBlock(store))
    return {};
  return {load, store};
}

/// Carries the sums through `loop` instead of loading and storing them in each
/// iteration. The sums stand at position 0 always, so the addresses agree.
static void carrySums(scf::ForOp loop, Value sums) {
  auto [load, store] = findAccesses(loop.getBody(), sums);
  if (!load)
    return;
  IRRewriter rewriter(loop.getContext());
  rewriter.setInsertionPoint(loop);
  for (Operation *access : {load, store})
    for (Value index : access->getOperands())
      if (auto *op = index.getDefiningOp();
          op && loop->isAncestor(op) && op->hasTrait<OpTrait::ConstantLike>())
        op->moveBefore(loop);
  Operation *before = rewriter.clone(*load);
  Value next = store->getOperand(0);
  rewriter.setInsertionPointAfter(loop);
  Operation *after = rewriter.clone(*store);
  auto newLoop = cast<scf::ForOp>(*loop.replaceWithAdditionalYields(
      rewriter, before->getResult(0), /*replaceInitOperandUsesInLoop=*/false,
      [&](OpBuilder &, Location, ArrayRef<BlockArgument>) {
        return SmallVector<Value>{next};
      }));
  rewriter.replaceOp(load, newLoop.getRegionIterArgs().back());
  rewriter.eraseOp(store);
  after->setOperand(0, newLoop.getResults().back());
}

/// The sparsifier sees a buffer through a slice from its start, whose size it
/// takes for one value a group where there are n: the buffer itself is read.
static void dropSlices(func::FuncOp kernel) {
  kernel.walk([](memref::SubViewOp slice) {
    auto isZero = [](OpFoldResult x) { return isConstantIntValue(x, 0); };
    auto isOne = [](OpFoldResult x) { return isConstantIntValue(x, 1); };
    if (!isa<BlockArgument>(slice.getSource()) ||
        !llvm::all_of(slice.getMixedOffsets(), isZero) ||
        !llvm::all_of(slice.getMixedStrides(), isOne))
      return;
    slice.getResult().replaceAllUsesWith(slice.getSource());
    slice.erase();
  });
}

void lacuna::finishSparseKernel(func::FuncOp kernel) {
  dropSlices(kernel);
  Value sums = kernel.getArgument(3);
  // Post-order: an inner loop's load and store come to stand in the outer one.
  SmallVector<scf::ForOp> loops;
  kernel.walk<WalkOrder::PostOrder>(
      [&](scf::ForOp loop) { loops.push_back(loop); });
  for (scf::ForOp loop : loops)
    carrySums(loop, sums);
  auto contract = arith::FastMathFlagsAttr::get(kernel.getContext(),
                                                arith::FastMathFlags::contract);
  kernel.walk([&](Operation *op) {
    if (isa<arith::MulFOp, arith::AddFOp>(op))
      op->setAttr("fastmath", contract);
  });
}

FailureOr<Value> lacuna::inlineSparseKernel(OpBuilder &builder,
                                            func::FuncOp kernel,
                                            ValueRange buffers, Value sums) {
  IRMapping mapping;
  for (auto [argument, buffer] : llvm::zip(kernel.getArguments(), buffers)) {
    mapping.map(argument, buffer);
    for (Operation *user : argument.getUsers())
      if (!isa<memref::LoadOp, vector::LoadOp>(user))
        return user->emitOpError(
            "unexpected in a kernel that the sparsifier wrote");
  }
  Value result;
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    if (llvm::is_contained(op.getOperands(), kernel.getArgument(3))) {
      if (isa<memref::LoadOp, vector::LoadOp>(op)) {
        mapping.map(op.getResult(0), sums);
        continue;
      }
      if (isa<memref::StoreOp, vector::StoreOp>(op)) {
        result = mapping.lookup(op.getOperand(0));
        continue;
      }
    }
    builder.clone(op, mapping);
  }
  if (!result)
    return kernel.emitError("the sparsifier's kernel keeps its sums in memory");
  return result;
}
