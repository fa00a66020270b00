// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a register tile does instead of its neighbors, to spare a result the
// ways through memory: the zeros before a contraction, and a short elementwise
// operation on the sums behind it. See RegisterTile.cpp.

#include "RegisterTile.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace lacuna;

/// Operations of an epilogue at most: each is there once for every register of
/// a tile, with all the other sums waiting.
static constexpr int64_t kEpilogueOps = 8;

/// Whether nothing between two operations of a block touches memory that is
/// there already.
static bool areAdjacent(Operation *before, Operation *after) {
  if (before->getBlock() != after->getBlock() ||
      !before->isBeforeInBlock(after))
    return false;
  for (Operation *op = before->getNextNode(); op != after;
       op = op->getNextNode())
    if (!isMemoryEffectFree(op) && !isa<memref::AllocOp>(op))
      return false;
  return true;
}

void RegisterTile::matchFill() {
  for (Operation *user : c.buffer.getUsers())
    if (auto found = dyn_cast<linalg::FillOp>(user);
        found && found.getOutputs().front() == c.buffer &&
        areAdjacent(found, op) &&
        (matchPattern(found.getInputs().front(), m_AnyZeroFloat()) ||
         matchPattern(found.getInputs().front(), m_Zero())))
      fill = found;
}

/// The vector of what `type` is the element of; other types have no lanes here.
static bool hasLanes(Type type) {
  return type.isF32() || type.isF64() || type.isInteger(1) ||
         type.isInteger(32) || type.isInteger(64);
}

/// Vectors of i1 are bits in memory, and buffers of it hold bytes.
static bool holdsBytes(Value buffer) {
  return getElementTypeOrSelf(buffer).isInteger(1);
}

bool RegisterTile::isEpilogue(linalg::GenericOp consumer) {
  if (consumer.getNumDpsInits() != 1 ||
      holdsBytes(consumer.getOutputs().front()) ||
      consumer.getNumLoops() != c.map.getNumResults() ||
      consumer.getNumParallelLoops() != consumer.getNumLoops() ||
      consumer.payloadUsesValueFromOperand(consumer.getDpsInitOperand(0)) ||
      !isContiguous(consumer.getOutputs().front()) ||
      !consumer.getMatchingIndexingMap(consumer.getDpsInitOperand(0))
           .isIdentity())
    return false;
  unsigned last = consumer.getNumLoops() - 1;
  for (OpOperand *input : consumer.getDpsInputOperands()) {
    AffineMap map = consumer.getMatchingIndexingMap(input);
    if (input->get() == c.buffer ? !map.isIdentity()
                                 : !map.isProjectedPermutation())
      return false;
    // Along the lanes, or one element for all of them.
    if (map.isFunctionOfDim(last) &&
        (map.getDimPosition(map.getNumResults() - 1) != last ||
         !isContiguous(input->get()) || holdsBytes(input->get())))
      return false;
  }
  Block *body = consumer.getBody();
  if (!llvm::all_of(body->getArgumentTypes(), hasLanes) ||
      llvm::range_size(body->without_terminator()) > kEpilogueOps)
    return false;
  return llvm::all_of(body->without_terminator(), [](Operation &inner) {
    return inner.getDialect()->getNamespace() == "arith" &&
           (inner.hasTrait<OpTrait::ConstantLike>() ||
            OpTrait::hasElementwiseMappableTraits(&inner)) &&
           llvm::all_of(inner.getResultTypes(), hasLanes) &&
           llvm::all_of(inner.getOperandTypes(), hasLanes);
  });
}

void RegisterTile::matchEpilogue() {
  std::optional<int64_t> depth;
  if (int64_t range = op.getStaticLoopRanges()[*info.k];
      !ShapedType::isDynamic(range))
    depth = range;
  auto alloc = c.buffer.getDefiningOp<memref::AllocOp>();
  // Sums that are complete, and that nobody else reads.
  if (info.form != ContractionInfo::Form::Outer || !fill || !alloc || !depth ||
      *depth > getBlockK())
    return;
  linalg::GenericOp consumer;
  for (Operation *user : c.buffer.getUsers()) {
    if (user == op || user == fill)
      continue;
    auto generic = dyn_cast<linalg::GenericOp>(user);
    if (!generic || (consumer && consumer != generic))
      return;
    consumer = generic;
  }
  if (!consumer || !areAdjacent(op, consumer) || !isEpilogue(consumer))
    return;
  epilogue = consumer;
  intermediate = alloc;
}

/// Writes what the epilogue makes of `sum`. `inside` is `row`, or the last row
/// where that lies beyond it: reading needs one that is there.
void RegisterTile::storeEpilogue(OpBuilder &b, Value row, Value inside,
                                 Value column, Value sum, Value mask) {
  Location loc = epilogue.getLoc();
  unsigned last = epilogue.getNumLoops() - 1;
  auto indicesOf = [&](AffineMap map, Value row) {
    Values at = indices(c, row, column), result;
    for (unsigned i = 0; i < map.getNumResults(); ++i)
      result.push_back(at[map.getDimPosition(i)]);
    return result;
  };
  auto broadcast = [&](Value value) -> Value {
    return vector::BroadcastOp::create(b, loc, vectorOf(value.getType()),
                                       value);
  };
  IRMapping mapping;
  Block *body = epilogue.getBody();
  for (OpOperand *input : epilogue.getDpsInputOperands()) {
    AffineMap map = epilogue.getMatchingIndexingMap(input);
    Value argument = epilogue.getMatchingBlockArgument(input),
          buffer = input->get();
    VectorType type = vectorOf(argument.getType());
    if (buffer == c.buffer) {
      mapping.map(argument, sum);
    } else if (!map.isFunctionOfDim(last)) {
      mapping.map(argument, broadcast(memref::LoadOp::create(
                                b, loc, buffer, indicesOf(map, inside))));
    } else if (!mask) {
      mapping.map(argument, vector::LoadOp::create(b, loc, type, buffer,
                                                   indicesOf(map, row)));
    } else {
      Value none = arith::ConstantOp::create(
          b, loc, cast<TypedAttr>(b.getZeroAttr(type)));
      mapping.map(argument, vector::MaskedLoadOp::create(b, loc, type, buffer,
                                                         indicesOf(map, row),
                                                         mask, none));
    }
  }
  auto getVector = [&](Value value) {
    Value known = mapping.lookupOrNull(value);
    return known ? known : broadcast(value);
  };
  for (Operation &inner : body->without_terminator()) {
    if (inner.hasTrait<OpTrait::ConstantLike>()) {
      Operation *constant = b.clone(inner);
      mapping.map(inner.getResult(0), broadcast(constant->getResult(0)));
      continue;
    }
    OperationState state(loc, inner.getName());
    for (Value operand : inner.getOperands())
      state.addOperands(getVector(operand));
    for (Type type : inner.getResultTypes())
      state.addTypes(vectorOf(type));
    state.addAttributes(inner.getAttrs());
    mapping.map(inner.getResults(), b.create(state)->getResults());
  }
  Value result = getVector(body->getTerminator()->getOperand(0));
  Value output = epilogue.getOutputs().front();
  Values at = indices(c, row, column);
  if (mask)
    vector::MaskedStoreOp::create(b, loc, output, at, mask, result);
  else
    vector::StoreOp::create(b, loc, result, output, at);
}
