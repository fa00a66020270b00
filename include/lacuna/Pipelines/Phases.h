// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The phases of a compilation. The order of all passes is in Phases.cpp and
// nowhere else: lacuna-compile and the pipelines `lacuna-phase-*` of
// lacuna-opt both come here.

#ifndef LACUNA_PIPELINES_PHASES_H
#define LACUNA_PIPELINES_PHASES_H

#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace lacuna {

/// What passes of several phases are told. Empty means: left to the pass.
struct PhaseOptions : mlir::PassPipelineOptions<PhaseOptions> {
  Option<std::string> rules{*this, "rules",
                            llvm::cl::desc("File of rules that attach layouts"),
                            llvm::cl::init("")};
  Option<std::string> precision{
      *this, "precision",
      llvm::cl::desc("Precision of contractions of f32: f32, tf32, bf16, f16"),
      llvm::cl::init("")};
  Option<std::string> forceRoute{
      *this, "force-route",
      llvm::cl::desc("Route of every dispatch region that admits it"),
      llvm::cl::init("")};
  Option<std::string> target{*this, "target",
                             llvm::cl::desc("Target to compile for"),
                             llvm::cl::init("cpu")};
  Option<std::string> name{
      *this, "name",
      llvm::cl::desc("Name of the target in the artifact (default: target)"),
      llvm::cl::init("")};
  Option<std::string> targetModel{
      *this, "target-model",
      llvm::cl::desc("File with the target's constants (docs/Plan.md)"),
      llvm::cl::init("")};
  Option<int64_t> threads{
      *this, "threads",
      llvm::cl::desc("Threads that the plan is made for (0: of this host)"),
      llvm::cl::init(0)};
  ListOption<int64_t> sizes{
      *this, "sizes",
      llvm::cl::desc("Numbers of columns that prices are given at")};
  Option<std::string> cpu{*this, "cpu",
                          llvm::cl::desc("Processor, as LLVM names it"),
                          llvm::cl::init("")};
  Option<std::string> features{
      *this, "features",
      llvm::cl::desc("Processor features, separated by commas"),
      llvm::cl::init("")};
  ListOption<int64_t> tile{
      *this, "tile",
      llvm::cl::desc(
          "Rows and columns of tensor-core tiles (default: chosen)")};
  ListOption<int64_t> warps{
      *this, "warps",
      llvm::cl::desc(
          "Warps along a tile's rows and columns (default: chosen)")};
  Option<int64_t> stages{
      *this, "stages",
      llvm::cl::desc("Stages that tensor-core kernels keep in flight (0: "
                     "chosen)"),
      llvm::cl::init(0)};
};

/// From plan on, a phase is run for each target. Phase device does nothing for
/// the CPU.
enum class Phase { Input, Dispatch, Plan, Routed, Device, Host };

/// All phases, in order.
llvm::ArrayRef<Phase> getPhases();

/// "input", "dispatch", "plan", "routed", "device", "host".
llvm::StringRef getPhaseName(Phase phase);
std::optional<Phase> parsePhase(llvm::StringRef name);

/// Adds the passes that lead from the end of the phase before to the end of
/// this one.
void buildPhase(Phase phase, mlir::OpPassManager &manager,
                const PhaseOptions &options);

/// Layouts attached; linalg in the few forms that grouping knows.
void buildInputPhase(mlir::OpPassManager &manager, const PhaseOptions &options);
/// Work grouped into lacuna.dispatch regions.
void buildDispatchPhase(mlir::OpPassManager &manager,
                        const PhaseOptions &options);
/// Regions that read a layout have a plan.
void buildPlanPhase(mlir::OpPassManager &manager, const PhaseOptions &options);
/// Layouts are component buffers; each region is a function on buffers.
void buildRoutedPhase(mlir::OpPassManager &manager,
                      const PhaseOptions &options);
/// Kernels are NVVM in gpu.modules.
void buildDevicePhase(mlir::OpPassManager &manager,
                      const PhaseOptions &options);
/// The LLVM dialect and calls into the runtime.
void buildHostPhase(mlir::OpPassManager &manager, const PhaseOptions &options);

/// Registers `lacuna-phase-input`, ... `lacuna-phase-host`, and
/// `lacuna-compile-pipeline`, which is all of them.
void registerPhasePipelines();

} // namespace lacuna

#endif // LACUNA_PIPELINES_PHASES_H
