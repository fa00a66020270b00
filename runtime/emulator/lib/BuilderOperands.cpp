// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names and operands: scopes are searched from inside outwards, then the
// module, then special registers.

#include "Builder.h"
#include "lacuna/Emulator/Error.h"

using namespace lacuna::emulator;
using Kind = ptx::Operand::Kind;

namespace {
/// The number that the digits of `text` are, written as .reg %r<N> makes them.
bool parseElement(std::string_view text, uint64_t &value) {
  if (text.empty() || text.size() > 10 || (text[0] == '0' && text.size() > 1))
    return false;
  value = 0;
  for (char c : text) {
    if (c < '0' || c > '9')
      return false;
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  return true;
}
} // namespace

Builder::Name Builder::findVariable(unsigned variableIndex, uint64_t element) {
  const ptx::Variable &variable = function->variables[variableIndex];
  Name name;
  if (variable.space != Space::Register) {
    name.kind = Name::Kind::Memory;
    name.space = variable.space;
    name.address = addresses.at(variableIndex);
    name.bytes = variable.bytes;
    return name;
  }
  bool isPredicate = variable.type == Type::Pred;
  if (bitsOf(variable.type) > 64)
    throw LoadError(variable.line, variable.name,
                    "the emulator does not have registers of 128 bits");
  name.kind = isPredicate ? Name::Kind::Predicate : Name::Kind::Register;
  name.bits = static_cast<uint8_t>(bitsOf(variable.type));
  uint64_t key = uint64_t(variableIndex) << 32 | element;
  auto [it, isNew] = slots.emplace(key, 0);
  if (isNew)
    it->second = isPredicate ? program.predicates++ : program.registers++;
  name.index = it->second;
  return name;
}

Builder::Name Builder::find(std::string_view spelled) {
  for (unsigned scope = current ? current->scope : 0;;) {
    const ptx::Scope &names = function->scopes[scope];
    auto it = names.variables.find(spelled);
    if (it != names.variables.end() &&
        function->variables[it->second].range == 0)
      return findVariable(it->second, 0);
    // %r12 of .reg %r<20>: any split into name and number.
    for (size_t digits = 1; digits < spelled.size() && digits <= 10; ++digits) {
      size_t split = spelled.size() - digits;
      if (spelled[split] < '0' || spelled[split] > '9')
        break;
      uint64_t element;
      it = names.variables.find(spelled.substr(0, split));
      if (it != names.variables.end() &&
          parseElement(spelled.substr(split), element) &&
          element < function->variables[it->second].range)
        return findVariable(it->second, element);
    }
    if (names.parent == scope)
      break;
    scope = names.parent;
  }
  Name name;
  if (auto it = index.variables.find(spelled); it != index.variables.end()) {
    name.kind = Name::Kind::Memory;
    name.space = it->second->space;
    if (name.space == Space::Shared) {
      auto shared = sharedAddresses.find(spelled);
      name.address =
          shared == sharedAddresses.end() ? dynamicShared : shared->second;
      return name;
    }
    auto global = index.globals.find(spelled);
    if (global == index.globals.end())
      error("'" + excerpt(spelled, 60) + "' is declared, but not defined");
    name.address = global->second;
    return name;
  }
  if (auto it = index.functions.find(spelled); it != index.functions.end()) {
    if (!index.module.functions[it->second].hasBody)
      error("the function '" + excerpt(spelled, 60) +
            "' is declared, but not defined");
    name.kind = Name::Kind::Function;
    name.index = it->second;
    name.address = functionWindow | uint64_t(it->second) << 4;
    return name;
  }
  if (const SpecialInfo *special = findSpecial(spelled)) {
    name.kind = Name::Kind::Special;
    name.special = special->id;
    name.bits = special->bits;
  }
  return name;
}

Operand Builder::constant(uint64_t bits, uint8_t width) {
  auto [it, isNew] =
      constantOf.emplace(bits, static_cast<uint32_t>(program.constants.size()));
  if (isNew) {
    Lanes lanes;
    for (uint64_t &lane : lanes.lane)
      lane = bits;
    program.constants.push_back(lanes);
  }
  Operand operand;
  operand.bank = Bank::Constants;
  operand.index = it->second;
  operand.bits = width;
  return operand;
}

void Builder::finishList(const std::vector<Operand> &operands,
                         Instruction &out) {
  program.lists.push_back(operands);
  out.list = program.lists.back().data();
  out.listSize = static_cast<uint16_t>(operands.size());
}

Operand Builder::immediate(const ptx::Operand &operand, Type type) {
  unsigned bits = bitsOf(type);
  if (bits > 64)
    error("the emulator does not have immediates of 128 bits");
  uint64_t value = static_cast<uint64_t>(operand.integer);
  if (operand.kind == Kind::Float) {
    bool isBits = operand.single || operand.integer != 0;
    // 0f and 0d are bits already; convert what is of the other width.
    if (type == Type::F64)
      value = toBits(operand.real);
    else if (bits == 32 && !(isBits && operand.single))
      value = toBits(static_cast<float>(operand.real));
    else if (bits == 64 && operand.single)
      value = toBits(operand.real);
    else if (bits == 64 && !isBits)
      value = toBits(operand.real);
    else if (bits < 32)
      error("a float literal for a type of " + std::to_string(bits) + " bits");
  } else if (type == Type::F32) {
    // As C converts: add.f32 %f1, %f2, 1.
    value = toBits(static_cast<float>(operand.integer));
  } else if (type == Type::F64) {
    value = toBits(static_cast<double>(operand.integer));
  }
  if (bits < 64)
    value &= (uint64_t(1) << bits) - 1;
  return constant(value, static_cast<uint8_t>(bits));
}

Operand Builder::asRegister(const Name &name, std::string_view spelled) {
  Operand operand;
  switch (name.kind) {
  case Name::Kind::Predicate:
    operand.bank = Bank::Predicates;
    operand.bits = 1;
    operand.index = name.index;
    return operand;
  case Name::Kind::Register:
    operand.index = name.index;
    operand.bits = name.bits;
    return operand;
  case Name::Kind::Special: {
    operand.bits = name.bits;
    auto [it, isNew] = specialOf.emplace(static_cast<uint8_t>(name.special), 0);
    if (isNew)
      it->second = program.registers++;
    operand.index = it->second;
    if (name.special >= Special::Clock) {
      Instruction refresh;
      refresh.op[0] = operand;
      makeReadSpecial(refresh, name.special);
      before.push_back(refresh);
    } else if (isNew) {
      program.specials.emplace_back(name.special, it->second);
    }
    return operand;
  }
  case Name::Kind::Memory:
  case Name::Kind::Function:
    error("expected a register, found the address '" + excerpt(spelled, 60) +
          "'");
  case Name::Kind::None:
    break;
  }
  error("'" + excerpt(spelled, 60) + "' is not declared");
}

Operand Builder::readWide(const ptx::Operand &operand, Type type) {
  switch (operand.kind) {
  case Kind::Integer:
  case Kind::Float:
    if (type == Type::Pred) {
      // mov.pred p, 1: predicate 0 is true.
      Operand value;
      value.bank = Bank::Predicates;
      value.bits = 1;
      value.negated = (operand.integer == 0) != operand.negated;
      return value;
    }
    return immediate(operand, type);
  case Kind::Name:
    break;
  case Kind::Sink:
    error("'_' cannot be read");
  default:
    error("expected a register or an immediate");
  }
  if (operand.integer || operand.minus)
    error("expected a register, found an expression of one");
  Operand value = asRegister(find(operand.name), operand.name);
  bool isPredicate = value.bank == Bank::Predicates;
  if (isPredicate != (type == Type::Pred))
    error(isPredicate
              ? "'" + excerpt(operand.name, 60) +
                    "' is a predicate, expected ." + std::string(typeName(type))
              : "expected a predicate, found '" + excerpt(operand.name, 60) +
                    "'");
  if (operand.negated && !isPredicate)
    error("'!' stands before a register that is no predicate");
  value.negated = operand.negated;
  if (!isPredicate && value.bits < bitsOf(type))
    error("'" + excerpt(operand.name, 60) + "' has " +
          std::to_string(value.bits) + " bits, expected " +
          std::to_string(bitsOf(type)));
  return value;
}

Operand Builder::read(const ptx::Operand &operand, Type type) {
  Operand value = readWide(operand, type);
  if (value.bank == Bank::Registers && value.bits != bitsOf(type))
    error("'" + excerpt(operand.name, 60) + "' has " +
          std::to_string(value.bits) + " bits, expected " +
          std::to_string(bitsOf(type)));
  return value;
}

Operand Builder::readAddress(const ptx::Operand &operand, Type type) {
  if (operand.kind == Kind::Name) {
    Name name = find(operand.name);
    if (name.kind == Name::Kind::Memory || name.kind == Name::Kind::Function) {
      uint64_t value = name.address + static_cast<uint64_t>(operand.integer);
      if (bitsOf(type) < 64) {
        if (bitsOf(type) != 32 || name.address > UINT32_MAX)
          error("an address of 64 bits does not fit");
        value &= UINT32_MAX;
      }
      return constant(value, static_cast<uint8_t>(bitsOf(type)));
    }
  }
  return read(operand, type);
}

Operand Builder::writeWide(const ptx::Operand &operand, Type type) {
  Operand target;
  if (operand.kind == Kind::Sink) {
    target.isSink = true;
    target.bits = static_cast<uint8_t>(bitsOf(type));
    if (type == Type::Pred) {
      target.bank = Bank::Predicates;
      target.index = 1;
    }
    return target;
  }
  if (operand.kind != Kind::Name || operand.integer || operand.minus ||
      operand.negated)
    error("expected a register to write to");
  Name name = find(operand.name);
  if (name.kind == Name::Kind::Special)
    error("'" + excerpt(operand.name, 60) + "' cannot be written");
  target = asRegister(name, operand.name);
  bool isPredicate = target.bank == Bank::Predicates;
  if (isPredicate != (type == Type::Pred))
    error("'" + excerpt(operand.name, 60) + "' is " +
          (isPredicate ? "a" : "no") + " predicate, expected ." +
          std::string(typeName(type)));
  if (!isPredicate && target.bits < bitsOf(type))
    error("'" + excerpt(operand.name, 60) + "' has " +
          std::to_string(target.bits) + " bits, expected " +
          std::to_string(bitsOf(type)));
  return target;
}

Operand Builder::write(const ptx::Operand &operand, Type type) {
  Operand target = writeWide(operand, type);
  if (!target.isSink && target.bits != bitsOf(type))
    error("'" + excerpt(operand.name, 60) + "' has " +
          std::to_string(target.bits) + " bits, expected " +
          std::to_string(bitsOf(type)));
  return target;
}

bool Builder::isPredicate(const ptx::Operand &operand) {
  return operand.kind == Kind::Name &&
         find(operand.name).kind == Name::Kind::Predicate;
}

MemoryOperand Builder::address(const ptx::Operand &operand) {
  if (operand.kind != Kind::Address || !operand.elements.empty())
    error("expected an address in brackets");
  MemoryOperand result;
  if (operand.name.empty()) {
    result.base = constant(static_cast<uint64_t>(operand.integer), 64);
    return result;
  }
  Name name = find(operand.name);
  if (name.kind == Name::Kind::Memory) {
    result.base =
        constant(name.address + static_cast<uint64_t>(operand.integer), 64);
    result.space = name.space;
    return result;
  }
  result.base = asRegister(name, operand.name);
  result.offset = operand.integer;
  if (result.base.bank != Bank::Registers ||
      (result.base.bits != 32 && result.base.bits != 64))
    error("'" + excerpt(operand.name, 60) +
          "' cannot be an address: expected a register of 32 or 64 bits");
  return result;
}

int64_t Builder::label(std::string_view name) {
  for (unsigned scope = current->scope;;) {
    const ptx::Scope &names = function->scopes[scope];
    if (auto it = names.labels.find(name); it != names.labels.end())
      return it->second;
    if (names.parent == scope)
      break;
    scope = names.parent;
  }
  error("the label '" + excerpt(name, 60) + "' is not declared");
}

void Builder::resolveLabelLater() { pendingBranch = true; }

std::vector<uint32_t> *Builder::branchTargets(std::string_view name) {
  for (unsigned scope = current->scope;;) {
    const ptx::Scope &names = function->scopes[scope];
    if (auto it = names.targets.find(name); it != names.targets.end()) {
      std::vector<uint32_t> targets;
      for (std::string_view target : it->second)
        targets.push_back(static_cast<uint32_t>(label(target)));
      program.branchTargets.push_back(std::move(targets));
      branchLists.push_back(&program.branchTargets.back());
      return branchLists.back();
    }
    if (names.parent == scope)
      break;
    scope = names.parent;
  }
  error("the list '" + excerpt(name, 60) + "' is not declared");
}

/// call (results), callee, (arguments), prototype: lists may be left out.
CallSite &Builder::callSite(Instruction &out) {
  static const std::vector<ptx::Operand> none;
  const std::vector<ptx::Operand> *results = &none, *arguments = &none;
  size_t i = 0;
  if (i < operands() && operand(i).kind == Kind::List)
    results = &operand(i++).elements;
  const ptx::Operand &callee = operand(i++);
  if (i < operands() && operand(i).kind == Kind::List)
    arguments = &operand(i++).elements;
  program.calls.emplace_back();
  CallSite &site = program.calls.back();
  const ptx::Prototype *prototype = nullptr;
  Name name = callee.kind == Kind::Name ? find(callee.name) : Name();
  if (name.kind == Name::Kind::Function) {
    site.function = program.functionOfModule[name.index];
    prototype = &index.module.functions[name.index];
    if (program.functions[static_cast<size_t>(site.function)].isEntry)
      error("the emulator does not call kernels");
  } else {
    out.op[0] = read(callee, Type::B64);
    if (i == operands() || operand(i).kind != Kind::Name)
      error("expected a prototype for the indirect call");
    std::string_view label = operand(i).name;
    for (unsigned scope = current->scope; !prototype;) {
      const ptx::Scope &names = function->scopes[scope];
      auto it = names.prototypes.find(label);
      if (it != names.prototypes.end())
        prototype = &function->prototypes[it->second];
      else if (names.parent == scope)
        error("the emulator needs a .callprototype for indirect calls: '" +
              excerpt(label, 60) + "' is none");
      scope = names.parent;
    }
    ++i;
  }
  if (i != operands())
    error("more operands than a call has");
  auto sizes = [&](const std::vector<ptx::Variable> &list,
                   const std::vector<ptx::Operand> &given,
                   std::string_view what) {
    std::vector<uint32_t> bytes;
    if (list.size() != given.size())
      error("expected " + std::to_string(list.size()) + " " +
            std::string(what) + ", found " + std::to_string(given.size()));
    for (const ptx::Variable &variable : list)
      bytes.push_back(variable.space == Space::Register
                          ? bitsOf(variable.type) / 8
                          : static_cast<uint32_t>(variable.bytes));
    return bytes;
  };
  site.resultBytes = sizes(prototype->results, *results, "results");
  site.argumentBytes = sizes(prototype->params, *arguments, "arguments");
  site.results = transfer(*results, site.resultBytes);
  site.arguments = transfer(*arguments, site.argumentBytes);
  for (const TransferItem &item : site.results)
    if (item.isRegister && item.reg.bank != Bank::Registers)
      error("expected a register or a .param variable for a result");
  out.imm = static_cast<int64_t>(program.calls.size() - 1);
  return site;
}

std::vector<TransferItem>
Builder::transfer(const std::vector<ptx::Operand> &values,
                  const std::vector<uint32_t> &bytes) {
  std::vector<uint32_t> offsets;
  uint32_t end = layOutTransfer(bytes, offsets);
  program.transferBytes = std::max(program.transferBytes, end);
  std::vector<TransferItem> items;
  for (size_t i = 0; i < values.size(); ++i) {
    TransferItem item;
    item.bytes = bytes[i];
    item.offset = offsets[i];
    Name name = values[i].kind == Kind::Name ? find(values[i].name) : Name();
    if (name.kind == Name::Kind::Memory && name.space == Space::Param) {
      if (name.address < functionParamBase)
        error("a parameter of the kernel cannot be passed on: load it");
      if (name.bytes < item.bytes)
        error("'" + excerpt(values[i].name, 60) + "' has " +
              std::to_string(name.bytes) + " bytes, expected " +
              std::to_string(item.bytes));
      item.local = name.address - functionParamBase;
    } else {
      Type type = bytes[i] == 8   ? Type::B64
                  : bytes[i] == 4 ? Type::B32
                  : bytes[i] == 2 ? Type::B16
                                  : Type::B8;
      item.isRegister = true;
      item.reg = readWide(values[i], type);
      if (bytes[i] > 8)
        error("expected a .param variable of " + std::to_string(bytes[i]) +
              " bytes");
    }
    items.push_back(item);
  }
  return items;
}
