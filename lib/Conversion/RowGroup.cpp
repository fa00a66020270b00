// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the operations of a dispatch function to the values of a row space: each
// tensor that is read is followed to the buffers that it comes from, with the
// place of each of its dimensions. See RowGroup.h; RowSpace.cpp has the space.

#include "RowGroup.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace lacuna;
using Kind = RowNode::Kind;

bool RowGroup::refuse(const Twine &reason) {
  if (why.empty())
    why = reason.str();
  return false;
}

void RowGroup::addHostValue(OpFoldResult size) {
  auto value = dyn_cast<Value>(size);
  if (value && !matchPattern(value, m_Constant()))
    hostValues.insert(value);
}

//===- Operations ---------------------------------------------------------===//

/// The buffer that a tensor is the contents of, or null.
static BlockArgument getBuffer(Value tensor) {
  auto read = tensor.getDefiningOp<bufferization::ToTensorOp>();
  return read ? dyn_cast<BlockArgument>(read.getBuffer()) : BlockArgument();
}

bool RowGroup::checkBody(linalg::GenericOp op, const RowCoordinates &loops,
                         bool &alongRow) {
  SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  for (Value value : captured) {
    if (!isa<RankedTensorType>(value.getType())) {
      addHostValue(value);
      continue;
    }
    BlockArgument buffer = getBuffer(value);
    if (!buffer)
      return refuse("an element of a value that is no buffer is read");
    hostValues.insert(buffer);
  }
  for (Operation &inner : op.getBody()->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      const RowCoordinate &at = loops[index.getDim()];
      if (at.dim != RowCoordinate::kNone)
        kept.insert(at.dim);
      alongRow |= isRowDim(at);
      continue;
    }
    if (isa<tensor::ExtractOp, cf::AssertOp>(inner) ||
        inner.hasTrait<OpTrait::ConstantLike>())
      continue;
    if (inner.getNumRegions() != 0 || inner.getNumResults() != 1 ||
        !OpTrait::hasElementwiseMappableTraits(&inner))
      return refuse("'" + inner.getName().getStringRef() +
                    "' in a body is not elementwise");
  }
  return true;
}

bool RowGroup::buildOperands(linalg::GenericOp op, RowNode &node) {
  for (OpOperand *operand : op.getDpsInputOperands()) {
    node.operands.push_back(-1);
    if (!op.payloadUsesValueFromOperand(operand))
      continue;
    if (op.isScalar(operand)) {
      addHostValue(operand->get());
      continue;
    }
    RowCoordinates at;
    for (AffineExpr expr : op.getMatchingIndexingMap(operand).getResults()) {
      RowCoordinate coordinate;
      if (auto dim = dyn_cast<AffineDimExpr>(expr))
        coordinate = node.loops[dim.getPosition()];
      else if (auto constant = dyn_cast<AffineConstantExpr>(expr))
        coordinate.offsets.push_back(
            {Builder(op.getContext()).getIndexAttr(constant.getValue())});
      else
        return refuse("an operand is indexed by more than loops");
      at.push_back(coordinate);
    }
    int built = build(operand->get(), at);
    if (built == kFailed)
      return false;
    node.operands.back() = built;
    node.alongRow |= nodes[built].alongRow;
    node.phase = std::max(node.phase, nodes[built].phase);
  }
  return true;
}

/// Whether what an argmax chooses beside the element grows along the row.
static bool isRowIndex(const Combiner &combiner, linalg::GenericOp op) {
  Value position = combiner.getOperations()[1]->getOperand(1);
  while (Operation *cast = position.getDefiningOp<arith::IndexCastOp>())
    position = cast->getOperand(0);
  auto index = position.getDefiningOp<linalg::IndexOp>();
  return index && op.getNumReductionLoops() == 1 &&
         op.getIteratorTypesArray()[index.getDim()] ==
             utils::IteratorType::reduction;
}

