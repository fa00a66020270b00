// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// memory-to-runtime: scratch buffers get their place (before the loop of a
// parallel body rather than in it; on the stack where small), are freed, and
// are taken from the runtime; assertions become failures of the call. For a GPU
// all of them are its memory, and copies are its work.

#include "lacuna/Conversion/Passes.h"
#include "lacuna/Conversion/RuntimeCalls.h"
#include "lacuna/Conversion/SizeBuilder.h"

#include "mlir/Conversion/LLVMCommon/MemRefBuilder.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace lacuna {
#define GEN_PASS_DEF_MEMORYTORUNTIME
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// Scratch of at most so many bytes goes to the stack.
static constexpr int64_t kStackBytes = 16384;

/// Something at least as large as `size` that is known outside of `loop`, or
/// null.
static OpFoldResult getBound(Value size, scf::ForOp loop) {
  if (!loop->isAncestor(size.getParentBlock()->getParentOp()))
    return size;
  if (std::optional<int64_t> constant = getConstantIntValue(size))
    return OpBuilder(loop).getIndexAttr(*constant);
  auto min = size.getDefiningOp<affine::AffineMinOp>();
  if (!min)
    return {};
  AffineMap map = min.getMap();
  for (AffineExpr expr : map.getResults()) {
    if (auto constant = dyn_cast<AffineConstantExpr>(expr))
      return OpBuilder(loop).getIndexAttr(constant.getValue());
    Value operand;
    if (auto symbol = dyn_cast<AffineSymbolExpr>(expr))
      operand = min.getOperand(map.getNumDims() + symbol.getPosition());
    else if (auto dim = dyn_cast<AffineDimExpr>(expr))
      operand = min.getOperand(dim.getPosition());
    if (operand && !loop->isAncestor(operand.getParentBlock()->getParentOp()))
      return operand;
  }
  return {};
}

static OpFoldResult getBytes(SizeBuilder &sizes, MemRefType type,
                             ArrayRef<OpFoldResult> dynamic) {
  OpFoldResult bytes = sizes.constant(llvm::divideCeil(
      type.getElementType().isIndex() ? 64 : type.getElementTypeBitWidth(), 8));
  unsigned next = 0;
  for (int64_t size : type.getShape())
    bytes =
        sizes.mul(bytes, ShapedType::isDynamic(size) ? dynamic[next++]
                                                     : sizes.constant(size));
  return bytes;
}

namespace {
struct MemoryToRuntime : lacuna::impl::MemoryToRuntimeBase<MemoryToRuntime> {
  using MemoryToRuntimeBase::MemoryToRuntimeBase;

  void runOnOperation() override {
    SmallVector<memref::AllocOp> allocs;
    SmallVector<cf::AssertOp> asserts;
    SmallVector<memref::DeallocOp> deallocs;
    SmallVector<memref::CopyOp> copies;
    getOperation().walk([&](Operation *op) {
      if (auto alloc = dyn_cast<memref::AllocOp>(op))
        allocs.push_back(alloc);
      else if (auto assertion = dyn_cast<cf::AssertOp>(op))
        asserts.push_back(assertion);
      else if (auto dealloc = dyn_cast<memref::DeallocOp>(op))
        deallocs.push_back(dealloc);
      else if (auto copy = dyn_cast<memref::CopyOp>(op); copy && device)
        copies.push_back(copy);
    });
    for (memref::CopyOp copy : copies)
      lowerCopy(copy);
    for (memref::DeallocOp dealloc : deallocs)
      lowerDealloc(dealloc);
    for (memref::AllocOp alloc : allocs)
      if (failed(lowerAlloc(alloc)))
        return signalPassFailure();
    for (cf::AssertOp assertion : asserts)
      lowerAssert(assertion);
  }

private:
  LogicalResult lowerAlloc(memref::AllocOp alloc) {
    MemRefType type = alloc.getType();
    if (!type.getLayout().isIdentity())
      return alloc.emitOpError("of a strided buffer is not expected here");
    // The outermost loop that the size is known outside of.
    SmallVector<OpFoldResult> bounds =
        getAsOpFoldResult(alloc.getDynamicSizes());
    Operation *place = alloc;
    for (auto loop = alloc->getParentOfType<scf::ForOp>(); loop;
         loop = loop->getParentOfType<scf::ForOp>()) {
      SmallVector<OpFoldResult> wider;
      for (OpFoldResult bound : bounds) {
        auto value = dyn_cast<Value>(bound);
        wider.push_back(value ? getBound(value, loop) : bound);
      }
      if (llvm::is_contained(wider, OpFoldResult()))
        break;
      bounds = wider;
      place = loop;
    }
    Location loc = alloc.getLoc();
    OpBuilder outside(place), inside(alloc);
    SizeBuilder sizes(outside, loc);
    OpFoldResult bytes = getBytes(sizes, type, bounds);
    Value buffer = getBuffer(outside, place, loc, bytes);
    Value zero = arith::ConstantIndexOp::create(inside, loc, 0);
    Value view = memref::ViewOp::create(inside, loc, type, buffer, zero,
                                        alloc.getDynamicSizes());
    alloc.replaceAllUsesWith(view);
    alloc.erase();
    ++numAllocs;
    return success();
  }

