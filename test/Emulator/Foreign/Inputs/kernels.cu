// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ordinary CUDA programs. nvcc makes their PTX when the test runs; the device
// `emulator` runs it, and RunForeign.cpp compares with what the CPU computes.

#include <cstdint>
#include <cuda_bf16.h>
#include <cuda_fp16.h>

extern "C" {

__global__ void vector_add(const float *a, const float *b, float *c, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    c[i] = a[i] + b[i];
}

// Vectors of four and a grid-stride loop.
__global__ void axpy4(float alpha, const float4 *x, float4 *y, int n) {
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n;
       i += gridDim.x * blockDim.x) {
    float4 u = x[i], v = y[i];
    v.x = fmaf(alpha, u.x, v.x);
    v.y = fmaf(alpha, u.y, v.y);
    v.z = fmaf(alpha, u.z, v.z);
    v.w = fmaf(alpha, u.w, v.w);
    y[i] = v;
  }
}

__global__ void strided_copy(const short *in, short *out, long n, long stride) {
  long i = (long)blockIdx.x * blockDim.x + threadIdx.x;
  if (i < n)
    out[i] = in[i * stride];
}

__global__ void transpose(const int *in, int *out, int rows, int columns) {
  __shared__ int tile[32][33];
  int x = blockIdx.x * 32 + threadIdx.x, y = blockIdx.y * 32 + threadIdx.y;
  for (int j = 0; j < 32; j += 8)
    if (x < columns && y + j < rows)
      tile[threadIdx.y + j][threadIdx.x] = in[(y + j) * columns + x];
  __syncthreads();
  x = blockIdx.y * 32 + threadIdx.x;
  y = blockIdx.x * 32 + threadIdx.y;
  for (int j = 0; j < 32; j += 8)
    if (x < rows && y + j < columns)
      out[(y + j) * rows + x] = tile[threadIdx.x][threadIdx.y + j];
}

// Shuffles in the warp, shared memory in the block, an atomic in the grid; the
// last block, known by a counter, writes the result.
__device__ unsigned blocksDone = 0;
__global__ void grid_sum(const int *in, long long *partial, long long *out,
                         int n) {
  __shared__ long long warps[32];
  __shared__ bool isLast;
  long long sum = 0;
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n;
       i += gridDim.x * blockDim.x)
    sum += in[i];
  for (int offset = 16; offset; offset /= 2)
    sum += __shfl_down_sync(0xffffffffu, sum, offset);
  if (threadIdx.x % 32 == 0)
    warps[threadIdx.x / 32] = sum;
  __syncthreads();
  if (threadIdx.x == 0) {
    sum = 0;
    for (int w = 0; w < blockDim.x / 32; ++w)
      sum += warps[w];
    partial[blockIdx.x] = sum;
    __threadfence();
    isLast = atomicAdd(&blocksDone, 1u) == gridDim.x - 1;
  }
  __syncthreads();
  if (isLast && threadIdx.x == 0) {
    sum = 0;
    for (int b = 0; b < gridDim.x; ++b)
      sum += partial[b];
    *out = sum;
    blocksDone = 0;
  }
}

__global__ void atomic_reductions(const float *in, float *sum, double *wide,
                                  int *most, int *least, unsigned *bits,
                                  int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  atomicAdd(sum, in[i]);
  atomicAdd(wide, (double)in[i]);
  atomicMax(most, (int)in[i]);
  atomicMin(least, (int)in[i]);
  atomicXor(bits, (unsigned)i);
  // A loop of compare and swap: bits[1] = max of i * 7 mod 1000.
  unsigned value = i * 7 % 1000, old = bits[1];
  while (old < value) {
    unsigned seen = atomicCAS(bits + 1, old, value);
    if (seen == old)
      break;
    old = seen;
  }
}

