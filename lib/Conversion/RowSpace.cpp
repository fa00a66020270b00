// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The row space of a group: its dimensions and results, which dimensions are
// one axis, and what is kept between phases. See RowGroup.h.

#include "RowGroup.h"

#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace lacuna;
using Kind = RowNode::Kind;

unsigned RowGroup::getAxis(int64_t dim) const {
  for (auto [i, axis] : llvm::enumerate(axes))
    if (llvm::is_contained(axis, static_cast<unsigned>(dim)))
      return i;
  return 0;
}

int64_t RowGroup::getStaticSize(unsigned axis) const {
  int64_t size = 1;
  for (unsigned dim : axes[axis]) {
    if (!sizes[dim].number)
      return ShapedType::kDynamic;
    size *= *sizes[dim].number;
  }
  return size;
}

bool RowGroup::isWholeRow(Value tensor, ArrayRef<RowCoordinate> at) const {
  ArrayRef<unsigned> row = axes.back();
  if (at.size() < row.size())
    return false;
  unsigned first = at.size() - row.size();
  for (auto [i, dim] : llvm::enumerate(row))
    if (at[first + i].dim != dim ||
        !classes.areSame(classes.getSource(tensor, first + i), sizes[dim]))
      return false;
  return true;
}

//===- The space ----------------------------------------------------------===//

bool RowGroup::buildOutputs() {
  for (auto result :
       function.getOps<bufferization::MaterializeInDestinationOp>()) {
    auto buffer = dyn_cast<BlockArgument>(result.getDest());
    if (!buffer)
      return refuse("a result is not written to an argument");
    Value tensor = result.getSource();
    auto node = llvm::find_if(
        nodes, [&](RowNode &node) { return node.tensor == tensor; });
    int number = node - nodes.begin();
    if (node == nodes.end()) {
      int64_t rank = cast<RankedTensorType>(tensor.getType()).getRank();
      if (rank != static_cast<int64_t>(sizes.size()) && rank != firstRowDim)
        return refuse("a result has another shape");
      RowCoordinates at(rank);
      for (int64_t i = 0; i < rank; ++i) {
        at[i].dim = i;
        if (!classes.areSame(classes.getSource(tensor, i), sizes[i]))
          return refuse("a result has another shape");
      }
      number = build(tensor, at);
      if (number == kFailed)
        return false;
    }
    RowOutput output{number, buffer};
    SmallVector<bool> covered(sizes.size());
    for (const RowCoordinate &at : nodes[number].at) {
      if (!at.isPlain() || covered[at.dim])
        return refuse("a result does not run over the rows");
      covered[at.dim] = true;
      output.alongRow |= isRowDim(at);
    }
    for (auto [dim, isCovered] : llvm::enumerate(covered))
      if (!isCovered && sizes[dim].number != 1 &&
          (output.alongRow || static_cast<int64_t>(dim) < firstRowDim))
        return refuse("a result does not run over the rows");
    outputs.push_back(output);
    hostValues.insert(buffer);
  }
  return true;
}

/// Whether the dimensions `dim - 1` and `dim` lie together wherever one of them
/// is.
bool RowGroup::canMerge(unsigned dim) const {
  int64_t first = dim - 1, second = dim;
  if (kept.contains(first) || kept.contains(second) ||
      (hasReductions() && second == firstRowDim))
    return false;
  auto liesTogether = [&](Value tensor, ArrayRef<RowCoordinate> at) {
    for (unsigned i = 0; i < at.size(); ++i) {
      if (at[i].dim == second)
        return false;
      if (at[i].dim != first)
        continue;
      if (i + 1 == at.size() || at[i + 1].dim != second || !at[i].isPlain() ||
          !at[i + 1].isPlain() ||
          !classes.areSame(classes.getSource(tensor, i + 1), sizes[second]))
        return false;
      ++i;
    }
    return true;
  };
  for (const RowNode &node : nodes)
    if (node.kind == Kind::Buffer && !liesTogether(node.tensor, node.at))
      return false;
  return llvm::all_of(outputs, [&](const RowOutput &output) {
    const RowNode &node = nodes[output.node];
    return liesTogether(node.tensor, node.at);
  });
}

bool RowGroup::mergeDims() {
  for (unsigned dim = 0; dim < sizes.size(); ++dim)
    if (dim > 0 && canMerge(dim))
      axes.back().push_back(dim);
    else
      axes.push_back({dim});
  if (hasReductions())
    for (const RowNode &node : nodes)
      if (node.kind == Kind::Buffer && node.alongRow &&
          node.at.back().dim != RowCoordinate::kNone &&
          !isRowDim(node.at.back()))
        return refuse("the rows that are reduced are not contiguous");
  if (hasReductions() && axes.back().front() != firstRowDim)
    return refuse("the dimensions of a reduction do not lie together");
  for (const SizeClasses::Source &size : sizes)
    if (!size.number)
      hostValues.insert(size.value);
  return true;
}

void RowGroup::visit(int number, unsigned phase, DenseSet<int> &seen) {
  if (number < 0 || !nodes[number].alongRow || !seen.insert(number).second)
    return;
  RowNode &node = nodes[number];
  Type type = getElementTypeOrSelf(node.tensor.getType());
  bool canKeep = type.isIntOrFloat() && type.getIntOrFloatBitWidth() >= 8;
  if (canKeep && node.firstPhase < phase) {
    node.lastPhase = phase;
    return;
  }
  node.firstPhase = node.lastPhase = phase;
  if (node.kind != Kind::Insert)
    for (int operand : node.operands)
      visit(operand, phase, seen);
}

