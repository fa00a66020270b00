// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Element types, shapes and untyped tensors: what the readers produce and the
// packing functions consume. All tensors are contiguous and row-major.

#ifndef LACUNA_PACKING_TENSOR_H
#define LACUNA_PACKING_TENSOR_H

#include "lacuna/Packing/Result.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lacuna::packing {

/// The types of elements that files may hold. Lacuna computes on F64, F32,
/// F16, BF16, I64, I32, I16, I8 and Bool; U8 holds coordinates; the others may
/// stand in a checkpoint beside the tensors that a model uses.
enum class ElementType : uint8_t {
  F64,
  F32,
  F16,
  BF16,
  F8E4M3,
  F8E5M2,
  I64,
  I32,
  I16,
  I8,
  U64,
  U32,
  U16,
  U8,
  Bool,
};

/// Bytes of one element: 1, 2, 4 or 8. A Bool is one byte, 0 or 1.
unsigned getByteWidth(ElementType type);

/// The manifest's and MLIR's spelling: "f32", "bf16", "i8", "u8", "i1" (Bool).
std::string_view getName(ElementType type);
std::optional<ElementType> parseElementType(std::string_view name);

/// The spelling of safetensors headers: "F32", "BF16", "I8", "U8", "BOOL".
std::string_view getSafeTensorsName(ElementType type);
std::optional<ElementType> parseSafeTensorsElementType(std::string_view name);

using Shape = std::vector<int64_t>;

/// "[512, 64]".
std::string toString(const Shape &shape);

/// Elements of `shape` times the element's width. An error when a dimension is
/// negative or the product does not fit into int64_t.
Result<uint64_t> getByteSize(ElementType type, const Shape &shape);

/// Bytes that belong to somebody else; they need not be aligned.
struct ConstBytes {
  const uint8_t *data = nullptr;
  uint64_t size = 0;
};

struct MutableBytes {
  uint8_t *data = nullptr;
  uint64_t size = 0;

  operator ConstBytes() const { return {data, size}; }
};

/// A contiguous row-major tensor. `owner` keeps the bytes alive (a mapped
/// file, a heap buffer); it is null where the bytes are borrowed. Copying a
/// Tensor copies no element.
struct Tensor {
  ElementType type = ElementType::F32;
  Shape shape;
  ConstBytes bytes;
  std::shared_ptr<const void> owner;
};

/// Heap memory, 64-byte aligned, zeroed. An allocation that fails is an error,
/// not an exception.
class Buffer {
public:
  static Result<Buffer> allocate(uint64_t size);

  MutableBytes bytes() const { return {data.get(), size}; }
  std::shared_ptr<const void> owner() const { return data; }

private:
  std::shared_ptr<uint8_t> data;
  uint64_t size = 0;
};

/// The tensor itself when its bytes are aligned for its type, as compiled code
/// expects; otherwise a copy. A file may place a tensor at any byte.
Result<Tensor> makeAligned(const Tensor &tensor);

/// An error that names the first element of a Bool tensor that is neither 0
/// nor 1 (compiled code reads a Bool byte as i1); success for other types.
Status checkBools(const Tensor &tensor);

/// How work on independent ranges of [0, count) is spread over threads: calls
/// `body(begin, end)` until every index was covered once and returns when all
/// are done. An empty function runs everything on the calling thread.
using ParallelFor = std::function<void(
    uint64_t count, const std::function<void(uint64_t, uint64_t)> &body)>;

} // namespace lacuna::packing

#endif // LACUNA_PACKING_TENSOR_H
