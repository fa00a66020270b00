// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The processor that code is made for. See Target.h.

#include "Target.h"

#include "lacuna/CostModel/TargetModel.h"
#include "lacuna/Packing/Parameters.h"
#include "lacuna/Pipelines/CPU.h"
#include "lacuna/Transforms/GPUTarget.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;
using namespace lacuna;

ArrayRef<StringRef> lacuna::getTargetNames() {
  static const SmallVector<StringRef> names = [] {
    SmallVector<StringRef> list{"cpu"};
    for (const GPUTarget &target : getGPUTargets())
      list.push_back(target.name);
    return list;
  }();
  return names;
}

StringRef lacuna::getTargetModelHelp() {
  static const std::string help =
      "Constants of the target (docs/Plan.md): one of the built-in " +
      join(getTargetModelNames(), ", ") + ", or a file (default: by target)";
  return help;
}

static Error checkName(StringRef name, const MCSubtargetInfo &subtarget) {
  if (subtarget.isCPUStringValid(name))
    return Error::success();
  std::vector<std::string> known;
  for (const SubtargetSubTypeKV &entry :
       subtarget.getAllProcessorDescriptions())
    known.push_back(entry.Key);
  return createStringError("unknown processor '" + name +
                           "' for this architecture (`llc -mcpu=help` lists "
                           "all)" +
                           packing::suggestNames(name.str(), known));
}

/// "+a,-b" of what this host has and lacks.
static std::string getHostFeatureString(const StringMap<bool> &features) {
  SmallVector<std::string> list;
  for (const auto &entry : features)
    list.push_back((entry.second ? "+" : "-") + entry.first().str());
  llvm::sort(list);
  return join(list, ",");
}

Expected<Processor> lacuna::getProcessor(StringRef name) {
  InitializeNativeTarget();
  InitializeNativeTargetAsmPrinter();
  InitializeNativeTargetAsmParser();
  Triple triple(sys::getDefaultTargetTriple());
  std::string error;
  const Target *target = TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return createStringError("no code generator for " + triple.str() + ": " +
                             error);

  Processor processor;
  StringMap<bool> host = sys::getHostCPUFeatures();
  bool isNative = name == "native" || name == "host";
  processor.name = isNative ? sys::getHostCPUName().str() : name.str();
  std::unique_ptr<MCSubtargetInfo> known(
      target->createMCSubtargetInfo(triple, "", ""));
  if (Error unknown = checkName(processor.name, *known)) {
    if (!isNative)
      return std::move(unknown);
    consumeError(std::move(unknown));
    processor.name = "generic";
  }
  if (isNative)
    processor.featureString = getHostFeatureString(host);

  TargetOptions options;
  processor.machine.reset(target->createTargetMachine(
      triple, processor.name, processor.featureString, options, Reloc::PIC_,
      std::nullopt, CodeGenOptLevel::Aggressive));
  if (!processor.machine)
    return createStringError("cannot make code for processor '" +
                             processor.name + "'");

  // The host's map names all instruction sets of the architecture; LLVM's own
  // list has tuning flags, too.
  const MCSubtargetInfo *subtarget = processor.machine->getMCSubtargetInfo();
  SmallVector<StringRef> features;
  for (const SubtargetFeatureKV &feature : subtarget->getAllProcessorFeatures())
    if (host.contains(feature.Key) &&
        subtarget->getFeatureBits().test(feature.Value))
      features.push_back(feature.Key);
  processor.features = join(features, ",");
  processor.hasAVX512 = is_contained(features, "avx512f");
  return processor;
}

Expected<std::vector<Processor>>
lacuna::getProcessors(ArrayRef<std::string> names) {
  std::vector<Processor> processors;
  for (const std::string &name : names) {
    Expected<Processor> processor = getProcessor(name);
    if (!processor)
      return processor.takeError();
    for (const Processor &other : processors)
      if (other.name == processor->name)
        return createStringError("--cpu=" + name + " is '" + other.name +
                                 "', which another --cpu names; expected each "
                                 "processor once");
    processors.push_back(std::move(*processor));
  }
  auto getRank = [](const Processor &processor) {
    StringRef features = processor.features;
    return std::pair(getVectorBytes(features), features.count(','));
  };
  stable_sort(processors, [&](const Processor &a, const Processor &b) {
    return getRank(a) > getRank(b);
  });
  return processors;
}
