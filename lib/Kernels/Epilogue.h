// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The elementwise operations that a dispatch function computes after its
// contraction: bias, activation, residual, cast. Evaluated on the sums while
// they are in registers.

#ifndef LACUNA_LIB_KERNELS_EPILOGUE_H
#define LACUNA_LIB_KERNELS_EPILOGUE_H

#include "KernelEmitter.h"
#include "MmaInstruction.h"
#include "ResultTile.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <map>

namespace lacuna {

class Epilogue {
public:
  /// The epilogue of `function`, or nothing and the reason where something in
  /// it is not elementwise on the result of `contraction`.
  static std::optional<Epilogue>
  analyze(mlir::func::FuncOp function, const TensorCoreContraction &contraction,
          std::string &reason);

  /// Writes the results of the warp's tile. `sums` holds the m16n8 tiles, rows
  /// outermost. `arguments` are the function's inside the kernel. Neighbors
  /// along the results' innermost dimension are computed by one lane, and
  /// written and read together, as many as the size of a row allows.
  void emit(KernelEmitter &emitter, llvm::ArrayRef<Sums> sums,
            mlir::ValueRange arguments);

  /// Bytes read by all blocks of a batch of the kernel that emit() has emitted,
  /// as a formula of SymbolicSizes, and bytes written of each element.
  mlir::AffineExpr countLoads(const KernelEmitter &emitter) const;
  int64_t getResultBytes() const;

  /// Appends the buffers of the results among `arguments`.
  void appendResults(KernelEmitter &emitter, mlir::ValueRange arguments,
                     llvm::SmallVectorImpl<GlobalBuffer> &buffers) const;

private:
  using Coordinates = llvm::SmallVector<Coordinate>;
  using Key = std::pair<mlir::Operation *, std::vector<Coordinate>>;
  /// A buffer that is read at coordinates.
  struct Leaf {
    mlir::BlockArgument argument;
    Coordinates coordinates;
    /// Which axes of the tile the coordinates move along.
    bool alongM = false, alongN = false;
    GlobalBuffer global;
    /// The values of the vector that is computed: one where it does not move
    /// along it.
    llvm::SmallVector<mlir::Value> values;
  };
  struct Output {
    mlir::Value tensor;
    mlir::BlockArgument destination;
    Coordinates coordinates;
    GlobalBuffer global;
  };
  /// The element that is computed.
  struct Element {
    mlir::Value sum, m, n;
    /// Its number in the vector.
    int64_t number = 0;
    std::map<Key, mlir::Value> known;
  };

  explicit Epilogue(const TensorCoreContraction &contraction)
      : contraction(contraction) {}

  std::optional<Coordinates> locate(mlir::Value tensor) const;
  bool check(mlir::Value tensor, llvm::ArrayRef<Coordinate> coordinates,
             std::string &reason);
  bool checkGeneric(mlir::linalg::GenericOp op,
                    llvm::ArrayRef<Coordinate> coordinates,
                    std::string &reason);
  bool addLeaf(mlir::BlockArgument argument,
               llvm::ArrayRef<Coordinate> coordinates);

  mlir::Value evaluate(KernelEmitter &emitter, mlir::Value tensor,
                       llvm::ArrayRef<Coordinate> coordinates,
                       Element &element);
  mlir::Value evaluateGeneric(KernelEmitter &emitter,
                              mlir::linalg::GenericOp op,
                              llvm::ArrayRef<Coordinate> coordinates,
                              Element &element);
  mlir::Value evaluateScalar(KernelEmitter &emitter, mlir::Value scalar);
  ResultTile makeTile(const KernelEmitter &emitter) const;
  /// Whether each vector of `tile` loads `leaf` for itself: no other vector of
  /// the lane needs the same.
  bool loadsForVector(const Leaf &leaf, const ResultTile &tile) const;
  void load(KernelEmitter &emitter, const ResultTile &tile, Leaf &leaf,
            mlir::Value m, mlir::Value n);
  void store(KernelEmitter &emitter, const ResultTile &tile,
             const Output &output, llvm::ArrayRef<mlir::Value> values,
             mlir::Value m, mlir::Value n);
  void writeVector(KernelEmitter &emitter, const ResultTile &tile,
                   llvm::ArrayRef<mlir::Value> sums, mlir::Value m,
                   mlir::Value n);

  TensorCoreContraction contraction;
  bool hasInit = false;
  llvm::SmallVector<Leaf> leaves;
  llvm::SmallVector<Output> outputs;
  llvm::SmallVector<mlir::Value> kernelArguments;
};

} // namespace lacuna

#endif // LACUNA_LIB_KERNELS_EPILOGUE_H
