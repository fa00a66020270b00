// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The checks of inputs and outputs.

#include "Tensors.h"

#include "Error.h"
#include "Model.h"

#include <algorithm>

using namespace lacuna;
using namespace lacuna::runtime;

namespace {

// Later versions of DLPack have a code for bool, which newer callers send.
constexpr uint8_t dlBool = 6;

[[noreturn]] void bad(const std::string &message) {
  throw Error(LACUNA_ERROR_TENSOR, message);
}

std::string describe(DLDataType type) {
  static const char *const names[] = {"int",    "uint",    "float", "handle",
                                      "bfloat", "complex", "bool"};
  std::string text = type.code < 7 ? names[type.code]
                                   : "code " + std::to_string(type.code) + " ";
  text += std::to_string(type.bits);
  return type.lanes == 1 ? text : text + "x" + std::to_string(type.lanes);
}

bool matches(packing::ElementType type, DLDataType given) {
  DLDataType wanted = getDLType(type);
  if (type == packing::ElementType::Bool && given.code == dlBool)
    return given.bits == 8 && given.lanes == 1;
  return given.code == wanted.code && given.bits == wanted.bits &&
         given.lanes == wanted.lanes;
}

/// "[?, 64]", with the names of dimensions where there are any.
std::string describeShape(const TensorSpec &spec) {
  std::string text = "[";
  for (size_t i = 0; i < spec.shape.size(); ++i) {
    text += i == 0 ? "" : ", ";
    if (spec.shape[i] >= 0)
      text += std::to_string(spec.shape[i]);
    else if (!spec.symbols.empty() && !spec.symbols[i].empty())
      text += spec.symbols[i];
    else
      text += "?";
  }
  return text + "]";
}

std::string describeShape(const DLTensor &tensor) {
  return packing::toString(
      packing::Shape(tensor.shape, tensor.shape + tensor.ndim));
}

std::string name(const char *role, const TensorSpec &spec,
                 const FunctionSpec &function) {
  return std::string(role) + " '" + spec.name + "' of '" + function.name + "'";
}

void checkCount(const FunctionSpec &function, const char *role,
                const std::vector<TensorSpec> &specs, const DLTensor *tensors,
                size_t count) {
  if (count != specs.size()) {
    std::vector<std::string> names;
    for (const TensorSpec &spec : specs)
      names.push_back(spec.name);
    bad("'" + function.name + "' has " + std::to_string(specs.size()) + " " +
        role + (specs.size() == 1 ? "" : "s") +
        (names.empty() ? "" : " (" + quoteAll(names) + ")") + ", " +
        std::to_string(count) + " were given");
  }
  if (!tensors && count != 0)
    throw Error(LACUNA_ERROR_ARGUMENT, "the array of " + std::string(role) +
                                           "s of '" + function.name +
                                           "' is a null pointer");
}

bool isContiguous(const DLTensor &tensor) {
  if (!tensor.strides || getBytes(tensor) == 0)
    return true;
  int64_t expected = 1;
  for (int i = tensor.ndim - 1; i >= 0; --i) {
    if (tensor.shape[i] != 1 && tensor.strides[i] != expected)
      return false;
    expected *= tensor.shape[i];
  }
  return true;
}

} // namespace

std::string
lacuna::runtime::describeTensors(const std::vector<TensorSpec> &specs,
                                 const DLTensor *tensors) {
  std::string text;
  for (size_t i = 0; i < specs.size(); ++i)
    text +=
        (i == 0 ? "" : ", ") + specs[i].name + " " + describeShape(tensors[i]);
  return text;
}

uint8_t *lacuna::runtime::getData(const DLTensor &tensor) {
  // Without elements there may be no memory either; null is not for models.
  alignas(64) static uint8_t nothing[64];
  if (getBytes(tensor) == 0)
    return nothing;
  return static_cast<uint8_t *>(tensor.data) + tensor.byte_offset;
}

uint64_t lacuna::runtime::getBytes(const DLTensor &tensor) {
  uint64_t bytes = tensor.dtype.bits / 8;
  for (int i = 0; i < tensor.ndim; ++i)
    bytes *= static_cast<uint64_t>(tensor.shape[i]);
  return bytes;
}

