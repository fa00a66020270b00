// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// pack-panels: between materialize-layouts and outline-dispatches, on the CPU.
// A contraction reads a weight in the order of its register tiles, which the
// runtime makes once, at load. The columns of the result become two dimensions,
// panels and columns of a panel, and so do those of what is computed from it.

#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "llvm/ADT/MapVector.h"

namespace lacuna {
#define GEN_PASS_DEF_PACKPANELS
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Vectors in a row of a panel, best first: three and eight rows of A make a
/// register tile of few loads that come from few places.
static constexpr int64_t kPanelVectors[] = {3, 2, 1};

namespace {
/// A contraction C[..., n] += A[...] * W[n, k], or W[k, n], with W a weight.
struct PanelContraction {
  linalg::LinalgOp op;
  unsigned weightIndex = 0; // of its operands
  ml_program::GlobalOp weight;
  unsigned n = 0, k = 0; // loops
  int64_t dim = 0;       // of the weight: n
  int64_t columns = 0, width = 0;
};

struct PackPanels : lacuna::impl::PackPanelsBase<PackPanels> {
  using PackPanelsBase::PackPanelsBase;

  void runOnOperation() override {
    symbols.emplace(getOperation());
    globals.clear();
    SmallVector<DispatchOp> dispatches;
    getOperation().walk([&](DispatchOp dispatch) {
      if (!dispatch.getPlan() ||
          dispatch.getPlan()->getChoices().front().getRoute() == Route::Dense)
        dispatches.push_back(dispatch);
    });
    for (DispatchOp dispatch : dispatches) {
      bool changed = false;
      SmallVector<linalg::LinalgOp> ops(
          dispatch.getBody().front().getOps<linalg::LinalgOp>());
      for (linalg::LinalgOp op : ops)
        if (auto contraction = match(dispatch, op)) {
          rewrite(dispatch, *contraction);
          changed = true;
        }
      if (changed)
        carryPanels(dispatch);
    }
    symbols.reset();
  }

private:
  std::optional<SymbolTable> symbols;
  llvm::MapVector<std::pair<Operation *, std::pair<int64_t, int64_t>>,
                  ml_program::GlobalOp>
      globals;

  std::optional<PanelContraction> match(DispatchOp dispatch,
                                        linalg::LinalgOp op) {
    if (!isContraction(op) || op.getNumReductionLoops() != 1 ||
        llvm::any_of(op.getIndexingMapsArray(), [](AffineMap map) {
          return !map.isProjectedPermutation();
        }))
      return std::nullopt;
    for (unsigned index : {1, 0}) {
      PanelContraction found;
      found.op = op;
      found.weightIndex = index;
      auto argument = dyn_cast<BlockArgument>(op->getOperand(index));
      if (!argument || argument.getOwner() != &dispatch.getBody().front())
        continue;
      found.weight =
          getWeight(dispatch.getInputs()[argument.getArgNumber()], *symbols);
      if (found.weight && isDense(found.weight) && findLoops(found) &&
          choosePanel(found))
        return found;
    }
    return std::nullopt;
  }

  static bool isDense(ml_program::GlobalOp weight) {
    auto view = weight->getAttrOfType<StringAttr>("lacuna.view");
    auto type = cast<RankedTensorType>(weight.getType());
    return (!view || view.getValue() == "dense") && !type.getEncoding() &&
           type.hasStaticShape() && type.getRank() == 2;
  }

  /// n is a dimension of the weight and the last one of the result, k is of
  /// both operands.
  static bool findLoops(PanelContraction &found) {
    SmallVector<AffineMap> maps = found.op.getIndexingMapsArray();
    AffineMap weight = maps[found.weightIndex];
    AffineMap other = maps[1 - found.weightIndex], result = maps[2];
    if (result.getNumResults() == 0)
      return false;
    found.n = result.getDimPosition(result.getNumResults() - 1);
    unsigned first = weight.getDimPosition(0),
             second = weight.getDimPosition(1);
    found.dim = first == found.n ? 0 : 1;
    found.k = found.dim == 0 ? second : first;
    return llvm::is_contained({first, second}, found.n) &&
           !other.isFunctionOfDim(found.n) && other.isFunctionOfDim(found.k) &&
           !result.isFunctionOfDim(found.k);
  }

  bool choosePanel(PanelContraction &found) const {
    auto type = cast<RankedTensorType>(found.weight.getType());
    Type sum = getElementTypeOrSelf(found.op->getOperand(2).getType());
    found.columns = type.getDimSize(found.dim);
    // What lower-contractions makes no vectors of needs no panels.
    if (!sum.isIntOrFloat() || sum.getIntOrFloatBitWidth() < 32 ||
        found.columns == 0)
      return false;
    int64_t lanes = vectorBytes * 8 / sum.getIntOrFloatBitWidth();
    for (int64_t vectors : kPanelVectors) {
      found.width = vectors * lanes;
      if (found.columns % found.width == 0)
        return true;
    }
    return false;
  }

  ml_program::GlobalOp getPanels(PanelContraction &found,
                                 RankedTensorType type) {
    ml_program::GlobalOp &global =
        globals[{found.weight, {found.dim, found.width}}];
    if (global)
      return global;
    OpBuilder builder(found.weight);
    global = cast<ml_program::GlobalOp>(builder.clone(*found.weight));
    global.setSymName((found.weight.getSymName() + ".panels").str());
    global.setType(type);
    global.setValueAttr(ml_program::ExternAttr::get(&getContext(), type));
    global->setAttr("lacuna.weight",
                    builder.getStringAttr(getWeightName(found.weight)));
    global->setAttr("lacuna.view", builder.getStringAttr("panels"));
    global->setAttr("lacuna.panels",
                    builder.getDenseI64ArrayAttr({found.dim, found.width}));
    if (!global->hasAttr("lacuna.type"))
      global->setAttr("lacuna.type", TypeAttr::get(found.weight.getType()));
    symbols->insert(global);
    ++numViews;
    return global;
  }

