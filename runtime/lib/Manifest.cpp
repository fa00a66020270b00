// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads and checks the manifest.

#include "Manifest.h"

#include "Error.h"
#include "lacuna/ModelABI.h"
#include "lacuna/Packing/Mma.h"
#include "lacuna/Packing/Vector.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

using namespace lacuna;
using namespace lacuna::runtime;
using nlohmann::json;

namespace {

[[noreturn]] void bad(const std::string &message) {
  throw Error(LACUNA_ERROR_ARTIFACT,
              "bad manifest: " + message + "; compile the model again");
}

/// A place in the document, for errors.
struct Node {
  const json &value;
  std::string path;

  [[noreturn]] void expected(const std::string &what) const {
    bad(path + " is " +
        value.dump(-1, ' ', false, json::error_handler_t::replace)
            .substr(0, 80) +
        ", expected " + what);
  }

  std::optional<Node> find(const char *key) const {
    if (!value.is_object())
      expected("an object");
    auto it = value.find(key);
    if (it == value.end())
      return std::nullopt;
    return Node{*it, path.empty() ? key : path + "." + key};
  }

  Node at(const char *key) const {
    if (auto node = find(key))
      return *node;
    bad("'" + std::string(key) + "' is missing" +
        (path.empty() ? "" : " in " + path));
  }

  std::string string() const {
    if (!value.is_string())
      expected("a string");
    auto text = value.get<std::string>();
    if (text.find('\0') != std::string::npos)
      expected("a string without NUL");
    return text;
  }

  int64_t integer(int64_t least, int64_t most) const {
    bool fits = value.is_number_integer() &&
                (!value.is_number_unsigned() ||
                 value.get<uint64_t>() <= uint64_t(INT64_MAX));
    if (!fits || value.get<int64_t>() < least || value.get<int64_t>() > most)
      expected("an integer from " + std::to_string(least) +
               (most == INT64_MAX ? " on" : " to " + std::to_string(most)));
    return value.get<int64_t>();
  }

