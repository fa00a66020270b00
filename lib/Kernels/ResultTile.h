// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A warp's sums after the walk: which lane holds which element, and the
// exchange between lanes after which each holds neighbors of the result.

#ifndef LACUNA_LIB_KERNELS_RESULTTILE_H
#define LACUNA_LIB_KERNELS_RESULTTILE_H

#include "KernelEmitter.h"
#include "MmaInstruction.h"

namespace lacuna {

/// Elements a lane holds side by side: `width` neighbors along rows or columns,
/// in every vector. Everything that depends on the schedule alone is known
/// before code is emitted, so that the counts of a kernel are, too.
class ResultTile {
public:
  /// The widest exchange: eight neighbors of 16 bits are 16 bytes.
  static constexpr int64_t kMaxWidth = 8;

  /// Vectors of the widest power of two up to `width` that the tile has. The
  /// result has `sizeM` rows and `sizeN` columns, at most.
  ResultTile(ScheduleAttr schedule, int64_t sizeM, int64_t sizeN,
             bool alongRows, int64_t width);

  int64_t getWidth() const { return width; }
  bool isAlongRows() const { return alongRows; }
  /// First elements of a lane's vectors, relative to the lane's first element:
  /// every row meets every column. Those past the end in every warp are left
  /// out.
  llvm::ArrayRef<int64_t> getRows() const { return rows; }
  llvm::ArrayRef<int64_t> getColumns() const { return columns; }
  /// Lanes of the warp that hold elements of the same row.
  int64_t getLanesPerRow() const;

  /// Exchanges the sums of the m16n8 tiles, rows outermost.
  void exchange(KernelEmitter &emitter, llvm::ArrayRef<Sums> sums);
  /// The vector at a place of getRows() x getColumns(), after the exchange.
  llvm::ArrayRef<mlir::Value> getVector(int64_t row, int64_t column) const;
  /// The lane's first row and column in the result.
  mlir::Value emitFirstRow(KernelEmitter &emitter) const;
  mlir::Value emitFirstColumn(KernelEmitter &emitter) const;

private:
  /// What one bit of a lane's or a register's number means.
  struct Step {
    bool isRow;
    int64_t distance;
  };
  /// The place of a register of a unit of tiles, relative to the lane's.
  std::pair<int64_t, int64_t> getPlace(int64_t number) const;
  mlir::Value emitLanePlace(KernelEmitter &emitter, bool isRow) const;

  ScheduleAttr schedule;
  bool alongRows;
  int64_t width;
  /// Tiles that exchange together, along rows and along columns.
  int64_t unitM = 1, unitN = 1;
  /// Lane bits before the exchange and behind it, register bits behind it.
  llvm::SmallVector<Step> lanes, registers;
  llvm::SmallVector<int64_t> rows, columns;
  std::map<std::pair<int64_t, int64_t>, llvm::SmallVector<mlir::Value>> vectors;
};

} // namespace lacuna

#endif // LACUNA_LIB_KERNELS_RESULTTILE_H
