// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The approximations of f32 and f64: errors within those that PTX ISA's
// sections on "div", "rcp", "sqrt", "rsqrt", "sin", "cos", "lg2", "ex2",
// "tanh" document, against long double, and their tables of special values.

#include "Exact.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
const double infinity = HUGE_VAL, nan_ = std::nan("");

using Function = long double (*)(long double);
long double reciprocal(long double x) { return 1 / x; }
long double root(long double x) { return sqrtl(x); }
long double reciprocalRoot(long double x) { return 1 / sqrtl(x); }

struct Form {
  std::string op;
  Function function;
  double relative, absolute;
  double least, greatest; // where the bound is documented
};
const Form forms[] = {
    {"rcp", reciprocal, 0x1p-23, 0, -infinity, infinity},
    {"sqrt", root, 0x1p-23, 0, 0, infinity},
    {"rsqrt", reciprocalRoot, 0x1.12p-23, 0, 0, infinity}, // 2^-22.9
    {"ex2", exp2l, 0x1p-22, 0, -infinity, infinity},       // 2 ulp
    {"lg2", log2l, 0x1p-22, 0x1p-22, 0, infinity},
    {"sin", sinl, 0, 0x1.6ap-21, -2 * M_PI, 2 * M_PI}, // 2^-20.5
    {"cos", cosl, 0, 0x1.6ap-21, -2 * M_PI, 2 * M_PI},
    {"tanh", tanhl, 0x1p-11, 0, -infinity, infinity}};

bool within(double got, double want, double relative, double absolute,
            bool ftz) {
  if (std::isnan(want))
    return std::isnan(got);
  if (std::fabs(want) > 0x1.ffffffp127) // rounds to infinity or is that
    return got == std::copysign(infinity, want) ||
           std::fabs(got) == 0x1.fffffep127;
  if (ftz && std::fabs(want) < 0x1p-126)
    return got == 0 && std::signbit(got) == std::signbit(want);
  // Half a unit of the last place, where that is more: subnormal results.
  return std::fabs(got - want) <=
         std::max(std::fabs(want) * relative + absolute, 0x1p-150);
}

TEST(Approximation, Errors) {
  std::vector<Case> cases = floatCases(FloatKind::F32, 1, 20000);
  for (int i = 0; i < 20000; ++i) // of ordinary size
    cases.push_back({asBits(float(
        std::ldexp(double(int64_t(engine()())), -63 + int(engine()() % 8))))});
  for (const Form &form : forms)
    for (bool ftz : {false, true}) {
      if (ftz && form.op == "tanh")
        continue;
      check(
          form.op + ".approx" + (ftz ? ".ftz" : "") + ".f32", 32, {32}, cases,
          [](const Case &) { return 0; },
          [&](uint64_t got, uint64_t, const Case &c) {
            uint64_t bits = ftz ? layoutF32.flush(c[0]) : c[0];
            double x = valueOf(layoutF32, bits);
            if (std::isnan(x))
              return got == 0x7fffffff;
            if (std::fabs(x) != 0 && !std::isinf(x) &&
                (x < form.least || x > form.greatest) && x != 0 &&
                (form.op == "sin" || form.op == "cos"))
              return std::fabs(valueOf(layoutF32, got)) <= 1;
            double want = double(form.function(x));
            if (std::isnan(want))
              return got == 0x7fffffff;
            return within(valueOf(layoutF32, got), want, form.relative,
                          form.absolute, ftz);
          });
    }
}

/// The tables of special values in the sections' ends.
TEST(Approximation, SpecialValues) {
  struct {
    const char *op;
    double input, result;
  } table[] = {{"rcp", -infinity, -0.0},
               {"rcp", infinity, 0.0},
               {"rcp", -0.0, -infinity},
               {"rcp", 0.0, infinity},
               {"rcp", nan_, nan_},
               {"sqrt", -infinity, nan_},
               {"sqrt", -1.0, nan_},
               {"sqrt", -0.0, -0.0},
               {"sqrt", 0.0, 0.0},
               {"sqrt", infinity, infinity},
               {"sqrt", nan_, nan_},
               {"rsqrt", -infinity, nan_},
               {"rsqrt", -1.0, nan_},
               {"rsqrt", -0.0, -infinity},
               {"rsqrt", 0.0, infinity},
               {"rsqrt", infinity, 0.0},
               {"rsqrt", nan_, nan_},
               {"sin", -infinity, nan_},
               {"sin", -0.0, -0.0},
               {"sin", 0.0, 0.0},
               {"sin", infinity, nan_},
               {"sin", nan_, nan_},
               {"cos", -infinity, nan_},
               {"cos", -0.0, 1.0},
               {"cos", 0.0, 1.0},
               {"cos", infinity, nan_},
               {"lg2", -infinity, nan_},
               {"lg2", -1.0, nan_},
               {"lg2", -0.0, -infinity},
               {"lg2", 0.0, -infinity},
               {"lg2", infinity, infinity},
               {"lg2", nan_, nan_},
               {"ex2", -infinity, 0.0},
               {"ex2", -0.0, 1.0},
               {"ex2", 0.0, 1.0},
               {"ex2", infinity, infinity},
               {"ex2", nan_, nan_},
               {"tanh", -infinity, -1.0},
               {"tanh", -0.0, -0.0},
               {"tanh", 0.0, 0.0},
               {"tanh", infinity, 1.0},
               {"tanh", nan_, nan_},
               // Subnormal operands count as zeros of their sign under .ftz.
               {"rcp.ftz", -0x1p-140, -infinity},
               {"sqrt.ftz", -0x1p-140, -0.0},
               {"rsqrt.ftz", -0x1p-140, -infinity},
               {"lg2.ftz", 0x1p-140, -infinity},
               {"ex2.ftz", -0x1p-140, 1.0},
               {"sin.ftz", -0x1p-140, -0.0},
               {"rcp.ftz", 0x1p127, 0.0},
               {"rcp.ftz", -0x1p127, -0.0},
               {"ex2.ftz", -130, 0.0},
               {"ex2", -130, 0x1p-130},
               {"lg2", 0x1p-140, -140}};
  for (auto &row : table) {
    std::string op = row.op;
    bool ftz = op.find(".ftz") != std::string::npos;
    op = op.substr(0, op.find('.')) + ".approx" + (ftz ? ".ftz" : "") + ".f32";
    uint64_t want =
        std::isnan(row.result) ? 0x7fffffff : asBits(float(row.result));
    check(op, 32, {32}, {{asBits(float(row.input))}},
          [=](const Case &) { return want; });
  }
}