// An inclusive scan of one block: shuffles up, then the sums of the warps.
__global__ void block_scan(const int *in, int *out, int n) {
  extern __shared__ int sums[];
  int i = blockIdx.x * blockDim.x + threadIdx.x, lane = threadIdx.x % 32;
  int value = i < n ? in[i] : 0;
  for (int offset = 1; offset < 32; offset *= 2) {
    int below = __shfl_up_sync(0xffffffffu, value, offset);
    if (lane >= offset)
      value += below;
  }
  if (lane == 31)
    sums[threadIdx.x / 32] = value;
  __syncthreads();
  if (threadIdx.x < 32) {
    int warps = blockDim.x / 32, sum = lane < warps ? sums[lane] : 0;
    for (int offset = 1; offset < 32; offset *= 2) {
      int below = __shfl_up_sync(0xffffffffu, sum, offset);
      if (lane >= offset)
        sum += below;
    }
    if (lane < warps)
      sums[lane] = sum;
  }
  __syncthreads();
  if (threadIdx.x >= 32)
    value += sums[threadIdx.x / 32 - 1];
  if (i < n)
    out[i] = value;
}

__global__ void histogram(const unsigned char *in, unsigned *bins, int n) {
  __shared__ unsigned local[256];
  for (int b = threadIdx.x; b < 256; b += blockDim.x)
    local[b] = 0;
  __syncthreads();
  for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n;
       i += gridDim.x * blockDim.x)
    atomicAdd(&local[in[i]], 1u);
  __syncthreads();
  for (int b = threadIdx.x; b < 256; b += blockDim.x)
    atomicAdd(&bins[b], local[b]);
}

// Every kind of exchange in a warp, folded into one number for each lane.
__global__ void warp_exchange(const unsigned *in, unsigned *out) {
  unsigned lane = threadIdx.x % 32, v = in[threadIdx.x], all = 0xffffffffu;
  unsigned r = __shfl_xor_sync(all, v, 5);
  r += 3 * __shfl_sync(all, v, (lane * 7 + 3) % 32);
  r += 5 * __shfl_sync(all, v, 2, 8);
  r ^= __ballot_sync(all, v & 1);
  r += __any_sync(all, v == 12345) * 11 + __all_sync(all, v < 1000000) * 13;
  r ^= __match_any_sync(all, v % 4);
  int same;
  r += __match_all_sync(all, v / 1000000, &same) * 17 + same;
#if __CUDA_ARCH__ >= 800
  r += __reduce_add_sync(all, v) + __reduce_max_sync(all, v) * 3;
  r ^= __reduce_xor_sync(all, v);
#endif
  if (lane % 3 == 1) // a part of the warp
    r += __shfl_down_sync(__activemask(), r, 3) * 0 + __popc(__activemask());
  out[threadIdx.x] = r;
}

// Divergence: each thread leaves the loop at its own time.
__global__ void collatz(const unsigned *in, unsigned *steps, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  unsigned long long v = in[i];
  unsigned count = 0;
  while (v != 1) {
    if (v % 2) {
      if (count > 10000)
        break;
      v = 3 * v + 1;
    } else {
      v /= 2;
    }
    ++count;
  }
  steps[i] = count;
}

__device__ __noinline__ int half_or_more(int n) {
  return n % 2 ? 3 * n + 1 : n / 2;
}
__device__ __noinline__ int walk(int n, int steps) {
  for (int i = 0; i < steps && n > 1; ++i)
    n = half_or_more(n);
  return n;
}
__constant__ int table[8] = {3, 1, 4, 1, 5, 9, 2, 6};
// Calls of calls, a stack with variable indices, constant memory, a switch.
__global__ void calls(int *out) {
  int t = threadIdx.x, stack[16], depth = 0;
  for (int i = 0; i < 16; ++i)
    if ((t >> (i % 5) & 1) == 0)
      stack[depth++] = i * table[i % 8];
  int sum = walk(t, t % 12);
  while (depth)
    sum = sum * 3 + stack[--depth];
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
    sum -= t;
    break;
  case 4:
    sum = ~sum;
    break;
  case 5:
    sum <<= 2;
    break;
  default:
    sum >>= 1;
  }
  out[t] = sum;
}

