// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// plan-arena: behind bufferization, all temporaries of a call get their place
// in one piece of memory, which the caller hands over. Nothing is allocated
// while the call runs, so that a run can be captured into a graph, and the
// caller can ask how much it takes before.
//
// Buffers whose lifetimes do not meet share a slot. Who shares is decided here;
// how large slots are, and where they lie, the function computes from the sizes
// of its arguments.

#include "ArenaSizes.h"
#include "BufferLifetimes.h"
#include "HostFunctions.h"
#include "SizeSlice.h"

#include "lacuna/Conversion/Passes.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"

#include <map>

namespace lacuna {
#define GEN_PASS_DEF_PLANARENA
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// A temporary that is placed.
struct Buffer {
  memref::AllocOp alloc;
  Lifetime life;
  OpFoldResult bytes; ///< At the function's entry, a multiple of kAlignment.
  int64_t nominal;    ///< `bytes` for dynamic dimensions of kNominalSize.
};

struct Slot {
  SmallVector<Buffer *> buffers; ///< The first is the largest.
  OpFoldResult bytes, offset;

  bool takes(Buffer &buffer) const {
    return llvm::none_of(buffers, [&](Buffer *other) {
      // Of two branches one runs, whatever is used behind them.
      return other->life.overlaps(buffer.life) &&
             !insideMutuallyExclusiveRegions(other->alloc, buffer.alloc);
    });
  }
};

/// What was planned for a function; one without buffers has no arena.
struct Plan {
  OpFoldResult bytes;
  unsigned numBuffers = 0, numSlots = 0, numLeft = 0;
  /// Of the slots, of the most that lives at one time, and of all buffers.
  int64_t nominal = 0, peak = 0, sum = 0;

  DictionaryAttr describe(Builder builder) const {
    auto number = [&](StringRef name, int64_t value) {
      return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
    };
    SmallVector<NamedAttribute> fields{
        number("buffers", numBuffers), number("slots", numSlots),
        number("nominal", nominal), number("nominal_peak", peak),
        number("nominal_sum", sum)};
    if (std::optional<int64_t> constant = getConstantIntValue(bytes))
      fields.push_back(number("bytes", *constant));
    return builder.getDictionaryAttr(fields);
  }
};

/// Plans one function.
class ArenaPlanner {
public:
  explicit ArenaPlanner(func::FuncOp function)
      : function(function), builder(function.getContext()),
        entry(&function.getBody().front()),
        slice(
            builder, [](BlockArgument argument) { return Value(argument); },
            [this](BlockArgument buffer, int64_t i) {
              return memref::DimOp::create(builder, buffer.getLoc(), buffer, i)
                  .getResult();
            }) {}

  /// Replaces allocations by views of a new last argument, which says what was
  /// planned.
  Plan run() {
    Plan plan;
    if (!function.getBody().hasOneBlock())
      return plan;
    builder.setInsertionPointToStart(entry);
    plan.numLeft = collect();
    if (buffers.empty())
      return plan;
    for (Buffer &buffer : buffers) {
      buffer.nominal = nominal.get(buffer.bytes);
      plan.sum += buffer.nominal;
    }
    assignSlots();
    plan.bytes = layOut();
    plan.numBuffers = buffers.size();
    plan.numSlots = slots.size();
    plan.nominal = nominal.get(plan.bytes);
    plan.peak = findPeak();
    replaceAllocations(plan);
    return plan;
  }

private:
  /// Finds the buffers whose place can be planned; the number of the others.
  unsigned collect() {
    BufferLifetimes lifetimes(function);
    SmallVector<memref::AllocOp> allocs;
    function.walk([&](memref::AllocOp alloc) { allocs.push_back(alloc); });
    unsigned numLeft = 0;
    for (memref::AllocOp alloc : allocs) {
      std::optional<Lifetime> life = lifetimes.get(alloc);
      OpFoldResult bytes = life ? getBytes(alloc) : OpFoldResult();
      if (bytes) {
        buffers.push_back({alloc, *life, bytes, 0});
        continue;
      }
      ++numLeft;
      std::string type;
      llvm::raw_string_ostream(type) << alloc.getType();
      remark::missed(
          alloc.getLoc(),
          remark::RemarkOpts::name("arena").category("memory").function(
              function.getName()))
          << "a temporary of type " + type +
                 " is allocated while the call runs: " +
                 (life ? "its size depends on more than the sizes of inputs"
                       : "it outlives its iteration of a loop");
    }
    return numLeft;
  }

