// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernels of Inputs/kernels.cu that compute: integer intrinsics (exact),
// math functions within CUDA's documented errors, half precision, softmax.

#include "Foreign.h"

#include <algorithm>

namespace foreign {
namespace {

uint32_t reverse(uint32_t v) {
  uint32_t r = 0;
  for (int i = 0; i < 32; ++i)
    r |= (v >> i & 1) << (31 - i);
  return r;
}
/// __byte_perm looks at three bits of each selector.
uint32_t bytePermute(uint32_t a, uint32_t b, uint32_t s) {
  uint64_t both = uint64_t(b) << 32 | a;
  uint32_t r = 0;
  for (int i = 0; i < 4; ++i)
    r |= uint32_t(both >> 8 * (s >> 4 * i & 7) & 255) << 8 * i;
  return r;
}

bool integers(Device &d, lacuna_kernel *k) {
  int n = 400;
  std::vector<int64_t> a(n), b(n);
  std::vector<uint64_t> want(15 * n);
  for (int i = 0; i < n; ++i) {
    a[i] = int64_t(engine()() >> engine()() % 64);
    b[i] = int64_t(engine()() >> engine()() % 64);
    if (i % 5 == 0)
      b[i] = int64_t(engine()() % 3) - 1;
    int64_t x = a[i], y = b[i];
    if (y == -1 && x == INT64_MIN)
      x = a[i] = 5;
    uint32_t u = uint32_t(x), v = uint32_t(y);
    uint64_t *r = &want[15 * i];
    r[0] = uint64_t(y ? x / y : 0);
    r[1] = uint64_t(y ? x % y : 0);
    r[2] = (v ? u / v + u % v : 0);
    r[3] = (uint64_t(u) * v >> 32) + uint64_t(int64_t((__int128)x * y >> 64)) +
           uint64_t((unsigned __int128)uint64_t(x) * uint64_t(y) >> 64);
    r[4] = reverse(u) +
           (uint64_t(reverse(u)) << 32 | reverse(uint32_t(uint64_t(x) >> 32)));
    r[5] = uint64_t((u ? __builtin_clz(u) : 32) +
                    (x ? __builtin_clzll(uint64_t(x)) : 64) +
                    __builtin_ffs(int(u)) + __builtin_popcount(u) +
                    __builtin_popcountll(uint64_t(x)));
    // Parts of 32 bits are added in 64; signed ones are extended.
    r[6] = 0ull + bytePermute(u, v, 0x3715) + bytePermute(u, v, v);
    uint64_t both = uint64_t(v) << 32 | u;
    uint32_t amount = std::min(v & 63, 32u);
    r[7] = 0ull + uint32_t(both << 7 >> 32) + uint32_t(both >> amount);
    uint32_t dot = 17;
    for (int j = 0; j < 4; ++j)
      dot += uint32_t(int8_t(u >> 8 * j) * int8_t(v >> 8 * j));
    r[8] = 0ull + dot + uint32_t((u > v ? u - v : v - u) + 3);
    r[9] = 0ull + uint32_t(std::min(int32_t(u), int32_t(v))) + std::max(u, v) +
           uint64_t(int64_t(int32_t(int32_t(u) < 0 ? 0 - u : u)));
    r[10] = 0ull + uint32_t(int16_t(u) * int16_t(v)) + uint8_t(u + v);
    r[11] = 0ull + uint32_t(u << (v & 31)) + (u >> (v & 31)) +
            uint64_t(int64_t(int32_t(u) >> (v & 31)));
    r[12] = ((uint64_t(x) << (y & 63)) ^ uint64_t(x >> (y & 63)));
    unsigned __int128 w =
        (unsigned __int128)uint64_t(x) * uint64_t(y) + uint64_t(x);
    r[13] = uint64_t(w >> 64) + uint64_t(w);
    r[14] = uint64_t((x < y) + (u <= v) * 2 + (int32_t(u) > int32_t(v)) * 4);
  }
  Array<int64_t> da(d, a), db(d, b);
  Array<uint64_t> out(d, 15 * n);
  d.launch(k, {4}, {128}, 0, {da.param(), db.param(), out.param(), &n});
  return equal(out.get(), want);
}

bool math(Device &d, lacuna_kernel *k) {
  int n = 256;
  auto in = randomFloats(n, 8);
  std::copy_n(
      std::vector<float>{0.0f, -0.0f, 1, -1, 0.5f, 2.5f, -1.5f, 7.0f}.begin(),
      8, in.begin());
  Array<float> di(d, in), out(d, 20 * n);
  d.launch(k, {2}, {128}, 0, {di.param(), out.param(), &n});
  auto got = out.get();
  // CUDA C++ Programming Guide, "Mathematical Functions": a few units of the
  // last place; the intrinsics __expf and __fdividef less.
  for (int i = 0; i < n; ++i) {
    double x = in[i], a = std::fabs(x);
    float f = in[i];
    double rz = double(f) + double(0.1f), ru = double(f) * double(1.1f);
    double want[20] = {
        std::exp(x),
        std::log(a + 0.5),
        std::sin(x),
        std::cos(x),
        std::tanh(x),
        std::sqrt(a),
        1 / std::sqrt(a + 0.25),
        x / (a + 1.5),
        std::erf(x),
        std::pow(a, 1.7f),
        std::floor(x) + 2 * std::ceil(x) + 4 * std::rint(x) + 8 * std::trunc(x),
        std::fmod(f, 0.7f),
        std::exp(x) / 3,
        std::trunc(x) + std::trunc(a),
        std::min(x, 1.0) + std::max(x, -2.0) + std::copysign(3.0, x),
        rz + ru + (x * x + double(0.3f)),
        std::atan2(x, 2.0),
        std::cbrt(x),
        4.0 * std::signbit(f),
        std::exp(x) + std::sin(x)};
    for (int r = 0; r < 20; ++r) {
      double g = got[20 * i + r], error = std::fabs(g - want[r]);
      if (error > 4e-6 * std::fabs(want[r]) + 1e-6) {
        std::printf("  result %d of %.9g: got %.9g, expected %.9g\n", r, x, g,
                    want[r]);
        return false;
      }
    }
    // The directed roundings, exactly, from the bits of the exact sum.
    if (got[20 * i + 5] != std::sqrt(std::fabs(f)) ||
        got[20 * i + 7] != f / (std::fabs(f) + 1.5f)) {
      std::printf("  sqrtf or / of %.9g is not correctly rounded\n", x);
      return false;
    }
  }
  return true;
}

bool doubles(Device &d, lacuna_kernel *k) {
  int n = 200;
  std::vector<double> in(n);
  for (double &value : in)
    value = double(int64_t(engine()())) * 0x1p-60;
  Array<double> di(d, in), out(d, 6 * n);
  d.launch(k, {2}, {128}, 0, {di.param(), out.param(), &n});
  auto got = out.get();
  for (int i = 0; i < n; ++i) {
    double x = in[i], y = in[(i + 1) % n], a = std::fabs(x);
    double want[6] = {
        x / y,
        std::sqrt(a) + std::fma(x, y, 1.0),
        std::exp(-a),
        std::log(a + 1),
        std::cos(x),
        double(int64_t(x * 1e6)) + std::min(x, y) - std::max(x, y)};
    for (int r = 0; r < 6; ++r) {
      double g = got[6 * i + r];
      bool exact = r == 0 || r == 1 || r == 5;
      if (exact ? g != want[r]
                : std::fabs(g - want[r]) > 1e-15 * std::fabs(want[r]) + 1e-15) {
        std::printf("  result %d of %.17g: got %.17g, expected %.17g\n", r, x,
                    g, want[r]);
        return false;
      }
    }
  }
  return true;
}

/// Rounds to a format of `digits` binary digits; values here stay normal.
double roundTo(double value, int digits) {
  int exponent;
  double m = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(m, digits)), exponent - digits);
}
uint16_t encode(double value, int digits) { // 11: f16, 8: bf16
  if (value == 0)
    return std::signbit(value) ? 0x8000 : 0;
  int exponent;
  double m = std::frexp(std::fabs(value), &exponent);
  int bias = digits == 11 ? 15 : 127;
  auto fraction = uint16_t(std::ldexp(m, digits)) - (1u << (digits - 1));
  return uint16_t((std::signbit(value) ? 0x8000 : 0) |
                  (unsigned(exponent - 1 + bias) << (digits - 1)) | fraction);
}
double sample(int digits) { // away from subnormal numbers
  double value = 1 + double(engine()() % 2048) / 256;
  return roundTo(engine()() & 1 ? value : -value, digits);
}

