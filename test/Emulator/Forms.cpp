// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes a PTX module of every form of the scalar instructions that the
// emulator's decoders take, for ptxas to assemble: what the emulator runs
// exists. With --refused, of those that they refuse instead.

#include "ISA/Harness.h"

#include <cstdio>
#include <cstring>

using namespace lacuna::emulator;
using namespace lacuna::emulator::test;

namespace {
using Words = std::vector<std::string>;

/// An opcode, the choices for each place of its modifiers in the ISA's order
/// ("" for none; types last), and operands: T and S are registers of the first
/// and the last type's width, W twice T's, R of 32 bits, P and Q predicates, a
/// digit an immediate.
struct Family {
  std::string opcode;
  std::vector<Words> modifiers;
  Words operands;
};

const Words integers = {"u16", "u32", "u64", "s16", "s32", "s64"};
const Words packed = {"u16x2", "s16x2"};
const Words floats = {"f16", "f16x2", "bf16", "bf16x2", "f32", "f32x2", "f64"};
const Words bits = {"b16", "b32", "b64", "pred"};
const Words rounding = {"", "rn", "rz", "rm", "rp"};
const Words ftz = {"", "ftz"}, sat = {"", "sat"}, relu = {"", "relu"};
const Words comparisons = {"eq",  "ne",  "lt",  "le",  "gt",  "ge",
                           "equ", "neu", "ltu", "leu", "gtu", "geu",
                           "num", "nan", "lo",  "ls",  "hi",  "hs"};

Words operator+(Words a, const Words &b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<Family> families() {
  Words ints = integers + packed, all = ints + floats + bits;
  Words cvts = {"u8",  "u16", "u32", "u64",  "s8",  "s16",
                "s32", "s64", "f16", "bf16", "f32", "f64"};
  Words selectable = {"b16", "b32", "b64", "u16", "u32", "u64",
                      "s16", "s32", "s64", "f32", "f64"};
  Words compared = selectable + Words{"f16", "bf16"};
  Words words = {"u32", "s32"}, clamps = {"clamp", "wrap"};
  return {
      {"add", {rounding, ftz, sat, {"", "cc"}, all}, {"T,T,T"}},
      {"addc", {{"", "cc"}, all}, {"T,T,T"}},
      {"sub", {rounding, ftz, sat, {"", "cc"}, all}, {"T,T,T"}},
      {"subc", {{"", "cc"}, all}, {"T,T,T"}},
      {"mul", {rounding, ftz, sat, floats}, {"T,T,T"}},
      {"mul", {{"", "lo", "hi", "wide"}, ints}, {"T,T,T", "W,T,T"}},
      {"mad",
       {{"", "lo", "hi", "wide"}, sat, {"", "cc"}, ints},
       {"T,T,T,T", "W,T,T,W"}},
      {"madc", {{"lo", "hi"}, {"", "cc"}, ints}, {"T,T,T,T"}},
      {"mad", {rounding, ftz, sat, floats}, {"T,T,T,T"}},
      {"fma", {rounding, ftz, sat, relu, floats}, {"T,T,T,T"}},
      {"mul24", {{"lo", "hi"}, ints}, {"T,T,T"}},
      {"mad24", {{"lo", "hi"}, sat, ints}, {"T,T,T,T"}},
      {"div",
       {{"", "approx", "full", "rn", "rz", "rm", "rp"}, ftz, all},
       {"T,T,T"}},
      {"rem", {all}, {"T,T,T"}},
      {"abs", {ftz, all}, {"T,T"}},
      {"neg", {ftz, all}, {"T,T"}},
      {"min", {ftz, {"", "NaN"}, {"", "xorsign.abs"}, relu, all}, {"T,T,T"}},
      {"max", {ftz, {"", "NaN"}, {"", "xorsign.abs"}, relu, all}, {"T,T,T"}},
      {"sad", {ints}, {"T,T,T,T"}},
      {"dp4a", {words, words}, {"R,R,R,R"}},
      {"dp2a", {{"lo", "hi"}, words, words}, {"R,R,R,R"}},
      {"rcp", {{"", "approx", "rn", "rz", "rm", "rp"}, ftz, floats}, {"T,T"}},
      {"sqrt", {{"", "approx", "rn", "rz", "rm", "rp"}, ftz, floats}, {"T,T"}},
      {"rsqrt", {{"", "approx", "rn"}, ftz, floats}, {"T,T"}},
      {"ex2", {{"", "approx"}, ftz, floats}, {"T,T"}},
      {"tanh", {{"", "approx"}, ftz, floats}, {"T,T"}},
      {"lg2", {{"", "approx"}, ftz, floats}, {"T,T"}},
      {"sin", {{"", "approx"}, ftz, floats}, {"T,T"}},
      {"cos", {{"", "approx"}, ftz, floats}, {"T,T"}},
      {"testp",
       {{"finite", "infinite", "number", "notanumber", "normal", "subnormal"},
        floats},
       {"P,T"}},
      {"copysign", {floats}, {"T,T,T"}},
      {"and", {all}, {"T,T,T"}},
      {"or", {all}, {"T,T,T"}},
      {"xor", {all}, {"T,T,T"}},
      {"not", {all}, {"T,T"}},
      {"cnot", {all}, {"T,T"}},
      {"shl", {all}, {"T,T,R"}},
      {"shr", {all}, {"T,T,R"}},
      {"shf", {{"l", "r"}, clamps, bits}, {"T,T,T,R"}},
      {"lop3", {bits}, {"T,T,T,T,9"}},
      {"bfe", {all}, {"T,T,R,R"}},
      {"bfi", {all}, {"T,T,T,R,R"}},
      {"bfind", {{"", "shiftamt"}, all}, {"R,T"}},
      {"fns", {bits}, {"T,T,T,T"}},
      {"popc", {all}, {"R,T"}},
      {"clz", {all}, {"R,T"}},
      {"brev", {all}, {"T,T"}},
      {"bmsk", {clamps, all}, {"T,T,T"}},
      {"szext", {clamps, all}, {"T,T,R"}},
      {"prmt",
       {bits, {"", "f4e", "b4e", "rc8", "ecl", "ecr", "rc16"}},
       {"R,R,R,R"}},
      {"setp",
       {comparisons, {"", "and"}, ftz, compared},
       {"P,T,T", "P|Q,T,T,!P", "P,T,T,P"}},
      {"setp",
       {comparisons, {"", "xor"}, ftz, {"f16x2", "bf16x2"}},
       {"P,T,T", "P|Q,T,T", "P|Q,T,T,P"}},
      {"set",
       {comparisons,
        {"", "or"},
        ftz,
        {"u16", "s16", "u32", "s32", "f16", "bf16", "f32", "f16x2", "bf16x2"},
        compared + Words{"f16x2", "bf16x2"}},
       {"T,S,S", "T,S,S,P"}},
      {"selp", {all}, {"T,T,T,P"}},
      {"slct", {ftz, selectable, {"s32", "f32", "u32"}}, {"T,T,T,S"}},
      {"cvt",
       {{"", "rn", "rz", "rm", "rp", "rna", "rni", "rzi", "rmi", "rpi"},
        ftz,
        {"", "sat", "satfinite", "relu"},
        cvts + Words{"tf32"},
        cvts + Words{"tf32"}},
       {"T,S"}},
      {"cvt",
       {{"", "rn", "rz", "rm", "rna"},
        ftz,
        relu,
        {"", "satfinite"},
        {"f16x2", "bf16x2"},
        {"f32", "f64"}},
       {"T,S,S"}},
      {"cvt",
       {{"pack"}, {"", "sat"}, {"u8", "s8", "u16", "s16"}, {"s32"}},
       {"R,R,R"}},
      {"cvt",
       {{"pack"}, {"", "sat"}, {"u8", "s8", "u16", "s16"}, {"s32"}, {"b32"}},
       {"R,R,R,R"}},
      {"shfl",
       {{"sync"}, {"up", "down", "bfly", "idx"}, {"b32", "b64"}},
       {"T,T,R,R,R", "T|P,T,R,R,R"}},
      {"vote",
       {{"sync"}, {"all", "any", "uni", "ballot"}, {"pred", "b32"}},
       {"T,P,R", "T,!P,R"}},
      {"match",
       {{"any", "all"}, {"sync"}, {"b32", "b64"}},
       {"R,T,R", "R|P,T,R"}},
      {"redux",
       {{"sync"},
        {"add", "min", "max", "and", "or", "xor"},
        {"u32", "s32", "b32"}},
       {"T,T,R"}},
      {"activemask", {{"b32"}}, {"T"}},
      {"elect", {{"sync"}}, {"R|P,R"}}};
}

unsigned widthOf(const std::string &type) {
  if (type == "pred")
    return 1;
  if (type.find("x2") != std::string::npos)
    return 2 *
           unsigned(std::stoul(type.substr(type.find_first_of("0123456789"))));
  if (type == "tf32")
    return 32;
  return unsigned(std::stoul(type.substr(type.find_first_of("0123456789"))));
}
/// A register of the width; 8-bit values lie in 16 bits.
std::string registerOf(unsigned width, int index) {
  char bank = width == 1 ? 'p' : width <= 16 ? 'h' : width == 32 ? 'r' : 'd';
  return bank + std::to_string(index);
}

std::string operandsOf(const std::string &pattern, const Words &types) {
  std::string result;
  int index = 0;
  unsigned first = types.empty() ? 32 : widthOf(types.front());
  unsigned last = types.empty() ? 32 : widthOf(types.back());
  for (char c : pattern)
    switch (c) {
    case 'T':
      result += registerOf(first, index++);
      break;
    case 'S':
      result += registerOf(last, index++);
      break;
    case 'W':
      result += registerOf(2 * first, index++);
      break;
    case 'R':
      result += registerOf(32, index++);
      break;
    case 'P':
      result += "p5";
      break;
    case 'Q':
      result += "p6";
      break;
    case ',':
      result += ", ";
      break;
    default:
      result += c;
    }
  return result;
}

bool isType(const std::string &word) {
  return parseType(word).has_value() || word == "pred";
}

void expand(const Family &family, size_t at, Words chosen, Words &out) {
  if (at == family.modifiers.size()) {
    std::string opcode = family.opcode;
    Words types;
    for (const std::string &word : chosen) {
      if (word.empty())
        continue;
      opcode += "." + word;
      if (isType(word))
        types.push_back(word);
    }
    for (const std::string &pattern : family.operands)
      out.push_back(opcode + " " + operandsOf(pattern, types));
    return;
  }
  for (const std::string &word : family.modifiers[at]) {
    Words next = chosen;
    next.push_back(word);
    expand(family, at + 1, next, out);
  }
}
} // namespace

int main(int argc, char **argv) {
  bool refused = argc > 1 && !std::strcmp(argv[1], "--refused");
  std::printf(".version 8.7\n.target sm_100a\n.address_size 64\n"
              ".visible .entry forms()\n{\n.reg .b16 h<9>;\n.reg .b32 r<9>;\n"
              ".reg .b64 d<9>;\n.reg .pred p<9>;\n");
  size_t count = 0;
  for (const Family &family : families()) {
    Words texts;
    expand(family, 0, {}, texts);
    for (const std::string &text : texts) {
      TestWarp warp;
      if (decodeText(warp, text).error.empty() == refused)
        continue;
      ++count;
      std::printf("%s;\n", text.c_str());
    }
  }
  std::printf("ret;\n}\n// %zu forms\n", count);
  return 0;
}
