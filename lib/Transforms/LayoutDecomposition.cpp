// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pruning and packing in upstream linalg. Every step is one linalg.generic over
// static shapes that reads its neighbors in the group with tensor.extract: no
// padding and no reshape is needed, whatever the dimension and the tail.

#include "lacuna/Transforms/LayoutDecomposition.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace lacuna;

namespace {
/// Builds the generics of one tensor and one nm layout.
class NMBuilder {
public:
  NMBuilder(OpBuilder &builder, Location loc, Value source, NMAttr layout)
      : b(loc, builder), source(source), layout(layout),
        type(cast<RankedTensorType>(source.getType())),
        element(type.getElementType()), rank(type.getRank()),
        size(type.getDimSize(layout.getDim())) {}

  Value prune();
  SmallVector<Value> pack(Claim claim);

private:
  using Body = function_ref<Value(ImplicitLocOpBuilder &, ValueRange)>;

  Value generic(ValueRange inputs, ArrayRef<AffineMap> inputMaps,
                Type outElement, ArrayRef<int64_t> loops, unsigned reductions,
                Value init, Body body);
  Value constant(ImplicitLocOpBuilder &builder, int64_t value) {
    return arith::ConstantIndexOp::create(builder, value);
  }
  Value zero(ImplicitLocOpBuilder &builder, Type elementType) {
    return arith::ConstantOp::create(builder, builder.getZeroAttr(elementType));
  }
  Value outranks(ImplicitLocOpBuilder &builder, Value left, Value right);
  Value isBackground(ImplicitLocOpBuilder &builder, Value value);
  std::pair<Value, Value> read(ImplicitLocOpBuilder &builder,
                               ArrayRef<Value> rest, Value position);
  Value isKept(ImplicitLocOpBuilder &builder, ArrayRef<Value> rest, Value group,
               Value coordinate);
  Value checkRoom(Value nonzeros);
  /// The sizes of the other dimensions, in order.
  SmallVector<int64_t> restSizes() {
    SmallVector<int64_t> sizes(type.getShape());
    sizes.erase(sizes.begin() + layout.getDim());
    return sizes;
  }
  SmallVector<Value> indices(ImplicitLocOpBuilder &builder, unsigned count) {
    SmallVector<Value> result;
    for (unsigned i = 0; i < count; ++i)
      result.push_back(linalg::IndexOp::create(builder, i));
    return result;
  }
  /// The map of `loops` loops to the listed ones.
  AffineMap select(unsigned loops, ArrayRef<unsigned> kept) {
    return AffineMap::getMultiDimMapWithTargets(loops, kept, b.getContext());
  }
  SmallVector<unsigned> upTo(unsigned count) {
    return llvm::to_vector(llvm::seq<unsigned>(count));
  }

  ImplicitLocOpBuilder b;
  Value source;
  NMAttr layout;
  RankedTensorType type;
  Type element;
  int64_t rank, size;
};
} // namespace

// A generic whose last `reductions` loops are reduced into `init` (a scalar);
// with none, `init` is null. A loop that no input has gets an empty tensor of
// its size, as windows of pooling do.
Value NMBuilder::generic(ValueRange inputs, ArrayRef<AffineMap> inputMaps,
                         Type outElement, ArrayRef<int64_t> loops,
                         unsigned reductions, Value init, Body body) {
  unsigned parallel = loops.size() - reductions;
  SmallVector<Value> operands(inputs);
  SmallVector<AffineMap> maps(inputMaps);
  for (unsigned loop = parallel; loop < loops.size(); ++loop) {
    operands.push_back(
        tensor::EmptyOp::create(b, loops.slice(loop, 1), b.getI8Type()));
    maps.push_back(select(loops.size(), {loop}));
  }
  maps.push_back(select(loops.size(), upTo(parallel)));
  Value out =
      tensor::EmptyOp::create(b, loops.take_front(parallel), outElement);
  if (init)
    out = linalg::FillOp::create(b, init, out).getResult(0);
  SmallVector<utils::IteratorType> iterators(parallel,
                                             utils::IteratorType::parallel);
  iterators.append(reductions, utils::IteratorType::reduction);
  auto op = linalg::GenericOp::create(
      b, out.getType(), operands, out, maps, iterators,
      [&](OpBuilder &nested, Location loc, ValueRange arguments) {
        ImplicitLocOpBuilder builder(loc, nested);
        linalg::YieldOp::create(builder, body(builder, arguments));
      });
  return op.getResult(0);
}