  std::vector<Node> items() const {
    if (!value.is_array())
      expected("an array");
    std::vector<Node> nodes;
    for (size_t i = 0; i < value.size(); ++i)
      nodes.push_back({value[i], path + "[" + std::to_string(i) + "]"});
    return nodes;
  }
};

packing::ElementType parseType(const Node &node) {
  using packing::ElementType;
  auto type = packing::parseElementType(node.string());
  if (type)
    switch (*type) {
    case ElementType::F64:
    case ElementType::F32:
    case ElementType::F16:
    case ElementType::BF16:
    case ElementType::I64:
    case ElementType::I32:
    case ElementType::I16:
    case ElementType::I8:
    case ElementType::U8:
    case ElementType::Bool:
      return *type;
    default:
      break;
    }
  node.expected("one of f64, f32, f16, bf16, i64, i32, i16, i8, u8, i1");
}

TensorSpec parseTensor(const Node &node, int64_t leastSize) {
  TensorSpec spec;
  spec.name = node.at("name").string();
  spec.type = parseType(node.at("dtype"));
  for (const Node &size : node.at("shape").items())
    spec.shape.push_back(size.integer(leastSize, INT64_MAX));
  if (spec.shape.size() > maxRank)
    node.at("shape").expected("at most " + std::to_string(maxRank) +
                              " dimensions");
  packing::Shape bounded;
  for (int64_t size : spec.shape)
    if (size >= 0)
      bounded.push_back(size);
  if (auto bytes = packing::getByteSize(spec.type, bounded); !bytes.ok())
    node.at("shape").expected("sizes that fit into memory");
  if (auto symbols = node.find("symbols")) {
    for (const Node &symbol : symbols->items())
      spec.symbols.push_back(symbol.value.is_null() ? "" : symbol.string());
    if (spec.symbols.size() != spec.shape.size())
      symbols->expected("one name or null for each of the " +
                        std::to_string(spec.shape.size()) + " dimensions");
  }
  return spec;
}

TensorSpec parseWeight(const Node &node) {
  TensorSpec spec = parseTensor(node, 0);
  auto layout = node.find("layout");
  if (!layout || layout->value.is_null())
    return spec;
  spec.layoutText = layout->string();
  auto parsed = packing::NMLayout::parse(spec.layoutText);
  if (!parsed.ok())
    layout->expected("a layout (" + parsed.message() + ")");
  auto geometry = packing::NMGeometry::get(*parsed, spec.type, spec.shape);
  if (!geometry.ok())
    layout->expected("a layout for its shape (" + geometry.message() + ")");
  spec.layout = *parsed;
  if (auto prunes = node.find("prunes"))
    spec.prunes = prunes->string();
  return spec;
}

/// "dtype" of a binding: the weight's own, or what it is rounded to.
std::optional<packing::Precision> parsePrecision(const Node &node,
                                                 const TensorSpec &weight) {
  std::string name = node.string();
  if (name == packing::getName(weight.type))
    return std::nullopt;
  auto precision = packing::parsePrecision(name);
  if (!precision || weight.type != packing::ElementType::F32)
    node.expected("'" + std::string(packing::getName(weight.type)) +
                  "', the type of weight '" + weight.name +
                  "', or for one of f32 one of 'tf32', 'bf16' and 'f16'");
  return precision;
}

/// Whether the weight as it is bound has the order that a route's kernels read.
void checkOrder(const Node &view, const Binding &binding,
                const TensorSpec &weight) {
  packing::ElementType type = binding.precision
                                  ? packing::getElementType(*binding.precision)
                                  : weight.type;
  auto packed = packing::NMGeometry::get(*weight.layout, type, weight.shape);
  if (!packed.ok())
    view.expected("a view that its layout has (" + packed.message() + ")");
  auto check = [&](const auto &geometry) {
    if (!geometry.ok())
      view.expected("another view for this weight (" + geometry.message() +
                    ")");
  };
  if (binding.view == View::MmaValues || binding.view == View::MmaMetadata)
    check(packing::MmaGeometry::get(*packed));
  else
    check(packing::VectorGeometry::get(*packed));
}

StateSpec parseState(const Node &node, const std::vector<TensorSpec> &weights) {
  StateSpec state;
  state.tensor = parseTensor(node, 0);
  auto weight = node.find("weight");
  if (!weight)
    return state;
  state.weight = weight->integer(0, static_cast<int64_t>(weights.size()) - 1);
  const TensorSpec &initial = weights[*state.weight];
  if (initial.type != state.tensor.type ||
      initial.shape != state.tensor.shape || initial.layout)
    weight->expected("a dense weight of the state's type and shape");
  return state;
}

/// What the bindings of functions refer to.
struct Bindable {
  const std::vector<TensorSpec> &weights;
  const std::vector<StateSpec> &state;
};

/// "panels" of a binding: dimension and width.
packing::PanelShape parsePanels(const Node &node, const TensorSpec &weight) {
  packing::PanelShape panels;
  panels.dim = node.at("dim").integer(0, 1);
  panels.width = node.at("width").integer(1, INT64_MAX);
  if (auto status = packing::checkPanels(weight.shape, panels); !status.ok())
    node.expected("panels that weight '" + weight.name + "' has (" +
                  status.message() + ")");
  return panels;
}

Binding parseBinding(const Node &node, const Bindable &bindable) {
  const std::vector<TensorSpec> &weights = bindable.weights;
  if (auto state = node.find("state")) {
    int64_t last = static_cast<int64_t>(bindable.state.size()) - 1;
    return {static_cast<size_t>(state->integer(0, last)),
            View::State,
            std::nullopt,
            {}};
  }
  static const View views[] = {View::Dense,        View::Values,
                               View::Coordinates,  View::MmaValues,
                               View::MmaMetadata,  View::Panels,
                               View::VectorValues, View::VectorCoordinates};
  Binding binding;
  int64_t last = static_cast<int64_t>(weights.size()) - 1;
  binding.weight = node.at("weight").integer(0, last);
  const TensorSpec &weight = weights[binding.weight];
  Node view = node.at("view");
  std::string name = view.string();
  auto found = std::find_if(std::begin(views), std::end(views),
                            [&](View v) { return name == getName(v); });
  if (found == std::end(views))
    view.expected("'dense', 'values', 'coordinates', 'mma.values', "
                  "'mma.metadata', 'panels', 'vector.values' or "
                  "'vector.coordinates'");
  binding.view = *found;
  if (auto type = node.find("dtype"))
    binding.precision = parsePrecision(*type, weight);
  if (binding.view == View::Panels)
    binding.panels = parsePanels(node.at("panels"), weight);
  if (binding.view == View::Dense || binding.view == View::Panels)
    return binding;
  if (!weight.layout)
    view.expected("'dense', since weight '" + weight.name + "' has no layout");
  if (binding.view == View::Coordinates ||
      binding.view == View::VectorCoordinates)
    binding.precision = std::nullopt;
  if (binding.view != View::Values && binding.view != View::Coordinates)
    checkOrder(view, binding, weight);
  return binding;
}

void checkDistinct(const std::vector<TensorSpec> &specs,
                   const std::string &what) {
  std::set<std::string> names;
  for (const TensorSpec &spec : specs)
    if (!names.insert(spec.name).second)
      bad("two " + what + " are called '" + spec.name + "'");
}

/// A function that has a state twice would take two buffers for one.
void checkStateOnce(const FunctionSpec &function) {
  std::set<size_t> bound;
  for (const Binding &binding : function.bindings)
    if (binding.view == View::State && !bound.insert(binding.weight).second)
      bad("'" + function.name + "' binds the state " +
          std::to_string(binding.weight) + " twice");
}

FunctionSpec parseFunction(const Node &node, const Bindable &bindable) {
  FunctionSpec function;
  function.name = node.at("name").string();
  if (function.name.empty())
    node.at("name").expected("a name");
  auto symbol = node.find("symbol");
  function.symbol = symbol ? symbol->string() : function.name;
  for (const Node &input : node.at("inputs").items())
    function.inputs.push_back(parseTensor(input, -1));
  for (const Node &output : node.at("outputs").items())
    function.outputs.push_back(parseTensor(output, -1));
  if (auto bindings = node.find("bindings"))
    for (const Node &binding : bindings->items())
      function.bindings.push_back(parseBinding(binding, bindable));
  checkStateOnce(function);
  if (auto arena = node.find("arena")) {
    if (!arena->value.is_object())
      arena->expected("an object");
    function.hasArena = true;
  }
  if (auto allocations = node.find("allocations"))
    function.allocations = allocations->integer(0, INT64_MAX);
  checkDistinct(function.inputs, "inputs of '" + function.name + "'");
  checkDistinct(function.outputs, "outputs of '" + function.name + "'");
  return function;
}

std::vector<FunctionSpec> parseFunctions(const Node &node,
                                         const Bindable &bindable) {
  std::vector<FunctionSpec> functions;
  std::set<std::string> names;
  for (const Node &function : node.at("functions").items()) {
    functions.push_back(parseFunction(function, bindable));
    if (!names.insert(functions.back().name).second)
      bad("two functions are called '" + functions.back().name + "'");
  }
  if (functions.empty())
    bad(node.path.empty() ? "it lists no function"
                          : node.path + " lists no function");
  return functions;
}

/// What is common to a manifest of ABI 1 and to a target of ABI 2.
TargetSpec parseTarget(const Node &node, const char *nameKey,
                       const Bindable &bindable) {
  TargetSpec target;
  target.name = node.at(nameKey).string();
  if (auto cpu = node.find("cpu"))
    target.cpu = cpu->string();
  if (auto features = node.find("features"))
    for (const Node &feature : features->items())
      target.features.push_back(feature.string());
  target.functions = parseFunctions(node, bindable);
  return target;
}

bool sameTensors(const std::vector<TensorSpec> &a,
                 const std::vector<TensorSpec> &b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const TensorSpec &a, const TensorSpec &b) {
                      return a.name == b.name && a.type == b.type &&
                             a.shape == b.shape && a.symbols == b.symbols;
                    });
}