__global__ void integers(const long long *a, const long long *b,
                         unsigned long long *out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  long long x = a[i], y = b[i];
  unsigned u = (unsigned)x, v = (unsigned)y;
  unsigned long long *r = out + 15 * i;
  r[0] = y ? x / y : 0;
  r[1] = 0ull + (y ? x % y : 0);
  r[2] = 0ull + (v ? u / v + u % v : 0);
  r[3] = 0ull + __umulhi(u, v) + __mul64hi(x, y) + __umul64hi(x, y);
  r[4] = 0ull + __brev(u) + __brevll(x);
  r[5] = 0ull + __clz(u) + __clzll(x) + __ffs(u) + __popc(u) + __popcll(x);
  r[6] = 0ull + __byte_perm(u, v, 0x3715) + __byte_perm(u, v, v);
  r[7] = 0ull + __funnelshift_l(u, v, 7) + __funnelshift_rc(u, v, v & 63);
  r[8] = 0ull + (unsigned)__dp4a((int)u, (int)v, 17) + __usad(u, v, 3);
  r[9] = 0ull + (unsigned)min((int)u, (int)v) + max(u, v) + abs((int)u);
  r[10] = 0ull + (unsigned)((short)u * (short)v) + (unsigned char)(u + v);
  r[11] = 0ull + (unsigned)(u << (v & 31)) + (u >> (v & 31)) +
      ((int)u >> (v & 31));
  r[12] = 0ull + ((x << (y & 63)) ^ (x >> (y & 63)));
  unsigned __int128 w = (unsigned __int128)(unsigned long long)x *
                            (unsigned long long)y +
                        (unsigned long long)x;
  r[13] = 0ull + (unsigned long long)(w >> 64) + (unsigned long long)w;
  r[14] = (x < y) + (u <= v) * 2 + ((int)u > (int)v) * 4;
}

__global__ void math(const float *in, float *out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  float x = in[i];
  float *r = out + 20 * i;
  r[0] = expf(x);
  r[1] = logf(fabsf(x) + 0.5f);
  r[2] = sinf(x);
  r[3] = cosf(x);
  r[4] = tanhf(x);
  r[5] = sqrtf(fabsf(x));
  r[6] = rsqrtf(fabsf(x) + 0.25f);
  r[7] = x / (fabsf(x) + 1.5f);
  r[8] = erff(x);
  r[9] = powf(fabsf(x), 1.7f);
  r[10] = floorf(x) + 2 * ceilf(x) + 4 * rintf(x) + 8 * truncf(x);
  r[11] = fmodf(x, 0.7f);
  r[12] = __expf(x) * __fdividef(1.0f, 3.0f);
  r[13] = (float)(int)x + (float)(unsigned)fabsf(x);
  r[14] = fminf(x, 1.0f) + fmaxf(x, -2.0f) + copysignf(3.0f, x);
  r[15] = __fadd_rz(x, 0.1f) + __fmul_ru(x, 1.1f) + __fmaf_rd(x, x, 0.3f);
  r[16] = atan2f(x, 2.0f);
  r[17] = cbrtf(x);
  r[18] = isnan(x) + 2 * isinf(x) + 4 * signbit(x);
  r[19] = (float)exp((double)x) + (float)sin((double)x);
}

__global__ void doubles(const double *in, double *out, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  double x = in[i], y = in[(i + 1) % n];
  double *r = out + 6 * i;
  r[0] = x / y;
  r[1] = sqrt(fabs(x)) + fma(x, y, 1.0);
  r[2] = exp(-fabs(x));
  r[3] = log(fabs(x) + 1);
  r[4] = cos(x);
  r[5] = (double)(long long)(x * 1e6) + fmin(x, y) - fmax(x, y);
}

