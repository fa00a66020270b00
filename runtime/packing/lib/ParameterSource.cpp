// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From a model's names to bytes: looking sources up in the checkpoint, and
// joining or permuting them where the parameters file says so.

#include "Permute.h"
#include "Text.h"
#include "lacuna/Packing/Parameters.h"

#include <algorithm>
#include <cstring>

using namespace lacuna::packing;

ParameterSource::ParameterSource(SafeTensorsSet files, ParameterMap map)
    : checkpoint(std::move(files)), map(std::move(map)) {}

std::optional<std::string>
ParameterSource::identity(const std::string &name) const {
  const Parameter *parameter = map.find(name);
  if (!parameter)
    return name;
  if (parameter->op != Parameter::Op::Identity)
    return std::nullopt;
  return parameter->sources[0];
}

static Status reportMissing(const SafeTensorsSet &files,
                            const std::string &name) {
  if (files.find(name + ".values"))
    return Status::error("tensor " + quote(name) + " is stored packed in " +
                         files.describe() +
                         " and cannot be read as a dense part of another "
                         "tensor; give the dense checkpoint");
  std::vector<std::string> names;
  for (const auto &entry : files.tensors())
    names.push_back(entry.first);
  std::string near = suggestNames(name, names);
  return Status::error("tensor " + quote(name) + " is not in " +
                       files.describe() + near +
                       (near.empty() ? "; give the file that holds it, or map "
                                       "its name in a parameters file"
                                     : ""));
}

static std::string describeTensor(const std::string &name,
                                  const Tensor &tensor) {
  return quote(name) + " (" + std::string(getName(tensor.type)) + " " +
         toString(tensor.shape) + ")";
}

/// Shape of the sources joined. They must agree in type and, but for `dim` of
/// a concatenation, in shape.
static Result<Shape> joinShapes(const Parameter &parameter,
                                const std::vector<const Tensor *> &sources) {
  bool isStack = parameter.op == Parameter::Op::Stack;
  const Tensor &first = *sources[0];
  size_t rank = first.shape.size();
  if (parameter.dim >= rank + isStack)
    return Status::error("\"dim\" is " + std::to_string(parameter.dim) +
                         "; expected less than " +
                         std::to_string(rank + isStack) + " for source " +
                         describeTensor(parameter.sources[0], first));
  Shape joined = first.shape;
  for (size_t i = 1; i < sources.size(); ++i) {
    Shape expected = first.shape;
    bool agrees =
        sources[i]->type == first.type && sources[i]->shape.size() == rank;
    if (agrees && !isStack)
      expected[parameter.dim] = sources[i]->shape[parameter.dim];
    if (!agrees || sources[i]->shape != expected)
      return Status::error(
          "source " + describeTensor(parameter.sources[i], *sources[i]) +
          " does not fit to " + describeTensor(parameter.sources[0], first) +
          "; expected one type, and one shape" +
          (isStack ? ""
                   : " but for dimension " + std::to_string(parameter.dim)));
    if (!isStack && __builtin_add_overflow(joined[parameter.dim],
                                           sources[i]->shape[parameter.dim],
                                           &joined[parameter.dim]))
      return Status::error("the sources are together larger than 2^63 - 1");
  }
  if (isStack)
    joined.insert(joined.begin() + parameter.dim,
                  static_cast<int64_t>(sources.size()));
  return joined;
}

/// Copies the sources' pieces one after another into a new tensor: seen along
/// the joined dimension, each source is `outer` pieces.
static Result<Tensor> join(const Parameter &parameter, Tensor joined,
                           const std::vector<const Tensor *> &sources) {
  Result<uint64_t> size = getByteSize(joined.type, joined.shape);
  if (!size.ok())
    return size.status();
  Result<Buffer> buffer = Buffer::allocate(*size);
  if (!buffer.ok())
    return buffer.status();
  joined.bytes = buffer->bytes();
  joined.owner = buffer->owner();
  if (*size == 0)
    return joined;
  uint64_t outer = 1;
  for (unsigned d = 0; d < parameter.dim; ++d)
    outer *= joined.shape[d];
  uint8_t *to = buffer->bytes().data;
  for (uint64_t o = 0; o < outer; ++o) {
    for (const Tensor *source : sources) {
      uint64_t piece = source->bytes.size / outer;
      if (piece)
        std::memcpy(to, source->bytes.data + o * piece, piece);
      to += piece;
    }
  }
  return joined;
}

static Result<std::vector<unsigned>> getPermutation(const Parameter &parameter,
                                                    const Tensor &source) {
  size_t rank = source.shape.size();
  if (parameter.permutation.empty())
    return reversal(rank);
  if (parameter.permutation.size() != rank)
    return Status::error(
        "\"permutation\" has " + std::to_string(parameter.permutation.size()) +
        " entries; expected " + std::to_string(rank) + " for source " +
        describeTensor(parameter.sources[0], source));
  return parameter.permutation;
}

Result<Tensor> ParameterSource::make(const std::string &name,
                                     bool withBytes) const {
  Parameter same;
  same.sources.push_back(name);
  const Parameter *listed = map.find(name);
  const Parameter &parameter = listed ? *listed : same;
  std::vector<const Tensor *> sources;
  for (const std::string &source : parameter.sources) {
    sources.push_back(checkpoint.find(source));
    if (!sources.back())
      return reportMissing(checkpoint, source);
  }
  if (parameter.op == Parameter::Op::Identity)
    return *sources[0];
  Tensor result;
  result.type = sources[0]->type;
  if (parameter.op == Parameter::Op::Transpose) {
    Result<std::vector<unsigned>> permutation =
        getPermutation(parameter, *sources[0]);
    if (!permutation.ok())
      return permutation.status();
    if (withBytes)
      return permute(*sources[0], *permutation);
    for (unsigned dim : *permutation)
      result.shape.push_back(sources[0]->shape[dim]);
    return result;
  }
  Result<Shape> shape = joinShapes(parameter, sources);
  if (!shape.ok())
    return shape.status();
  result.shape = std::move(*shape);
  if (!withBytes)
    return result;
  return join(parameter, std::move(result), sources);
}

Result<Tensor> ParameterSource::resolve(const std::string &name) const {
  Result<Tensor> tensor = make(name, /*withBytes=*/true);
  if (!tensor.ok() && map.find(name))
    return tensor.status().withContext("weight " + quote(name));
  return tensor;
}

Result<Tensor> ParameterSource::describe(const std::string &name) const {
  Result<Tensor> tensor = make(name, /*withBytes=*/false);
  if (!tensor.ok())
    return map.find(name) ? tensor.status().withContext("weight " + quote(name))
                          : tensor.status();
  tensor->bytes = {};
  return tensor;
}
