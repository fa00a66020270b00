// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls of the runtime's C symbols from generated code.

#include "lacuna/Conversion/RuntimeCalls.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;
using namespace lacuna;

static ModuleOp getModule(OpBuilder &builder) {
  Operation *op = builder.getInsertionBlock()->getParentOp();
  auto module = dyn_cast<ModuleOp>(op);
  return module ? module : op->getParentOfType<ModuleOp>();
}

static Value toI64(OpBuilder &builder, Location loc, Value value) {
  return arith::IndexCastOp::create(builder, loc, builder.getI64Type(), value);
}

/// Calls `name`, declaring it first if need be.
static LLVM::CallOp call(OpBuilder &builder, Location loc, StringRef name,
                         Type result, ValueRange operands,
                         bool returns = true) {
  ModuleOp module = getModule(builder);
  auto callee = module.lookupSymbol<LLVM::LLVMFuncOp>(name);
  if (!callee) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    callee = LLVM::LLVMFuncOp::create(
        builder, loc, name,
        LLVM::LLVMFunctionType::get(result,
                                    llvm::to_vector(operands.getTypes())));
    if (!returns)
      callee.setPassthroughAttr(builder.getStrArrayAttr({"noreturn", "cold"}));
    // What the runtime hands out is new memory.
    if (isa<LLVM::LLVMPointerType>(result))
      callee.setResultAttr(0, LLVM::LLVMDialect::getNoAliasAttrName(),
                           builder.getUnitAttr());
  }
  return LLVM::CallOp::create(builder, loc, callee, operands);
}

void lacuna::callParallelFor(OpBuilder &builder, Location loc, Value body,
                             Value context, Value count, Value grain) {
  call(builder, loc, "lacuna_rt_parallel_for",
       LLVM::LLVMVoidType::get(builder.getContext()),
       {body, context, toI64(builder, loc, count), toI64(builder, loc, grain)});
}

Value lacuna::callThreads(OpBuilder &builder, Location loc) {
  Value threads =
      call(builder, loc, "lacuna_rt_threads", builder.getI64Type(), {})
          .getResult();
  return arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                    threads);
}

Value lacuna::callAlloc(OpBuilder &builder, Location loc, Value bytes) {
  return call(builder, loc, "lacuna_rt_alloc",
              LLVM::LLVMPointerType::get(builder.getContext()),
              toI64(builder, loc, bytes))
      .getResult();
}

void lacuna::callFree(OpBuilder &builder, Location loc, Value pointer) {
  call(builder, loc, "lacuna_rt_free",
       LLVM::LLVMVoidType::get(builder.getContext()), pointer);
}

void lacuna::callCopy(OpBuilder &builder, Location loc, Value target,
                      Value source, Value bytes) {
  call(builder, loc, "lacuna_rt_copy",
       LLVM::LLVMVoidType::get(builder.getContext()),
       {target, source, toI64(builder, loc, bytes)});
}

void lacuna::callMemrefCopy(OpBuilder &builder, Location loc,
                            Value elementBytes, Value source, Value target) {
  call(builder, loc, "memrefCopy",
       LLVM::LLVMVoidType::get(builder.getContext()),
       {toI64(builder, loc, elementBytes), source, target});
}

void lacuna::callLaunch(OpBuilder &builder, Location loc, int32_t kernel,
                        Value sizes, Value params, int32_t numParams) {
  Type i32 = builder.getI32Type();
  call(builder, loc, "lacuna_rt_launch",
       LLVM::LLVMVoidType::get(builder.getContext()),
       {LLVM::ConstantOp::create(builder, loc, i32, kernel), sizes, params,
        LLVM::ConstantOp::create(builder, loc, i32, numParams)});
}

/// A pointer to `message`, which ends in a NUL. Equal ones are one constant.
static Value getText(OpBuilder &builder, Location loc, StringRef message) {
  ModuleOp module = getModule(builder);
  LLVM::GlobalOp text;
  for (auto global : module.getOps<LLVM::GlobalOp>()) {
    auto value = dyn_cast_or_null<StringAttr>(global.getValueOrNull());
    if (value && value.getValue().drop_back() == message &&
        global.getName().starts_with("lacuna_message_"))
      text = global;
  }
  if (!text) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module.getBody());
    std::string bytes = message.str();
    bytes.push_back('\0');
    unsigned number = llvm::count_if(
        module.getOps<LLVM::GlobalOp>(), [](LLVM::GlobalOp global) {
          return global.getName().starts_with("lacuna_message_");
        });
    text = LLVM::GlobalOp::create(
        builder, loc,
        LLVM::LLVMArrayType::get(builder.getI8Type(), bytes.size()),
        /*isConstant=*/true, LLVM::Linkage::Internal,
        "lacuna_message_" + std::to_string(number),
        builder.getStringAttr(bytes));
  }
  return LLVM::AddressOfOp::create(builder, loc, text);
}

void lacuna::callFail(OpBuilder &builder, Location loc, StringRef message) {
  call(builder, loc, "lacuna_rt_fail",
       LLVM::LLVMVoidType::get(builder.getContext()),
       getText(builder, loc, message), /*returns=*/false);
}

Value lacuna::getRegionName(OpBuilder &builder, Location loc, StringRef name) {
  return getText(builder, loc, name);
}

void lacuna::callRegion(OpBuilder &builder, Location loc, Value name,
                        bool after) {
  Value flag =
      LLVM::ConstantOp::create(builder, loc, builder.getI32Type(), after);
  call(builder, loc, "lacuna_rt_region",
       LLVM::LLVMVoidType::get(builder.getContext()), {name, flag});
}
