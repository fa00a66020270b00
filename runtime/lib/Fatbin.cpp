// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The format was found by reading what `fatbinary` of CUDA 13 writes.

#include "Fatbin.h"

#include <cstring>

using namespace lacuna::runtime;

namespace {
constexpr uint32_t magic = 0xba55ed50;
constexpr uint16_t version = 1;
constexpr size_t headerSize = 16;
constexpr size_t imageHeaderSize = 64;

// Flags of an image.
constexpr uint64_t lz4 = 1 << 13;
constexpr uint64_t zstd = 1 << 15;
constexpr uint64_t archSpecific = 1 << 20;
constexpr uint64_t familySpecific = 1 << 21;

/// Little-endian, at any alignment.
template <typename T> T read(const uint8_t *at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

bool fail(std::string &error, size_t offset, const std::string &what) {
  error = "damaged fatbin: at byte " + std::to_string(offset) + ": " + what;
  return false;
}
} // namespace

bool lacuna::runtime::isFatbin(const void *data, size_t size) {
  return data && size >= sizeof(magic) &&
         read<uint32_t>(static_cast<const uint8_t *>(data)) == magic;
}

bool lacuna::runtime::readFatbin(const void *data, size_t size,
                                 std::vector<Image> &images,
                                 std::string &error) {
  images.clear();
  const uint8_t *bytes = static_cast<const uint8_t *>(data);
  if (!isFatbin(data, size))
    return fail(error, 0,
                "found no fatbin, expected the magic number "
                "0xba55ed50");
  if (size < headerSize)
    return fail(error, 0, "its header is cut off");
  if (uint16_t found = read<uint16_t>(bytes + 4); found != version)
    return fail(error, 4,
                "found version " + std::to_string(found) + ", expected " +
                    std::to_string(version));
  size_t offset = read<uint16_t>(bytes + 6);
  uint64_t content = read<uint64_t>(bytes + 8);
  if (offset < headerSize || offset > size || content > size - offset)
    return fail(error, 6,
                "found a header of " + std::to_string(offset) + " and " +
                    std::to_string(content) + " bytes of images, but there " +
                    "are " + std::to_string(size) + " bytes");
  size_t end = offset + static_cast<size_t>(content);
  while (offset < end) {
    if (end - offset < imageHeaderSize)
      return fail(error, offset, "the header of an image is cut off");
    const uint8_t *image = bytes + offset;
    uint16_t kind = read<uint16_t>(image);
    uint64_t header = read<uint32_t>(image + 4);
    uint64_t payload = read<uint64_t>(image + 8);
    uint64_t flags = read<uint64_t>(image + 40);
    if (header < imageHeaderSize || header > end - offset ||
        payload > end - offset - header)
      return fail(error, offset,
                  "an image claims " + std::to_string(header) + " + " +
                      std::to_string(payload) + " bytes, " +
                      std::to_string(end - offset) + " are left");
    offset += static_cast<size_t>(header + payload);
    if (kind != uint16_t(ImageKind::Ptx) && kind != uint16_t(ImageKind::Cubin))
      continue;
    Image found = {};
    found.kind = static_cast<ImageKind>(kind);
    found.architecture.number = read<uint32_t>(image + 28);
    found.architecture.suffix = flags & archSpecific     ? 'a'
                                : flags & familySpecific ? 'f'
                                                         : 0;
    found.compressed = flags & (lz4 | zstd);
    found.data = image + header;
    found.size = static_cast<size_t>(payload);
    if (found.kind == ImageKind::Ptx && !found.compressed)
      while (found.size != 0 && found.data[found.size - 1] == 0)
        --found.size;
    images.push_back(found);
  }
  return true;
}

const Image *lacuna::runtime::chooseImage(const std::vector<Image> &images,
                                          const Architecture &device,
                                          bool takesCubins) {
  const Image *best = nullptr;
  for (const Image &image : images) {
    bool cubin = image.kind == ImageKind::Cubin;
    bool runs = cubin ? takesCubins && image.architecture.cubinRunsOn(device)
                      : image.architecture.ptxRunsOn(device);
    if (!runs)
      continue;
    bool bestIsCubin = best && best->kind == ImageKind::Cubin;
    if (!best || (cubin && !bestIsCubin) ||
        (cubin == bestIsCubin && best->architecture < image.architecture))
      best = &image;
  }
  return best;
}

std::string lacuna::runtime::describeImages(const std::vector<Image> &images) {
  std::string text;
  for (const Image &image : images)
    text += (text.empty() ? "" : ", ") +
            std::string(image.kind == ImageKind::Cubin ? "cubin " : "PTX ") +
            image.architecture.name();
  return text.empty() ? "no images" : text;
}
