// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Integer arithmetic: each variant against 128-bit integers and the texts of
// PTX ISA, "Integer Arithmetic Instructions" and "Extended-Precision Integer
// Arithmetic Instructions".

#include "Harness.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
using Wide = __int128;

struct IntType {
  std::string name;
  unsigned width;
  bool isSigned;
};
const std::vector<IntType> all = {{"u16", 16, false}, {"s16", 16, true},
                                  {"u32", 32, false}, {"s32", 32, true},
                                  {"u64", 64, false}, {"s64", 64, true}};
std::vector<IntType> ofWidths(std::vector<unsigned> widths) {
  std::vector<IntType> result;
  for (const IntType &t : all)
    for (unsigned width : widths)
      if (t.width == width)
        result.push_back(t);
  return result;
}

/// The value of the low `width` bits.
Wide number(uint64_t bits, unsigned width, bool isSigned) {
  Wide value = bits;
  if (width < 64)
    value &= (Wide(1) << width) - 1;
  if (isSigned && (value >> (width - 1) & 1))
    value -= Wide(1) << width;
  return value;
}
Wide number(uint64_t bits, const IntType &t) {
  return number(bits, t.width, t.isSigned);
}
uint64_t low(Wide value, unsigned width) {
  return width == 64 ? uint64_t(value)
                     : uint64_t(value) & ((uint64_t(1) << width) - 1);
}
Wide clamp(Wide value, const IntType &t) {
  Wide least = t.isSigned ? -(Wide(1) << (t.width - 1)) : 0;
  Wide most = (Wide(1) << (t.width - t.isSigned)) - 1;
  return value < least ? least : value > most ? most : value;
}

using Binary = std::function<Wide(Wide, Wide)>;
void checkBinary(const std::string &opcode, const std::vector<IntType> &types,
                 const Binary &oracle) {
  for (const IntType &t : types)
    check(opcode + "." + t.name, t.width, {t.width, t.width},
          integerCases({t.width, t.width}), [&](const Case &c) {
            return low(oracle(number(c[0], t), number(c[1], t)), t.width);
          });
}
using Ternary = std::function<Wide(Wide, Wide, Wide)>;
void checkTernary(const std::string &opcode, const std::vector<IntType> &types,
                  const Ternary &oracle) {
  for (const IntType &t : types)
    check(opcode + "." + t.name, t.width, {t.width, t.width, t.width},
          integerCases({t.width, t.width, t.width}), [&](const Case &c) {
            return low(
                oracle(number(c[0], t), number(c[1], t), number(c[2], t)),
                t.width);
          });
}
const IntType s32 = all[3];

TEST(Integer, AddSub) {
  checkBinary("add", all, [](Wide a, Wide b) { return a + b; });
  checkBinary("sub", all, [](Wide a, Wide b) { return a - b; });
  checkBinary("add.sat", {s32},
              [](Wide a, Wide b) { return clamp(a + b, s32); });
  checkBinary("sub.sat", {s32},
              [](Wide a, Wide b) { return clamp(a - b, s32); });
}

