// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-advise as a function: what the weights of a checkpoint or a model are
// like, and which layouts would pay. Compiles nothing. The tool only reads the
// command line and calls this.

#ifndef LACUNA_ADVISE_ADVISE_H
#define LACUNA_ADVISE_ADVISE_H

#include "llvm/Support/LogicalResult.h"

#include <cstdint>
#include <string>
#include <vector>

namespace lacuna {

struct AdviseOptions {
  /// Checkpoints (safetensors files, or the index of a sharded one), or one
  /// model in MLIR.
  std::vector<std::string> inputs;
  /// What advice is for: "cpu", "sm_80", ...
  std::string target = "cpu";
  /// A file of the target's constants; empty: the built-in one.
  std::string targetModel;
  /// "tf32", "bf16" or "f16": what f32 is computed on; empty: as it is.
  std::string precision;
  /// Columns that a weight meets at a time; each at least 1.
  std::vector<int64_t> batches = {1, 16, 512};
  /// The weights of a model in MLIR, and how their names map to tensors.
  std::vector<std::string> params;
  std::string parametersFile;
  /// Threads that read, and those that a CPU is priced with; 0: all of the
  /// machine.
  unsigned threads = 0;
  /// Rows of each table of the text; 0: all.
  unsigned top = 20;
  /// Files for the same as JSON and as HTML; "-" is the standard output, then
  /// without the text. Empty: not written.
  std::string json, html;
};

/// Reads the command line. On failure the error has been printed. `--help` and
/// `--version` print and end the process.
llvm::FailureOr<AdviseOptions> parseAdviseCommandLine(int argc, char **argv);

/// Reads everything, then writes. On failure the error has been printed and no
/// file was written or changed.
llvm::LogicalResult runAdvise(const AdviseOptions &options);

} // namespace lacuna

#endif // LACUNA_ADVISE_ADVISE_H
