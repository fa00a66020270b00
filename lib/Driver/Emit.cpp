// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a compilation writes: the report, and the module, code of GPUs or the
// artifact, whichever was asked for.

#include "Compilation.h"

#include "Artifact.h"
#include "ManifestView.h"
#include "PlanPage.h"
#include "WeightPatterns.h"

using namespace mlir;
using namespace lacuna;

llvm::Error Compilation::writeReport() {
  SmallVector<TargetReport> reports;
  for (TargetState &target : targets) {
    reports.push_back(target.report);
  }
  double seconds = getSeconds(started);
  if (options.verbose)
    for (const TargetReport &report : reports)
      if (report.code)
        llvm::errs() << "lacuna-compile: " << report.plan.target << ": "
                     << describeCode(*report.code) << "\n";
  if (options.report.empty())
    return llvm::Error::success();
  if (StringRef(options.report).ends_with(".html"))
    return outputs.write(options.report,
                         makePlanPage(reports, options.input, seconds));
  std::string text = makeReport(reports, seconds,
                                StringRef(options.report).ends_with(".json"));
  if (options.report != "-")
    return outputs.write(options.report, text);
  return writeStandardOutput(text);
}

llvm::Error Compilation::emitText(StringRef text) {
  if (options.output != "-")
    return outputs.write(options.output, text);
  return writeStandardOutput(text);
}

/// The module; of several targets, one module with theirs in it.
llvm::Error Compilation::emitMLIR() {
  std::string text;
  llvm::raw_string_ostream os(text);
  bool isShared = options.compileTo && *options.compileTo < Phase::Plan;
  if (isShared || targets.size() == 1) {
    os << *targets.front().module;
    return emitText(text);
  }
  OwningOpRef<ModuleOp> all = ModuleOp::create(UnknownLoc::get(&context));
  for (TargetState &target : targets) {
    ModuleOp module = target.module->clone();
    module.setName(target.name);
    all->push_back(module);
  }
  os << *all;
  return emitText(text);
}

llvm::Error Compilation::emitDevice() {
  if (options.emit == Emit::PTX)
    return emitText(images.front().ptx);
  if (options.emit == Emit::Cubin)
    return emitText(images.front().cubin);
  return emitText(makeFatbin(images));
}

llvm::Expected<llvm::json::Value> Compilation::mergeManifest() {
  std::vector<llvm::json::Value> manifests;
  for (TargetState &target : targets) {
    llvm::Expected<llvm::json::Value> manifest = readManifest(*target.module);
    if (!manifest)
      return manifest.takeError();
    manifests.push_back(std::move(*manifest));
  }
  return mergeManifests(manifests);
}

llvm::Error Compilation::emitCode() {
  llvm::Expected<llvm::json::Value> manifest = mergeManifest();
  if (!manifest)
    return manifest.takeError();
  if (options.verbose)
    printArenas(*manifest, llvm::errs());
  if (!options.report.empty() && !options.params.empty())
    for (TargetState &target : targets)
      if (llvm::Error error =
              readPatterns(*manifest, options, target.report.plan.regions))
        return error;
  llvm::LLVMContext llvmContext;
  auto code = step("LLVM IR", [&](TimingScope &) {
    return translateToLLVMIR(getModules(), llvmContext);
  });
  if (!code)
    return code.takeError();
  std::string manifestText;
  llvm::raw_string_ostream(manifestText) << *manifest;
  addData(**code, manifestText, images.empty() ? "" : makeFatbin(images));
  step("LLVM optimization", [&](TimingScope &) {
    optimize(**code, *getBase().machine);
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
    return emitObject(**code, getBase(), os);
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
    return writeArtifact(*manifest, bytes, getBase(), options, outputs);
  });
}
