// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the results of parts of a reduction are combined to that of the whole,
// so that many threads can share it.

#ifndef LACUNA_LIB_CONVERSION_COMBINER_H
#define LACUNA_LIB_CONVERSION_COMBINER_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace lacuna {

/// The combination of two neighboring parts of a reduction.
class Combiner {
public:
  /// Nothing where `op` is no reduction, or one whose parts cannot be combined.
  static std::optional<Combiner> match(mlir::linalg::LinalgOp op);

  /// Whether a part must be a range of the loops in their order.
  bool isOrdered() const { return choice != nullptr; }

  /// What each part starts from, where the whole starts from `starts`.
  llvm::SmallVector<mlir::Value> getStarts(mlir::OpBuilder &builder,
                                           mlir::Location loc,
                                           mlir::ValueRange starts) const;

  /// The results of `left` and, behind it, `right` together.
  llvm::SmallVector<mlir::Value> combine(mlir::OpBuilder &builder,
                                         mlir::ValueRange left,
                                         mlir::ValueRange right) const;

  /// Whether `results` of combined parts may differ from those of the loops
  /// (an i1), or null where they never do.
  mlir::Value isDoubtful(mlir::OpBuilder &builder, mlir::Location loc,
                         mlir::ValueRange results) const;

  /// For each result, the operation that takes its accumulator.
  llvm::ArrayRef<mlir::Operation *> getOperations() const { return combiners; }
  mlir::BlockArgument getAccumulator(unsigned result) const {
    return accumulators[result];
  }
  /// Of an argmax or argmin: the comparison with the best element so far, and
  /// the element; null for others.
  mlir::Operation *getChoice() const { return choice; }
  mlir::Value getElement() const { return element; }

private:
  bool matchSums(mlir::linalg::LinalgOp op);
  bool matchChoice(mlir::linalg::LinalgOp op);

  /// One for each result: the operation that takes the accumulator.
  llvm::SmallVector<mlir::Operation *> combiners;
  llvm::SmallVector<mlir::BlockArgument> accumulators;
  /// An argmax or argmin: the comparison of an element with the best so far,
  /// on which the position is selected; with a value that is not compared.
  mlir::Operation *choice = nullptr;
  mlir::Value element;
};

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_COMBINER_H
