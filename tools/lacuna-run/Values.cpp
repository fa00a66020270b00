// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading, making and writing tensors.

#include "Values.h"

#include "lacuna/Packing/Npy.h"
#include "lacuna/Packing/SafeTensors.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace lacuna;
using namespace lacuna::run;
using packing::ElementType;

namespace {
bool endsWith(const std::string &text, const std::string &ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

std::vector<std::string> split(const std::string &text, char separator) {
  std::vector<std::string> parts{""};
  for (char c : text)
    if (c == separator)
      parts.emplace_back();
    else
      parts.back() += c;
  return parts;
}

Tensor readSafeTensors(const std::string &path,
                       const std::optional<std::string> &tensor,
                       const std::string &name) {
  auto file = take(packing::SafeTensorsFile::open(path));
  if (const Tensor *found = file.find(tensor ? *tensor : name))
    return *found;
  std::string names;
  for (const auto &entry : file.tensors())
    names += (names.empty() ? "'" : ", '") + entry.first + "'";
  if (tensor || file.tensors().size() != 1)
    throw Failure("'" + path + "' has no tensor '" + (tensor ? *tensor : name) +
                  "', it has " + (names.empty() ? "none" : names) +
                  (tensor ? "" : ": choose one with " + path + ":TENSOR"));
  return file.tensors().begin()->second;
}

ElementType getType(const lacuna_tensor_info &info) {
  auto type = packing::parseElementType(info.dtype_name);
  if (!type)
    throw Failure(std::string("unknown element type ") + info.dtype_name);
  return *type;
}

packing::Buffer allocate(ElementType type, const packing::Shape &shape) {
  return take(packing::Buffer::allocate(take(getByteSize(type, shape))));
}

float fromBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

double fromHalf(uint16_t half) {
  int exponent = half >> 10 & 31, mantissa = half & 1023;
  double sign = half & 0x8000 ? -1 : 1;
  if (exponent == 31)
    return mantissa ? NAN : sign * INFINITY;
  if (exponent == 0)
    return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(mantissa + 1024, exponent - 25);
}

/// The nearest half for a value of moderate size.
uint16_t toHalf(double value) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  value = std::fabs(value);
  if (value == 0)
    return sign;
  int exponent = std::max(std::ilogb(value), -14);
  auto mantissa =
      static_cast<uint32_t>(std::nearbyint(std::ldexp(value, 10 - exponent)));
  uint32_t bits = (static_cast<uint32_t>(exponent + 14) << 10) + mantissa;
  return sign | static_cast<uint16_t>(std::min<uint32_t>(bits, 0x7c00));
}

uint16_t toBFloat(double value) {
  auto rounded = static_cast<float>(value);
  uint32_t bits;
  std::memcpy(&bits, &rounded, sizeof(bits));
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

template <typename T> void store(uint8_t *data, uint64_t index, T value) {
  std::memcpy(data + index * sizeof(T), &value, sizeof(T));
}

template <typename T> T load(const uint8_t *data, uint64_t index) {
  T value;
  std::memcpy(&value, data + index * sizeof(T), sizeof(T));
  return value;
}

void setElement(ElementType type, uint8_t *data, uint64_t index, double real,
                int64_t integer) {
  switch (type) {
  case ElementType::F64:
    return store<double>(data, index, real);
  case ElementType::F32:
    return store<float>(data, index, static_cast<float>(real));
  case ElementType::F16:
    return store<uint16_t>(data, index, toHalf(real));
  case ElementType::BF16:
    return store<uint16_t>(data, index, toBFloat(real));
  case ElementType::I64:
    return store<int64_t>(data, index, integer);
  case ElementType::I32:
    return store<int32_t>(data, index, static_cast<int32_t>(integer));
  case ElementType::I16:
    return store<int16_t>(data, index, static_cast<int16_t>(integer));
  case ElementType::Bool:
    return store<uint8_t>(data, index, integer & 1);
  default:
    return store<uint8_t>(data, index, static_cast<uint8_t>(integer));
  }
}

/// DIMS[:LOW:HIGH] of "random:DIMS[:LOW:HIGH]".
struct RandomSpec {
  packing::Shape shape;
  double low = -1, high = 1;
  int64_t first = 0, last = 1;
};

RandomSpec parseRandom(const std::string &what,
                       const lacuna_tensor_info &info) {
  auto bad = [&](const std::string &why) {
    return Failure("input '" + std::string(info.name) + "=" + what + "': " +
                   why + "; expected random, random:3x64 or random:3x64:0:9");
  };
  RandomSpec spec;
  std::vector<std::string> parts = split(what, ':');
  if (parts.size() > 1 && !parts[1].empty()) {
    for (const std::string &size : split(parts[1], 'x')) {
      char *end;
      errno = 0;
      long long number = std::strtoll(size.c_str(), &end, 10);
      if (size.empty() || *end || errno || number < 0)
        throw bad("'" + size + "' is not a size");
      spec.shape.push_back(number);
    }
  } else {
    spec.shape.assign(info.shape, info.shape + info.ndim);
    for (int64_t size : spec.shape)
      if (size < 0)
        throw bad("its shape " + packing::toString(spec.shape) +
                  " is dynamic (-1), so sizes are needed");
  }
  if (parts.size() == 2 || parts.size() == 1)
    return spec;
  if (parts.size() != 4)
    throw bad("a range has two ends");
  char *end;
  spec.low = std::strtod(parts[2].c_str(), &end);
  bool fine = !*end && !parts[2].empty();
  spec.high = std::strtod(parts[3].c_str(), &end);
  constexpr double most = 9e15;
  if (!fine || *end || parts[3].empty() || !(spec.low <= spec.high) ||
      spec.low < -most || spec.high > most)
    throw bad("the range " + parts[2] + ":" + parts[3] + " is not one");
  spec.first = static_cast<int64_t>(std::ceil(spec.low));
  spec.last = std::max(spec.first, static_cast<int64_t>(std::floor(spec.high)));
  return spec;
}
} // namespace

Tensor lacuna::run::readTensor(const std::string &what,
                               const std::string &name) {
  if (endsWith(what, ".npy"))
    return take(packing::readNpy(what));
  const std::string ending = ".safetensors";
  if (endsWith(what, ending))
    return readSafeTensors(what, std::nullopt, name);
  size_t at = what.rfind(ending + ":");
  if (at != std::string::npos)
    return readSafeTensors(what.substr(0, at + ending.size()),
                           what.substr(at + ending.size() + 1), name);
  throw Failure("'" + what + "' (for '" + name +
                "') is neither .npy nor .safetensors[:TENSOR]");
}

Tensor lacuna::run::makeRandom(const std::string &what,
                               const lacuna_tensor_info &info,
                               std::mt19937_64 &random) {
  RandomSpec spec = parseRandom(what, info);
  Tensor tensor;
  tensor.type = getType(info);
  tensor.shape = spec.shape;
  packing::Buffer buffer = allocate(tensor.type, tensor.shape);
  tensor.bytes = buffer.bytes();
  tensor.owner = buffer.owner();
  std::uniform_real_distribution<double> reals(spec.low, spec.high);
  std::uniform_int_distribution<int64_t> integers(spec.first, spec.last);
  uint64_t count = countElements(tensor);
  for (uint64_t i = 0; i < count; ++i)
    setElement(tensor.type, buffer.bytes().data, i, reals(random),
               integers(random));
  return tensor;
}

Tensor lacuna::run::allocateOutput(const lacuna_tensor_info &info,
                                   const int64_t *shape) {
  Tensor tensor;
  tensor.type = getType(info);
  tensor.shape.assign(shape, shape + info.ndim);
  packing::Buffer buffer = allocate(tensor.type, tensor.shape);
  if (buffer.bytes().size != 0)
    std::memset(buffer.bytes().data, 0xff, buffer.bytes().size);
  tensor.bytes = buffer.bytes();
  tensor.owner = buffer.owner();
  return tensor;
}

DLTensor lacuna::run::viewTensor(const Tensor &tensor, DLDataType type) {
  DLTensor result = {};
  result.data = const_cast<uint8_t *>(tensor.bytes.data);
  result.device = {kDLCPU, 0};
  result.ndim = static_cast<int>(tensor.shape.size());
  result.dtype = type;
  result.shape = const_cast<int64_t *>(tensor.shape.data());
  return result;
}

DLDataType lacuna::run::getDLType(packing::ElementType type) {
  std::string name(packing::getName(type));
  uint8_t bits = static_cast<uint8_t>(8 * packing::getByteWidth(type));
  uint8_t code = name[0] == 'i' && name != "i1" ? kDLInt
                 : name[0] == 'f'               ? kDLFloat
                 : name[0] == 'b'               ? kDLBfloat
                                                : kDLUInt;
  return {code, bits, 1};
}

Tensor lacuna::run::aligned(Tensor tensor) {
  unsigned width = packing::getByteWidth(tensor.type);
  if (reinterpret_cast<uintptr_t>(tensor.bytes.data) % width == 0)
    return tensor;
  packing::Buffer copy = take(packing::Buffer::allocate(tensor.bytes.size));
  std::copy(tensor.bytes.data, tensor.bytes.data + tensor.bytes.size,
            copy.bytes().data);
  tensor.bytes = copy.bytes();
  tensor.owner = copy.owner();
  return tensor;
}

void OutputFiles::add(const std::string &path, const std::string &name,
                      const Tensor &tensor) {
  bool npy = endsWith(path, ".npy");
  if (!npy && !endsWith(path, ".safetensors"))
    throw Failure("--output " + name + "=" + path +
                  ": expected a .npy or a .safetensors file");
  if (npy && tensor.type == ElementType::BF16)
    throw Failure("--output " + name + "=" + path +
                  ": npy has no bf16; write a .safetensors file");
  auto &file = files[path];
  if (npy && !file.empty())
    throw Failure("two outputs go to '" + path +
                  "': npy holds one tensor; write a .safetensors file");
  file[name] = tensor;
}

void OutputFiles::write() const {
  for (const auto &[path, tensors] : files) {
    if (endsWith(path, ".npy")) {
      check(packing::writeNpy(path, tensors.begin()->second));
      continue;
    }
    packing::SafeTensorsWriter writer;
    for (const auto &[name, tensor] : tensors)
      check(writer.add(name, tensor));
    check(writer.write(path));
  }
}

uint64_t lacuna::run::countElements(const Tensor &tensor) {
  return tensor.bytes.size / packing::getByteWidth(tensor.type);
}

double lacuna::run::getElement(const Tensor &tensor, uint64_t index) {
  const uint8_t *data = tensor.bytes.data;
  switch (tensor.type) {
  case ElementType::F64:
    return load<double>(data, index);
  case ElementType::F32:
    return load<float>(data, index);
  case ElementType::F16:
    return fromHalf(load<uint16_t>(data, index));
  case ElementType::BF16:
    return fromBits(uint32_t(load<uint16_t>(data, index)) << 16);
  case ElementType::I64:
    return static_cast<double>(load<int64_t>(data, index));
  case ElementType::U64:
    return static_cast<double>(load<uint64_t>(data, index));
  case ElementType::I32:
    return load<int32_t>(data, index);
  case ElementType::U32:
    return load<uint32_t>(data, index);
  case ElementType::I16:
    return load<int16_t>(data, index);
  case ElementType::U16:
    return load<uint16_t>(data, index);
  case ElementType::I8:
    return load<int8_t>(data, index);
  case ElementType::U8:
  case ElementType::Bool:
    return data[index];
  default:
    throw Failure("fp8 tensors cannot be compared: convert the reference");
  }
}
