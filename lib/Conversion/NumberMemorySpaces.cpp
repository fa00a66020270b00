// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// number-memory-spaces: the first step of phase device that changes types.
// Upstream's convert-vector-to-llvm, which is run for its alignments, does not
// know the memory spaces of the gpu dialect by name.

#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace lacuna {
#define GEN_PASS_DEF_NUMBERMEMORYSPACES
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// The number of a memory space; null is the default space. Private memory is
/// an alloca of the default space in NVVM.
static Attribute getNumber(gpu::AddressSpaceAttr space) {
  NVVM::NVVMMemorySpace number;
  switch (space.getValue()) {
  case gpu::AddressSpace::Global:
    number = NVVM::NVVMMemorySpace::Global;
    break;
  case gpu::AddressSpace::Workgroup:
    number = NVVM::NVVMMemorySpace::Shared;
    break;
  case gpu::AddressSpace::Private:
    return {};
  }
  return IntegerAttr::get(IntegerType::get(space.getContext(), 64),
                          static_cast<int64_t>(number));
}

static constexpr llvm::StringLiteral kDynamicShared = "dynamic_shared";
// Swizzled tiles count on the bank that they begin at: 32 banks of 4 bytes.
static constexpr int64_t kDynamicSharedAlignment = 128;

/// Dynamic shared memory becomes an external array, as CUDA C++ writes it
/// (`extern __shared__`; PTX ISA, ".shared state space"). Upstream's lowering
/// makes a variable of the module, of one byte.
static void externDynamicShared(gpu::GPUModuleOp module) {
  SmallVector<gpu::DynamicSharedMemoryOp> ops;
  module.walk([&](gpu::DynamicSharedMemoryOp op) { ops.push_back(op); });
  if (ops.empty())
    return;
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  auto type =
      MemRefType::get({0}, builder.getI8Type(), MemRefLayoutAttrInterface(),
                      ops.front().getType().getMemorySpace());
  auto global = memref::GlobalOp::create(
      builder, module.getLoc(), kDynamicShared, /*sym_visibility=*/StringAttr(),
      type, /*initial_value=*/Attribute(), /*constant=*/false,
      builder.getI64IntegerAttr(kDynamicSharedAlignment));
  for (gpu::DynamicSharedMemoryOp op : ops) {
    builder.setInsertionPoint(op);
    Value array = memref::GetGlobalOp::create(builder, op.getLoc(), type,
                                              global.getSymName());
    op.replaceAllUsesWith(
        memref::CastOp::create(builder, op.getLoc(), op.getType(), array)
            .getResult());
    op.erase();
  }
}

namespace {
struct NumberMemorySpaces
    : lacuna::impl::NumberMemorySpacesBase<NumberMemorySpaces> {
  void runOnOperation() override {
    externDynamicShared(getOperation());
    AttrTypeReplacer replacer;
    replacer.addReplacement([](MemRefType type) -> std::optional<Type> {
      auto space =
          dyn_cast_or_null<gpu::AddressSpaceAttr>(type.getMemorySpace());
      if (!space)
        return std::nullopt;
      return MemRefType::get(type.getShape(), type.getElementType(),
                             type.getLayout(), getNumber(space));
    });
    replacer.recursivelyReplaceElementsIn(getOperation(), /*replaceAttrs=*/true,
                                          /*replaceLocs=*/false,
                                          /*replaceTypes=*/true);
  }
};
} // namespace
