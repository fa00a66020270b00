// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-compile: from a model in MLIR to an artifact.

#include "lacuna/Driver/CommandLine.h"

#include "llvm/Support/InitLLVM.h"

#include <csignal>

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  // A write beyond the limit of file sizes fails, and is said like any other:
  // LLVM's handler, which is set by now, would end the process.
  std::signal(SIGXFSZ, SIG_IGN);
  llvm::FailureOr<lacuna::CompileOptions> options =
      lacuna::parseCommandLine(argc, argv);
  if (failed(options))
    return 2;
  return failed(lacuna::compile(*options)) ? 1 : 0;
}