TEST(Integer, MulMad) {
  checkBinary("mul.lo", ofWidths({16, 32}),
              [](Wide a, Wide b) { return a * b; });
  for (const IntType &t : all) {
    // Products of u64 need all 128 bits, unsigned.
    check("mul.lo." + t.name, t.width, {t.width, t.width},
          integerCases({t.width, t.width}), [&](const Case &c) {
            return low(Wide((unsigned __int128)number(c[0], t) *
                            (unsigned __int128)number(c[1], t)),
                       t.width);
          });
    auto high = [&](uint64_t a, uint64_t b) {
      unsigned __int128 product =
          (unsigned __int128)number(a, t) * (unsigned __int128)number(b, t);
      return low(Wide(product >> t.width), t.width);
    };
    check("mul.hi." + t.name, t.width, {t.width, t.width},
          integerCases({t.width, t.width}),
          [&](const Case &c) { return high(c[0], c[1]); });
    check("mad.hi." + t.name, t.width, {t.width, t.width, t.width},
          integerCases({t.width, t.width, t.width}), [&](const Case &c) {
            return low(Wide(high(c[0], c[1])) + c[2], t.width);
          });
    check("mad.lo." + t.name, t.width, {t.width, t.width, t.width},
          integerCases({t.width, t.width, t.width}), [&](const Case &c) {
            return low(Wide(c[0] * c[1]) + c[2], t.width);
          });
  }
  checkTernary("mad.hi.sat", {s32}, [](Wide a, Wide b, Wide c) {
    return clamp((a * b >> 32) + c, s32);
  });
  for (const IntType &t : ofWidths({16, 32})) {
    check("mul.wide." + t.name, 2 * t.width, {t.width, t.width},
          integerCases({t.width, t.width}), [&](const Case &c) {
            return low(number(c[0], t) * number(c[1], t), 2 * t.width);
          });
    check("mad.wide." + t.name, 2 * t.width, {t.width, t.width, 2 * t.width},
          integerCases({t.width, t.width, 2 * t.width}), [&](const Case &c) {
            return low(number(c[0], t) * number(c[1], t) + c[2], 2 * t.width);
          });
  }
}

TEST(Integer, Mul24Mad24) {
  for (const IntType &t : ofWidths({32})) {
    // "mul24": the product of 24-bit values; .hi is bits 47..16 of it.
    auto product = [&](uint64_t a, uint64_t b) {
      return number(a, 24, t.isSigned) * number(b, 24, t.isSigned);
    };
    auto cases = integerCases({32, 32}), three = integerCases({32, 32, 32});
    check("mul24.lo." + t.name, 32, {32, 32}, cases,
          [&](const Case &c) { return low(product(c[0], c[1]), 32); });
    check("mul24.hi." + t.name, 32, {32, 32}, cases,
          [&](const Case &c) { return low(product(c[0], c[1]) >> 16, 32); });
    check("mad24.lo." + t.name, 32, {32, 32, 32}, three,
          [&](const Case &c) { return low(product(c[0], c[1]) + c[2], 32); });
    check("mad24.hi." + t.name, 32, {32, 32, 32}, three, [&](const Case &c) {
      return low((product(c[0], c[1]) >> 16) + c[2], 32);
    });
  }
  checkTernary("mad24.hi.sat", {s32}, [](Wide a, Wide b, Wide c) {
    Wide product =
        number(uint64_t(a), 24, true) * number(uint64_t(b), 24, true);
    return clamp(number(uint64_t(product >> 16), 32, true) + c, s32);
  });
}

TEST(Integer, DivRem) {
  // By zero the value is unspecified ("div", "rem"): only that it ends.
  for (const IntType &t : all) {
    std::vector<Case> cases;
    for (Case &c : integerCases({t.width, t.width}))
      if (number(c[1], t) != 0)
        cases.push_back(c);
    check("div." + t.name, t.width, {t.width, t.width}, cases,
          [&](const Case &c) {
            return low(number(c[0], t) / number(c[1], t), t.width);
          });
    check("rem." + t.name, t.width, {t.width, t.width}, cases,
          [&](const Case &c) {
            return low(number(c[0], t) % number(c[1], t), t.width);
          });
    auto anything = [](uint64_t, uint64_t, const Case &) { return true; };
    std::vector<Case> byZero = {
        {0, 0}, {5, 0}, {uint64_t(1) << (t.width - 1), 0}};
    for (const char *op : {"div.", "rem."})
      check(
          op + t.name, t.width, {t.width, t.width}, byZero,
          [](const Case &) { return 0; }, anything);
  }
}

