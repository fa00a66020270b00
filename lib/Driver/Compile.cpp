// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-compile: reads the model, runs the phases one by one, and writes what
// was asked for. From phase plan on each target has a module of its own.
// Outputs appear at the end, all together.

#include "Compilation.h"

#include "RegionCounts.h"

#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/Threading.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Threading.h"
#include "llvm/Support/WithColor.h"

using namespace mlir;
using namespace lacuna;

static llvm::Error makeError(const Twine &message) {
  return llvm::createStringError(message.str());
}

/// Diagnostics have been printed; there is nothing to add.
static llvm::Error makeSilentError() { return makeError(""); }

llvm::Error Compilation::checkFiles() const {
  std::vector<std::string> paths = options.params;
  for (const std::string &path : {options.layouts, options.parametersFile})
    if (!path.empty())
      paths.push_back(path);
  for (const std::string &path : paths) {
    llvm::sys::fs::file_status status;
    if (std::error_code code = llvm::sys::fs::status(path, status))
      return makeError("cannot read '" + path + "': " + code.message());
    if (llvm::sys::fs::is_directory(status))
      return makeError("cannot read '" + path + "': it is a folder");
  }
  return llvm::Error::success();
}

/// The targets, of which target cpu is one for each processor.
llvm::Error Compilation::resolveTargets() {
  llvm::Expected<std::vector<Processor>> resolved = getProcessors(options.cpus);
  if (!resolved)
    return resolved.takeError();
  processors = std::move(*resolved);
  auto add = [&](const std::string &target, std::string name,
                 const Processor &processor) -> llvm::Error {
    auto model =
        getTargetModel(target, processor.features, options.targetModel);
    if (!model)
      return model.takeError();
    targets.push_back({std::move(name), findGPUTarget(target), &processor,
                       std::move(*model), nullptr});
    return llvm::Error::success();
  };
  for (const std::string &name : options.targets) {
    if (findGPUTarget(name)) {
      if (llvm::Error error = add(name, name, getBase()))
        return error;
      continue;
    }
    for (const Processor &processor : processors)
      if (llvm::Error error = add(
              name, processors.size() > 1 ? name + ":" + processor.name : name,
              processor))
        return error;
  }
  warnOfRoutes();
  return llvm::Error::success();
}

bool Compilation::hasForcedRoute(const TargetState &target) const {
  std::optional<Route> route = parseRouteName(options.forceRoute);
  return route && (*route == Route::Dense ||
                   (*route == Route::TensorCore) == (target.gpu != nullptr));
}

void Compilation::warnOfRoutes() const {
  for (const TargetState &target : targets)
    if (!options.forceRoute.empty() && !hasForcedRoute(target))
      llvm::WithColor::warning(llvm::errs(), "lacuna-compile")
          << "target " << target.name << " has no route '" << options.forceRoute
          << "'; its routes are left to the plan\n";
}

llvm::Error Compilation::parse() {
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file =
      openInputFile(options.input, &message);
  if (!file)
    return makeError(message);
  sources.AddNewSourceBuffer(std::move(file), llvm::SMLoc());
  OwningOpRef<ModuleOp> &module = targets.front().module;
  module = parseSourceFile<ModuleOp>(sources, ParserConfig(&context));
  if (!module)
    return makeSilentError();
  for (auto function : module->getOps<func::FuncOp>())
    if (function.isPublic())
      return llvm::Error::success();
  return makeError("'" + options.input +
                   "' has no public func.func; expected at least one, which "
                   "becomes a function of the artifact");
}

llvm::Error Compilation::enableRemarks() {
  if (!options.remarks)
    return llvm::Error::success();
  // `all` alone enables no kind: it only widens those that are named.
  remark::RemarkCategories categories;
  categories.passed = categories.missed = categories.analysis =
      categories.failed = ".*";
  if (failed(remark::enableOptimizationRemarks(
          context, /*streamer=*/nullptr,
          std::make_unique<remark::RemarkEmittingPolicyAll>(), categories,
          /*printAsEmitRemarks=*/true)))
    return makeError("remarks could not be enabled");
  return llvm::Error::success();
}

