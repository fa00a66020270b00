// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a kernel of a row group reads and writes memory: up to 16 bytes at once
// where alignment allows it, lane by lane where it does not. See RowEmitter.h.

#include "RowEmitter.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace lacuna;

/// What one instruction moves at most (PTX ISA 9.7.9, "ld": .v4 of 32 bits).
static constexpr int64_t kAccessBytes = 16;

bool RowEmitter::isAlongRow(const RowCoordinate &at) const {
  return at.dim != RowCoordinate::kNone &&
         group.getAxis(at.dim) == group.getRowAxis();
}

/// Whether the offsets keep a place a multiple of the width.
bool RowEmitter::isMultiple(const RowCoordinate &at) const {
  return llvm::all_of(at.offsets, [&](const RowCoordinate::Offset &offset) {
    std::optional<int64_t> known = getConstantIntValue(offset.size);
    return known && *known % width == 0;
  });
}

Value RowEmitter::getCoordinate(const RowCoordinate &at) {
  Value index = at.dim == RowCoordinate::kNone
                    ? constant(0)
                    : position[group.getAxis(at.dim)];
  for (const RowCoordinate::Offset &offset : at.offsets) {
    auto value = dyn_cast<Value>(offset.size);
    Value size =
        value ? map(value) : constant(*getConstantIntValue(offset.size));
    index = offset.negative ? createOrFold<arith::SubIOp>(index, size)
                            : add(index, size);
  }
  return index;
}

RowEmitter::Access RowEmitter::getAccess(Value hostBuffer, Value tensor,
                                         ArrayRef<RowCoordinate> at) {
  Access access;
  SmallVector<ReassociationIndices> together;
  bool collapses = false;
  auto type = cast<RankedTensorType>(tensor.getType());
  int64_t lastSize = 1;
  for (unsigned i = 0; i < at.size();) {
    unsigned count = 1;
    if (at[i].dim != RowCoordinate::kNone)
      count = group.axes[group.getAxis(at[i].dim)].size();
    if (isAlongRow(at[i]))
      access.lane = access.indices.size();
    access.indices.push_back(count > 1 ? position[group.getAxis(at[i].dim)]
                                       : getCoordinate(at[i]));
    collapses |= count > 1;
    together.emplace_back();
    lastSize = 1;
    for (unsigned end = i + count; i < end; ++i) {
      together.back().push_back(i);
      lastSize = ShapedType::isDynamic(lastSize) || type.isDynamicDim(i)
                     ? ShapedType::kDynamic
                     : lastSize * type.getDimSize(i);
    }
  }
  access.buffer = map(hostBuffer);
  if (collapses)
    access.buffer =
        memref::CollapseShapeOp::create(*this, access.buffer, together);
  // Rows begin at multiples of the width where their length is one.
  bool isLast = access.lane && *access.lane + 1 == access.indices.size();
  bool isOneRow = access.indices.size() == 1;
  bool isWholeRow = isLast && group.isWholeRow(tensor, at);
  access.isAligned =
      isLast && isMultiple(at.back()) &&
      (isOneRow || isWholeRow ||
       (!ShapedType::isDynamic(lastSize) && lastSize % width == 0));
  return access;
}

Value RowEmitter::load(Value buffer, ValueRange indices) {
  return memref::LoadOp::create(*this, buffer, indices);
}

Value RowEmitter::load(const Access &access) {
  if (width == 1 || !access.lane)
    return load(access.buffer, access.indices);
  Type element = cast<MemRefType>(access.buffer.getType()).getElementType();
  auto lanes = cast<VectorType>(getLanes(element));
  SmallVector<Value> indices = access.indices;
  Value &index = indices[*access.lane];
  Value first = index;
  if (!access.isAligned) {
    SmallVector<Value> elements;
    for (int64_t i = 0; i < width; ++i) {
      index = add(first, constant(i));
      elements.push_back(load(access.buffer, indices));
    }
    return vector::FromElementsOp::create(*this, lanes, elements);
  }
  int64_t piece = std::min<int64_t>(width, kAccessBytes * 8 /
                                               element.getIntOrFloatBitWidth());
  auto type = VectorType::get({piece}, element);
  if (piece == width)
    return vector::LoadOp::create(*this, type, access.buffer, indices);
  Value value = getZero(lanes);
  for (int64_t i = 0; i < width; i += piece) {
    index = add(first, constant(i));
    Value part = vector::LoadOp::create(*this, type, access.buffer, indices);
    value = vector::InsertStridedSliceOp::create(
        *this, part, value, ArrayRef<int64_t>{i}, ArrayRef<int64_t>{1});
  }
  return value;
}

