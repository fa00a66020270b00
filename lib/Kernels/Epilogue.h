// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The elementwise operations that a dispatch function computes after its
// contraction: bias, activation, residual, cast. Evaluated on the sums while
// they are in registers.

#ifndef LACUNA_LIB_KERNELS_EPILOGUE_H
#define LACUNA_LIB_KERNELS_EPILOGUE_H

#include "KernelEmitter.h"
#include "MmaInstruction.h"

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
  /// outermost. `arguments` are the function's inside the kernel.
  void emit(KernelEmitter &emitter, llvm::ArrayRef<Sums> sums,
            mlir::ValueRange arguments);

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
    mlir::Value value;
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
  void load(KernelEmitter &emitter, Leaf &leaf, mlir::Value m, mlir::Value n);
  void writeElement(KernelEmitter &emitter, Element element);

  TensorCoreContraction contraction;
  bool hasInit = false;
  llvm::SmallVector<Leaf> leaves;
  llvm::SmallVector<Output> outputs;
  llvm::SmallVector<mlir::Value> kernelArguments;
};

} // namespace lacuna

#endif // LACUNA_LIB_KERNELS_EPILOGUE_H