bool halves(Device &d, lacuna_kernel *k) {
  int n = 200;
  double values[4][400];
  std::vector<uint16_t> in[4], want(2 * n), wantB(2 * n);
  for (int which = 0; which < 4; ++which)
    for (int i = 0; i < 2 * n; ++i) {
      values[which][i] = sample(which < 2 ? 11 : 8);
      in[which].push_back(encode(values[which][i], which < 2 ? 11 : 8));
    }
  for (int i = 0; i < n; ++i) {
    double h[2], f[2];
    for (int e = 0; e < 2; ++e) {
      double a = values[0][2 * i + e], b = values[1][2 * i + e];
      h[e] = roundTo(a * b + roundTo(a + b, 11), 11);
      h[e] = std::max(h[e], roundTo(a * 0.5, 11));
      double x = values[2][2 * i + e], y = values[3][2 * i + e];
      f[e] = roundTo(x * y + roundTo(x - y, 8), 8);
      f[e] = std::min(f[e], 8.0);
    }
    if (h[0] > h[1])
      std::swap(h[0], h[1]);
    f[0] = roundTo(f[0] * 1.5, 8);
    for (int e = 0; e < 2; ++e) {
      want[2 * i + e] = encode(h[e], 11);
      wantB[2 * i + e] = encode(f[e], 8);
    }
  }
  Array<uint16_t> a(d, in[0]), b(d, in[1]), out(d, 2 * n), x(d, in[2]),
      y(d, in[3]), bout(d, 2 * n);
  d.launch(k, {2}, {128}, 0,
           {a.param(), b.param(), out.param(), x.param(), y.param(),
            bout.param(), &n});
  return equal(out.get(), want) && equal(bout.get(), wantB);
}

