// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How vectors of sums reach the result in route vector: initial values, what is
// computed from the sums, and stores. See VectorKernel.h.

#include "VectorKernel.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace lacuna;

/// Whether `op` does to vectors what it does to their elements.
static bool isLanewise(Operation &op) {
  auto isElement = [](Type type) { return type.isIntOrFloat(); };
  return isa<arith::ArithDialect, math::MathDialect>(op.getDialect()) &&
         !isa<math::FPowIOp>(op) &&
         (op.hasTrait<OpTrait::ConstantLike>() ||
          OpTrait::hasElementwiseMappableTraits(&op)) &&
         llvm::all_of(op.getOperandTypes(), isElement) &&
         llvm::all_of(op.getResultTypes(), isElement);
}

/// Whether vectors of its elements lie in memory as its elements do: those of
/// i1 are bits.
static bool hasLanes(Value tensor) {
  auto type = dyn_cast<RankedTensorType>(tensor.getType());
  return type && type.getElementType().isIntOrFloat() &&
         type.getElementTypeBitWidth() >= 8;
}

linalg::GenericOp lacuna::getVectorEpilogue(linalg::LinalgOp contraction) {
  Value result = contraction->getResult(0);
  if (!result.hasOneUse())
    return {};
  OpOperand &use = *result.getUses().begin();
  auto generic = dyn_cast<linalg::GenericOp>(use.getOwner());
  if (!generic || !generic.hasPureTensorSemantics() ||
      !generic.isDpsInput(&use) || generic.getNumDpsInits() != 1 ||
      generic.getNumParallelLoops() != generic.getNumLoops())
    return {};
  OpOperand *init = generic.getDpsInitOperand(0);
  if (generic.payloadUsesValueFromOperand(init) ||
      !generic.getMatchingIndexingMap(init).isIdentity() ||
      !generic.getMatchingIndexingMap(&use).isIdentity())
    return {};
  for (OpOperand *input : generic.getDpsInputOperands())
    if (!generic.getMatchingIndexingMap(input).isProjectedPermutation() ||
        !hasLanes(input->get()))
      return {};
  Block *body = generic.getBody();
  if (!llvm::all_of(body->without_terminator(), isLanewise) ||
      !hasLanes(generic.getResult(0)))
    return {};
  // What it reads from outside of its body are scalars.
  SetVector<Value> used;
  getUsedValuesDefinedAbove(generic->getRegions(), used);
  if (!llvm::all_of(used,
                    [](Value value) { return value.getType().isIntOrFloat(); }))
    return {};
  return generic;
}

/// Whether elements along `laneLoop` lie side by side, or are all one.
bool VectorKernel::isAlong(AffineMap map, std::optional<unsigned> laneLoop) {
  auto *dim = laneLoop ? llvm::find(outLoops, *laneLoop) : outLoops.end();
  unsigned position = dim - outLoops.begin();
  return dim == outLoops.end() || !map.isFunctionOfDim(position) ||
         map.getDimPosition(map.getNumResults() - 1) == position;
}

/// `value` with elements of type `element`.
Value VectorKernel::like(Value value, Type element, bool isSigned) {
  Type type = cast<VectorType>(value.getType()).clone(element);
  Type from = getElementTypeOrSelf(value.getType());
  if (type == value.getType())
    return value;
  bool wider = element.getIntOrFloatBitWidth() > from.getIntOrFloatBitWidth();
  if (isa<FloatType>(element))
    return wider ? Value(arith::ExtFOp::create(b, loc, type, value))
                 : arith::TruncFOp::create(b, loc, type, value);
  return wider ? Value(arith::ExtSIOp::create(b, loc, type, value))
               : arith::TruncIOp::create(b, loc, type, value);
}

/// Lanes of `buffer`, whose dimensions are those loops of the result that `map`
/// names, from `outIndices` on.
Value VectorKernel::read(Value buffer, AffineMap map, Type type,
                         std::optional<unsigned> laneLoop,
                         ArrayRef<Value> outIndices, Value mask) {
  SmallVector<Value> indices;
  bool along = false;
  for (AffineExpr expr : map.getResults()) {
    unsigned dim = cast<AffineDimExpr>(expr).getPosition();
    indices.push_back(outIndices[dim]);
    along |= laneLoop && outLoops[dim] == *laneLoop;
  }
  if (!along) {
    Value element = memref::LoadOp::create(b, loc, buffer, indices);
    return vector::BroadcastOp::create(b, loc, type, element);
  }
  if (!mask)
    return vector::LoadOp::create(b, loc, cast<VectorType>(type), buffer,
                                  indices);
  Value none = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
  return vector::MaskedLoadOp::create(b, loc, cast<VectorType>(type), buffer,
                                      indices, mask, none);
}

