// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The weights of a model in MLIR, and the contractions that read them.

#ifndef LACUNA_LIB_ADVISE_MODEL_H
#define LACUNA_LIB_ADVISE_MODEL_H

#include "Report.h"

#include "llvm/Support/Error.h"

namespace lacuna::advise {

/// A weight as the model has it.
struct ModelWeight {
  packing::WeightSpec spec;
  std::vector<Use> uses;
  /// Why there is no advice, as in WeightReport.
  std::string noAdvice;
};

struct Model {
  std::vector<ModelWeight> weights;
  /// As of the report.
  double footprint = 0;
};

/// Reads a model, text or bytecode, and brings it into the form in which
/// contractions are seen (phase input). Diagnostics are printed; the error
/// then has no message. `precision` is that of lacuna-compile.
llvm::Expected<Model> readModel(const std::string &path,
                                const std::string &precision);

} // namespace lacuna::advise

#endif // LACUNA_LIB_ADVISE_MODEL_H