bool softmax(Device &d, lacuna_kernel *k) {
  int rows = 5, columns = 300;
  auto in = randomFloats(rows * columns, 6);
  std::vector<float> want(rows * columns);
  for (int r = 0; r < rows; ++r) {
    double most = -INFINITY, sum = 0;
    for (int c = 0; c < columns; ++c)
      most = std::max(most, double(in[r * columns + c]));
    for (int c = 0; c < columns; ++c)
      sum += std::exp(in[r * columns + c] - most);
    for (int c = 0; c < columns; ++c)
      want[r * columns + c] = float(std::exp(in[r * columns + c] - most) / sum);
  }
  Array<float> di(d, in), out(d, rows * columns);
  d.launch(k, {uint64_t(rows)}, {96}, 0, {di.param(), out.param(), &columns});
  // __expf: 2 ulp and |x| times the error of its multiplication.
  return equal(out.get(), want, 5e-6);
}

bool matrixProduct(Device &d, lacuna_kernel *k) {
  int n = 37;
  std::vector<double> a(n * n), b(n * n), want(n * n);
  for (auto *m : {&a, &b})
    for (double &value : *m)
      value = double(int(engine()() % 200) - 100); // exact sums
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      for (int l = 0; l < n; ++l)
        want[i * n + j] += a[i * n + l] * b[l * n + j];
  Array<double> da(d, a), db(d, b), dc(d, n * n);
  d.launch(k, {3, 3}, {16, 16}, 0, {da.param(), db.param(), dc.param(), &n});
  return equal(dc.get(), want);
}

} // namespace

void addMath(Checks &checks) {
  checks["integers"] = integers;
  checks["math"] = math;
  checks["doubles"] = doubles;
  checks["halves"] = halves;
  checks["softmax"] = softmax;
  checks["matrix_product"] = matrixProduct;
}

} // namespace foreign
