// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads fat binaries as `fatbinary` writes them: which images are inside, and
// which of them a device takes. Nothing in the bytes is trusted. It stands
// alone (library LacunaFatbin): the runtime and the emulator share it.
//
// A fatbin is a header of 16 bytes (u32 magic 0xba55ed50, u16 version 1, u16
// header size, u64 bytes after it) and images one after the other, each with
// a header of at least 64 bytes: u16 kind at 0, u32 header size at 4, u64
// bytes after it at 8, u32 architecture at 28, u64 flags at 40.

#ifndef LACUNA_RUNTIME_LIB_FATBIN_H
#define LACUNA_RUNTIME_LIB_FATBIN_H

#include "Architecture.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lacuna::runtime {

/// The numbers are the format's.
enum class ImageKind : uint16_t { Ptx = 1, Cubin = 2 };

/// Points into the fatbin.
struct Image {
  ImageKind kind;
  Architecture architecture;
  bool compressed;
  const uint8_t *data;
  size_t size; ///< Of PTX without the NULs that pad it.
};

/// Whether the bytes begin as a fatbin does.
bool isFatbin(const void *data, size_t size);

/// The images of a fatbin; kinds that are neither PTX nor machine code are
/// left out. False with the reason in `error` for bytes that are none.
bool readFatbin(const void *data, size_t size, std::vector<Image> &images,
                std::string &error);

/// The image that a driver of the architecture takes: machine code before PTX
/// where the device takes machine code, later architectures before earlier
/// ones. Null when there is none.
const Image *chooseImage(const std::vector<Image> &images,
                         const Architecture &device, bool takesCubins);

/// "cubin sm_80, PTX sm_80", for errors.
std::string describeImages(const std::vector<Image> &images);

} // namespace lacuna::runtime

#endif // LACUNA_RUNTIME_LIB_FATBIN_H
