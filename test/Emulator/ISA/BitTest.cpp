// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Logic, shifts, bit fields and byte permutation, against the pseudocode and
// the tables of PTX ISA, "Logic and Shift Instructions", "Integer Arithmetic
// Instructions" (bfe, bfi, ...) and "prmt", written out bit by bit.

#include "Harness.h"

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
uint64_t maskOf(unsigned width) {
  return width == 64 ? ~uint64_t(0) : (uint64_t(1) << width) - 1;
}
std::string b(unsigned width) { return ".b" + std::to_string(width); }

TEST(Bits, Logic) {
  for (unsigned width : {16u, 32u, 64u}) {
    auto two = integerCases({width, width}), one = integerCases({width});
    check("and" + b(width), width, {width, width}, two,
          [](const Case &c) { return c[0] & c[1]; });
    check("or" + b(width), width, {width, width}, two,
          [](const Case &c) { return c[0] | c[1]; });
    check("xor" + b(width), width, {width, width}, two,
          [](const Case &c) { return c[0] ^ c[1]; });
    check("not" + b(width), width, {width}, one,
          [=](const Case &c) { return ~c[0] & maskOf(width); });
    check("cnot" + b(width), width, {width}, one,
          [](const Case &c) { return c[0] == 0; });
  }
}

TEST(Bits, PredicateLogic) {
  TestWarp w;
  for (int i = 0; i < 50; ++i) {
    LaneMask a = LaneMask(engine()()), c = LaneMask(engine()()),
             before = LaneMask(engine()()), mask = LaneMask(engine()()) | 1;
    struct {
      const char *text;
      LaneMask want;
    } forms[] = {{"and.pred p0, p1, p2", a & c},
                 {"or.pred p0, p1, p2", a | c},
                 {"xor.pred p0, p1, p2", a ^ c},
                 {"not.pred p0, p1", ~a},
                 {"and.pred p0, !p1, p2", ~a & c}};
    for (auto &form : forms) {
      w.pred("p0") = before;
      w.pred("p1") = a;
      w.pred("p2") = c;
      run(w, form.text, mask);
      EXPECT_EQ(w.pred("p0"), (form.want & mask) | (before & ~mask))
          << form.text;
    }
  }
}

TEST(Bits, Lop3) {
  // "lop3": bit i of the table is the result for a, b, c = bits 2, 1, 0 of i.
  for (int round = 0; round < 64; ++round) {
    unsigned table = round < 4 ? (unsigned[]){0x80, 0xfe, 0x96, 0xe8}[round]
                               : engine()() & 255;
    check(
        "lop3.b32", 32, {32, 32, 32}, integerCases({32, 32, 32}, 60),
        [=](const Case &c) {
          uint64_t result = 0;
          for (unsigned bit = 0; bit < 32; ++bit) {
            unsigned index = (c[0] >> bit & 1) * 4 + (c[1] >> bit & 1) * 2 +
                             (c[2] >> bit & 1);
            result |= uint64_t(table >> index & 1) << bit;
          }
          return result;
        },
        nullptr, ", " + std::to_string(table));
  }
}

TEST(Bits, Shifts) {
  // "shl", "shr": amounts greater than the width are clamped to it.
  for (unsigned width : {16u, 32u, 64u}) {
    auto cases = integerCases({width, 32});
    check("shl" + b(width), width, {width, 32}, cases, [=](const Case &c) {
      return c[1] >= width ? 0 : c[0] << c[1] & maskOf(width);
    });
    for (const char *type : {".b", ".u"})
      check("shr" + (type + std::to_string(width)), width, {width, 32}, cases,
            [=](const Case &c) { return c[1] >= width ? 0 : c[0] >> c[1]; });
    check("shr.s" + std::to_string(width), width, {width, 32}, cases,
          [=](const Case &c) {
            uint64_t result = 0, amount = c[1] > width ? width : c[1];
            for (unsigned bit = 0; bit < width; ++bit) {
              uint64_t from = bit + amount < width ? bit + amount : width - 1;
              result |= (c[0] >> from & 1) << bit;
            }
            return result;
          });
  }
  // "shf": d = the words shifted as one, n = c clamped or wrapped at 32.
  for (bool left : {false, true})
    for (bool clamp : {false, true})
      check(std::string("shf.") + (left ? "l" : "r") +
                (clamp ? ".clamp" : ".wrap") + ".b32",
            32, {32, 32, 32}, integerCases({32, 32, 32}), [=](const Case &c) {
              unsigned n =
                  unsigned(clamp ? std::min<uint64_t>(c[2], 32) : c[2] % 32);
              uint64_t result = 0;
              for (unsigned bit = 0; bit < 32; ++bit) {
                int from = left ? 32 + int(bit) - int(n) : int(bit + n);
                uint64_t word = from < 32 ? c[0] : c[1];
                result |= (word >> (from % 32) & 1) << bit;
              }
              return result;
            });
}