/// Callers see one signature, whatever the target.
void checkSameFunctions(const TargetSpec &target, const TargetSpec &first) {
  auto same = [](const FunctionSpec &a, const FunctionSpec &b) {
    return a.name == b.name && sameTensors(a.inputs, b.inputs) &&
           sameTensors(a.outputs, b.outputs);
  };
  if (!std::equal(target.functions.begin(), target.functions.end(),
                  first.functions.begin(), first.functions.end(), same))
    bad("the targets '" + first.name + "' and '" + target.name +
        "' differ in their functions, expected the same ones with the same "
        "inputs and outputs");
}

std::vector<TargetSpec> parseTargets(const Node &node,
                                     const Bindable &bindable) {
  std::vector<TargetSpec> targets;
  std::set<std::string> names;
  for (const Node &item : node.items()) {
    TargetSpec target = parseTarget(item, "name", bindable);
    target.architecture = Architecture::parse(target.name);
    if (auto prefix = item.find("prefix"))
      target.prefix = prefix->string();
    if (auto kernels = item.find("kernels"))
      for (const Node &kernel : kernels->items())
        target.kernels.push_back(kernel.string());
    if (auto regions = item.find("regions"))
      for (const Node &region : regions->items())
        target.regions.push_back(region.string());
    if (!target.architecture && !target.kernels.empty())
      item.at("kernels").expected("none, since '" + target.name +
                                  "' is no GPU architecture");
    if (!names.insert(target.name).second)
      bad("two targets are called '" + target.name + "'");
    if (!targets.empty())
      checkSameFunctions(target, targets.front());
    targets.push_back(std::move(target));
  }
  if (targets.empty())
    bad("it lists no target");
  return targets;
}

