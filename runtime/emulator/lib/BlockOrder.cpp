// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The order in which the fragments of a warp run: each basic block behind those
// that lead to it, and the blocks of a loop together, its header first. A
// compiler may lay them out otherwise, say a latch before its header: there the
// fragment of lowest address would meet the others a round late, while hardware
// has all lanes together. The order is a weak topological one (Bourdoncle,
// "Efficient chaotic iteration strategies with widenings", 1993); that lanes
// converge where the first in it runs is known from Diamos et al., "SIMD
// re-convergence at thread frontiers" (2011).

#include "Builder.h"

#include <algorithm>
#include <numeric>

using namespace lacuna::emulator;

namespace {
/// In loops nested deeper, which no compiler makes, blocks keep their places.
constexpr unsigned mostNested = 32;

class BlockOrder {
public:
  BlockOrder(Program &program, const FunctionCode &function);
  void assignRanks();

private:
  using Indices = std::vector<uint32_t>;
  struct BasicBlock {
    uint32_t begin = 0, end = 0;
    /// The last in the text first: what a search finds late stands early.
    Indices successors;
    /// The part of the graph that the block is searched in, and the numbers
    /// that the search gives it.
    uint32_t part = 0, number = 0, lowest = 0;
    bool isOpen = false;
  };

  void order(const Indices &starts, const Indices &members, unsigned nested);
  void search(uint32_t start, std::vector<Indices> &components);

  Program &program;
  std::vector<BasicBlock> blocks;
  Indices open, ordered;
  uint32_t parts = 0, numbers = 0;
};
} // namespace

BlockOrder::BlockOrder(Program &program, const FunctionCode &function)
    : program(program) {
  uint32_t entry = function.entry, size = function.end - entry;
  std::vector<bool> begins(size + 1);
  begins[0] = true;
  Indices targets;
  for (uint32_t i = 0; i < size; ++i) {
    targets.clear();
    if (appendTargets(program, program.code[entry + i], targets))
      begins[i + 1] = true;
    for (uint32_t target : targets)
      begins[target - entry] = true;
  }
  Indices blockOf(size);
  for (uint32_t i = 0; i < size; ++i) {
    if (begins[i])
      blocks.emplace_back().begin = entry + i;
    blocks.back().end = entry + i + 1;
    blockOf[i] = static_cast<uint32_t>(blocks.size() - 1);
  }
  for (BasicBlock &block : blocks) {
    targets.clear();
    if (!appendTargets(program, program.code[block.end - 1], targets))
      targets.push_back(block.end);
    for (uint32_t target : targets)
      if (target < function.end)
        block.successors.push_back(blockOf[target - entry]);
    std::sort(block.successors.rbegin(), block.successors.rend());
  }
}

/// Appends the strongly connected components of the part that `start` leads to
/// and that no search has found, each behind those that it leads to; where it
/// is entered stands first in it (Tarjan's algorithm).
void BlockOrder::search(uint32_t start, std::vector<Indices> &components) {
  std::vector<std::pair<uint32_t, size_t>> path;
  auto visit = [&](uint32_t index) {
    blocks[index].number = blocks[index].lowest = ++numbers;
    blocks[index].isOpen = true;
    open.push_back(index);
    path.push_back({index, 0});
  };
  if (!blocks[start].number)
    visit(start);
  while (!path.empty()) {
    uint32_t index = path.back().first;
    BasicBlock &block = blocks[index];
    if (path.back().second < block.successors.size()) {
      uint32_t to = block.successors[path.back().second++];
      if (blocks[to].part != block.part)
        continue;
      if (!blocks[to].number)
        visit(to);
      else if (blocks[to].isOpen)
        block.lowest = std::min(block.lowest, blocks[to].number);
      continue;
    }
    path.pop_back();
    if (!path.empty()) {
      BasicBlock &from = blocks[path.back().first];
      from.lowest = std::min(from.lowest, block.lowest);
    }
    if (block.lowest != block.number)
      continue;
    Indices &component = components.emplace_back();
    do {
      component.push_back(open.back());
      blocks[open.back()].isOpen = false;
      open.pop_back();
    } while (component.back() != index);
    std::reverse(component.begin(), component.end());
  }
}

/// Orders `members`, which are entered at those of `starts` that are among
/// them.
void BlockOrder::order(const Indices &starts, const Indices &members,
                       unsigned nested) {
  uint32_t part = ++parts;
  for (uint32_t member : members) {
    blocks[member].part = part;
    blocks[member].number = 0;
  }
  std::vector<Indices> components;
  for (uint32_t start : starts)
    if (blocks[start].part == part)
      search(start, components);
  // What nothing leads to.
  for (auto member = members.rbegin(); member != members.rend(); ++member)
    search(*member, components);
  for (auto component = components.rbegin(); component != components.rend();
       ++component) {
    uint32_t header = component->front();
    ordered.push_back(header);
    component->erase(component->begin());
    std::sort(component->begin(), component->end());
    if (nested == mostNested)
      ordered.insert(ordered.end(), component->begin(), component->end());
    else if (!component->empty())
      order(blocks[header].successors, *component, nested + 1);
  }
}

void BlockOrder::assignRanks() {
  Indices all(blocks.size());
  std::iota(all.begin(), all.end(), 0);
  order({0}, all, 0);
  uint32_t rank = blocks.front().begin;
  for (uint32_t index : ordered)
    for (uint32_t pc = blocks[index].begin; pc < blocks[index].end; ++pc)
      program.code[pc].rank = rank++;
}

void lacuna::emulator::orderBlocks(Program &program,
                                   const FunctionCode &function) {
  BlockOrder(program, function).assignRanks();
}
