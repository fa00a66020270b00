// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads and checks the manifest.

#include "Manifest.h"

#include "Error.h"
#include "lacuna/ModelABI.h"

#include <nlohmann/json.hpp>

#include <cctype>
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
  return spec;
}

Binding parseBinding(const Node &node, const std::vector<TensorSpec> &weights) {
  Binding binding;
  int64_t last = static_cast<int64_t>(weights.size()) - 1;
  binding.weight = node.at("weight").integer(0, last);
  Node view = node.at("view");
  std::string name = view.string();
  if (name == "dense")
    binding.view = View::Dense;
  else if (name == "values")
    binding.view = View::Values;
  else if (name == "coordinates")
    binding.view = View::Coordinates;
  else
    view.expected("'dense', 'values' or 'coordinates'");
  if (binding.view != View::Dense && !weights[binding.weight].layout)
    view.expected("'dense', since weight '" + weights[binding.weight].name +
                  "' has no layout");
  return binding;
}

void checkDistinct(const std::vector<TensorSpec> &specs,
                   const std::string &what) {
  std::set<std::string> names;
  for (const TensorSpec &spec : specs)
    if (!names.insert(spec.name).second)
      bad("two " + what + " are called '" + spec.name + "'");
}

FunctionSpec parseFunction(const Node &node,
                           const std::vector<TensorSpec> &weights) {
  FunctionSpec function;
  function.name = node.at("name").string();
  if (function.name.empty())
    node.at("name").expected("a name");
  for (const Node &input : node.at("inputs").items())
    function.inputs.push_back(parseTensor(input, -1));
  for (const Node &output : node.at("outputs").items())
    function.outputs.push_back(parseTensor(output, -1));
  if (auto bindings = node.find("bindings"))
    for (const Node &binding : bindings->items())
      function.bindings.push_back(parseBinding(binding, weights));
  checkDistinct(function.inputs, "inputs of '" + function.name + "'");
  checkDistinct(function.outputs, "outputs of '" + function.name + "'");
  return function;
}

void checkVersion(const Node &root) {
  int64_t version = root.at("abi").integer(0, INT64_MAX);
  if (version == LACUNA_ABI_VERSION)
    return;
  throw Error(LACUNA_ERROR_ARTIFACT,
              "the model has ABI " + std::to_string(version) +
                  ", this runtime (" + lacuna_version() + ") has ABI " +
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
  }
  return "?";
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
  checkVersion(root);
  Manifest manifest;
  manifest.target = root.at("target").string();
  if (auto node = root.find("producer"))
    manifest.producer = node->string();
  if (auto node = root.find("cpu"))
    manifest.cpu = node->string();
  if (auto node = root.find("features"))
    for (const Node &feature : node->items())
      manifest.features.push_back(feature.string());
  if (auto node = root.find("weights"))
    for (const Node &weight : node->items())
      manifest.weights.push_back(parseWeight(weight));
  checkDistinct(manifest.weights, "weights");
  std::set<std::string> names;
  for (const Node &function : root.at("functions").items()) {
    manifest.functions.push_back(parseFunction(function, manifest.weights));
    if (!names.insert(manifest.functions.back().name).second)
      bad("two functions are called '" + manifest.functions.back().name + "'");
  }
  if (manifest.functions.empty())
    bad("it lists no function");
  return manifest;
}