void VectorKernel::storeLanes(Value sums, std::optional<unsigned> laneLoop,
                              const Loops &loops, Value mask) {
  int64_t lanes = cast<VectorType>(sums.getType()).getNumElements();
  auto lanesOf = [&](Type type) { return VectorType::get({lanes}, type); };
  auto broadcast = [&](Value value) -> Value {
    return vector::BroadcastOp::create(b, loc, lanesOf(value.getType()), value);
  };
  SmallVector<Value> indices = indicesOf(outLoops, loops);
  AffineMap identity = b.getMultiDimIdentityMap(outLoops.size());
  Type element = c.getOutType().getElementType();
  if (buffers.initial) {
    Value initial = read(buffers.initial, identity, lanesOf(element), laneLoop,
                         indices, mask);
    initial = like(initial, c.sumType, true);
    sums = addSums(initial, sums);
  }
  Value result = like(sums, element, true);
  if (epilogue) {
    IRMapping mapping;
    Block *body = epilogue.getBody();
    for (auto [i, input] : llvm::enumerate(epilogue.getDpsInputOperands())) {
      Value argument = epilogue.getMatchingBlockArgument(input);
      mapping.map(argument, buffers.epilogueInputs[i]
                                ? read(buffers.epilogueInputs[i],
                                       epilogue.getMatchingIndexingMap(input),
                                       lanesOf(argument.getType()), laneLoop,
                                       indices, mask)
                                : result);
    }
    auto getLanes = [&](Value value) {
      Value known = mapping.lookupOrNull(value);
      return known ? known : broadcast(value);
    };
    for (Operation &op : body->without_terminator()) {
      if (op.hasTrait<OpTrait::ConstantLike>()) {
        mapping.map(op.getResult(0), broadcast(b.clone(op)->getResult(0)));
        continue;
      }
      OperationState state(loc, op.getName());
      for (Value operand : op.getOperands())
        state.addOperands(getLanes(operand));
      for (Type type : op.getResultTypes())
        state.addTypes(lanesOf(type));
      state.addAttributes(op.getAttrs());
      mapping.map(op.getResults(), b.create(state)->getResults());
    }
    result = getLanes(body->getTerminator()->getOperand(0));
  }
  if (lanes == 1)
    memref::StoreOp::create(b, loc,
                            vector::ExtractOp::create(b, loc, result, 0),
                            buffers.out, indices);
  else if (mask)
    vector::MaskedStoreOp::create(b, loc, buffers.out, indices, mask, result);
  else
    vector::StoreOp::create(b, loc, result, buffers.out, indices);
}

void VectorKernel::store(Value sums, std::optional<unsigned> laneLoop,
                         Loops loops, Value count) {
  bool along = laneLoop && outLoops.back() == *laneLoop;
  if (epilogue)
    for (OpOperand *input : epilogue.getDpsInputOperands())
      along &= isAlong(epilogue.getMatchingIndexingMap(input), laneLoop);
  if (along)
    return storeLanes(sums, laneLoop, loops,
                      count ? firstLanes(count) : Value());
  // One by one.
  auto type = cast<VectorType>(sums.getType());
  auto one = VectorType::get({1}, type.getElementType());
  Value scratch = memref::AllocOp::create(
      b, loc, MemRefType::get(type.getShape(), type.getElementType()),
      b.getI64IntegerAttr(64));
  vector::StoreOp::create(b, loc, sums, scratch, constant(0));
  Value all = constant(laneLoop ? type.getNumElements() : 1);
  Value last = count ? min(count, all) : all;
  Value first = laneLoop ? loops.lookup(*laneLoop) : Value();
  forLoop(constant(0), last, 1, [&](Value lane) {
    if (laneLoop)
      loops[*laneLoop] = add(first, lane);
    Value sum = vector::LoadOp::create(b, loc, one, scratch, lane);
    storeLanes(sum, std::nullopt, loops, Value());
  });
}
