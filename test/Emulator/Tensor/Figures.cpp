// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See Figures.h.

#include "Figures.h"

namespace lacuna::emulator::test {

static unsigned groupID(unsigned lane) { return lane >> 2; }
static unsigned threadID_in_group(unsigned lane) { return lane % 4; }

// "row = groupID for ci where i < 2, groupID + 8 for ci where i >= 2;
// col = (threadID_in_group * 2) + (i & 0x1)": all shapes m16n8.
Element accumulatorFigure(unsigned lane, unsigned i) {
  return {groupID(lane) + (i < 2 ? 0 : 8),
          threadID_in_group(lane) * 2 + (i & 1)};
}

const std::vector<Fragments> &denseFigures() {
  static const std::vector<Fragments> figures = {
      // mma.m8n8k4 with .f64
      {"m8n8k4", 64, 8, 4,
       [](unsigned l, unsigned) -> Element { return {l >> 2, l % 4}; },
       [](unsigned l, unsigned) -> Element { return {l % 4, l >> 2}; },
       [](unsigned l, unsigned i) -> Element {
         return {groupID(l), threadID_in_group(l) * 2 + (i & 1)};
       }},
      // mma.m8n8k16, integers
      {"m8n8k16", 8, 8, 16,
       [](unsigned l, unsigned i) -> Element {
         return {groupID(l), threadID_in_group(l) * 4 + i};
       },
       [](unsigned l, unsigned i) -> Element {
         return {threadID_in_group(l) * 4 + i, groupID(l)};
       },
       [](unsigned l, unsigned i) -> Element {
         return {groupID(l), threadID_in_group(l) * 2 + i};
       }},
      // mma.m8n8k32, .s4/.u4
      {"m8n8k32", 4, 8, 32,
       [](unsigned l, unsigned i) -> Element {
         return {groupID(l), threadID_in_group(l) * 8 + i};
       },
       [](unsigned l, unsigned i) -> Element {
         return {threadID_in_group(l) * 8 + i, groupID(l)};
       },
       [](unsigned l, unsigned i) -> Element {
         return {groupID(l), threadID_in_group(l) * 2 + i};
       }},
      // mma.m16n8k4, .tf32 and .f64
      {"m16n8k4", 32, 16, 4,
       [](unsigned l, unsigned i) -> Element {
         return {i == 0 ? groupID(l) : groupID(l) + 8, threadID_in_group(l)};
       },
       [](unsigned l, unsigned) -> Element {
         return {threadID_in_group(l), groupID(l)};
       },
       accumulatorFigure},
      {"m16n8k4", 64, 16, 4,
       [](unsigned l, unsigned i) -> Element {
         return {i == 0 ? groupID(l) : groupID(l) + 8, threadID_in_group(l)};
       },
       [](unsigned l, unsigned) -> Element {
         return {threadID_in_group(l), groupID(l)};
       },
       accumulatorFigure},
      // mma.m16n8k8, .f16/.bf16
      {"m16n8k8", 16, 16, 8,
       [](unsigned l, unsigned i) -> Element {
         return {i < 2 ? groupID(l) : groupID(l) + 8,
                 threadID_in_group(l) * 2 + (i & 1)};
       },
       [](unsigned l, unsigned i) -> Element {
         return {threadID_in_group(l) * 2 + i, groupID(l)};
       },
       accumulatorFigure},
      // mma.m16n8k8, .tf32 and .f64
      {"m16n8k8", 32, 16, 8,
       [](unsigned l, unsigned i) -> Element {
         return {i == 0 || i == 2 ? groupID(l) : groupID(l) + 8,
                 i < 2 ? threadID_in_group(l) : threadID_in_group(l) + 4};
       },
       [](unsigned l, unsigned i) -> Element {
         return {i == 0 ? threadID_in_group(l) : threadID_in_group(l) + 4,
                 groupID(l)};
       },
       accumulatorFigure},
      {"m16n8k8", 64, 16, 8,
       [](unsigned l, unsigned i) -> Element {
         return {i == 0 || i == 2 ? groupID(l) : groupID(l) + 8,
                 i < 2 ? threadID_in_group(l) : threadID_in_group(l) + 4};
       },
       [](unsigned l, unsigned i) -> Element {
         return {i == 0 ? threadID_in_group(l) : threadID_in_group(l) + 4,
                 groupID(l)};
       },
       accumulatorFigure},
      // mma.m16n8k16, floating point types
      {"m16n8k16", 16, 16, 16,
       [](unsigned l, unsigned i) -> Element {
         bool upper = i < 2 || (4 <= i && i < 6);
         return {upper ? groupID(l) : groupID(l) + 8,
                 threadID_in_group(l) * 2 + (i & 1) + (i < 4 ? 0 : 8)};
       },
       [](unsigned l, unsigned i) -> Element {
         return {threadID_in_group(l) * 2 + (i & 1) + (i < 2 ? 0 : 8),
                 groupID(l)};
       },
       accumulatorFigure},
      {"m16n8k16", 64, 16, 16,
       [](unsigned l, unsigned i) -> Element {
         return {i % 2 == 0 ? groupID(l) : groupID(l) + 8,
                 (i % 2 == 0 ? i * 2 : i * 2 - 2) + threadID_in_group(l)};
       },
       [](unsigned l, unsigned i) -> Element {
         return {threadID_in_group(l) + i * 4, groupID(l)};
       },
       accumulatorFigure},
      // mma.m16n8k16, integers
      {"m16n8k16", 8, 16, 16,
       [](unsigned l, unsigned i) -> Element {
         return {i < 4 ? groupID(l) : groupID(l) + 8,
                 threadID_in_group(l) * 4 + (i & 3)};
       },
       [](unsigned l, unsigned i) -> Element {
         return {threadID_in_group(l) * 4 + i, groupID(l)};
       },
       accumulatorFigure},
      // mma.m16n8k32, .s4/.u4
      {"m16n8k32", 4, 16, 32,
       [](unsigned l, unsigned i) -> Element {
         return {i < 8 ? groupID(l) : groupID(l) + 8,
                 threadID_in_group(l) * 8 + (i & 7)};
       },
       [](unsigned l, unsigned i) -> Element {
         return {threadID_in_group(l) * 8 + (i & 7), groupID(l)};
       },
       accumulatorFigure},
      // mma.m16n8k32, .s8/.u8
      {"m16n8k32", 8, 16, 32,
       [](unsigned l, unsigned i) -> Element {
         bool upper = i < 4 || (8 <= i && i < 12);
         return {upper ? groupID(l) : groupID(l) + 8,
                 threadID_in_group(l) * 4 + (i & 3) + (i < 8 ? 0 : 16)};
       },
       [](unsigned l, unsigned i) -> Element {
         return {threadID_in_group(l) * 4 + (i & 3) + (i < 4 ? 0 : 16),
                 groupID(l)};
       },
       accumulatorFigure},
      // mma.m16n8k64, .s4/.u4
      {"m16n8k64", 4, 16, 64,
       [](unsigned l, unsigned i) -> Element {
         bool upper = i < 8 || (16 <= i && i < 24);
         return {upper ? groupID(l) : groupID(l) + 8,
                 threadID_in_group(l) * 8 + (i & 7) + (i < 16 ? 0 : 32)};
       },
       [](unsigned l, unsigned i) -> Element {
         return {threadID_in_group(l) * 8 + (i & 7) + (i < 8 ? 0 : 32),
                 groupID(l)};
       },
       accumulatorFigure}};
  return figures;
}

const std::vector<SparseFragments> &sparseFigures() {
  static const std::vector<SparseFragments> figures = {
      // Sparse mma.m16n8k16, .f16/.bf16. Metadata: the thread of each four
      // that the selector names; bits 15..0 row groupID, 31..16 groupID + 8.
      {"m16n8k16", 16, 16, 4,
       [](unsigned l, unsigned i) -> Element {
         return {i < 2 ? groupID(l) : groupID(l) + 8, threadID_in_group(l) * 4};
       },
       [](unsigned l, unsigned i) -> Element {
         return {threadID_in_group(l) * 2 + (i & 1) + (i < 2 ? 0 : 8),
                 groupID(l)};
       },
       4, 4,
       [](unsigned row, unsigned col, unsigned selector) -> MetadataBits {
         return {row % 8 * 4 + selector, (row < 8 ? 0 : 16) + col / 4 * 4};
       }},
      // Sparse mma.m16n8k32, .f16/.bf16. Metadata: T0 and T1, or T2 and T3;
      // the first has columns 0..15, the second 16..31.
      {"m16n8k32", 16, 32, 2,
       [](unsigned l, unsigned i) -> Element {
         bool upper = i < 2 || (4 <= i && i < 6);
         return {upper ? groupID(l) : groupID(l) + 8,
                 threadID_in_group(l) * 4 + (i < 4 ? 0 : 16)};
       },
       [](unsigned l, unsigned i) -> Element {
         unsigned base = i < 2 ? 0 : i < 4 ? 8 : i < 6 ? 16 : 24;
         return {threadID_in_group(l) * 2 + (i & 1) + base, groupID(l)};
       },
       4, 4,
       [](unsigned row, unsigned col, unsigned selector) -> MetadataBits {
         unsigned thread = (selector == 0 ? 0 : 2) + (col < 16 ? 0 : 1);
         return {row % 8 * 4 + thread, (row < 8 ? 0 : 16) + col % 16 / 4 * 4};
       }},
      // Sparse mma.m16n8k16, .tf32: as m16n8k32 of .f16 with halved columns.
      {"m16n8k16", 32, 16, 2,
       [](unsigned l, unsigned i) -> Element {
         return {i == 0 || i == 2 ? groupID(l) : groupID(l) + 8,
                 threadID_in_group(l) * 2 + (i < 2 ? 0 : 8)};
       },
       [](unsigned l, unsigned i) -> Element {
         unsigned base = i == 0 ? 0 : i == 1 ? 4 : i == 2 ? 8 : 12;
         return {threadID_in_group(l) + base, groupID(l)};
       },
       2, 2,
       [](unsigned row, unsigned col, unsigned selector) -> MetadataBits {
         unsigned thread = (selector == 0 ? 0 : 2) + (col < 8 ? 0 : 1);
         return {row % 8 * 4 + thread, (row < 8 ? 0 : 16) + col % 8 / 2 * 4};
       }},
      // Sparse mma.m16n8k8, .tf32
      {"m16n8k8", 32, 8, 4,
       [](unsigned l, unsigned i) -> Element {
         return {i == 0 ? groupID(l) : groupID(l) + 8,
                 threadID_in_group(l) * 2};
       },
       [](unsigned l, unsigned i) -> Element {
         return {i == 0 ? threadID_in_group(l) : threadID_in_group(l) + 4,
                 groupID(l)};
       },
       2, 2,
       [](unsigned row, unsigned col, unsigned selector) -> MetadataBits {
         return {row % 8 * 4 + selector, (row < 8 ? 0 : 16) + col / 2 * 4};
       }},
      // Sparse mma.m16n8k32, .u8/.s8. Metadata: T0 has row groupID, T1 row
      // groupID + 8, or T2 and T3.
      {"m16n8k32", 8, 32, 2,
       [](unsigned l, unsigned i) -> Element {
         return {i < 4 ? groupID(l) : groupID(l) + 8, threadID_in_group(l) * 8};
       },
       [](unsigned l, unsigned i) -> Element {
         return {threadID_in_group(l) * 4 + (i & 3) + (i < 4 ? 0 : 16),
                 groupID(l)};
       },
       8, 4,
       [](unsigned row, unsigned col, unsigned selector) -> MetadataBits {
         unsigned thread = (selector == 0 ? 0 : 2) + (row < 8 ? 0 : 1);
         return {row % 8 * 4 + thread, col / 4 * 4};
       }},
      // Sparse mma.m16n8k64, .u8/.s8. Metadata: T0 and T1 columns 0..31, T2
      // and T3 columns 32..63.
      {"m16n8k64", 8, 64, 1,
       [](unsigned l, unsigned i) -> Element {
         bool upper = i < 4 || (8 <= i && i < 12);
         return {upper ? groupID(l) : groupID(l) + 8,
                 threadID_in_group(l) * 8 + (i < 8 ? 0 : 32)};
       },
       [](unsigned l, unsigned i) -> Element {
         unsigned base = i < 4 ? 0 : i < 8 ? 16 : i < 12 ? 32 : 48;
         return {threadID_in_group(l) * 4 + (i & 3) + base, groupID(l)};
       },
       8, 4,
       [](unsigned row, unsigned col, unsigned) -> MetadataBits {
         unsigned thread = (row < 8 ? 0 : 1) + (col < 32 ? 0 : 2);
         return {row % 8 * 4 + thread, col % 32 / 4 * 4};
       }},
      // Sparse mma.m16n8k64, .u4/.s4: as m16n8k32 of .u8 with doubled columns.
      {"m16n8k64", 4, 64, 2,
       [](unsigned l, unsigned i) -> Element {
         return {i < 8 ? groupID(l) : groupID(l) + 8,
                 threadID_in_group(l) * 16};
       },
       [](unsigned l, unsigned i) -> Element {
         return {threadID_in_group(l) * 8 + (i & 7) + (i < 8 ? 0 : 32),
                 groupID(l)};
       },
       16, 8,
       [](unsigned row, unsigned col, unsigned selector) -> MetadataBits {
         unsigned thread = (selector == 0 ? 0 : 2) + (row < 8 ? 0 : 1);
         return {row % 8 * 4 + thread, col / 8 * 4};
       }},
      // Sparse mma.m16n8k128, .u4/.s4
      {"m16n8k128", 4, 128, 1,
       [](unsigned l, unsigned i) -> Element {
         bool upper = i < 8 || (16 <= i && i < 24);
         return {upper ? groupID(l) : groupID(l) + 8,
                 threadID_in_group(l) * 16 + (i < 16 ? 0 : 64)};
       },
       [](unsigned l, unsigned i) -> Element {
         unsigned base = i < 8 ? 0 : i < 16 ? 32 : i < 24 ? 64 : 96;
         return {threadID_in_group(l) * 8 + (i & 7) + base, groupID(l)};
       },
       16, 8,
       [](unsigned row, unsigned col, unsigned) -> MetadataBits {
         unsigned thread = (row < 8 ? 0 : 1) + (col < 64 ? 0 : 2);
         return {row % 8 * 4 + thread, col % 64 / 8 * 4};
       }}};
  return figures;
}

} // namespace lacuna::emulator::test
