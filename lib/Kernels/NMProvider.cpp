// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operand A from an n:m weight, for mma.sp: which weights have a form, the
// views that the packing library makes of them at load, and the loads.
//
// Values and metadata lie in the order of the registers, so a lane reads its
// four registers of A as 16 contiguous bytes. They pass through the ring in
// shared memory like everything else: that keeps `stages` steps in flight
// without a register, which is what a small batch is bound by, and warps that
// share rows fetch them once.

#include "MmaInstruction.h"
#include "lacuna/Kernels/Providers.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace lacuna;

//===- Questions ----------------------------------------------------------===//

/// PTX ISA, "Matrix multiply-accumulate operation using mma.sp instruction with
/// sparse matrix A": 2:4 in 16- and 8-bit elements, 1:2 in tf32. The forms with
/// the greatest depth are used.
static std::optional<MmaForm> findForm(NMAttr layout, Type element) {
  bool twoOfFour = layout.getN() == 2 && layout.getM() == 4;
  bool oneOfTwo = layout.getN() == 1 && layout.getM() == 2;
  if (twoOfFour && (element.isF16() || element.isBF16()))
    return MmaForm{/*depth=*/32, /*tileDepth=*/64, /*elements=*/8};
  if (twoOfFour && element.isSignlessInteger(8))
    return MmaForm{/*depth=*/64, /*tileDepth=*/64, /*elements=*/16};
  if (oneOfTwo && element.isF32())
    return MmaForm{/*depth=*/16, /*tileDepth=*/32, /*elements=*/4};
  return std::nullopt;
}

namespace {
struct NMTensorCore : TensorCoreInterface::ExternalModel<NMTensorCore, NMAttr> {
  std::optional<MmaForm> getMmaForm(Attribute attribute,
                                    RankedTensorType weight,
                                    std::string &reason) const {
    auto layout = cast<NMAttr>(attribute);
    std::optional<MmaForm> form = findForm(layout, weight.getElementType());
    if (form)
      return form;
    llvm::raw_string_ostream os(reason);
    reason.clear();
    os << "nm<" << layout.getN() << ":" << layout.getM() << "> of "
       << weight.getElementType()
       << " has no mma.sp form; there are 2:4 in f16, bf16 and i8, and 1:2 in "
          "f32 as tf32";
    if (weight.getElementType().isF32() && layout.getM() == 4)
      os << "; --precision=bf16 or f16 makes this weight one of them";
    return std::nullopt;
  }

  SmallVector<LayoutComponent> getMmaViews(Attribute attribute,
                                           RankedTensorType weight) const {
    auto layout = cast<NMAttr>(attribute);
    std::optional<MmaForm> form = findForm(layout, weight.getElementType());
    if (!form)
      return {};
    SmallVector<int64_t> shape(weight.getShape());
    int64_t depth = shape[layout.getDim()];
    shape.erase(shape.begin() + layout.getDim());
    int64_t rows = shape.empty() ? 1 : shape.pop_back_val();
    shape.append({int64_t(llvm::divideCeil(rows, 16)),
                  int64_t(llvm::divideCeil(depth, form->tileDepth))});
    SmallVector<int64_t> values(shape), metadata(shape);
    values.append({form->tileDepth / form->depth, 32, form->elements});
    metadata.push_back(32);
    Type word = IntegerType::get(weight.getContext(), 32);
    return {
        {"mma.values", RankedTensorType::get(values, weight.getElementType())},
        {"mma.metadata", RankedTensorType::get(metadata, word)}};
  }
};

//===- Loads --------------------------------------------------------------===//

class NMProvider : public OperandProvider {
public:
  NMProvider(NMAttr layout, RankedTensorType weight, ValueRange buffers)
      : layout(layout), form(*findForm(layout, weight.getElementType())),
        values(buffers[0]), metadata(buffers[1]) {}

  int64_t getDepth(Type) const override { return form.depth; }
  bool isSparse() const override { return true; }
  // For 16 rows and 64 bytes of depth 512 bytes of values; a word of metadata
  // for each lane and tile of depth.
  int64_t getStageBytes(int64_t rows) const override {
    return rows / 16 * (2 * 512 + getTiles() * 128);
  }
  AffineExpr getGlobalBytes(const KernelEmitter &emitter) const override;

