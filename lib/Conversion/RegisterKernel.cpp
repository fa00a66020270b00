// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognizes and writes register kernels. See RegisterKernel.h.

#include "RegisterKernel.h"
#include "ContractionInfo.h"
#include "lacuna/Conversion/SizeBuilder.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace lacuna;

/// Steps along k whose panel stays in the first-level cache.
static constexpr int64_t kDepth = 128;
/// Vectors that a row of sums has.
static constexpr int64_t kVectors = 2;

/// The conversions from `argument` to `value`, in order of execution.
static std::optional<SmallVector<Operation *>> getCasts(Value value,
                                                        Value argument) {
  SmallVector<Operation *> casts;
  while (value != argument) {
    Operation *cast = value.getDefiningOp();
    if (!isa_and_nonnull<arith::ExtFOp, arith::ExtSIOp, arith::ExtUIOp>(cast))
      return std::nullopt;
    casts.push_back(cast);
    value = cast->getOperand(0);
  }
  return SmallVector<Operation *>(llvm::reverse(casts));
}

std::optional<RegisterKernel> RegisterKernel::match(linalg::LinalgOp op,
                                                    int64_t vectorBits) {
  ContractionInfo info(op);
  if (!info.m || !info.n || !info.k)
    return std::nullopt;
  RegisterKernel kernel;
  kernel.m = *info.m;
  kernel.n = *info.n;
  kernel.k = *info.k;
  kernel.transposed = info.form == ContractionInfo::Form::Dot;

  // The body: sum = accumulator + casts(x) * casts(y), in any order.
  Block *body = op.getBlock();
  Operation *add = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!isa_and_nonnull<arith::AddFOp, arith::AddIOp>(add))
    return std::nullopt;
  Value accumulator = body->getArgument(2);
  Value product = add->getOperand(add->getOperand(0) == accumulator ? 1 : 0);
  Operation *multiply = product.getDefiningOp();
  if (!llvm::is_contained(add->getOperands(), accumulator) ||
      !isa_and_nonnull<arith::MulFOp, arith::MulIOp>(multiply))
    return std::nullopt;
  Operand operands[2];
  for (unsigned i = 0; i < 2; ++i) {
    Value argument = body->getArgument(i);
    auto casts = getCasts(multiply->getOperand(0), argument);
    if (!casts)
      casts = getCasts(multiply->getOperand(1), argument);
    if (!casts)
      return std::nullopt;
    operands[i] = {op.getDpsInputs()[i], op.getIndexingMapsArray()[i], *casts};
  }
  kernel.a = operands[info.swapped ? 1 : 0];
  kernel.b = operands[info.swapped ? 0 : 1];
  kernel.c = {op.getDpsInits()[0], op.getIndexingMapsArray()[2], {}};
  kernel.sumType = accumulator.getType();
  if (!kernel.sumType.isF32() && !kernel.sumType.isF64() &&
      !kernel.sumType.isInteger(32))
    return std::nullopt;

  // Rows of C are loaded and stored as vectors.
  auto type = cast<MemRefType>(kernel.c.buffer.getType());
  if (kernel.c.map.getDimPosition(kernel.c.map.getNumResults() - 1) !=
          kernel.n ||
      !type.areTrailingDimsContiguous(1))
    return std::nullopt;
  int64_t bits = kernel.sumType.getIntOrFloatBitWidth();
  kernel.lanes = std::max<int64_t>(vectorBits / bits, 2);
  // Sums, two vectors of B and an element of A fit into the registers: 32 with
  // AVX-512, 16 before.
  kernel.blockRows = vectorBits >= 512 ? 12 : 6;
  return kernel;
}

SmallVector<Value> RegisterKernel::getIndices(const Operand &operand, Value i,
                                              Value j, Value p) {
  SmallVector<Value> indices;
  for (AffineExpr result : operand.map.getResults()) {
    unsigned loop = cast<AffineDimExpr>(result).getPosition();
    indices.push_back(loop == m   ? i
                      : loop == n ? j
                      : loop == k ? p
                                  : ivs[loop]);
  }
  return indices;
}

