// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// See Harness.h.

#include "Harness.h"

#include "lacuna/Emulator/Error.h"

#include <cstdio>
#include <cstdlib>
#include <sstream>

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
constexpr unsigned perBank = 8;
constexpr uint64_t poison = 0xDEADBEEFCAFEF00D;

unsigned widthOf(char bank) {
  switch (bank) {
  case 'q':
    return 8;
  case 'h':
    return 16;
  case 'r':
    return 32;
  case 'd':
    return 64;
  default:
    return 1;
  }
}
char bankOf(unsigned width) {
  return width == 16 ? 'h' : width == 32 ? 'r' : 'd';
}
uint64_t cut(uint64_t value, unsigned width) {
  return width == 64 ? value : value & ((uint64_t(1) << width) - 1);
}
std::string trim(const std::string &s) {
  size_t first = s.find_first_not_of(' '), last = s.find_last_not_of(' ');
  return first == std::string::npos ? "" : s.substr(first, last - first + 1);
}
std::vector<std::string> split(const std::string &s, char at) {
  std::vector<std::string> parts;
  std::stringstream stream(s);
  for (std::string part; std::getline(stream, part, at);)
    parts.push_back(trim(part));
  return parts;
}

ptx::Operand parseOperand(const std::string &text,
                          std::vector<std::string> &names) {
  ptx::Operand operand;
  auto parts = split(text, '|');
  if (parts.size() == 2) {
    operand.kind = ptx::Operand::Kind::Pair;
    for (const std::string &part : parts)
      operand.elements.push_back(parseOperand(part, names));
    return operand;
  }
  if (text == "_")
    return operand;
  char first = text[text[0] == '-'];
  if (first >= '0' && first <= '9') {
    operand.kind = ptx::Operand::Kind::Integer;
    operand.integer = int64_t(std::strtoull(text.c_str(), nullptr, 0));
    return operand;
  }
  operand.kind = ptx::Operand::Kind::Name;
  operand.negated = text[0] == '!';
  names.push_back(text.substr(operand.negated));
  operand.name = names.back();
  return operand;
}
} // namespace

namespace lacuna::emulator::test {

TestWarp::TestWarp()
    : storage(1 + 26 * perBank), constants(64), predicateStorage(1 + perBank) {
  registers = storage.data();
  predicates = predicateStorage.data();
  banks[0] = storage.data();
  banks[1] = constants.data();
  live = allLanes;
}
Lanes &TestWarp::reg(const std::string &name) {
  return storage.at(1 + (name.at(0) - 'a') * perBank + (name.at(1) - '0'));
}
LaneMask &TestWarp::pred(const std::string &name) {
  return predicateStorage.at(1 + (name.at(1) - '0'));
}

class TestDecoder : public Decoder {
public:
  TestDecoder(TestWarp &warp, const ptx::Instruction &instruction)
      : warp(warp) {
    current = &instruction;
    ptxVersion = 85;
  }
  Operand read(const ptx::Operand &operand, Type type) override {
    return resolve(operand, type, false, true);
  }
  Operand readWide(const ptx::Operand &operand, Type type) override {
    return resolve(operand, type, true, true);
  }
  Operand write(const ptx::Operand &operand, Type type) override {
    return resolve(operand, type, false, false);
  }
  Operand writeWide(const ptx::Operand &operand, Type type) override {
    return resolve(operand, type, true, false);
  }
  Operand readAddress(const ptx::Operand &operand, Type type) override {
    return read(operand, type);
  }
  void finishList(const std::vector<Operand> &, Instruction &) override {
    error("no lists here");
  }
  MemoryOperand address(const ptx::Operand &) override {
    error("no addresses here");
  }
  bool isPredicate(const ptx::Operand &operand) override {
    return operand.kind == ptx::Operand::Kind::Name && operand.name[0] == 'p';
  }
  Operand constant(uint64_t bits, uint8_t width) override {
    for (uint64_t &lane : warp.constants.at(used).lane)
      lane = bits;
    Operand result;
    result.bank = Bank::Constants;
    result.index = used++;
    result.bits = width;
    return result;
  }

private:
  Operand resolve(const ptx::Operand &operand, Type type, bool wide,
                  bool isSource) {
    unsigned width = bitsOf(type);
    Operand result;
    result.bits = uint8_t(width);
    if (operand.kind == ptx::Operand::Kind::Sink && !isSource) {
      result.isSink = true;
      if (type == Type::Pred)
        result.bank = Bank::Predicates;
      return result;
    }
    if (operand.kind == ptx::Operand::Kind::Integer && isSource)
      return constant(cut(uint64_t(operand.integer), width), uint8_t(width));
    if (operand.kind != ptx::Operand::Kind::Name)
      error("unexpected kind of operand");
    unsigned actual = widthOf(operand.name[0]);
    if (wide ? actual < width : actual != width)
      error("register " + std::string(operand.name) + " does not have " +
            std::to_string(width) + " bits");
    result.bits = uint8_t(actual);
    result.negated = operand.negated;
    if (type == Type::Pred) {
      result.bank = Bank::Predicates;
      result.index = 1 + (operand.name[1] - '0');
    } else {
      result.index =
          1 + (operand.name[0] - 'a') * perBank + (operand.name[1] - '0');
    }
    return result;
  }

