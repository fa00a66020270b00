// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// PTX text to its tree: what nvcc and LLVM write, and text that is wrong,
// truncated or made to hurt.

#include "lacuna/Emulator/Error.h"
#include "lacuna/Emulator/PTX.h"

#include <gtest/gtest.h>

#include <random>

using namespace lacuna::emulator;
using ptx::Operand;

namespace {
constexpr const char *head = ".version 8.5\n.target sm_90a\n.address_size 64\n";

/// Something of everything that nvcc and LLVM write.
constexpr const char *everything = R"(
// A comment, /* and one in it
.version 7.1
.target sm_80, debug
.address_size 64
	.file	1 "/tmp/a b.cu", 1700000000, 123
.extern .shared .align 16 .b8 dyn[];
.visible .global .align 8 .b8 bytes[16] = {1, 0xFF, 0b101, 017, -1};
.global .attribute(.managed) .f32 pi = 0f40490FDB;
.const .align 4 .v2 .f32 pair[1] = {{1.5, -2.5e0}};
.global .u64 table[] = {f, bytes+4, generic(pi)};
.extern .func (.param .b32 r) outside (.param .b64 a, .param .b64 b);
.visible .func (.param .align 8 .b8 result[16]) f(.param .b32 x, .reg .f32 y)
.noreturn;
.weak .entry
k(
  .param .u64 .ptr .global .align 16 k_param_0,
  .param .align 8 .b8 k_param_1[24]
)
.maxntid 256, 2
.minnctapersm 3
.pragma "nounroll";
{
	.reg .pred 	%p<3>;
	.reg .b32 	%r<10>, single;
	.local .align 16 .b8 	__local_depot0[48];
	.loc	1 3 5, function_name $L__info_string0, inlined_at 1 9 2
	mov.b64 	%SPL, __local_depot0;
	/* a long
	   comment */
	@!%p1 bra 	$L__BB0_2;
	{ // callseq 0, 0
	.param .b32 param0;
	call.uni (retval0), f, (param0, single);
	} // callseq 0
$L__BB0_2:
	ld.global.nc.L1::no_allocate.L2::128B.v4.f32 {%r1, _, %r3, %r4}, [%rd1+-16];
	setp.lt.and.s32 	%p1|%p2, %r1, -(1 + 2) * 4, !%p2;
	mov.u32 %r5, %tid.x;
	mov.u32 %r5, WARP_SZ;
	add.f32 %r6, -%r6, 0fBF800000;
	mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16.f16.f32 {%r1}, {%r2}, {%r3}, {%r4}, %r5, 0x0;
targets:
	.branchtargets $L__BB0_2, end;
proto : .callprototype (.param .b32 _) _ (.param .b64 _, .param .b32 _);
	call (%r1), %rd1, (%r2, %r3), proto;
	cp.async.bulk.tensor.2d.shared::cluster.global.tile [%r1], [%rd2, {%r3, %r4}], [%r5];
end: ret;
}
.section .debug_abbrev { .b8 1 .b32 $L__x { .b8 2 } }
)";

ptx::Module parse(const std::string &text) { return ptx::parse(text); }

void expectError(const std::string &text, unsigned line,
                 const std::string &message) {
  try {
    parse(text);
    ADD_FAILURE() << "accepted: " << text.substr(0, 200);
  } catch (const LoadError &error) {
    EXPECT_EQ(error.line(), line) << error.what();
    EXPECT_NE(std::string(error.what()).find(message), std::string::npos)
        << "found: " << error.what() << "\nexpected: " << message;
  }
}

TEST(Parser, Declarations) {
  ptx::Module m = parse(everything);
  EXPECT_EQ(m.version, 71u);
  EXPECT_EQ(m.target, "sm_80");
  ASSERT_EQ(m.variables.size(), 5u);
  EXPECT_TRUE(m.variables[0].isExtern && m.variables[0].isUnsized);
  EXPECT_EQ(m.variables[0].align, 16u);
  EXPECT_EQ(m.variables[0].space, Space::Shared);
  EXPECT_EQ(m.variables[1].name, "bytes");
  EXPECT_EQ(m.variables[1].bytes, 16u);
  EXPECT_EQ(m.variables[1].align, 8u);
  EXPECT_EQ(m.variables[1].data, (std::vector<uint8_t>{1, 0xFF, 5, 15, 0xFF}));
  EXPECT_EQ(m.variables[2].data,
            (std::vector<uint8_t>{0xDB, 0x0F, 0x49, 0x40}));
  EXPECT_EQ(m.variables[3].bytes, 8u);
  EXPECT_EQ(m.variables[3].data,
            (std::vector<uint8_t>{0, 0, 0xC0, 0x3F, 0, 0, 0x20, 0xC0}));
  ASSERT_EQ(m.variables[4].relocations.size(), 3u);
  EXPECT_EQ(m.variables[4].bytes, 24u);
  EXPECT_EQ(m.variables[4].relocations[1].symbol, "bytes");
  EXPECT_EQ(m.variables[4].relocations[1].addend, 4);
  EXPECT_EQ(m.variables[4].relocations[1].offset, 8u);
  EXPECT_TRUE(m.variables[4].relocations[2].generic);
}