int RowGroup::buildReduction(linalg::GenericOp op, RowNode node) {
  auto known = llvm::find_if(reductions, [&](RowReduction &reduction) {
    return reduction.op == op && reduction.loops == node.loops;
  });
  unsigned number = known - reductions.begin();
  unsigned result = cast<OpResult>(node.tensor).getResultNumber();
  if (known == reductions.end()) {
    std::optional<Combiner> combiner =
        Combiner::match(cast<linalg::LinalgOp>(op.getOperation()));
    if (!combiner)
      return refuseNode("a reduction has parts that cannot be combined");
    if (combiner->getChoice() && !isRowIndex(*combiner, op))
      return refuseNode("the position of a choice is no index of its loop");
    RowNode terms = node;
    bool alongRow = false;
    if (!checkBody(op, node.loops, alongRow) || !buildOperands(op, terms))
      return kFailed;
    RowReduction reduction{op,         *combiner,  {}, {}, terms.operands,
                           node.loops, terms.phase};
    for (OpOperand &init : op.getDpsInitsMutable()) {
      RowCoordinates at;
      for (AffineExpr expr : op.getMatchingIndexingMap(&init).getResults())
        at.push_back(node.loops[cast<AffineDimExpr>(expr).getPosition()]);
      int start = build(init.get(), at);
      if (start == kFailed)
        return kFailed;
      reduction.starts.push_back(start);
      reduction.phase = std::max(reduction.phase, nodes[start].phase);
    }
    reduction.nodes.assign(op->getNumResults(), -1);
    numPhases = std::max(numPhases, reduction.phase + 2);
    number = reductions.size();
    reductions.push_back(std::move(reduction));
  }
  node.kind = Kind::Reduction;
  node.phase = reductions[number].phase + 1;
  node.alongRow = false;
  return reductions[number].nodes[result] = add(node);
}

int RowGroup::buildGeneric(linalg::GenericOp op, RowNode node) {
  if (!op.hasPureTensorSemantics() || linalg::isaContractionOpInterface(op))
    return refuseNode("a contraction is computed");
  node.loops.resize(op.getNumLoops());
  SmallVector<bool> known(op.getNumLoops());
  AffineMap map = op.getIndexingMapMatchingResult(cast<OpResult>(node.tensor));
  for (auto [expr, at] : llvm::zip(map.getResults(), node.at))
    if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
      node.loops[dim.getPosition()] = at;
      known[dim.getPosition()] = true;
    }
  if (op.getNumReductionLoops() > 0) {
    coversRow = llvm::any_of(
        node.at, [&](const RowCoordinate &at) { return isRowDim(at); });
    if (coversRow)
      return refuseNode("the result of a reduction is read along the row");
    for (int64_t dim = 0; dim < firstRowDim; ++dim)
      if (sizes[dim].number != 1 &&
          llvm::none_of(node.at, [&](const RowCoordinate &at) {
            return at.dim == dim && at.isPlain();
          }))
        return refuseNode("several rows read one reduction");
  }
  int64_t rowDim = firstRowDim;
  for (auto [loop, type] : llvm::enumerate(op.getIteratorTypesArray())) {
    if (type == utils::IteratorType::parallel && known[loop])
      continue;
    if (type == utils::IteratorType::parallel || known[loop] ||
        rowDim >= static_cast<int64_t>(sizes.size()))
      return refuseNode("a result does not have the loops of its operation");
    SizeClasses::Source size;
    for (OpOperand &operand : op->getOpOperands())
      if (std::optional<unsigned> position =
              op.getMatchingIndexingMap(&operand).getResultPosition(
                  getAffineDimExpr(loop, op.getContext())))
        size = classes.getSource(operand.get(), *position);
    if (!classes.areSame(size, sizes[rowDim]))
      return refuseNode("a reduction may be longer or shorter than the rows");
    node.loops[loop].dim = rowDim++;
  }
  if (rowDim != firstRowDim) {
    if (rowDim != static_cast<int64_t>(sizes.size()))
      return refuseNode("reductions run over different dimensions");
    return buildReduction(op, node);
  }
  node.kind = Kind::Generic;
  if (!checkBody(op, node.loops, node.alongRow) || !buildOperands(op, node))
    return kFailed;
  for (OpOperand &init : op.getDpsInitsMutable()) {
    node.operands.push_back(-1);
    if (!op.payloadUsesValueFromOperand(&init))
      continue;
    int start = build(init.get(), node.at);
    if (start == kFailed)
      return kFailed;
    node.operands.back() = start;
    node.alongRow |= nodes[start].alongRow;
    node.phase = std::max(node.phase, nodes[start].phase);
  }
  return add(node);
}