TEST(Integer, AbsNegMinMaxSad) {
  for (const IntType &t : all) {
    if (t.isSigned) {
      check("abs." + t.name, t.width, {t.width}, integerCases({t.width}),
            [&](const Case &c) {
              Wide a = number(c[0], t);
              return low(a < 0 ? -a : a, t.width);
            });
      check("neg." + t.name, t.width, {t.width}, integerCases({t.width}),
            [&](const Case &c) { return low(-number(c[0], t), t.width); });
    } else {
      expectRefused("abs." + t.name + " r0, r1");
    }
  }
  checkBinary("min", all, [](Wide a, Wide b) { return a < b ? a : b; });
  checkBinary("max", all, [](Wide a, Wide b) { return a > b ? a : b; });
  auto relu = [](Wide a) { return a < 0 ? 0 : a; };
  checkBinary("min.relu", {s32},
              [&](Wide a, Wide b) { return relu(a < b ? a : b); });
  checkBinary("max.relu", {s32},
              [&](Wide a, Wide b) { return relu(a > b ? a : b); });
  checkTernary("sad", all, [](Wide a, Wide b, Wide c) {
    return c + (a < b ? b - a : a - b);
  });
}

TEST(Integer, Packed) {
  struct Form {
    std::string opcode;
    bool isSigned;
    Binary oracle;
  };
  auto least = [](Wide a, Wide b) { return a < b ? a : b; };
  auto most = [](Wide a, Wide b) { return a > b ? a : b; };
  auto relu = [](Wide a) { return a < 0 ? Wide(0) : a; };
  std::vector<Form> forms = {
      {"add.u16x2", false, [](Wide a, Wide b) { return a + b; }},
      {"add.s16x2", true, [](Wide a, Wide b) { return a + b; }},
      {"min.u16x2", false, least},
      {"min.s16x2", true, least},
      {"max.u16x2", false, most},
      {"max.s16x2", true, most},
      {"min.relu.s16x2", true,
       [&](Wide a, Wide b) { return relu(least(a, b)); }},
      {"max.relu.s16x2", true,
       [&](Wide a, Wide b) { return relu(most(a, b)); }}};
  for (const Form &form : forms)
    check(form.opcode, 32, {32, 32}, integerCases({32, 32}, 2000),
          [&](const Case &c) {
            uint64_t result = 0;
            for (unsigned at : {0u, 16u})
              result |= low(form.oracle(number(c[0] >> at, 16, form.isSigned),
                                        number(c[1] >> at, 16, form.isSigned)),
                            16)
                        << at;
            return result;
          });
}

TEST(Integer, DotProducts) {
  auto byte = [](uint64_t value, unsigned i, bool isSigned) {
    return number(value >> 8 * i, 8, isSigned);
  };
  auto cases = integerCases({32, 32, 32}, 2000);
  for (bool sa : {false, true})
    for (bool sb : {false, true}) {
      std::string types =
          std::string(sa ? ".s32" : ".u32") + (sb ? ".s32" : ".u32");
      check("dp4a" + types, 32, {32, 32, 32}, cases, [&](const Case &c) {
        Wide sum = c[2];
        for (unsigned i = 0; i < 4; ++i)
          sum += byte(c[0], i, sa) * byte(c[1], i, sb);
        return low(sum, 32);
      });
      for (bool high : {false, true})
        check(std::string(high ? "dp2a.hi" : "dp2a.lo") + types, 32,
              {32, 32, 32}, cases, [&](const Case &c) {
                Wide sum = c[2];
                for (unsigned i = 0; i < 2; ++i)
                  sum += number(c[0] >> 16 * i, 16, sa) *
                         byte(c[1], i + (high ? 2 : 0), sb);
                return low(sum, 32);
              });
    }
}