  OpFoldResult getBytes(memref::AllocOp alloc) {
    MemRefType type = alloc.getType();
    if (!type.getLayout().isIdentity() || type.getMemorySpace())
      return {};
    Bytes bytes(builder, alloc.getLoc());
    Type element = type.getElementType();
    if (!element.isIntOrIndexOrFloat())
      return {};
    OpFoldResult size = builder.getIndexAttr(
        element.isIndex()
            ? 8
            : llvm::divideCeil(element.getIntOrFloatBitWidth(), 8));
    for (int64_t i = 0, e = type.getRank(); i < e; ++i)
      if (!type.isDynamicDim(i))
        size = bytes.mul(size, builder.getIndexAttr(type.getDimSize(i)));
    SmallVector<Value> dynamic;
    for (Value operand : alloc.getDynamicSizes()) {
      OpFoldResult factor = slice.repeat(operand);
      if (!factor)
        return {};
      if (auto value = dyn_cast<Value>(factor))
        dynamic.push_back(value);
      else
        size = bytes.mul(size, factor);
    }
    // By number of first use: the same factors in any order are one size.
    SmallVector<unsigned> factors;
    for (Value value : dynamic)
      factors.push_back(
          factorNumbers.try_emplace(value, factorNumbers.size()).first->second);
    llvm::sort(factors);
    OpFoldResult &known = knownBytes[{*getConstantIntValue(size), factors}];
    if (!known) {
      for (Value factor : dynamic)
        size = bytes.mul(size, factor);
      known = bytes.align(size);
    }
    return known;
  }

  /// Greedily, from the largest buffer: it goes to the smallest slot that has
  /// room in time and is large enough, as all slots are that exist by then.
  void assignSlots() {
    SmallVector<Buffer *> order;
    for (Buffer &buffer : buffers)
      order.push_back(&buffer);
    // Where sizes are equal, in the order in which they stand.
    llvm::sort(order, [](const Buffer *a, const Buffer *b) {
      return a->nominal != b->nominal ? a->nominal > b->nominal : a < b;
    });
    for (Buffer *buffer : order) {
      Slot *best = nullptr;
      for (Slot &slot : slots) {
        if (!slot.takes(*buffer))
          continue;
        // The same size, not only a similar one: the slot need not grow.
        bool same = slot.buffers.front()->bytes == buffer->bytes;
        if (!best || same || best->buffers.front()->bytes != buffer->bytes)
          best = &slot;
      }
      if (!best)
        best = &slots.emplace_back();
      best->buffers.push_back(buffer);
    }
  }

  /// Sizes and offsets of slots; those of constant size come first, so that
  /// most offsets are constant. The size of all.
  OpFoldResult layOut() {
    Bytes bytes(builder, function.getLoc());
    for (Slot &slot : slots) {
      slot.bytes = slot.buffers.front()->bytes;
      for (const Buffer *buffer : slot.buffers)
        slot.bytes = bytes.max(slot.bytes, buffer->bytes);
    }
    std::vector<Slot> ordered;
    for (bool isConstant : {true, false})
      for (Slot &slot : slots)
        if (getConstantIntValue(slot.bytes).has_value() == isConstant)
          ordered.push_back(slot);
    slots = std::move(ordered);
    OpFoldResult offset = builder.getIndexAttr(0);
    for (Slot &slot : slots) {
      slot.offset = offset;
      offset = bytes.add(offset, slot.bytes);
    }
    return offset;
  }

  int64_t findPeak() const {
    int64_t peak = 0;
    for (const Buffer &at : buffers) {
      int64_t live = 0;
      for (const Buffer &buffer : buffers)
        if (buffer.life.first <= at.life.first &&
            at.life.first <= buffer.life.last)
          live += buffer.nominal;
      peak = std::max(peak, live);
    }
    return peak;
  }

  void replaceAllocations(const Plan &plan) {
    auto type = MemRefType::get(
        {getConstantIntValue(plan.bytes).value_or(ShapedType::kDynamic)},
        builder.getI8Type());
    unsigned index = function.getNumArguments();
    // It cannot fail: the function has a body and a plain type.
    (void)function.insertArgument(
        index, type,
        builder.getDictionaryAttr(
            builder.getNamedAttr(kArenaAttr, plan.describe(builder))),
        function.getLoc());
    Value arena = function.getArgument(index);
    // The builder stands before what may be the first allocation.
    for (Slot &slot : slots)
      slot.offset = slice.getValue(slot.offset);
    for (Slot &slot : slots) {
      for (const Buffer *buffer : slot.buffers) {
        memref::AllocOp alloc = buffer->alloc;
        for (Operation *user : llvm::make_early_inc_range(alloc->getUsers()))
          if (isa<memref::DeallocOp>(user))
            user->erase();
        OpBuilder place(alloc);
        Value view = memref::ViewOp::create(
            place, alloc.getLoc(), alloc.getType(), arena,
            cast<Value>(slot.offset), alloc.getDynamicSizes());
        alloc.replaceAllUsesWith(view);
        alloc.erase();
      }
    }
  }

