// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// lacuna.invoke on buffers: a func.call of the outlined dispatch with the
// buffers of its inputs, then of its outs. Dispatch functions take contiguous
// buffers; an operand that is a strided view is copied first.

#include "lacuna/Conversion/InvokeBufferization.h"
#include "lacuna/IR/Lacuna.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace lacuna;

namespace {
struct InvokeModel
    : DstBufferizableOpInterfaceExternalModel<InvokeModel, InvokeOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &state) const {
    // A dispatch function writes its outs whole before it reads them, or else
    // says that it does not.
    auto invoke = cast<InvokeOp>(op);
    return invoke.getUpdates() || !invoke.isDpsInit(&operand);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto invoke = cast<InvokeOp>(op);
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPoint(op);
    SmallVector<Value> operands, results;
    for (Value input : invoke.getInputs()) {
      FailureOr<Value> buffer =
          getOperandBuffer(rewriter, input, options, state);
      if (failed(buffer))
        return failure();
      operands.push_back(makeContiguous(rewriter, op->getLoc(), *buffer));
    }
    // An out that is a strided view is written through a contiguous copy.
    SmallVector<std::pair<Value, Value>> writeBack;
    for (Value out : invoke.getOuts()) {
      FailureOr<Value> buffer = getOperandBuffer(rewriter, out, options, state);
      if (failed(buffer))
        return failure();
      results.push_back(*buffer);
      auto type = dyn_cast<MemRefType>(buffer->getType());
      if (type && !type.getLayout().isIdentity()) {
        Value copy = allocLike(rewriter, op->getLoc(), *buffer);
        if (invoke.getUpdates())
          memref::CopyOp::create(rewriter, op->getLoc(), *buffer, copy);
        writeBack.push_back({copy, *buffer});
        operands.push_back(copy);
        continue;
      }
      operands.push_back(makeContiguous(rewriter, op->getLoc(), *buffer));
    }
    func::CallOp::create(rewriter, op->getLoc(), invoke.getCallee(),
                         TypeRange(), operands);
    for (auto [from, to] : writeBack)
      memref::CopyOp::create(rewriter, op->getLoc(), from, to);
    replaceOpWithBufferizedValues(rewriter, op, results);
    return success();
  }

private:
  static FailureOr<Value> getOperandBuffer(RewriterBase &rewriter, Value value,
                                           const BufferizationOptions &options,
                                           BufferizationState &state) {
    if (!isa<TensorType>(value.getType()))
      return value;
    return getBuffer(rewriter, value, options, state);
  }

  static Value allocLike(RewriterBase &rewriter, Location loc, Value buffer) {
    auto type = cast<MemRefType>(buffer.getType());
    SmallVector<Value> sizes;
    for (auto [i, size] : llvm::enumerate(type.getShape()))
      if (ShapedType::isDynamic(size))
        sizes.push_back(memref::DimOp::create(rewriter, loc, buffer, i));
    return memref::AllocOp::create(
        rewriter, loc, MemRefType::get(type.getShape(), type.getElementType()),
        sizes);
  }

  static Value makeContiguous(RewriterBase &rewriter, Location loc,
                              Value buffer) {
    auto type = dyn_cast<MemRefType>(buffer.getType());
    if (!type)
      return buffer;
    // Strides that are those of a contiguous buffer may be spelled out.
    auto plain = MemRefType::get(type.getShape(), type.getElementType());
    if (type.getLayout().isIdentity())
      return type == plain
                 ? buffer
                 : memref::CastOp::create(rewriter, loc, plain, buffer)
                       .getResult();
    Value copy = allocLike(rewriter, loc, buffer);
    memref::CopyOp::create(rewriter, loc, buffer, copy);
    return copy;
  }
};
} // namespace

void lacuna::registerBufferizationExternalModels(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, LacunaDialect *) {
    InvokeOp::attachInterface<InvokeModel>(*context);
  });
}