/// Whether `left` has the greater magnitude; NaN has the greatest.
Value NMBuilder::outranks(ImplicitLocOpBuilder &builder, Value left,
                          Value right) {
  if (isa<IntegerType>(element)) {
    // The magnitude of the least integer only fits unsigned.
    left = math::AbsIOp::create(builder, left);
    right = math::AbsIOp::create(builder, right);
    return arith::CmpIOp::create(builder, arith::CmpIPredicate::ugt, left,
                                 right);
  }
  // uno(left, left) says that left is NaN.
  Value leftNaN =
      arith::CmpFOp::create(builder, arith::CmpFPredicate::UNO, left, left);
  Value rightNumber =
      arith::CmpFOp::create(builder, arith::CmpFPredicate::ORD, right, right);
  left = math::AbsFOp::create(builder, left);
  right = math::AbsFOp::create(builder, right);
  Value greater =
      arith::CmpFOp::create(builder, arith::CmpFPredicate::OGT, left, right);
  return arith::OrIOp::create(
      builder, greater, arith::AndIOp::create(builder, leftNaN, rightNumber));
}

/// Whether `value` equals 0: +0 and -0.0 do, NaN does not.
Value NMBuilder::isBackground(ImplicitLocOpBuilder &builder, Value value) {
  Value background = zero(builder, element);
  if (isa<IntegerType>(element))
    return arith::CmpIOp::create(builder, arith::CmpIPredicate::eq, value,
                                 background);
  return arith::CmpFOp::create(builder, arith::CmpFPredicate::OEQ, value,
                               background);
}

/// The source at `position` along the layout's dimension and at `rest` along
/// the others, and whether that lies inside (null where it always does).
/// Beyond a ragged tail the last element is read.
std::pair<Value, Value> NMBuilder::read(ImplicitLocOpBuilder &builder,
                                        ArrayRef<Value> rest, Value position) {
  Value inside;
  if (size % layout.getM()) {
    inside = arith::CmpIOp::create(builder, arith::CmpIPredicate::ult, position,
                                   constant(builder, size));
    position =
        arith::MinUIOp::create(builder, position, constant(builder, size - 1));
  }
  SmallVector<Value> where(rest);
  where.insert(where.begin() + layout.getDim(), position);
  return {tensor::ExtractOp::create(builder, source, where), inside};
}

// Pruned: the rank of an element is the number of elements in its group that
// outrank it, or are as great and stand before it; the first n ranks stay.
Value NMBuilder::prune() {
  SmallVector<int64_t> loops(type.getShape());
  loops.push_back(layout.getM());
  AffineMap identity = select(rank + 1, upTo(rank));
  Value ranks = generic(
      source, identity, b.getI32Type(), loops, 1, zero(b, b.getI32Type()),
      [&](ImplicitLocOpBuilder &body, ValueRange arguments) -> Value {
        SmallVector<Value> rest = indices(body, rank);
        Value self = rest[layout.getDim()];
        rest.erase(rest.begin() + layout.getDim());
        Value start = arith::SubIOp::create(
            body, self,
            arith::RemUIOp::create(body, self, constant(body, layout.getM())));
        Value other = arith::AddIOp::create(
            body, start, linalg::IndexOp::create(body, rank));
        auto [value, inside] = read(body, rest, other);
        Value before =
            arith::CmpIOp::create(body, arith::CmpIPredicate::ult, other, self);
        Value below = outranks(body, arguments[0], value);
        Value tied = arith::SelectOp::create(
            body, below, zero(body, body.getI1Type()), before);
        Value beats = arith::OrIOp::create(
            body, outranks(body, value, arguments[0]), tied);
        if (inside)
          beats = arith::AndIOp::create(body, beats, inside);
        return arith::AddIOp::create(
            body, arguments.back(),
            arith::ExtUIOp::create(body, body.getI32Type(), beats));
      });
  AffineMap all = select(rank, upTo(rank));
  return generic(
      {source, ranks}, {all, all}, element, type.getShape(), 0, Value(),
      [&](ImplicitLocOpBuilder &body, ValueRange arguments) -> Value {
        Value room = arith::ConstantOp::create(
            body, body.getI32IntegerAttr(layout.getN()));
        Value stays = arith::CmpIOp::create(body, arith::CmpIPredicate::ult,
                                            arguments[1], room);
        return arith::SelectOp::create(body, stays, arguments[0],
                                       zero(body, element));
      });
}

