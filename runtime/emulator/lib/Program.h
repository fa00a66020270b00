// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A kernel ready to run: its code and that of all functions it may call, in
// one address space of pcs, and what a launch must provide. Callees stand
// before their callers, so that the innermost ranks first.
//
// Every function has registers, local memory and parameters of its own at
// fixed places: a thread is in a function at most once (recursion faults).

#ifndef LACUNA_EMULATOR_LIB_PROGRAM_H
#define LACUNA_EMULATOR_LIB_PROGRAM_H

#include "lacuna/Emulator/Instruction.h"
#include "lacuna/Emulator/PTX.h"

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace lacuna::emulator {

// The generic address space. Global memory is the host's, below 2^56; the
// other windows are told by the top byte.
inline constexpr uint64_t windowMask = uint64_t(0xFF) << 56;
inline constexpr uint64_t sharedWindow = uint64_t(1) << 56;
inline constexpr uint64_t localWindow = uint64_t(2) << 56;
inline constexpr uint64_t paramWindow = uint64_t(3) << 56;
/// Not memory: index of a function << 4.
inline constexpr uint64_t functionWindow = uint64_t(4) << 56;
/// In .param: parameters of kernels lie below, those of functions and calls
/// above, in the thread's local memory.
inline constexpr uint64_t functionParamBase = uint64_t(1) << 24;

/// Special registers that keep their value while a block runs.
enum class Special : uint8_t {
  TidX,
  TidY,
  TidZ,
  NtidX,
  NtidY,
  NtidZ,
  CtaidX,
  CtaidY,
  CtaidZ,
  NctaidX,
  NctaidY,
  NctaidZ,
  LaneId,
  WarpId,
  NwarpId,
  SmId,
  NsmId,
  GridId,
  LanemaskEq,
  LanemaskLe,
  LanemaskLt,
  LanemaskGe,
  LanemaskGt,
  Zero,
  One,
  TotalShared,
  DynamicShared,
  // These change: read by an instruction of their own.
  Clock,
  ClockHigh,
  Clock64,
  GlobalTimer,
  GlobalTimerHigh
};

struct SpecialInfo {
  Special id;
  uint8_t bits;
};
/// Nothing when there is none of that name ("%tid.x").
const SpecialInfo *findSpecial(std::string_view name);

/// Where the value of a parameter goes in a call: from or to a register, or
/// memory of the caller, at an offset in the transfer area.
struct TransferItem {
  bool isRegister = false;
  Operand reg;
  /// Offset in the thread's local memory.
  uint64_t local = 0;
  uint32_t bytes = 0;
  uint32_t offset = 0;
};

struct CallSite {
  /// Index of the function; -1: in op[0].
  int32_t function = -1;
  /// What the caller believes of the callee: bytes of each value.
  std::vector<uint32_t> argumentBytes, resultBytes;
  std::vector<TransferItem> arguments, results;
};

struct FunctionCode {
  std::string_view name;
  /// Its index in the module: what its address is made of.
  uint32_t moduleIndex = 0;
  bool isEntry = false;
  uint32_t entry = 0, end = 0;
  /// The register that holds the return pc, the predicate of lanes inside.
  uint32_t returnRegister = 0, insidePredicate = 0;
  std::vector<TransferItem> params, results;
};

struct KernelParam {
  uint32_t offset = 0;
  uint32_t bytes = 0;
};

struct Source {
  uint32_t line = 0;
  std::string_view text;
};

struct Program {
  /// Keeps the views alive.
  std::shared_ptr<const std::string> text;
  std::string name;
  std::vector<Instruction> code;
  std::vector<Source> source;
  uint32_t entry = 0;

  std::vector<Lanes> constants;
  std::deque<std::vector<Operand>> lists;
  /// Register 0 is written by sinks.
  uint32_t registers = 1;
  /// Predicate 0 is always true, 1 is written by sinks.
  uint32_t predicates = 2;
  std::vector<std::pair<Special, uint32_t>> specials;

  std::vector<FunctionCode> functions;
  /// By index in the module; -1 when not in this program.
  std::vector<int32_t> functionOfModule;
  std::deque<CallSite> calls;
  std::deque<std::vector<uint32_t>> branchTargets;

  std::vector<KernelParam> params;
  uint32_t paramBytes = 0;
  /// Static; dynamic shared memory follows at a multiple of dynamicAlign.
  uint64_t sharedBytes = 0;
  uint64_t dynamicAlign = 16;
  /// Of a thread, parameters of functions included.
  uint64_t localBytes = 0;
  uint32_t transferBytes = 0;

  uint32_t maxThreads[3] = {0, 0, 0};
  uint32_t requiredThreads[3] = {0, 0, 0};
  uint32_t requiredCluster[3] = {0, 0, 0};

  const FunctionCode *functionAt(uint32_t pc) const;
};

/// Addresses of the module's variables, made before its code is decoded.
using SymbolTable = std::unordered_map<std::string_view, uint64_t>;

/// The programs of all kernels of the module; throws LoadError. Functions that
/// no kernel calls are decoded, too, so that what they use is refused.
std::vector<std::unique_ptr<Program>> decode(const ptx::Module &module,
                                             const SymbolTable &globals);

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_PROGRAM_H