void RowGroup::assignSlots() {
  constexpr unsigned kNever = ~0u;
  for (RowNode &node : nodes)
    node.firstPhase = kNever;
  for (unsigned phase = 0; phase < numPhases; ++phase) {
    DenseSet<int> seen;
    for (const RowReduction &reduction : reductions)
      if (reduction.phase == phase)
        for (int operand : reduction.operands)
          visit(operand, phase, seen);
    if (phase + 1 == numPhases)
      for (const RowOutput &output : outputs)
        visit(output.node, phase, seen);
  }
  // A place is free again in the phase in which its value is read last: new
  // values are stored when all old ones have been read.
  SmallVector<unsigned> until;
  for (unsigned phase = 0; phase < numPhases; ++phase)
    for (RowNode &node : nodes) {
      if (node.firstPhase != phase || node.lastPhase == phase)
        continue;
      unsigned bytes =
          getElementTypeOrSelf(node.tensor.getType()).getIntOrFloatBitWidth() /
          8;
      unsigned slot = 0;
      while (slot < slots.size() &&
             (slots[slot] != bytes || until[slot] > phase))
        ++slot;
      if (slot == slots.size()) {
        slots.push_back(bytes);
        until.push_back(0);
      }
      until[slot] = node.lastPhase;
      node.slot = slot;
    }
}

/// Whether the host has a value without reading the device's memory.
static bool isHostScalar(Value value) {
  Operation *op = value.getDefiningOp();
  if (!op)
    return !isa<TensorType>(value.getType());
  StringRef dialect = op->getName().getDialectNamespace();
  return (dialect == "arith" || dialect == "affine" ||
          isa<memref::DimOp>(op)) &&
         llvm::all_of(op->getOperands(), isHostScalar);
}

/// The reduction that `tensor` is computed from, if it is one or elementwise on
/// one.
static linalg::GenericOp findReduction(Value tensor) {
  auto op = tensor.getDefiningOp<linalg::GenericOp>();
  if (!op || op.getNumReductionLoops() > 0)
    return op;
  for (Value operand : op->getOperands())
    if (linalg::GenericOp found = findReduction(operand))
      return found;
  return {};
}

bool RowGroup::analyzeFrom(Value root, bool reducesRoot) {
  classes = SizeClasses(function);
  int64_t rank = cast<RankedTensorType>(root.getType()).getRank();
  RowCoordinates at(rank);
  for (int64_t i = 0; i < rank; ++i) {
    at[i].dim = i;
    sizes.push_back(classes.getSource(root, i));
  }
  firstRowDim = rank;
  if (reducesRoot) {
    linalg::GenericOp op = findReduction(root);
    if (!op)
      return refuse("no reduction");
    for (auto [loop, type] : llvm::enumerate(op.getIteratorTypesArray())) {
      if (type != utils::IteratorType::reduction)
        continue;
      sizes.emplace_back();
      for (OpOperand &operand : op->getOpOperands())
        if (std::optional<unsigned> position =
                op.getMatchingIndexingMap(&operand).getResultPosition(
                    getAffineDimExpr(loop, op.getContext())))
          sizes.back() = classes.getSource(operand.get(), *position);
    }
  } else if (rank == 0) {
    sizes.push_back({1, {}, 0});
  } else {
    firstRowDim = rank - 1;
  }
  for (const SizeClasses::Source &size : sizes)
    if (!size.isKnown())
      return refuse("a size is not known on the host");
  if (build(root, at) == kFailed || !buildOutputs() || !mergeDims())
    return false;
  if (!llvm::all_of(hostValues, isHostScalar))
    return refuse("a scalar is computed from a tensor");
  assignSlots();
  if (!hasReductions() && llvm::any_of(outputs, [](const RowOutput &output) {
        return !output.alongRow;
      }))
    return refuse("a result has fewer dimensions than another");
  return true;
}

std::optional<RowGroup> RowGroup::analyze(func::FuncOp function,
                                          std::string &reason) {
  reason = "the function has control flow, or no result";
  if (!function.getBody().hasOneBlock())
    return std::nullopt;
  Value root;
  for (auto result :
       function.getOps<bufferization::MaterializeInDestinationOp>()) {
    Value tensor = result.getSource();
    if (!tensor.getDefiningOp() || !isa<RankedTensorType>(tensor.getType()))
      return std::nullopt;
    if (!root || root.getDefiningOp()->isBeforeInBlock(tensor.getDefiningOp()))
      root = tensor;
  }
  if (!root)
    return std::nullopt;
  auto generic = root.getDefiningOp<linalg::GenericOp>();
  bool reduces = generic && generic.getNumReductionLoops() > 0;
  for (bool reducesRoot : {false, true}) {
    if (reduces && !reducesRoot)
      continue;
    RowGroup group(function);
    if (group.analyzeFrom(root, reducesRoot))
      return group;
    reason = group.why;
    if (!group.coversRow)
      return std::nullopt;
  }
  return std::nullopt;
}
