// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The analysis behind the tensor-core kernels; see the header.

#include "lacuna/Transforms/TensorCoreRoute.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace lacuna;

/// Follows signed and floating extensions from `value` to a block argument.
static BlockArgument skipExtensions(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<arith::ExtFOp, arith::ExtSIOp>(op))
      return {};
    value = op->getOperand(0);
  }
  return dyn_cast<BlockArgument>(value);
}

/// Matches yield(sum + ext(a) * ext(b)) and finds the type of the sum.
static bool matchBody(TensorCoreContraction &contraction) {
  Block *body = contraction.op.getBlock();
  Operation *add = body->getTerminator()->getOperand(0).getDefiningOp();
  if (!add || !isa<arith::AddFOp, arith::AddIOp>(add))
    return false;
  BlockArgument out = contraction.op.getRegionOutputArgs()[0];
  unsigned side = add->getOperand(0) == out ? 1 : 0;
  Operation *multiply = add->getOperand(side).getDefiningOp();
  if (add->getOperand(1 - side) != out || !multiply ||
      !isa<arith::MulFOp, arith::MulIOp>(multiply))
    return false;
  BlockArgument first = skipExtensions(multiply->getOperand(0));
  BlockArgument second = skipExtensions(multiply->getOperand(1));
  contraction.sumType = out.getType();
  return first && second && first.getOwner() == body &&
         second.getOwner() == body &&
         first.getArgNumber() + second.getArgNumber() == 1;
}

/// Sorts the loops; a reason where there is no such sorting.
static std::optional<std::string>
sortLoops(TensorCoreContraction &contraction) {
  AffineMap a = contraction.getMap(contraction.a),
            b = contraction.getMap(contraction.b),
            out = contraction.getMap(contraction.getInit());
  for (AffineMap map : {a, b, out})
    if (!map.isProjectedPermutation())
      return "the contraction indexes an operand by more than its loops";
  for (AffineExpr result : a.getResults()) {
    unsigned loop = cast<AffineDimExpr>(result).getPosition();
    bool inB = b.isFunctionOfDim(loop), inOut = out.isFunctionOfDim(loop);
    if (!inB && !inOut)
      return "a dimension of one operand alone is summed over";
    (!inOut ? contraction.k
     : inB  ? contraction.batch
            : contraction.m)
        .push_back(loop);
  }
  for (AffineExpr result : b.getResults()) {
    unsigned loop = cast<AffineDimExpr>(result).getPosition();
    if (a.isFunctionOfDim(loop))
      continue;
    if (!out.isFunctionOfDim(loop))
      return "a dimension of one operand alone is summed over";
    contraction.n.push_back(loop);
  }
  if (contraction.batch.size() + contraction.m.size() + contraction.n.size() !=
      out.getNumResults())
    return "the result has a dimension that neither operand has";
  if (contraction.k.empty())
    return "nothing is summed over";
  return std::nullopt;
}

/// Why the tensor cores have no instruction for these types, or nothing.
static std::optional<std::string>
checkTypes(TensorCoreContraction &contraction) {
  Type a = getElementTypeOrSelf(contraction.a->get()),
       b = getElementTypeOrSelf(contraction.b->get()),
       sum = contraction.sumType;
  std::string text;
  llvm::raw_string_ostream os(text);
  auto precision =
      contraction.op->getAttrOfType<StringAttr>(LacunaDialect::kPrecisionAttr);
  contraction.tf32 = precision && precision.getValue() == "tf32";
  contraction.elementType = a;
  if (a != b) {
    os << "the operands' elements differ: " << a << " and " << b;
    return text;
  }
  bool known = a.isF16() ? sum.isF32() || sum.isF16()
               : a.isBF16() || (a.isF32() && contraction.tf32) ? sum.isF32()
               : a.isSignlessInteger(8) ? sum.isSignlessInteger(32)
                                        : false;
  if (known)
    return std::nullopt;
  if (a.isF32() && sum.isF32())
    return "f32 is multiplied on tensor cores only after rounding, which "
           "--precision=tf32, bf16 or f16 asks for";
  os << "no mma instruction multiplies " << a << " and sums " << sum
     << "; there are f16 and bf16 with f32, f16 with f16, i8 with i32, and "
        "tf32";
  return text;
}