Steps Compilation::makeSteps(ArrayRef<Phase> phases,
                             const TargetState &target) {
  phaseOptions.target = target.gpu ? target.name : "cpu";
  phaseOptions.name = target.name;
  phaseOptions.cpu = target.processor->name;
  phaseOptions.features = target.processor->features;
  phaseOptions.forceRoute = hasForcedRoute(target) ? options.forceRoute : "";
  Steps steps;
  for (Phase phase : phases) {
    if (phase == Phase::Device && !target.gpu)
      continue;
    auto manager = std::make_unique<PassManager>(&context);
    if (!options.crashReproducer.empty())
      manager->enableCrashReproducerGeneration(options.crashReproducer);
    buildPhase(phase, *manager, phaseOptions);
    steps.emplace_back(phase, std::move(manager));
    if (isLast(phase))
      break;
  }
  return steps;
}

llvm::Error Compilation::runPhase(Phase phase, PassManager &manager,
                                  TargetState &target) {
  std::string suffix = phase < Phase::Plan ? "" : getSuffix(target, " for ");
  return step(("phase " + getPhaseName(phase) + suffix).str(),
              [&](TimingScope &scope) -> llvm::Error {
                manager.enableTiming(scope);
                if (failed(manager.run(*target.module)))
                  return makeSilentError();
                if (phase == Phase::Plan)
                  takePlan(target);
                if (phase == Phase::Routed) {
                  target.report.code = countCode(*target.module);
                  countRegions(*target.module, target.report.plan.regions);
                }
                if (llvm::Error error = dump(phase, target))
                  return error;
                if (phase == Phase::Plan && target.gpu)
                  numberRegions(*target.module);
                return llvm::Error::success();
              });
}

void Compilation::takePlan(TargetState &target) {
  Plan &plan = target.report.plan;
  plan.target = target.name;
  plan.regions = collectPlan(*target.module);
  plan.unlicensed = collectUnlicensed(*target.module);
  plan.file = target.model.file;
  plan.description = target.model.description;
  plan.uncalibrated = target.model.getUncalibrated();
  if (!target.gpu)
    plan.threads = options.threads
                       ? options.threads
                       : llvm::hardware_concurrency().compute_thread_count();
}

llvm::Error Compilation::dump(Phase phase, TargetState &target) {
  if (options.dumpPhasesTo.empty())
    return llvm::Error::success();
  std::string text;
  llvm::raw_string_ostream(text) << *target.module;
  // The number among the phases of this target.
  unsigned number = static_cast<unsigned>(phase) + 1;
  number -= phase > Phase::Device && !target.gpu;
  std::string suffix = phase < Phase::Plan ? "" : getSuffix(target, ".");
  SmallString<128> path(options.dumpPhasesTo);
  llvm::sys::path::append(path, Twine(number) + "-" + getPhaseName(phase) +
                                    suffix + ".mlir");
  // Dumps explain failures of later phases, so they appear at once.
  OutputFiles file;
  if (llvm::Error error = file.write(path, text))
    return error;
  return file.commit();
}

bool Compilation::isLast(Phase phase) const {
  bool isDevice = options.emit == Emit::PTX || options.emit == Emit::Cubin ||
                  options.emit == Emit::Fatbin;
  return options.compileTo == phase || (isDevice && phase == Phase::Device);
}

llvm::Error Compilation::compileKernels() {
  SmallVector<KernelModule> kernels;
  for (TargetState &target : targets)
    if (target.gpu)
      kernels.push_back({target.gpu, *target.module});
  if (kernels.empty())
    return llvm::Error::success();
  auto made = step("kernels", [&](TimingScope &) {
    return makeDeviceImages(kernels, options);
  });
  if (!made)
    return made.takeError();
  images = std::move(*made);
  for (const DeviceImage &image : images)
    for (TargetState &target : targets)
      if (target.gpu == image.target)
        target.report.code->usage = image.usage;
  if (!options.saveTemps)
    return llvm::Error::success();
  for (const DeviceImage &image : images) {
    std::string path = (options.output + "." + image.target->name).str();
    if (llvm::Error error = outputs.write(path + ".ptx", image.ptx))
      return error;
    if (!image.cubin.empty())
      if (llvm::Error error = outputs.write(path + ".cubin", image.cubin))
        return error;
  }
  return llvm::Error::success();
}

llvm::Error Compilation::runSteps(Steps &steps, TargetState &target) {
  for (auto &[phase, manager] : steps)
    if (llvm::Error error = runPhase(phase, *manager, target))
      return error;
  return llvm::Error::success();
}

