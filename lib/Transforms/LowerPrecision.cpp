// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lower-precision: contractions of f32 on operands of a smaller type, because
// the user asked for it. In phase input, once contractions read weights as they
// are stored and before normalize-linalg, which fuses the truncations of
// activations into what computes them. No truncation of a weight is computed:
// it is a view that the runtime makes at load.

#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Passes.h"
#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/IRMapping.h"

namespace lacuna {
#define GEN_PASS_DEF_LOWERPRECISION
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

static bool isF32(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  return type && type.getElementType().isF32();
}

/// A sum of products in f32 of f32 elements.
static bool isF32Contraction(linalg::LinalgOp op) {
  return isContraction(op) && op.hasPureTensorSemantics() &&
         llvm::all_of(op->getOperands(), isF32);
}

/// Whether `op` gives the elements of its first operand, in another order or
/// some of them.
static bool isRearrangement(Operation *op) {
  return isa_and_nonnull<tensor::ExpandShapeOp, tensor::CollapseShapeOp,
                         tensor::ExtractSliceOp, ConvertOp,
                         linalg::TransposeOp>(op);
}

namespace {
struct LowerPrecision : lacuna::impl::LowerPrecisionBase<LowerPrecision> {
  using LowerPrecisionBase::LowerPrecisionBase;

  void runOnOperation() override {
    std::string name = precision;
    if (name.empty() || name == "f32")
      return;
    if (name != "tf32" && name != "bf16" && name != "f16") {
      getOperation().emitError()
          << "unknown precision '" << name
          << "'; the precisions are f32, tf32, bf16 and f16";
      return signalPassFailure();
    }
    SmallVector<linalg::LinalgOp> contractions;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (isF32Contraction(op))
        contractions.push_back(op);
    });
    numLowered += contractions.size();
    if (name == "tf32") {
      for (linalg::LinalgOp op : contractions)
        op->setAttr(LacunaDialect::kPrecisionAttr,
                    StringAttr::get(&getContext(), name));
      return;
    }
    narrow = name == "bf16" ? Type(BFloat16Type::get(&getContext()))
                            : Type(Float16Type::get(&getContext()));
    narrowed.clear();
    narrowWeights.clear();
    SymbolTable table(getOperation());
    symbols = &table;
    for (linalg::LinalgOp op : contractions)
      lower(op);
    removeDead();
  }

private:
  Type narrow;
  SymbolTable *symbols = nullptr;
  DenseMap<Value, Value> narrowed;
  DenseMap<Operation *, ml_program::GlobalOp> narrowWeights;

  /// `type` with elements of the smaller type; a layout stays.
  RankedTensorType getNarrowType(Value value) const {
    return cast<RankedTensorType>(value.getType()).clone(narrow);
  }

  void lower(linalg::LinalgOp op);
  bool isOfWeight(Value value);
  Value getNarrow(Value value);
  Value makeNarrow(OpBuilder &builder, Value value);
  Value loadNarrow(OpBuilder &builder, ml_program::GlobalLoadConstOp load,
                   ml_program::GlobalOp weight);
  Value truncate(OpBuilder &builder, Value value);
  void removeDead();
};
} // namespace

void LowerPrecision::lower(linalg::LinalgOp op) {
  IRRewriter rewriter(op);
  if (!isa<linalg::GenericOp>(op.getOperation())) {
    DictionaryAttr attributes = op->getDiscardableAttrDictionary();
    // Always possible: op is a named contraction on tensors.
    op = *linalg::generalizeNamedOp(rewriter, op);
    op->setDiscardableAttrs(attributes);
  }
  rewriter.setInsertionPointToStart(op.getBlock());
  for (OpOperand *operand : op.getDpsInputOperands()) {
    operand->set(getNarrow(operand->get()));
    BlockArgument element = op.getMatchingBlockArgument(operand);
    element.setType(narrow);
    auto wide = arith::ExtFOp::create(rewriter, op.getLoc(),
                                      rewriter.getF32Type(), element);
    element.replaceAllUsesExcept(wide, wide);
  }
}

/// Whether `value` is a weight, rearranged or not.
bool LowerPrecision::isOfWeight(Value value) {
  Operation *op = value.getDefiningOp();
  return getWeight(value, *symbols) ||
         (isRearrangement(op) && isOfWeight(op->getOperand(0)));
}

