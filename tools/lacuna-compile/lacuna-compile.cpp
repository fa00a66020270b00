// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-compile: from a model in MLIR to an artifact.

#include "lacuna/Driver/CommandLine.h"

#include "llvm/Support/InitLLVM.h"

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::FailureOr<lacuna::CompileOptions> options =
      lacuna::parseCommandLine(argc, argv);
  if (failed(options))
    return 2;
  return failed(lacuna::compile(*options)) ? 1 : 0;
}
