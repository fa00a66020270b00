// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One kernel and its callees, from the tree to a Program. Names and operands
// are in BuilderOperands.cpp.

#include "Builder.h"
#include "lacuna/Emulator/Error.h"

#include <algorithm>

using namespace lacuna::emulator;

namespace {
/// Limits of the CUDA programming guide, "Compute Capabilities".
constexpr uint64_t mostLocalBytes = 512 * 1024;
constexpr uint32_t mostParamBytes = 32764;
/// Static shared memory; more is asked for at launch.
constexpr uint64_t mostStaticShared = 48 * 1024;

constexpr size_t mostDecoded = size_t(1) << 22;

uint64_t alignTo(uint64_t value, uint64_t align) {
  return (value + align - 1) / align * align;
}

/// Calls f with each name among the operands.
template <typename F>
void forEachName(const std::vector<ptx::Operand> &operands, F &&f) {
  for (const ptx::Operand &operand : operands) {
    if (!operand.name.empty())
      f(operand.name);
    if (!operand.elements.empty())
      forEachName(operand.elements, f);
  }
}

/// The operand of a call that names or holds the function.
const ptx::Operand *callee(const ptx::Instruction &call) {
  for (const ptx::Operand &operand : call.operands)
    if (operand.kind != ptx::Operand::Kind::List)
      return &operand;
  return nullptr;
}
} // namespace

ModuleIndex::ModuleIndex(const ptx::Module &module, const SymbolTable &globals)
    : module(module), globals(globals) {
  for (uint32_t i = 0; i < module.functions.size(); ++i) {
    const ptx::Function &function = module.functions[i];
    auto [it, isNew] = functions.emplace(function.name, i);
    if (isNew || !function.hasBody)
      continue;
    if (module.functions[it->second].hasBody)
      throw LoadError(function.line, function.name,
                      "the function is defined twice");
    it->second = i;
  }
  for (const ptx::Variable &variable : module.variables) {
    auto [it, isNew] = variables.emplace(variable.name, &variable);
    if (isNew)
      continue;
    if (!variable.isExtern && !it->second->isExtern)
      throw LoadError(variable.line, variable.name,
                      "the variable is declared twice");
    if (!variable.isExtern)
      it->second = &variable;
  }
  std::unordered_set<uint32_t> taken;
  auto take = [&](std::string_view name) {
    auto it = functions.find(name);
    if (it != functions.end() && taken.insert(it->second).second)
      addressTaken.push_back(it->second);
  };
  for (const ptx::Variable &variable : module.variables)
    for (const ptx::Relocation &relocation : variable.relocations)
      take(relocation.symbol);
  for (const ptx::Function &function : module.functions)
    for (const ptx::Instruction &instruction : function.body)
      if (instruction.opcode != "call")
        forEachName(instruction.operands, take);
}

std::vector<std::unique_ptr<Program>>
lacuna::emulator::decode(const ptx::Module &module,
                         const SymbolTable &globals) {
  ModuleIndex index(module, globals);
  std::vector<std::unique_ptr<Program>> programs;
  std::unordered_set<std::string_view> reached;
  auto build = [&](uint32_t root) {
    auto program = std::make_unique<Program>();
    program->text = module.text;
    Builder(index, *program).build(root);
    for (const FunctionCode &function : program->functions)
      reached.insert(function.name);
    return program;
  };
  for (uint32_t i = 0; i < module.functions.size(); ++i)
    if (module.functions[i].isEntry && module.functions[i].hasBody)
      programs.push_back(build(i));
  for (uint32_t i = 0; i < module.functions.size(); ++i)
    if (module.functions[i].hasBody && !reached.count(module.functions[i].name))
      build(i);
  return programs;
}

Builder::Builder(const ModuleIndex &index, Program &program)
    : program(program), index(index) {
  ptxVersion = index.module.version;
  // Operands of value 0 that stand for nothing: constant 0.
  constant(0, 64);
}

/// Depth first, so that callees come before callers.
void Builder::collect(uint32_t root) {
  struct Frame {
    uint32_t function;
    size_t next;
  };
  std::vector<Frame> stack;
  auto visit = [&](uint32_t i) {
    if (index.module.functions[i].hasBody && collected.insert(i).second)
      stack.push_back({i, 0});
  };
  visit(root);
  while (!stack.empty()) {
    Frame &frame = stack.back();
    const auto &body = index.module.functions[frame.function].body;
    if (frame.next == body.size()) {
      order.push_back(frame.function);
      stack.pop_back();
      continue;
    }
    const ptx::Instruction &instruction = body[frame.next++];
    if (instruction.opcode != "call")
      continue;
    const ptx::Operand *target = callee(instruction);
    auto it =
        target ? index.functions.find(target->name) : index.functions.end();
    if (it != index.functions.end()) {
      visit(it->second);
    } else if (!hasIndirectCalls) {
      hasIndirectCalls = true;
      for (uint32_t taken : index.addressTaken)
        visit(taken);
    }
  }
}