void SignatureChecker::checkShape(const TensorSpec &spec,
                                  const DLTensor &tensor,
                                  const std::string &what) const {
  size_t rank = spec.shape.size();
  if (tensor.ndim < 0 || static_cast<size_t>(tensor.ndim) != rank)
    bad(what + " has " + std::to_string(tensor.ndim) +
        " dimensions, expected " + std::to_string(rank) + ": " +
        describeShape(spec));
  if (rank != 0 && !tensor.shape)
    bad(what + " has a null pointer as its shape");
  for (size_t i = 0; i < rank; ++i) {
    bool fits = spec.shape[i] < 0 ? tensor.shape[i] >= 0
                                  : tensor.shape[i] == spec.shape[i];
    if (!fits)
      bad(what + " has shape " + describeShape(tensor) + ", expected " +
          describeShape(spec) + ": dimension " + std::to_string(i) +
          " differs");
  }
  auto bytes = packing::getByteSize(
      spec.type, packing::Shape(tensor.shape, tensor.shape + rank));
  if (!bytes.ok())
    bad(what + ": " + bytes.message());
}

void SignatureChecker::checkMemory(const TensorSpec &spec,
                                   const DLTensor &tensor,
                                   const std::string &what) const {
  uint64_t bytes = getBytes(tensor);
  if (bytes == 0)
    return;
  if (!tensor.data)
    bad(what + " has a null pointer as its data");
  uint64_t address = reinterpret_cast<uint64_t>(tensor.data);
  if (tensor.byte_offset > UINT64_MAX - address ||
      bytes > UINT64_MAX - address - tensor.byte_offset)
    bad(what + " reaches beyond the end of memory: its byte_offset is " +
        std::to_string(tensor.byte_offset));
  // Kernels load 16 bytes at a time; what is on the host is copied before.
  bool isStaged = !device.isHost() && isHostMemory(tensor.device);
  bool isWide = !device.isHost() && !isStaged;
  unsigned width = isWide ? 16 : packing::getByteWidth(spec.type);
  if ((address + tensor.byte_offset) % width != 0)
    bad(what + " begins at an address that is not a multiple of " +
        std::to_string(width) +
        (isWide ? ", which kernels load at a time" : ", its element size") +
        ": pass a copy");
}

void SignatureChecker::checkPlace(const DLTensor &tensor,
                                  const std::string &what) const {
  if (device.reaches(tensor.device) ||
      (!device.isHost() && isHostMemory(tensor.device)))
    return;
  auto text = [](const DLDevice &place) {
    return std::to_string(place.device_type) + ":" +
           std::to_string(place.device_id);
  };
  bad(what + " is on the DLPack device " + text(tensor.device) + ", expected " +
      text(device.dlDevice()) + ", which is '" + device.name() + "'" +
      (device.isHost() ? "" : ", or the host"));
}

void SignatureChecker::check(const TensorSpec &spec, const DLTensor &tensor,
                             const std::string &what, bool needData) const {
  if (!matches(spec.type, tensor.dtype))
    bad(what + " has type " + describe(tensor.dtype) + ", expected " +
        std::string(packing::getName(spec.type)) + " (" +
        describe(getDLType(spec.type)) + "): convert it before");
  checkShape(spec, tensor, what);
  if (!needData)
    return;
  checkPlace(tensor, what);
  if (!isContiguous(tensor))
    bad(what + " is not contiguous and row-major: pass a copy that is (in " +
        "NumPy numpy.ascontiguousarray)");
  checkMemory(spec, tensor, what);
}

void SignatureChecker::checkSymbols(const TensorSpec &spec,
                                    const DLTensor &tensor,
                                    const std::string &what) {
  for (size_t i = 0; i < spec.symbols.size(); ++i) {
    const std::string &symbol = spec.symbols[i];
    if (symbol.empty())
      continue;
    std::string where = "dimension " + std::to_string(i) + " of " + what;
    auto [it, added] = symbols.insert({symbol, {tensor.shape[i], where}});
    if (!added && it->second.size != tensor.shape[i])
      bad(where + " is " + std::to_string(tensor.shape[i]) + ", but " +
          it->second.where + " is " + std::to_string(it->second.size) +
          ": both are '" + symbol + "' and must be equal");
  }
}

void SignatureChecker::checkInputs(const DLTensor *tensors, size_t count,
                                   bool needData) {
  checkCount(function, "input", function.inputs, tensors, count);
  for (size_t i = 0; i < count; ++i) {
    const TensorSpec &spec = function.inputs[i];
    std::string what = name("input", spec, function);
    check(spec, tensors[i], what, needData);
    checkSymbols(spec, tensors[i], what);
    if (needData)
      checkContent(spec, tensors[i], what);
  }
}

void lacuna::runtime::checkContent(const TensorSpec &spec,
                                   const DLTensor &tensor,
                                   const std::string &what) {
  if (!isHostMemory(tensor.device))
    return;
  packing::Tensor content;
  content.type = spec.type;
  content.shape.assign(tensor.shape, tensor.shape + tensor.ndim);
  content.bytes = {getData(tensor), getBytes(tensor)};
  if (auto status = packing::checkBools(content); !status.ok())
    bad(what + ": " + status.message());
}