TEST(Parser, Functions) {
  ptx::Module m = parse(everything);
  ASSERT_EQ(m.functions.size(), 3u);
  EXPECT_FALSE(m.functions[0].hasBody);
  EXPECT_TRUE(m.functions[0].isExtern);
  EXPECT_EQ(m.functions[0].params.size(), 2u);
  EXPECT_TRUE(m.functions[1].noReturn);
  EXPECT_EQ(m.functions[1].results[0].bytes, 16u);
  EXPECT_EQ(m.functions[1].params[1].space, Space::Register);
  const ptx::Function &k = m.functions[2];
  EXPECT_TRUE(k.isEntry && k.isWeak && k.hasBody);
  EXPECT_EQ(k.maxThreads[0], 256u);
  EXPECT_EQ(k.maxThreads[1], 2u);
  EXPECT_EQ(k.maxThreads[2], 1u);
  EXPECT_EQ(k.params[1].bytes, 24u);
  EXPECT_EQ(k.scopes.size(), 2u);
  EXPECT_EQ(k.scopes[0].labels.at("$L__BB0_2"), 3u);
  EXPECT_EQ(k.scopes[0].targets.at("targets").size(), 2u);
  EXPECT_EQ(k.prototypes[0].params.size(), 2u);
  EXPECT_EQ(k.variables[k.scopes[0].variables.at("%r")].range, 10u);
}

TEST(Parser, Instructions) {
  ptx::Module m = parse(everything);
  const auto &body = m.functions[2].body;
  ASSERT_EQ(body.size(), 12u);
  EXPECT_EQ(body[0].line, 28u);
  EXPECT_EQ(body[1].guard, "%p1");
  EXPECT_TRUE(body[1].guardNegated);
  EXPECT_EQ(body[1].text, "@!%p1 bra \t$L__BB0_2");
  EXPECT_EQ(body[2].opcode, "call");
  EXPECT_EQ(body[2].scope, 1u);
  EXPECT_EQ(body[2].operands[0].kind, Operand::Kind::List);
  EXPECT_EQ(body[2].operands[2].elements.size(), 2u);
  const ptx::Instruction &load = body[3];
  EXPECT_EQ(load.modifiers[2], "L1::no_allocate");
  EXPECT_EQ(load.operands[0].elements[1].kind, Operand::Kind::Sink);
  EXPECT_EQ(load.operands[1].kind, Operand::Kind::Address);
  EXPECT_EQ(load.operands[1].name, "%rd1");
  EXPECT_EQ(load.operands[1].integer, -16);
  const ptx::Instruction &setp = body[4];
  EXPECT_EQ(setp.operands[0].kind, Operand::Kind::Pair);
  EXPECT_EQ(setp.operands[0].elements[1].name, "%p2");
  EXPECT_EQ(setp.operands[2].integer, -12);
  EXPECT_TRUE(setp.operands[3].negated);
  EXPECT_EQ(body[5].operands[1].name, "%tid.x");
  EXPECT_EQ(body[6].operands[1].integer, 32);
  EXPECT_TRUE(body[7].operands[1].minus);
  EXPECT_EQ(body[7].operands[2].real, -1.0);
  EXPECT_EQ(body[8].opcode, "mma");
  EXPECT_EQ(body[8].modifiers[0], "sp::ordered_metadata");
  EXPECT_EQ(body[10].operands[1].elements[0].elements.size(), 2u);
}

TEST(Parser, ConstantExpressions) {
  auto value = [](const std::string &text) {
    ptx::Module m = parse(std::string(head) + ".global .s64 x = " + text + ";");
    int64_t result = 0;
    for (unsigned i = 0; i < 8; ++i)
      result |= int64_t(uint64_t(m.variables[0].data[i]) << (8 * i));
    return result;
  };
  EXPECT_EQ(value("1 + 2 * 3 - 4"), 3);
  EXPECT_EQ(value("(1 + 2) * -3"), -9);
  EXPECT_EQ(value("1 << 4 | 3 & 1 ^ 8"), 16 | ((3 & 1) ^ 8));
  EXPECT_EQ(value("7 % 4 == 3 && 2 > 1 ? 10 : 20"), 10);
  EXPECT_EQ(value("~0 >> 60"), -1);
  EXPECT_EQ(value("!5 + 0x10U"), 16);
  EXPECT_EQ(value("(.u64)5 - 2 - 1"), 2);
  EXPECT_EQ(value("0x8000000000000000 / -1"), INT64_MIN);
}