TEST(Approximation, Div) {
  // "div": .approx and .full have at most 2 ulp; .approx for |b| in
  // (2^126, 2^128) gives 0, or NaN when a is infinite.
  const Layout &l = layoutF32;
  for (bool full : {false, true})
    for (bool ftz : {false, true})
      check(
          std::string(full ? "div.full" : "div.approx") + (ftz ? ".ftz" : "") +
              ".f32",
          32, {32, 32}, floatCases(FloatKind::F32, 2, 20000),
          [&](const Case &c) -> uint64_t {
            uint64_t a = ftz ? l.flush(c[0]) : c[0],
                     b = ftz ? l.flush(c[1]) : c[1];
            uint64_t sign = (a ^ b) & l.sign();
            double divisor = std::fabs(valueOf(l, b));
            if (!full && divisor > 0x1p126 && !std::isinf(divisor))
              return l.isNaN(a) || l.isInf(a) ? nanOf(l) : sign;
            uint64_t result = exactQuotient(l, a, b, Mode::Nearest);
            return ftz ? l.flush(result) : result;
          },
          [&](uint64_t got, uint64_t want, const Case &) {
            if (l.isNaN(want))
              return got == 0x7fffffff;
            return std::llabs(int64_t(got) - int64_t(want)) <= 2;
          });
}

TEST(Approximation, Doubles) {
  const Layout &l = layoutF64;
  auto cases = floatCases(FloatKind::F64, 1, 5000);
  // "rcp.approx.ftz.f64", "rsqrt.approx.ftz.f64": 20 bits, the low word is 0,
  // and that of the operand does not count.
  struct {
    const char *op;
    Function function;
  } upper[] = {{"rcp.approx.ftz.f64", reciprocal},
               {"rsqrt.approx.ftz.f64", reciprocalRoot}};
  for (auto &form : upper)
    check(
        form.op, 64, {64}, cases, [](const Case &) { return 0; },
        [&](uint64_t got, uint64_t, const Case &c) {
          double x = valueOf(l, l.flush(c[0] & 0xffffffff00000000));
          double want = double(form.function(x));
          if (std::isnan(want))
            return l.isNaN(got);
          double value = valueOf(l, got);
          if (got & 0xffffffff)
            return false;
          if (std::isinf(want))
            return value == want;
          if (std::fabs(want) < 0x1p-1022)
            return value == 0 && std::signbit(value) == std::signbit(want);
          return std::fabs(value - want) <= std::fabs(want) * 0x1p-20;
        });
  check(
      "rsqrt.approx.f64", 64, {64}, cases, [](const Case &) { return 0; },
      [&](uint64_t got, uint64_t, const Case &c) {
        double want = double(reciprocalRoot(valueOf(l, c[0])));
        double value = valueOf(l, got);
        return std::isnan(want) ? std::isnan(value)
               : std::isinf(want)
                   ? value == want
                   : std::fabs(value - want) <= std::fabs(want) * 0x1p-51;
      });
}

TEST(Approximation, Refused) {
  for (const char *text :
       {"sin.f32 r0, r1", "sin.approx.f64 d0, d1", "ex2.rn.f32 r0, r1",
        "tanh.approx.ftz.f32 r0, r1", "rcp.approx.f64 d0, d1",
        "sqrt.approx.f64 d0, d1", "div.approx.f64 d0, d1, d2",
        "rsqrt.rn.f32 r0, r1", "lg2.approx.sat.f32 r0, r1"})
    expectRefused(text);
}
} // namespace
