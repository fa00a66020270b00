// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The kernels of Inputs/kernels.cu whose results are exact: copies, sums of
// integers, scans, histograms, exchanges in a warp, control flow.

#include "Foreign.h"

#include <algorithm>
#include <numeric>

namespace foreign {
namespace {

bool vectorAdd(Device &d, lacuna_kernel *k) {
  int n = 1000; // not a multiple of the block
  auto a = randomFloats(n, 10), b = randomFloats(n, 10);
  Array<float> da(d, a), db(d, b), dc(d, n);
  d.launch(k, {8}, {128}, 0, {da.param(), db.param(), dc.param(), &n});
  std::vector<float> want(n);
  for (int i = 0; i < n; ++i)
    want[i] = a[i] + b[i];
  return equal(dc.get(), want);
}

bool axpy4(Device &d, lacuna_kernel *k) {
  int n = 777;
  float alpha = 1.7f;
  auto x = randomFloats(4 * n, 10), y = randomFloats(4 * n, 10);
  Array<float> dx(d, x), dy(d, y);
  d.launch(k, {2}, {96}, 0, {&alpha, dx.param(), dy.param(), &n});
  for (int i = 0; i < 4 * n; ++i)
    y[i] = std::fma(alpha, x[i], y[i]);
  return equal(dy.get(), y);
}

bool stridedCopy(Device &d, lacuna_kernel *k) {
  int64_t n = 500, stride = 7;
  std::vector<int16_t> in(n * stride), want(n);
  for (auto &value : in)
    value = int16_t(engine()());
  for (int64_t i = 0; i < n; ++i)
    want[i] = in[i * stride];
  Array<int16_t> di(d, in), out(d, n);
  d.launch(k, {2}, {256}, 0, {di.param(), out.param(), &n, &stride});
  return equal(out.get(), want);
}

bool transpose(Device &d, lacuna_kernel *k) {
  int rows = 70, columns = 45;
  std::vector<int> in(rows * columns), want(rows * columns);
  std::iota(in.begin(), in.end(), 1);
  for (int r = 0; r < rows; ++r)
    for (int c = 0; c < columns; ++c)
      want[c * rows + r] = in[r * columns + c];
  Array<int> di(d, in), out(d, in.size());
  d.launch(k, {2, 3}, {32, 8}, 0, {di.param(), out.param(), &rows, &columns});
  return equal(out.get(), want);
}

bool gridSum(Device &d, lacuna_kernel *k) {
  int n = 10000;
  std::vector<int> in(n);
  long long want = 0;
  for (int &value : in)
    want += value = int(engine()());
  Array<int> di(d, in);
  Array<long long> partial(d, 5), out(d, 1);
  bool good = true;
  for (int time = 0; time < 2; ++time) { // the counter starts again
    d.launch(k, {5}, {192}, 0, {di.param(), partial.param(), out.param(), &n});
    good &= equal(out.get(), {want});
  }
  return good;
}

bool atomicReductions(Device &d, lacuna_kernel *k) {
  int n = 1000;
  std::vector<float> in(n);
  for (float &value : in) // integers: their sum is exact in any order
    value = float(int(engine()() % 2001) - 1000);
  float sum = 0;
  int most = -5000, least = 5000;
  unsigned bits[2] = {0, 0};
  for (int i = 0; i < n; ++i) {
    sum += in[i];
    most = std::max(most, int(in[i]));
    least = std::min(least, int(in[i]));
    bits[0] ^= unsigned(i);
    bits[1] = std::max(bits[1], unsigned(i * 7 % 1000));
  }
  Array<float> di(d, in), ds(d, std::vector<float>{0});
  Array<double> wide(d, std::vector<double>{0});
  Array<int> dm(d, std::vector<int>{-5000}), dl(d, std::vector<int>{5000});
  Array<unsigned> db(d, std::vector<unsigned>{0, 0});
  d.launch(k, {4}, {256}, 0,
           {di.param(), ds.param(), wide.param(), dm.param(), dl.param(),
            db.param(), &n});
  return equal(ds.get(), {sum}) && equal(wide.get(), {double(sum)}) &&
         equal(dm.get(), {most}) && equal(dl.get(), {least}) &&
         equal(db.get(), {bits[0], bits[1]});
}

bool blockScan(Device &d, lacuna_kernel *k) {
  int n = 250;
  std::vector<int> in(n), want(n);
  for (int &value : in)
    value = int(engine()() % 1000) - 300;
  std::partial_sum(in.begin(), in.end(), want.begin());
  Array<int> di(d, in), out(d, n);
  d.launch(k, {1}, {256}, 32 * 4, {di.param(), out.param(), &n});
  return equal(out.get(), want);
}

bool histogram(Device &d, lacuna_kernel *k) {
  int n = 5000;
  std::vector<unsigned char> in(n);
  std::vector<unsigned> want(256);
  for (auto &value : in) {
    value = (unsigned char)(engine()() % 200 & engine()());
    ++want[value];
  }
  Array<unsigned char> di(d, in);
  Array<unsigned> bins(d, std::vector<unsigned>(256));
  d.launch(k, {3}, {128}, 0, {di.param(), bins.param(), &n});
  return equal(bins.get(), want);
}

bool warpExchange(Device &d, lacuna_kernel *k) {
  std::vector<unsigned> in(64), want(64);
  for (unsigned i = 0; i < 64; ++i)
    in[i] = i < 32 ? unsigned(engine()() % 2000000) : 1500000 + i;
  for (unsigned t = 0; t < 64; ++t) {
    const unsigned *warp = &in[t / 32 * 32];
    unsigned lane = t % 32, v = in[t];
    unsigned r = warp[lane ^ 5];
    r += 3 * warp[(lane * 7 + 3) % 32];
    r += 5 * warp[lane / 8 * 8 + 2];
    unsigned ballot = 0, same4 = 0, sum = 0, most = 0, all = 0;
    bool any = false, every = true, match = true;
    for (unsigned l = 0; l < 32; ++l) {
      ballot |= (warp[l] & 1) << l;
      same4 |= unsigned(warp[l] % 4 == v % 4) << l;
      any |= warp[l] == 12345;
      every &= warp[l] < 1000000;
      match &= warp[l] / 1000000 == v / 1000000;
      sum += warp[l];
      most = std::max(most, warp[l]);
      all ^= warp[l];
    }
    r ^= ballot;
    r += any * 11 + every * 13;
    r ^= same4;
    r += (match ? 0xffffffffu : 0) * 17 + match;
    r += sum + most * 3;
    r ^= all;
    if (lane % 3 == 1)
      r += 11; // lanes 1, 4, ... 31
    want[t] = r;
  }
  Array<unsigned> di(d, in), out(d, 64);
  d.launch(k, {1}, {64}, 0, {di.param(), out.param()});
  return equal(out.get(), want);
}

bool collatz(Device &d, lacuna_kernel *k) {
  int n = 300;
  std::vector<unsigned> in(n), want(n);
  for (int i = 0; i < n; ++i) {
    in[i] = 1 + unsigned(engine()() % 1000000);
    for (uint64_t v = in[i]; v != 1; ++want[i])
      v = v % 2 ? 3 * v + 1 : v / 2;
  }
  Array<unsigned> di(d, in), steps(d, n);
  d.launch(k, {3}, {128}, 0, {di.param(), steps.param(), &n});
  return equal(steps.get(), want);
}

int walk(int n, int steps) {
  for (int i = 0; i < steps && n > 1; ++i)
    n = n % 2 ? 3 * n + 1 : n / 2;
  return n;
}

bool calls(Device &d, lacuna_kernel *k) {
  const int table[8] = {3, 1, 4, 1, 5, 9, 2, 6};
  std::vector<int> want(96);
  for (int t = 0; t < 96; ++t) {
    int stack[16], depth = 0;
    for (int i = 0; i < 16; ++i)
      if ((t >> (i % 5) & 1) == 0)
        stack[depth++] = i * table[i % 8];
    unsigned sum = unsigned(walk(t, t % 12));
    while (depth)
      sum = sum * 3 + unsigned(stack[--depth]);
    switch (t % 7) {
    case 0:
      sum += 100;
      break;
    case 1:
      sum ^= 0x55;
      break;
    case 2:
      sum *= 7;
      break;
    case 3:
      sum -= unsigned(t);
      break;
    case 4:
      sum = ~sum;
      break;
    case 5:
      sum <<= 2;
      break;
    default:
      sum = unsigned(int(sum) >> 1);
    }
    want[t] = int(sum);
  }
  Array<int> out(d, 96);
  d.launch(k, {1}, {96}, 0, {out.param()});
  return equal(out.get(), want);
}

bool barriers(Device &d, lacuna_kernel *k) {
  std::vector<int> in(128), want(128);
  int count = 0;
  bool every = true, any = false;
  for (int &value : in) {
    value = int(engine()() % 200) - 100;
    count += value > 0;
    every &= value > -1000;
    any |= value > 99;
  }
  for (int t = 0; t < 128; ++t)
    want[t] = count * 1000 + every * 100 + any * 10 + (in[127 - t] & 7);
  Array<int> di(d, in), out(d, 128);
  d.launch(k, {1}, {128}, 0, {di.param(), out.param()});
  return equal(out.get(), want);
}

} // namespace

void addPrograms(Checks &checks) {
  checks["vector_add"] = vectorAdd;
  checks["axpy4"] = axpy4;
  checks["strided_copy"] = stridedCopy;
  checks["transpose"] = transpose;
  checks["grid_sum"] = gridSum;
  checks["atomic_reductions"] = atomicReductions;
  checks["block_scan"] = blockScan;
  checks["histogram"] = histogram;
  checks["warp_exchange"] = warpExchange;
  checks["collatz"] = collatz;
  checks["calls"] = calls;
  checks["barriers"] = barriers;
}

} // namespace foreign
