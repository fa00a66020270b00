// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The device code of an artifact. See Device.h.

#include "Device.h"

#include "Ptxas.h"

#include "llvm/Support/WithColor.h"

using namespace llvm;
using namespace lacuna;

static constexpr StringLiteral kHowToGetPtxas =
    "install a CUDA toolkit of version 13 (or its part nvidia-cuda-nvcc from "
    "PyPI) and put ptxas into PATH, set CUDA_HOME, or give --ptxas";

/// Whether cubins are made. Without ptxas PTX alone is still an artifact.
static Expected<bool> wantsCubins(const Toolkit &toolkit,
                                  const CompileOptions &options) {
  bool wanted = !options.noCubin && options.emit != Emit::PTX;
  if (!wanted || !toolkit.ptxas.empty())
    return wanted;
  if (options.emit == Emit::Cubin)
    return createStringError("found no ptxas, which --emit=cubin needs; " +
                             kHowToGetPtxas);
  WithColor::warning(errs(), "lacuna-compile")
      << "found no ptxas, so GPU code is PTX only and the driver assembles it "
         "when a model is loaded; "
      << kHowToGetPtxas << "; --no-cubin turns this warning off\n";
  return false;
}

static void printUsage(const KernelUsage &usage, const GPUTarget &target,
                       const CompileOptions &options) {
  if (options.verbose)
    errs() << "lacuna-compile: " << target.name << ": " << usage.name << ": "
           << usage.registers << " registers, " << usage.sharedBytes
           << " bytes of static shared memory, " << usage.stackBytes
           << " bytes of local memory\n";
  if (usage.spillBytes && (options.verbose || options.remarks))
    WithColor::remark(errs(), "lacuna-compile")
        << "kernel '" << usage.name << "' spills registers on " << target.name
        << ": " << usage.spillBytes << " bytes are stored and loaded\n";
}

static Expected<DeviceImage> makeImage(const KernelModule &kernels,
                                       const Toolkit &toolkit, bool cubins,
                                       const CompileOptions &options) {
  DeviceImage image;
  image.target = kernels.target;
  LLVMContext context;
  Expected<std::unique_ptr<Module>> code =
      translateKernels(kernels.module, context);
  if (!code)
    return code.takeError();
  Expected<std::string> ptx =
      emitPTX(**code, *kernels.target, toolkit.libdevice);
  if (!ptx)
    return ptx.takeError();
  image.ptx = std::move(*ptx);
  if (!cubins)
    return image;
  if (options.verbose)
    errs() << "lacuna-compile: " << toolkit.ptxas
           << " -v -O3 -arch=" << image.target->name << "\n";
  Expected<Assembly> assembly =
      assemble(image.ptx, *image.target, toolkit.ptxas);
  if (!assembly)
    return assembly.takeError();
  image.cubin = std::move(assembly->cubin);
  for (const KernelUsage &usage : assembly->kernels)
    printUsage(usage, *image.target, options);
  return image;
}

Expected<std::vector<DeviceImage>>
lacuna::makeDeviceImages(ArrayRef<KernelModule> modules,
                         const CompileOptions &options) {
  Expected<Toolkit> toolkit = findToolkit(options.ptxas, options.toolPath);
  if (!toolkit)
    return toolkit.takeError();
  Expected<bool> cubins = wantsCubins(*toolkit, options);
  if (!cubins)
    return cubins.takeError();
  std::vector<DeviceImage> images;
  for (const KernelModule &kernels : modules) {
    Expected<DeviceImage> image =
        makeImage(kernels, *toolkit, *cubins, options);
    if (!image)
      return image.takeError();
    images.push_back(std::move(*image));
  }
  return images;
}
