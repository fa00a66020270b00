// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private to the npy reader and writer: the dictionary in an npy header.

#ifndef LACUNA_PACKING_LIB_NPYHEADER_H
#define LACUNA_PACKING_LIB_NPYHEADER_H

#include "lacuna/Packing/Tensor.h"

namespace lacuna::packing {

struct NpyHeader {
  ElementType type = ElementType::F32;
  bool fortranOrder = false;
  Shape shape;
};

/// Reads {'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }, the keys
/// in any order, each once.
Result<NpyHeader> parseNpyHeader(std::string_view text);

/// The dictionary of a tensor in C order.
Result<std::string> printNpyHeader(ElementType type, const Shape &shape);

} // namespace lacuna::packing

#endif // LACUNA_PACKING_LIB_NPYHEADER_H