  func::FuncOp function;
  OpBuilder builder; ///< At the entry.
  Block *entry;
  SizeSlice slice;
  Nominal nominal;
  DenseMap<Value, unsigned> factorNumbers;
  std::map<std::pair<int64_t, SmallVector<unsigned>>, OpFoldResult> knownBytes;
  std::vector<Buffer> buffers;
  std::vector<Slot> slots;
};

struct PlanArena : lacuna::impl::PlanArenaBase<PlanArena> {
  void runOnOperation() override {
    auto functions = getHostFunctions(getOperation());
    if (failed(functions))
      return signalPassFailure();
    planDispatches();
    SymbolTable symbols(getOperation());
    for (func::FuncOp function : *functions) {
      unsigned numLeft = 0;
      function.walk([&](func::CallOp call) {
        auto callee = symbols.lookup<func::FuncOp>(call.getCallee());
        auto plan = dispatches.find(callee);
        if (plan == dispatches.end())
          return;
        numLeft += plan->second.numLeft;
        if (plan->second.numBuffers)
          passArena(call, callee, plan->second.bytes);
      });
      Plan plan = planFunction(function);
      plan.numLeft += numLeft;
      if (plan.numLeft)
        function->setAttr(
            kAllocationsAttr,
            Builder(&getContext()).getI64IntegerAttr(plan.numLeft));
      if (plan.numBuffers &&
          failed(createWorkspaceFunction(function, plan.bytes, symbols)))
        return signalPassFailure();
    }
  }

private:
  DenseMap<Operation *, Plan> dispatches;

  Plan planFunction(func::FuncOp function) {
    Plan plan = ArenaPlanner(function).run();
    numPlanned += plan.numBuffers;
    numSlots += plan.numSlots;
    numLeft += plan.numLeft;
    return plan;
  }

  /// What a dispatch function takes for itself becomes an argument, and so a
  /// temporary of its callers.
  void planDispatches() {
    dispatches.clear();
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (function->hasAttr(LacunaDialect::kDispatchAttr) &&
          !function.isExternal())
        dispatches[function] = planFunction(function);
  }

  static void passArena(func::CallOp call, func::FuncOp callee,
                        OpFoldResult bytes) {
    OpBuilder builder(call);
    SizeSlice slice(
        builder,
        [&](BlockArgument argument) {
          return call.getOperand(argument.getArgNumber());
        },
        [&](BlockArgument buffer, int64_t i) {
          return memref::DimOp::create(builder, call.getLoc(),
                                       call.getOperand(buffer.getArgNumber()),
                                       i)
              .getResult();
        });
    SmallVector<Value> dynamic;
    if (auto value = dyn_cast<Value>(bytes))
      dynamic.push_back(slice.getValue(slice.repeat(value)));
    auto type = cast<MemRefType>(callee.getArgumentTypes().back());
    Value arena =
        memref::AllocOp::create(builder, call.getLoc(), type, dynamic);
    call.getOperandsMutable().append(arena);
  }

  /// `@F$workspace`: from the sizes of inputs and outputs to bytes.
  LogicalResult createWorkspaceFunction(func::FuncOp function,
                                        OpFoldResult bytes,
                                        SymbolTable &symbols) {
    OpBuilder builder(&getContext());
    Location loc = function.getLoc();
    Type index = builder.getIndexType();
    SmallVector<Type> sizes;
    DenseMap<Value, unsigned> first;
    for (BlockArgument argument : function.getArguments()) {
      unsigned number = argument.getArgNumber();
      auto buffer = dyn_cast<MemRefType>(argument.getType());
      if (!buffer || function.getArgAttr(number, kBindingAttr) ||
          function.getArgAttr(number, kArenaAttr))
        continue;
      first[argument] = sizes.size();
      sizes.append(buffer.getRank(), index);
    }
    auto workspace =
        func::FuncOp::create(loc, (function.getName() + "$workspace").str(),
                             builder.getFunctionType(sizes, index));
    workspace.setPrivate();
    workspace->setAttr(kWorkspaceOfAttr, FlatSymbolRefAttr::get(function));
    symbols.insert(workspace, std::next(Block::iterator(function)));
    Block *body = workspace.addEntryBlock();
    builder.setInsertionPointToStart(body);
    SizeSlice slice(
        builder, [](BlockArgument) { return Value(); },
        [&](BlockArgument buffer, int64_t i) -> Value {
          auto known = first.find(buffer);
          if (known == first.end())
            return {};
          return body->getArgument(known->second + i);
        });
    OpFoldResult repeated = bytes;
    if (auto value = dyn_cast<Value>(bytes))
      repeated = slice.repeat(value);
    if (!repeated)
      return function.emitOpError("has temporaries whose sizes follow from a "
                                  "weight of dynamic shape; expected weights "
                                  "of static shapes");
    func::ReturnOp::create(builder, loc, slice.getValue(repeated));
    return success();
  }
};
} // namespace
