// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// check-sizes: what the sizes of a function's inputs have to be for its
// operations to fit together, asserted where the function begins. A type says
// `?`; operations on two such dimensions mean that they are equal, and a slice
// that its source is long enough. The code that is made of them reads past the
// end of a tensor where it is not so.

#include "lacuna/IR/Lacuna.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/StringSet.h"

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
  std::pair<unsigned, int64_t> key() const {
    return {argument ? argument.getArgNumber() + 1 : 0, value};
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
  llvm::StringSet<> asserted; ///< By their messages.
  Operation *last = nullptr;  ///< The last assertion.

  void check(Operation *op);
  void checkLoops(linalg::LinalgOp op);
  void checkSlice(tensor::ExtractSliceOp op);
  void assertEqual(Location loc, Size one, Size other);
  void assertThat(Location loc, Size size, arith::CmpIPredicate predicate,
                  Size expected);
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

/// A slice with a static end lies within its source.
void CheckSizes::checkSlice(tensor::ExtractSliceOp op) {
  for (int64_t i = 0; i < op.getSourceType().getRank(); ++i) {
    Size source = follow(op.getSource(), i);
    int64_t offset = op.getStaticOffsets()[i], size = op.getStaticSizes()[i],
            stride = op.getStaticStrides()[i];
    if (source.argument && size > 0 && !ShapedType::isDynamic(offset) &&
        !ShapedType::isDynamic(size) && !ShapedType::isDynamic(stride))
      assertThat(op.getLoc(), source, arith::CmpIPredicate::sge,
                 {{}, offset + (size - 1) * stride + 1});
  }
}

void CheckSizes::check(Operation *op) {
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
      linalgOp && linalgOp.hasPureTensorSemantics())
    return checkLoops(linalgOp);
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
    return checkSlice(slice);
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
  if (one.isKnown() && other.argument && one.key() != other.key())
    assertThat(loc, other, arith::CmpIPredicate::eq, one);
}

void CheckSizes::assertThat(Location loc, Size size,
                            arith::CmpIPredicate predicate, Size expected) {
  bool isEqual = predicate == arith::CmpIPredicate::eq;
  func::FuncOp function = getOperation();
  auto describe = [&](Size size) {
    if (!size.argument)
      return std::to_string(size.value);
    unsigned number = size.argument.getArgNumber();
    auto name =
        function.getArgAttrOfType<StringAttr>(number, LacunaDialect::kNameAttr);
    return "dimension " + std::to_string(size.value) + " of '" +
           (name ? name.str() : "arg" + std::to_string(number)) + "'";
  };
  std::string message = describe(size) +
                        (!isEqual            ? " is less than "
                         : expected.argument ? " differs from "
                                             : " is not ") +
                        describe(expected);
  if (!asserted.insert(message).second)
    return;
  // In the order of operations, before all of them.
  auto builder = OpBuilder::atBlockBegin(&function.getFunctionBody().front());
  if (last)
    builder.setInsertionPointAfter(last);
  auto build = [&](Size size) -> Value {
    if (!size.argument)
      return arith::ConstantIndexOp::create(builder, loc, size.value);
    return tensor::DimOp::create(builder, loc, size.argument, size.value);
  };
  Value wanted = build(expected), found = build(size);
  Value holds = arith::CmpIOp::create(builder, loc, predicate, found, wanted);
  last = cf::AssertOp::create(builder, loc, holds, message);
  ++numChecks;
}
