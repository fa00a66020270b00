// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading a parameters file. Its entries are strict (an unknown key could
// change what a weight means); around them, keys are left to whoever wrote it.

#include "Files.h"
#include "Json.h"
#include "Text.h"
#include "lacuna/Packing/Parameters.h"

using namespace lacuna::packing;

namespace {
constexpr unsigned largestRank = 64;

bool isBelow(const Json &value, uint64_t bound) {
  return value.is_number_unsigned() && value.get<uint64_t>() < bound;
}

Result<Parameter::Op> parseOp(const Json &entry) {
  const Json *op = findMember(entry, "op");
  std::string name = op && op->is_string() ? op->get<std::string>() : "";
  if (name == "identity")
    return Parameter::Op::Identity;
  if (name == "concat")
    return Parameter::Op::Concat;
  if (name == "stack")
    return Parameter::Op::Stack;
  if (name == "transpose")
    return Parameter::Op::Transpose;
  return Status::error(
      (!op            ? "\"op\" is missing"
       : name.empty() ? "\"op\" is not a name"
                      : "\"op\" is " + quote(name)) +
      "; expected \"identity\", \"concat\", \"stack\" or \"transpose\"");
}

Status parseSources(const Json &entry, Parameter &parameter) {
  const Json *sources = findMember(entry, "sources");
  if (!sources || !sources->is_array() || sources->empty())
    return Status::error("\"sources\" is not a list of names; expected the "
                         "checkpoint's tensors, as in [\"fc.weight\"]");
  for (const Json &source : *sources) {
    if (!source.is_string())
      return Status::error("\"sources\" holds " + describeType(source) +
                           "; expected names of the checkpoint's tensors");
    parameter.sources.push_back(source.get<std::string>());
  }
  bool many = parameter.op == Parameter::Op::Concat ||
              parameter.op == Parameter::Op::Stack;
  if (!many && parameter.sources.size() != 1)
    return Status::error("\"sources\" has " +
                         std::to_string(parameter.sources.size()) +
                         " names; expected one, or \"op\" \"concat\" or "
                         "\"stack\"");
  return Status();
}

Status parsePermutation(const Json &value, Parameter &parameter) {
  std::string expected =
      "\"permutation\" is not one; expected each of 0 to rank - 1 once";
  if (parameter.op != Parameter::Op::Transpose)
    return Status::error("\"permutation\" belongs to \"op\" \"transpose\"; "
                         "leave it out");
  if (!value.is_array() || value.empty() || value.size() > largestRank)
    return Status::error(expected);
  uint64_t seen = 0;
  for (const Json &dim : value) {
    if (!isBelow(dim, value.size()) || (seen >> dim.get<unsigned>() & 1))
      return Status::error(expected);
    seen |= uint64_t(1) << dim.get<unsigned>();
    parameter.permutation.push_back(dim.get<unsigned>());
  }
  return Status();
}

Result<Parameter> parseParameter(const Json &entry) {
  if (!entry.is_object())
    return Status::error("the entry is " + describeType(entry) +
                         "; expected an object with \"op\" and \"sources\"");
  Parameter parameter;
  Result<Parameter::Op> op = parseOp(entry);
  if (!op.ok())
    return op.status();
  parameter.op = *op;
  Status status = parseSources(entry, parameter);
  for (auto &[key, value] : entry.items()) {
    if (!status.ok())
      return status;
    if (key == "permutation") {
      status = parsePermutation(value, parameter);
    } else if (key == "dim") {
      if (*op != Parameter::Op::Concat && *op != Parameter::Op::Stack)
        status = Status::error("\"dim\" belongs to \"op\" \"concat\" and "
                               "\"stack\"; leave it out");
      else if (!isBelow(value, largestRank))
        status = Status::error("\"dim\" is not an integer from 0 to " +
                               std::to_string(largestRank - 1));
      else
        parameter.dim = value.get<unsigned>();
    } else if (key != "op" && key != "sources") {
      status = Status::error("the key " + quote(key) +
                             " is not known; expected \"op\", \"dim\", "
                             "\"permutation\" and \"sources\"");
    }
  }
  if (!status.ok())
    return status;
  return parameter;
}
} // namespace

Result<ParameterMap> ParameterMap::parse(std::string_view json,
                                         const std::string &name) {
  std::string context = quote(name);
  Result<Json> file = parseJsonObject(json);
  if (!file.ok())
    return file.status().withContext(context);
  const Json *version = findMember(*file, "lacuna_params");
  if (!version || *version != 1)
    return Status::error(context + ": \"lacuna_params\" is not 1; expected a "
                                   "parameters file of version 1, as "
                                   "lacuna-import writes");
  const Json *tensors = findMember(*file, "tensors");
  if (!tensors || !tensors->is_object())
    return Status::error(context + ": \"tensors\" is " +
                         (tensors ? describeType(*tensors) : "missing") +
                         "; expected an object");
  ParameterMap map;
  for (auto &[key, entry] : tensors->items()) {
    Result<Parameter> parameter = parseParameter(entry);
    if (!parameter.ok())
      return parameter.status().withContext(context + ": tensor " + quote(key));
    map.entries.emplace(key, std::move(*parameter));
  }
  return map;
}

Result<ParameterMap> ParameterMap::open(const std::string &path) {
  Result<MappedFile> mapped = mapFile(path);
  if (!mapped.ok())
    return mapped.status();
  return parse(
      {reinterpret_cast<const char *>(mapped->bytes.data), mapped->bytes.size},
      path);
}

const Parameter *ParameterMap::find(std::string_view name) const {
  auto found = entries.find(name);
  return found == entries.end() ? nullptr : &found->second;
}
