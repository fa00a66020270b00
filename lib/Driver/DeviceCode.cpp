// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From kernels of phase device to PTX. See DeviceCode.h.

#include "DeviceCode.h"

#include "CodeGen.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/Bitcode/BitcodeReader.h"
#include "llvm/IR/DiagnosticInfo.h"
#include "llvm/IR/DiagnosticPrinter.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/IRReader/IRReader.h"
#include "llvm/Linker/Linker.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/Threading.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Transforms/IPO/Internalize.h"

using namespace llvm;
using namespace lacuna;

static constexpr StringLiteral kTriple = "nvptx64-nvidia-cuda";

Expected<std::unique_ptr<Module>>
lacuna::translateKernels(mlir::ModuleOp module, LLVMContext &context) {
  auto result = std::make_unique<Module>("lacuna_kernels", context);
  result->setTargetTriple(Triple(kTriple));
  for (auto kernels : module.getOps<mlir::gpu::GPUModuleOp>()) {
    std::unique_ptr<Module> translated = mlir::translateModuleToLLVMIR(
        kernels.getOperation(), context, "lacuna_kernels");
    if (!translated)
      return createStringError("translation of kernels to LLVM IR failed");
    translated->setTargetTriple(Triple(kTriple));
    if (Linker::linkModules(*result, std::move(translated)))
      return createStringError("the kernels of two gpu.modules have the same "
                               "names");
  }
  return std::move(result);
}

static Expected<std::unique_ptr<TargetMachine>>
createMachine(const GPUTarget &target, unsigned ptxVersion) {
  static llvm::once_flag initialized;
  llvm::call_once(initialized, [] {
    LLVMInitializeNVPTXTargetInfo();
    LLVMInitializeNVPTXTarget();
    LLVMInitializeNVPTXTargetMC();
    LLVMInitializeNVPTXAsmPrinter();
  });
  Triple triple(kTriple);
  std::string message;
  const Target *found = TargetRegistry::lookupTarget(triple, message);
  if (!found)
    return createStringError("this LLVM has no NVPTX code generator: " +
                             message);
  TargetOptions options;
  std::unique_ptr<TargetMachine> machine(found->createTargetMachine(
      triple, target.name, "+ptx" + std::to_string(ptxVersion), options,
      std::nullopt, std::nullopt, CodeGenOptLevel::Aggressive));
  if (!machine)
    return createStringError("cannot make code for " + target.name);
  return std::move(machine);
}

/// Functions of the mathematical library that are called and not there. LLVM
/// itself answers __nvvm_reflect.
static SmallVector<StringRef> getMissing(const Module &module) {
  SmallVector<StringRef> names;
  for (const Function &function : module)
    if (function.isDeclaration() && !function.isIntrinsic() &&
        !function.use_empty() && function.getName() != "__nvvm_reflect")
      names.push_back(function.getName());
  return names;
}

/// Takes what is called from libdevice.
static Error linkLibdevice(Module &module, const std::string &libdevice) {
  SmallVector<StringRef> missing = getMissing(module);
  if (missing.empty())
    return Error::success();
  if (libdevice.empty())
    return createStringError(
        "kernels call '" + missing.front() +
        "', which CUDA's libdevice.10.bc has, and no CUDA toolkit was found; "
        "install one and set CUDA_HOME to its folder");
  auto buffer = MemoryBuffer::getFile(libdevice);
  if (!buffer)
    return createStringError("cannot read '" + libdevice +
                             "': " + buffer.getError().message());
  Expected<std::unique_ptr<Module>> library =
      getOwningLazyBitcodeModule(std::move(*buffer), module.getContext());
  if (!library)
    return joinErrors(createStringError("cannot read '" + libdevice + "'"),
                      library.takeError());
  (*library)->setTargetTriple(module.getTargetTriple());
  (*library)->setDataLayout(module.getDataLayout());
  bool failed = Linker::linkModules(
      module, std::move(*library), Linker::LinkOnlyNeeded,
      [](Module &linked, const StringSet<> &added) {
        internalizeModule(linked, [&](const GlobalValue &value) {
          return !value.hasName() || !added.count(value.getName());
        });
      });
  missing = getMissing(module);
  if (failed || !missing.empty())
    return createStringError("kernels call '" +
                             (missing.empty() ? "libdevice" : missing.front()) +
                             "', which '" + libdevice + "' does not have");
  return Error::success();
}

/// Denormals and divisions are as IEEE has them.
static void setReflection(Module &module) {
  module.setModuleFlag(Module::Override, "nvvm-reflect-ftz",
                       ConstantAsMetadata::get(ConstantInt::get(
                           Type::getInt32Ty(module.getContext()), 0)));
}

Expected<std::string> lacuna::emitPTX(Module &kernels, const GPUTarget &target,
                                      const std::string &libdevice) {
  std::string message;
  raw_string_ostream messages(message);
  kernels.getContext().setDiagnosticHandlerCallBack(
      [](const DiagnosticInfo *info, void *text) {
        if (info->getSeverity() != DS_Error)
          return;
        auto &os = *static_cast<raw_string_ostream *>(text);
        DiagnosticPrinterRawOStream printer(os);
        info->print(printer);
        os << "; ";
      },
      &messages);
  Expected<std::unique_ptr<TargetMachine>> machine =
      createMachine(target, getPTXVersion(kernels, target));
  if (!machine)
    return machine.takeError();
  kernels.setDataLayout((*machine)->createDataLayout());
  if (Error error = linkLibdevice(kernels, libdevice))
    return std::move(error);
  setReflection(kernels);
  if (verifyModule(kernels, &messages))
    return createStringError("the LLVM IR of the kernels is invalid, which is "
                             "an error of the compiler: " +
                             message);
  optimize(kernels, **machine);

  SmallString<0> text;
  raw_svector_ostream os(text);
  legacy::PassManager passes;
  TargetLibraryInfoImpl library(kernels.getTargetTriple());
  passes.add(new TargetLibraryInfoWrapperPass(library));
  if ((*machine)->addPassesToEmitFile(passes, os, /*DwoOut=*/nullptr,
                                      CodeGenFileType::AssemblyFile))
    return createStringError("cannot write PTX for " + target.name);
  passes.run(kernels);
  if (!message.empty())
    return createStringError("making PTX for " + target.name +
                             " failed: " + message);
  return text.str().str();
}
