// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arithmetic on sizes, folded where they are constants.

#include "lacuna/Conversion/SizeBuilder.h"

using namespace mlir;
using namespace lacuna;

Value SizeBuilder::value(Size size) {
  return getValueOrCreateConstantIndexOp(builder, loc, size);
}

template <typename OpTy>
OpFoldResult SizeBuilder::fold(Size a, Size b,
                               int64_t (*evaluate)(int64_t, int64_t)) {
  std::optional<int64_t> left = getConstantIntValue(a);
  std::optional<int64_t> right = getConstantIntValue(b);
  if (left && right)
    return constant(evaluate(*left, *right));
  return OpTy::create(builder, loc, value(a), value(b)).getResult();
}

OpFoldResult SizeBuilder::mul(Size a, Size b) {
  if (getConstantIntValue(a) == 1)
    return b;
  if (getConstantIntValue(b) == 1)
    return a;
  return fold<arith::MulIOp>(a, b, [](int64_t x, int64_t y) { return x * y; });
}

OpFoldResult SizeBuilder::min(Size a, Size b) {
  return fold<arith::MinSIOp>(
      a, b, [](int64_t x, int64_t y) { return std::min(x, y); });
}

OpFoldResult SizeBuilder::max(Size a, Size b) {
  return fold<arith::MaxSIOp>(
      a, b, [](int64_t x, int64_t y) { return std::max(x, y); });
}

OpFoldResult SizeBuilder::div(Size a, Size b) {
  return fold<arith::DivUIOp>(a, b, [](int64_t x, int64_t y) { return x / y; });
}

OpFoldResult SizeBuilder::ceilDiv(Size a, Size b) {
  return fold<arith::CeilDivUIOp>(
      a, b, [](int64_t x, int64_t y) { return (x + y - 1) / y; });
}