/// Two words added, subtracted and multiplied through the carry give what
/// twice the width gives.
TEST(Integer, Carries) {
  for (unsigned width : {32u, 64u}) {
    std::string u = width == 32 ? ".u32 " : ".u64 ",
                b = width == 32 ? "r" : "d";
    unsigned __int128 wordMask = ~(unsigned __int128)0 >> (128 - width);
    for (const Case &c : integerCases({width, width, width, width}, 500)) {
      TestWarp w;
      auto set = [&](int i, uint64_t value) {
        w.reg(b + std::to_string(i)).lane[7] = value;
      };
      auto get = [&](int i) {
        return (unsigned __int128)w.reg(b + std::to_string(i)).lane[7];
      };
      for (int i = 0; i < 4; ++i)
        set(i, c[i]);
      LaneMask lane = LaneMask(1) << 7;
      unsigned __int128 x = (unsigned __int128)c[1] << width | c[0];
      unsigned __int128 y = (unsigned __int128)c[3] << width | c[2];
      unsigned __int128 both = width == 64 ? ~(unsigned __int128)0
                                           : ((unsigned __int128)1 << 64) - 1;
      run(w, "add.cc" + u + b + "4, " + b + "0, " + b + "2", lane);
      run(w, "addc.cc" + u + b + "5, " + b + "1, " + b + "3", lane);
      run(w, "addc" + u + b + "6, 0, 0", lane);
      ASSERT_TRUE((get(5) << width | get(4)) == ((x + y) & both));
      // The carry out: of the sum without its low word.
      unsigned __int128 carry = ((x & wordMask) + (y & wordMask)) >> width;
      ASSERT_EQ(uint64_t(get(6)),
                uint64_t(((x >> width) + (y >> width) + carry) >> width));
      run(w, "sub.cc" + u + b + "4, " + b + "0, " + b + "2", lane);
      run(w, "subc.cc" + u + b + "5, " + b + "1, " + b + "3", lane);
      run(w, "subc" + u + b + "6, 0, 0", lane);
      ASSERT_TRUE((get(5) << width | get(4)) == ((x - y) & both));
      ASSERT_EQ(uint64_t(get(6)), uint64_t(x < y ? wordMask : 0)) << "borrow";
      // (c1:c0) = c0 * c2 + (c3:c1), as compilers multiply wide numbers.
      run(w, "mad.lo.cc" + u + b + "4, " + b + "0, " + b + "2, " + b + "1",
          lane);
      run(w, "madc.hi" + u + b + "5, " + b + "0, " + b + "2, " + b + "3", lane);
      unsigned __int128 z = (unsigned __int128)c[3] << width | c[1];
      ASSERT_TRUE((get(5) << width | get(4)) ==
                  (((unsigned __int128)c[0] * c[2] + z) & both));
    }
  }
  // mad.hi.cc then madc.lo, signed: the carry is that of the sum.
  TestWarp w;
  w.reg("r0").lane[0] = 0x80000000;
  w.reg("r1").lane[0] = 2;
  run(w, "mad.hi.cc.s32 r2, r0, r1, 1", 1); // -1 + 1 carries
  EXPECT_EQ(w.reg("r2").lane[0], 0u);
  run(w, "madc.lo.s32 r3, 3, 4, 5", 1);
  EXPECT_EQ(w.reg("r3").lane[0], 18u);
  // A lane's carry is its own, and instructions without .cc keep it.
  w.carry() = 0;
  w.reg("r0").lane[0] = w.reg("r0").lane[1] = 0xffffffff;
  w.reg("r1").lane[0] = 1;
  w.reg("r1").lane[1] = 0;
  run(w, "add.cc.u32 r2, r0, r1", 3);
  run(w, "addc.u32 r3, 0, 0", 3);
  run(w, "addc.u32 r4, 0, 0", 3);
  EXPECT_EQ(w.reg("r3").lane[0], 1u);
  EXPECT_EQ(w.reg("r3").lane[1], 0u);
  EXPECT_EQ(w.reg("r4").lane[0], 1u);
}

TEST(Integer, Refused) {
  for (const char *text :
       {"add.u8 r0, r1, r2", "add.sat.u32 r0, r1, r2", "add.b32 r0, r1, r2",
        "mul.u32 r0, r1, r2", "mul.wide.u64 d0, d1, d2",
        "mul24.lo.u16 h0, h1, h2", "mad.lo.sat.s32 r0, r1, r2, r3",
        "neg.u32 r0, r1", "min.relu.u32 r0, r1, r2", "div.b32 r0, r1, r2",
        "add.cc.u16 h0, h1, h2", "madc.wide.u32 d0, r1, r2, d3",
        "dp4a.u32.u64 r0, r1, r2, r3", "add.s32 r0, r1", "add.s32 d0, r1, r2",
        "add.s32 r0, r1, r2, r3", "add.wrap.s32 r0, r1, r2",
        "vadd.u32 r0, r1, r2"})
    expectRefused(text);
}
} // namespace
