// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Elements converted while a weight is loaded, where a kernel computes on a
// smaller type than the weight has (`--precision`). What files hold is never
// changed.

#ifndef LACUNA_PACKING_CONVERT_H
#define LACUNA_PACKING_CONVERT_H

#include "lacuna/Packing/Weights.h"

namespace lacuna::packing {

/// What a kernel computes on. TF32 is stored as f32 whose low 13 bits of
/// significand are 0 (PTX ISA, "Alternate Floating-Point Data Formats").
enum class Precision : uint8_t { F16, BF16, TF32 };

/// The manifest's spelling, which is --precision's: "f16", "bf16", "tf32".
std::string_view getName(Precision precision);
std::optional<Precision> parsePrecision(std::string_view name);

/// The type of the converted elements: F16, BF16, or F32 for TF32.
ElementType getElementType(Precision precision);

/// The tensor with its f32 elements rounded: to nearest even for F16 and BF16
/// (beyond the largest number: infinity, below half the smallest: zero, both
/// with their sign), to nearest with ties away from zero for TF32, as
/// `cvt.rna.tf32.f32` does. NaN stays NaN. A tensor that has the type F16 or
/// BF16 that is asked for is given back as it is; any other type is an error,
/// for nothing but rounding happens here.
Result<Tensor> convert(const Tensor &source, Precision precision,
                       const ParallelFor &parallel = {});

/// The same for the values of a packed weight; its coordinates stay.
Result<PackedWeight> convert(const PackedWeight &source, Precision precision,
                             const ParallelFor &parallel = {});

} // namespace lacuna::packing

#endif // LACUNA_PACKING_CONVERT_H