/// One element of A (`i` a row) or B (`i` a column) in the type of the sums.
Value RegisterKernel::at(OpBuilder &builder, Location loc,
                         const Operand &operand, Value i, Value p) {
  Value value = memref::LoadOp::create(builder, loc, operand.buffer,
                                       getIndices(operand, i, i, p));
  for (Operation *cast : operand.casts) {
    IRMapping mapping;
    mapping.map(cast->getOperand(0), value);
    value = builder.clone(*cast, mapping)->getResult(0);
  }
  return value;
}

static Value add(OpBuilder &builder, Location loc, Value x, Value y) {
  return arith::AddIOp::create(builder, loc, x, y);
}

static Value index(OpBuilder &builder, Location loc, int64_t value) {
  return arith::ConstantIndexOp::create(builder, loc, value);
}

void RegisterKernel::emit(OpBuilder &builder, Location loc,
                          ArrayRef<OpFoldResult> ranges) {
  OpBuilder::InsertionGuard guard(builder);
  SizeBuilder sizes(builder, loc);
  rangeM = sizes.value(ranges[m]);
  rangeN = sizes.value(ranges[n]);
  rangeK = sizes.value(ranges[k]);
  ivs.assign(ranges.size(), Value());
  Value zero = index(builder, loc, 0), one = index(builder, loc, 1);
  for (unsigned loop = 0; loop < ranges.size(); ++loop) {
    if (loop == m || loop == n || loop == k)
      continue;
    auto around =
        scf::ForOp::create(builder, loc, zero, sizes.value(ranges[loop]), one);
    ivs[loop] = around.getInductionVar();
    builder.setInsertionPointToStart(around.getBody());
  }
  emitPanels(builder, loc);
}

void RegisterKernel::emitPanels(OpBuilder &builder, Location loc) {
  int64_t width = lanes * kVectors;
  Value panel = memref::AllocOp::create(
      builder, loc, MemRefType::get({kDepth, width}, sumType),
      builder.getI64IntegerAttr(64));
  Value zero = index(builder, loc, 0);
  Value columns = index(builder, loc, width),
        steps = index(builder, loc, kDepth);
  auto overN = scf::ForOp::create(builder, loc, zero, rangeN, columns);
  builder.setInsertionPointToStart(overN.getBody());
  Value j0 = overN.getInductionVar();
  Value left = arith::SubIOp::create(builder, loc, rangeN, j0);
  Value used = arith::MinSIOp::create(builder, loc, left, columns);
  auto overK = scf::ForOp::create(builder, loc, zero, rangeK, steps);
  builder.setInsertionPointToStart(overK.getBody());
  Value p0 = overK.getInductionVar();
  Value rest = arith::SubIOp::create(builder, loc, rangeK, p0);
  Value depth = arith::MinSIOp::create(builder, loc, rest, steps);
  pack(builder, loc, panel, j0, used, p0, depth);
  emitRows(builder, loc, panel, j0, used, p0, depth);
  builder.setInsertionPointAfter(overN);
  memref::DeallocOp::create(builder, loc, panel);
}

/// panel[p, j] = B[p0 + p, j0 + j]. What lies right of B's edge is multiplied
/// and then not stored, so it may be anything.
void RegisterKernel::pack(OpBuilder &builder, Location loc, Value panel,
                          Value j0, Value width, Value p0, Value depth) {
  OpBuilder::InsertionGuard guard(builder);
  Value zero = index(builder, loc, 0), one = index(builder, loc, 1);
  // The loop along which B is contiguous is the inner one.
  auto outer =
      scf::ForOp::create(builder, loc, zero, transposed ? width : depth, one);
  builder.setInsertionPointToStart(outer.getBody());
  auto inner =
      scf::ForOp::create(builder, loc, zero, transposed ? depth : width, one);
  builder.setInsertionPointToStart(inner.getBody());
  Value j = transposed ? outer.getInductionVar() : inner.getInductionVar();
  Value p = transposed ? inner.getInductionVar() : outer.getInductionVar();
  Value value =
      at(builder, loc, b, add(builder, loc, j0, j), add(builder, loc, p0, p));
  memref::StoreOp::create(builder, loc, value, panel, ValueRange{p, j});
}

