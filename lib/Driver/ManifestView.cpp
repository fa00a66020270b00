// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The manifest of a compiled module, read back. See ManifestView.h.

#include "ManifestView.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace llvm;
using namespace lacuna;

namespace json = llvm::json;

Expected<json::Value> lacuna::readManifest(mlir::ModuleOp module) {
  auto global = module.lookupSymbol<mlir::LLVM::GlobalOp>("lacuna_manifest");
  auto text = global ? dyn_cast_or_null<mlir::StringAttr>(global.getValueAttr())
                     : mlir::StringAttr();
  if (!text)
    return createStringError("the compiled module has no manifest");
  return json::parse(text.getValue().rtrim('\0'));
}

/// The index of `weight` in `weights`, to which it is added if need be.
static Expected<int64_t> addWeight(json::Array &weights,
                                   StringMap<int64_t> &indices,
                                   const json::Value &weight) {
  StringRef name = weight.getAsObject()->getString("name").value_or("");
  auto [entry, isNew] = indices.try_emplace(name, weights.size());
  if (isNew)
    weights.push_back(weight);
  else if (weights[entry->second] != weight)
    return createStringError("weight '" + name +
                             "' has another type or layout on another target, "
                             "which is an error of the compiler");
  return entry->second;
}

/// Replaces the indices of weights in the bindings of a target.
static void renumber(json::Object &target, ArrayRef<int64_t> indices) {
  for (json::Value &function : *target.getArray("functions"))
    for (json::Value &binding : *function.getAsObject()->getArray("bindings")) {
      json::Object &object = *binding.getAsObject();
      object["weight"] = indices[*object.getInteger("weight")];
    }
}

Expected<json::Value> lacuna::mergeManifests(ArrayRef<json::Value> manifests) {
  json::Object merged = *manifests.front().getAsObject();
  json::Array targets, weights;
  StringMap<int64_t> known;
  for (const json::Value &manifest : manifests) {
    SmallVector<int64_t> indices;
    for (const json::Value &weight :
         *manifest.getAsObject()->getArray("weights")) {
      Expected<int64_t> index = addWeight(weights, known, weight);
      if (!index)
        return index.takeError();
      indices.push_back(*index);
    }
    for (const json::Value &entry :
         *manifest.getAsObject()->getArray("targets")) {
      json::Object target = *entry.getAsObject();
      renumber(target, indices);
      targets.push_back(std::move(target));
    }
  }
  merged["weights"] = std::move(weights);
  merged["targets"] = std::move(targets);
  return json::Value(std::move(merged));
}

static Expected<packing::WeightSpec> getSpec(const json::Object &weight) {
  packing::WeightSpec spec;
  spec.name = weight.getString("name").value_or("").str();
  StringRef type = weight.getString("dtype").value_or("");
  std::optional<packing::ElementType> element =
      packing::parseElementType(std::string_view(type.data(), type.size()));
  if (!element)
    return createStringError("weight '" + spec.name + "' has the type '" +
                             type + "', which weight files do not have");
  spec.type = *element;
  if (const json::Array *shape = weight.getArray("shape"))
    for (const json::Value &size : *shape)
      spec.shape.push_back(size.getAsInteger().value_or(0));
  if (std::optional<StringRef> text = weight.getString("layout")) {
    packing::Result<packing::NMLayout> layout =
        packing::NMLayout::parse(std::string_view(text->data(), text->size()));
    if (!layout.ok())
      return createStringError("weight '" + spec.name +
                               "': " + layout.message());
    spec.layout = *layout;
    spec.prunes = weight.getString("prunes").value_or("").str();
  }
  return spec;
}

Expected<std::vector<packing::WeightSpec>>
lacuna::getWeightSpecs(const json::Value &manifest) {
  std::vector<packing::WeightSpec> specs;
  for (const json::Value &weight :
       *manifest.getAsObject()->getArray("weights")) {
    Expected<packing::WeightSpec> spec = getSpec(*weight.getAsObject());
    if (!spec)
      return spec.takeError();
    specs.push_back(std::move(*spec));
  }
  return specs;
}
