// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One place that registers everything, so that every tool knows the same.

#include "lacuna/Pipelines/Registration.h"

#include "lacuna/Conversion/InvokeBufferization.h"
#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"
#include "lacuna/Kernels/Passes.h"
#include "lacuna/Kernels/Providers.h"
#include "lacuna/Pipelines/CPU.h"
#include "lacuna/Pipelines/Phases.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Target/LLVMIR/Dialect/All.h"

void lacuna::registerAllDialects(mlir::DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  mlir::registerAllToLLVMIRTranslations(registry);
  registry.insert<LacunaDialect>();
  registerBufferizationExternalModels(registry);
  registerOperandProviders(registry);
}

void lacuna::registerAllPasses() {
  mlir::registerAllPasses();
  registerLacunaTransformsPasses();
  registerLacunaConversionPasses();
  registerLacunaKernelsPasses();
  registerPhasePipelines();
  registerCPUPipelines();
}
