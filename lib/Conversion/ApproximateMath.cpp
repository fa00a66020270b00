// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// approximate-math: elementary functions as arithmetic, so that loops over them
// are vectorized. Runs on loops, before the lowering to LLVM.

#include "lacuna/Conversion/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace lacuna {
#define GEN_PASS_DEF_APPROXIMATEMATH
#include "lacuna/Conversion/Passes.h.inc"
} // namespace lacuna

using namespace mlir;
using namespace lacuna;

/// f32, or a vector of it.
static bool isSingle(Type type) { return getElementTypeOrSelf(type).isF32(); }

/// `element`, or a vector of it where `like` is a vector.
static Type getTypeLike(Type like, Type element) {
  auto vector = dyn_cast<VectorType>(like);
  return vector ? Type(vector.clone(element)) : element;
}

/// A constant that is `value` in each element of `type`.
static Value buildConstant(OpBuilder &builder, Location loc, Type type,
                           TypedAttr value) {
  if (auto vector = dyn_cast<VectorType>(type))
    value = DenseElementsAttr::get(vector, Attribute(value));
  return arith::ConstantOp::create(builder, loc, value);
}

/// exp by a power of two and a polynomial on [-ln(2)/2, ln(2)/2] (degree 6:
/// 2 ulp; Cody and Waite's two-part ln(2)). Overflow is inf, underflow a
/// denormal or 0, NaN stays NaN: no branch, so it vectorizes.
static Value buildExp(OpBuilder &builder, Location loc, Value x) {
  Type f32 = x.getType(), i32 = getTypeLike(f32, builder.getI32Type());
  auto constant = [&](float value) {
    return buildConstant(builder, loc, f32, builder.getF32FloatAttr(value));
  };
  auto integer = [&](int32_t value) {
    return buildConstant(builder, loc, i32, builder.getI32IntegerAttr(value));
  };
  auto fma = [&](Value a, Value b, Value c) -> Value {
    return math::FmaOp::create(builder, loc, a, b, c);
  };
  // Beyond these exp is inf or 0; in between 2^n is made in two steps, each of
  // which is a normal number.
  Value low = constant(-104.0f), high = constant(89.0f);
  Value clamped = arith::MinimumFOp::create(
      builder, loc, arith::MaximumFOp::create(builder, loc, x, low), high);
  Value scaled = arith::MulFOp::create(builder, loc, clamped,
                                       constant(1.44269504088896341f));
  Value n = math::RoundEvenOp::create(builder, loc, scaled);
  Value r = fma(n, constant(-0.693359375f), clamped);
  r = fma(n, constant(2.12194440e-4f), r);
  Value p = constant(1.9875691500e-4f);
  for (float coefficient :
       {1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f,
        5.0000001201e-1f})
    p = fma(p, r, constant(coefficient));
  Value square = arith::MulFOp::create(builder, loc, r, r);
  p = fma(p, square, r);
  p = arith::AddFOp::create(builder, loc, p, constant(1.0f));
  // NaN has no integer: it goes on as 0 and is put back below.
  Value isNaN =
      arith::CmpFOp::create(builder, loc, arith::CmpFPredicate::UNO, x, x);
  Value finite =
      arith::SelectOp::create(builder, loc, isNaN, constant(0.0f), n);
  Value power = arith::FPToSIOp::create(builder, loc, i32, finite);
  Value half = arith::ShRSIOp::create(builder, loc, power, integer(1));
  Value rest = arith::SubIOp::create(builder, loc, power, half);
  for (Value part : {half, rest}) {
    Value biased = arith::AddIOp::create(builder, loc, part, integer(127));
    Value bits = arith::ShLIOp::create(builder, loc, biased, integer(23));
    p = arith::MulFOp::create(
        builder, loc, p, arith::BitcastOp::create(builder, loc, f32, bits));
  }
  return arith::SelectOp::create(builder, loc, isNaN, x, p);
}

namespace {
struct ExpandExp : OpRewritePattern<math::ExpOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::ExpOp op,
                                PatternRewriter &rewriter) const override {
    if (!isSingle(op.getType()))
      return failure();
    rewriter.replaceOp(op, buildExp(rewriter, op.getLoc(), op.getOperand()));
    return success();
  }
};

