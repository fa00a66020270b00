// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna-compile: reads the model, runs the phases one by one, and writes what
// was asked for. Outputs appear at the end, all together.

#include "lacuna/Driver/Compile.h"

#include "Artifact.h"
#include "CodeGen.h"
#include "OutputFiles.h"

#include "lacuna/IR/Lacuna.h"
#include "lacuna/Pipelines/Registration.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Support/Timing.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"

#include <chrono>

using namespace mlir;
using namespace lacuna;

namespace {
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
  static DialectRegistry makeRegistry() {
    DialectRegistry registry;
    registerAllDialects(registry);
    return registry;
  }

  /// Runs one step under its name, with its time where that is asked for.
  template <typename Step> auto step(StringRef name, Step body) {
    TimingScope scope = root.nest(name);
    auto start = std::chrono::steady_clock::now();
    auto result = body(scope);
    if (options.verbose)
      llvm::errs() << llvm::formatv(
          "lacuna-compile: {0}: {1:f3} s\n", name,
          std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                        start)
              .count());
    return result;
  }

  llvm::Error checkFiles() const;
  llvm::Error parse();
  llvm::Error runPhases();
  llvm::Error runPhase(Phase phase, TimingScope &scope);
  llvm::Error afterPhase(Phase phase);
  llvm::Error enableRemarks();
  llvm::Error emitText(StringRef text);
  llvm::Error emitCode();

  const CompileOptions &options;
  MLIRContext context;
  DefaultTimingManager timing;
  TimingScope root;
  llvm::SourceMgr sources;
  OwningOpRef<ModuleOp> module;
  Processor processor;
  PhaseOptions phaseOptions;
  OutputFiles outputs;
};
} // namespace

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

llvm::Error Compilation::parse() {
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> file =
      openInputFile(options.input, &message);
  if (!file)
    return makeError(message);
  sources.AddNewSourceBuffer(std::move(file), llvm::SMLoc());
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
  remark::RemarkCategories categories;
  categories.all = ".*";
  if (failed(remark::enableOptimizationRemarks(
          context, /*streamer=*/nullptr,
          std::make_unique<remark::RemarkEmittingPolicyAll>(), categories,
          /*printAsEmitRemarks=*/true)))
    return makeError("remarks could not be enabled");
  return llvm::Error::success();
}

llvm::Error Compilation::runPhase(Phase phase, TimingScope &scope) {
  PassManager manager(&context);
  manager.enableTiming(scope);
  if (!options.crashReproducer.empty())
    manager.enableCrashReproducerGeneration(options.crashReproducer);
  buildPhase(phase, manager, phaseOptions);
  return failed(manager.run(*module)) ? makeSilentError()
                                      : llvm::Error::success();
}

llvm::Error Compilation::afterPhase(Phase phase) {
  if (phase == Phase::Plan && !options.report.empty())
    if (llvm::Error error = writePlanReport(*module, options, outputs))
      return error;
  if (options.dumpPhasesTo.empty())
    return llvm::Error::success();
  std::string text;
  llvm::raw_string_ostream(text) << *module;
  SmallString<128> path(options.dumpPhasesTo);
  llvm::sys::path::append(path, Twine(static_cast<int>(phase) + 1) + "-" +
                                    getPhaseName(phase) + ".mlir");
  // Dumps explain failures of later phases, so they appear at once.
  OutputFiles dump;
  if (llvm::Error error = dump.write(path, text))
    return error;
  return dump.commit();
}

llvm::Error Compilation::runPhases() {
  for (Phase phase : getPhases()) {
    llvm::Error error =
        step(("phase " + getPhaseName(phase)).str(),
             [&](TimingScope &scope) { return runPhase(phase, scope); });
    if (error)
      return error;
    if (llvm::Error error = afterPhase(phase))
      return error;
    if (options.compileTo == phase)
      break;
  }
  return llvm::Error::success();
}

llvm::Error Compilation::emitText(StringRef text) {
  if (options.output != "-")
    return outputs.write(options.output, text);
  llvm::outs() << text;
  return llvm::Error::success();
}

llvm::Error Compilation::emitCode() {
  llvm::LLVMContext llvmContext;
  auto code = step("LLVM IR", [&](TimingScope &) {
    return translateToLLVMIR(*module, llvmContext, processor);
  });
  if (!code)
    return code.takeError();
  step("LLVM optimization", [&](TimingScope &) {
    optimize(**code, processor);
    return true;
  });
  std::string ir;
  if (options.emit == Emit::LLVMIR || options.saveTemps)
    llvm::raw_string_ostream(ir) << **code;
  if (options.emit == Emit::LLVMIR)
    return emitText(ir);

  llvm::SmallVector<char, 0> object;
  llvm::Error error = step("LLVM code generation", [&](TimingScope &) {
    llvm::raw_svector_ostream os(object);
    return emitObject(**code, processor, os);
  });
  if (error)
    return error;
  StringRef bytes(object.data(), object.size());
  if (options.emit == Emit::Object)
    return emitText(bytes);
  if (options.saveTemps) {
    if (llvm::Error error = outputs.write(options.output + ".ll", ir))
      return error;
    if (llvm::Error error = outputs.write(options.output + ".o", bytes))
      return error;
  }
  return step("artifact", [&](TimingScope &) {
    return writeArtifact(*module, bytes, processor, options, outputs);
  });
}

llvm::Error Compilation::run() {
  if (llvm::Error error = checkFiles())
    return error;
  llvm::Expected<Processor> resolved = getProcessor(options.cpu);
  if (!resolved)
    return resolved.takeError();
  processor = std::move(*resolved);
  phaseOptions.rules = options.layouts;
  phaseOptions.precision = options.precision;
  phaseOptions.forceRoute = options.forceRoute;
  phaseOptions.target = options.target;
  phaseOptions.cpu = processor.name;
  phaseOptions.features = processor.features;

  SourceMgrDiagnosticHandler handler(sources, &context);
  if (llvm::Error error = enableRemarks())
    return error;
  if (llvm::Error error = step("parse", [&](TimingScope &) { return parse(); }))
    return error;
  if (llvm::Error error = runPhases())
    return error;
  std::string text;
  if (options.emit == Emit::MLIR)
    llvm::raw_string_ostream(text) << *module;
  if (llvm::Error error =
          options.emit == Emit::MLIR ? emitText(text) : emitCode())
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
