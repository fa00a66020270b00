// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "lacuna/Emulator/Types.h"

using namespace lacuna::emulator;

namespace {
struct TypeInfo {
  std::string_view name;
  uint8_t bits;
  bool isFloat;
  bool isSigned;
};

// In the order of Type.
constexpr TypeInfo infos[] = {
    {"b8", 8, false, false},     {"b16", 16, false, false},
    {"b32", 32, false, false},   {"b64", 64, false, false},
    {"b128", 128, false, false}, {"u8", 8, false, false},
    {"u16", 16, false, false},   {"u32", 32, false, false},
    {"u64", 64, false, false},   {"s8", 8, false, true},
    {"s16", 16, false, true},    {"s32", 32, false, true},
    {"s64", 64, false, true},    {"f16", 16, true, false},
    {"f16x2", 32, true, false},  {"bf16", 16, true, false},
    {"bf16x2", 32, true, false}, {"tf32", 32, true, false},
    {"f32", 32, true, false},    {"f32x2", 64, true, false},
    {"f64", 64, true, false},    {"e4m3", 8, true, false},
    {"e5m2", 8, true, false},    {"e4m3x2", 16, true, false},
    {"e5m2x2", 16, true, false}, {"u16x2", 32, false, false},
    {"s16x2", 32, false, true},  {"pred", 1, false, false}};
static_assert(sizeof(infos) / sizeof(infos[0]) == size_t(Type::Pred) + 1);
} // namespace

std::optional<Type> lacuna::emulator::parseType(std::string_view name) {
  for (size_t i = 0; i < sizeof(infos) / sizeof(infos[0]); ++i)
    if (infos[i].name == name)
      return static_cast<Type>(i);
  return std::nullopt;
}

std::string_view lacuna::emulator::typeName(Type type) {
  return infos[static_cast<size_t>(type)].name;
}
unsigned lacuna::emulator::bitsOf(Type type) {
  return infos[static_cast<size_t>(type)].bits;
}
bool lacuna::emulator::isFloat(Type type) {
  return infos[static_cast<size_t>(type)].isFloat;
}
bool lacuna::emulator::isSignedInteger(Type type) {
  return infos[static_cast<size_t>(type)].isSigned;
}
