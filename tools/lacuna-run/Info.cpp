// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// --info, and outputs that go nowhere else.

#include "Info.h"

#include "Fatbin.h"
#include "lacuna/Packing/NM.h"

#include <cstdio>
#include <utility>

using namespace lacuna;
using namespace lacuna::run;

namespace {
/// Bytes dense and as stored.
struct Sizes {
  uint64_t dense = 0, stored = 0;
};

Sizes getSizes(const lacuna_tensor_info &info) {
  packing::Shape shape(info.shape, info.shape + info.ndim);
  auto type = packing::parseElementType(info.dtype_name);
  Sizes sizes;
  if (auto bytes = packing::getByteSize(*type, shape); bytes.ok())
    sizes.dense = sizes.stored = *bytes;
  if (!info.layout)
    return sizes;
  auto layout = packing::NMLayout::parse(info.layout);
  if (!layout.ok())
    return sizes;
  auto geometry = packing::NMGeometry::get(*layout, *type, shape);
  if (geometry.ok())
    sizes.stored = geometry->valuesBytes + geometry->coordinatesBytes;
  return sizes;
}

void printTensors(const char *role, const lacuna_tensor_info *infos,
                  size_t count) {
  for (size_t i = 0; i < count; ++i)
    std::printf("  %s %s: %s\n", role, infos[i].name,
                describeTensor(infos[i]).c_str());
}
} // namespace

std::string lacuna::run::describeTensor(const lacuna_tensor_info &info) {
  std::string text = info.dtype_name;
  text += " [";
  for (int i = 0; i < info.ndim; ++i) {
    text += i == 0 ? "" : ", ";
    if (info.shape[i] >= 0)
      text += std::to_string(info.shape[i]);
    else
      text += info.symbols && info.symbols[i] ? info.symbols[i] : "?";
  }
  return text + "]";
}

/// Targets with their regions and kernels, which of several for the CPU is the
/// host's, and what the fatbin has for them.
static void printTargets(const lacuna_model *model) {
  bool isChosen = false;
  for (size_t i = 0; i < lacuna_model_num_targets(model); ++i) {
    lacuna_target_info info;
    if (lacuna_model_target_at(model, i, &info) != LACUNA_OK)
      throw Failure(lacuna_last_error());
    std::printf("target %s%s%s\n", info.name,
                *info.cpu ? ", host code for " : "", info.cpu);
    bool isVariant = std::string(info.name).rfind("cpu:", 0) == 0;
    const char *unusable = lacuna_model_target_unusable(model, i);
    if (*unusable)
      std::printf("  not for this host: %s\n", unusable);
    else if (isVariant && !std::exchange(isChosen, true))
      std::printf("  chosen on this host\n");
    for (size_t k = 0; const char *region = lacuna_model_region(model, i, k);
         ++k)
      std::printf("  region %s\n", region);
    for (size_t k = 0; k < info.num_kernels; ++k)
      std::printf("  kernel %s\n", info.kernels[k]);
  }
  size_t size = 0;
  const void *fatbin = lacuna_model_fatbin(model, &size);
  if (!fatbin)
    return;
  std::vector<runtime::Image> images;
  std::string error;
  if (!runtime::readFatbin(fatbin, size, images, error))
    throw Failure(error);
  std::printf("fatbin, %zu bytes\n", size);
  for (const runtime::Image &image : images)
    std::printf("  %s %s, %zu bytes%s\n",
                image.kind == runtime::ImageKind::Cubin ? "cubin" : "PTX",
                image.architecture.name().c_str(), image.size,
                image.compressed ? ", compressed" : "");
}

std::string lacuna::run::describeRoute(const lacuna_model *model,
                                       const std::string &target,
                                       const std::string &kernel) {
  std::string route;
  size_t longest = 0;
  for (size_t i = 0; i < lacuna_model_num_targets(model); ++i) {
    lacuna_target_info info;
    if (lacuna_model_target_at(model, i, &info) != LACUNA_OK ||
        target != info.name)
      continue;
    for (size_t k = 0; const char *text = lacuna_model_region(model, i, k);
         ++k) {
      std::string region = text;
      size_t name = region.find(" by ");
      // Kernels of a region have its name, and what they differ in behind "$".
      if (name == std::string::npos || name <= longest ||
          (kernel + "$").compare(0, name + 1, region.substr(0, name) + "$"))
        continue;
      longest = name;
      route = region.substr(name, region.find(" at ", name) - name);
    }
  }
  return route;
}

void lacuna::run::printInfo(const lacuna_model *model,
                            const std::string &path) {
  std::printf("%s\n", path.c_str());
  for (size_t i = 0; i < lacuna_model_num_functions(model); ++i) {
    lacuna_function_info info;
    if (lacuna_model_function_at(model, i, &info) != LACUNA_OK)
      throw Failure(lacuna_last_error());
    std::printf("function %s\n", info.name);
    printTensors("input", info.inputs, info.num_inputs);
    printTensors("output", info.outputs, info.num_outputs);
  }
  printTargets(model);
  for (size_t i = 0; i < lacuna_model_num_state(model); ++i) {
    lacuna_tensor_info info;
    if (lacuna_model_state_at(model, i, &info) != LACUNA_OK)
      throw Failure(lacuna_last_error());
    std::printf("state %s: %s\n", info.name, describeTensor(info).c_str());
  }
  size_t count = lacuna_model_num_weights(model);
  Sizes total;
  std::printf("weights (%zu)\n", count);
  for (size_t i = 0; i < count; ++i) {
    lacuna_tensor_info info;
    if (lacuna_model_weight_at(model, i, &info) != LACUNA_OK)
      throw Failure(lacuna_last_error());
    Sizes sizes = getSizes(info);
    total.dense += sizes.dense;
    total.stored += sizes.stored;
    std::printf("  %s: %s, %s, %llu bytes", info.name,
                describeTensor(info).c_str(),
                info.layout ? info.layout : "dense",
                static_cast<unsigned long long>(sizes.stored));
    if (info.layout)
      std::printf(" (dense %llu)",
                  static_cast<unsigned long long>(sizes.dense));
    std::printf("\n");
  }
  std::printf("  total: %llu bytes (dense %llu)\n",
              static_cast<unsigned long long>(total.stored),
              static_cast<unsigned long long>(total.dense));
}

void lacuna::run::printTensor(const std::string &name, const Tensor &tensor) {
  constexpr uint64_t most = 8;
  uint64_t count = countElements(tensor);
  std::printf("%s: %s %s:", name.c_str(),
              std::string(packing::getName(tensor.type)).c_str(),
              packing::toString(tensor.shape).c_str());
  for (uint64_t i = 0; i < count && i < most; ++i)
    std::printf(" %.6g", getElement(tensor, i));
  std::printf(count > most ? " ...\n" : "\n");
}