  TestWarp &warp;
  uint32_t used = 0;
};

Decoded decodeText(TestWarp &warp, const std::string &text) {
  Decoded result;
  ptx::Instruction parsed;
  parsed.line = 1;
  parsed.text = text;
  size_t space = text.find(' ');
  std::vector<std::string> words = split(text.substr(0, space), '.');
  std::vector<std::string> names;
  names.reserve(32);
  parsed.opcode = words[0];
  for (size_t i = 1; i < words.size(); ++i)
    parsed.modifiers.push_back(words[i]);
  for (const std::string &operand : split(text.substr(space + 1), ','))
    parsed.operands.push_back(parseOperand(operand, names));
  const std::vector<Decode> *decoders = Registry::get().find(parsed.opcode);
  if (!decoders) {
    result.error = "unknown opcode";
    return result;
  }
  result.error = "no decoder takes it";
  for (Decode decode : *decoders) {
    Instruction out;
    Modifiers modifiers(parsed);
    TestDecoder decoder(warp, parsed);
    try {
      if (!decode(decoder, modifiers, out))
        continue;
      if (!modifiers.empty()) {
        result.error = "modifier left: " + std::string(modifiers.front());
        return result;
      }
      result.instruction = out;
      result.error.clear();
      return result;
    } catch (const LoadError &error) {
      result.error = error.what();
      return result;
    }
  }
  return result;
}

void run(TestWarp &warp, const std::string &text, LaneMask mask) {
  Decoded decoded = decodeText(warp, text);
  ASSERT_EQ(decoded.error, "") << text;
  decoded.instruction.execute(warp, decoded.instruction, mask);
}

std::mt19937_64 &engine() {
  static std::mt19937_64 shared = [] {
    const char *given = std::getenv("LACUNA_TEST_SEED");
    uint64_t seed =
        given ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::printf("LACUNA_TEST_SEED=%llu\n", (unsigned long long)seed);
    return std::mt19937_64(seed);
  }();
  return shared;
}

static std::vector<uint64_t> integerEdges(unsigned width) {
  std::vector<uint64_t> edges = {0, 1, 2, 3, 7, 31, 32, 33, 63, 64, 255, 256};
  for (unsigned bit : {width / 2 - 1, width / 2, width - 1})
    for (int off : {-1, 0, 1})
      edges.push_back((uint64_t(1) << bit) + uint64_t(int64_t(off)));
  for (int small : {-1, -2, -32})
    edges.push_back(uint64_t(int64_t(small)));
  for (uint64_t &edge : edges)
    edge = cut(edge, width);
  return edges;
}

/// Every combination while it is small, else a random choice of them.
static std::vector<Case>
combine(const std::vector<std::vector<uint64_t>> &edges) {
  size_t total = 1;
  for (const auto &list : edges)
    total *= list.size();
  std::vector<Case> cases;
  size_t count = std::min<size_t>(total, 4000);
  for (size_t i = 0; i < count; ++i) {
    size_t index = count == total ? i : engine()() % total;
    Case c;
    for (const auto &list : edges) {
      c.push_back(list[index % list.size()]);
      index /= list.size();
    }
    cases.push_back(c);
  }
  return cases;
}

std::vector<Case> integerCases(const std::vector<unsigned> &widths,
                               size_t randomCount) {
  std::vector<std::vector<uint64_t>> edges;
  for (unsigned width : widths)
    edges.push_back(integerEdges(width));
  std::vector<Case> cases = combine(edges);
  for (size_t i = 0; i < randomCount; ++i) {
    Case c;
    for (unsigned width : widths)
      c.push_back(cut(engine()() >> engine()() % 64, width));
    cases.push_back(c);
  }
  return cases;
}

static std::vector<uint64_t> floatEdges(FloatKind kind) {
  unsigned exponent = kind == FloatKind::F16   ? 5
                      : kind == FloatKind::F64 ? 11
                                               : 8;
  unsigned fraction = kind == FloatKind::F16    ? 10
                      : kind == FloatKind::BF16 ? 7
                      : kind == FloatKind::F32  ? 23
                                                : 52;
  uint64_t one = ((uint64_t(1) << (exponent - 1)) - 1) << fraction;
  uint64_t infinity = ((uint64_t(1) << exponent) - 1) << fraction;
  uint64_t unit = uint64_t(1) << fraction;
  std::vector<uint64_t> edges = {0,
                                 1, // the least subnormal
                                 2,
                                 unit / 2, // a subnormal in the middle
                                 unit - 1, // the greatest subnormal
                                 unit,     // the least normal
                                 unit + 1,
                                 one - 1, // just below 1
                                 one,
                                 one + 1,
                                 one + unit,     // 2
                                 one + unit / 2, // 1.5
                                 one - unit,     // 0.5
                                 one + unit / 2 + 1,
                                 one + 2 * unit + unit / 4 + 1, // 5 and a bit
                                 one + (fraction - 1) * unit + 1,
                                 infinity - 1, // the greatest
                                 infinity,
                                 infinity + unit / 2,      // quiet NaN
                                 infinity + unit / 4 + 1}; // signalling NaN
  size_t count = edges.size();
  for (size_t i = 0; i < count; ++i)
    edges.push_back(edges[i] | uint64_t(1) << (exponent + fraction));
  return edges;
}

std::vector<Case> floatCases(FloatKind kind, unsigned sources,
                             size_t randomCount) {
  std::vector<Case> cases =
      combine(std::vector<std::vector<uint64_t>>(sources, floatEdges(kind)));
  unsigned width = kind == FloatKind::F64   ? 64
                   : kind == FloatKind::F32 ? 32
                                            : 16;
  unsigned fraction = kind == FloatKind::F16    ? 10
                      : kind == FloatKind::BF16 ? 7
                      : kind == FloatKind::F32  ? 23
                                                : 52;
  for (size_t i = 0; i < randomCount; ++i) {
    Case c;
    uint64_t base = engine()();
    for (unsigned s = 0; s < sources; ++s) {
      uint64_t value = engine()();
      if (i % 2) // exponents close to each other, so that digits meet
        value = (base >> fraction << fraction) +
                ((engine()() % 5) << fraction) +
                (value & ((uint64_t(1) << fraction) - 1)) +
                (value >> 63 << (width - 1));
      if (i % 8 == 7) // few digits: ties
        value = value >> (fraction - 3) << (fraction - 3);
      c.push_back(cut(value, width));
    }
    cases.push_back(c);
  }
  return cases;
}

static std::string hex(uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
  return text;
}

void check(const std::string &opcode, unsigned width,
           const std::vector<unsigned> &sourceWidths,
           const std::vector<Case> &cases, const Oracle &oracle,
           const Equal &equal, const std::string &suffix) {
  TestWarp warp;
  std::string target = std::string(1, bankOf(width)) + "0";
  std::string text = opcode + " " + target;
  std::vector<std::string> names;
  for (size_t s = 0; s < sourceWidths.size(); ++s) {
    names.push_back(bankOf(sourceWidths[s]) + std::to_string(s + 1));
    text += ", " + names.back();
  }
  text += suffix;
  Decoded decoded = decodeText(warp, text);
  ASSERT_EQ(decoded.error, "") << text;
  for (size_t begin = 0; begin < cases.size(); begin += warpSize) {
    size_t count = std::min<size_t>(warpSize, cases.size() - begin);
    LaneMask mask = count == warpSize ? allLanes : (LaneMask(1) << count) - 1;
    if (begin / warpSize % 4 == 3) // some with holes
      mask &= LaneMask(engine()());
    if (!mask)
      continue;
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      warp.reg(target).lane[lane] = poison;
      for (size_t s = 0; s < names.size(); ++s)
        warp.reg(names[s]).lane[lane] =
            cases[begin + std::min<size_t>(lane, count - 1)].at(s);
    }
    decoded.instruction.execute(warp, decoded.instruction, mask);
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      uint64_t got = warp.reg(target).lane[lane];
      if (!(mask >> lane & 1)) {
        ASSERT_EQ(got, poison) << text << " changed lane " << lane;
        continue;
      }
      const Case &inputs = cases[begin + lane];
      uint64_t want = oracle(inputs);
      bool same = equal ? equal(got, want, inputs) : got == want;
      if (same)
        continue;
      std::string values;
      for (uint64_t value : inputs)
        values += " " + hex(value);
      FAIL() << text << " of" << values << ": got " << hex(got) << ", expected "
             << hex(want);
    }
  }
}

