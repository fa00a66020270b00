// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// convert-kernels-to-nvvm: the last conversion of phase device. Upstream's pass
// of this purpose sends all mathematics to libdevice and rejects the LLVM
// intrinsics that convert-math-to-llvm would make of it, so the patterns are
// put together here.

#include "lacuna/Conversion/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/IndexToLLVM/IndexToLLVM.h"
#include "mlir/Conversion/LLVMCommon/ConversionTarget.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/LLVMCommon/VectorPattern.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Conversion/UBToLLVM/UBToLLVM.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/GPU/Transforms/Passes.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_CONVERTKERNELSTONVVM
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

static constexpr unsigned kWarpSize = 32;

namespace {
/// Intrinsics of integers that are asked to be defined for every operand: zeros
/// are counted in 0, too, and the least integer is its own absolute value.
template <typename SourceOp, typename TargetOp>
struct ConvertDefined : ConvertOpToLLVMPattern<SourceOp> {
  using ConvertOpToLLVMPattern<SourceOp>::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(SourceOp op, typename SourceOp::Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Type type = this->getTypeConverter()->convertType(op.getType());
    if (!type)
      return failure();
    rewriter.replaceOpWithNewOp<TargetOp>(op, type, adaptor.getOperand(),
                                          /*poison=*/false);
    return success();
  }
};

/// A kernel has no way to return a message.
struct ConvertAssert : ConvertOpToLLVMPattern<cf::AssertOp> {
  using ConvertOpToLLVMPattern::ConvertOpToLLVMPattern;

  LogicalResult
  matchAndRewrite(cf::AssertOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    Location loc = op.getLoc();
    Block *before = rewriter.getInsertionBlock();
    Block *after = rewriter.splitBlock(before, ++op->getIterator());
    Block *fails =
        rewriter.createBlock(before->getParent(), after->getIterator());
    LLVM::Trap::create(rewriter, loc);
    LLVM::UnreachableOp::create(rewriter, loc);
    rewriter.setInsertionPointToEnd(before);
    LLVM::CondBrOp::create(rewriter, loc, adaptor.getArg(), after, fails);
    rewriter.eraseOp(op);
    return success();
  }
};

struct ConvertKernelsToNVVM
    : lacuna::impl::ConvertKernelsToNVVMBase<ConvertKernelsToNVVM> {
  void runOnOperation() override {
    if (failed(lowerReductions()) || failed(convert()) || failed(verify()))
      return signalPassFailure();
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>())
      numKernels +=
          function->hasAttr(NVVM::NVVMDialect::getKernelFuncAttrName());
  }

private:
  /// What is made of other gpu operations.
  LogicalResult lowerReductions() {
    RewritePatternSet patterns(&getContext());
    populateGpuRewritePatterns(patterns);
    populateGpuBreakDownSubgroupReducePatterns(patterns,
                                               /*maxShuffleBitwidth=*/32);
    populateGpuLowerSubgroupReduceToShufflePatterns(patterns, kWarpSize,
                                                    /*shuffleBitwidth=*/32);
    populateGpuLowerClusteredSubgroupReduceToShufflePatterns(
        patterns, kWarpSize, /*shuffleBitwidth=*/32);
    return applyPatternsGreedily(getOperation(), std::move(patterns));
  }

  /// What no pattern has taken would fail later without a name.
  LogicalResult verify() {
    WalkResult walk = getOperation().walk([](Operation *op) {
      if (isa<gpu::GPUModuleOp, UnrealizedConversionCastOp>(op) ||
          isa<LLVM::LLVMDialect, NVVM::NVVMDialect>(op->getDialect()))
        return WalkResult::advance();
      op->emitError() << "the operation '" << op->getName()
                      << "' has no form in kernels; expected operations of "
                         "arith and math on integers and floats: write this "
                         "line of the model with other operations";
      return WalkResult::interrupt();
    });
    return failure(walk.wasInterrupted());
  }

  /// PTX has an instruction of the same accuracy for these (PTX ISA 9.7.3).
  static void populateNativeMath(const LLVMTypeConverter &converter,
                                 RewritePatternSet &patterns,
                                 PatternBenefit benefit) {
    patterns.add<
        VectorConvertToLLVMPattern<math::AbsFOp, LLVM::FAbsOp>,
        VectorConvertToLLVMPattern<math::CeilOp, LLVM::FCeilOp>,
        VectorConvertToLLVMPattern<math::CopySignOp, LLVM::CopySignOp>,
        VectorConvertToLLVMPattern<math::CtPopOp, LLVM::CtPopOp>,
        VectorConvertToLLVMPattern<math::FloorOp, LLVM::FFloorOp>,
        VectorConvertToLLVMPattern<math::FmaOp, LLVM::FMAOp>,
        VectorConvertToLLVMPattern<math::RoundEvenOp, LLVM::RoundEvenOp>,
        VectorConvertToLLVMPattern<math::SqrtOp, LLVM::SqrtOp>,
        VectorConvertToLLVMPattern<math::TruncOp, LLVM::FTruncOp>,
        ConvertDefined<math::AbsIOp, LLVM::AbsOp>,
        ConvertDefined<math::CountLeadingZerosOp, LLVM::CountLeadingZerosOp>,
        ConvertDefined<math::CountTrailingZerosOp, LLVM::CountTrailingZerosOp>>(
        converter, benefit);
  }

  LogicalResult convert() {
    LowerToLLVMOptions options(&getContext(), DataLayout(getOperation()));
    LLVMTypeConverter converter(&getContext(), options);
    configureGpuToNVVMTypeConverter(converter);
    RewritePatternSet patterns(&getContext());
    arith::populateArithToLLVMConversionPatterns(converter, patterns);
    cf::populateControlFlowToLLVMConversionPatterns(converter, patterns);
    index::populateIndexToLLVMConversionPatterns(converter, patterns);
    populateFinalizeMemRefToLLVMConversionPatterns(converter, patterns);
    populateFuncToLLVMConversionPatterns(converter, patterns);
    populateGpuToNVVMConversionPatterns(converter, patterns);
    populateGpuWMMAToNVVMConversionPatterns(converter, patterns);
    ub::populateUBToLLVMConversionPatterns(converter, patterns);
    // Before the patterns above have a choice of their own.
    populateLibDeviceConversionPatterns(converter, patterns, /*benefit=*/2);
    populateNativeMath(converter, patterns, /*benefit=*/3);
    patterns.add<ConvertAssert>(converter, /*benefit=*/3);

    LLVMConversionTarget target(getContext());
    target.addLegalDialect<NVVM::NVVMDialect>();
    target.addIllegalDialect<gpu::GPUDialect, math::MathDialect>();
    target.addLegalOp<gpu::GPUModuleOp>();
    target.addIllegalOp<func::FuncOp>();
    return applyPartialConversion(getOperation(), target, std::move(patterns));
  }
};
} // namespace
