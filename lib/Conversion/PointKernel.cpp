// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Kernels of elementwise groups: a thread for some neighbors, or square tiles
// where a buffer is read across. See RowKernel.h.

#include "RowKernel.h"

#include "RowEmitter.h"
#include "lacuna/Conversion/KernelSupport.h"

#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace lacuna;

static gpu::GPUFuncOp makeEmpty(const RowGroup &group, gpu::GPUModuleOp module,
                                StringRef name, int64_t threads) {
  return makeKernel(module, group.getFunction().getLoc(), name,
                    ValueRange(group.hostValues.getArrayRef()).getTypes(),
                    threads);
}

/// Evaluates the results where `emitter` stands.
static void storeOutputs(RowEmitter &emitter) {
  for (const RowOutput &output : emitter.group.outputs)
    emitter.store(output);
}

/// Runs `body` where `condition` holds.
static void guarded(RowEmitter &emitter, Value condition,
                    function_ref<void()> body) {
  auto branch = scf::IfOp::create(emitter, condition);
  OpBuilder::InsertionGuard guard(emitter);
  emitter.setInsertionPointToStart(branch.thenBlock());
  emitter.apart(body);
}

//===- Points -------------------------------------------------------------===//

/// What is left of a row that ends within the thread's neighbors.
static void emitTail(RowEmitter &emitter, Value first, Value length) {
  auto loop = scf::ForOp::create(emitter, first, length, emitter.constant(1));
  OpBuilder::InsertionGuard guard(emitter);
  emitter.setInsertionPointToStart(loop.getBody());
  llvm::SaveAndRestore width(emitter.width, int64_t(1));
  llvm::SaveAndRestore place(emitter.position);
  emitter.position.back() = loop.getInductionVar();
  emitter.apart([&] { storeOutputs(emitter); });
}

