// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NumPy's .npy files, versions 1 to 3: mapped for reading, written atomically.

#ifndef LACUNA_PACKING_NPY_H
#define LACUNA_PACKING_NPY_H

#include "lacuna/Packing/Tensor.h"

namespace lacuna::packing {

/// Reads a file of little-endian f64, f32, f16, integers or bools. The bytes
/// are mapped, and copied only to turn Fortran order into row-major order or
/// where they lie unaligned for their type.
/// Other types (big-endian, objects, records, bf16 as V2) are refused with
/// what to do instead.
Result<Tensor> readNpy(const std::string &path);

/// The same for bytes in memory (borrowed); `name` stands in errors.
Result<Tensor> parseNpy(ConstBytes bytes, const std::string &name);

/// Writes version 1 in C order; atomic as SafeTensorsWriter::write. npy has no
/// bf16 and no fp8: those are refused (write safetensors).
Status writeNpy(const std::string &path, const Tensor &tensor);

} // namespace lacuna::packing

#endif // LACUNA_PACKING_NPY_H