Value LowerPrecision::getNarrow(Value value) {
  Value &known = narrowed[value];
  if (known)
    return known;
  OpBuilder builder(&getContext());
  builder.setInsertionPointAfterValue(value);
  Value result = makeNarrow(builder, value);
  return narrowed[value] = result;
}

Value LowerPrecision::makeNarrow(OpBuilder &builder, Value value) {
  Operation *op = value.getDefiningOp();
  Location loc = value.getLoc();
  RankedTensorType type = getNarrowType(value);
  if (ml_program::GlobalOp weight = getWeight(value, *symbols))
    return loadNarrow(builder, cast<ml_program::GlobalLoadConstOp>(op), weight);
  if (isOfWeight(value)) {
    IRMapping mapping;
    mapping.map(op->getOperand(0), getNarrow(op->getOperand(0)));
    if (auto transpose = dyn_cast<linalg::TransposeOp>(op))
      return linalg::TransposeOp::create(
                 builder, loc, mapping.lookup(transpose.getInput()),
                 tensor::EmptyOp::create(
                     builder, loc,
                     tensor::getMixedSizes(builder, loc, transpose.getInit()),
                     narrow),
                 transpose.getPermutation())
          ->getResult(0);
    Operation *copy = builder.clone(*op, mapping);
    copy->getResult(0).setType(type);
    return copy->getResult(0);
  }
  if (auto constant = dyn_cast_or_null<arith::ConstantOp>(op))
    if (auto elements = dyn_cast<DenseFPElementsAttr>(constant.getValue())) {
      const llvm::fltSemantics &semantics =
          cast<FloatType>(narrow).getFloatSemantics();
      auto round = [&](const APFloat &element) {
        APFloat rounded = element;
        bool exact;
        rounded.convert(semantics, APFloat::rmNearestTiesToEven, &exact);
        return rounded.bitcastToAPInt();
      };
      return arith::ConstantOp::create(builder, loc,
                                       elements.mapValues(narrow, round));
    }
  // A layout claims where zeros are, and a zero stays one.
  if (!getLayout(value.getType()))
    return truncate(builder, value);
  Value plain =
      ConvertOp::create(builder, loc, eraseLayout(value.getType()), value);
  return ConvertOp::create(builder, loc, type, truncate(builder, plain));
}

Value LowerPrecision::loadNarrow(OpBuilder &builder,
                                 ml_program::GlobalLoadConstOp load,
                                 ml_program::GlobalOp weight) {
  RankedTensorType type = getNarrowType(load);
  ml_program::GlobalOp &global = narrowWeights[weight];
  if (!global) {
    OpBuilder atWeight(weight);
    global = cast<ml_program::GlobalOp>(atWeight.clone(*weight));
    std::string suffix;
    llvm::raw_string_ostream(suffix) << "." << narrow;
    global.setSymName((weight.getSymName() + suffix).str());
    global.setVisibility(SymbolTable::Visibility::Private);
    global.setType(type);
    global.setValueAttr(ml_program::ExternAttr::get(&getContext(), type));
    setNarrowedFrom(global, weight);
    symbols->insert(global);
    ++numViews;
  }
  return ml_program::GlobalLoadConstOp::create(
      builder, load.getLoc(), type,
      FlatSymbolRefAttr::get(global.getSymNameAttr()));
}

Value LowerPrecision::truncate(OpBuilder &builder, Value value) {
  Location loc = value.getLoc();
  RankedTensorType type = getNarrowType(value);
  Value empty = tensor::EmptyOp::create(
      builder, loc, tensor::getMixedSizes(builder, loc, value), narrow);
  AffineMap map = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> loops(type.getRank(),
                                         utils::IteratorType::parallel);
  ++numTruncations;
  return linalg::GenericOp::create(
             builder, loc, type, value, empty, ArrayRef<AffineMap>{map, map},
             loops,
             [&](OpBuilder &builder, Location loc, ValueRange arguments) {
               Value element =
                   arith::TruncFOp::create(builder, loc, narrow, arguments[0]);
               linalg::YieldOp::create(builder, loc, element);
             })
      .getResult(0);
}

/// Loads and rearrangements of weights that are read in the smaller type only.
void LowerPrecision::removeDead() {
  SmallVector<Operation *> candidates;
  getOperation().walk([&](Operation *op) {
    if (isRearrangement(op) || isa<ml_program::GlobalLoadConstOp>(op))
      candidates.push_back(op);
  });
  for (Operation *op : llvm::reverse(candidates))
    if (isOpTriviallyDead(op))
      op->erase();
}
