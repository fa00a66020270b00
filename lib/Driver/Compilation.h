// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One run of lacuna-compile: its state, which Compile.cpp takes through the
// phases, and Emit.cpp writes.

#ifndef LACUNA_LIB_DRIVER_COMPILATION_H
#define LACUNA_LIB_DRIVER_COMPILATION_H

#include "lacuna/Driver/Compile.h"

#include "CodeGen.h"
#include "CodeReport.h"
#include "Device.h"
#include "OutputFiles.h"

#include "lacuna/CostModel/TargetModel.h"
#include "lacuna/Pipelines/Registration.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/Timing.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/SourceMgr.h"

#include <chrono>

namespace lacuna {

/// One --target, and of target cpu one --cpu.
struct TargetState {
  /// In the artifact: "sm_80", "cpu", or "cpu:x86-64-v3" of several.
  std::string name;
  /// Null for the CPU.
  const GPUTarget *gpu;
  /// Of its host code.
  const Processor *processor;
  TargetModel model;
  /// Of all targets' first until they part.
  mlir::OwningOpRef<mlir::ModuleOp> module;
  TargetReport report = {};
};

/// Phases with their passes, in order.
using Steps = std::vector<std::pair<Phase, std::unique_ptr<mlir::PassManager>>>;

class Compilation {
public:
  explicit Compilation(const CompileOptions &options)
      : options(options), context(makeRegistry()) {
    // An error names its place and what to do; the operation in generic form
    // says nothing to who wrote the model.
    context.printOpOnDiagnostic(false);
    timing.setEnabled(options.timing);
    root = timing.getRootScope();
  }

  /// The errors of passes are printed as they come; others are returned.
  llvm::Error run();

private:
  static mlir::DialectRegistry makeRegistry() {
    mlir::DialectRegistry registry;
    registerAllDialects(registry);
    return registry;
  }

  /// Runs one step under its name, with its time where that is asked for.
  template <typename Step> auto step(llvm::StringRef name, Step body) {
    mlir::TimingScope scope = root.nest(name);
    auto start = std::chrono::steady_clock::now();
    auto result = body(scope);
    // One write: targets take their steps side by side.
    if (options.verbose)
      llvm::errs() << llvm::formatv("lacuna-compile: {0}: {1:f3} s\n", name,
                                    getSeconds(start))
                          .str();
    return result;
  }

  using Time = std::chrono::steady_clock::time_point;
  static double getSeconds(Time since) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         since)
        .count();
  }

  llvm::Error checkFiles() const;
  llvm::Error resolveTargets();
  /// Several targets are compiled with one --force-route.
  bool hasForcedRoute(const TargetState &target) const;
  void warnOfRoutes() const;
  llvm::Error parse();
  llvm::Error runPhases();
  llvm::Error runTargets(llvm::ArrayRef<Phase> phases);
  llvm::Error writeReport();
  Steps makeSteps(llvm::ArrayRef<Phase> phases, const TargetState &target);
  llvm::Error runPhase(Phase phase, mlir::PassManager &manager,
                       TargetState &target);
  llvm::Error runSteps(Steps &steps, TargetState &target);
  /// The plan that phase plan left, and what it was made for.
  void takePlan(TargetState &target);
  llvm::Error dump(Phase phase, TargetState &target);
  bool isLast(Phase phase) const;
  llvm::Error compileKernels();
  llvm::Error enableRemarks();
  llvm::Error emitText(llvm::StringRef text);
  llvm::Error emitMLIR();
  llvm::Error emitDevice();
  llvm::Expected<llvm::json::Value> mergeManifest();
  llvm::Error emitCode();

  /// What a target adds to names where there are several.
  std::string getSuffix(const TargetState &target,
                        llvm::StringRef before) const {
    return targets.size() > 1 ? (before + target.name).str() : "";
  }
  llvm::SmallVector<HostModule> getModules() {
    return llvm::map_to_vector(targets, [](TargetState &target) {
      return HostModule{*target.module, target.processor};
    });
  }
  /// The processor that asks for least.
  const Processor &getBase() const { return processors.back(); }

  const CompileOptions &options;
  Time started = std::chrono::steady_clock::now();
  mlir::MLIRContext context;
  mlir::DefaultTimingManager timing;
  mlir::TimingScope root;
  llvm::SourceMgr sources;
  std::vector<TargetState> targets;
  std::vector<DeviceImage> images;
  /// As getProcessors orders them.
  std::vector<Processor> processors;
  PhaseOptions phaseOptions;
  OutputFiles outputs;
};

} // namespace lacuna

#endif // LACUNA_LIB_DRIVER_COMPILATION_H