int RowGroup::buildInsert(tensor::InsertSliceOp op, RowNode node) {
  if (!op.hasUnitStride())
    return refuseNode("a slice is inserted with strides");
  llvm::SmallBitVector dropped = op.getDroppedDims();
  RowCoordinates source;
  for (auto [i, at] : llvm::enumerate(node.at)) {
    OpFoldResult offset = op.getMixedOffsets()[i], size = op.getMixedSizes()[i];
    addHostValue(offset);
    addHostValue(size);
    RowCoordinate inside = at;
    if (getConstantIntValue(offset) != 0)
      inside.offsets.push_back({offset, /*negative=*/true});
    if (!dropped[i])
      source.push_back(inside);
    if (getConstantIntValue(offset) == 0 &&
        classes.areSame(classes.getSource(size),
                        classes.getSource(op.getDest(), i)))
      continue;
    node.partial.push_back(i);
    if (at.dim == RowCoordinate::kNone)
      continue;
    kept.insert(at.dim);
    if (isRowDim(at)) {
      node.alongRow = true;
      seams.append({offset, size});
      for (const RowCoordinate::Offset &shift : at.offsets)
        seams.push_back(shift.size);
    }
  }
  node.kind = Kind::Insert;
  bool isOverUndefined = op.getDest().getDefiningOp<tensor::EmptyOp>();
  node.operands = {build(op.getSource(), source),
                   isOverUndefined ? -1 : build(op.getDest(), node.at)};
  for (int operand : node.operands) {
    if (operand == kFailed)
      return kFailed;
    if (operand < 0)
      continue;
    node.alongRow |= nodes[operand].alongRow;
    node.phase = std::max(node.phase, nodes[operand].phase);
  }
  return add(node);
}

int RowGroup::build(Value tensor, RowCoordinates at) {
  while (auto slice = tensor.getDefiningOp<tensor::ExtractSliceOp>()) {
    if (!slice.hasUnitStride())
      return refuseNode("a slice has strides");
    llvm::SmallBitVector dropped = slice.getDroppedDims();
    RowCoordinates whole;
    unsigned next = 0;
    for (auto [i, offset] : llvm::enumerate(slice.getMixedOffsets())) {
      RowCoordinate coordinate;
      if (!dropped[i])
        coordinate = at[next++];
      if (getConstantIntValue(offset) != 0)
        coordinate.offsets.push_back({offset});
      addHostValue(offset);
      whole.push_back(coordinate);
    }
    at = whole;
    tensor = slice.getSource();
  }
  for (auto [i, node] : llvm::enumerate(nodes))
    if (node.tensor == tensor && node.at == at)
      return i;
  RowNode node;
  node.tensor = tensor;
  node.at = at;
  if (BlockArgument buffer = getBuffer(tensor)) {
    if (!cast<MemRefType>(buffer.getType()).getLayout().isIdentity())
      return refuseNode("a buffer is strided");
    node.kind = Kind::Buffer;
    node.alongRow = llvm::any_of(
        at, [&](const RowCoordinate &place) { return isRowDim(place); });
    hostValues.insert(buffer);
    return add(node);
  }
  Operation *op = tensor.getDefiningOp();
  if (auto fill = dyn_cast_or_null<linalg::FillOp>(op)) {
    node.kind = Kind::Splat;
    addHostValue(fill.getInputs().front());
    return add(node);
  }
  DenseElementsAttr constant;
  if (matchPattern(tensor, m_Constant(&constant)) && constant.isSplat()) {
    node.kind = Kind::Splat;
    return add(node);
  }
  if (auto generic = dyn_cast_or_null<linalg::GenericOp>(op))
    return buildGeneric(generic, node);
  if (auto insert = dyn_cast_or_null<tensor::InsertSliceOp>(op))
    return buildInsert(insert, node);
  return refuseNode(op ? "the result of '" + op->getName().getStringRef() +
                             "' is read"
                       : Twine("an argument that is no buffer is read"));
}