gpu::GPUFuncOp lacuna::emitPointKernel(const RowGroup &group, int64_t width,
                                       bool hasTail, gpu::GPUModuleOp module,
                                       StringRef name) {
  gpu::GPUFuncOp kernel = makeEmpty(group, module, name, kPointThreads);
  OpBuilder builder(kernel);
  RowEmitter emitter(group.getFunction().getLoc(), builder, group);
  emitter.begin(kernel);
  emitter.width = width;
  Value block = gpu::BlockIdOp::create(emitter, gpu::Dimension::x);
  Value thread = gpu::ThreadIdOp::create(emitter, gpu::Dimension::x);
  Value point =
      emitter.add(emitter.mul(block, emitter.constant(kPointThreads)), thread);
  Value length = emitter.getSize(group.getRowAxis());
  Value step = emitter.constant(width);
  Value places =
      hasTail
          ? emitter.div(emitter.add(length, emitter.constant(width - 1)), step)
          : emitter.div(length, step);
  Value total = emitter.mul(emitter.getNumRows(), places);
  guarded(emitter, emitter.less(point, total), [&] {
    bool isOneRow = group.axes.size() == 1;
    emitter.setRow(isOneRow ? point : emitter.div(point, places));
    Value place = isOneRow ? point : emitter.rem(point, places);
    emitter.position.back() = emitter.mul(place, step);
    if (!hasTail) {
      storeOutputs(emitter);
      return;
    }
    Value last = emitter.add(emitter.position.back(), step);
    Value isWhole =
        arith::CmpIOp::create(emitter, arith::CmpIPredicate::ule, last, length);
    auto branch = scf::IfOp::create(emitter, isWhole, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(emitter);
    emitter.setInsertionPointToStart(branch.thenBlock());
    emitter.apart([&] { storeOutputs(emitter); });
    emitter.setInsertionPointToStart(branch.elseBlock());
    emitTail(emitter, emitter.position.back(), length);
  });
  gpu::ReturnOp::create(emitter);
  return kernel;
}

//===- Tiles --------------------------------------------------------------===//

/// Whether a node is a buffer that is contiguous along `axis` and read across:
/// the row is another of its dimensions.
static bool isTurned(const RowGroup &group, const RowNode &node,
                     unsigned axis) {
  return node.kind == RowNode::Kind::Buffer && node.alongRow &&
         node.at.back().isPlain() && group.getAxis(node.at.back().dim) == axis;
}

std::optional<unsigned> lacuna::findTileAxis(const RowGroup &group) {
  if (group.hasReductions())
    return std::nullopt;
  // Fewer would leave most of a tile empty.
  constexpr int64_t kLeast = 8;
  auto isLong = [&](unsigned axis) {
    int64_t size = group.getStaticSize(axis);
    return ShapedType::isDynamic(size) || size >= kLeast;
  };
  if (!isLong(group.getRowAxis()))
    return std::nullopt;
  for (unsigned axis = 0; axis < group.getRowAxis(); ++axis)
    for (const RowNode &node : group.nodes)
      if (isLong(axis) && isTurned(group, node, axis))
        return axis;
  return std::nullopt;
}

namespace {
/// A tile: rows of the block's threads run along the tile axis while it is
/// filled, and along the row while it is read.
class TileKernel {
public:
  TileKernel(RowEmitter &emitter, unsigned axis, gpu::GPUFuncOp kernel)
      : emitter(emitter), group(emitter.group), axis(axis), kernel(kernel) {}
  void emit();

private:
  void setBlock();
  void forEachLine(function_ref<void(Value)> body);

  RowEmitter &emitter;
  const RowGroup &group;
  unsigned axis;
  gpu::GPUFuncOp kernel;
  Value firstAcross, firstAlong, column, line;
};
} // namespace

/// Blocks are numbered along the row, then along the tile axis, then the
/// others.
void TileKernel::setBlock() {
  Value block = gpu::BlockIdOp::create(emitter, gpu::Dimension::x);
  emitter.position.assign(group.axes.size(), Value());
  auto take = [&](Value count) {
    Value index = emitter.rem(block, count);
    block = emitter.div(block, count);
    return index;
  };
  Value tile = emitter.constant(kTileSize);
  auto takeTile = [&](unsigned along) {
    Value tiles = emitter.div(
        emitter.add(emitter.getSize(along), emitter.constant(kTileSize - 1)),
        tile);
    return emitter.mul(take(tiles), tile);
  };
  firstAlong = takeTile(group.getRowAxis());
  firstAcross = takeTile(axis);
  for (unsigned other = group.getRowAxis(); other-- > 0;)
    if (other != axis)
      emitter.position[other] = take(emitter.getSize(other));
}

/// Lines of the tile that the thread takes part in.
void TileKernel::forEachLine(function_ref<void(Value)> body) {
  for (int64_t i = 0; i < kTileSize; i += kTileThreads / kTileSize)
    body(emitter.add(line, emitter.constant(i)));
}

void TileKernel::emit() {
  emitter.begin(kernel);
  Value thread = gpu::ThreadIdOp::create(emitter, gpu::Dimension::x);
  column = emitter.rem(thread, emitter.constant(kTileSize));
  line = emitter.div(thread, emitter.constant(kTileSize));
  setBlock();
  Value along = emitter.getSize(group.getRowAxis());
  Value across = emitter.getSize(axis);
  auto space = gpu::AddressSpaceAttr::get(emitter.getContext(),
                                          gpu::AddressSpace::Workgroup);
  SmallVector<std::pair<int, Value>> tiles;
  for (auto [i, node] : llvm::enumerate(group.nodes))
    if (isTurned(group, node, axis)) {
      Type element = getElementTypeOrSelf(node.tensor.getType());
      if (element.isInteger(1))
        element = emitter.getI8Type(); // a byte in memory
      // Lines that are an odd number of words apart lie in different banks.
      unsigned bits = std::max(element.getIntOrFloatBitWidth(), 8u);
      int64_t pitch = kTileSize + std::max<int64_t>(1, 32 / bits);
      tiles.push_back({i, kernel.addWorkgroupAttribution(
                              MemRefType::get({kTileSize, pitch}, element,
                                              AffineMap(), space),
                              emitter.getLoc())});
    }
  auto isInside = [&] {
    return arith::AndIOp::create(emitter,
                                 emitter.less(emitter.position.back(), along),
                                 emitter.less(emitter.position[axis], across))
        .getResult();
  };
  emitter.position[axis] = emitter.add(firstAcross, column);
  forEachLine([&](Value number) {
    emitter.position.back() = emitter.add(firstAlong, number);
    guarded(emitter, isInside(), [&] {
      for (auto [node, tile] : tiles)
        memref::StoreOp::create(emitter, emitter.loadBytes(group.nodes[node]),
                                tile, ValueRange{number, column});
    });
  });
  gpu::BarrierOp::create(emitter);
  emitter.position.back() = emitter.add(firstAlong, column);
  forEachLine([&](Value number) {
    emitter.position[axis] = emitter.add(firstAcross, number);
    guarded(emitter, isInside(), [&] {
      for (auto [node, tile] : tiles) {
        Value value =
            memref::LoadOp::create(emitter, tile, ValueRange{column, number});
        emitter.setLaneValue(node, emitter.fromBytes(value, group.nodes[node]));
      }
      storeOutputs(emitter);
    });
  });
  gpu::ReturnOp::create(emitter);
}

gpu::GPUFuncOp lacuna::emitTileKernel(const RowGroup &group, unsigned tileAxis,
                                      gpu::GPUModuleOp module, StringRef name) {
  gpu::GPUFuncOp kernel = makeEmpty(group, module, name, kTileThreads);
  OpBuilder builder(kernel);
  RowEmitter emitter(group.getFunction().getLoc(), builder, group);
  TileKernel(emitter, tileAxis, kernel).emit();
  return kernel;
}