TEST(Parser, InvalidText) {
  std::string h = head, k = h + ".entry k() {\n";
  expectError("", 1, "expected '.version', with which PTX begins");
  expectError("hello", 1, "'hello': expected '.version'");
  expectError(".version 85\n", 1, "expected a version such as 8.5");
  expectError(".version 8.5\n.func", 2, "expected '.target'");
  expectError(h + ".global .b32 x = 1 +;", 4, "expected a constant, found ';'");
  expectError(h + ".global .b32 x = 1/0;", 4, "divided by 0");
  expectError(h + ".global .b32 x[2] = {1,2,3};", 4, "more initializers");
  expectError(h + ".global .b32 x[];", 4, "open size");
  expectError(h + ".shared .b32 x = 3;", 4, "have initializers");
  expectError(h + ".global .b128x y;", 4, "variables of '.b128x'");
  expectError(h + ".global .align 3 .b8 y;", 4, "power of two");
  expectError(h + ".texref t;", 4, "does not have the directive '.texref'");
  expectError(h + ".alias a, b;", 4, "does not have the directive '.alias'");
  expectError(h + "/* never", 4, "never ends");
  expectError(h + ".global .f32 x = 0f123;", 4, "8 hexadecimal digits");
  expectError(h + ".global .u64 x = 0x1ffffffffffffffff;", 4, "64 bits");
  expectError(h + ".global .b8 x[1099511627776][4];", 4, "2^40 bytes");
  expectError(h + ".global .b8 \x01;", 4, "unexpected character");
  expectError(k, 5, "expected '}' of the function");
  expectError(k + "add.s32 %r1, %r2\n}", 6, "expected ',' or ';', found '}'");
  expectError(k + "add.s32 %r1, [%r2;}", 5, "expected ']'");
  expectError(k + ".reg .b32 a; .reg .b32 a;", 5, "'a' is declared twice");
  expectError(k + "L: L: ret;", 5, "the label 'L' is declared twice");
  expectError(k + ".reg .v2 .b32 a;", 5, "vector registers");
  expectError(k + "ld.u32 %r1, a[4];", 5, "write the address");
  expectError(k + "@ add;", 5, "expected an instruction");
  expectError(h + ".entry k(.reg .b32 x) { ret; }", 4, "are in '.param'");
  expectError(h + ".entry k(.param .b8 x[2000000]);", 4, "1 MiB");
}

TEST(Parser, HostileText) {
  auto repeat = [](const std::string &text, size_t count) {
    std::string result;
    for (size_t i = 0; i < count; ++i)
      result += text;
    return result;
  };
  std::string h = head, k = h + ".entry k() {\n";
  expectError(k + repeat("{", 100000), 5, "nested too deeply");
  expectError(k + "mov.u32 %r1, " + repeat("(", 100000), 5, "too deeply");
  expectError(k + "mov.u32 %r1, " + repeat("-", 100000), 5, "too deeply");
  expectError(k + "mov.u32 %r1, " + repeat("1?1:", 100000), 5, "too deeply");
  expectError(k + "mov.u32 " + repeat("{", 100000), 5, "too deeply");
  expectError(k + "mov.u32 " + repeat("a|", 100000), 5, "too deeply");
  expectError(h + ".global .b8 x[9] = " + repeat("{", 100000), 4, "braces");
  expectError(h + ".global .b8 x" + repeat("[1]", 100000), 4,
              "more than 16 dimensions");
  // Each row would take a million bytes for four characters of text.
  expectError(h + ".global .b8 x[1000000][1000000] = {" +
                  repeat("{1},", 100000) + "};",
              4, "2^28 bytes");
  expectError(k + repeat(";", 10) + repeat("a;", 2200000), 5,
              "2^21 instructions");
  EXPECT_THROW(parse(std::string(size_t(33) << 20, ' ')), LoadError);
  // Registers cost nothing until they are used.
  parse(k + ".reg .b32 %r<4294967295>; ret; }");
  // What follows a 0 is not looked at.
  EXPECT_EQ(parse(h + std::string("\0garbage", 8)).functions.size(), 0u);
}

TEST(Parser, TruncatedText) {
  std::string text = everything;
  for (size_t size = 0; size < text.size(); ++size) {
    try {
      parse(text.substr(0, size));
    } catch (const LoadError &error) {
      EXPECT_GT(error.line(), 0u);
    }
  }
}

TEST(Parser, DamagedText) {
  std::mt19937 random(7);
  std::string pool = "{}[]()<>,;:.%@!|+-0x9fr\"/*\n\0\xFF";
  for (int i = 0; i < 5000; ++i) {
    std::string text = everything;
    for (int k = random() % 4; k >= 0; --k) {
      size_t at = random() % text.size();
      switch (random() % 3) {
      case 0:
        text[at] = pool[random() % pool.size()];
        break;
      case 1:
        text.erase(at, random() % 8);
        break;
      default:
        text.insert(at, text.substr(random() % text.size(), random() % 40));
      }
    }
    try {
      parse(text);
    } catch (const LoadError &) {
    }
  }
}

TEST(Parser, MessagesAreOneReadableLine) {
  try {
    parse(std::string(head) + ".global .b32 " + std::string(500, 'x') +
          "\t\x80\n;");
    ADD_FAILURE();
  } catch (const LoadError &error) {
    std::string message = error.what();
    EXPECT_LT(message.size(), 250u);
    for (char c : message)
      EXPECT_TRUE(c >= ' ' && c < 127);
  }
}
} // namespace