TEST(Bits, Bfe) {
  for (unsigned width : {32u, 64u})
    for (bool isSigned : {false, true})
      check("bfe." + std::string(isSigned ? "s" : "u") + std::to_string(width),
            width, {width, 32, 32}, integerCases({width, 32, 32}, 2000),
            [=](const Case &c) {
              unsigned msb = width - 1;
              unsigned pos = c[1] & 0xff, len = c[2] & 0xff;
              uint64_t sbit = !isSigned || len == 0
                                  ? 0
                                  : c[0] >> std::min(pos + len - 1, msb) & 1;
              uint64_t d = 0;
              for (unsigned i = 0; i <= msb; ++i)
                d |= (i < len && pos + i <= msb ? c[0] >> (pos + i) & 1 : sbit)
                     << i;
              return d;
            });
}

TEST(Bits, Bfi) {
  for (unsigned width : {32u, 64u})
    check("bfi" + b(width), width, {width, width, 32, 32},
          integerCases({width, width, 32, 32}, 2000), [=](const Case &c) {
            unsigned msb = width - 1;
            unsigned pos = c[2] & 0xff, len = c[3] & 0xff;
            uint64_t f = c[1];
            for (unsigned i = 0; i < len && pos + i <= msb; ++i)
              f = (f & ~(uint64_t(1) << (pos + i))) | (c[0] >> i & 1)
                                                          << (pos + i);
            return f;
          });
}

TEST(Bits, BfindFns) {
  for (unsigned width : {32u, 64u})
    for (bool isSigned : {false, true})
      for (bool shiftAmount : {false, true})
        check("bfind" + std::string(shiftAmount ? ".shiftamt" : "") +
                  (isSigned ? ".s" : ".u") + std::to_string(width),
              32, {width}, integerCases({width}, 2000), [=](const Case &c) {
                uint64_t a = c[0], d = 0xffffffff;
                if (isSigned && a >> (width - 1) & 1)
                  a = ~a;
                for (int i = int(width) - 1; i >= 0; --i)
                  if (a >> i & 1) {
                    d = uint64_t(i);
                    break;
                  }
                if (shiftAmount && d != 0xffffffff)
                  d = width - 1 - d;
                return d;
              });
  std::vector<Case> cases;
  for (int i = 0; i < 3000; ++i)
    cases.push_back({engine()() & engine()() & 0xffffffff, engine()() % 32,
                     uint64_t(int64_t(engine()() % 20) - 10) & 0xffffffff});
  check("fns.b32", 32, {32, 32, 32}, cases, [](const Case &c) -> uint64_t {
    int offset = int(int32_t(c[2])), base = int(c[1]);
    if (offset == 0)
      return c[0] >> base & 1 ? uint64_t(base) : 0xffffffff;
    int pos = base, count = std::abs(offset) - 1, inc = offset > 0 ? 1 : -1;
    for (; pos >= 0 && pos < 32; pos += inc)
      if (c[0] >> pos & 1) {
        if (count == 0)
          return uint64_t(pos);
        --count;
      }
    return 0xffffffff;
  });
}

TEST(Bits, Counts) {
  for (unsigned width : {32u, 64u}) {
    auto cases = integerCases({width}, 1000);
    check("popc" + b(width), 32, {width}, cases, [=](const Case &c) {
      uint64_t n = 0;
      for (unsigned bit = 0; bit < width; ++bit)
        n += c[0] >> bit & 1;
      return n;
    });
    check("clz" + b(width), 32, {width}, cases, [=](const Case &c) {
      uint64_t n = 0;
      while (n < width && !(c[0] >> (width - 1 - n) & 1))
        ++n;
      return n;
    });
    check("brev" + b(width), width, {width}, cases, [=](const Case &c) {
      uint64_t r = 0;
      for (unsigned bit = 0; bit < width; ++bit)
        r |= (c[0] >> bit & 1) << (width - 1 - bit);
      return r;
    });
  }
}