/// Phases of all targets, which have modules of their own. They run side by
/// side unless remarks or a reproducer would mix.
llvm::Error Compilation::runTargets(ArrayRef<Phase> phases) {
  std::vector<Steps> steps;
  DialectRegistry dialects;
  for (TargetState &target : targets) {
    steps.push_back(makeSteps(phases, target));
    for (auto &[phase, manager] : steps.back())
      manager->getDependentDialects(dialects);
  }
  if (targets.size() == 1 || options.remarks ||
      !options.crashReproducer.empty()) {
    for (auto [target, targetSteps] : llvm::zip(targets, steps))
      if (llvm::Error error = runSteps(targetSteps, target))
        return error;
    return llvm::Error::success();
  }
  // Two threads must not load a dialect at a time.
  context.appendDialectRegistry(dialects);
  for (StringRef name : dialects.getDialectNames())
    context.getOrLoadDialect(name);
  // Diagnostics come in the order of the targets, and errors do, too.
  ParallelDiagnosticHandler ordered(&context);
  std::vector<std::optional<std::string>> errors(targets.size());
  parallelFor(&context, 0, targets.size(), [&](size_t i) {
    ordered.setOrderIDForThread(i);
    if (llvm::Error error = runSteps(steps[i], targets[i]))
      errors[i] = llvm::toString(std::move(error));
    ordered.eraseOrderIDForThread();
  });
  for (const std::optional<std::string> &error : errors)
    if (error)
      return makeError(*error);
  return llvm::Error::success();
}

llvm::Error Compilation::runPhases() {
  Steps shared = makeSteps({Phase::Input, Phase::Dispatch}, targets.front());
  if (llvm::Error error = runSteps(shared, targets.front()))
    return error;
  if (options.compileTo && *options.compileTo < Phase::Plan)
    return llvm::Error::success();
  for (TargetState &target : MutableArrayRef(targets).drop_front())
    target.module = targets.front().module->clone();
  if (llvm::Error error =
          runTargets({Phase::Plan, Phase::Routed, Phase::Device}))
    return error;
  if (options.compileTo && *options.compileTo < Phase::Device)
    return llvm::Error::success();
  if (options.emit != Emit::MLIR)
    if (llvm::Error error = compileKernels())
      return error;
  if (isLast(Phase::Device))
    return llvm::Error::success();
  return runTargets({Phase::Host});
}

/// Prints what is said of the module as a whole, whose place the parser puts
/// into line 0, as errors of the command line are printed.
static LogicalResult printWithoutPlace(Diagnostic &diagnostic) {
  auto place = diagnostic.getLocation()->findInstanceOf<FileLineColLoc>();
  if (!place || place.getLine() != 0)
    return failure();
  llvm::raw_ostream &os =
      diagnostic.getSeverity() == DiagnosticSeverity::Error
          ? llvm::WithColor::error(llvm::errs(), "lacuna-compile")
      : diagnostic.getSeverity() == DiagnosticSeverity::Warning
          ? llvm::WithColor::warning(llvm::errs(), "lacuna-compile")
          : llvm::WithColor::remark(llvm::errs(), "lacuna-compile");
  os << diagnostic << "\n";
  return success();
}

llvm::Error Compilation::run() {
  if (llvm::Error error = checkFiles())
    return error;
  if (llvm::Error error = resolveTargets())
    return error;
  phaseOptions.rules = options.layouts;
  phaseOptions.precision = options.precision;
  phaseOptions.tile = options.tile;
  phaseOptions.warps = options.warps;
  phaseOptions.stages = options.stages;
  phaseOptions.targetModel = options.targetModel;
  phaseOptions.threads = options.threads;
  phaseOptions.sizes = options.reportSizes;

  SourceMgrDiagnosticHandler handler(sources, &context);
  ScopedDiagnosticHandler whole(&context, printWithoutPlace);
  if (llvm::Error error = enableRemarks())
    return error;
  if (llvm::Error error = step("parse", [&](TimingScope &) { return parse(); }))
    return error;
  if (llvm::Error error = runPhases())
    return error;
  if (llvm::Error error = options.emit == Emit::MLIR ? emitMLIR()
                          : isLast(Phase::Device)    ? emitDevice()
                                                     : emitCode())
    return error;
  if (llvm::Error error = writeReport())
    return error;
  return outputs.commit();
}

LogicalResult lacuna::compile(const CompileOptions &options) {
  Compilation compilation(options);
  llvm::Error error = compilation.run();
  if (!error)
    return success();
  std::string message = llvm::toString(std::move(error));
  if (!message.empty())
    llvm::WithColor::error(llvm::errs(), "lacuna-compile") << message << "\n";
  return failure();
}
