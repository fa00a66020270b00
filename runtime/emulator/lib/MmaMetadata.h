// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The metadata of mma.sp: for every row of A, which columns the kept elements
// stand in (PTX ISA, "Sparse matrix storage" and the figures of metadata in
// "Matrix fragments for multiply-accumulate operation with sparse matrix A").
//
// A row is cut into chunks; four bits describe one. A chunk of 16-bit or 8-bit
// types has 4 elements and two positions idx0 | idx1 << 2; of 4-bit types 8
// elements, in pairs, and two positions of pairs; of tf32 2 elements, and 0100
// or 1110 for the first or second. Everything else is undefined, and a fault.

#ifndef LACUNA_EMULATOR_LIB_MMAMETADATA_H
#define LACUNA_EMULATOR_LIB_MMAMETADATA_H

#include "lacuna/Emulator/Warp.h"

namespace lacuna::emulator {

/// The lane whose metadata register describes a chunk, and the lowest bit.
struct MetadataPlace {
  unsigned lane;
  unsigned bit;
};

/// `elementBits` of A's type, `chunks` of a row (4, 8 or 16).
constexpr MetadataPlace metadataPlace(unsigned elementBits, unsigned chunks,
                                      unsigned row, unsigned chunk,
                                      unsigned selector) {
  unsigned group = row % 8 * 4, lower = row / 8;
  if (chunks == 16) // All lanes supply one row each of half the columns.
    return {group + lower + 2 * (chunk / 8), 4 * (chunk % 8)};
  if (elementBits <= 8) // A pair of lanes, a row each.
    return {group + 2 * selector + lower, 4 * chunk};
  // Both rows in a register: one lane, or a pair with half the columns each.
  unsigned lane = chunks == 4 ? selector : 2 * selector + chunk / 4;
  return {group + lane, 4 * (chunk % 4) + 16 * lower};
}

/// Whether the four bits are defined. `ordered`: idx0 < idx1 is asked for.
constexpr bool isLegalMetadata(unsigned elementBits, unsigned nibble,
                               bool ordered) {
  if (elementBits == 32)
    return nibble == 0x4 || nibble == 0xE;
  unsigned first = nibble & 3, second = nibble >> 2;
  return ordered ? first < second : first != second;
}

/// Stops the launch with the reason why a chunk's metadata is not legal.
[[noreturn]] void faultMetadata(const Warp &warp,
                                const Instruction &instruction,
                                MetadataPlace place, unsigned elementBits,
                                unsigned row, unsigned chunk, unsigned nibble,
                                bool ordered);

/// The columns of kept elements of a warp's A, from the lanes' metadata;
/// faults on bits that are not legal. Kept is K / 2.
template <unsigned ElementBits, unsigned Kept>
void loadColumns(const Warp &warp, const Instruction &instruction,
                 const Operand &metadata, unsigned selector, bool ordered,
                 uint8_t (&columns)[16][Kept]) {
  constexpr unsigned perChunk = ElementBits == 32  ? 1
                                : ElementBits == 4 ? 4
                                                   : 2;
  constexpr unsigned chunks = Kept / perChunk;
  uint32_t legal = 0;
  for (unsigned nibble = 0; nibble < 16; ++nibble)
    legal |= uint32_t(isLegalMetadata(ElementBits, nibble, ordered)) << nibble;
  const Lanes &words = warp.read(metadata);
  for (unsigned row = 0; row < 16; ++row)
    for (unsigned chunk = 0; chunk < chunks; ++chunk) {
      MetadataPlace place =
          metadataPlace(ElementBits, chunks, row, chunk, selector);
      unsigned nibble = words.lane[place.lane] >> place.bit & 15;
      if (__builtin_expect(!(legal >> nibble & 1), 0))
        faultMetadata(warp, instruction, place, ElementBits, row, chunk, nibble,
                      ordered);
      uint8_t *kept = &columns[row][chunk * perChunk];
      if constexpr (perChunk == 1) {
        kept[0] = static_cast<uint8_t>(2 * chunk + (nibble == 0xE));
      } else {
        constexpr unsigned run = perChunk / 2; // A position is 1 or 2 elements.
        for (unsigned j = 0; j < perChunk; ++j) {
          unsigned position = j < run ? nibble & 3 : nibble >> 2;
          kept[j] =
              static_cast<uint8_t>((4 * chunk + position) * run + j % run);
        }
      }
    }
}

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_MMAMETADATA_H
