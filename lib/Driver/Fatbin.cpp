// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fat binaries. NVIDIA does not document the format; these are the fields that
// `fatbinary` of CUDA 13 writes, which a test compares byte by byte:
//
//   header: u32 magic, u16 version, u16 header size, u64 size of all entries
//   entry:  u16 kind, u16 version, u32 header size, u64 payload size,
//           u32 compressed size, u32 offset of options, u16 minor, u16 major,
//           u32 architecture, u64 name, u64 flags, u64 0, u64 full size
//   options: u32 offset of their text, u32 size of compatibility notes, the
//   text
//           (empty here) with its NUL, the notes
//
// all little endian. PTX has options; so has machine code of sm_100 and later,
// whose notes are those of the section .nv.compat. PTX ends in NUL. Options and
// payloads are padded with zeros to 8 bytes.

#include "Fatbin.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Object/ELF.h"
#include "llvm/Support/EndianStream.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;
using namespace lacuna;

static constexpr uint32_t kMagic = 0xba55ed50;
static constexpr uint16_t kHeaderBytes = 16, kEntryBytes = 64;
static constexpr uint16_t kPTX = 1, kELF = 2;
/// 64-bit addresses, Linux; code of one architecture alone; notes.
static constexpr uint64_t kHostFlags = 0x11, kSpecificFlag = 0x100000,
                          kNotesFlag = 0x1000000;
/// The first architecture whose machine code has notes in a fat binary.
static constexpr unsigned kFirstWithNotes = 100;

/// "8.5" of `.version 8.5`.
static std::pair<uint16_t, uint16_t> getVersion(StringRef ptx) {
  uint16_t major = 0, minor = 0;
  StringRef rest = ptx.split(".version").second.ltrim();
  (void)(rest.consumeInteger(10, major) || !rest.consume_front(".") ||
         rest.consumeInteger(10, minor));
  return {major, minor};
}

/// The version in the header of an entry; that of machine code is its ABI's.
static std::pair<uint16_t, uint16_t> getVersion(uint16_t kind,
                                                StringRef payload) {
  if (kind == kPTX)
    return getVersion(payload);
  uint8_t abi = payload.size() > ELF::EI_ABIVERSION
                    ? static_cast<uint8_t>(payload[ELF::EI_ABIVERSION])
                    : 0;
  return {1, abi};
}

/// The content of .nv.compat, empty if there is none.
static StringRef getNotes(StringRef cubin) {
  Expected<object::ELF64LEFile> file = object::ELF64LEFile::create(cubin);
  if (!file) {
    consumeError(file.takeError());
    return "";
  }
  auto sections = file->sections();
  if (!sections) {
    consumeError(sections.takeError());
    return "";
  }
  for (const object::ELF64LE::Shdr &section : *sections) {
    Expected<StringRef> name = file->getSectionName(section);
    Expected<ArrayRef<uint8_t>> content = file->getSectionContents(section);
    if (name && content && *name == ".nv.compat")
      return toStringRef(*content);
    consumeError(name.takeError());
    consumeError(content.takeError());
  }
  return "";
}

static void addEntry(SmallVectorImpl<char> &bytes, const GPUTarget &target,
                     uint16_t kind, StringRef payload) {
  raw_svector_ostream os(bytes);
  support::endian::Writer writer(os, endianness::little);
  bool isPTX = kind == kPTX;
  StringRef notes =
      !isPTX && target.number >= kFirstWithNotes ? getNotes(payload) : "";
  bool hasOptions = isPTX || !notes.empty();
  uint64_t optionBytes = hasOptions ? alignTo(8 + 1 + notes.size(), 8) : 0;
  uint64_t size = alignTo(payload.size() + isPTX, 8);
  auto [major, minor] = getVersion(kind, payload);
  writer.write<uint16_t>(kind);
  writer.write<uint16_t>(0x101);
  writer.write<uint32_t>(kEntryBytes + optionBytes);
  writer.write<uint64_t>(size);
  writer.write<uint32_t>(0);
  writer.write<uint32_t>(hasOptions ? kEntryBytes : 0);
  writer.write<uint16_t>(minor);
  writer.write<uint16_t>(major);
  writer.write<uint32_t>(target.number);
  writer.write<uint64_t>(0);
  writer.write<uint64_t>(kHostFlags | (target.isSpecific ? kSpecificFlag : 0) |
                         (notes.empty() ? 0 : kNotesFlag));
  writer.write<uint64_t>(0);
  writer.write<uint64_t>(0);
  if (hasOptions) {
    writer.write<uint32_t>(kEntryBytes + 8);
    writer.write<uint32_t>(notes.size());
    os << '\0' << notes;
    os.write_zeros(optionBytes - 9 - notes.size());
  }
  os << payload;
  os.write_zeros(size - payload.size());
}

std::string lacuna::makeFatbin(ArrayRef<DeviceImage> images) {
  SmallVector<char, 0> entries;
  for (const DeviceImage &image : images) {
    if (!image.cubin.empty())
      addEntry(entries, *image.target, kELF, image.cubin);
    addEntry(entries, *image.target, kPTX, image.ptx);
  }
  std::string text;
  raw_string_ostream os(text);
  support::endian::Writer writer(os, endianness::little);
  writer.write<uint32_t>(kMagic);
  writer.write<uint16_t>(1);
  writer.write<uint16_t>(kHeaderBytes);
  writer.write<uint64_t>(entries.size());
  os << StringRef(entries.data(), entries.size());
  return text;
}
