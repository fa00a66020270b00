// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operand A from a plain tensor: a tile in shared memory, read by ldmatrix.

#include "MmaInstruction.h"
#include "SharedTile.h"
#include "lacuna/Kernels/Providers.h"

using namespace mlir;
using namespace lacuna;

namespace {
class DenseProvider : public OperandProvider {
public:
  // Two instructions a step of 64 bytes: m16n8k16 in 16 bits, k8 in tf32, k32
  // in i8.
  int64_t getDepth(Type element) const override {
    return 8 * kHalfBytes / element.getIntOrFloatBitWidth() / 2;
  }
  bool isSparse() const override { return false; }
  int64_t getStageBytes(int64_t rows) const override {
    return SharedTile::getStageBytes(rows);
  }
  AffineExpr getGlobalBytes(const KernelEmitter &emitter) const override {
    SymbolicSizes sizes(emitter.axes, emitter.getContext());
    return sizes.m * sizes.k * emitter.getElementBytes();
  }

  void allocate(KernelEmitter &emitter, int64_t offset) override {
    tile.emplace(emitter, emitter.viewOperand(emitter.contraction.a),
                 emitter.axes.m, emitter.schedule.getTileM());
    tile->allocate(emitter, offset);
  }

  void emitCopy(KernelEmitter &emitter, Value stage, Value step) override {
    tile->emitCopy(emitter, stage, step);
  }

  SmallVector<FragmentA> emitFragments(KernelEmitter &emitter, Value stage,
                                       int64_t half, int64_t index) override {
    Value row = emitter.add(
        emitter.mul(emitter.warpM, emitter.schedule.getWarpM()), 16 * index);
    SmallVector<FragmentA> fragments(2);
    for (auto [i, fragment] : llvm::enumerate(fragments)) {
      fragment.registers = tile->loadA(emitter, stage, row, 2 * half + i);
      roundRegisters(emitter, fragment.registers);
      fragment.firstB = 2 * i;
      fragment.numB = 2;
    }
    return fragments;
  }

private:
  std::optional<SharedTile> tile;
};
} // namespace

std::unique_ptr<OperandProvider> lacuna::makeDenseProvider() {
  return std::make_unique<DenseProvider>();
}