  void allocate(KernelEmitter &emitter, int64_t offset) override;
  void emitCopy(KernelEmitter &emitter, Value stage, Value step) override;
  SmallVector<FragmentA> emitFragments(KernelEmitter &emitter, Value stage,
                                       int64_t half, int64_t index) override;

private:
  /// Tiles of depth, each with a word of metadata a lane, in a stage.
  int64_t getTiles() const { return 2 * form.depth / form.tileDepth; }
  int64_t getStepsPerTile() const { return form.tileDepth / form.depth; }
  void copyPieces(KernelEmitter &emitter, int64_t total,
                  function_ref<void(Value)> body);
  SmallVector<Value> getBatch(KernelEmitter &emitter) const;

  NMAttr layout;
  MmaForm form;
  Value values, metadata, sharedValues, sharedMetadata;
};

struct NMOperand : OperandProviderInterface::ExternalModel<NMOperand, NMAttr> {
  std::unique_ptr<OperandProvider> makeProvider(Attribute attribute,
                                                RankedTensorType weight,
                                                ValueRange buffers) const {
    return std::make_unique<NMProvider>(cast<NMAttr>(attribute), weight,
                                        buffers);
  }
};
} // namespace

/// Indices of the views' leading dimensions.
SmallVector<Value> NMProvider::getBatch(KernelEmitter &emitter) const {
  AffineMap map = emitter.contraction.getMap(emitter.contraction.a);
  SmallVector<Value> indices;
  for (auto [dimension, expr] : llvm::enumerate(map.getResults())) {
    unsigned loop = cast<AffineDimExpr>(expr).getPosition();
    if (static_cast<int64_t>(dimension) != layout.getDim() &&
        !llvm::is_contained(emitter.axes.m.loops, loop))
      indices.push_back(emitter.getLoopIndex(loop, Value(), Value(), Value()));
  }
  return indices;
}

/// Values of the tiles that exist; metadata for whole tiles of the block and
/// whole stages.
AffineExpr NMProvider::getGlobalBytes(const KernelEmitter &emitter) const {
  SymbolicSizes sizes(emitter.axes, emitter.getContext());
  int64_t tileM = emitter.schedule.getTileM();
  AffineExpr values = sizes.m.ceilDiv(16) * sizes.k.ceilDiv(form.tileDepth) *
                      (getStepsPerTile() * 512);
  return values + sizes.m.ceilDiv(tileM) *
                      sizes.k.ceilDiv(emitter.getStageDepth()) *
                      (tileM / 16 * getTiles() * 128);
}

void NMProvider::allocate(KernelEmitter &emitter, int64_t offset) {
  ScheduleAttr schedule = emitter.schedule;
  int64_t tiles = schedule.getTileM() / 16, stages = schedule.getSlots();
  sharedValues =
      emitter.viewShared(offset, {stages, tiles, 2, 32, form.elements},
                         emitter.contraction.elementType);
  sharedMetadata =
      emitter.viewShared(offset + stages * tiles * 2 * 512,
                         {stages, tiles, getTiles(), 32}, emitter.getI32Type());
}

/// Calls `body` with the pieces of `total` that this thread copies.
void NMProvider::copyPieces(KernelEmitter &emitter, int64_t total,
                            function_ref<void(Value)> body) {
  int64_t threads = emitter.schedule.getThreads();
  for (int64_t first = 0; first < total; first += threads) {
    Value piece = emitter.add(emitter.thread, first);
    OpBuilder::InsertionGuard guard(emitter);
    if (first + threads > total) {
      auto some = scf::IfOp::create(
          emitter, emitter.less(piece, emitter.constant(total)));
      emitter.setInsertionPointToStart(some.thenBlock());
    }
    body(piece);
  }
}

