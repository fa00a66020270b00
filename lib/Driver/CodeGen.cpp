// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the LLVM dialect to an object file. See CodeGen.h.

#include "CodeGen.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "mlir/Target/LLVMIR/ModuleTranslation.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/IPO/Internalize.h"

using namespace llvm;
using namespace lacuna;

static bool isExported(const GlobalValue &value) {
  StringRef name = value.getName();
  return name.starts_with("lacuna_entry_") ||
         name.starts_with("lacuna_shapes_") || name == "lacuna_manifest";
}

static void setAttributes(Module &module, const Processor &processor) {
  for (Function &function : module) {
    if (function.isDeclaration())
      continue;
    function.addFnAttr("target-cpu", processor.name);
    if (!processor.featureString.empty())
      function.addFnAttr("target-features", processor.featureString);
    // Kernels choose their vectors; LLVM would halve the widest on some CPUs.
    if (processor.hasAVX512)
      function.addFnAttr("prefer-vector-width", "512");
    function.setDoesNotThrow();
  }
}

Expected<std::unique_ptr<Module>>
lacuna::translateToLLVMIR(mlir::ModuleOp module, LLVMContext &context,
                          const Processor &processor) {
  std::unique_ptr<Module> result =
      mlir::translateModuleToLLVMIR(module, context, "lacuna_model");
  if (!result)
    return createStringError("translation to LLVM IR failed");
  result->setTargetTriple(processor.machine->getTargetTriple());
  result->setDataLayout(processor.machine->createDataLayout());
  internalizeModule(*result, isExported);
  setAttributes(*result, processor);
  std::string message;
  raw_string_ostream os(message);
  if (verifyModule(*result, &os))
    return createStringError("the LLVM IR of this model is invalid, which is "
                             "an error of the compiler: " +
                             message);
  return result;
}

void lacuna::optimize(Module &module, const Processor &processor) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager sccs;
  ModuleAnalysisManager modules;
  PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.SLPVectorization = true;
  PassBuilder builder(processor.machine.get(), tuning);
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
