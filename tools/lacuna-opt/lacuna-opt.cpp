// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-opt: mlir-opt with everything upstream and Lacuna's own registered.

#include "lacuna/Pipelines/Registration.h"

#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  lacuna::registerAllPasses();
  mlir::DialectRegistry registry;
  lacuna::registerAllDialects(registry);
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "Lacuna's optimizer driver\n", registry));
}