/// What a layout's form asks of the loops, or nothing: its depth is the one
/// contracted dimension, its rows are the last of the others.
static std::optional<std::string>
checkLayout(TensorCoreContraction &contraction) {
  RankedTensorType type = contraction.getLaidOutType();
  if (!type)
    return std::nullopt;
  StorageLayoutInterface layout = getLayout(type);
  auto nm = dyn_cast<NMAttr>(type.getEncoding());
  auto provider = dyn_cast<TensorCoreInterface>(type.getEncoding());
  if (!nm || !provider)
    return layout.getSpelling() + " has no tensor-core kernels";
  if (type.getNumElements() == 0)
    return "the weight has no elements";
  AffineMap map = contraction.getMap(contraction.a);
  unsigned group = map.getDimPosition(nm.getDim());
  if (!llvm::is_contained(contraction.k, group))
    return layout.getSpelling() + " keeps elements along a dimension that is "
                                  "not contracted";
  if (contraction.k.size() > 1)
    return "more than one dimension of the weight is contracted";
  // The views have one dimension of rows; others are walked around them.
  if (type.getRank() > 1) {
    int64_t last = type.getRank() - 1 - (nm.getDim() == type.getRank() - 1);
    unsigned row = map.getDimPosition(last);
    if (!llvm::is_contained(contraction.m, row))
      return "the last dimension of the weight that is not contracted is a "
             "batch dimension; the rows of mma's operand A must come last";
  }
  std::string reason;
  if (!provider.getMmaForm(type, reason))
    return reason;
  return std::nullopt;
}

std::optional<TensorCoreContraction>
lacuna::analyzeTensorCoreContraction(linalg::LinalgOp op, std::string &reason) {
  auto refuse = [&](const Twine &why) {
    reason = why.str();
    return std::nullopt;
  };
  if (!linalg::isaContractionOpInterface(op) || op.getNumDpsInputs() != 2 ||
      op.getNumDpsInits() != 1 || !op.hasPureTensorSemantics())
    return refuse("expected a contraction of two tensors");
  TensorCoreContraction contraction;
  contraction.op = op;
  OpOperand *first = op.getDpsInputOperand(0),
            *second = op.getDpsInputOperand(1);
  bool firstLaidOut = !!getLayout(first->get().getType());
  bool secondLaidOut = !!getLayout(second->get().getType());
  if (firstLaidOut && secondLaidOut)
    return refuse("both operands are laid out, and only operand A of mma may "
                  "be sparse");
  bool isSecond = secondLaidOut;
  if (!firstLaidOut && !secondLaidOut) {
    // Columns of the result that lie together are rows of the instruction:
    // a weight's output features.
    AffineMap out = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
    AffineMap map = op.getMatchingIndexingMap(second);
    AffineMap otherMap = op.getMatchingIndexingMap(first);
    for (AffineExpr result : out.getResults())
      if (auto loop = dyn_cast<AffineDimExpr>(result)) {
        bool inFirst = otherMap.isFunctionOfDim(loop.getPosition());
        bool inSecond = map.isFunctionOfDim(loop.getPosition());
        if (inFirst != inSecond)
          isSecond = inSecond;
      }
  }
  contraction.a = isSecond ? second : first;
  contraction.b = isSecond ? first : second;
  if (!matchBody(contraction))
    return refuse("the body is not a product of both operands, summed");
  if (std::optional<std::string> why = sortLoops(contraction))
    return refuse(*why);
  if (std::optional<std::string> why = checkTypes(contraction))
    return refuse(*why);
  if (std::optional<std::string> why = checkLayout(contraction))
    return refuse(*why);
  return contraction;
}
