// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX's types (PTX ISA, "Fundamental Types") and state spaces.

#ifndef LACUNA_EMULATOR_TYPES_H
#define LACUNA_EMULATOR_TYPES_H

#include <cstdint>
#include <optional>
#include <string_view>

namespace lacuna::emulator {

enum class Type : uint8_t {
  B8,
  B16,
  B32,
  B64,
  B128,
  U8,
  U16,
  U32,
  U64,
  S8,
  S16,
  S32,
  S64,
  F16,
  F16x2,
  BF16,
  BF16x2,
  TF32,
  F32,
  F32x2,
  F64,
  E4M3,
  E5M2,
  E4M3x2,
  E5M2x2,
  U16x2,
  S16x2,
  Pred
};

/// "f32" -> Type::F32; nothing when it is not a type.
std::optional<Type> parseType(std::string_view name);
std::string_view typeName(Type type);
/// 1 for Pred, 32 for F16x2 and TF32.
unsigned bitsOf(Type type);
bool isFloat(Type type);
bool isSignedInteger(Type type);

enum class Space : uint8_t {
  Generic,
  Global,
  Shared,
  Local,
  Const,
  Param,
  /// Not memory: the space of `.reg` variables.
  Register
};

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_TYPES_H