int64_t checkVersion(const Node &root) {
  int64_t version = root.at("abi").integer(0, INT64_MAX);
  if (version >= 1 && version <= LACUNA_ABI_VERSION)
    return version;
  throw Error(LACUNA_ERROR_ARTIFACT,
              "the model has ABI " + std::to_string(version) +
                  ", this runtime (" + lacuna_version() + ") has ABI 1 to " +
                  std::to_string(LACUNA_ABI_VERSION) +
                  ": compile it again with the lacuna-compile of this runtime");
}

} // namespace

const char *lacuna::runtime::getName(View view) {
  switch (view) {
  case View::Dense:
    return "dense";
  case View::Values:
    return "values";
  case View::Coordinates:
    return "coordinates";
  case View::MmaValues:
    return "mma.values";
  case View::MmaMetadata:
    return "mma.metadata";
  case View::State:
    return "state";
  case View::Panels:
    return "panels";
  case View::VectorValues:
    return "vector.values";
  case View::VectorCoordinates:
    return "vector.coordinates";
  }
  return "?";
}

bool FunctionSpec::usesState() const {
  return std::any_of(bindings.begin(), bindings.end(),
                     [](const Binding &b) { return b.view == View::State; });
}

size_t FunctionSpec::numOutputDims() const {
  size_t sum = 0;
  for (const TensorSpec &output : outputs)
    sum += output.shape.size();
  return sum;
}

Manifest Manifest::parse(std::string_view text) {
  json document = json::parse(text.begin(), text.end(), nullptr,
                              /*allow_exceptions=*/false);
  if (document.is_discarded())
    bad("it is not JSON");
  Node root{document, ""};
  if (!document.is_object())
    bad("it is not a JSON object");
  int64_t version = checkVersion(root);
  Manifest manifest;
  if (auto node = root.find("producer"))
    manifest.producer = node->string();
  if (auto node = root.find("weights"))
    for (const Node &weight : node->items())
      manifest.weights.push_back(parseWeight(weight));
  checkDistinct(manifest.weights, "weights");
  std::vector<TensorSpec> state;
  if (auto node = root.find("state"))
    for (const Node &item : node->items()) {
      manifest.state.push_back(parseState(item, manifest.weights));
      state.push_back(manifest.state.back().tensor);
    }
  checkDistinct(state, "states");
  Bindable bindable{manifest.weights, manifest.state};
  if (version == 1)
    manifest.targets.push_back(parseTarget(root, "target", bindable));
  else
    manifest.targets = parseTargets(root.at("targets"), bindable);
  return manifest;
}