/// tanh(x) = 1 - 2 / (exp(2 |x|) + 1) with the sign of x; a polynomial near 0,
/// where that cancels.
struct ExpandTanh : OpRewritePattern<math::TanhOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::TanhOp op,
                                PatternRewriter &rewriter) const override {
    if (!isSingle(op.getType()))
      return failure();
    Location loc = op.getLoc();
    Value x = op.getOperand();
    auto constant = [&](float value) {
      return buildConstant(rewriter, loc, x.getType(),
                           rewriter.getF32FloatAttr(value));
    };
    Value magnitude = math::AbsFOp::create(rewriter, loc, x);
    Value twice = arith::AddFOp::create(rewriter, loc, magnitude, magnitude);
    Value e = buildExp(rewriter, loc, twice);
    Value one = constant(1.0f);
    Value denominator = arith::AddFOp::create(rewriter, loc, e, one);
    Value large = arith::SubFOp::create(
        rewriter, loc, one,
        arith::DivFOp::create(rewriter, loc, constant(2.0f), denominator));
    // Cephes' polynomial for |x| < 0.625.
    Value square = arith::MulFOp::create(rewriter, loc, x, x);
    Value p = constant(-5.70498872745e-3f);
    for (float coefficient : {2.06390887954e-2f, -5.37397155531e-2f,
                              1.33314422036e-1f, -3.33332819422e-1f})
      p = math::FmaOp::create(rewriter, loc, p, square, constant(coefficient));
    p = arith::MulFOp::create(rewriter, loc, p, square);
    Value small = math::FmaOp::create(rewriter, loc, p, x, x);
    Value near = arith::CmpFOp::create(rewriter, loc, arith::CmpFPredicate::OLT,
                                       magnitude, constant(0.625f));
    Value either = arith::SelectOp::create(rewriter, loc, near, small, large);
    rewriter.replaceOpWithNewOp<math::CopySignOp>(op, either, x);
    return success();
  }
};

/// erf(x) for |x| < 1 as x plus x times a polynomial of the square, beyond as
/// 1 - 2^p(|x|), with p for the logarithm of erfc and the sign of x: at most
/// 1.3 ulp (minimax fits by Lawson's method in float64). erf(4) rounds to 1.
/// NaN goes the first way.
struct ExpandErf : OpRewritePattern<math::ErfOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(math::ErfOp op,
                                PatternRewriter &rewriter) const override {
    if (!isSingle(op.getType()))
      return failure();
    Location loc = op.getLoc();
    Value x = op.getOperand();
    Type f32 = x.getType(), i32 = getTypeLike(f32, rewriter.getI32Type());
    auto constant = [&](float value) {
      return buildConstant(rewriter, loc, f32, rewriter.getF32FloatAttr(value));
    };
    auto compare = [&](arith::CmpFPredicate predicate, Value a, float b) {
      return arith::CmpFOp::create(rewriter, loc, predicate, a, constant(b));
    };
    // Coefficients of falling powers.
    auto polynomial = [&](Value at, ArrayRef<float> coefficients) {
      Value p = constant(coefficients.front());
      for (float coefficient : coefficients.drop_front())
        p = math::FmaOp::create(rewriter, loc, p, at, constant(coefficient));
      return p;
    };
    Value magnitude = math::AbsFOp::create(rewriter, loc, x);
    Value p = polynomial(arith::MulFOp::create(rewriter, loc, x, x),
                         {7.853857823647559e-05f, -8.010192541405559e-04f,
                          5.188327748328447e-03f, -2.6853810995817184e-02f,
                          1.128358542919159e-01f, -3.761262595653534e-01f,
                          1.2837916612625122e-01f});
    Value small = math::FmaOp::create(rewriter, loc, p, x, x);

    Value within = compare(arith::CmpFPredicate::OLT, magnitude, 4.0f);
    Value near = compare(arith::CmpFPredicate::ULT, magnitude, 1.0f);
    Value logarithm =
        polynomial(arith::SelectOp::create(rewriter, loc, within, magnitude,
                                           constant(4.0f)),
                   {2.688896202016622e-04f, -4.252584185451269e-03f,
                    3.150571510195732e-02f, -1.4875170588493347e-01f,
                    -9.206482768058777e-01f, -1.626046061515808f,
                    -4.926985129714012e-04f});
    Value n = math::RoundEvenOp::create(rewriter, loc, logarithm);
    Value power = polynomial(arith::SubFOp::create(rewriter, loc, logarithm, n),
                             {1.3276466634124517e-03f, 9.675540961325169e-03f,
                              5.550713464617729e-02f, 2.4022120237350464e-01f,
                              6.931469440460205e-01f, 1.0000001192092896f});
    // n is at least -26: what is added to the exponent leaves it normal.
    Value shifted = arith::ShLIOp::create(
        rewriter, loc, arith::FPToSIOp::create(rewriter, loc, i32, n),
        buildConstant(rewriter, loc, i32, rewriter.getI32IntegerAttr(23)));
    Value bits = arith::AddIOp::create(
        rewriter, loc, arith::BitcastOp::create(rewriter, loc, i32, power),
        shifted);
    Value complement = arith::BitcastOp::create(rewriter, loc, f32, bits);
    Value large =
        arith::SubFOp::create(rewriter, loc, constant(1.0f), complement);
    large = math::CopySignOp::create(rewriter, loc, large, x);
    rewriter.replaceOpWithNewOp<arith::SelectOp>(op, near, small, large);
    return success();
  }
};

struct ApproximateMath : lacuna::impl::ApproximateMathBase<ApproximateMath> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    // f16 and bf16 through f32.
    populateMathF32ExpansionPatterns(patterns, [](StringRef) { return true; });
    patterns.add<ExpandErf, ExpandExp, ExpandTanh>(&getContext());
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace
