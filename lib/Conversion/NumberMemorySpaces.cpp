// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// number-memory-spaces: the first step of phase device that changes types.
// Upstream's convert-vector-to-llvm, which is run for its alignments, does not
// know the memory spaces of the gpu dialect by name.

#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

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

namespace {
struct NumberMemorySpaces
    : lacuna::impl::NumberMemorySpacesBase<NumberMemorySpaces> {
  void runOnOperation() override {
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
