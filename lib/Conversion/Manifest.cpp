// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The manifest of an artifact. See Manifest.h.

#include "Manifest.h"

#include "HostFunctions.h"

#include "lacuna/IR/Lacuna.h"

#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace lacuna;

namespace json = llvm::json;

Manifest::Manifest(StringRef name, StringRef cpu, StringRef features)
    : prefix(name == "cpu" ? "" : (name + "$").str()) {
  target["name"] = name;
  target["prefix"] = prefix;
  target["cpu"] = cpu;
  json::Array list;
  for (StringRef feature : llvm::split(features, ','))
    if (!feature.empty())
      list.push_back(feature);
  target["features"] = std::move(list);
}

void Manifest::setKernels(ArrayAttr names) {
  json::Array list;
  for (auto name : names.getAsRange<StringAttr>())
    list.push_back(name.getValue());
  target["kernels"] = std::move(list);
}

void Manifest::addRegion(StringRef description) {
  // Only shown: what is no UTF-8 is replaced.
  regions.push_back(json::fixUTF8(description));
}

/// JSON is UTF-8; a name that is not could never be found again.
static LogicalResult checkName(StringRef name, func::FuncOp function) {
  if (json::isUTF8(name) && !name.contains('\0'))
    return success();
  return function.emitOpError("uses the name \"")
         << llvm::toStringRef(llvm::arrayRefFromStringRef(
                llvm::toHex(name, /*LowerCase=*/true)))
         << "\" (in hexadecimal), which is not valid UTF-8 without NUL; "
            "rename it";
}

/// The manifest's name of an element type. Phase host admits only these.
static std::string getDtype(Type type) {
  if (type.isIndex())
    return "i64";
  std::string name;
  llvm::raw_string_ostream(name) << type;
  return name;
}

static json::Array getShape(ShapedType type) {
  json::Array shape;
  for (int64_t size : type.getShape())
    shape.push_back(ShapedType::isDynamic(size) ? -1 : size);
  return shape;
}

/// A C identifier from any name: other characters become `_` and two
/// hexadecimal digits; a number tells equal outcomes apart.
std::string Manifest::makeSymbol(StringRef name) {
  std::string symbol;
  for (char c : name)
    symbol += llvm::isAlnum(c) || c == '_'
                  ? std::string(1, c)
                  : "_" + llvm::utohexstr(static_cast<unsigned char>(c),
                                          /*LowerCase=*/true, /*Width=*/2);
  std::string unique = symbol;
  for (unsigned i = 1; !usedSymbols.insert(unique).second; ++i)
    unique = symbol + "_" + std::to_string(i);
  return unique;
}

FailureOr<json::Object> Manifest::describeTensor(func::FuncOp function,
                                                 unsigned argument,
                                                 StringRef fallback) {
  auto type = cast<MemRefType>(function.getArgumentTypes()[argument]);
  auto name =
      function.getArgAttrOfType<StringAttr>(argument, LacunaDialect::kNameAttr);
  StringRef text = name ? name.getValue() : fallback;
  if (failed(checkName(text, function)))
    return failure();
  json::Object tensor{{"name", text.str()},
                      {"dtype", getDtype(type.getElementType())},
                      {"shape", getShape(type)}};
  if (auto dims = function.getArgAttrOfType<ArrayAttr>(
          argument, LacunaDialect::kDimsAttr)) {
    json::Array names;
    for (Attribute dim : dims) {
      auto string = dyn_cast<StringAttr>(dim);
      names.push_back(json::fixUTF8(string ? string.getValue() : ""));
    }
    tensor["symbols"] = std::move(names);
  }
  return tensor;
}

FailureOr<json::Object> Manifest::bindState(func::FuncOp function,
                                            DictionaryAttr binding) {
  auto name = binding.getAs<StringAttr>("state");
  auto type = binding.getAs<TypeAttr>("type");
  auto shaped = type ? dyn_cast<ShapedType>(type.getValue()) : ShapedType();
  if (!shaped)
    return function.emitOpError("binds the state '")
           << name.getValue() << "' without a type";
  if (failed(checkName(name, function)))
    return failure();
  auto [it, isNew] = stateIndex.insert({name, state.size()});
  if (isNew) {
    json::Object entry{{"name", name.getValue()},
                       {"dtype", getDtype(shaped.getElementType())},
                       {"shape", getShape(shaped)}};
    if (auto weight = binding.getAs<StringAttr>("weight")) {
      auto [known, isFirst] = weightIndex.insert({weight, weights.size()});
      if (isFirst) {
        json::Object initial = entry;
        initial["name"] = weight.getValue();
        weights.push_back(std::move(initial));
      }
      entry["weight"] = known->second;
    }
    state.push_back(std::move(entry));
  }
  return json::Object{{"state", it->second}};
}