void NMProvider::emitCopy(KernelEmitter &emitter, Value stage, Value step) {
  int64_t rowTiles = emitter.schedule.getTileM() / 16;
  auto tokenType = nvgpu::DeviceAsyncTokenType::get(emitter.getContext());
  auto type = cast<MemRefType>(metadata.getType());
  int64_t numRowTiles = type.getShape().take_back(3)[0],
          numTiles = type.getShape().take_back(2)[0];
  Value firstRowTile = emitter.div(emitter.blockM, 16);
  SmallVector<Value> batch = getBatch(emitter);
  auto copy = [&](Value target, ArrayRef<Value> to, Value source,
                  ArrayRef<Value> at, int64_t elements, Value count) {
    SmallVector<Value> targetIndices = {stage}, indices(batch);
    targetIndices.append(to.begin(), to.end());
    indices.append(at.begin(), at.end());
    int64_t bytes =
        elements * cast<MemRefType>(source.getType()).getElementTypeBitWidth() /
        8;
    nvgpu::DeviceAsyncCopyOp::create(
        emitter, tokenType, target, targetIndices, source, indices,
        emitter.getIndexAttr(elements), count,
        bytes == 16 ? emitter.getUnitAttr() : UnitAttr());
  };

  // Tiles that do not exist are zeros.
  copyPieces(emitter, rowTiles * 64, [&](Value piece) {
    Value lane = emitter.rem(piece, 32);
    Value half = emitter.rem(emitter.div(piece, 32), 2);
    Value row = emitter.div(piece, 64);
    Value rowTile = emitter.add(firstRowTile, row);
    Value tile = emitter.add(emitter.mul(step, getTiles()),
                             emitter.div(half, getStepsPerTile()));
    Value inside =
        emitter.both(emitter.less(rowTile, emitter.constant(numRowTiles)),
                     emitter.less(tile, emitter.constant(numTiles)));
    Value zero = emitter.constant(0);
    Value count = emitter.createOrFold<arith::SelectOp>(
        inside, emitter.constant(form.elements), zero);
    copy(sharedValues, {row, half, lane, zero}, values,
         {rowTile, tile, emitter.rem(half, getStepsPerTile()), lane, zero},
         form.elements, count);
  });
  // Zero is no legal metadata (PTX ISA, "Sparse matrix storage"): past the end,
  // the last tile's is read again.
  // All threads take a part of it where there are enough words, so that no
  // branch parts the warps in the loop.
  int64_t words = 4, total = rowTiles * getTiles() * 32;
  while (words > 1 && total / words < emitter.schedule.getThreads())
    words /= 2;
  int64_t parts = 32 / words;
  copyPieces(emitter, total / words, [&](Value piece) {
    Value lane = emitter.mul(emitter.rem(piece, parts), words);
    Value within = emitter.rem(emitter.div(piece, parts), getTiles());
    Value row = emitter.div(piece, parts * getTiles());
    Value rowTile = emitter.min(emitter.add(firstRowTile, row),
                                emitter.constant(numRowTiles - 1));
    Value tile = emitter.min(emitter.add(emitter.mul(step, getTiles()), within),
                             emitter.constant(numTiles - 1));
    copy(sharedMetadata, {row, within, lane}, metadata, {rowTile, tile, lane},
         words, Value());
  });
}

SmallVector<FragmentA> NMProvider::emitFragments(KernelEmitter &emitter,
                                                 Value stage, int64_t half,
                                                 int64_t index) {
  Value row = emitter.add(
      emitter.mul(emitter.warpM, emitter.schedule.getWarpM() / 16), index);
  FragmentA fragment;
  auto type = VectorType::get({form.elements}, emitter.contraction.elementType);
  Value zero = emitter.constant(0);
  // One 16-byte load: without the alignment it would be one for each element.
  Value vector = vector::LoadOp::create(
      emitter, type, sharedValues,
      ValueRange{stage, row, emitter.constant(half), emitter.lane, zero},
      /*nontemporal=*/false, llvm::MaybeAlign(16));
  fragment.registers = extractRegisters(emitter, vector);
  roundRegisters(emitter, fragment.registers);
  fragment.metadata = memref::LoadOp::create(
      emitter, sharedMetadata,
      ValueRange{stage, row, emitter.constant(half / getStepsPerTile()),
                 emitter.lane});
  fragment.selector = half % getStepsPerTile();
  fragment.numB = 4;
  return {fragment};
}

void lacuna::registerOperandProviders(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, LacunaDialect *) {
    NMAttr::attachInterface<NMTensorCore, NMOperand>(*context);
  });
}
