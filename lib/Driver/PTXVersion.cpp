// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The lowest version of PTX that kernels need. A driver refuses PTX of a
// version that it does not know, so code should not ask for more than it uses.
// One table of instructions; the versions of targets are in GPUTarget.cpp.

#include "DeviceCode.h"

#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Instructions.h"

using namespace llvm;
using namespace lacuna;

namespace {
struct Need {
  StringLiteral text;
  unsigned version;
};
} // namespace

/// The version of PTX, times 10, of which LLVM knows any instruction.
static constexpr unsigned kNewest = 90;

/// Intrinsics by the start of their names, behind "llvm.nvvm."; the longest
/// match counts. Versions are those of "PTX ISA Notes" at each instruction.
/// Those of PTX 7.0 and before stand in one line, as sm_80 needs that anyway.
static constexpr Need kIntrinsics[] = {
    // Matrices (PTX ISA 9.7.14).
    {"mma.sp.ordered.metadata.", 85},
    {"mma.sp.", 71},
    {"mma.", 70},
    {"wmma.", 71},
    {"ldmatrix.", 70},
    {"ldmatrix.sync.aligned.m16n16.", 86},
    {"ldmatrix.sync.aligned.m8n16.", 86},
    {"stmatrix.", 78},
    {"wgmma.", 80},
    {"tcgen05.", 86},
    // Copies and barriers (PTX ISA 9.7.9.25, 9.7.13).
    {"cp.async.", 70},
    {"cp.async.bulk.", 80},
    {"mbarrier.", 80},
    {"mbarrier.init", 70},
    {"mbarrier.inval", 70},
    {"mbarrier.arrive", 70},
    {"mbarrier.arrive.expect.tx", 80},
    {"mbarrier.test.wait", 70},
    {"mbarrier.try.wait", 78},
    {"fence.", 80},
    {"barrier.cluster.", 78},
    {"mapa.", 78},
    {"getctarank.", 78},
    {"is_explicit_cluster", 78},
    {"read.ptx.sreg.cluster", 78},
    {"read.ptx.sreg.nclusterid", 78},
    {"setmaxnreg.", 80},
    {"elect.sync", 80},
    {"griddepcontrol.", 78},
    {"prefetch.", 80},
    // The rest.
    {"redux.sync.f", 86},
    {"tanh.approx.", 70},
    {"tanh.approx.bf16", 78},
    {"ex2.approx.ftz.bf16", 78},
#define LACUNA_FIRST(name) {name, 70}
    LACUNA_FIRST("abs."),
    LACUNA_FIRST("activemask"),
    LACUNA_FIRST("add."),
    LACUNA_FIRST("atomic."),
    LACUNA_FIRST("bar."),
    LACUNA_FIRST("barrier"),
    LACUNA_FIRST("bfind"),
    LACUNA_FIRST("bf2h"),
    LACUNA_FIRST("bitcast."),
    LACUNA_FIRST("ceil."),
    LACUNA_FIRST("cos."),
    LACUNA_FIRST("d2"),
    LACUNA_FIRST("div."),
    LACUNA_FIRST("ex2."),
    LACUNA_FIRST("exit"),
    LACUNA_FIRST("f2"),
    LACUNA_FIRST("fabs"),
    LACUNA_FIRST("ff2"),
    LACUNA_FIRST("floor."),
    LACUNA_FIRST("fma."),
    LACUNA_FIRST("fmax."),
    LACUNA_FIRST("fmin."),
    LACUNA_FIRST("fns"),
    LACUNA_FIRST("i2"),
    LACUNA_FIRST("idp"),
    LACUNA_FIRST("isspacep."),
    LACUNA_FIRST("ldg."),
    LACUNA_FIRST("ldu."),
    LACUNA_FIRST("lg2."),
    LACUNA_FIRST("ll2"),
    LACUNA_FIRST("lohi."),
    LACUNA_FIRST("match."),
    LACUNA_FIRST("membar."),
    LACUNA_FIRST("move."),
    LACUNA_FIRST("mul"),
    LACUNA_FIRST("nanosleep"),
    LACUNA_FIRST("neg."),
    LACUNA_FIRST("prmt"),
    LACUNA_FIRST("ptr."),
    LACUNA_FIRST("rcp."),
    LACUNA_FIRST("read.ptx.sreg."),
    LACUNA_FIRST("redux.sync."),
    LACUNA_FIRST("reflect"),
    LACUNA_FIRST("round."),
    LACUNA_FIRST("rsqrt."),
    LACUNA_FIRST("sad."),
    LACUNA_FIRST("saturate."),
    LACUNA_FIRST("shfl."),
    LACUNA_FIRST("sin."),
    LACUNA_FIRST("sqrt."),
    LACUNA_FIRST("trunc."),
    LACUNA_FIRST("ui2"),
    LACUNA_FIRST("ull2"),
    LACUNA_FIRST("vote."),
#undef LACUNA_FIRST
};

/// What inline PTX may say that is newer than PTX 7.0.
static constexpr Need kInline[] = {
    {"::ordered_metadata", 85},
    {"mma.sp", 71},
    {"stmatrix", 78},
    {"wgmma.", 80},
    {"cp.async.bulk", 80},
    {"mbarrier.try_wait", 78},
    {"expect_tx", 80},
    {"fence.proxy", 80},
    {"setmaxnreg", 80},
    {"griddepcontrol", 78},
    {"mapa", 78},
    {"barrier.cluster", 78},
    {"elect.sync", 80},
    {"tcgen05", 86},
    {"tensormap.", 83},
    {".e4m3", 84},
    {".e5m2", 84},
    {"tanh.approx.bf16", 78},
    {"ex2.approx.ftz.bf16", 78},
    {"add.rn.bf16", 78},
    {"mul.rn.bf16", 78},
    {"sub.rn.bf16", 78},
    {"atom.add.noftz.bf16", 78},
    {".evict_", 74},
    {".L2::cache_hint", 74},
    {".L2::128B", 74},
};

static unsigned getIntrinsicVersion(StringRef name) {
  if (!name.consume_front("llvm.nvvm."))
    return 0;
  const Need *longest = nullptr;
  for (const Need &need : kIntrinsics)
    if (name.starts_with(need.text) &&
        (!longest || need.text.size() > longest->text.size()))
      longest = &need;
  // An instruction that nobody wrote down must not end in a code generator
  // that cannot select it.
  return longest ? longest->version : kNewest;
}

static unsigned getInlineVersion(StringRef text) {
  unsigned version = 0;
  for (const Need &need : kInline)
    if (text.contains(need.text))
      version = std::max(version, need.version);
  return version;
}

unsigned lacuna::getPTXVersion(const Module &kernels, const GPUTarget &target) {
  unsigned version = target.ptxVersion;
  for (const Function &function : kernels) {
    if (function.isIntrinsic() && !function.use_empty())
      version = std::max(version, getIntrinsicVersion(function.getName()));
    for (const BasicBlock &block : function)
      for (const Instruction &instruction : block)
        if (auto *call = dyn_cast<CallInst>(&instruction))
          if (auto *assembly = dyn_cast<InlineAsm>(call->getCalledOperand()))
            version =
                std::max(version, getInlineVersion(assembly->getAsmString()));
  }
  return version;
}
