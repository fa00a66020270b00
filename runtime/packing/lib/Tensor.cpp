// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Element types, sizes and heap buffers: the ground of the packing library.

#include "lacuna/Packing/Tensor.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

using namespace lacuna::packing;

namespace {
struct TypeInfo {
  ElementType type;
  unsigned width;
  std::string_view name;
  std::string_view safeTensorsName;
};

// In the order of the enumeration.
constexpr TypeInfo typeInfos[] = {
    {ElementType::F64, 8, "f64", "F64"},
    {ElementType::F32, 4, "f32", "F32"},
    {ElementType::F16, 2, "f16", "F16"},
    {ElementType::BF16, 2, "bf16", "BF16"},
    {ElementType::F8E4M3, 1, "f8E4M3FN", "F8_E4M3"},
    {ElementType::F8E5M2, 1, "f8E5M2", "F8_E5M2"},
    {ElementType::I64, 8, "i64", "I64"},
    {ElementType::I32, 4, "i32", "I32"},
    {ElementType::I16, 2, "i16", "I16"},
    {ElementType::I8, 1, "i8", "I8"},
    {ElementType::U64, 8, "u64", "U64"},
    {ElementType::U32, 4, "u32", "U32"},
    {ElementType::U16, 2, "u16", "U16"},
    {ElementType::U8, 1, "u8", "U8"},
    {ElementType::Bool, 1, "i1", "BOOL"},
};

const TypeInfo &getInfo(ElementType type) {
  return typeInfos[static_cast<unsigned>(type)];
}
} // namespace

unsigned lacuna::packing::getByteWidth(ElementType type) {
  return getInfo(type).width;
}

std::string_view lacuna::packing::getName(ElementType type) {
  return getInfo(type).name;
}

std::optional<ElementType>
lacuna::packing::parseElementType(std::string_view name) {
  for (const TypeInfo &info : typeInfos)
    if (info.name == name)
      return info.type;
  return std::nullopt;
}

std::string_view lacuna::packing::getSafeTensorsName(ElementType type) {
  return getInfo(type).safeTensorsName;
}

std::optional<ElementType>
lacuna::packing::parseSafeTensorsElementType(std::string_view name) {
  for (const TypeInfo &info : typeInfos)
    if (info.safeTensorsName == name)
      return info.type;
  return std::nullopt;
}

std::string lacuna::packing::toString(const Shape &shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

Result<uint64_t> lacuna::packing::getByteSize(ElementType type,
                                              const Shape &shape) {
  // A zero anywhere makes the size 0, but the other dimensions must still
  // multiply without overflow: strides are computed from them.
  int64_t size = getByteWidth(type);
  bool empty = false;
  for (int64_t dim : shape) {
    if (dim < 0)
      return Status::error("shape " + toString(shape) +
                           " has a negative dimension; expected sizes >= 0");
    if (dim == 0)
      empty = true;
    else if (__builtin_mul_overflow(size, dim, &size))
      return Status::error("shape " + toString(shape) + " of " +
                           std::string(getName(type)) +
                           " is larger than 2^63 - 1 bytes");
  }
  return empty ? uint64_t(0) : static_cast<uint64_t>(size);
}

Result<Buffer> Buffer::allocate(uint64_t size) {
  constexpr uint64_t alignment = 64;
  Buffer buffer;
  buffer.size = size;
  // calloc, not aligned_alloc: large zeroed blocks come as untouched pages.
  void *raw = size > UINT64_MAX - alignment ? nullptr
                                            : std::calloc(size + alignment, 1);
  if (!raw)
    return Status::error("cannot allocate " + std::to_string(size) +
                         " bytes; the machine has too little memory for this "
                         "tensor");
  std::shared_ptr<void> owner(raw, std::free);
  auto address = reinterpret_cast<uintptr_t>(raw);
  address = (address + alignment - 1) / alignment * alignment;
  // Pages of 2 MB are translated faster; only a hint, which may be refused.
  constexpr uint64_t hugePage = 2 << 20;
  uintptr_t page = (address + hugePage - 1) / hugePage * hugePage;
  if (size >= 2 * hugePage)
    madvise(reinterpret_cast<void *>(page),
            (address + size - page) / hugePage * hugePage, MADV_HUGEPAGE);
  buffer.data =
      std::shared_ptr<uint8_t>(owner, reinterpret_cast<uint8_t *>(address));
  return buffer;
}

Result<Tensor> lacuna::packing::makeAligned(const Tensor &tensor) {
  auto address = reinterpret_cast<uintptr_t>(tensor.bytes.data);
  if (address % getByteWidth(tensor.type) == 0)
    return tensor;
  Result<Buffer> buffer = Buffer::allocate(tensor.bytes.size);
  if (!buffer.ok())
    return buffer.status();
  if (tensor.bytes.size)
    std::memcpy(buffer->bytes().data, tensor.bytes.data, tensor.bytes.size);
  return Tensor{tensor.type, tensor.shape, buffer->bytes(), buffer->owner()};
}

Status lacuna::packing::checkBools(const Tensor &tensor) {
  if (tensor.type != ElementType::Bool)
    return Status();
  const uint8_t *begin = tensor.bytes.data, *end = begin + tensor.bytes.size;
  const uint8_t *bad =
      std::find_if(begin, end, [](uint8_t byte) { return byte > 1; });
  if (bad == end)
    return Status();
  return Status::error("element " + std::to_string(bad - begin) +
                       " of a bool tensor is the byte " + std::to_string(*bad) +
                       "; expected 0 or 1; store it as U8 or normalize it");
}