  void rewrite(DispatchOp dispatch, PanelContraction &found) {
    auto weightType = cast<RankedTensorType>(found.weight.getType());
    int64_t panels = found.columns / found.width;
    auto type = RankedTensorType::get(
        {panels, weightType.getDimSize(1 - found.dim), found.width},
        weightType.getElementType());
    // Operands of the region: the result sizes stand behind the inputs.
    OpBuilder outside(dispatch);
    Value load = ml_program::GlobalLoadConstOp::create(
        outside, dispatch.getLoc(), type,
        FlatSymbolRefAttr::get(getPanels(found, type).getSymNameAttr()));
    dispatch.getInputsMutable().append(load);
    Value argument = dispatch.getBody().addArgument(type, dispatch.getLoc());

    IRRewriter builder(found.op);
    Location loc = found.op.getLoc();
    Value init = found.op->getOperand(2);
    auto resultType = cast<RankedTensorType>(init.getType());
    int64_t rank = resultType.getRank();
    SmallVector<ReassociationIndices> groups;
    for (int64_t i = 0; i < rank; ++i)
      groups.push_back({i});
    groups.back().push_back(rank);
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(builder, loc, init);
    sizes.back() = builder.getIndexAttr(panels);
    sizes.push_back(builder.getIndexAttr(found.width));
    SmallVector<int64_t> shape(resultType.getShape());
    shape.back() = panels;
    shape.push_back(found.width);
    Value wide = tensor::ExpandShapeOp::create(
        builder, loc, RankedTensorType::get(shape, resultType.getElementType()),
        init, groups, sizes);

    // Loop n becomes the panel, and the loop behind it the column.
    unsigned numLoops = found.op.getNumLoops() + 1, inner = found.n + 1;
    SmallVector<AffineExpr> shifted;
    for (unsigned loop = 0; loop + 1 < numLoops; ++loop)
      shifted.push_back(builder.getAffineDimExpr(loop + (loop >= inner)));
    SmallVector<AffineMap> maps;
    for (AffineMap map : found.op.getIndexingMapsArray())
      maps.push_back(map.replaceDimsAndSymbols(shifted, {}, numLoops, 0));
    AffineExpr panel = shifted[found.n],
               column = builder.getAffineDimExpr(inner);
    maps[found.weightIndex] = AffineMap::get(
        numLoops, 0, {panel, shifted[found.k], column}, &getContext());
    maps[2] = maps[2].insertResult(column, maps[2].getNumResults());
    SmallVector<utils::IteratorType> iterators =
        found.op.getIteratorTypesArray();
    iterators.insert(iterators.begin() + inner, utils::IteratorType::parallel);
    SmallVector<Value> inputs(found.op.getDpsInputs());
    inputs[found.weightIndex] = argument;
    auto product = linalg::GenericOp::create(builder, loc, wide.getType(),
                                             inputs, wide, maps, iterators);
    builder.cloneRegionBefore(found.op->getRegion(0), product.getRegion(),
                              product.getRegion().begin());
    builder.setInsertionPointAfter(product);
    builder.replaceOpWithNewOp<tensor::CollapseShapeOp>(
        found.op, resultType, product.getResult(0), groups);
    ++numContractions;
  }

  /// What is computed from the result is computed in panels, and the region
  /// gives them.
  void carryPanels(DispatchOp dispatch) {
    MLIRContext *context = &getContext();
    RewritePatternSet patterns(context);
    linalg::populateFoldReshapeOpsByExpansionPatterns(
        patterns, [](OpOperand *operand) {
          Operation *producer = operand->get().getDefiningOp();
          return isa_and_nonnull<tensor::CollapseShapeOp>(producer) &&
                 !isContraction(operand->getOwner());
        });
    linalg::FillOp::getCanonicalizationPatterns(patterns, context);
    tensor::populateFoldTensorEmptyPatterns(patterns);
    tensor::ExpandShapeOp::getCanonicalizationPatterns(patterns, context);
    memref::populateResolveRankedShapedTypeResultDimsPatterns(patterns);
    (void)applyPatternsGreedily(dispatch.getBody(), std::move(patterns));

    auto yield = cast<YieldOp>(dispatch.getBody().front().getTerminator());
    OpBuilder builder(dispatch->getContext());
    builder.setInsertionPointAfter(dispatch);
    for (auto [value, result] :
         llvm::zip(yield->getOpOperands(), dispatch.getResults())) {
      auto collapse = value.get().getDefiningOp<tensor::CollapseShapeOp>();
      if (!collapse || collapse.getSrcType().getNumDynamicDims() !=
                           collapse.getType().getNumDynamicDims())
        continue;
      result.setType(collapse.getSrcType());
      value.set(collapse.getSrc());
      auto outside = tensor::CollapseShapeOp::create(
          builder, dispatch.getLoc(), collapse.getType(), result,
          collapse.getReassociationIndices());
      result.replaceAllUsesExcept(outside, outside);
      if (collapse->use_empty())
        collapse.erase();
    }
    dropUnusedInputs(dispatch);
  }

  static void dropUnusedInputs(DispatchOp dispatch) {
    Block &body = dispatch.getBody().front();
    for (unsigned i = body.getNumArguments(); i-- > 0;) {
      if (!body.getArgument(i).use_empty())
        continue;
      Operation *producer = dispatch.getInputs()[i].getDefiningOp();
      body.eraseArgument(i);
      dispatch.getInputsMutable().erase(i);
      if (producer && isOpTriviallyDead(producer))
        producer->erase();
    }
  }
};
} // namespace