/// Shared variables of the functions and of the module, as far as they are
/// named; the extern ones begin where dynamic shared memory does.
void Builder::layOutShared() {
  std::unordered_set<std::string_view> named;
  for (uint32_t i : order) {
    const ptx::Function &f = index.module.functions[i];
    for (const ptx::Instruction &instruction : f.body)
      forEachName(instruction.operands,
                  [&](std::string_view name) { named.insert(name); });
  }
  for (const ptx::Variable &variable : index.module.variables) {
    if (variable.space != Space::Shared || !named.count(variable.name))
      continue;
    if (variable.isExtern || variable.isUnsized) {
      program.dynamicAlign = std::max(program.dynamicAlign, variable.align);
      continue;
    }
    program.sharedBytes = alignTo(program.sharedBytes, variable.align);
    sharedAddresses[variable.name] = program.sharedBytes;
    program.sharedBytes += variable.bytes;
  }
  for (uint32_t i : order)
    for (const ptx::Variable &variable : index.module.functions[i].variables) {
      if (variable.space != Space::Shared)
        continue;
      if (variable.isExtern || variable.isUnsized) {
        program.dynamicAlign = std::max(program.dynamicAlign, variable.align);
        continue;
      }
      program.sharedBytes = alignTo(program.sharedBytes, variable.align);
      functionShared[&variable] = program.sharedBytes;
      program.sharedBytes += variable.bytes;
    }
  dynamicShared = alignTo(program.sharedBytes, program.dynamicAlign);
}

void Builder::build(uint32_t root) {
  const ptx::Function &kernel = index.module.functions[root];
  program.name = std::string(kernel.name);
  for (unsigned i = 0; i < 3; ++i) {
    program.maxThreads[i] = kernel.maxThreads[i];
    program.requiredThreads[i] = kernel.requiredThreads[i];
    program.requiredCluster[i] = kernel.requiredCluster[i];
  }
  collect(root);
  layOutShared();
  if (program.sharedBytes > mostStaticShared)
    throw LoadError(kernel.line, kernel.name,
                    "the kernel declares " +
                        std::to_string(program.sharedBytes) +
                        " bytes of shared memory, more than 49152");
  program.functionOfModule.assign(index.module.functions.size(), -1);
  for (uint32_t i : order) {
    program.functionOfModule[i] =
        static_cast<int32_t>(program.functions.size());
    FunctionCode code;
    code.name = index.module.functions[i].name;
    code.moduleIndex = i;
    code.isEntry = index.module.functions[i].isEntry;
    program.functions.push_back(std::move(code));
  }
  for (uint32_t i = 0; i < order.size(); ++i)
    decodeFunction(i);
  program.entry = program.functions.back().entry;
  if (program.localBytes > mostLocalBytes)
    throw LoadError(kernel.line, kernel.name,
                    "the kernel needs " + std::to_string(program.localBytes) +
                        " bytes of local memory a thread, more than 524288");
}

uint64_t Builder::allocateLocal(uint64_t bytes, uint64_t align) {
  uint64_t offset = alignTo(program.localBytes, align);
  program.localBytes = offset + bytes;
  if (program.localBytes > mostLocalBytes)
    throw LoadError(function->line, function->name,
                    "more than 524288 bytes of local memory a thread");
  return offset;
}

uint32_t lacuna::emulator::layOutTransfer(const std::vector<uint32_t> &bytes,
                                          std::vector<uint32_t> &offsets) {
  uint32_t end = 0;
  for (uint32_t size : bytes) {
    offsets.push_back(end);
    end += static_cast<uint32_t>(alignTo(size, 8));
  }
  return end;
}

/// Parameters of a kernel are in its parameter block, those of a function in
/// registers or in local memory, where `enter` puts them.
void Builder::layOutParams(FunctionCode &code) {
  if (function->isEntry) {
    for (size_t i = 0; i < function->params.size(); ++i) {
      const ptx::Variable &param = function->params[i];
      uint64_t offset = alignTo(program.paramBytes, param.align);
      if (offset + param.bytes > mostParamBytes)
        throw LoadError(param.line, param.name,
                        "more than 32764 bytes of parameters");
      addresses[static_cast<unsigned>(function->results.size() + i)] = offset;
      program.params.push_back(
          {static_cast<uint32_t>(offset), static_cast<uint32_t>(param.bytes)});
      program.paramBytes = static_cast<uint32_t>(offset + param.bytes);
    }
    return;
  }
  unsigned variable = 0;
  auto layOut = [&](const std::vector<ptx::Variable> &list,
                    std::vector<TransferItem> &items) {
    std::vector<uint32_t> bytes, offsets;
    for (const ptx::Variable &param : list) {
      TransferItem item;
      item.isRegister = param.space == Space::Register;
      if (item.isRegister) {
        if (param.type == Type::Pred)
          throw LoadError(param.line, param.name,
                          "a predicate cannot be a parameter");
        item.reg = asRegister(findVariable(variable, 0), param.name);
        item.bytes = bitsOf(param.type) / 8;
      } else {
        item.bytes = static_cast<uint32_t>(param.bytes);
        item.local = allocateLocal(item.bytes, param.align);
        addresses[variable] = functionParamBase + item.local;
      }
      bytes.push_back(item.bytes);
      items.push_back(item);
      ++variable;
    }
    uint32_t end = layOutTransfer(bytes, offsets);
    for (size_t i = 0; i < items.size(); ++i)
      items[i].offset = offsets[i];
    program.transferBytes = std::max(program.transferBytes, end);
  };
  layOut(function->results, code.results);
  layOut(function->params, code.params);
}