void RegisterKernel::emitRows(OpBuilder &builder, Location loc, Value panel,
                              Value j0, Value width, Value p0, Value depth) {
  OpBuilder::InsertionGuard guard(builder);
  Value zero = index(builder, loc, 0), one = index(builder, loc, 1);
  Value step = index(builder, loc, blockRows);
  Value blocks = arith::DivUIOp::create(builder, loc, rangeM, step);
  Value whole = arith::MulIOp::create(builder, loc, blocks, step);
  auto overBlocks = scf::ForOp::create(builder, loc, zero, whole, step);
  auto overRest = scf::ForOp::create(builder, loc, whole, rangeM, one);
  builder.setInsertionPointToStart(overBlocks.getBody());
  emitBlock(builder, loc, blockRows, overBlocks.getInductionVar(), panel, j0,
            width, p0, depth);
  builder.setInsertionPointToStart(overRest.getBody());
  emitBlock(builder, loc, 1, overRest.getInductionVar(), panel, j0, width, p0,
            depth);
}

void RegisterKernel::emitBlock(OpBuilder &builder, Location loc, int64_t rows,
                               Value i0, Value panel, Value j0, Value width,
                               Value p0, Value depth) {
  auto vector = VectorType::get({lanes}, sumType);
  auto maskType = VectorType::get({lanes}, builder.getI1Type());
  Value zero = index(builder, loc, 0), one = index(builder, loc, 1);
  Value nothing =
      arith::ConstantOp::create(builder, loc, builder.getZeroAttr(vector));
  // Which lanes lie inside of C, and where its vectors stand.
  SmallVector<Value> masks, offsets;
  for (int64_t v = 0; v < kVectors; ++v) {
    Value before = index(builder, loc, v * lanes);
    Value inside = arith::SubIOp::create(builder, loc, width, before);
    masks.push_back(
        vector::CreateMaskOp::create(builder, loc, maskType, inside));
    offsets.push_back(add(builder, loc, j0, before));
  }
  SmallVector<Value> sums, rowsOfA;
  SmallVector<SmallVector<Value>> places;
  for (int64_t r = 0; r < rows; ++r) {
    Value i = add(builder, loc, i0, index(builder, loc, r));
    rowsOfA.push_back(i);
    for (int64_t v = 0; v < kVectors; ++v) {
      places.push_back(getIndices(c, i, offsets[v], Value()));
      sums.push_back(vector::MaskedLoadOp::create(
          builder, loc, vector, c.buffer, places.back(), masks[v], nothing));
    }
  }
  auto loop = scf::ForOp::create(builder, loc, zero, depth, one, sums);
  {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(loop.getBody());
    Value p = loop.getInductionVar();
    SmallVector<Value> columns, next;
    for (int64_t v = 0; v < kVectors; ++v)
      columns.push_back(vector::LoadOp::create(
          builder, loc, vector, panel,
          ValueRange{p, index(builder, loc, v * lanes)}));
    Value step = add(builder, loc, p0, p);
    for (int64_t r = 0; r < rows; ++r) {
      Value x = vector::BroadcastOp::create(
          builder, loc, vector, at(builder, loc, a, rowsOfA[r], step));
      for (int64_t v = 0; v < kVectors; ++v) {
        Value sum = loop.getRegionIterArgs()[r * kVectors + v];
        if (isa<FloatType>(sumType)) {
          next.push_back(
              vector::FMAOp::create(builder, loc, x, columns[v], sum));
        } else {
          Value product = arith::MulIOp::create(builder, loc, x, columns[v]);
          next.push_back(arith::AddIOp::create(builder, loc, sum, product));
        }
      }
    }
    scf::YieldOp::create(builder, loc, next);
  }
  for (auto [i, place] : llvm::enumerate(places))
    vector::MaskedStoreOp::create(builder, loc, c.buffer, place,
                                  masks[i % kVectors], loop.getResult(i));
}
