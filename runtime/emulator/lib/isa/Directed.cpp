// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic with the processor's rounding modes. Compiled with
// -frounding-math, without which an operation may move across a change of mode
// or be folded under the wrong one; volatile keeps each between its changes
// also where a compiler ignores that.

#include "Directed.h"

#include <cfenv>

namespace lacuna::emulator::isa {
namespace {

class ScopedRounding {
public:
  explicit ScopedRounding(Rounding mode) : before(std::fegetround()) {
    static constexpr int modes[] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD,
                                    FE_UPWARD, FE_TONEAREST};
    std::fesetround(modes[unsigned(mode)]);
  }
  ~ScopedRounding() { std::fesetround(before); }

private:
  int before;
};

template <class T> T add(T a, T b, Rounding mode) {
  ScopedRounding scope(mode);
  volatile T x = a, y = b, result = x + y;
  return result;
}
template <class T> T multiply(T a, T b, Rounding mode) {
  ScopedRounding scope(mode);
  volatile T x = a, y = b, result = x * y;
  return result;
}
template <class T> T fma(T a, T b, T c, Rounding mode) {
  ScopedRounding scope(mode);
  volatile T x = a, y = b, z = c, result = std::fma(T(x), T(y), T(z));
  return result;
}
template <class T> T divide(T a, T b, Rounding mode) {
  ScopedRounding scope(mode);
  volatile T x = a, y = b, result = x / y;
  return result;
}
template <class T> T squareRoot(T a, Rounding mode) {
  ScopedRounding scope(mode);
  volatile T x = a, result = std::sqrt(T(x));
  return result;
}

} // namespace

float addRounded(float a, float b, Rounding mode) { return add(a, b, mode); }
float multiplyRounded(float a, float b, Rounding mode) {
  return multiply(a, b, mode);
}
float fmaRounded(float a, float b, float c, Rounding mode) {
  return fma(a, b, c, mode);
}
float divideRounded(float a, float b, Rounding mode) {
  return divide(a, b, mode);
}
float sqrtRounded(float a, Rounding mode) { return squareRoot(a, mode); }
double addRounded(double a, double b, Rounding mode) { return add(a, b, mode); }
double multiplyRounded(double a, double b, Rounding mode) {
  return multiply(a, b, mode);
}
double fmaRounded(double a, double b, double c, Rounding mode) {
  return fma(a, b, c, mode);
}
double divideRounded(double a, double b, Rounding mode) {
  return divide(a, b, mode);
}
double sqrtRounded(double a, Rounding mode) { return squareRoot(a, mode); }

} // namespace lacuna::emulator::isa
