// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a dispatch function without a contraction computes, as values at the
// places of a row space: the analysis of lower-dispatches-to-rows. Emitting is
// RowEmitter's business.

#ifndef LACUNA_LIB_CONVERSION_ROWGROUP_H
#define LACUNA_LIB_CONVERSION_ROWGROUP_H

#include "Combiner.h"
#include "SizeClasses.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace lacuna {

/// A position along one dimension of a tensor: that of a dimension of the row
/// space, or 0 without one, and offsets to it.
struct RowCoordinate {
  static constexpr int64_t kNone = -1;
  struct Offset {
    mlir::OpFoldResult size;
    bool negative = false;
    bool operator==(const Offset &other) const {
      return size == other.size && negative == other.negative;
    }
  };

  int64_t dim = kNone;
  llvm::SmallVector<Offset, 1> offsets;

  bool isPlain() const { return dim != kNone && offsets.empty(); }
  bool operator==(const RowCoordinate &other) const {
    return dim == other.dim && offsets == other.offsets;
  }
};
using RowCoordinates = llvm::SmallVector<RowCoordinate>;

/// An element of a tensor at a place of the row space.
struct RowNode {
  enum class Kind { Buffer, Splat, Generic, Reduction, Insert };
  Kind kind;
  mlir::Value tensor;
  RowCoordinates at;
  /// For linalg operations: the place of each loop. Reduction loops run along
  /// the row.
  RowCoordinates loops;
  /// Nodes by the number of an operand: of a linalg operation, those that its
  /// body reads and that are no scalars; of an insertion, source and
  /// destination (-1: undefined outside of what is inserted).
  llvm::SmallVector<int> operands;
  /// Of an insertion: dimensions of which only a part is inserted.
  llvm::SmallVector<unsigned> partial;
  /// Whether elements along the row differ.
  bool alongRow = false;
  /// How many rounds of reductions come before.
  unsigned phase = 0;
  /// A value along the row that several phases need is kept from the first to
  /// the last of them, in this place.
  std::optional<unsigned> slot;
  unsigned firstPhase = 0, lastPhase = 0;
};

/// A reduction along the rows, whose results are nodes.
struct RowReduction {
  mlir::linalg::GenericOp op;
  Combiner combiner;
  llvm::SmallVector<int> nodes; // by result; -1: not used
  llvm::SmallVector<int> starts;
  llvm::SmallVector<int> operands;
  RowCoordinates loops;
  unsigned phase;
};

/// A result of the function.
struct RowOutput {
  int node;
  mlir::BlockArgument buffer;
  bool alongRow = false;
};

class RowGroup {
public:
  /// The group, or nothing and the reason.
  static std::optional<RowGroup> analyze(mlir::func::FuncOp function,
                                         std::string &reason);

  mlir::func::FuncOp getFunction() const { return function; }
  std::vector<RowNode> nodes;
  std::vector<RowReduction> reductions;
  llvm::SmallVector<RowOutput> outputs;

  /// Sizes of the dimensions. Those of `axes` lie together in every buffer that
  /// has one of them, and are one index; the last axis runs along the row.
  llvm::SmallVector<SizeClasses::Source> sizes;
  llvm::SmallVector<llvm::SmallVector<unsigned>> axes;
  unsigned getRowAxis() const { return axes.size() - 1; }
  /// The axis of a dimension.
  unsigned getAxis(int64_t dim) const;
  /// The size of an axis, or ShapedType::kDynamic.
  int64_t getStaticSize(unsigned axis) const;

  /// Whether the last dimensions of `tensor` are the row, as long as it is.
  bool isWholeRow(mlir::Value tensor, llvm::ArrayRef<RowCoordinate> at) const;

  unsigned getNumPhases() const { return numPhases; }
  bool hasReductions() const { return !reductions.empty(); }
  /// Bytes of an element by place where values are kept between phases.
  llvm::SmallVector<unsigned> slots;
  /// Values of the host that the kernel needs.
  llvm::SetVector<mlir::Value> hostValues;
  /// Sizes along the row by which parts of a concatenation begin and end.
  llvm::SmallVector<mlir::OpFoldResult> seams;

private:
  RowGroup(mlir::func::FuncOp function) : function(function) {}

  bool analyzeFrom(mlir::Value root, bool reducesRoot);
  int build(mlir::Value tensor, RowCoordinates at);
  int buildGeneric(mlir::linalg::GenericOp op, RowNode node);
  int buildReduction(mlir::linalg::GenericOp op, RowNode node);
  int buildInsert(mlir::tensor::InsertSliceOp op, RowNode node);
  bool buildOperands(mlir::linalg::GenericOp op, RowNode &node);
  bool buildOutputs();
  bool checkBody(mlir::linalg::GenericOp op, const RowCoordinates &loops,
                 bool &alongRow);
  int refuseNode(const llvm::Twine &why) {
    refuse(why);
    return kFailed;
  }
  static constexpr int kFailed = -2;
  void addHostValue(mlir::OpFoldResult value);
  bool refuse(const llvm::Twine &why);
  bool isRowDim(const RowCoordinate &at) const { return at.dim >= firstRowDim; }
  bool mergeDims();
  bool canMerge(unsigned dim) const;
  void assignSlots();
  void visit(int node, unsigned phase, llvm::DenseSet<int> &seen);

  int add(RowNode node) {
    nodes.push_back(std::move(node));
    return nodes.size() - 1;
  }

  mlir::func::FuncOp function;
  SizeClasses classes;
  std::string why;
  llvm::DenseSet<unsigned> kept; // dimensions that must not be merged
  int64_t firstRowDim = 0;
  unsigned numPhases = 1;
  bool coversRow = false;
};

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_ROWGROUP_H