void lacuna::runtime::checkTensor(const TensorSpec &spec,
                                  const DLTensor &tensor,
                                  const std::string &what,
                                  const Device &device) {
  FunctionSpec none;
  SignatureChecker(none, device).check(spec, tensor, what, /*needData=*/true);
}

bool SignatureChecker::staticOutputs(std::vector<int64_t> &dims) const {
  bool complete = true;
  for (const TensorSpec &spec : function.outputs)
    for (size_t i = 0; i < spec.shape.size(); ++i) {
      dims.push_back(spec.shape[i]);
      complete &= spec.shape[i] >= 0;
    }
  return complete;
}

void SignatureChecker::checkTold(const std::vector<int64_t> &dims) const {
  size_t next = 0;
  for (const TensorSpec &spec : function.outputs)
    for (size_t i = 0; i < spec.shape.size(); ++i) {
      int64_t told = dims[next++];
      if (told < 0 || (spec.shape[i] >= 0 && told != spec.shape[i]))
        throw Error(
            LACUNA_ERROR_FAILED,
            "the model says that dimension " + std::to_string(i) + " of " +
                name("output", spec, function) + " is " + std::to_string(told) +
                " for these inputs, expected " +
                (spec.shape[i] < 0 ? "a size" : std::to_string(spec.shape[i])));
    }
}

void SignatureChecker::checkOutputs(const DLTensor *tensors, size_t count,
                                    const std::vector<int64_t> &dims) {
  checkCount(function, "output", function.outputs, tensors, count);
  size_t next = 0;
  for (size_t i = 0; i < count; ++i) {
    const TensorSpec &spec = function.outputs[i];
    std::string what = name("output", spec, function);
    check(spec, tensors[i], what, /*needData=*/true);
    size_t rank = spec.shape.size();
    packing::Shape told(dims.begin() + next, dims.begin() + next + rank);
    next += rank;
    if (!std::equal(told.begin(), told.end(), tensors[i].shape))
      bad(what + " has shape " + describeShape(tensors[i]) +
          ", but for these inputs it is " + packing::toString(told) +
          ": allocate what lacuna_session_output_shapes tells");
  }
}

void SignatureChecker::checkOverlap(const DLTensor *inputs,
                                    const DLTensor *outputs,
                                    const Memory &arena) const {
  struct Range {
    uint64_t begin, end;
    bool written;
    std::string what;
  };
  std::vector<Range> ranges;
  auto add = [&](const DLTensor &tensor, bool written, std::string what) {
    uint64_t begin = reinterpret_cast<uint64_t>(getData(tensor));
    if (uint64_t bytes = getBytes(tensor))
      ranges.push_back({begin, begin + bytes, written, std::move(what)});
  };
  for (size_t i = 0; i < function.inputs.size(); ++i)
    add(inputs[i], false, name("input", function.inputs[i], function));
  for (size_t i = 0; i < function.outputs.size(); ++i)
    add(outputs[i], true, name("output", function.outputs[i], function));
  uint64_t begin = reinterpret_cast<uint64_t>(arena.data);
  if (arena.bytes)
    ranges.push_back({begin, begin + arena.bytes, true, "the arena"});
  for (size_t i = 0; i < ranges.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if ((ranges[i].written || ranges[j].written) &&
          ranges[i].begin < ranges[j].end && ranges[j].begin < ranges[i].end)
        bad(ranges[i].what + " overlaps " + ranges[j].what +
            ": allocate memory of its own for each output and for the arena");
}

Descriptors::Descriptors(size_t count, size_t numDims) {
  // Pointers into words: it must not grow.
  words.reserve(3 * count + 2 * numDims);
  pointers.reserve(count + 1);
}

void Descriptors::add(const void *data, const int64_t *shape, size_t rank) {
  pointers.push_back(words.data() + words.size());
  int64_t address = reinterpret_cast<int64_t>(data);
  words.insert(words.end(), {address, address, 0});
  words.insert(words.end(), shape, shape + rank);
  size_t strides = words.size();
  words.resize(strides + rank);
  uint64_t stride = 1; // May wrap where another size is 0.
  for (size_t i = rank; i-- > 0;) {
    words[strides + i] = static_cast<int64_t>(stride);
    // As if sizes of 0 were 1: a stride of 0 would not be row-major.
    stride *= static_cast<uint64_t>(std::max<int64_t>(shape[i], 1));
  }
}

void Descriptors::add(const DLTensor &tensor) {
  add(getData(tensor), tensor.shape, static_cast<size_t>(tensor.ndim));
}
