// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What all parts of the contraction generator share while they emit one kernel:
// a builder with index arithmetic, the axes that loops were merged to, and
// where the thread, its warp and its block stand.

#ifndef LACUNA_LIB_KERNELS_KERNELEMITTER_H
#define LACUNA_LIB_KERNELS_KERNELEMITTER_H

#include "lacuna/Transforms/TensorCoreRoute.h"

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace lacuna {

/// Bytes of depth that a stage holds of each row, and that one step of
/// fragments (four registers of B) covers. The same for all element types: the
/// layouts of mma's operands agree byte for byte.
constexpr int64_t kStageBytes = 128, kHalfBytes = 64;

/// The widest access to global memory. Buffers begin at multiples of it.
constexpr int64_t kAccessBytes = 16;

/// Loops that lie together in every operand, as one index; an axis without
/// loops has size 1.
struct Axis {
  llvm::SmallVector<unsigned> loops;
  /// Static size of each loop, or ShapedType::kDynamic.
  llvm::SmallVector<int64_t> sizes;

  bool isStatic() const;
  int64_t getStaticSize() const;
};

/// The axes of a contraction. Rows or columns that do not merge to one axis are
/// walked around the tile like a batch.
struct Axes {
  llvm::SmallVector<Axis> batch;
  Axis m, n, k;
};

/// The axes, or nothing where the depth does not merge to one.
std::optional<Axes> getAxes(const TensorCoreContraction &contraction,
                            std::string &reason);

/// Sizes of the axes as constants or, where they are known at run time only, as
/// symbols: s0 rows, s1 columns, s2 depth, s3 batches.
struct SymbolicSizes {
  SymbolicSizes(const Axes &axes, mlir::MLIRContext *context);
  mlir::AffineExpr m, n, k, batch;
};

/// A position along a dimension of a tensor: a loop of the contraction, or a
/// constant.
struct Coordinate {
  bool isLoop = true;
  int64_t value = 0;
  bool operator==(const Coordinate &other) const {
    return isLoop == other.isLoop && value == other.value;
  }
  bool operator<(const Coordinate &other) const {
    return std::tie(isLoop, value) < std::tie(other.isLoop, other.value);
  }
};

/// A buffer whose merged dimensions are collapsed. Each dimension runs along a
/// whole axis, or along one coordinate.
struct GlobalBuffer {
  mlir::Value buffer;
  struct Dimension {
    const Axis *axis;
    Coordinate coordinate;
  };
  llvm::SmallVector<Dimension> dimensions;

  /// The axis along which neighbors in memory lie; null where it is none.
  const Axis *getInnerAxis() const {
    return dimensions.empty() ? nullptr : dimensions.back().axis;
  }
};

class KernelEmitter : public mlir::ImplicitLocOpBuilder {
public:
  KernelEmitter(mlir::Location loc, mlir::OpBuilder &builder,
                const TensorCoreContraction &contraction, const Axes &axes,
                ScheduleAttr schedule, bool rowsAreAligned)
      : ImplicitLocOpBuilder(loc, builder), contraction(contraction),
        axes(axes), schedule(schedule), rowsAreAligned(rowsAreAligned) {}

  const TensorCoreContraction &contraction;
  const Axes &axes;
  ScheduleAttr schedule;
  /// Whether the bytes of a row of a buffer, where its size is known at run
  /// time only, are a multiple of kAccessBytes: the kernel is launched only
  /// then.
  const bool rowsAreAligned;
  /// Set where an operand is copied by the element, through registers.
  bool copiesElements = false;

  /// Bytes of an element of A and B.
  int64_t getElementBytes() const {
    return contraction.elementType.getIntOrFloatBitWidth() / 8;
  }
  /// Elements of depth in a stage.
  int64_t getStageDepth() const { return kStageBytes / getElementBytes(); }

  /// m16 and n8 tiles that a warp computes: those of its part of the block's
  /// tile, without what lies past the end wherever the warp is.
  int64_t getWarpTilesM() const;
  int64_t getWarpTilesN() const;

  // Index arithmetic; constants fold.
  mlir::Value constant(int64_t value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value add(mlir::Value a, int64_t b) { return add(a, constant(b)); }
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, int64_t b) { return mul(a, constant(b)); }
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, int64_t b) { return div(a, constant(b)); }
  mlir::Value rem(mlir::Value a, mlir::Value b);
  mlir::Value rem(mlir::Value a, int64_t b) { return rem(a, constant(b)); }
  mlir::Value bitXor(mlir::Value a, mlir::Value b);
  mlir::Value min(mlir::Value a, mlir::Value b);
  mlir::Value less(mlir::Value a, mlir::Value b);
  mlir::Value both(mlir::Value a, mlir::Value b);

  /// ceil(a / b).
  mlir::Value ceilDiv(mlir::Value a, int64_t b) {
    return div(add(a, b - 1), b);
  }

  /// The size of an axis, read where that is dynamic off the buffers that
  /// `buffers` names for the operands of the contraction.
  mlir::Value getSize(const Axis &axis);

  /// Buffers of the contraction's operands inside the function that is built;
  /// by operand number.
  llvm::SmallVector<mlir::Value> buffers;

  /// Reads thread, warp and block; call once, at the start of the kernel.
  void begin();

  /// The buffer with dimensions at `coordinates`, collapsed where whole axes
  /// lie together.
  GlobalBuffer view(mlir::Value buffer, llvm::ArrayRef<Coordinate> coordinates);
  /// The buffer of an operand of the contraction.
  GlobalBuffer viewOperand(mlir::OpOperand *operand);

  /// The widest access, up to kAccessBytes, whose multiple the bytes of a row
  /// of `global` are: neighbors along the innermost dimension. 0 for no
  /// dimension.
  int64_t getRowAccess(const GlobalBuffer &global) const;
  /// Whether that depends on the size of a row at run time.
  bool hasDynamicRows(const GlobalBuffer &global) const;

  /// Indices into `global` with these positions along the axes m, n and k; null
  /// ones are not asked for.
  llvm::SmallVector<mlir::Value> getIndices(const GlobalBuffer &global,
                                            mlir::Value m, mlir::Value n,
                                            mlir::Value k);
  /// The position along one loop.
  mlir::Value getLoopIndex(unsigned loop, mlir::Value m, mlir::Value n,
                           mlir::Value k);

  /// Shared memory of the block as an array of this shape, from a byte on.
  mlir::Value viewShared(int64_t offset, llvm::ArrayRef<int64_t> shape,
                         mlir::Type element);

  /// Keeps LLVM from unrolling `loop`.
  void keepLoop(mlir::Operation *loop);

  mlir::Value thread, lane, warpM, warpN, warpK;
  /// First row and column of the block, sizes of the axes.
  mlir::Value blockM, blockN, sizeM, sizeN, sizeK;
  llvm::SmallVector<mlir::Value> batchIndex;

private:
  mlir::Value getAxisIndex(const Axis &axis, mlir::Value m, mlir::Value n,
                           mlir::Value k) const;
  const Axis &getAxis(unsigned loop) const;
  mlir::Value shared;
};

/// Number of blocks of a kernel of this schedule, emitted at `emitter`.
mlir::Value emitBlockCount(KernelEmitter &emitter);

} // namespace lacuna

#endif // LACUNA_LIB_KERNELS_KERNELEMITTER_H
