// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes, types and registers of wmma's fragments (PTX ISA, "Matrix Shape",
// "Matrix Fragments for WMMA").

#include "WmmaFragments.h"

using namespace lacuna::emulator;

static constexpr WmmaShape shapes[] = {{"m16n16k16", 16, 16, 16},
                                       {"m8n32k16", 8, 32, 16},
                                       {"m32n8k16", 32, 8, 16},
                                       {"m16n16k8", 16, 16, 8}};

const WmmaShape *lacuna::emulator::takeWmmaShape(Modifiers &modifiers) {
  for (const WmmaShape &shape : shapes)
    if (modifiers.take(shape.name))
      return &shape;
  return nullptr;
}

std::optional<WmmaFragment>
lacuna::emulator::wmmaFragment(const WmmaShape &shape, WmmaRole role,
                               std::string_view type) {
  WmmaFragment fragment;
  fragment.rows = role == WmmaRole::B ? shape.k : shape.m;
  fragment.columns = role == WmmaRole::A ? shape.k : shape.n;
  bool isTF32 = shape.k == 8;
  auto has = [&](std::initializer_list<std::string_view> types) {
    for (std::string_view name : types)
      if (name == type)
        return true;
    return false;
  };
  if (role == WmmaRole::Accumulator) {
    if (!has({"f32"}) && (isTF32 || !has({"f16", "s32"})))
      return std::nullopt;
    fragment.registerType = type == "f32"   ? Type::F32
                            : type == "s32" ? Type::S32
                                            : Type::B32;
  } else if (isTF32 ? !has({"tf32"}) : !has({"f16", "bf16", "s8", "u8"})) {
    return std::nullopt;
  }
  fragment.bits = has({"s8", "u8"}) ? 8 : has({"f16", "bf16"}) ? 16 : 32;
  fragment.per = 32 / fragment.bits;
  fragment.registers = fragment.rows * fragment.columns / 32 / fragment.per;
  // "A vector expression of eight .f16x2 registers", in all shapes.
  if (role != WmmaRole::Accumulator && type == "f16")
    fragment.registers = 8;
  return fragment;
}
