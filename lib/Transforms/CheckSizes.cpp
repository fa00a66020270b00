// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// check-sizes: what the sizes of a function's inputs have to be for its
// operations to fit together, asserted where the function begins. A type says
// `?`; operations on two such dimensions mean that they are equal, and code
// that is made of them reads past the end of a tensor where they are not.

#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/DenseSet.h"

namespace lacuna {
#define GEN_PASS_DEF_CHECKSIZES
#include "lacuna/Transforms/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// A size that is a constant, or a dimension of an argument of the function.
/// Without either it is unknown here.
struct Size {
  BlockArgument argument;
  int64_t value = ShapedType::kDynamic; ///< The constant, or the dimension.

  bool isKnown() const { return argument || !ShapedType::isDynamic(value); }
  auto key() const {
    return std::make_pair(argument ? argument.getArgNumber() + 1 : 0, value);
  }
};

struct CheckSizes : lacuna::impl::CheckSizesBase<CheckSizes> {
  void runOnOperation() override {
    if (getOperation().isExternal() || !getOperation().isPublic())
      return;
    asserted.clear();
    last = nullptr;
    for (Operation &op : getOperation().getFunctionBody().front())
      check(&op);
  }

private:
  using Pair =
      std::pair<std::pair<unsigned, int64_t>, std::pair<unsigned, int64_t>>;
  DenseSet<Pair> asserted;
  Operation *last = nullptr; ///< The last assertion.

  void check(Operation *op);
  void checkLoops(linalg::LinalgOp op);
  void assertEqual(Location loc, Size one, Size other);
};
} // namespace

static Size follow(Value tensor, int64_t dimension);

/// What an index is, followed through `tensor.dim` and casts.
static Size follow(OpFoldResult index) {
  if (std::optional<int64_t> constant = getConstantIntValue(index))
    return {{}, *constant};
  auto value = cast<Value>(index);
  if (auto dim = value.getDefiningOp<tensor::DimOp>())
    if (std::optional<int64_t> position = dim.getConstantIndex())
      return follow(dim.getSource(), *position);
  if (auto cast = value.getDefiningOp<arith::IndexCastOp>())
    return follow(OpFoldResult(cast.getIn()));
  return {};
}

/// The dimension of a reshape's operand that `dimension` of its result is, if
/// all others of its group have size 1.
static std::optional<int64_t>
getSourceDimension(ArrayRef<ReassociationIndices> groups,
                   ArrayRef<int64_t> expanded, int64_t dimension,
                   bool expands) {
  for (auto [collapsed, group] : llvm::enumerate(groups)) {
    if (expands ? !llvm::is_contained(group, dimension)
                : static_cast<int64_t>(collapsed) != dimension)
      continue;
    auto others = llvm::make_filter_range(
        group, [&](int64_t inner) { return expanded[inner] != 1; });
    if (!llvm::hasSingleElement(others))
      return std::nullopt;
    return expands ? static_cast<int64_t>(collapsed) : *others.begin();
  }
  return std::nullopt;
}

static Size follow(Value tensor, int64_t dimension) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  if (!type || dimension < 0 || dimension >= type.getRank())
    return {};
  if (!type.isDynamicDim(dimension))
    return {{}, type.getDimSize(dimension)};
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    return isa<func::FuncOp>(argument.getOwner()->getParentOp())
               ? Size{argument, dimension}
               : Size{};
  Operation *op = tensor.getDefiningOp();
  if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
    return follow(destination.getTiedOpOperand(cast<OpResult>(tensor))->get(),
                  dimension);
  if (auto empty = dyn_cast<tensor::EmptyOp>(op))
    return follow(empty.getMixedSizes()[dimension]);
  if (isa<tensor::CastOp, ConvertOp, PruneOp>(op))
    return follow(op->getOperand(0), dimension);
  std::optional<int64_t> source;
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    source = getSourceDimension(expand.getReassociationIndices(),
                                type.getShape(), dimension, /*expands=*/true);
  else if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op))
    source = getSourceDimension(collapse.getReassociationIndices(),
                                collapse.getSrcType().getShape(), dimension,
                                /*expands=*/false);
  return source ? follow(op->getOperand(0), *source) : Size{};
}

/// Operands that one loop runs along have one size there.
void CheckSizes::checkLoops(linalg::LinalgOp op) {
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop) {
    Size first;
    for (OpOperand &operand : op->getOpOperands()) {
      AffineMap map = op.getMatchingIndexingMap(&operand);
      for (auto [i, expr] : llvm::enumerate(map.getResults())) {
        if (expr != getAffineDimExpr(loop, op.getContext()))
          continue;
        Size size = follow(operand.get(), i);
        if (!first.isKnown())
          first = size;
        else
          assertEqual(op.getLoc(), first, size);
      }
    }
  }
}

void CheckSizes::check(Operation *op) {
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
      linalgOp && linalgOp.hasPureTensorSemantics())
    return checkLoops(linalgOp);
  if (auto cast = dyn_cast<tensor::CastOp>(op))
    if (auto type = dyn_cast<RankedTensorType>(cast.getType()))
      for (int64_t i = 0; i < type.getRank(); ++i)
        assertEqual(op->getLoc(), follow(cast.getSource(), i),
                    follow(cast.getResult(), i));
  if (auto concat = dyn_cast<tensor::ConcatOp>(op))
    for (Value input : concat.getInputs().drop_front())
      for (int64_t i = 0; i < concat.getResultType().getRank(); ++i)
        if (i != static_cast<int64_t>(concat.getDim()))
          assertEqual(op->getLoc(), follow(concat.getInputs().front(), i),
                      follow(input, i));
}

void CheckSizes::assertEqual(Location loc, Size one, Size other) {
  if (one.key() > other.key())
    std::swap(one, other);
  // Two constants are the verifier's; `one` may be a constant, `other` is none.
  if (!one.isKnown() || !other.argument || one.key() == other.key() ||
      !asserted.insert({one.key(), other.key()}).second)
    return;
  func::FuncOp function = getOperation();
  auto describe = [&](Size size) {
    unsigned number = size.argument.getArgNumber();
    auto name =
        function.getArgAttrOfType<StringAttr>(number, LacunaDialect::kNameAttr);
    return "dimension " + std::to_string(size.value) + " of '" +
           (name ? name.str() : "arg" + std::to_string(number)) + "'";
  };
  // In the order of operations, before all of them.
  auto builder = OpBuilder::atBlockBegin(&function.getFunctionBody().front());
  if (last)
    builder.setInsertionPointAfter(last);
  Value expected =
      one.argument
          ? tensor::DimOp::create(builder, loc, one.argument, one.value)
                .getResult()
          : arith::ConstantIndexOp::create(builder, loc, one.value).getResult();
  Value found =
      tensor::DimOp::create(builder, loc, other.argument, other.value);
  Value equal = arith::CmpIOp::create(builder, loc, arith::CmpIPredicate::eq,
                                      expected, found);
  std::string message =
      one.argument ? describe(other) + " differs from " + describe(one)
                   : describe(other) + " is not " + std::to_string(one.value);
  last = cf::AssertOp::create(builder, loc, equal, message);
  ++numChecks;
}
