// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NumPy's .npy files: magic, version, header length, a Python dictionary that
// says type, order and shape, then the elements. The header is a hostile text:
// it is read by a scanner that knows exactly the dictionaries NumPy writes.

#include "lacuna/Packing/Npy.h"
#include "Files.h"
#include "NpyHeader.h"
#include "Permute.h"
#include "Text.h"

#include <algorithm>
#include <cstring>

using namespace lacuna::packing;

static constexpr std::string_view magic = "\x93NUMPY";

namespace {
struct Located {
  std::string_view header;
  ConstBytes data;
};

/// Version and header length; where the header lies and the data begins.
Result<Located> locate(ConstBytes file) {
  constexpr uint64_t largestHeader = 1 << 20;
  std::string_view text(reinterpret_cast<const char *>(file.data), file.size);
  if (text.substr(0, magic.size()) != magic || file.size < 8)
    return Status::error("the file does not begin as an npy file does "
                         "(\\x93NUMPY and a version); write it with "
                         "numpy.save, or name it .safetensors if it is one");
  unsigned version = file.data[6];
  if (version < 1 || version > 3)
    return Status::error("npy version " + std::to_string(version) +
                         " is not known; expected 1, 2 or 3");
  uint64_t lengthSize = version == 1 ? 2 : 4;
  uint64_t length = 0;
  if (file.size >= 8 + lengthSize)
    std::memcpy(&length, file.data + 8, lengthSize);
  uint64_t begin = 8 + lengthSize;
  if (begin > file.size || length > file.size - begin)
    return Status::error("the file ends within its header: it has " +
                         std::to_string(file.size) + " bytes, and " +
                         std::to_string(begin + length) +
                         " are expected up to the data; it is truncated: "
                         "write it again");
  if (length > largestHeader)
    return Status::error("the header has " + std::to_string(length) +
                         " bytes; expected at most " +
                         std::to_string(largestHeader));
  uint64_t end = begin + length;
  return Located{text.substr(begin, length),
                 {file.data + end, file.size - end}};
}

Result<Tensor> parse(ConstBytes file) {
  Result<Located> located = locate(file);
  if (!located.ok())
    return located.status();
  Result<NpyHeader> header = parseNpyHeader(located->header);
  if (!header.ok())
    return header.status();
  Result<uint64_t> size = getByteSize(header->type, header->shape);
  if (!size.ok())
    return size.status();
  if (located->data.size != *size)
    return Status::error(
        std::to_string(located->data.size) +
        " bytes follow the header; expected " + std::to_string(*size) +
        " for " + std::string(getName(header->type)) + " of shape " +
        toString(header->shape) +
        (located->data.size < *size ? "; the file is truncated"
                                    : "; the file has bytes left over") +
        ": write it again");
  Tensor tensor{
      header->type, header->shape, {located->data.data, *size}, nullptr};
  Status status = checkBools(tensor);
  if (!status.ok())
    return status;
  if (!header->fortranOrder || tensor.shape.size() < 2)
    return tensor;
  // Fortran order is row-major order of the reversed dimensions.
  std::reverse(tensor.shape.begin(), tensor.shape.end());
  return permute(tensor, reversal(tensor.shape.size()));
}
} // namespace

Result<Tensor> lacuna::packing::parseNpy(ConstBytes bytes,
                                         const std::string &name) {
  Result<Tensor> tensor = parse(bytes);
  if (!tensor.ok())
    return tensor.status().withContext(quote(name));
  return tensor;
}

Result<Tensor> lacuna::packing::readNpy(const std::string &path) {
  Result<MappedFile> mapped = mapFile(path);
  if (!mapped.ok())
    return mapped.status();
  Result<Tensor> tensor = parseNpy(mapped->bytes, path);
  if (!tensor.ok() || tensor->owner) // Copied already, to turn its order.
    return tensor;
  tensor->owner = mapped->owner;
  return makeAligned(*tensor);
}

Status lacuna::packing::writeNpy(const std::string &path,
                                 const Tensor &tensor) {
  std::string context = "cannot write " + quote(path);
  Result<std::string> header = printNpyHeader(tensor.type, tensor.shape);
  if (!header.ok())
    return header.status().withContext(context);
  Result<uint64_t> size = getByteSize(tensor.type, tensor.shape);
  if (!size.ok())
    return size.status().withContext(context);
  if (*size != tensor.bytes.size)
    return Status::error(context + ": the tensor has " +
                         std::to_string(tensor.bytes.size) +
                         " bytes; expected " + std::to_string(*size) +
                         " for shape " + toString(tensor.shape));
  // As NumPy does, blanks and a newline bring the data to a multiple of 64.
  std::string text(magic);
  size_t total = (magic.size() + 4 + header->size() + 1 + 63) / 64 * 64;
  size_t length = total - magic.size() - 4;
  if (length > 0xffff)
    return Status::error(context + ": a tensor of rank " +
                         std::to_string(tensor.shape.size()) +
                         " does not fit into an npy header; write safetensors");
  text += {'\x01', '\x00', static_cast<char>(length & 0xff),
           static_cast<char>(length >> 8)};
  text += *header;
  text.resize(total - 1, ' ');
  text += '\n';

  Result<AtomicFile> file = AtomicFile::create(path);
  if (!file.ok())
    return file.status();
  Status status = file->write(
      {reinterpret_cast<const uint8_t *>(text.data()), text.size()});
  if (status.ok())
    status = file->write(tensor.bytes);
  return status.ok() ? file->commit() : status;
}
