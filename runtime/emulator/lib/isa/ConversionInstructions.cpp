// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX ISA, "Data Movement and Conversion Instructions": cvt and cvt.pack. The
// conversions that fill ordinary programs have loops of their own; all others
// share one general executor, which reads an instruction's description.
// Conversions of 8-bit floats and stochastic rounding are not here.

#include "../Families.h"
#include "ConversionSemantics.h"
#include "Support.h"
#include "lacuna/Emulator/Half.h"

namespace lacuna::emulator::isa {
namespace {

std::optional<IntegerType> integerType(Type type) {
  switch (type) {
  case Type::U8:
    return IntegerType{8, false};
  case Type::U16:
    return IntegerType{16, false};
  case Type::U32:
    return IntegerType{32, false};
  case Type::U64:
    return IntegerType{64, false};
  case Type::S8:
    return IntegerType{8, true};
  case Type::S16:
    return IntegerType{16, true};
  case Type::S32:
    return IntegerType{32, true};
  case Type::S64:
    return IntegerType{64, true};
  default:
    return std::nullopt;
  }
}
const Format *floatFormat(Type type) {
  switch (type) {
  case Type::F16:
    return &F16;
  case Type::BF16:
    return &BF16;
  case Type::TF32:
    return &TF32;
  case Type::F32:
    return &F32;
  case Type::F64:
    return &F64;
  default:
    return nullptr;
  }
}

/// The bits of a register.
uint64_t cut(unsigned bits) { return ~uint64_t(0) >> (64 - bits); }

//===----------------------------------------------------------------------===//
// The general executors. mod[0]: destination type, mod[1]: source type,
// mod[2]: rounding, mod[3]: flags.
//===----------------------------------------------------------------------===//

enum Flag : uint8_t {
  Integral = 1,
  Ftz = 2,
  Sat = 4,
  Relu = 8,
  Satfinite = 16
};

FloatConversion conversionOf(const Instruction &i) {
  uint8_t f = i.mod[3];
  return {Rounding(i.mod[2]), (f & Integral) != 0, (f & Ftz) != 0,
          (f & Sat) != 0,     (f & Relu) != 0,     (f & Satfinite) != 0};
}

void convertGeneral(Warp &w, const Instruction &i, LaneMask mask) {
  Type to = Type(i.mod[0]), from = Type(i.mod[1]);
  auto toInteger = integerType(to), fromInteger = integerType(from);
  const Format *toFloat = floatFormat(to), *fromFloat = floatFormat(from);
  FloatConversion how = conversionOf(i);
  uint64_t sourceBits = cut(bitsOf(from)), targetBits = cut(i.op[0].bits);
  mapLanesSerial<uint64_t>(w, i, mask, [&](uint64_t value) {
    value &= sourceBits;
    uint64_t result;
    if (toInteger && fromInteger)
      result = integerToInteger(*toInteger, *fromInteger, how.sat, value);
    else if (toInteger)
      result = floatToInteger(*toInteger, *fromFloat, how.mode, how.ftz, value);
    else if (fromInteger)
      result = integerToFloat(*toFloat, *fromInteger, how.mode, how.sat, value);
    else
      result = floatToFloat(*toFloat, *fromFloat, how, value);
    return result & targetBits;
  });
}

/// cvt.f16x2.f32 and cvt.bf16x2.f32: the first source becomes the upper half.
void convertPair(Warp &w, const Instruction &i, LaneMask mask) {
  const Format &to = Type(i.mod[0]) == Type::F16x2 ? F16 : BF16;
  FloatConversion how = conversionOf(i);
  mapLanesSerial<uint32_t, uint32_t>(w, i, mask, [&](uint32_t a, uint32_t b) {
    return uint32_t(floatToFloat(to, F32, how, a)) << 16 |
           uint32_t(floatToFloat(to, F32, how, b));
  });
}

//===----------------------------------------------------------------------===//
// Loops of their own
//===----------------------------------------------------------------------===//

template <class To, class From>
void convertInteger(Warp &w, const Instruction &i, LaneMask mask) {
  uint64_t targetBits = cut(i.op[0].bits);
  mapLanes<From>(w, i, mask, [=](From a) {
    // Extended by the sign of To, for a register that is wider.
    return uint64_t(int64_t(To(a))) & targetBits;
  });
}
template <class To> Execute integerFrom(Type from) {
  switch (from) {
  case Type::U8:
    return convertInteger<To, uint8_t>;
  case Type::U16:
    return convertInteger<To, uint16_t>;
  case Type::U32:
    return convertInteger<To, uint32_t>;
  case Type::U64:
    return convertInteger<To, uint64_t>;
  case Type::S8:
    return convertInteger<To, int8_t>;
  case Type::S16:
    return convertInteger<To, int16_t>;
  case Type::S32:
    return convertInteger<To, int32_t>;
  case Type::S64:
    return convertInteger<To, int64_t>;
  default:
    return nullptr;
  }
}
Execute integerToIntegerExecutor(Type to, Type from) {
  switch (to) {
  case Type::U8:
    return integerFrom<uint8_t>(from);
  case Type::U16:
    return integerFrom<uint16_t>(from);
  case Type::U32:
    return integerFrom<uint32_t>(from);
  case Type::U64:
    return integerFrom<uint64_t>(from);
  case Type::S8:
    return integerFrom<int8_t>(from);
  case Type::S16:
    return integerFrom<int16_t>(from);
  case Type::S32:
    return integerFrom<int32_t>(from);
  case Type::S64:
    return integerFrom<int64_t>(from);
  default:
    return nullptr;
  }
}

float signedToSingle(int32_t a) { return float(a); }
float unsignedToSingle(uint32_t a) { return float(a); }
uint32_t singleToSigned(float a) {
  // 2^31 and above, below -2^31, and NaN: PTX ISA, "cvt".
  int32_t inside = int32_t(a >= -0x1p31f && a < 0x1p31f ? a : 0);
  return uint32_t(a >= 0x1p31f ? INT32_MAX : a < -0x1p31f ? INT32_MIN : inside);
}
uint32_t halfToSingle(uint16_t a) {
  float value = halfToFloat(a);
  return value != value ? uint32_t(F32.nan) : bitCast<uint32_t>(value);
}
uint32_t bfloatToSingle(uint16_t a) {
  float value = bfloatToFloat(a);
  return value != value ? uint32_t(F32.nan) : bitCast<uint32_t>(value);
}
uint16_t singleToHalf(float a) { return floatToHalf(a); }
uint16_t singleToBfloat(float a) { return floatToBfloat(a); }
uint32_t singlesToHalves(float a, float b) {
  return uint32_t(floatToHalf(a)) << 16 | floatToHalf(b);
}
uint32_t singlesToBfloats(float a, float b) {
  return uint32_t(floatToBfloat(a)) << 16 | floatToBfloat(b);
}

/// The executor of a conversion without flags, if it has one of its own. The
/// register must have just the destination's bits.
Execute specialised(Type to, Type from, Rounding mode, bool integral) {
  bool nearest = mode == Rounding::Nearest;
  if (to == Type::F32 && from == Type::S32 && nearest)
    return PerLane<signedToSingle>::execute;
  if (to == Type::F32 && from == Type::U32 && nearest)
    return PerLane<unsignedToSingle>::execute;
  if (to == Type::S32 && from == Type::F32 && mode == Rounding::Zero &&
      integral)
    return PerLane<singleToSigned>::execute;
  if (to == Type::F32 && from == Type::F16 && !integral)
    return PerLaneSerial<halfToSingle>::execute;
  if (to == Type::F32 && from == Type::BF16 && !integral)
    return PerLane<bfloatToSingle>::execute;
  if (to == Type::F16 && from == Type::F32 && nearest)
    return PerLaneSerial<singleToHalf>::execute;
  if (to == Type::BF16 && from == Type::F32 && nearest)
    return PerLane<singleToBfloat>::execute;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Decoding
//===----------------------------------------------------------------------===//

struct Conversion {
  Type to, from;
  int floatRounding;   // rn, rz, rm, rp, rna, or -1
  int integerRounding; // rni, rzi, rmi, rpi, or -1
  bool ftz, sat, relu, satfinite;
};

/// Whether `to` holds every value of `from`, so that no rounding is named.
bool holds(const Format &to, const Format &from) {
  return to.precision >= from.precision && to.maxExponent >= from.maxExponent &&
         to.minExponent <= from.minExponent;
}

/// Whether .sat would have nothing to do.
bool holds(IntegerType to, IntegerType from) {
  return leastOf(to) <= leastOf(from) && greatestOf(to) >= greatestOf(from);
}

/// What PTX ISA, "cvt", allows: a rounding exactly where one is needed, and
/// each modifier with its types.
bool isLegal(const Conversion &c) {
  bool toInt = bool(integerType(c.to)), fromInt = bool(integerType(c.from));
  const Format *to = floatFormat(c.to), *from = floatFormat(c.from);
  if ((!toInt && !to) || (!fromInt && !from) || c.from == Type::TF32)
    return false;
  bool single = c.to == Type::F32 || c.from == Type::F32;
  if (c.ftz && (!single || c.relu || c.satfinite))
    return false;
  bool fromBfloat = c.from == Type::BF16, toBfloat = c.to == Type::BF16;
  if (c.sat && (toBfloat || fromBfloat))
    return false;
  bool toHalf = c.to == Type::F16 || c.to == Type::BF16;
  if ((c.relu || c.satfinite) &&
      (c.from != Type::F32 || !(toHalf || c.to == Type::TF32) ||
       c.floatRounding == int(Rounding::Down) ||
       c.floatRounding == int(Rounding::Up)))
    return false;
  // No form converts between bf16 and 8 bits.
  if ((toBfloat && bitsOf(c.from) == 8) || (fromBfloat && bitsOf(c.to) == 8))
    return false;
  if (c.to == Type::TF32)
    return c.from == Type::F32 && !c.sat && !c.ftz && c.integerRounding < 0 &&
           (c.floatRounding == int(Rounding::NearestAway)
                ? !c.relu
                : c.floatRounding == int(Rounding::Nearest) ||
                      c.floatRounding == int(Rounding::Zero));
  if (c.floatRounding == int(Rounding::NearestAway))
    return false;
  if (toInt && fromInt)
    return c.floatRounding < 0 && c.integerRounding < 0 &&
           !(c.sat && holds(*integerType(c.to), *integerType(c.from)));
  if (toInt)
    return c.floatRounding < 0 && c.integerRounding >= 0;
  if (fromInt)
    return c.floatRounding >= 0 && c.integerRounding < 0;
  if (c.to == c.from)
    return c.floatRounding < 0;
  if (holds(*to, *from)) // bf16 may name a rounding that does nothing
    return (c.floatRounding < 0 || fromBfloat) && c.integerRounding < 0;
  return c.floatRounding >= 0 && c.integerRounding < 0;
}

/// cvt.frnd2{.relu}{.satfinite}.{f16x2, bf16x2}.f32 d, a, b
bool decodePair(Decoder &d, const Conversion &c, Instruction &out) {
  bool rounds = c.floatRounding == int(Rounding::Nearest) ||
                c.floatRounding == int(Rounding::Zero);
  if (c.from != Type::F32 || !rounds || c.integerRounding >= 0 || c.ftz ||
      c.sat)
    return false;
  Execute execute = convertPair;
  if (c.floatRounding == 0 && !c.relu && !c.satfinite)
    execute = c.to == Type::F16x2 ? PerLaneSerial<singlesToHalves>::execute
                                  : PerLane<singlesToBfloats>::execute;
  return finish(d, out, execute, c.to, {Type::F32, Type::F32});
}

bool decodeCvt(Decoder &d, Modifiers &m, Instruction &out) {
  Conversion c;
  c.floatRounding = m.takeOneOf({"rn", "rz", "rm", "rp", "rna"});
  c.integerRounding = m.takeOneOf({"rni", "rzi", "rmi", "rpi"});
  c.ftz = m.take("ftz");
  c.sat = m.take("sat");
  c.relu = m.take("relu");
  c.satfinite = m.take("satfinite");
  auto to = m.takeType(), from = m.takeType();
  if (!to || !from)
    return false;
  c.to = *to;
  c.from = *from;
  bool integral = c.integerRounding >= 0;
  Rounding mode = integral               ? Rounding(c.integerRounding)
                  : c.floatRounding >= 0 ? Rounding(c.floatRounding)
                                         : Rounding::Nearest;
  out.mod[0] = uint8_t(c.to);
  out.mod[1] = uint8_t(c.from);
  out.mod[2] = uint8_t(mode);
  out.mod[3] = uint8_t((integral ? Integral : 0) | (c.ftz ? Ftz : 0) |
                       (c.sat ? Sat : 0) | (c.relu ? Relu : 0) |
                       (c.satfinite ? Satfinite : 0));
  if (c.to == Type::F16x2 || c.to == Type::BF16x2)
    return decodePair(d, c, out);
  if (!isLegal(c))
    return false;
  d.expectOperands(2);
  out.op[0] = d.writeWide(d.operand(0), c.to);
  out.op[1] = d.readWide(d.operand(1), c.from);
  out.execute = convertGeneral;
  if (c.ftz || c.sat || c.relu || c.satfinite)
    return true;
  Execute own = nullptr;
  if (integerType(c.to) && integerType(c.from))
    own = integerToIntegerExecutor(c.to, c.from);
  else if (out.op[0].bits == bitsOf(c.to))
    own = specialised(c.to, c.from, mode, integral);
  if (own)
    out.execute = own;
  return true;
}

/// cvt.pack.sat: a and b, each clamped, side by side; of 8-bit types the low
/// half of c goes above them. mod[0]: the type they are clamped to.
void packSaturated(Warp &w, const Instruction &i, LaneMask mask) {
  IntegerType to = *integerType(Type(i.mod[0]));
  uint64_t low = cut(to.bits);
  bool hasThird = to.bits == 8;
  mapLanesSerial<int32_t, int32_t, uint32_t>(
      w, i, mask, [&](int32_t a, int32_t b, uint32_t c) {
        uint64_t both = (uint64_t(clampTo(to, a)) & low) << to.bits |
                        (uint64_t(clampTo(to, b)) & low);
        return uint32_t(hasThird ? both | uint64_t(c) << 16 : both);
      });
}
bool decodePack(Decoder &d, Modifiers &m, Instruction &out) {
  if (!m.take("pack") || !m.take("sat"))
    return false;
  auto to = m.takeType();
  if (!to || m.takeType() != Type::S32)
    return false;
  auto type = integerType(*to);
  if (!type || type->bits > 16)
    return false;
  out.mod[0] = uint8_t(*to);
  out.execute = packSaturated;
  bool hasThird = type->bits == 8;
  if (hasThird && m.takeType() != Type::B32)
    return false;
  d.expectOperands(hasThird ? 4 : 3);
  out.op[0] = d.write(0, Type::B32);
  out.op[1] = d.read(1, Type::S32);
  out.op[2] = d.read(2, Type::S32);
  out.op[3] = hasThird ? d.read(3, Type::B32) : out.op[2];
  return true;
}

} // namespace
} // namespace lacuna::emulator::isa

void lacuna::emulator::registerConversionInstructions(Registry &r) {
  using namespace isa;
  r.add("cvt", decodePack);
  r.add("cvt", decodeCvt);
}
