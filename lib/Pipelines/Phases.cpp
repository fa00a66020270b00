// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order of all passes, phase by phase.

#include "lacuna/Pipelines/Phases.h"
#include "lacuna/Pipelines/CPU.h"
#include "lacuna/Pipelines/GPU.h"

#include "lacuna/Conversion/Passes.h"
#include "lacuna/Kernels/Passes.h"
#include "lacuna/Transforms/Passes.h"

#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace lacuna;

void lacuna::buildInputPhase(OpPassManager &manager,
                             const PhaseOptions &options) {
  manager.addPass(createNamedLiteralsToGlobals());
  manager.addPass(createInlinerPass());
  manager.addPass(createSymbolDCEPass());
  manager.addPass(createForwardState());
  manager.addPass(createPruneWeights());
  AnnotateLayoutsOptions annotate;
  annotate.rules = options.rules;
  manager.addPass(createAnnotateLayouts(annotate));
  manager.addPass(createCarryLayouts());
  manager.addPass(createVerifyLayouts());
  LowerPrecisionOptions lower;
  lower.precision = options.precision;
  manager.addPass(createLowerPrecision(lower));
  manager.addNestedPass<func::FuncOp>(createCheckSizes());
  manager.addNestedPass<func::FuncOp>(createNormalizeLinalg());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createVerifyLayouts());
}

void lacuna::buildDispatchPhase(OpPassManager &manager,
                                const PhaseOptions &options) {
  manager.addNestedPass<func::FuncOp>(createFormDispatches());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createVerifyLayouts());
}

void lacuna::buildPlanPhase(OpPassManager &manager,
                            const PhaseOptions &options) {
  PlanDispatchesOptions plan;
  plan.forceRoute = options.forceRoute;
  plan.target = options.target;
  plan.targetModel = options.targetModel;
  plan.features = options.features;
  plan.threads = options.threads;
  plan.sizes.assign(options.sizes.begin(), options.sizes.end());
  manager.addPass(createPlanDispatches(plan));
}

void lacuna::buildRoutedPhase(OpPassManager &manager,
                              const PhaseOptions &options) {
  manager.addPass(createChooseRoutes());
  manager.addPass(createMaterializeLayouts());
  manager.addPass(createVerifyLayouts(VerifyLayoutsOptions{true}));
  if (!findGPUTarget(options.target)) {
    PackPanelsOptions panels;
    panels.vectorBytes = getVectorBytes(options.features);
    manager.addPass(createPackPanels(panels));
    manager.addPass(createCanonicalizerPass());
  }
  manager.addPass(createOutlineDispatches());
  manager.addPass(createGuardDivisions());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  if (!findGPUTarget(options.target))
    return;
  LowerContractionsToTensorCoresOptions contractions;
  contractions.target = options.target;
  contractions.tile.assign(options.tile.begin(), options.tile.end());
  contractions.warps.assign(options.warps.begin(), options.warps.end());
  contractions.stages = options.stages;
  manager.addPass(createLowerContractionsToTensorCores(contractions));
  manager.addPass(createLowerDispatchesToRows());
  manager.addPass(createLowerDispatchesToThreads());
  // Into what chooses between routes, so that each call of a dispatch function
  // is one of host code.
  manager.addPass(createInlinerPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
}

void lacuna::buildDevicePhase(OpPassManager &manager,
                              const PhaseOptions &options) {
  if (const GPUTarget *target = findGPUTarget(options.target))
    buildDeviceCodeGen(manager, *target);
}

void lacuna::buildHostPhase(OpPassManager &manager,
                            const PhaseOptions &options) {
  bool isGPU = findGPUTarget(options.target);
  manager.addPass(createCreateShapeFunctions());
  manager.addPass(createAddDestinations());
  manager.addPass(createBindWeights());
  manager.addPass(createBufferizeHost());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createCSEPass());
  manager.addPass(createPlanArena());
  manager.addPass(createCSEPass());
  manager.addPass(createCanonicalizerPass());
  manager.addPass(createFreeBuffers());
  if (isGPU) {
    VerifyHostCodeOptions verify;
    verify.target = options.target;
    manager.addPass(createVerifyHostCode(verify));
    manager.addPass(createLaunchesToRuntime());
  } else {
    manager.addPass(createAnnounceRegions());
  }
  CreateEntryPointsOptions entry;
  entry.target = options.name.empty() ? options.target : options.name;
  entry.cpu = options.cpu;
  entry.features = options.features;
  manager.addPass(createCreateEntryPoints(entry));
  if (isGPU)
    buildGPUHostCodeGen(manager);
  else
    buildCPUCodeGen(manager, options.features);
}

void lacuna::buildPhase(Phase phase, OpPassManager &manager,
                        const PhaseOptions &options) {
  switch (phase) {
  case Phase::Input:
    return buildInputPhase(manager, options);
  case Phase::Dispatch:
    return buildDispatchPhase(manager, options);
  case Phase::Plan:
    return buildPlanPhase(manager, options);
  case Phase::Routed:
    return buildRoutedPhase(manager, options);
  case Phase::Device:
    return buildDevicePhase(manager, options);
  case Phase::Host:
    return buildHostPhase(manager, options);
  }
}

ArrayRef<Phase> lacuna::getPhases() {
  static constexpr Phase phases[] = {Phase::Input,  Phase::Dispatch,
                                     Phase::Plan,   Phase::Routed,
                                     Phase::Device, Phase::Host};
  return phases;
}

StringRef lacuna::getPhaseName(Phase phase) {
  switch (phase) {
  case Phase::Input:
    return "input";
  case Phase::Dispatch:
    return "dispatch";
  case Phase::Plan:
    return "plan";
  case Phase::Routed:
    return "routed";
  case Phase::Device:
    return "device";
  case Phase::Host:
    return "host";
  }
  llvm_unreachable("all phases are named");
}

std::optional<Phase> lacuna::parsePhase(StringRef name) {
  for (Phase phase : getPhases())
    if (getPhaseName(phase) == name)
      return phase;
  return std::nullopt;
}

template <Phase phase> static void registerPhase(StringRef description) {
  PassPipelineRegistration<PhaseOptions>(
      ("lacuna-phase-" + getPhaseName(phase)).str(), description,
      [](OpPassManager &manager, const PhaseOptions &options) {
        buildPhase(phase, manager, options);
      });
}

void lacuna::registerPhasePipelines() {
  registerPhase<Phase::Input>("From a model to normalized linalg with layouts");
  registerPhase<Phase::Dispatch>("From phase input to dispatch regions");
  registerPhase<Phase::Plan>("From phase dispatch to planned regions");
  registerPhase<Phase::Routed>("From phase plan to functions on buffers");
  registerPhase<Phase::Device>(
      "From phase routed to NVVM in gpu.modules, on GPU targets");
  registerPhase<Phase::Host>("From the phase before to the LLVM dialect");
  PassPipelineRegistration<PhaseOptions>(
      "lacuna-compile-pipeline", "All phases, from a model to the LLVM dialect",
      [](OpPassManager &manager, const PhaseOptions &options) {
        for (Phase phase : getPhases())
          buildPhase(phase, manager, options);
      });
}
