// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What kernels do between loads and tensor cores: approximations, within the
// error that the PTX ISA documents for each, and conversions, exactly.

#include "Numbers.h"
#include "Probe.h"

using namespace lacuna::bundle;

namespace {
/// "Floating Point Instructions" of the PTX ISA: the maximum error that each
/// instruction's section documents, relative plus absolute.
struct Approximation {
  const char *name;
  double (*function)(double);
  double relative, absolute, low, high;
};
const Approximation approximations[] = {
    {"rcp.approx.ftz.f32", [](double x) { return 1 / x; }, 0x1p-23, 0, 0.01,
     100},
    {"sqrt.approx.ftz.f32", [](double x) { return std::sqrt(x); }, 0x1p-23, 0,
     0, 1e6},
    {"rsqrt.approx.ftz.f32", [](double x) { return 1 / std::sqrt(x); },
     0x1.12p-23, 0, 1e-3, 1e6}, // 2^-22.9
    {"ex2.approx.ftz.f32", [](double x) { return std::exp2(x); }, 0x1p-22, 0,
     -100, 100}, // 2 ulp
    {"lg2.approx.ftz.f32", [](double x) { return std::log2(x); }, 0x1p-22,
     0x1p-22, 1e-6, 1e6},
    {"sin.approx.ftz.f32", [](double x) { return std::sin(x); }, 0, 0x1.6ap-21,
     -6, 6}, // 2^-20.5
    {"cos.approx.ftz.f32", [](double x) { return std::cos(x); }, 0, 0x1.6ap-21,
     -6, 6},
    {"tanh.approx.f32", [](double x) { return std::tanh(x); }, 0x1p-11, 0, -10,
     10}};

class Approximate : public Probe {
public:
  explicit Approximate(const Approximation &form) : form(form) {
    name = form.name;
    inputs = outputs = {"f32"};
    statements = "  " + name + " %o0, %i0;";
    golden = true;
  }
  std::vector<Register> draw(std::mt19937_64 &random, unsigned) const override {
    std::vector<Register> registers(1);
    for (uint64_t &value : registers[0]) {
      double part = std::ldexp(double(random() >> 11), -53);
      value = encode("f32", form.low + (form.high - form.low) * part);
    }
    return registers;
  }
  void expect(unsigned warp, const std::vector<Register> &inputs,
              const std::vector<uint8_t> &,
              std::vector<Expected> &result) const override {
    for (unsigned lane = 0; lane < 32; ++lane) {
      Expected expected = {warp, 0, lane, "f32"};
      expected.value = form.function(decode("f32", inputs[0][lane]));
      expected.bound =
          std::fabs(expected.value) * form.relative + form.absolute;
      result.push_back(expected);
    }
  }

private:
  Approximation form;
};

/// cvt.rn.bf16x2.f32 and .f16x2: the first operand is the upper half.
class ConvertTwo : public Probe {
public:
  explicit ConvertTwo(const char *type) : type(type) {
    name = std::string("cvt.rn.") + type + "x2.f32";
    inputs = {"f32", "f32"};
    outputs = {"b32"};
    statements = "  " + name + " %o0, %i1, %i0;";
  }
  std::vector<Register> draw(std::mt19937_64 &random,
                             unsigned round) const override {
    std::vector<Register> registers(2);
    for (Register &all : registers)
      for (uint64_t &value : all) {
        // From 2^-8 to 2^8, in odd rounds halfway between two results.
        value = (random() & 0x807FFFFF) | (119 + random() % 16) << 23;
        if (round % 2)
          value = type[0] == 'b' ? (value & ~0xFFFFull) | 0x8000
                                 : (value & ~0x1FFFull) | 0x1000;
      }
    return registers;
  }
  void expect(unsigned warp, const std::vector<Register> &inputs,
              const std::vector<uint8_t> &,
              std::vector<Expected> &result) const override {
    for (unsigned lane = 0; lane < 32; ++lane) {
      Expected expected = {warp, 0, lane, "b32"};
      for (unsigned e = 0; e < 2; ++e)
        expected.bits |= encode(type, decode("f32", inputs[e][lane]))
                         << (16 * e);
      result.push_back(expected);
    }
  }

private:
  std::string type;
};

/// To nearest, ties away from zero; the low 13 bits are nobody's.
class ConvertTF32 : public ConvertTwo {
public:
  ConvertTF32() : ConvertTwo("f16") {
    name = "cvt.rna.tf32.f32";
    inputs = outputs = {"b32"};
    statements = "  " + name + " %o0, %i0;";
  }
  std::vector<Register> draw(std::mt19937_64 &random,
                             unsigned round) const override {
    return {ConvertTwo::draw(random, round)[0]};
  }
  void expect(unsigned warp, const std::vector<Register> &inputs,
              const std::vector<uint8_t> &,
              std::vector<Expected> &result) const override {
    for (unsigned lane = 0; lane < 32; ++lane) {
      Expected expected = {warp, 0, lane, "tf32"};
      expected.value = decode("tf32", inputs[0][lane] + 0x1000);
      result.push_back(expected);
    }
  }
};
} // namespace

void lacuna::bundle::addArithmeticProbes(Probes &probes) {
  for (const Approximation &form : approximations)
    probes.push_back(std::make_unique<Approximate>(form));
  probes.push_back(std::make_unique<ConvertTwo>("f16"));
  probes.push_back(std::make_unique<ConvertTwo>("bf16"));
  probes.push_back(std::make_unique<ConvertTF32>());
}
