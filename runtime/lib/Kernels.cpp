// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Choosing and loading the image; launches.

#include "Kernels.h"

#include "Error.h"
#include "Fatbin.h"

using namespace lacuna::runtime;

namespace {
/// Sizes of a launch as compiled code computes them, in the device's types.
lacuna_launch readSizes(const int64_t *sizes) {
  lacuna_launch launch = {};
  auto read = [&](int i, uint64_t most) {
    if (sizes[i] < 0 || uint64_t(sizes[i]) > most)
      throw Error(LACUNA_ERROR_FAILED,
                  "size " + std::to_string(i) + " of the launch is " +
                      std::to_string(sizes[i]) + ", expected 0 to " +
                      std::to_string(most));
    return static_cast<uint64_t>(sizes[i]);
  };
  for (int i = 0; i < 3; ++i) {
    launch.grid[i] = read(i, INT64_MAX);
    launch.block[i] = static_cast<uint32_t>(read(3 + i, UINT32_MAX));
  }
  launch.shared_bytes = static_cast<uint32_t>(read(6, UINT32_MAX));
  return launch;
}

std::string describe(const int64_t *sizes) {
  auto triple = [&](int at) {
    return std::to_string(sizes[at]) + "x" + std::to_string(sizes[at + 1]) +
           "x" + std::to_string(sizes[at + 2]);
  };
  return "grid " + triple(0) + ", block " + triple(3) + ", " +
         std::to_string(sizes[6]) + " bytes of shared memory";
}
} // namespace

Kernels::Kernels(const Model &model, const Target &target, const Device &device)
    : model(model), target(*target.spec), gpu(device),
      kernels(new std::atomic<lacuna_kernel *>[this->target.kernels.size()]) {
  for (size_t i = 0; i < this->target.kernels.size(); ++i)
    kernels[i].store(nullptr, std::memory_order_relaxed);
}

Kernels::~Kernels() {
  if (module)
    gpu.table()->module_destroy(gpu.handle(), module);
}

/// The one image of the target: its machine code where the device takes that,
/// else its PTX.
void Kernels::load() {
  std::string context = "'" + model.path() + "': ";
  std::vector<Image> images, own;
  std::string error;
  if (!readFatbin(model.fatbin(), model.fatbinSize(), images, error))
    throw Error(LACUNA_ERROR_ARTIFACT,
                context + error + "; compile the model again");
  for (const Image &image : images)
    if (image.architecture == *target.architecture)
      own.push_back(image);
  const Image *image = chooseImage(own, gpu.architecture(), gpu.takesCubins());
  if (!image)
    throw Error(LACUNA_ERROR_ARTIFACT,
                context + "its fatbin has " + describeImages(images) +
                    ", expected kernels of target '" + target.name +
                    "' that '" + gpu.name() + "' (" +
                    gpu.architecture().name() +
                    ") takes; compile the model again");
  if (image->compressed)
    throw Error(LACUNA_ERROR_ARTIFACT,
                context + "the image for '" + target.name + "' in its fatbin " +
                    "is compressed, expected one written by fatbinary "
                    "--compress=false");
  gpu.check(
      gpu.table()->module_load(gpu.handle(), image->data, image->size, &module),
      context + "loading the kernels of target '" + target.name + "'");
}

const std::string &Kernels::name(int32_t kernel) const {
  if (kernel < 0 || size_t(kernel) >= target.kernels.size())
    throw Error(LACUNA_ERROR_FAILED, "the model launched kernel " +
                                         std::to_string(kernel) + ", target '" +
                                         target.name + "' has " +
                                         std::to_string(target.kernels.size()));
  return target.kernels[kernel];
}

lacuna_kernel *Kernels::get(int32_t kernel) {
  const std::string &wanted = name(kernel);
  if (lacuna_kernel *known = kernels[kernel].load(std::memory_order_acquire))
    return known;
  std::lock_guard<std::mutex> lock(mutex);
  if (!module)
    load();
  lacuna_kernel *found = nullptr;
  gpu.check(
      gpu.table()->module_kernel(gpu.handle(), module, wanted.c_str(), &found),
      "'" + model.path() + "': finding kernel '" + wanted + "'");
  kernels[kernel].store(found, std::memory_order_release);
  return found;
}

void Kernels::launch(int32_t kernel, const int64_t *sizes, void **params,
                     int32_t numParams, void *stream) {
  lacuna_kernel *found = get(kernel);
  std::string error;
  lacuna_status status = LACUNA_OK;
  try {
    lacuna_launch launch = readSizes(sizes);
    launch.params = params;
    launch.num_params = static_cast<uint32_t>(numParams);
    status = gpu.table()->launch(gpu.handle(), found, &launch, stream);
    if (status == LACUNA_OK)
      return;
    error = gpu.table()->last_error();
  } catch (const Error &failure) {
    status = failure.status();
    error = failure.what();
  }
  throw Error(status, "kernel '" + target.kernels[kernel] + "' (" +
                          describe(sizes) + ") on '" + gpu.name() +
                          "': " + error);
}