FailureOr<json::Object> Manifest::bind(func::FuncOp function,
                                       unsigned argument) {
  auto binding =
      function.getArgAttrOfType<DictionaryAttr>(argument, kBindingAttr);
  if (binding.contains("state"))
    return bindState(function, binding);
  auto weight = binding.getAs<StringAttr>("weight");
  auto view = binding.getAs<StringAttr>("view");
  auto type = binding.getAs<TypeAttr>("type");
  auto layout = binding.getAs<StringAttr>("layout");
  auto shaped = type ? dyn_cast<ShapedType>(type.getValue()) : ShapedType();
  if (!weight || !view || !shaped)
    return function.emitOpError("argument ")
           << argument << " has an incomplete lacuna.binding; expected "
           << "weight, view and type";
  if (failed(checkName(weight, function)))
    return failure();
  auto [it, isNew] = weightIndex.insert({weight, weights.size()});
  if (isNew) {
    json::Object entry{{"name", weight.getValue()},
                       {"dtype", getDtype(shaped.getElementType())},
                       {"shape", getShape(shaped)}};
    if (layout)
      entry["layout"] = layout.getValue();
    if (auto prunes = binding.getAs<StringAttr>("prunes")) {
      if (failed(checkName(prunes, function)))
        return failure();
      entry["prunes"] = prunes.getValue();
    }
    weights.push_back(std::move(entry));
  }
  json::Object entry{{"weight", it->second}, {"view", view.getValue()}};
  if (auto dtype = binding.getAs<StringAttr>("dtype"))
    entry["dtype"] = dtype.getValue();
  if (auto panels = binding.getAs<DenseI64ArrayAttr>("panels"))
    entry["panels"] = json::Object{{"dim", panels[0]}, {"width", panels[1]}};
  return entry;
}

LogicalResult Manifest::add(func::FuncOp function) {
  if (failed(checkName(function.getName(), function)))
    return failure();
  json::Array inputs, outputs, bindings;
  json::Object entry{{"name", function.getName()}};
  for (unsigned i = 0, e = function.getNumArguments(); i < e; ++i) {
    if (auto arena = function.getArgAttrOfType<DictionaryAttr>(i, kArenaAttr)) {
      json::Object object;
      for (NamedAttribute field : arena)
        if (auto number = dyn_cast<IntegerAttr>(field.getValue()))
          object[field.getName().getValue()] = number.getInt();
      entry["arena"] = std::move(object);
      continue;
    }
    bool isBinding = !!function.getArgAttr(i, kBindingAttr);
    bool isOutput = !!function.getArgAttr(i, kOutputAttr);
    json::Array &list = isBinding ? bindings : isOutput ? outputs : inputs;
    auto tensor = isBinding ? bind(function, i)
                            : describeTensor(function, i,
                                             (isOutput ? "result" : "arg") +
                                                 std::to_string(list.size()));
    if (failed(tensor))
      return failure();
    list.push_back(std::move(*tensor));
  }
  symbols.push_back(makeSymbol(function.getName()));
  entry["symbol"] = symbols.back();
  entry["inputs"] = std::move(inputs);
  entry["outputs"] = std::move(outputs);
  entry["bindings"] = std::move(bindings);
  if (auto count = function->getAttrOfType<IntegerAttr>(kAllocationsAttr))
    entry["allocations"] = count.getInt();
  functions.push_back(std::move(entry));
  return success();
}

std::string Manifest::str() {
  // Runtimes of ABI 2 give no arena and know no state, those of ABI 3 have no
  // regions.
  bool hasArena = llvm::any_of(functions, [](const json::Value &function) {
    return function.getAsObject()->get("arena");
  });
  target["functions"] = std::move(functions);
  if (!regions.empty())
    target["regions"] = std::move(regions);
  json::Object root{{"abi", hasRegions                   ? 4
                            : hasArena || !state.empty() ? 3
                                                         : 2},
                    {"producer", "lacuna " LACUNA_VERSION},
                    {"targets", json::Array{std::move(target)}},
                    {"weights", std::move(weights)}};
  if (!state.empty())
    root["state"] = std::move(state);
  std::string text;
  llvm::raw_string_ostream(text) << json::Value(std::move(root));
  return text;
}