  /// `bytes` of memory as an 8-bit buffer, until the end of `place`'s block.
  Value getBuffer(OpBuilder &builder, Operation *place, Location loc,
                  OpFoldResult bytes) const {
    std::optional<int64_t> fixed = getConstantIntValue(bytes);
    if (!device && fixed && *fixed <= kStackBytes) {
      // At the function's start: a stack never grows in a loop.
      auto function = place->getParentOfType<FunctionOpInterface>();
      OpBuilder top =
          OpBuilder::atBlockBegin(&function.getFunctionBody().front());
      auto type =
          MemRefType::get({std::max<int64_t>(*fixed, 1)}, builder.getI8Type());
      return memref::AllocaOp::create(top, loc, type,
                                      top.getI64IntegerAttr(64));
    }
    SizeBuilder sizes(builder, loc);
    Value size = sizes.value(bytes);
    Value pointer = callAlloc(builder, loc, size);
    OpBuilder end(place->getBlock()->getTerminator());
    callFree(end, loc, pointer);
    // The descriptor of a contiguous buffer of that size.
    auto type = MemRefType::get({ShapedType::kDynamic}, builder.getI8Type());
    LLVMTypeConverter converter(builder.getContext());
    auto descriptor =
        MemRefDescriptor::poison(builder, loc, converter.convertType(type));
    Type i64 = builder.getI64Type();
    Value zero = LLVM::ConstantOp::create(builder, loc, i64, 0);
    Value one = LLVM::ConstantOp::create(builder, loc, i64, 1);
    descriptor.setAllocatedPtr(builder, loc, pointer);
    descriptor.setAlignedPtr(builder, loc, pointer);
    descriptor.setOffset(builder, loc, zero);
    descriptor.setSize(builder, loc, 0,
                       arith::IndexCastOp::create(builder, loc, i64, size));
    descriptor.setStride(builder, loc, 0, one);
    return UnrealizedConversionCastOp::create(builder, loc, type,
                                              Value(descriptor))
        .getResult(0);
  }

  /// Scratch is freed at the end of its block in any case.
  static void lowerDealloc(memref::DeallocOp dealloc) { dealloc.erase(); }

  static Value getDescriptor(OpBuilder &builder, Location loc, Value buffer) {
    LLVMTypeConverter converter(builder.getContext());
    return UnrealizedConversionCastOp::create(
               builder, loc, converter.convertType(buffer.getType()), buffer)
        .getResult(0);
  }

  static Value getPointer(OpBuilder &builder, Location loc, Value buffer) {
    return MemRefDescriptor(getDescriptor(builder, loc, buffer))
        .alignedPtr(builder, loc);
  }

  /// A pointer to {rank, pointer to the descriptor} in the function's frame.
  static Value getUnranked(OpBuilder &builder, memref::CopyOp copy,
                           Value buffer) {
    Location loc = copy.getLoc();
    Value descriptor = getDescriptor(builder, loc, buffer);
    auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
    Type i64 = builder.getI64Type();
    Type pair =
        LLVM::LLVMStructType::getLiteral(builder.getContext(), {i64, pointer});
    OpBuilder top =
        OpBuilder::atBlockBegin(&copy->getParentOfType<FunctionOpInterface>()
                                     .getFunctionBody()
                                     .front());
    Value one = LLVM::ConstantOp::create(top, loc, i64, 1);
    Value place =
        LLVM::AllocaOp::create(top, loc, pointer, descriptor.getType(), one);
    Value unranked = LLVM::AllocaOp::create(top, loc, pointer, pair, one);
    LLVM::StoreOp::create(builder, loc, descriptor, place);
    int64_t rank = cast<MemRefType>(buffer.getType()).getRank();
    LLVM::StoreOp::create(builder, loc,
                          LLVM::ConstantOp::create(builder, loc, i64, rank),
                          unranked);
    LLVM::StoreOp::create(builder, loc, place,
                          LLVM::GEPOp::create(builder, loc, pointer, pair,
                                              unranked,
                                              ArrayRef<LLVM::GEPArg>{0, 1}));
    return unranked;
  }

  void lowerCopy(memref::CopyOp copy) {
    OpBuilder builder(copy);
    Location loc = copy.getLoc();
    Value source = copy.getSource(), target = copy.getTarget();
    auto from = cast<MemRefType>(source.getType());
    auto to = cast<MemRefType>(target.getType());
    SizeBuilder sizes(builder, loc);
    if (from.getLayout().isIdentity() && to.getLayout().isIdentity()) {
      SmallVector<OpFoldResult> dynamic;
      for (int64_t i = 0; i < from.getRank(); ++i)
        if (from.isDynamicDim(i))
          dynamic.push_back(
              memref::DimOp::create(builder, loc, source, i).getResult());
      Value bytes = sizes.value(getBytes(sizes, from, dynamic));
      callCopy(builder, loc, getPointer(builder, loc, target),
               getPointer(builder, loc, source), bytes);
    } else {
      auto scalar = MemRefType::get({}, from.getElementType());
      Value bytes = sizes.value(getBytes(sizes, scalar, {}));
      callMemrefCopy(builder, loc, bytes, getUnranked(builder, copy, source),
                     getUnranked(builder, copy, target));
    }
    copy.erase();
    ++numCopies;
  }

  void lowerAssert(cf::AssertOp assertion) {
    OpBuilder builder(assertion);
    Location loc = assertion.getLoc();
    Value yes = arith::ConstantIntOp::create(builder, loc, 1, 1);
    Value fails = arith::XOrIOp::create(builder, loc, assertion.getArg(), yes);
    auto branch = scf::IfOp::create(builder, loc, fails);
    builder.setInsertionPointToStart(branch.thenBlock());
    callFail(builder, loc, assertion.getMsg());
    assertion.erase();
    ++numAsserts;
  }
};
} // namespace
