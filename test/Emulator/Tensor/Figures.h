// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The fragments of mma and mma.sp as the PTX ISA describes them, one entry per
// section of "Matrix Fragments for mma.m8n8k..", "... mma.m16n8k.." and "Matrix
// fragments for multiply-accumulate operation with sparse matrix A". Nothing
// here is derived: each formula is the section's own, in its words.

#ifndef LACUNA_TEST_EMULATOR_TENSOR_FIGURES_H
#define LACUNA_TEST_EMULATOR_TENSOR_FIGURES_H

#include <string>
#include <vector>

namespace lacuna::emulator::test {

struct Element {
  unsigned row, col;
};

/// Where the i-th element of a lane's fragment stands; i counts through the
/// registers from low bits to high bits.
using Figure = Element (*)(unsigned lane, unsigned i);

struct Fragments {
  /// "m16n8k16", and the kind: 16, 32, 8, 4 bits or 64 (f64).
  std::string shape;
  unsigned bits;
  unsigned m, k;
  Figure a, b, c;
};
const std::vector<Fragments> &denseFigures();

/// Which bits describe a chunk of a row: "Tk: [m..n] in cell [x][y..z]".
struct MetadataBits {
  unsigned lane, lowest;
};
struct SparseFragments {
  std::string shape;
  unsigned bits;
  unsigned k;
  unsigned selectors;
  /// row, and firstcol; lastcol is firstcol + chunk - 1 where an element's
  /// chunk has this many elements, of which half are kept.
  Figure a, b;
  unsigned span;
  /// Elements that one nibble describes.
  unsigned chunk;
  MetadataBits (*metadata)(unsigned row, unsigned col, unsigned selector);
};
const std::vector<SparseFragments> &sparseFigures();
/// C and D of all m16n8 shapes.
Element accumulatorFigure(unsigned lane, unsigned i);

} // namespace lacuna::emulator::test

#endif // LACUNA_TEST_EMULATOR_TENSOR_FIGURES_H
