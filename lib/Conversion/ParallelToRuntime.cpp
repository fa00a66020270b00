// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// parallel-to-runtime: outermost parallel loops on buffers become calls of the
// runtime. The body goes to a function whose buffers do not alias, which says
// more than a context structure could; a second function unpacks the context.

#include "lacuna/Conversion/Passes.h"
#include "lacuna/Conversion/RuntimeCalls.h"
#include "lacuna/Conversion/SizeBuilder.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Transforms/RegionUtils.h"

namespace lacuna {
#define GEN_PASS_DEF_PARALLELTORUNTIME
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

namespace {
/// A parallel loop in either of upstream's forms.
struct ParallelLoop {
  Operation *op;
  SmallVector<OpFoldResult> lower, upper, step;
  SmallVector<Value> ivs;
  Block *body;
  Value grain; // may be null
};

struct ParallelToRuntime
    : lacuna::impl::ParallelToRuntimeBase<ParallelToRuntime> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    SmallVector<Operation *> loops;
    module.walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (!isa<scf::ForallOp, scf::ParallelOp>(op))
        return WalkResult::advance();
      loops.push_back(op);
      return WalkResult::skip();
    });
    SymbolTable symbols(module);
    for (Operation *op : loops)
      if (failed(outline(op, symbols)))
        return signalPassFailure();
    module.walk([](GrainOp grain) { grain.erase(); });
    module.walk([](ThreadsOp threads) {
      OpBuilder builder(threads);
      threads.replaceAllUsesWith(callThreads(builder, threads.getLoc()));
      threads.erase();
    });
  }

