// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-lsp-server: the language server of MLIR text, for upstream's and
// Lacuna's dialects.

#include "lacuna/Pipelines/Registration.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  lacuna::registerAllDialects(registry);
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
