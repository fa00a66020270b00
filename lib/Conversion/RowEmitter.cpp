// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Values of a row group as operations of a kernel: accesses of up to 16 bytes,
// bodies on vectors, and what has no vector form lane by lane. See
// RowEmitter.h.

#include "RowEmitter.h"

#include "lacuna/Conversion/KernelSupport.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace lacuna;
using Kind = RowNode::Kind;

//===- Index arithmetic ---------------------------------------------------===//

Value RowEmitter::constant(int64_t value) {
  return arith::ConstantIndexOp::create(*this, value);
}
Value RowEmitter::add(Value a, Value b) {
  return createOrFold<arith::AddIOp>(a, b);
}
Value RowEmitter::mul(Value a, Value b) {
  return createOrFold<arith::MulIOp>(a, b);
}
Value RowEmitter::div(Value a, Value b) {
  return createOrFold<arith::DivUIOp>(a, b);
}
Value RowEmitter::rem(Value a, Value b) {
  return createOrFold<arith::RemUIOp>(a, b);
}
Value RowEmitter::less(Value a, Value b) {
  return createOrFold<arith::CmpIOp>(arith::CmpIPredicate::ult, a, b);
}

Value RowEmitter::getSize(unsigned axis) {
  Value size = constant(1);
  for (unsigned dim : group.axes[axis]) {
    OpFoldResult extent = group.sizes[dim].emit(
        *this, getLoc(), [&](Value value) { return map(value); });
    size = mul(size, getValueOrCreateConstantIndexOp(*this, getLoc(), extent));
  }
  return size;
}

Value RowEmitter::getNumRows() {
  Value rows = constant(1);
  for (unsigned axis = 0; axis < group.getRowAxis(); ++axis)
    rows = mul(rows, getSize(axis));
  return rows;
}

void RowEmitter::setRow(Value row) {
  position.resize(group.axes.size());
  for (unsigned axis = group.getRowAxis(); axis-- > 0;) {
    if (axis == 0) {
      position[axis] = row;
      break;
    }
    Value size = getSize(axis);
    position[axis] = rem(row, size);
    row = div(row, size);
  }
}

//===- Values of the host -------------------------------------------------===//

// An i1 is a byte in memory, of which vectors would make bits: its buffers are
// read and written as bytes.
void RowEmitter::begin(gpu::GPUFuncOp kernel) {
  setInsertionPointToStart(&kernel.getBody().front());
  for (auto [value, argument] :
       llvm::zip(group.hostValues, kernel.getArguments())) {
    Value own = argument;
    if (auto type = dyn_cast<MemRefType>(own.getType());
        type && type.getElementType().isInteger(1))
      own = UnrealizedConversionCastOp::create(
                *this, MemRefType::get(type.getShape(), getI8Type()), own)
                .getResult(0);
    host.map(value, own);
  }
}

Value RowEmitter::map(Value value) {
  if (Value own = host.lookupOrNull(value))
    return own;
  return clone(*value.getDefiningOp())->getResult(0);
}

//===- Lanes --------------------------------------------------------------===//

Type RowEmitter::getLanes(Type element) const {
  return width == 1 ? element : VectorType::get({width}, element);
}

Value RowEmitter::broadcast(Value value) {
  if (width == 1 || isa<VectorType>(value.getType()))
    return value;
  return vector::BroadcastOp::create(*this, getLanes(value.getType()), value);
}

Value RowEmitter::getZero(Type type) {
  return arith::ConstantOp::create(*this, getZeroAttr(type));
}

void RowEmitter::apart(function_ref<void()> body) {
  llvm::SaveAndRestore values(laneValues);
  llvm::SaveAndRestore level(isRowLevel, false);
  body();
}

//===- Values -------------------------------------------------------------===//

void RowEmitter::prepare(int number) {
  const RowNode &node = group.nodes[number];
  if (!node.alongRow) {
    llvm::SaveAndRestore level(isRowLevel, true);
    (void)evaluate(number);
    return;
  }
  if (node.kind != Kind::Insert)
    for (int operand : node.operands)
      if (operand >= 0)
        prepare(operand);
}

Value RowEmitter::evaluate(int number) {
  const RowNode &node = group.nodes[number];
  for (auto *values : {&rowValues, &laneValues})
    if (Value known = values->lookup(number))
      return known;
  Value value;
  if (node.slot && node.firstPhase < phase && phase <= node.lastPhase &&
      readKept)
    value = readKept(number);
  if (!value)
    value = compute(node);
  (isRowLevel && !node.alongRow ? rowValues : laneValues)[number] = value;
  return value;
}