void RowEmitter::store(const Access &access, Value value) {
  if (width == 1 || !access.lane) {
    memref::StoreOp::create(*this, value, access.buffer, access.indices);
    return;
  }
  Type element = cast<VectorType>(value.getType()).getElementType();
  SmallVector<Value> indices = access.indices;
  Value &index = indices[*access.lane];
  Value first = index;
  int64_t piece = 1;
  if (access.isAligned)
    piece = std::min<int64_t>(width, kAccessBytes * 8 /
                                         element.getIntOrFloatBitWidth());
  for (int64_t i = 0; i < width; i += piece) {
    index = add(first, constant(i));
    if (piece == 1) {
      memref::StoreOp::create(*this, vector::ExtractOp::create(*this, value, i),
                              access.buffer, indices);
      continue;
    }
    Value part = value;
    if (piece != width)
      part = vector::ExtractStridedSliceOp::create(
          *this, value, ArrayRef<int64_t>{i}, ArrayRef<int64_t>{piece},
          ArrayRef<int64_t>{1});
    vector::StoreOp::create(*this, part, access.buffer, indices);
  }
}

/// A byte of an i1 buffer as what it means.
static Value fromMemory(OpBuilder &builder, Location loc, Value value,
                        Type element) {
  if (!element.isInteger(1))
    return value;
  Type type = element;
  if (auto lanes = dyn_cast<VectorType>(value.getType()))
    type = lanes.clone(element);
  return arith::TruncIOp::create(builder, loc, type, value);
}

Value RowEmitter::loadBytes(const RowNode &node) {
  auto read = node.tensor.getDefiningOp<bufferization::ToTensorOp>();
  return load(getAccess(read.getBuffer(), node.tensor, node.at));
}

Value RowEmitter::fromBytes(Value value, const RowNode &node) {
  return fromMemory(*this, getLoc(), value,
                    getElementTypeOrSelf(node.tensor.getType()));
}

void RowEmitter::store(const RowOutput &output) {
  const RowNode &node = group.nodes[output.node];
  Value value = evaluate(output.node);
  if (output.alongRow)
    value = broadcast(value);
  if (getElementTypeOrSelf(value.getType()).isInteger(1)) {
    Type byte = getI8Type();
    if (auto lanes = dyn_cast<VectorType>(value.getType()))
      byte = lanes.clone(byte);
    value = arith::ExtUIOp::create(*this, byte, value);
  }
  store(getAccess(output.buffer, node.tensor, node.at), value);
}

/// An element of a table: neighbors along the row where the last index is the
/// place in it, else element by element.
Value RowEmitter::extract(tensor::ExtractOp op, linalg::GenericOp generic,
                          const RowCoordinates &loops, IRMapping &mapping) {
  auto read = op.getTensor().getDefiningOp<bufferization::ToTensorOp>();
  Access access;
  access.buffer = map(read.getBuffer());
  Type element = op.getType();
  unsigned numLanes = 0;
  for (Value index : op.getIndices()) {
    Value own = mapping.lookupOrNull(index);
    access.indices.push_back(own ? own : map(index));
    numLanes += isa<VectorType>(access.indices.back().getType());
  }
  if (numLanes == 0)
    return fromMemory(*this, getLoc(), load(access), element);
  Value last = op.getIndices().back();
  while (auto cast = last.getDefiningOp<arith::IndexCastOp>())
    last = cast.getIn();
  auto index = last.getDefiningOp<linalg::IndexOp>();
  if (numLanes == 1 && index && index->getParentOp() == generic &&
      isAlongRow(loops[index.getDim()])) {
    const RowCoordinate &at = loops[index.getDim()];
    access.lane = access.indices.size() - 1;
    access.indices.back() = getCoordinate(at);
    int64_t length = op.getTensor().getType().getShape().back();
    access.isAligned =
        isMultiple(at) &&
        (access.indices.size() == 1 ||
         (!ShapedType::isDynamic(length) && length % width == 0));
    return fromMemory(*this, getLoc(), load(access), element);
  }
  SmallVector<Value> elements;
  for (int64_t i = 0; i < width; ++i) {
    SmallVector<Value> indices;
    for (Value own : access.indices)
      indices.push_back(isa<VectorType>(own.getType())
                            ? vector::ExtractOp::create(*this, own, i)
                            : own);
    elements.push_back(load(access.buffer, indices));
  }
  Value value = vector::FromElementsOp::create(
      *this, cast<VectorType>(getLanes(elements.front().getType())), elements);
  return fromMemory(*this, getLoc(), value, element);
}
