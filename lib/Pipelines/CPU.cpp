// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The passes that make CPU code of dispatch functions, in order.

#include "lacuna/Pipelines/CPU.h"

#include "lacuna/Conversion/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace lacuna;

/// Route dense: tiles, producers inside, on buffers.
static void buildDense(OpPassManager &manager, unsigned vectorBytes) {
  OpPassManager &function = manager.nest<func::FuncOp>();
  function.addPass(createTileDispatch());
  function.addPass(createCSEPass());
  function.addPass(createBufferizeDispatch());
  function.addPass(createParallelizeBuffers());
  LowerContractionsOptions contractions;
  contractions.vectorBytes = vectorBytes;
  function.addPass(createLowerContractions(contractions));
  function.addPass(createRelaxArithmetic());
  function.addPass(createConvertLinalgToLoopsPass());
}

/// What all routes and the host part have left: parallel loops, scratch memory,
/// mathematics.
static void buildRuntimeCalls(OpPassManager &manager) {
  manager.addPass(createParallelToRuntime());
  manager.addPass(createMemoryToRuntime());
  manager.addNestedPass<func::FuncOp>(createApproximateMath());
}

void lacuna::buildHostToLLVM(OpPassManager &manager) {
  manager.addNestedPass<func::FuncOp>(createLowerExpandShapes());
  manager.addPass(memref::createExpandStridedMetadataPass());
  manager.addPass(createLowerAffinePass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createSCFToControlFlowPass());
  // Not every processor computes on bf16, and the C library has no conversion:
  // sums and products are f32, rounded after each.
  arith::ArithEmulateUnsupportedFloatsOptions emulate;
  emulate.sourceTypeStrs = {"bf16"};
  emulate.targetTypeStr = "f32";
  manager.addNestedPass<func::FuncOp>(
      arith::createArithEmulateUnsupportedFloats(emulate));
  manager.addNestedPass<func::FuncOp>(createLowerExtrema());
  arith::ArithExpandOpsPassOptions expand;
  expand.includeBf16 = true;
  manager.addNestedPass<func::FuncOp>(arith::createArithExpandOpsPass(expand));
  math::MathExpandOpsPassOptions powers;
  powers.opMnemonics = {"fpowi"};
  manager.addNestedPass<func::FuncOp>(math::createMathExpandOpsPass(powers));
  manager.addNestedPass<func::FuncOp>(createConvertMathToLLVMPass());
  manager.addPass(createConvertMathToLibmPass());
  // Masks are made of counts that are at most the number of lanes.
  ConvertVectorToLLVMPassOptions vectors;
  vectors.force32BitVectorIndices = true;
  manager.addPass(createConvertVectorToLLVMPass(vectors));
  manager.addPass(createConvertToLLVMPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
}

/// Routes sparse-tensor and vector: what surrounds their contractions becomes
/// functions of route dense, so they come first.
static void buildSparseTensor(OpPassManager &manager, StringRef features) {
  manager.addPass(createSplitSparseTensorDispatch());
  manager.addPass(createLowerSparseTensorDispatch());
  LowerVectorDispatchOptions vectors;
  vectors.features = features.str();
  manager.addNestedPass<func::FuncOp>(createLowerVectorDispatch(vectors));
}

unsigned lacuna::getVectorBytes(StringRef features) {
  return features.contains("avx512f") ? 64 : features.contains("avx") ? 32 : 16;
}

void lacuna::buildCPUCodeGen(OpPassManager &manager, StringRef features) {
  buildSparseTensor(manager, features);
  buildDense(manager, getVectorBytes(features));
  buildRuntimeCalls(manager);
  buildHostToLLVM(manager);
}

void lacuna::registerCPUPipelines() {
  PassPipelineRegistration<>(
      "lacuna-cpu-codegen",
      "From dispatch functions in destination form to the LLVM dialect",
      [](OpPassManager &manager) { buildCPUCodeGen(manager, "avx512f"); });
}