Value RowEmitter::compute(const RowNode &node) {
  switch (node.kind) {
  case Kind::Buffer:
    return fromBytes(loadBytes(node), node);
  case Kind::Splat: {
    if (auto fill = node.tensor.getDefiningOp<linalg::FillOp>())
      return map(fill.getInputs().front());
    DenseElementsAttr elements;
    matchPattern(node.tensor, m_Constant(&elements));
    return arith::ConstantOp::create(
        *this, cast<TypedAttr>(elements.getSplatValue<Attribute>()));
  }
  case Kind::Generic: {
    auto op = node.tensor.getDefiningOp<linalg::GenericOp>();
    IRMapping mapping;
    mapInputs(op, node.operands, mapping);
    unsigned inputs = op.getNumDpsInputs();
    for (auto [i, argument] : llvm::enumerate(op.getRegionOutputArgs()))
      if (int start = node.operands[inputs + i]; start >= 0)
        mapping.map(argument, evaluate(start));
    cloneBody(op, node.loops, mapping);
    unsigned result = cast<OpResult>(node.tensor).getResultNumber();
    Value yielded = op.getBody()->getTerminator()->getOperand(result);
    Value value = mapping.lookupOrNull(yielded);
    return value ? value : map(yielded);
  }
  case Kind::Insert:
    return computeInsert(node);
  case Kind::Reduction:
    break;
  }
  llvm_unreachable("reductions are computed before they are read");
}

/// The source where the place is inside of the slice, the destination
/// elsewhere.
Value RowEmitter::computeInsert(const RowNode &node) {
  auto op = node.tensor.getDefiningOp<tensor::InsertSliceOp>();
  Value inside;
  for (unsigned i : node.partial) {
    OpFoldResult offset = op.getMixedOffsets()[i], size = op.getMixedSizes()[i];
    RowCoordinate from = node.at[i];
    from.offsets.push_back({offset, /*negative=*/true});
    // Below the slice the difference wraps around and is too large, too.
    RowCoordinate length;
    length.offsets.push_back({size});
    Value isInside = less(getCoordinate(from), getCoordinate(length));
    inside = inside ? arith::AndIOp::create(*this, inside, isInside).getResult()
                    : isInside;
  }
  auto emit = [&](int operand) {
    Value value;
    if (operand >= 0)
      value = evaluate(operand);
    else
      value = getZero(getElementTypeOrSelf(node.tensor.getType()));
    return node.alongRow ? broadcast(value) : value;
  };
  if (!inside)
    return emit(node.operands[0]);
  Type type = getElementTypeOrSelf(node.tensor.getType());
  auto branch = scf::IfOp::create(*this, node.alongRow ? getLanes(type) : type,
                                  inside, /*withElseRegion=*/true);
  for (unsigned i = 0; i < 2; ++i)
    apart([&] {
      OpBuilder::InsertionGuard guard(*this);
      setInsertionPointToEnd(i == 0 ? branch.thenBlock() : branch.elseBlock());
      scf::YieldOp::create(*this, emit(node.operands[i]));
    });
  return branch.getResult(0);
}

//===- Bodies -------------------------------------------------------------===//

void RowEmitter::mapInputs(linalg::GenericOp op, ArrayRef<int> operands,
                           IRMapping &mapping) {
  for (OpOperand *operand : op.getDpsInputOperands()) {
    if (!op.payloadUsesValueFromOperand(operand))
      continue;
    int node = operands[operand->getOperandNumber()];
    mapping.map(op.getMatchingBlockArgument(operand),
                node >= 0 ? evaluate(node) : map(operand->get()));
  }
}

void RowEmitter::cloneBody(linalg::GenericOp op, const RowCoordinates &loops,
                           IRMapping &mapping, ArrayRef<Operation *> except) {
  for (Operation &inner : op.getBody()->without_terminator()) {
    if (llvm::is_contained(except, &inner))
      continue;
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      const RowCoordinate &at = loops[index.getDim()];
      Value value = getCoordinate(at);
      if (isAlongRow(at) && width > 1) {
        auto type = cast<VectorType>(getLanes(getIndexType()));
        value = arith::AddIOp::create(*this, broadcast(value),
                                      vector::StepOp::create(*this, type));
      }
      mapping.map(index.getResult(), value);
    } else if (auto element = dyn_cast<tensor::ExtractOp>(inner)) {
      mapping.map(element.getResult(), extract(element, op, loops, mapping));
    } else if (auto assertion = dyn_cast<cf::AssertOp>(inner)) {
      Value holds = mapping.lookupOrNull(assertion.getArg());
      if (!holds)
        holds = map(assertion.getArg());
      if (isa<VectorType>(holds.getType()))
        holds = vector::ReductionOp::create(*this, vector::CombiningKind::AND,
                                            holds);
      makeTrap(cf::AssertOp::create(*this, holds, assertion.getMsg()));
    } else {
      mapping.map(inner.getResult(0), cloneLanes(inner, mapping));
    }
  }
}

/// `op` on vectors, where one of its operands is one.
Value RowEmitter::cloneLanes(Operation &op, IRMapping &mapping) {
  IRMapping operands;
  bool hasLanes = false;
  for (Value operand : op.getOperands()) {
    Value own = mapping.lookupOrNull(operand);
    operands.map(operand, own ? own : map(operand));
    hasLanes |= isa<VectorType>(operands.lookup(operand).getType());
  }
  if (hasLanes)
    for (Value operand : op.getOperands())
      operands.map(operand, broadcast(operands.lookup(operand)));
  Operation *copy = clone(op, operands);
  Value result = copy->getResult(0);
  if (hasLanes)
    result.setType(getLanes(result.getType()));
  return result;
}
