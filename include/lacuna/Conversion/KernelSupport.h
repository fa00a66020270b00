// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the passes that make kernels of dispatch functions share.

#ifndef LACUNA_CONVERSION_KERNELSUPPORT_H
#define LACUNA_CONVERSION_KERNELSUPPORT_H

#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"

namespace lacuna {

constexpr int64_t kWarpThreads = 32;

/// `name` with what PTX does not allow in an identifier replaced, and `suffix`.
std::string getKernelName(llvm::StringRef name, const llvm::Twine &suffix);

/// The kernels' module, made where it does not exist yet.
mlir::gpu::GPUModuleOp getKernelModule(mlir::ModuleOp module);

/// A kernel of one-dimensional blocks at the end of `module`, without a body.
mlir::gpu::GPUFuncOp makeKernel(mlir::gpu::GPUModuleOp module,
                                mlir::Location loc, llvm::StringRef name,
                                mlir::TypeRange arguments, int64_t threads);

/// `value` of another lane of the warp.
mlir::Value shuffle(mlir::OpBuilder &builder, mlir::Location loc,
                    mlir::Value value, int32_t offset,
                    mlir::gpu::ShuffleMode mode);

/// A kernel cannot fail the call, and a wrong answer is worse than none: the
/// launch is ended.
void makeTrap(mlir::cf::AssertOp assertion);

/// Arithmetic on f16 and bf16 in a kernel is that of f32, rounded after each
/// operation, as on the CPU.
class NarrowArithmetic {
public:
  NarrowArithmetic();
  /// Rewrites and cleans a kernel by `run`, the pass's own runPipeline.
  mlir::LogicalResult
  apply(mlir::gpu::GPUFuncOp kernel,
        llvm::function_ref<mlir::LogicalResult(mlir::OpPassManager &,
                                               mlir::Operation *)>
            run);
  void getDependentDialects(mlir::DialectRegistry &registry) const;

private:
  mlir::OpPassManager emulating, cleaning;
};

} // namespace lacuna

#endif // LACUNA_CONVERSION_KERNELSUPPORT_H
