// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the LLVM dialect to an object file. See CodeGen.h.

#include "CodeGen.h"

#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Target/LLVMIR/ModuleTranslation.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Linker/Linker.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/IPO/Internalize.h"

using namespace llvm;
using namespace lacuna;

static bool isExported(const GlobalValue &value) {
  StringRef name = value.getName();
  return name.starts_with("lacuna_entry_") ||
         name.starts_with("lacuna_shapes_") ||
         name.starts_with("lacuna_workspace_");
}

static void setAttributes(Module &module, const Processor &processor) {
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", processor.name);
    // Without it, a function would get those of the machine.
    function.addFnAttr("target-features", processor.featureString);
    // Kernels choose their vectors; LLVM would halve the widest on some CPUs.
    if (processor.hasAVX512)
      function.addFnAttr("prefer-vector-width", "512");
    function.setDoesNotThrow();
  }
}

/// Keeps dispatch functions out of what calls them: a network calls each once
/// for every layer, and a call is nothing beside the work it starts.
static void keepDispatchFunctions(mlir::ModuleOp module, Module &code) {
  for (auto function : module.getOps<mlir::LLVM::LLVMFuncOp>())
    if (function->hasAttr(LacunaDialect::kDispatchAttr))
      if (Function *found = code.getFunction(function.getName()))
        found->addFnAttr(Attribute::NoInline);
}

/// The host code of one target.
static Expected<std::unique_ptr<Module>> translateTarget(const HostModule &host,
                                                         LLVMContext &context) {
  auto [module, processor] = host;
  std::unique_ptr<Module> result =
      mlir::translateModuleToLLVMIR(module, context, "lacuna_model");
  if (!result)
    return createStringError("translation to LLVM IR failed");
  result->setTargetTriple(processor->machine->getTargetTriple());
  result->setDataLayout(processor->machine->createDataLayout());
  // That of the artifact is made of those of all targets.
  if (GlobalVariable *manifest = result->getNamedGlobal("lacuna_manifest"))
    manifest->eraseFromParent();
  keepDispatchFunctions(module, *result);
  internalizeModule(*result, isExported);
  setAttributes(*result, *processor);
  return std::move(result);
}

/// Adds an exported constant, which no optimization removes.
static void addConstant(Module &module, StringRef name, Constant *value,
                        StringRef section = "") {
  auto *global = new GlobalVariable(module, value->getType(),
                                    /*isConstant=*/true,
                                    GlobalValue::ExternalLinkage, value, name);
  global->setAlignment(Align(16));
  global->setSection(section);
}

void lacuna::addData(Module &module, StringRef manifest, StringRef fatbin) {
  LLVMContext &context = module.getContext();
  addConstant(module, "lacuna_manifest",
              ConstantDataArray::getString(context, manifest));
  if (fatbin.empty())
    return;
  addConstant(module, "lacuna_fatbin",
              ConstantDataArray::getString(context, fatbin, /*AddNull=*/false),
              ".lacuna_fatbin");
  addConstant(module, "lacuna_fatbin_size",
              ConstantInt::get(Type::getInt64Ty(context), fatbin.size()));
}

Expected<std::unique_ptr<Module>>
lacuna::translateToLLVMIR(ArrayRef<HostModule> modules, LLVMContext &context) {
  std::unique_ptr<Module> result;
  for (const HostModule &host : modules) {
    auto translated = translateTarget(host, context);
    if (!translated)
      return translated.takeError();
    if (!result)
      result = std::move(*translated);
    else if (Linker::linkModules(*result, std::move(*translated)))
      return createStringError("the host code of two targets has the same "
                               "names, which is an error of the compiler");
  }
  std::string message;
  raw_string_ostream os(message);
  if (verifyModule(*result, &os))
    return createStringError("the LLVM IR of this model is invalid, which is "
                             "an error of the compiler: " +
                             message);
  return result;
}

void lacuna::optimize(Module &module, TargetMachine &machine) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager sccs;
  ModuleAnalysisManager modules;
  PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.SLPVectorization = true;
  PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  builder.buildPerModuleDefaultPipeline(OptimizationLevel::O3)
      .run(module, modules);
}

Error lacuna::emitObject(Module &module, const Processor &processor,
                         raw_pwrite_stream &os) {
  legacy::PassManager passes;
  TargetLibraryInfoImpl library(module.getTargetTriple());
  passes.add(new TargetLibraryInfoWrapperPass(library));
  if (processor.machine->addPassesToEmitFile(passes, os, /*DwoOut=*/nullptr,
                                             CodeGenFileType::ObjectFile))
    return createStringError("processor '" + processor.name +
                             "' has no object file format");
  passes.run(module);
  return Error::success();
}
