// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX ISA, "Floating Point Instructions" that a GPU approximates: .approx and
// .full of div, rcp, sqrt, rsqrt, ex2, lg2, sin, cos, tanh.

#include "../Families.h"
#include "FloatSemantics.h"
#include "Support.h"

namespace lacuna::emulator::isa {
namespace {

template <bool ftz> uint32_t finishSingle(double value) {
  float result = float(value);
  return canonical(ftz ? flushed(result) : result);
}
template <Approximation what, bool ftz> uint32_t single(float a) {
  return finishSingle<ftz>(approximate(what, ftz ? flushed(a) : a));
}
/// .approx.ftz of rcp, .approx{.ftz} of rsqrt in f64.
template <Approximation what> uint64_t upper(uint64_t a) {
  return approximateUpper(what, a, true);
}
uint64_t reciprocalRoot(double a) {
  return canonical(approximate(Approximation::ReciprocalSquareRoot, a));
}

template <Approximation what>
bool decode(Decoder &d, Modifiers &m, Instruction &out) {
  if (!m.take("approx"))
    return false;
  bool ftz = m.take("ftz");
  auto type = m.takeType();
  if (type == Type::F32 && !(ftz && what == Approximation::Tanh))
    return finish(d, out,
                  ftz ? PerLaneSerial<single<what, true>>::execute
                      : PerLaneSerial<single<what, false>>::execute,
                  *type, {*type});
  if (type != Type::F64)
    return false;
  constexpr bool isRoot = what == Approximation::ReciprocalSquareRoot;
  if ((isRoot || what == Approximation::Reciprocal) && ftz)
    return finish(d, out, PerLaneSerial<upper<what>>::execute, *type, {*type});
  return isRoot &&
         finish(d, out, PerLaneSerial<reciprocalRoot>::execute, *type, {*type});
}

template <bool ftz, bool full> uint32_t quotient(float a, float b) {
  if (ftz) {
    a = flushed(a);
    b = flushed(b);
  }
  float result = full ? a / b : divideApproximately(a, b);
  return canonical(ftz ? flushed(result) : result);
}
bool decodeDiv(Decoder &d, Modifiers &m, Instruction &out) {
  int how = m.takeOneOf({"approx", "full"});
  bool ftz = m.take("ftz");
  auto type = m.takeType();
  if (how < 0 || type != Type::F32)
    return false;
  Execute execute = how == 1 ? (ftz ? PerLane<quotient<true, true>>::execute
                                    : PerLane<quotient<false, true>>::execute)
                    : ftz    ? PerLane<quotient<true, false>>::execute
                             : PerLane<quotient<false, false>>::execute;
  return finish(d, out, execute, *type, {*type, *type});
}

} // namespace
} // namespace lacuna::emulator::isa

void lacuna::emulator::registerApproximationInstructions(Registry &r) {
  using namespace isa;
  r.add("div", decodeDiv);
  r.add("rcp", decode<Approximation::Reciprocal>);
  r.add("sqrt", decode<Approximation::SquareRoot>);
  r.add("rsqrt", decode<Approximation::ReciprocalSquareRoot>);
  r.add("ex2", decode<Approximation::Exp2>);
  r.add("lg2", decode<Approximation::Log2>);
  r.add("sin", decode<Approximation::Sine>);
  r.add("cos", decode<Approximation::Cosine>);
  r.add("tanh", decode<Approximation::Tanh>);
}
