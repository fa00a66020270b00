// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernels of Inputs/matrix.cu. Their operands are small integers, so that
// sums are exact in whatever order the tensor core adds.

#include "Foreign.h"

#include <algorithm>
#include <cstring>

namespace foreign {
namespace {

/// Integers -8 .. 8, as f16 or bf16 and as numbers.
struct Values {
  std::vector<float> number;
  std::vector<uint16_t> bits;

  Values(size_t count, bool isBfloat) {
    for (size_t i = 0; i < count; ++i) {
      float value = float(int(engine()() % 17) - 8);
      number.push_back(value);
      uint32_t single;
      std::memcpy(&single, &value, 4);
      // Exact: f16 has the upper bits of the fraction and a smaller bias.
      uint32_t magnitude = single & 0x7fffffff;
      uint32_t f16 = magnitude ? (magnitude - (112u << 23)) >> 13 : 0;
      bits.push_back(isBfloat ? uint16_t(single >> 16)
                              : uint16_t((single >> 16 & 0x8000) | f16));
    }
  }
};

bool wmmaF16(Device &d, lacuna_kernel *k) {
  Values a(256, false), b(256, false), c(256, false);
  std::vector<float> want = c.number;
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 16; ++j)
      for (int l = 0; l < 16; ++l)
        want[i * 16 + j] += a.number[i * 16 + l] * b.number[j * 16 + l];
  Array<uint16_t> da(d, a.bits), db(d, b.bits);
  Array<float> dc(d, c.number), out(d, 256);
  d.launch(k, {1}, {32}, 0, {da.param(), db.param(), dc.param(), out.param()});
  return equal(out.get(), want);
}

/// The number that the bits of an f16 integer stand for.
float integerOf(uint16_t f16) {
  int exponent = (f16 >> 10 & 31) - 15;
  float magnitude =
      exponent < 0 ? 0 : std::ldexp(float((f16 & 1023) | 1024), exponent - 10);
  return f16 & 0x8000 ? -magnitude : magnitude;
}

bool wmmaTallF16(Device &d, lacuna_kernel *k) {
  Values a(16 * 40, false), b(16 * 8, false);
  std::vector<float> want(32 * 8);
  for (int i = 0; i < 32; ++i)
    for (int j = 0; j < 8; ++j) {
      float sum = 1;
      for (int l = 0; l < 16; ++l)
        sum += a.number[l * 40 + i] * b.number[l * 8 + j];
      want[j * 32 + i] = 2 * sum;
    }
  Array<uint16_t> da(d, a.bits), db(d, b.bits), out(d, 32 * 8);
  d.launch(k, {1}, {32}, 0, {da.param(), db.param(), out.param()});
  std::vector<float> got;
  for (uint16_t bits : out.get())
    got.push_back(integerOf(bits));
  return equal(got, want);
}

bool wmmaWideS8(Device &d, lacuna_kernel *k) {
  std::vector<int8_t> a(8 * 16), b(32 * 16);
  for (auto *values : {&a, &b})
    for (int8_t &value : *values)
      value = int8_t(engine()());
  std::vector<int> want(8 * 32, 5);
  for (int i = 0; i < 8; ++i)
    for (int j = 0; j < 32; ++j)
      for (int l = 0; l < 16; ++l)
        want[i * 32 + j] += a[i * 16 + l] * b[j * 16 + l];
  Array<int8_t> da(d, a), db(d, b);
  Array<int> out(d, 8 * 32);
  d.launch(k, {1}, {32}, 0, {da.param(), db.param(), out.param()});
  return equal(out.get(), want);
}

bool wmmaBf16Tf32(Device &d, lacuna_kernel *k) {
  Values a(256, true), b(256, true);
  std::vector<float> want(256);
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 16; ++j)
      for (int l = 0; l < 16; ++l)
        want[i * 16 + j] += a.number[i * 16 + l] * b.number[j * 16 + l];
  Array<uint16_t> da(d, a.bits), db(d, b.bits);
  Array<float> a32(d, a.number), b32(d, b.number), out(d, 256), out32(d, 256);
  d.launch(k, {1}, {32}, 0,
           {da.param(), db.param(), a32.param(), b32.param(), out.param(),
            out32.param()});
  return equal(out.get(), want) && equal(out32.get(), want);
}

bool mmaBf16(Device &d, lacuna_kernel *k) {
  Values a(16 * 16, true), b(8 * 16, true);
  std::vector<float> want(16 * 8);
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 8; ++j)
      for (int l = 0; l < 16; ++l)
        want[i * 8 + j] += a.number[i * 16 + l] * b.number[j * 16 + l];
  Array<uint16_t> da(d, a.bits), db(d, b.bits);
  Array<float> out(d, 16 * 8);
  d.launch(k, {1}, {32}, 0, {da.param(), db.param(), out.param()});
  return equal(out.get(), want);
}

bool mmaSparseF16(Device &d, lacuna_kernel *k) {
  Values kept(16 * 16, false), b(8 * 32, false);
  std::vector<unsigned char> indices(16 * 8);
  std::vector<float> dense(16 * 32), want(16 * 8);
  for (int row = 0; row < 16; ++row)
    for (int chunk = 0; chunk < 8; ++chunk) {
      int pairs[6][2] = {{0, 1}, {0, 2}, {0, 3}, {1, 2}, {1, 3}, {2, 3}};
      int *p = pairs[engine()() % 6];
      indices[row * 8 + chunk] = (unsigned char)(p[0] | p[1] << 2);
      for (int e = 0; e < 2; ++e)
        dense[row * 32 + chunk * 4 + p[e]] =
            kept.number[row * 16 + chunk * 2 + e];
    }
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 8; ++j)
      for (int l = 0; l < 32; ++l)
        want[i * 8 + j] += dense[i * 32 + l] * b.number[j * 32 + l];
  Array<uint16_t> dk(d, kept.bits), db(d, b.bits);
  Array<unsigned char> di(d, indices);
  Array<float> out(d, 16 * 8);
  d.launch(k, {1}, {32}, 0, {dk.param(), di.param(), db.param(), out.param()});
  return equal(out.get(), want);
}

} // namespace

void addMatrices(Checks &checks) {
  checks["wmma_f16"] = wmmaF16;
  checks["wmma_tall_f16"] = wmmaTallF16;
  checks["wmma_wide_s8"] = wmmaWideS8;
  checks["wmma_bf16_tf32"] = wmmaBf16Tf32;
  checks["mma_bf16"] = mmaBf16;
  checks["mma_sparse_f16"] = mmaSparseF16;
}

} // namespace foreign