private:
  static FailureOr<ParallelLoop> match(Operation *op) {
    if (op->getNumResults() > 0)
      return op->emitOpError("gives tensors or reduces; parallel loops must "
                             "write to buffers here");
    ParallelLoop loop{op, {}, {}, {}, {}, nullptr, {}};
    if (auto forall = dyn_cast<scf::ForallOp>(op)) {
      loop.lower = forall.getMixedLowerBound();
      loop.upper = forall.getMixedUpperBound();
      loop.step = forall.getMixedStep();
      loop.ivs = llvm::to_vector_of<Value>(forall.getInductionVars());
      loop.body = forall.getBody();
    } else {
      auto parallel = cast<scf::ParallelOp>(op);
      loop.lower = getAsOpFoldResult(parallel.getLowerBound());
      loop.upper = getAsOpFoldResult(parallel.getUpperBound());
      loop.step = getAsOpFoldResult(parallel.getStep());
      loop.ivs = llvm::to_vector_of<Value>(parallel.getInductionVars());
      loop.body = parallel.getBody();
    }
    for (GrainOp grain :
         llvm::make_early_inc_range(loop.body->getOps<GrainOp>())) {
      if (!op->isProperAncestor(
              grain.getIterations().getParentBlock()->getParentOp()) &&
          grain.getIterations().getParentBlock() != loop.body)
        loop.grain = grain.getIterations();
      grain.erase();
    }
    return loop;
  }

  /// Values from outside that the body reads: constants and views are repeated
  /// inside, so that what is passed are whole buffers and scalars.
  static SetVector<Value> capture(ParallelLoop &loop,
                                  SetVector<Operation *> &repeated) {
    SetVector<Value> used, captured;
    getUsedValuesDefinedAbove(loop.op->getRegions(), used);
    for (ArrayRef<OpFoldResult> bounds :
         {ArrayRef(loop.lower), ArrayRef(loop.upper), ArrayRef(loop.step)})
      for (OpFoldResult bound : bounds)
        if (auto value = dyn_cast<Value>(bound))
          used.insert(value);
    for (unsigned i = 0; i < used.size(); ++i) {
      Operation *producer = used[i].getDefiningOp();
      bool repeat =
          producer && (producer->hasTrait<OpTrait::ConstantLike>() ||
                       (isa<ViewLikeOpInterface>(producer) &&
                        isa<MemRefType>(used[i].getType()) &&
                        producer->getDialect()->getNamespace() == "memref"));
      if (!repeat) {
        captured.insert(used[i]);
        continue;
      }
      repeated.insert(producer);
      used.insert(producer->operand_begin(), producer->operand_end());
    }
    return captured;
  }

  LogicalResult outline(Operation *op, SymbolTable &symbols) {
    FailureOr<ParallelLoop> loop = match(op);
    if (failed(loop))
      return failure();
    SetVector<Operation *> repeated;
    SetVector<Value> captured = capture(*loop, repeated);
    auto parent = op->getParentOfType<func::FuncOp>();
    OpBuilder builder(parent);
    func::FuncOp body =
        makeBody(builder, parent, *loop, captured, repeated, symbols);
    LLVM::LLVMFuncOp entry = makeEntry(builder, parent, body, symbols);
    makeCall(*loop, captured.getArrayRef(), entry);
    op->erase();
    ++numLoops;
    return success();
  }

  func::FuncOp makeBody(OpBuilder builder, func::FuncOp parent,
                        ParallelLoop &loop, const SetVector<Value> &captured,
                        const SetVector<Operation *> &repeated,
                        SymbolTable &symbols) {
    Location loc = loop.op->getLoc();
    SmallVector<Type> types;
    for (Value value : captured)
      types.push_back(value.getType());
    types.append(2, builder.getIndexType());
    auto function =
        func::FuncOp::create(loc, (parent.getName() + "$parallel").str(),
                             builder.getFunctionType(types, TypeRange()));
    function.setPrivate();
    function->setAttr(kParallelBodyAttr, builder.getUnitAttr());
    for (auto [i, type] : llvm::enumerate(types))
      if (isa<MemRefType>(type))
        function.setArgAttr(i, LLVM::LLVMDialect::getNoAliasAttrName(),
                            builder.getUnitAttr());
    symbols.insert(function, Block::iterator(parent));
    Block *entry = function.addEntryBlock();
    builder.setInsertionPointToStart(entry);
    IRMapping mapping;
    mapping.map(captured.getArrayRef(), entry->getArguments().drop_back(2));
    for (Operation *op : llvm::reverse(repeated))
      cloneWithOperands(builder, op, mapping, repeated);
    makeLoop(builder, loc, loop, mapping, entry->getArguments().take_back(2));
    func::ReturnOp::create(builder, loc);
    return function;
  }

  static void cloneWithOperands(OpBuilder &builder, Operation *op,
                                IRMapping &mapping,
                                const SetVector<Operation *> &repeated) {
    if (llvm::all_of(op->getResults(),
                     [&](Value value) { return mapping.contains(value); }))
      return;
    for (Value operand : op->getOperands())
      if (Operation *producer = operand.getDefiningOp();
          producer && repeated.contains(producer))
        cloneWithOperands(builder, producer, mapping, repeated);
    builder.clone(*op, mapping);
  }

  /// Iterations [begin, end) of the flattened loop.
  static void makeLoop(OpBuilder &builder, Location loc, ParallelLoop &loop,
                       IRMapping &mapping, ValueRange range) {
    SizeBuilder sizes(builder, loc);
    auto local = [&](OpFoldResult size) -> OpFoldResult {
      if (auto value = dyn_cast<Value>(size))
        return mapping.lookupOrDefault(value);
      return size;
    };
    SmallVector<OpFoldResult> counts = getCounts(sizes, builder, loop, local);
    Value one = arith::ConstantIndexOp::create(builder, loc, 1);
    auto chunk = scf::ForOp::create(builder, loc, range[0], range[1], one);
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(chunk.getBody());
    SizeBuilder inner(builder, loc);
    Value rest = chunk.getInductionVar();
    for (int64_t i = loop.ivs.size() - 1; i >= 0; --i) {
      Value index = rest;
      if (i > 0) {
        Value count = inner.value(counts[i]);
        index = arith::RemUIOp::create(builder, loc, rest, count);
        rest = arith::DivUIOp::create(builder, loc, rest, count);
      }
      Value scaled = inner.value(inner.mul(index, local(loop.step[i])));
      if (getConstantIntValue(loop.lower[i]) != 0)
        scaled = arith::AddIOp::create(builder, loc, scaled,
                                       inner.value(local(loop.lower[i])));
      mapping.map(loop.ivs[i], scaled);
    }
    for (Operation &op : loop.body->without_terminator())
      builder.clone(op, mapping);
  }

  static SmallVector<OpFoldResult>
  getCounts(SizeBuilder &sizes, OpBuilder &builder, ParallelLoop &loop,
            llvm::function_ref<OpFoldResult(OpFoldResult)> local) {
    SmallVector<OpFoldResult> counts;
    for (auto [lower, upper, step] :
         llvm::zip(loop.lower, loop.upper, loop.step)) {
      OpFoldResult span = local(upper);
      if (getConstantIntValue(lower) != 0)
        span =
            arith::SubIOp::create(builder, loop.op->getLoc(), sizes.value(span),
                                  sizes.value(local(lower)))
                .getResult();
      counts.push_back(
          sizes.ceilDiv(sizes.max(span, sizes.constant(0)), local(step)));
    }
    return counts;
  }

  LLVM::LLVMFuncOp makeEntry(OpBuilder builder, func::FuncOp parent,
                             func::FuncOp body, SymbolTable &symbols) {
    Location loc = body.getLoc();
    MLIRContext *context = builder.getContext();
    LLVMTypeConverter converter(context);
    auto pointer = LLVM::LLVMPointerType::get(context);
    Type i64 = builder.getI64Type();
    auto entry = LLVM::LLVMFuncOp::create(
        builder, loc, (body.getName() + "_entry").str(),
        LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context),
                                    {pointer, i64, i64}),
        LLVM::Linkage::Internal);
    symbols.insert(entry);
    Block *block = entry.addEntryBlock(builder);
    builder.setInsertionPointToStart(block);
    ArrayRef<Type> types = body.getArgumentTypes().drop_back(2);
    Type structure = getContextType(converter, types);
    SmallVector<Value> operands;
    for (auto [i, type] : llvm::enumerate(types)) {
      Value field = LLVM::GEPOp::create(builder, loc, pointer, structure,
                                        block->getArgument(0),
                                        ArrayRef<LLVM::GEPArg>{0, int32_t(i)});
      Value loaded = LLVM::LoadOp::create(builder, loc,
                                          converter.convertType(type), field);
      operands.push_back(castTo(builder, loc, loaded, type));
    }
    for (Value bound : block->getArguments().take_back(2))
      operands.push_back(castTo(builder, loc, bound, builder.getIndexType()));
    func::CallOp::create(builder, loc, body, operands);
    LLVM::ReturnOp::create(builder, loc, ValueRange());
    return entry;
  }

  static Type getContextType(LLVMTypeConverter &converter, TypeRange types) {
    SmallVector<Type> fields;
    for (Type type : types)
      fields.push_back(converter.convertType(type));
    return LLVM::LLVMStructType::getLiteral(&converter.getContext(), fields);
  }

  static Value castTo(OpBuilder &builder, Location loc, Value value,
                      Type type) {
    if (value.getType() == type)
      return value;
    return UnrealizedConversionCastOp::create(builder, loc, type, value)
        .getResult(0);
  }

  void makeCall(ParallelLoop &loop, ArrayRef<Value> captured,
                LLVM::LLVMFuncOp entry) {
    OpBuilder builder(loop.op);
    Location loc = loop.op->getLoc();
    MLIRContext *context = builder.getContext();
    LLVMTypeConverter converter(context);
    auto pointer = LLVM::LLVMPointerType::get(context);
    Type structure = getContextType(converter, ValueRange(captured).getTypes());
    SizeBuilder sizes(builder, loc);
    OpFoldResult count = sizes.constant(1);
    for (OpFoldResult part : getCounts(sizes, builder, loop,
                                       [](OpFoldResult size) { return size; }))
      count = sizes.mul(count, part);
    // One context per function call, not per iteration of a loop around.
    auto parent = loop.op->getParentOfType<FunctionOpInterface>();
    OpBuilder top = OpBuilder::atBlockBegin(&parent.getFunctionBody().front());
    Value one = LLVM::ConstantOp::create(top, loc, top.getI64Type(), 1);
    Value storage = LLVM::AllocaOp::create(top, loc, pointer, structure, one);
    for (auto [i, value] : llvm::enumerate(captured)) {
      Value field =
          LLVM::GEPOp::create(builder, loc, pointer, structure, storage,
                              ArrayRef<LLVM::GEPArg>{0, int32_t(i)});
      LLVM::StoreOp::create(
          builder, loc,
          castTo(builder, loc, value, converter.convertType(value.getType())),
          field);
    }
    Value body = LLVM::AddressOfOp::create(builder, loc, entry);
    Value grain = loop.grain ? loop.grain : sizes.value(sizes.constant(1));
    callParallelFor(builder, loc, body, storage, sizes.value(count), grain);
  }
};
} // namespace
