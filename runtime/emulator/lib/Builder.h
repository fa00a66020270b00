// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The decoder proper: makes the Program of one kernel. Families see it as a
// Decoder; those of control flow, in Control.cpp, see this.

#ifndef LACUNA_EMULATOR_LIB_BUILDER_H
#define LACUNA_EMULATOR_LIB_BUILDER_H

#include "Program.h"
#include "lacuna/Emulator/Decoder.h"

#include <unordered_set>

namespace lacuna::emulator {

/// What all kernels of a module share.
struct ModuleIndex {
  ModuleIndex(const ptx::Module &module, const SymbolTable &globals);

  const ptx::Module &module;
  const SymbolTable &globals;
  /// Definitions before declarations.
  std::unordered_map<std::string_view, uint32_t> functions;
  std::unordered_map<std::string_view, const ptx::Variable *> variables;
  /// Functions whose address is taken: what an indirect call may reach.
  std::vector<uint32_t> addressTaken;
  /// Instructions decoded so far: each kernel has its own copy of what it
  /// calls, which hostile text could make many of.
  mutable size_t decoded = 0;
};

class Builder : public Decoder {
public:
  Builder(const ModuleIndex &index, Program &program);
  void build(uint32_t root);

  Operand read(const ptx::Operand &operand, Type type) override;
  Operand readWide(const ptx::Operand &operand, Type type) override;
  Operand readAddress(const ptx::Operand &operand, Type type) override;
  Operand write(const ptx::Operand &operand, Type type) override;
  Operand writeWide(const ptx::Operand &operand, Type type) override;
  MemoryOperand address(const ptx::Operand &operand) override;
  bool isPredicate(const ptx::Operand &operand) override;
  Operand constant(uint64_t bits, uint8_t width) override;
  void finishList(const std::vector<Operand> &operands,
                  Instruction &out) override;
  using Decoder::address;
  using Decoder::read;
  using Decoder::write;

  // For control flow.

  /// The index of a label; Instruction::imm is to be it, and becomes the pc.
  int64_t label(std::string_view name);
  void resolveLabelLater();
  /// The targets of a .branchtargets list, which become pcs.
  std::vector<uint32_t> *branchTargets(std::string_view name);
  /// The call site of the current `call`; -1 as function: indirect.
  CallSite &callSite(Instruction &out);
  bool inKernel() const { return function->isEntry; }
  int64_t currentFunction() const { return functionIndex; }
  /// Adds an instruction behind the current one.
  void addAfter(const Instruction &instruction) {
    after.push_back(instruction);
  }
  Program &program;

private:
  struct Name {
    enum class Kind { None, Register, Predicate, Memory, Function, Special };
    Kind kind = Kind::None;
    uint32_t index = 0;
    uint8_t bits = 0;
    Space space = Space::Generic;
    uint64_t address = 0;
    /// Of a variable in memory.
    uint64_t bytes = 0;
    Special special = Special::Zero;
  };

  void collect(uint32_t moduleFunction);
  void layOutShared();
  void decodeFunction(uint32_t index);
  void layOutParams(FunctionCode &code);
  void declareMemory();
  void decodeInstruction(const ptx::Instruction &instruction);
  void append(Instruction instruction);
  void finishBranches();

  Name find(std::string_view name);
  Name findVariable(unsigned index, uint64_t element);
  Operand asRegister(const Name &name, std::string_view spelled);
  Operand immediate(const ptx::Operand &operand, Type type);
  uint64_t allocateLocal(uint64_t bytes, uint64_t align);
  std::vector<TransferItem> transfer(const std::vector<ptx::Operand> &values,
                                     const std::vector<uint32_t> &bytes);

  const ModuleIndex &index;
  /// Module indices of the functions, callees first.
  std::vector<uint32_t> order;
  std::unordered_set<uint32_t> collected;
  bool hasIndirectCalls = false;
  std::unordered_map<std::string_view, uint64_t> sharedAddresses;
  std::unordered_map<const ptx::Variable *, uint64_t> functionShared;
  uint64_t dynamicShared = 0;
  std::unordered_map<uint64_t, uint32_t> constantOf;
  std::unordered_map<uint8_t, uint32_t> specialOf;

  // Of the function being decoded.
  const ptx::Function *function = nullptr;
  uint32_t functionIndex = 0;
  /// Variable and element to register or predicate.
  std::unordered_map<uint64_t, uint32_t> slots;
  /// Addresses of its variables in memory.
  std::unordered_map<unsigned, uint64_t> addresses;
  std::vector<uint32_t> pcOf;
  std::vector<uint32_t> branches;
  std::vector<std::vector<uint32_t> *> branchLists;
  std::vector<Instruction> before, after;
  bool pendingBranch = false;
};

/// Bytes and layout of values passed in a call.
uint32_t layOutTransfer(const std::vector<uint32_t> &bytes,
                        std::vector<uint32_t> &offsets);

/// The instruction that a function begins with, and those that end it.
void makeEnter(Instruction &out, int64_t function);
void makeReturn(Instruction &out, int64_t function, bool isKernel);
/// Whether lanes at `instruction` may leave for elsewhere than what follows it;
/// appends all places in the function that they may be next then.
bool appendTargets(const Program &program, const Instruction &instruction,
                   std::vector<uint32_t> &targets);
/// Ranks the instructions of a function, whose branches are resolved.
void orderBlocks(Program &program, const FunctionCode &function);
/// Makes an instruction with Sync wait for its lanes.
void waitForLanes(Instruction &instruction);
/// Puts the current value of a changing special register into op[0].
void makeReadSpecial(Instruction &out, Special special);

} // namespace lacuna::emulator

#endif // LACUNA_EMULATOR_LIB_BUILDER_H