void checkPredicate(const std::string &opcode,
                    const std::vector<unsigned> &sourceWidths,
                    const std::vector<Case> &cases, const Oracle &oracle) {
  TestWarp warp;
  std::string text = opcode + " p0";
  std::vector<std::string> names;
  for (size_t s = 0; s < sourceWidths.size(); ++s) {
    names.push_back(bankOf(sourceWidths[s]) + std::to_string(s + 1));
    text += ", " + names.back();
  }
  Decoded decoded = decodeText(warp, text);
  ASSERT_EQ(decoded.error, "") << text;
  for (size_t begin = 0; begin < cases.size(); begin += warpSize) {
    size_t count = std::min<size_t>(warpSize, cases.size() - begin);
    LaneMask mask = count == warpSize ? allLanes : (LaneMask(1) << count) - 1;
    LaneMask before = LaneMask(engine()());
    warp.pred("p0") = before;
    for (unsigned lane = 0; lane < count; ++lane)
      for (size_t s = 0; s < names.size(); ++s)
        warp.reg(names[s]).lane[lane] = cases[begin + lane].at(s);
    decoded.instruction.execute(warp, decoded.instruction, mask);
    ASSERT_EQ(warp.pred("p0") & ~mask, before & ~mask) << text;
    for (unsigned lane = 0; lane < count; ++lane) {
      const Case &inputs = cases[begin + lane];
      std::string values;
      for (uint64_t value : inputs)
        values += " " + hex(value);
      ASSERT_EQ(warp.pred("p0") >> lane & 1, oracle(inputs))
          << text << " of" << values;
    }
  }
}

void expectRefused(const std::string &text) {
  TestWarp warp;
  EXPECT_NE(decodeText(warp, text).error, "") << text << " should be refused";
}

} // namespace lacuna::emulator::test