__global__ void halves(const __half2 *a, const __half2 *b, __half2 *out,
                       const __nv_bfloat162 *c, const __nv_bfloat162 *d,
                       __nv_bfloat162 *bout, int n) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= n)
    return;
  __half2 h = __hfma2(a[i], b[i], __hadd2(a[i], b[i]));
  h = __hmax2(h, __hmul2(a[i], __float2half2_rn(0.5f)));
  if (__hgt(__low2half(h), __high2half(h)))
    h = __lowhigh2highlow(h);
  out[i] = h;
  __nv_bfloat162 f = __hfma2(c[i], d[i], __hsub2(c[i], d[i]));
  f = __hmin2(f, __float2bfloat162_rn(8.0f));
  f.x = __float2bfloat16(__bfloat162float(f.x) * 1.5f);
  bout[i] = f;
}

// Rows of a softmax, one block each.
__global__ void softmax(const float *in, float *out, int columns) {
  __shared__ float part[32];
  const float *row = in + (size_t)blockIdx.x * columns;
  float *to = out + (size_t)blockIdx.x * columns;
  float most = -INFINITY;
  for (int c = threadIdx.x; c < columns; c += blockDim.x)
    most = fmaxf(most, row[c]);
  for (int offset = 16; offset; offset /= 2)
    most = fmaxf(most, __shfl_xor_sync(0xffffffffu, most, offset));
  if (threadIdx.x % 32 == 0)
    part[threadIdx.x / 32] = most;
  __syncthreads();
  for (int w = 0; w < blockDim.x / 32; ++w)
    most = fmaxf(most, part[w]);
  __syncthreads();
  float sum = 0;
  for (int c = threadIdx.x; c < columns; c += blockDim.x)
    sum += __expf(row[c] - most);
  for (int offset = 16; offset; offset /= 2)
    sum += __shfl_xor_sync(0xffffffffu, sum, offset);
  if (threadIdx.x % 32 == 0)
    part[threadIdx.x / 32] = sum;
  __syncthreads();
  sum = 0;
  for (int w = 0; w < blockDim.x / 32; ++w)
    sum += part[w];
  for (int c = threadIdx.x; c < columns; c += blockDim.x)
    to[c] = __expf(row[c] - most) / sum;
}

// A product of matrices through shared memory, 16 by 16.
__global__ void matrix_product(const double *a, const double *b, double *c,
                               int n) {
  __shared__ double as[16][16], bs[16][17];
  int row = blockIdx.y * 16 + threadIdx.y, column = blockIdx.x * 16 + threadIdx.x;
  double sum = 0;
  for (int k = 0; k < n; k += 16) {
    as[threadIdx.y][threadIdx.x] = row < n && k + threadIdx.x < n
                                       ? a[row * n + k + threadIdx.x]
                                       : 0;
    bs[threadIdx.y][threadIdx.x] = column < n && k + threadIdx.y < n
                                       ? b[(k + threadIdx.y) * n + column]
                                       : 0;
    __syncthreads();
    for (int j = 0; j < 16; ++j)
      sum += as[threadIdx.y][j] * bs[j][threadIdx.x];
    __syncthreads();
  }
  if (row < n && column < n)
    c[row * n + column] = sum;
}

// Barriers that count, and named barriers of a part of the block.
__global__ void barriers(const int *in, int *out) {
  __shared__ int box[128];
  int t = threadIdx.x;
  int count = __syncthreads_count(in[t] > 0);
  int all = __syncthreads_and(in[t] > -1000), any = __syncthreads_or(in[t] > 99);
  box[t] = in[t];
  if (t < 64) { // warps 0 and 1 meet at barrier 1, the others at barrier 2
    asm volatile("bar.sync 1, 64;" ::: "memory");
    box[t] += box[63 - t] * 0;
  } else {
    asm volatile("bar.sync 2, 64;" ::: "memory");
  }
  __syncthreads();
  out[t] = count * 1000 + all * 100 + any * 10 + (box[127 - t] & 7);
}
}
