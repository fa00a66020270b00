// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What lacuna-advise has found out, and the three forms in which it says so.

#ifndef LACUNA_LIB_ADVISE_REPORT_H
#define LACUNA_LIB_ADVISE_REPORT_H

#include "lacuna/Advise/Advise.h"
#include "lacuna/CostModel/CostModel.h"
#include "lacuna/Patterns/Findings.h"
#include "llvm/Support/raw_ostream.h"

#include <deque>

namespace lacuna::advise {

using namespace patterns;

/// A contraction that a weight is multiplied in.
struct Use {
  std::string function, location; ///< empty for checkpoints
  /// The weight's dimension that is summed over.
  unsigned dim = 0;
  /// Sizes; `columns` 0: the batch's. With the weight on the left.
  ContractionSize size;
  /// Where `columns` is 0: what a batch is multiplied by.
  int64_t columnsPerBatch = 1;
  /// It in a module of its own (Pricing.h), and the dimension of its operand
  /// that `dim` is.
  std::string contraction; ///< empty: a linear layer's
  unsigned operandDim = 0;
};

/// One layout at one batch.
struct BatchAdvice {
  int64_t batch = 0, columns = 0;
  std::string route;
  double seconds = 0, denseSeconds = 0;
  /// Why the layout does not pay; empty where it does.
  std::string reason;

  double getGain() const { return denseSeconds / seconds; }
};

/// One layout of a weight.
struct LayoutAdvice {
  PatternFinding pattern;
  /// Multiply-adds that are left.
  double work = 1;
  double denseBytes = 0, storedBytes = 0;
  llvm::ArrayRef<BatchAdvice> batches; ///< in the report
};

struct WeightReport {
  packing::WeightSpec spec;
  MatrixView view;
  Findings findings;
  /// Nothing: no contraction is known.
  std::optional<Use> use;
  /// Further contractions that read it.
  std::vector<Use> otherUses;
  /// The layout that the model claims, or prunes it to.
  std::optional<packing::NMLayout> claims;
  bool isPruned = false;
  /// Why there is no advice; empty where there is.
  std::string noAdvice;
  std::vector<LayoutAdvice> advice;
  /// Of the layouts that hold, the one that gains most in the mean over the
  /// batches; -1 where none gains.
  int advised = -1;

  const LayoutAdvice *getAdvised() const {
    return advised < 0 ? nullptr : &advice[advised];
  }
  /// The dimension that is summed over; without a contraction the last.
  unsigned getDim() const {
    return use ? use->dim : view.columnDim.value_or(view.rowDim);
  }
  double getBytes() const {
    return double(findings.elements) * packing::getByteWidth(spec.type);
  }
};

/// The same layout on all weights that it may stand on.
struct LayoutSum {
  unsigned n = 0, m = 0;
  unsigned weights = 0, holds = 0;
  double lost = 0; ///< of all these weights together
  double denseBytes = 0, storedBytes = 0;
  std::vector<double> seconds, denseSeconds; ///< for each batch

  double getGain(size_t batch) const {
    return denseSeconds[batch] / seconds[batch];
  }
};

struct Report {
  std::string input;
  bool isModel = false;
  std::string target, targetModel, precision;
  bool isCalibrated = false;
  int64_t threads = 1;
  std::vector<int64_t> batches;
  /// Bytes of all weights where the model runs.
  double footprint = 0;
  /// Largest first.
  std::vector<WeightReport> weights;
  /// Names and reasons, of which there are few.
  std::deque<std::pair<std::string, llvm::StringRef>> skipped;
  std::vector<Similar> similar;
  std::vector<LayoutSum> sums;
  uint64_t bytes = 0;
  /// Weights that are alike share theirs.
  std::deque<std::vector<BatchAdvice>> batchLists;
};

void writeText(const Report &report, unsigned top, llvm::raw_ostream &os);
void writeJSON(const Report &report, llvm::raw_ostream &os);
void writeHTML(const Report &report, llvm::raw_ostream &os);

/// Fills in advice, reasons and sums. An error says why there is no model of
/// the target.
llvm::Error recommend(const AdviseOptions &options, Report &report);

} // namespace lacuna::advise

#endif // LACUNA_LIB_ADVISE_REPORT_H
