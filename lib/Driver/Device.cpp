// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The device code of an artifact. See Device.h.

#include "Device.h"

#include "Ptxas.h"

#include "mlir/IR/Threading.h"
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
  if (usage.spillBytes)
    WithColor::warning(errs(), "lacuna-compile")
        << "kernel '" << usage.name << "' spills registers on " << target.name
        << ": " << usage.spillBytes
        << " bytes are stored and loaded; --tile and --warps choose smaller "
           "tiles of tensor-core kernels\n";
}

namespace {
/// The work on one target.
struct Job {
  LLVMContext context;
  std::unique_ptr<Module> code;
  DeviceImage image;
  std::string error;
};
} // namespace

/// PTX, and a cubin where one is wanted. May run beside others of its kind.
static Error run(Job &job, const Toolkit &toolkit, bool cubins) {
  DeviceImage &image = job.image;
  Expected<std::string> ptx =
      emitPTX(*job.code, *image.target, toolkit.libdevice);
  if (!ptx)
    return ptx.takeError();
  image.ptx = std::move(*ptx);
  if (!cubins)
    return Error::success();
  Expected<Assembly> assembly =
      assemble(image.ptx, *image.target, toolkit.ptxas);
  if (!assembly)
    return assembly.takeError();
  image.cubin = std::move(assembly->cubin);
  image.usage = std::move(assembly->kernels);
  return Error::success();
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
  std::vector<std::unique_ptr<Job>> jobs;
  for (const KernelModule &kernels : modules) {
    jobs.push_back(std::make_unique<Job>());
    Job &job = *jobs.back();
    job.image.target = kernels.target;
    Expected<std::unique_ptr<Module>> code =
        translateKernels(kernels.module, job.context);
    if (!code)
      return code.takeError();
    job.code = std::move(*code);
    if (*cubins && options.verbose)
      errs() << "lacuna-compile: " << toolkit->ptxas
             << " -v -O3 -arch=" << kernels.target->name << "\n";
  }
  mlir::ModuleOp first = modules.front().module;
  mlir::parallelForEach(first.getContext(), jobs,
                        [&](std::unique_ptr<Job> &job) {
                          if (Error error = run(*job, *toolkit, *cubins))
                            job->error = toString(std::move(error));
                        });
  std::vector<DeviceImage> images;
  for (std::unique_ptr<Job> &job : jobs) {
    if (!job->error.empty())
      return createStringError(job->error);
    for (const KernelUsage &usage : job->image.usage)
      printUsage(usage, *job->image.target, options);
    images.push_back(std::move(job->image));
  }
  return images;
}
