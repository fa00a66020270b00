// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-compile as a function: a model in MLIR to an artifact. The tool only
// reads the command line (CommandLine.h) and calls this.

#ifndef LACUNA_DRIVER_COMPILE_H
#define LACUNA_DRIVER_COMPILE_H

#include "lacuna/Pipelines/Phases.h"

#include <string>
#include <vector>

namespace lacuna {

/// What is written. SharedLibrary is the whole artifact. PTX, Cubin and Fatbin
/// are code of GPU targets alone: the first two of one, Fatbin of all.
enum class Emit { MLIR, LLVMIR, Object, PTX, Cubin, Fatbin, SharedLibrary };

struct CompileOptions {
  /// The model, MLIR as text or bytecode; "-" is the standard input.
  std::string input = "-";
  /// For the artifact the path that `.so`, `.h` and `.safetensors` are added
  /// to, for others a file; "-" is the standard output.
  std::string output;
  Emit emit = Emit::SharedLibrary;
  /// The last phase; set only with Emit::MLIR.
  std::optional<Phase> compileTo;

  /// What to make code for, each of them once: "cpu", "sm_80", ... (see
  /// GPUTarget.h).
  std::vector<std::string> targets = {"cpu"};
  /// Processors as LLVM names them, or "native", each of them once. Of several,
  /// each is a target "cpu:NAME" in the place of "cpu", and the host code of
  /// GPUs is made for the one that asks for least.
  std::vector<std::string> cpus = {"native"};
  /// The ptxas that makes cubins; empty: looked for (see Ptxas.h).
  std::string ptxas;
  /// PTX only: the driver makes machine code when it loads it.
  bool noCubin = false;
  /// A file of layout rules, or empty.
  std::string layouts;
  /// "f32", "tf32", "bf16" or "f16", or empty: the model's own.
  std::string precision;
  /// Rows and columns of tensor-core tiles, warps along both, and stages;
  /// empty or 0: chosen by the compiler.
  std::vector<int64_t> tile, warps;
  int64_t stages = 0;
  /// "dense", "vector", ..., or empty.
  std::string forceRoute;
  /// A file with the target's constants (docs/Plan.md), or empty: built in.
  std::string targetModel;
  /// Threads that the plan is made for; 0: of this host.
  int64_t threads = 0;
  /// Numbers of columns that the report gives prices at, for dynamic sizes;
  /// empty: some.
  std::vector<int64_t> reportSizes;

  /// Checkpoints; none: no model.safetensors is written.
  std::vector<std::string> params;
  /// The parameters file of lacuna-import, or empty.
  std::string parametersFile;

  /// A folder that gets the module after each phase, or empty.
  std::string dumpPhasesTo;
  /// Where the plan's report goes: a file (JSON if it ends in .json, a page if
  /// in .html), "-", or empty.
  std::string report;
  /// A file for a reproducer when a pass crashes or fails, or empty.
  std::string crashReproducer;
  /// Where liblacuna_runtime.so.1 is; empty: looked for beside the tool.
  std::string runtimeDir;
  /// The path of the running tool.
  std::string toolPath;

  bool verbose = false;
  bool timing = false;
  bool saveTemps = false;
  bool remarks = false;
};

/// Compiles; on failure every error has been printed to the standard error and
/// no output was written or changed.
llvm::LogicalResult compile(const CompileOptions &options);

} // namespace lacuna

#endif // LACUNA_DRIVER_COMPILE_H