TEST(Bits, BmskSzext) {
  auto cases = integerCases({32, 32}, 1000);
  for (bool clamp : {false, true}) {
    std::string mode = clamp ? ".clamp" : ".wrap";
    check("bmsk" + mode + ".b32", 32, {32, 32}, cases, [=](const Case &c) {
      uint64_t first = clamp ? std::min<uint64_t>(c[0], 32) : c[0] % 32;
      uint64_t count = clamp ? std::min<uint64_t>(c[1], 32) : c[1] % 32;
      uint64_t result = 0;
      for (uint64_t bit = first; bit < first + count && bit < 32; ++bit)
        result |= uint64_t(1) << bit;
      return result;
    });
    for (bool isSigned : {false, true})
      check("szext" + mode + (isSigned ? ".s32" : ".u32"), 32, {32, 32}, cases,
            [=](const Case &c) {
              uint64_t n = clamp ? std::min<uint64_t>(c[1], 32) : c[1] % 32;
              uint64_t sign = isSigned && n ? c[0] >> (n - 1) & 1 : 0, r = 0;
              for (unsigned bit = 0; bit < 32; ++bit)
                r |= (bit < n ? c[0] >> bit & 1 : sign) << bit;
              return r;
            });
  }
}

TEST(Bits, Prmt) {
  // The tables of "prmt", msb first: sources of b3 b2 b1 b0 for c[1:0] = 0..3.
  struct {
    const char *mode;
    int bytes[4][4];
  } tables[] = {
      {".f4e", {{3, 2, 1, 0}, {4, 3, 2, 1}, {5, 4, 3, 2}, {6, 5, 4, 3}}},
      {".b4e", {{5, 6, 7, 0}, {6, 7, 0, 1}, {7, 0, 1, 2}, {0, 1, 2, 3}}},
      {".rc8", {{0, 0, 0, 0}, {1, 1, 1, 1}, {2, 2, 2, 2}, {3, 3, 3, 3}}},
      {".ecl", {{3, 2, 1, 0}, {3, 2, 1, 1}, {3, 2, 2, 2}, {3, 3, 3, 3}}},
      {".ecr", {{0, 0, 0, 0}, {1, 1, 1, 0}, {2, 2, 1, 0}, {3, 2, 1, 0}}},
      {".rc16", {{1, 0, 1, 0}, {3, 2, 3, 2}, {1, 0, 1, 0}, {3, 2, 3, 2}}}};
  auto byte = [](const Case &c, int i) {
    return (i < 4 ? c[0] >> 8 * i : c[1] >> 8 * (i - 4)) & 0xff;
  };
  auto cases = integerCases({32, 32, 32}, 500);
  for (auto &table : tables)
    check(std::string("prmt.b32") + table.mode, 32, {32, 32, 32}, cases,
          [&](const Case &c) {
            uint64_t result = 0;
            for (int i = 0; i < 4; ++i)
              result |= byte(c, table.bytes[c[2] & 3][3 - i]) << 8 * i;
            return result;
          });
  check("prmt.b32", 32, {32, 32, 32}, cases, [&](const Case &c) {
    uint64_t result = 0;
    for (int i = 0; i < 4; ++i) {
      unsigned control = c[2] >> 4 * i & 15;
      uint64_t value = byte(c, control & 7);
      if (control & 8)
        value = value >> 7 ? 0xff : 0;
      result |= value << 8 * i;
    }
    return result;
  });
}

TEST(Bits, Refused) {
  for (const char *text :
       {"and.u32 r0, r1, r2", "and.b8 r0, r1, r2", "shl.u32 r0, r1, r2",
        "shf.l.b32 r0, r1, r2, r3", "shf.l.wrap.b64 d0, d1, d2, r3",
        "lop3.b32 r0, r1, r2, r3, 256", "lop3.b32 r0, r1, r2, r3, r4",
        "bfe.b32 r0, r1, r2, r3", "bfi.u32 r0, r1, r2, r3, r4",
        "bfind.b32 r0, r1", "popc.u32 r0, r1", "popc.b16 r0, h1",
        "clz.b64 d0, d1", "brev.b16 h0, h1", "prmt.b64 d0, d1, d2, r3",
        "prmt.b32.f5e r0, r1, r2, r3", "bmsk.b32 r0, r1, r2",
        "cnot.pred p0, p1", "xor.f32 r0, r1, r2"})
    expectRefused(text);
}
} // namespace
