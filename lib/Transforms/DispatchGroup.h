// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The rules by which operations are grouped to a dispatch region, apart from
// the pass that builds the regions.

#ifndef LACUNA_LIB_TRANSFORMS_DISPATCHGROUP_H
#define LACUNA_LIB_TRANSFORMS_DISPATCHGROUP_H

#include "lacuna/Transforms/Weights.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

namespace lacuna {

/// One group, grown backwards from its root.
class DispatchGroup {
public:
  /// Whether a group may end in `op`: a linalg operation on tensors, or the
  /// last of a chain of insert_slice.
  static bool isRoot(mlir::Operation *op);

  /// Grows the group of `root` over producers that are not in `claimed`.
  DispatchGroup(mlir::Operation *root,
                const llvm::DenseSet<mlir::Operation *> &claimed);

  mlir::Operation *getRoot() const { return members.front(); }

  /// The root first; every other member is used by members only.
  const llvm::SetVector<mlir::Operation *> &getMembers() const {
    return members;
  }

  /// Whether `op` is a slice that the group reads in place, or belongs to what
  /// finds the place of a slice in data.
  bool readsInPlace(mlir::Operation *op) const { return views.contains(op); }

  /// Assertions about the places that the group finds in data.
  llvm::ArrayRef<mlir::Operation *> getGuards() const { return guards; }

private:
  /// For each dimension of an iteration space, the root's dimension that it
  /// runs over, or `kInner` for one that lies inside one element of the root.
  using RootDims = llvm::SmallVector<int64_t>;
  static constexpr int64_t kInner = -1;

  void grow(const llvm::DenseSet<mlir::Operation *> &claimed);
  void growChain(mlir::tensor::InsertSliceOp last, const RootDims &dims,
                 const llvm::DenseSet<mlir::Operation *> &claimed);
  bool tryJoinChain(mlir::tensor::InsertSliceOp last, mlir::OpOperand &use,
                    const llvm::DenseSet<mlir::Operation *> &claimed);
  bool tryJoinPart(mlir::linalg::LinalgOp producer, mlir::OpOperand &use);
  bool tryJoin(mlir::linalg::LinalgOp producer, mlir::OpOperand &use);
  bool tryJoinContraction(mlir::linalg::LinalgOp producer,
                          mlir::linalg::LinalgOp consumer,
                          mlir::OpOperand &use);
  bool usedInGroupOnly(mlir::Operation *op) const;
  void readSlicesInPlace(mlir::Operation *member);
  void findPlaces(mlir::Operation *member);

  llvm::SetVector<mlir::Operation *> members;
  llvm::SetVector<mlir::Operation *> views;
  llvm::SmallVector<mlir::Operation *> guards;
  llvm::DenseMap<mlir::Operation *, RootDims> loops;
  int64_t rootRank = 0;
  bool hasContraction = false;
  /// The root's dimensions that every reduction of the group runs over whole.
  std::optional<llvm::SmallVector<int64_t>> whole;
};

} // namespace lacuna

#endif // LACUNA_LIB_TRANSFORMS_DISPATCHGROUP_H