/// Addresses of the function's own variables.
void Builder::declareMemory() {
  for (unsigned i = 0; i < function->variables.size(); ++i) {
    const ptx::Variable &variable = function->variables[i];
    if (addresses.count(i))
      continue;
    switch (variable.space) {
    case Space::Local:
      addresses[i] = allocateLocal(variable.bytes, variable.align);
      break;
    case Space::Param:
      addresses[i] =
          functionParamBase + allocateLocal(variable.bytes, variable.align);
      break;
    case Space::Shared: {
      auto it = functionShared.find(&variable);
      addresses[i] = it == functionShared.end() ? dynamicShared : it->second;
      break;
    }
    case Space::Global:
    case Space::Const:
      throw LoadError(variable.line, variable.name,
                      "the emulator has global variables only outside of "
                      "functions");
    default:
      break;
    }
  }
}

void Builder::append(Instruction instruction) {
  if (instruction.sync != Sync::None)
    waitForLanes(instruction);
  if (++index.decoded > mostDecoded)
    throw LoadError(function->line, function->name,
                    "the kernels and what they call have more than " +
                        std::to_string(mostDecoded) + " instructions");
  instruction.pc = static_cast<uint32_t>(program.code.size());
  Source source;
  if (current) {
    source.line = current->line;
    source.text = current->text;
  } else {
    source.line = function->line;
    source.text = function->name;
  }
  program.code.push_back(instruction);
  program.source.push_back(source);
}

void Builder::decodeFunction(uint32_t i) {
  functionIndex = i;
  function = &index.module.functions[order[i]];
  slots.clear();
  addresses.clear();
  pcOf.clear();
  branches.clear();
  branchLists.clear();
  current = nullptr;

  FunctionCode &code = program.functions[i];
  code.entry = static_cast<uint32_t>(program.code.size());
  code.returnRegister = program.registers++;
  code.insidePredicate = program.predicates++;
  layOutParams(code);
  declareMemory();
  if (!function->isEntry) {
    Instruction enter;
    makeEnter(enter, i);
    append(enter);
  }
  for (const ptx::Instruction &instruction : function->body) {
    pcOf.push_back(static_cast<uint32_t>(program.code.size()));
    decodeInstruction(instruction);
  }
  // Whoever runs off the end returns.
  pcOf.push_back(static_cast<uint32_t>(program.code.size()));
  current = nullptr;
  Instruction end;
  makeReturn(end, i, function->isEntry);
  append(end);
  finishBranches();
  program.functions[i].end = static_cast<uint32_t>(program.code.size());
  orderBlocks(program, program.functions[i]);
}

void Builder::finishBranches() {
  for (uint32_t pc : branches)
    program.code[pc].imm = pcOf[static_cast<size_t>(program.code[pc].imm)];
  for (std::vector<uint32_t> *list : branchLists)
    for (uint32_t &target : *list)
      target = pcOf[target];
}

void Builder::decodeInstruction(const ptx::Instruction &instruction) {
  current = &instruction;
  before.clear();
  after.clear();
  pendingBranch = false;
  const std::vector<Decode> *families =
      Registry::get().find(instruction.opcode);
  if (!families)
    error("the emulator does not have the instruction '" +
          excerpt(instruction.opcode, 40) + "'");
  Instruction out;
  bool decoded = false;
  Modifiers modifiers(instruction);
  for (Decode decode : *families) {
    modifiers = Modifiers(instruction);
    out = Instruction();
    if ((decoded = decode(*this, modifiers, out)))
      break;
  }
  if (!decoded)
    error("the emulator does not have this form of '" +
          excerpt(instruction.opcode, 40) + "'");
  if (!modifiers.empty())
    error("the emulator does not have the modifier '." +
          excerpt(modifiers.front(), 40) + "' here");
  if (!instruction.guard.empty()) {
    Name name = find(instruction.guard);
    if (name.kind != Name::Kind::Predicate)
      error("'" + excerpt(instruction.guard, 40) + "' is no predicate");
    out.guard = name.index;
    out.guardNegated = instruction.guardNegated;
  }
  for (Instruction &extra : before)
    append(extra);
  if (pendingBranch)
    branches.push_back(static_cast<uint32_t>(program.code.size()));
  append(out);
  for (Instruction &extra : after) {
    extra.guard = out.guard;
    extra.guardNegated = out.guardNegated;
    append(extra);
  }
}

const FunctionCode *Program::functionAt(uint32_t pc) const {
  for (const FunctionCode &function : functions)
    if (pc >= function.entry && pc < function.end)
      return &function;
  return nullptr;
}
