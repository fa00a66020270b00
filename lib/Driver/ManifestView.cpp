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

namespace {
/// Weights or states of all targets, each once.
struct MergedList {
  explicit MergedList(StringRef kind) : kind(kind) {}

  StringRef kind;
  json::Array entries;
  StringMap<int64_t> known;

  /// The index of `entry`, which is added if need be.
  Expected<int64_t> add(const json::Value &entry) {
    StringRef name = entry.getAsObject()->getString("name").value_or("");
    auto [index, isNew] = known.try_emplace(name, entries.size());
    if (isNew)
      entries.push_back(entry);
    else if (entries[index->second] != entry)
      return createStringError(kind + " '" + name +
                               "' has another type or layout on another "
                               "target, which is an error of the compiler");
    return index->second;
  }
};
} // namespace

static void renumber(json::Object &object, StringRef key,
                     ArrayRef<int64_t> indices) {
  if (std::optional<int64_t> index = object.getInteger(key))
    object[key] = indices[*index];
}

Expected<json::Value> lacuna::mergeManifests(ArrayRef<json::Value> manifests) {
  json::Object merged = *manifests.front().getAsObject();
  json::Array targets;
  MergedList weights("weight"), states("state");
  int64_t abi = 0;
  for (const json::Value &manifest : manifests) {
    abi = std::max(abi, manifest.getAsObject()->getInteger("abi").value_or(0));
    SmallVector<int64_t> weightIndices, stateIndices;
    for (const json::Value &weight :
         *manifest.getAsObject()->getArray("weights")) {
      Expected<int64_t> index = weights.add(weight);
      if (!index)
        return index.takeError();
      weightIndices.push_back(*index);
    }
    if (const json::Array *list = manifest.getAsObject()->getArray("state"))
      for (json::Value state : *list) {
        renumber(*state.getAsObject(), "weight", weightIndices);
        Expected<int64_t> index = states.add(state);
        if (!index)
          return index.takeError();
        stateIndices.push_back(*index);
      }
    for (const json::Value &entry :
         *manifest.getAsObject()->getArray("targets")) {
      json::Object target = *entry.getAsObject();
      for (json::Value &function : *target.getArray("functions"))
        for (json::Value &binding :
             *function.getAsObject()->getArray("bindings")) {
          renumber(*binding.getAsObject(), "weight", weightIndices);
          renumber(*binding.getAsObject(), "state", stateIndices);
        }
      targets.push_back(std::move(target));
    }
  }
  merged["abi"] = abi;
  merged["weights"] = std::move(weights.entries);
  if (!states.entries.empty())
    merged["state"] = std::move(states.entries);
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

/// What plan-arena tells of one function.
static void printArena(const json::Object &function, StringRef target,
                       raw_ostream &os) {
  os << "lacuna-compile: arena of '" << *function.getString("name") << "' on "
     << target << ": ";
  if (const json::Object *arena = function.getObject("arena")) {
    auto get = [&](StringRef key) {
      return arena->getInteger(key).value_or(0);
    };
    os << get("buffers") << " temporaries in " << get("slots") << " slots, "
       << get("nominal") << " bytes (at one time at most "
       << get("nominal_peak") << ", the sum is " << get("nominal_sum") << ")";
    if (!arena->get("bytes"))
      os << " where each dynamic dimension is 64";
  } else {
    os << "none";
  }
  if (std::optional<int64_t> left = function.getInteger("allocations"))
    os << "; " << *left << " allocated while it runs";
  os << "\n";
}

void lacuna::printArenas(const json::Value &manifest, raw_ostream &os) {
  for (const json::Value &entry :
       *manifest.getAsObject()->getArray("targets")) {
    const json::Object &target = *entry.getAsObject();
    for (const json::Value &function : *target.getArray("functions"))
      printArena(*function.getAsObject(), *target.getString("name"), os);
  }
}
