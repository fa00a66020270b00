// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CPUID, by LLVM's names for features: the bits that the compiler's own host
// detection reads (llvm::sys::getHostCPUFeatures), so that a model compiled
// for a host is accepted there. Intel SDM volume 2A, CPUID; AMD APM volume 3,
// appendix E.

#include "CpuFeatures.h"

#include "Error.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <sstream>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

using namespace lacuna::runtime;

#if defined(__x86_64__)
namespace {
enum Register : uint8_t { EAX, EBX, ECX, EDX };

/// What the operating system must save besides, as bits of XCR0.
enum State : uint32_t {
  None = 0,
  YMM = 0x6,
  ZMM = 0xe6,
  TMM = 0x60000,
};

struct Feature {
  const char *name;
  uint32_t leaf;
  uint8_t subleaf;
  Register where;
  uint8_t bit;
  State state = None;
};

constexpr uint32_t Ext1 = 0x80000001, Ext8 = 0x80000008;

constexpr Feature features[] = {
    {"cx8", 1, 0, EDX, 8},
    {"cmov", 1, 0, EDX, 15},
    {"mmx", 1, 0, EDX, 23},
    {"fxsr", 1, 0, EDX, 24},
    {"sse", 1, 0, EDX, 25},
    {"sse2", 1, 0, EDX, 26},
    {"sse3", 1, 0, ECX, 0},
    {"pclmul", 1, 0, ECX, 1},
    {"ssse3", 1, 0, ECX, 9},
    {"fma", 1, 0, ECX, 12, YMM},
    {"cx16", 1, 0, ECX, 13},
    {"sse4.1", 1, 0, ECX, 19},
    {"sse4.2", 1, 0, ECX, 20},
    {"crc32", 1, 0, ECX, 20},
    {"movbe", 1, 0, ECX, 22},
    {"popcnt", 1, 0, ECX, 23},
    {"aes", 1, 0, ECX, 25},
    {"xsave", 1, 0, ECX, 26, YMM},
    {"avx", 1, 0, ECX, 28, YMM},
    {"f16c", 1, 0, ECX, 29, YMM},
    {"rdrnd", 1, 0, ECX, 30},
    {"sahf", Ext1, 0, ECX, 0},
    {"lzcnt", Ext1, 0, ECX, 5},
    {"sse4a", Ext1, 0, ECX, 6},
    {"prfchw", Ext1, 0, ECX, 8},
    {"xop", Ext1, 0, ECX, 11, YMM},
    {"lwp", Ext1, 0, ECX, 15, YMM},
    {"fma4", Ext1, 0, ECX, 16, YMM},
    {"tbm", Ext1, 0, ECX, 21},
    {"mwaitx", Ext1, 0, ECX, 29},
    {"64bit", Ext1, 0, EDX, 29},
    {"clzero", Ext8, 0, EBX, 0},
    {"rdpru", Ext8, 0, EBX, 4},
    {"wbnoinvd", Ext8, 0, EBX, 9},
    {"fsgsbase", 7, 0, EBX, 0},
    {"sgx", 7, 0, EBX, 2},
    {"bmi", 7, 0, EBX, 3},
    {"avx2", 7, 0, EBX, 5, YMM},
    {"bmi2", 7, 0, EBX, 8},
    {"invpcid", 7, 0, EBX, 10},
    {"rtm", 7, 0, EBX, 11},
    {"avx512f", 7, 0, EBX, 16, ZMM},
    {"avx512dq", 7, 0, EBX, 17, ZMM},
    {"rdseed", 7, 0, EBX, 18},
    {"adx", 7, 0, EBX, 19},
    {"avx512ifma", 7, 0, EBX, 21, ZMM},
    {"clflushopt", 7, 0, EBX, 23},
    {"clwb", 7, 0, EBX, 24},
    {"avx512cd", 7, 0, EBX, 28, ZMM},
    {"sha", 7, 0, EBX, 29},
    {"avx512bw", 7, 0, EBX, 30, ZMM},
    {"avx512vl", 7, 0, EBX, 31, ZMM},
    {"avx512vbmi", 7, 0, ECX, 1, ZMM},
    {"pku", 7, 0, ECX, 4},
    {"waitpkg", 7, 0, ECX, 5},
    {"avx512vbmi2", 7, 0, ECX, 6, ZMM},
    {"shstk", 7, 0, ECX, 7},
    {"gfni", 7, 0, ECX, 8},
    {"vaes", 7, 0, ECX, 9, YMM},
    {"vpclmulqdq", 7, 0, ECX, 10, YMM},
    {"avx512vnni", 7, 0, ECX, 11, ZMM},
    {"avx512bitalg", 7, 0, ECX, 12, ZMM},
    {"avx512vpopcntdq", 7, 0, ECX, 14, ZMM},
    {"rdpid", 7, 0, ECX, 22},
    {"kl", 7, 0, ECX, 23},
    {"cldemote", 7, 0, ECX, 25},
    {"movdiri", 7, 0, ECX, 27},
    {"movdir64b", 7, 0, ECX, 28},
    {"enqcmd", 7, 0, ECX, 29},
    {"uintr", 7, 0, EDX, 5},
    {"avx512vp2intersect", 7, 0, EDX, 8, ZMM},
    {"serialize", 7, 0, EDX, 14},
    {"tsxldtrk", 7, 0, EDX, 16},
    {"pconfig", 7, 0, EDX, 18},
    {"amx-bf16", 7, 0, EDX, 22, TMM},
    {"avx512fp16", 7, 0, EDX, 23, ZMM},
    {"amx-tile", 7, 0, EDX, 24, TMM},
    {"amx-int8", 7, 0, EDX, 25, TMM},
    {"sha512", 7, 1, EAX, 0},
    {"sm3", 7, 1, EAX, 1},
    {"sm4", 7, 1, EAX, 2},
    {"raoint", 7, 1, EAX, 3},
    {"avxvnni", 7, 1, EAX, 4, YMM},
    {"avx512bf16", 7, 1, EAX, 5, ZMM},
    {"cmpccxadd", 7, 1, EAX, 7},
    {"amx-fp16", 7, 1, EAX, 21, TMM},
    {"hreset", 7, 1, EAX, 22},
    {"avxifma", 7, 1, EAX, 23, YMM},
    {"movrs", 7, 1, EAX, 31},
    {"avxvnniint8", 7, 1, EDX, 4, YMM},
    {"avxneconvert", 7, 1, EDX, 5, YMM},
    {"amx-complex", 7, 1, EDX, 8, TMM},
    {"avxvnniint16", 7, 1, EDX, 10, YMM},
    {"prefetchi", 7, 1, EDX, 14},
    {"usermsr", 7, 1, EDX, 15},
    {"egpr", 7, 1, EDX, 21},
    {"push2pop2", 7, 1, EDX, 21},
    {"ppx", 7, 1, EDX, 21},
    {"ndd", 7, 1, EDX, 21},
    {"ccmp", 7, 1, EDX, 21},
    {"nf", 7, 1, EDX, 21},
    {"cf", 7, 1, EDX, 21},
    {"zu", 7, 1, EDX, 21},
    {"xsaveopt", 0xd, 1, EAX, 0, YMM},
    {"xsavec", 0xd, 1, EAX, 1, YMM},
    {"xsaves", 0xd, 1, EAX, 3, YMM},
    {"ptwrite", 0x14, 0, EBX, 4},
    {"widekl", 0x19, 0, EBX, 2},
    {"amx-fp8", 0x1e, 1, EAX, 4, TMM},
    {"amx-transpose", 0x1e, 1, EAX, 5, TMM},
    {"amx-tf32", 0x1e, 1, EAX, 6, TMM},
    {"amx-avx512", 0x1e, 1, EAX, 7, TMM},
    {"amx-movrs", 0x1e, 1, EAX, 8, TMM},
    {"avx10.1", 7, 1, EDX, 19, ZMM},
    {"avx10.1-512", 7, 1, EDX, 19, ZMM},
};

/// XCR0: which registers the operating system saves.
uint32_t savedState() {
  unsigned regs[4];
  constexpr unsigned osxsave = 1u << 27;
  if (!__get_cpuid(1, &regs[0], &regs[1], &regs[2], &regs[3]) ||
      !(regs[2] & osxsave))
    return 0;
  uint32_t low, high;
  asm("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

bool hostHas(const Feature &feature, uint32_t saved) {
  unsigned regs[4];
  if (!__get_cpuid_count(feature.leaf, feature.subleaf, &regs[0], &regs[1],
                         &regs[2], &regs[3]))
    return false;
  // Subleaf 0 of leaf 7 says in EAX how many there are.
  if (feature.leaf == 7 && feature.subleaf == 1) {
    unsigned base[4];
    if (!__get_cpuid_count(7, 0, &base[0], &base[1], &base[2], &base[3]) ||
        base[0] < 1)
      return false;
  }
  return (regs[feature.where] >> feature.bit & 1) &&
         (saved & feature.state) == feature.state;
}
} // namespace
#endif // __x86_64__

#if defined(__x86_64__)
namespace {
/// What the environment's LACUNA_CPU_LACKS names.
std::vector<std::string> getMaskedFeatures() {
  const char *list = std::getenv("LACUNA_CPU_LACKS");
  std::istringstream stream(list ? list : "");
  std::vector<std::string> names;
  for (std::string name; std::getline(stream, name, ',');) {
    if (std::none_of(std::begin(features), std::end(features),
                     [&](const Feature &f) { return name == f.name; }))
      throw Error(LACUNA_ERROR_ARGUMENT,
                  "LACUNA_CPU_LACKS names the CPU feature '" + name +
                      "', which is not known here; expected names such as "
                      "avx512f, separated by commas");
    names.push_back(name);
  }
  return names;
}
} // namespace
#endif // __x86_64__

std::vector<std::string>
lacuna::runtime::findMissingFeatures(const std::vector<std::string> &wanted) {
  std::vector<std::string> missing;
#if defined(__x86_64__)
  uint32_t saved = savedState();
  std::vector<std::string> masked = getMaskedFeatures();
  for (const std::string &name : wanted) {
    bool found = false;
    for (const Feature &feature : features)
      found |= name == feature.name && hostHas(feature, saved);
    if (!found || std::count(masked.begin(), masked.end(), name))
      missing.push_back(name);
  }
#else
  missing = wanted;
#endif
  return missing;
}
