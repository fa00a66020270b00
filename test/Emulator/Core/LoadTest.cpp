// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loading: what the decoder refuses, with line and text; targets; fatbins.

#include "Support.h"

#include <cstring>

using namespace lacuna::emulator::test;

namespace {
class Load : public DeviceTest {};

TEST_F(Load, RefusesWhatItDoesNotHave) {
  struct Case {
    const char *body, *message;
  };
  for (const Case &c : std::vector<Case>{
           {"frobnicate.u32 %r1, %r2;",
            "line 8: 'frobnicate.u32 %r1, %r2': the emulator does not have the "
            "instruction 'frobnicate'"},
           {"ld.global.shiny.u32 %r1, [%rd1];", "the modifier '.shiny'"},
           {"ld.global.f16 %h1, [%rd1];", "this form of 'ld'"},
           {"bar.cluster.sync 0;", "this form of 'bar'"},
           {"mov.u32 %r1;", "expected 2 operands, found 1"},
           {"mov.u32 %r1, %nowhere;", "'%nowhere' is not declared"},
           {"mov.u32 %r1, %r32;", "'%r32' is not declared"},
           {"mov.u32 %r1, %r01;", "'%r01' is not declared"},
           {"mov.u32 %r1, %rd1;", "'%rd1' has 64 bits, expected 32"},
           {"mov.u32 %r1, %p1;", "'%p1' is a predicate"},
           {"mov.u32 5, %r1;", "expected a register to write to"},
           {"mov.u32 %tid.x, %r1;", "'%tid.x' cannot be written"},
           {"ld.global.u64 %r1, [%rd1];", "'%r1' has 32 bits, expected 64"},
           {"st.global.u64 [%rd1], %r1;", "'%r1' has 32 bits, expected 64"},
           {"ld.global.u32 %r1, [%h1];", "cannot be an address"},
           {"ld.global.v2.u32 %r1, [%rd1];", "expected 2 registers, found 1"},
           {"mov.b64 {%r1, %r2, %r3}, %rd1;", "cannot take 64 bits apart"},
           {"bra NOWHERE;", "the label 'NOWHERE' is not declared"},
           {"{ L: } bra L;", "the label 'L' is not declared"},
           {"@%r1 ret;", "'%r1' is no predicate"},
           {"call nobody;", "'nobody' is not declared"},
           {"brx.idx %r1, LIST;", "the list 'LIST' is not declared"},
           {"call (%r1), f, (%r2, %r3);", "expected 1 arguments, found 2"},
           {"call f, (%r2);", "expected 1 results, found 0"},
           {"call outside;", "'outside' is declared, but not defined"},
           {"ld.global.u32 %r1, [ext];", "'ext' is declared, but not defined"},
           {"call %rd1;", "expected a prototype"},
           {"call k;", "does not call kernels"}}) {
    expectRefused(
        kernel(c.body,
               ".func (.reg .b32 r) f(.reg .b32 x) { ret; }.extern .func "
               "outside(); .extern .global .u32 ext;"),
        c.message);
  }
}

TEST_F(Load, RefusesWhatNoKernelCalls) {
  expectRefused(kernel("", ".func f() { frobnicate; }"),
                "line 4: 'frobnicate'");
}

TEST_F(Load, RefusesDoubleDefinitions) {
  expectRefused(kernel("", ".func k() { ret; }"), "defined twice");
  expectRefused(kernel("", ".global .b32 a; .global .b32 a;"),
                "declared twice");
}

TEST_F(Load, RefusesTooMuchMemory) {
  expectRefused(kernel(".shared .b8 s[49153];"), "more than 49152");
  expectRefused(kernel(".local .b8 s[524289];"), "524288 bytes of local");
  std::string params = kernel("");
  params.replace(params.find(".param .u64 p3"), 14, ".param .b8 p3[40000]");
  expectRefused(params, "32764 bytes of parameters");
  EXPECT_EQ(tryLoad(kernel("", ".global .b8 huge[1000000000000];")),
            LACUNA_ERROR_MEMORY);
  // 3000 kernels with the same large function each.
  std::string body = ".func f() {";
  for (int i = 0; i < 3000; ++i)
    body += "ret;";
  body += "}";
  std::string kernels;
  for (int i = 0; i < 3000; ++i)
    kernels += ".entry k" + std::to_string(i) + "() { call f; ret; }";
  expectRefused(kernel("", body + kernels), "instructions");
}

TEST_F(Load, GarbageAndNull) {
  expectRefused(std::string("\x7f"
                            "ELF....",
                            8),
                "the image is a cubin: the emulator executes PTX");
  expectRefused("", "expected '.version'");
  expectRefused(std::string(100, '\xEE'), "unexpected character");
  EXPECT_EQ(table.module_load(device, nullptr, 4, &module),
            LACUNA_ERROR_ARGUMENT);
  lacuna_kernel *kernel = nullptr;
  load(lacuna::emulator::test::kernel(""));
  EXPECT_EQ(table.module_kernel(device, module, "nobody", &kernel),
            LACUNA_ERROR_ARGUMENT);
  EXPECT_NE(error().find("no kernel 'nobody' in the module, it has 'k'"),
            std::string::npos)
      << error();
}

std::string forTarget(const std::string &target) {
  std::string text = kernel("");
  return text.replace(text.find("sm_80"), 5, target);
}

TEST_F(Load, TargetsAboveTheDevice) {
  load(forTarget("sm_75"));
  load(forTarget("sm_80"));
  expectRefused(forTarget("sm_90"),
                "the PTX is for sm_90, and does not run on sm_80");
  expectRefused(forTarget("sm_90a"), "the PTX is for sm_90a");
  expectRefused(forTarget("gfx90"), "'gfx90' is no architecture");
  open("");
  EXPECT_STREQ(table.architecture(device), "sm_90a");
  load(forTarget("sm_90a"));
  load(forTarget("sm_80"));
  expectRefused(forTarget("sm_100"), "does not run on sm_90a");
  open("sm_100");
  expectRefused(forTarget("sm_90a"), "does not run on sm_100");
}

// A fatbin as fatbinary writes it uncompressed.
template <typename T> void put(std::string &bytes, size_t at, T value) {
  std::memcpy(&bytes[at], &value, sizeof(T));
}
std::string image(uint16_t kind, uint32_t arch, std::string data,
                  uint64_t flags = 0) {
  data.resize((data.size() + 8) / 8 * 8);
  std::string header(64, '\0');
  put<uint16_t>(header, 0, kind);
  put<uint32_t>(header, 4, 64);
  put<uint64_t>(header, 8, data.size());
  put<uint32_t>(header, 28, arch);
  put<uint64_t>(header, 40, flags);
  return header + data;
}
std::string fatbin(const std::string &images) {
  std::string header(16, '\0');
  put<uint32_t>(header, 0, 0xba55ed50);
  put<uint16_t>(header, 4, 1);
  put<uint16_t>(header, 6, 16);
  put<uint64_t>(header, 8, images.size());
  return header + images;
}

TEST_F(Load, FatbinsGiveTheirBestPtx) {
  auto storing = [](const char *target, int value) {
    std::string text =
        kernel("ld.param.u64 %rd0, [p0]; st.global.u32 [%rd0], " +
               std::to_string(value) + ";");
    return text.replace(text.find("sm_80"), 5, target);
  };
  std::string bytes =
      fatbin(image(2, 80, "cubin") + image(1, 75, storing("sm_75", 75)) +
             image(1, 80, storing("sm_80", 80)) +
             image(1, 90, storing("sm_90", 90)) + image(2, 90, "cubin"));
  for (auto [name, best] : {std::pair{"sm_80", 80},
                            {"sm_86", 80},
                            {"sm_90a", 90},
                            {"sm_75", 75},
                            {"sm_120", 90}}) {
    open(name);
    load(bytes);
    uint64_t out = upload(std::vector<int>(1));
    launch(1, 1, {out});
    EXPECT_EQ(download<int>(out, 1)[0], best) << name;
  }
}

TEST_F(Load, FatbinsWithoutPtxForTheDevice) {
  std::string bytes =
      fatbin(image(2, 80, "cubin") + image(1, 90, forTarget("sm_90")));
  expectRefused(bytes, "the fatbin has no PTX that runs on sm_80, it has: "
                       "cubin sm_80, PTX sm_90");
  for (size_t size = 4; size < bytes.size(); size += 7)
    EXPECT_EQ(tryLoad(bytes.substr(0, size)), LACUNA_ERROR_ARTIFACT);
  expectRefused(fatbin(image(1, 80, "garbage", 0x2000)),
                "is compressed: build it with 'fatbinary --compress=false'");
}

TEST_F(Load, VariablesGoWithTheirModule) {
  load(kernel("ld.param.u64 %rd0, [p0]; mov.u64 %rd1, g;\n"
              "st.global.u64 [%rd0], %rd1;",
              ".global .u32 g = 5;\n"));
  uint64_t out = upload(std::vector<uint64_t>(1));
  launch(1, 1, {out});
  uint64_t g = download<uint64_t>(out, 1)[0];
  EXPECT_EQ(download<uint32_t>(g, 1)[0], 5u);
  load(kernel("ld.param.u64 %rd0, [p0]; ld.global.u32 %r1, [%rd0];"));
  expectFault(1, 1, {g}, {"released"});
}
} // namespace
