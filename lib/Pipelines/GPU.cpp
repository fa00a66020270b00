// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes of GPU targets that make NVVM of kernels, and LLVM code of what
// launches them, in order.

#include "lacuna/Pipelines/GPU.h"

#include "lacuna/Conversion/Passes.h"
#include "lacuna/Pipelines/CPU.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace lacuna;

/// Arithmetic that the target has no instruction for.
static void buildArithmetic(OpPassManager &kernels, const GPUTarget &target) {
  kernels.addPass(createApproximateMath());
  if (!target.hasBF16Arithmetic()) {
    arith::ArithEmulateUnsupportedFloatsOptions emulate;
    emulate.sourceTypeStrs = {"bf16"};
    emulate.targetTypeStr = "f32";
    kernels.addPass(arith::createArithEmulateUnsupportedFloats(emulate));
  }
  math::MathExpandOpsPassOptions powers;
  powers.opMnemonics = {"fpowi"};
  kernels.addPass(math::createMathExpandOpsPass(powers));
  kernels.addPass(createRelaxArithmetic());
  kernels.addPass(createLowerExtrema());
  kernels.addPass(arith::createArithExpandOpsPass());
}

void lacuna::buildDeviceCodeGen(OpPassManager &manager,
                                const GPUTarget &target) {
  OpPassManager &kernels = manager.nest<gpu::GPUModuleOp>();
  kernels.addPass(createConvertVectorToSCFPass());
  kernels.addPass(createLowerExpandShapes());
  kernels.addPass(memref::createExpandStridedMetadataPass());
  kernels.addPass(createLowerAffinePass());
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());
  kernels.addPass(createSCFToControlFlowPass());
  buildArithmetic(kernels, target);
  kernels.addPass(createNumberMemorySpaces());
  // An access of a vector is aligned to the vector unless it says otherwise:
  // without that none of them would be one instruction.
  ConvertVectorToLLVMPassOptions vectors;
  vectors.force32BitVectorIndices = true;
  vectors.useVectorAlignment = true;
  kernels.addPass(createConvertVectorToLLVMPass(vectors));
  kernels.addPass(createConvertNVGPUToNVVMPass());
  kernels.addPass(createConvertKernelsToNVVM());
  kernels.addPass(createConvertNVVMToLLVMPass());
  kernels.addPass(createReconcileUnrealizedCastsPass());
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());
}

void lacuna::buildGPUHostCodeGen(OpPassManager &manager) {
  MemoryToRuntimeOptions memory;
  memory.device = true;
  manager.addPass(createMemoryToRuntime(memory));
  buildHostToLLVM(manager);
}
