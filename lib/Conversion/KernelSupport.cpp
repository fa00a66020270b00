// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the passes that make kernels of dispatch functions share. See
// KernelSupport.h.

#include "lacuna/Conversion/KernelSupport.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace lacuna;

//===- Functions ----------------------------------------------------------===//

std::string lacuna::getKernelName(StringRef name, const Twine &suffix) {
  std::string identifier;
  for (char c : name)
    identifier += llvm::isAlnum(c) || c == '_' || c == '$' ? c : '_';
  if (identifier.empty() || !llvm::isAlpha(identifier.front()))
    identifier = "kernel" + identifier;
  return identifier + suffix.str();
}

gpu::GPUModuleOp lacuna::getKernelModule(ModuleOp module) {
  constexpr llvm::StringLiteral name = "kernels";
  if (auto kernels = module.lookupSymbol<gpu::GPUModuleOp>(name))
    return kernels;
  module->setAttr(gpu::GPUDialect::getContainerModuleAttrName(),
                  UnitAttr::get(module.getContext()));
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  return gpu::GPUModuleOp::create(builder, module.getLoc(), name);
}

gpu::GPUFuncOp lacuna::makeKernel(gpu::GPUModuleOp module, Location loc,
                                  StringRef name, TypeRange arguments,
                                  int64_t threads) {
  OpBuilder builder = OpBuilder::atBlockEnd(module.getBody());
  auto function = gpu::GPUFuncOp::create(
      builder, loc, name, builder.getFunctionType(arguments, TypeRange()));
  function->setAttr(gpu::GPUDialect::getKernelFuncAttrName(),
                    builder.getUnitAttr());
  function.setKnownBlockSizeAttr(
      builder.getDenseI32ArrayAttr({static_cast<int32_t>(threads), 1, 1}));
  return function;
}

//===- Operations ---------------------------------------------------------===//

// shfl moves 32 bits (PTX ISA 9.7.9, "shfl.sync"): wider values go in halves,
// others as integers.
Value lacuna::shuffle(OpBuilder &builder, Location loc, Value value,
                      int32_t offset, gpu::ShuffleMode mode) {
  Type type = value.getType();
  Type i32 = builder.getI32Type(), i64 = builder.getI64Type();
  auto move = [&](Value word) -> Value {
    return gpu::ShuffleOp::create(builder, loc, word, offset, kWarpThreads,
                                  mode)
        .getShuffleResult();
  };
  if (type.isF32() || type.isInteger(32))
    return move(value);
  if (type.isIndex()) {
    Value moved = shuffle(builder, loc,
                          arith::IndexCastOp::create(builder, loc, i64, value),
                          offset, mode);
    return arith::IndexCastOp::create(builder, loc, type, moved);
  }
  if (isa<FloatType>(type)) {
    Type bits = builder.getIntegerType(type.getIntOrFloatBitWidth());
    Value moved = shuffle(builder, loc,
                          arith::BitcastOp::create(builder, loc, bits, value),
                          offset, mode);
    return arith::BitcastOp::create(builder, loc, type, moved);
  }
  if (type.getIntOrFloatBitWidth() < 32) {
    Value moved = move(arith::ExtUIOp::create(builder, loc, i32, value));
    return arith::TruncIOp::create(builder, loc, type, moved);
  }
  Value half = arith::ConstantIntOp::create(builder, loc, i64, 32);
  Value low = arith::TruncIOp::create(builder, loc, i32, value);
  Value high = arith::ShRUIOp::create(builder, loc, value, half);
  high = arith::TruncIOp::create(builder, loc, i32, high);
  low = arith::ExtUIOp::create(builder, loc, i64, move(low));
  high = arith::ExtUIOp::create(builder, loc, i64, move(high));
  high = arith::ShLIOp::create(builder, loc, high, half);
  return arith::OrIOp::create(builder, loc, low, high);
}

void lacuna::makeTrap(cf::AssertOp assertion) {
  OpBuilder builder(assertion);
  Location loc = assertion.getLoc();
  Value yes = arith::ConstantIntOp::create(builder, loc, 1, 1);
  Value fails = arith::XOrIOp::create(builder, loc, assertion.getArg(), yes);
  auto branch = scf::IfOp::create(builder, loc, fails);
  builder.setInsertionPointToStart(branch.thenBlock());
  LLVM::Trap::create(builder, loc);
  assertion.erase();
}

//===- Narrow arithmetic --------------------------------------------------===//

NarrowArithmetic::NarrowArithmetic()
    : emulating(gpu::GPUFuncOp::getOperationName()),
      cleaning(gpu::GPUFuncOp::getOperationName()) {
  arith::ArithEmulateUnsupportedFloatsOptions emulate;
  emulate.sourceTypeStrs = {"bf16", "f16"};
  emulate.targetTypeStr = "f32";
  emulating.addPass(arith::createArithEmulateUnsupportedFloats(emulate));
  emulating.addPass(math::createMathExtendToSupportedTypes());
  cleaning.addPass(createCanonicalizerPass());
  cleaning.addPass(createCSEPass());
}

LogicalResult NarrowArithmetic::apply(
    gpu::GPUFuncOp kernel,
    function_ref<LogicalResult(OpPassManager &, Operation *)> run) {
  if (failed(run(emulating, kernel)))
    return failure();
  // Upstream's emulation lets a value stay in f32 between two operations; the
  // program rounds it.
  kernel.walk([](Operation *op) {
    if (isa<arith::TruncFOp, arith::ExtFOp>(op))
      op->removeAttr("fastmath");
  });
  return run(cleaning, kernel);
}

void NarrowArithmetic::getDependentDialects(DialectRegistry &registry) const {
  emulating.getDependentDialects(registry);
}