/// Whether the element at `coordinate` of `group` lies inside the tensor and
/// differs from the background.
Value NMBuilder::isKept(ImplicitLocOpBuilder &builder, ArrayRef<Value> rest,
                        Value group, Value coordinate) {
  Value start =
      arith::MulIOp::create(builder, group, constant(builder, layout.getM()));
  auto [value, inside] =
      read(builder, rest, arith::AddIOp::create(builder, start, coordinate));
  Value kept = arith::XOrIOp::create(
      builder, isBackground(builder, value),
      arith::ConstantOp::create(builder, builder.getBoolAttr(true)));
  return inside ? arith::AndIOp::create(builder, kept, inside) : kept;
}

/// The nonzeros of each group, after the assertion that the group has room for
/// them. The result is what keeps the assertion alive and in front of its uses.
Value NMBuilder::checkRoom(Value nonzeros) {
  std::string message;
  llvm::raw_string_ostream(message)
      << "a value of type " << type << " was claimed to be "
      << StorageLayoutInterface(layout).getSpelling()
      << " (lacuna.convert), but has a group of " << layout.getM()
      << " with more than " << layout.getN()
      << " nonzeros: make it so with lacuna.prune, or claim no layout";
  auto counts = cast<RankedTensorType>(nonzeros.getType());
  return generic(
      nonzeros, select(counts.getRank(), upTo(counts.getRank())),
      counts.getElementType(), counts.getShape(), 0, Value(),
      [&](ImplicitLocOpBuilder &body, ValueRange arguments) -> Value {
        Value room = arith::ConstantOp::create(
            body, body.getI32IntegerAttr(layout.getN()));
        Value fits = arith::CmpIOp::create(body, arith::CmpIPredicate::ule,
                                           arguments[0], room);
        cf::AssertOp::create(body, fits, message);
        return arguments[0];
      });
}

