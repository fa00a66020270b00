// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates values of a row group inside a kernel: an element, or `width`
// neighbors along the row as one vector.

#ifndef LACUNA_LIB_CONVERSION_ROWEMITTER_H
#define LACUNA_LIB_CONVERSION_ROWEMITTER_H

#include "RowGroup.h"

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace lacuna {

class RowEmitter : public mlir::ImplicitLocOpBuilder {
public:
  RowEmitter(mlir::Location loc, mlir::OpBuilder &builder,
             const RowGroup &group)
      : ImplicitLocOpBuilder(loc, builder), group(group) {}

  const RowGroup &group;
  /// Elements of a row that are one value. Divides the length of the rows
  /// wherever it is not 1.
  int64_t width = 1;
  /// Index along each axis; of the row's, that of the first element.
  llvm::SmallVector<mlir::Value> position;
  /// The phase that is emitted.
  unsigned phase = 0;
  /// Gives a value that a phase before has kept, or null.
  std::function<mlir::Value(int)> readKept;

  /// Puts the kernel's arguments in the place of the host's values.
  void begin(mlir::gpu::GPUFuncOp kernel);

  // Index arithmetic; constants fold.
  mlir::Value constant(int64_t value);
  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value div(mlir::Value a, mlir::Value b);
  mlir::Value rem(mlir::Value a, mlir::Value b);
  mlir::Value less(mlir::Value a, mlir::Value b);
  mlir::Value getSize(unsigned axis);
  /// The product of the sizes of all axes but the row's.
  mlir::Value getNumRows();
  /// Sets the index along all axes but the row's to those of a row.
  void setRow(mlir::Value row);

  /// The value of a node where `position` is.
  mlir::Value evaluate(int node);
  /// Evaluates, where nothing depends on the place in the row, what `node`
  /// needs of the row as a whole.
  void prepare(int node);
  /// Forgets values that belong to the last position along the row; or, too,
  /// those of the row.
  void moveAlongRow() { laneValues.clear(); }
  void moveToRow() { laneValues.clear(), rowValues.clear(); }
  void setRowValue(int node, mlir::Value value) { rowValues[node] = value; }
  void setLaneValue(int node, mlir::Value value) { laneValues[node] = value; }
  mlir::Value getLaneValue(int node) { return laneValues.lookup(node); }

  /// A place in a buffer; with `lane`, of `width` elements along that index.
  struct Access {
    mlir::Value buffer;
    llvm::SmallVector<mlir::Value> indices;
    std::optional<unsigned> lane; // the index that runs along the row
    bool isAligned = false;
  };
  mlir::Value load(const Access &access);
  void store(const Access &access, mlir::Value value);

  /// Writes a result at `position`.
  void store(const RowOutput &output);
  /// An element of a buffer, at the place of a node of it, as memory has it,
  /// and what that means.
  mlir::Value loadBytes(const RowNode &node);
  mlir::Value fromBytes(mlir::Value value, const RowNode &node);

  /// Operations of `op`'s body but `except`, on the values in `mapping`.
  void cloneBody(mlir::linalg::GenericOp op, const RowCoordinates &loops,
                 mlir::IRMapping &mapping,
                 llvm::ArrayRef<mlir::Operation *> except = {});
  /// Maps the arguments of `op`'s body that are elements of its inputs.
  void mapInputs(mlir::linalg::GenericOp op, llvm::ArrayRef<int> operands,
                 mlir::IRMapping &mapping);

  /// The type of `width` elements, and a value of it from one element.
  mlir::Type getLanes(mlir::Type element) const;
  mlir::Value broadcast(mlir::Value value);
  mlir::Value getZero(mlir::Type type);

  /// Runs `body` with values of the row's places set aside.
  void apart(llvm::function_ref<void()> body);

  /// The kernel's own of a value of the host.
  mlir::Value map(mlir::Value host);

private:
  Access getAccess(mlir::Value host, mlir::Value tensor,
                   llvm::ArrayRef<RowCoordinate> at);
  mlir::Value load(mlir::Value buffer, mlir::ValueRange indices);
  mlir::Value getCoordinate(const RowCoordinate &at);
  bool isMultiple(const RowCoordinate &at) const;
  bool isAlongRow(const RowCoordinate &at) const;
  mlir::Value compute(const RowNode &node);
  mlir::Value computeInsert(const RowNode &node);
  mlir::Value cloneLanes(mlir::Operation &op, mlir::IRMapping &mapping);
  mlir::Value extract(mlir::tensor::ExtractOp op,
                      mlir::linalg::GenericOp generic,
                      const RowCoordinates &loops, mlir::IRMapping &mapping);

  mlir::IRMapping host;
  llvm::DenseMap<int, mlir::Value> rowValues, laneValues;
  bool isRowLevel = false;
};

} // namespace lacuna

#endif // LACUNA_LIB_CONVERSION_ROWEMITTER_H