// Packed: a group's slots hold its nonzeros and, where those are fewer than n,
// its lowest other coordinates, ascending. Whether a coordinate is chosen, and
// its slot, follow from the number of nonzeros in the group and before it.
SmallVector<Value> NMBuilder::pack(Claim claim) {
  int64_t n = layout.getN(), m = layout.getM();
  unsigned g = rank - 1; // the loops of the other dimensions come first
  SmallVector<int64_t> loops = restSizes();
  loops.push_back(layout.getNumGroups(type.getShape()));
  Type i32 = b.getI32Type(), i8 = b.getI8Type();
  Value none = zero(b, i32);

  auto withLoops = [&](ArrayRef<int64_t> more) {
    SmallVector<int64_t> result(loops);
    llvm::append_range(result, more);
    return result;
  };
  auto asIndex = [](ImplicitLocOpBuilder &body, Value value) -> Value {
    return arith::IndexCastUIOp::create(body, body.getIndexType(), value);
  };
  Value nonzeros = generic(
      {}, {}, i32, withLoops({m}), 1, none,
      [&](ImplicitLocOpBuilder &body, ValueRange arguments) -> Value {
        SmallVector<Value> at = indices(body, rank + 1);
        Value kept = isKept(body, ArrayRef(at).take_front(g), at[g], at[g + 1]);
        return arith::AddIOp::create(body, arguments.back(),
                                     arith::ExtUIOp::create(body, i32, kept));
      });
  if (claim == Claim::Checked)
    nonzeros = checkRoom(nonzeros);
  Value before = generic(
      {}, {}, i32, withLoops({m, m}), 1, none,
      [&](ImplicitLocOpBuilder &body, ValueRange arguments) -> Value {
        SmallVector<Value> at = indices(body, rank + 2);
        Value kept = isKept(body, ArrayRef(at).take_front(g), at[g], at[g + 2]);
        Value lower = arith::CmpIOp::create(body, arith::CmpIPredicate::ult,
                                            at[g + 2], at[g + 1]);
        kept = arith::AndIOp::create(body, kept, lower);
        return arith::AddIOp::create(body, arguments.back(),
                                     arith::ExtUIOp::create(body, i32, kept));
      });

  SmallVector<unsigned> ofGroup = upTo(rank), ofCoordinate = upTo(rank);
  ofCoordinate.push_back(rank + 1);
  Value coordinates = generic(
      {nonzeros, before},
      {select(rank + 2, ofGroup), select(rank + 2, ofCoordinate)}, i8,
      withLoops({n, m}), 1, zero(b, i8),
      [&](ImplicitLocOpBuilder &body, ValueRange arguments) -> Value {
        SmallVector<Value> at = indices(body, rank + 2);
        Value slot = at[g + 1], coordinate = at[g + 2];
        Value count = asIndex(body, arguments[0]);
        Value keptBefore = asIndex(body, arguments[1]);
        Value limit = constant(body, n);
        Value room = arith::SubIOp::create(
            body, limit, arith::MinUIOp::create(body, count, limit));
        Value otherBefore = arith::SubIOp::create(body, coordinate, keptBefore);
        Value fills = arith::CmpIOp::create(body, arith::CmpIPredicate::ult,
                                            otherBefore, room);
        Value kept =
            isKept(body, ArrayRef(at).take_front(g), at[g], coordinate);
        Value chosen = arith::OrIOp::create(body, kept, fills);
        Value itsSlot = arith::AddIOp::create(
            body, keptBefore, arith::MinUIOp::create(body, otherBefore, room));
        Value here = arith::CmpIOp::create(body, arith::CmpIPredicate::eq,
                                           itsSlot, slot);
        Value narrow = arith::IndexCastUIOp::create(body, i8, coordinate);
        return arith::SelectOp::create(
            body, arith::AndIOp::create(body, chosen, here), narrow,
            arguments.back());
      });
  // Values are moved, never computed with: Inf, NaN and -0.0 survive.
  Value values = generic(
      coordinates, select(rank + 1, upTo(rank + 1)), element, withLoops({n}), 0,
      Value(), [&](ImplicitLocOpBuilder &body, ValueRange arguments) -> Value {
        SmallVector<Value> at = indices(body, rank);
        Value start = arith::MulIOp::create(body, at[g], constant(body, m));
        Value position =
            arith::AddIOp::create(body, start, asIndex(body, arguments[0]));
        auto [value, inside] = read(body, ArrayRef(at).take_front(g), position);
        return inside ? arith::SelectOp::create(body, inside, value,
                                                zero(body, element))
                      : value;
      });
  return {values, coordinates};
}

/// What can be pruned and packed at run time.
static LogicalResult checkSource(Location loc, Value source,
                                 StorageLayoutInterface layout) {
  auto type = cast<RankedTensorType>(source.getType());
  if (!isa<NMAttr>(layout))
    return emitError(loc) << "values known only at run time cannot be put into "
                          << layout.getSpelling()
                          << ": expected a layout nm<n:m, dim = d>";
  if (!type.getElementType().isSignlessIntOrFloat())
    return emitError(loc) << "expected signless integers or floats under "
                          << layout.getSpelling() << ", found "
                          << type.getElementType();
  return success();
}

FailureOr<Value> lacuna::buildPrune(OpBuilder &builder, Location loc,
                                    Value source,
                                    StorageLayoutInterface layout) {
  if (failed(checkSource(loc, source, layout)))
    return failure();
  return NMBuilder(builder, loc, source, cast<NMAttr>(layout)).prune();
}

FailureOr<SmallVector<Value>> lacuna::buildPack(OpBuilder &builder,
                                                Location loc, Value source,
                                                StorageLayoutInterface layout,
                                                Claim claim) {
  if (failed(checkSource(loc, source, layout)))
    return failure();
  return NMBuilder(builder, loc, source, cast<NMAttr>(layout)).pack(claim);
}
