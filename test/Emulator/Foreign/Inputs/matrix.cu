// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tensor cores from CUDA: nvcuda::wmma, and mma.sp as inline PTX, one warp
// each. RunForeign.cpp compares with products computed on the CPU.

#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <mma.h>

using namespace nvcuda;

extern "C" {

// d = a b + c: 16 x 16 x 16, a row-major, b column-major.
__global__ void wmma_f16(const __half *a, const __half *b, const float *c,
                         float *d) {
  wmma::fragment<wmma::matrix_a, 16, 16, 16, __half, wmma::row_major> fa;
  wmma::fragment<wmma::matrix_b, 16, 16, 16, __half, wmma::col_major> fb;
  wmma::fragment<wmma::accumulator, 16, 16, 16, float> fc;
  wmma::load_matrix_sync(fa, a, 16);
  wmma::load_matrix_sync(fb, b, 16);
  wmma::load_matrix_sync(fc, c, 16, wmma::mem_row_major);
  wmma::mma_sync(fc, fa, fb, fc);
  wmma::store_matrix_sync(d, fc, 16, wmma::mem_row_major);
}

// 32 x 8 x 16 with the other layouts, f16 throughout, a scaled accumulator.
__global__ void wmma_tall_f16(const __half *a, const __half *b, __half *d) {
  wmma::fragment<wmma::matrix_a, 32, 8, 16, __half, wmma::col_major> fa;
  wmma::fragment<wmma::matrix_b, 32, 8, 16, __half, wmma::row_major> fb;
  wmma::fragment<wmma::accumulator, 32, 8, 16, __half> fc;
  wmma::fill_fragment(fc, __float2half(1.0f));
  wmma::load_matrix_sync(fa, a, 40); // a wider pitch than 32
  wmma::load_matrix_sync(fb, b, 8);
  wmma::mma_sync(fc, fa, fb, fc);
  for (int i = 0; i < fc.num_elements; ++i)
    fc.x[i] = fc.x[i] * __float2half(2.0f);
  wmma::store_matrix_sync(d, fc, 32, wmma::mem_col_major);
}

// 8-bit integers through shared memory, 8 x 32 x 16.
__global__ void wmma_wide_s8(const signed char *a, const signed char *b,
                             int *d) {
  __shared__ __align__(32) signed char sa[8 * 16];
  for (int i = threadIdx.x; i < 8 * 16; i += 32)
    sa[i] = a[i];
  __syncwarp();
  wmma::fragment<wmma::matrix_a, 8, 32, 16, signed char, wmma::row_major> fa;
  wmma::fragment<wmma::matrix_b, 8, 32, 16, signed char, wmma::col_major> fb;
  wmma::fragment<wmma::accumulator, 8, 32, 16, int> fc;
  wmma::fill_fragment(fc, 5);
  wmma::load_matrix_sync(fa, sa, 16);
  wmma::load_matrix_sync(fb, b, 16);
  wmma::mma_sync(fc, fa, fb, fc);
  wmma::store_matrix_sync(d, fc, 32, wmma::mem_row_major);
}

// bf16 and tf32: the same product of small integers.
__global__ void wmma_bf16_tf32(const __nv_bfloat16 *a, const __nv_bfloat16 *b,
                               const float *a32, const float *b32, float *d,
                               float *d32) {
  {
    wmma::fragment<wmma::matrix_a, 16, 16, 16, __nv_bfloat16, wmma::row_major> fa;
    wmma::fragment<wmma::matrix_b, 16, 16, 16, __nv_bfloat16, wmma::col_major> fb;
    wmma::fragment<wmma::accumulator, 16, 16, 16, float> fc;
    wmma::fill_fragment(fc, 0.0f);
    wmma::load_matrix_sync(fa, a, 16);
    wmma::load_matrix_sync(fb, b, 16);
    wmma::mma_sync(fc, fa, fb, fc);
    wmma::store_matrix_sync(d, fc, 16, wmma::mem_row_major);
  }
  wmma::fragment<wmma::accumulator, 16, 16, 8, float> fc;
  wmma::fill_fragment(fc, 0.0f);
  for (int k = 0; k < 16; k += 8) {
    wmma::fragment<wmma::matrix_a, 16, 16, 8, wmma::precision::tf32,
                   wmma::row_major>
        fa;
    wmma::fragment<wmma::matrix_b, 16, 16, 8, wmma::precision::tf32,
                   wmma::col_major>
        fb;
    wmma::load_matrix_sync(fa, a32 + k, 16);
    wmma::load_matrix_sync(fb, b32 + k, 16);
    for (int i = 0; i < fa.num_elements; ++i)
      fa.x[i] = wmma::__float_to_tf32(fa.x[i]);
    wmma::mma_sync(fc, fa, fb, fc);
  }
  wmma::store_matrix_sync(d32, fc, 16, wmma::mem_row_major);
}

// mma.sync.m16n8k16: fragments by hand, as PTX ISA, "Matrix Fragments for
// mma.m16n8k16", has them. a is 16 x 16 row-major, b 16 x 8 column-major.
__global__ void mma_bf16(const __nv_bfloat16 *a, const __nv_bfloat16 *b,
                         float *d) {
  int lane = threadIdx.x, group = lane / 4, inside = lane % 4;
  unsigned ra[4], rb[2];
  for (int i = 0; i < 4; ++i)
    ra[i] = *(const unsigned *)&a[(group + 8 * (i & 1)) * 16 + inside * 2 +
                                  8 * (i >> 1)];
  for (int i = 0; i < 2; ++i)
    rb[i] = *(const unsigned *)&b[group * 16 + inside * 2 + 8 * i];
  float r[4] = {0, 0, 0, 0};
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 "
               "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(r[0]), "+f"(r[1]), "+f"(r[2]), "+f"(r[3])
               : "r"(ra[0]), "r"(ra[1]), "r"(ra[2]), "r"(ra[3]), "r"(rb[0]),
                 "r"(rb[1]));
  for (int i = 0; i < 4; ++i)
    d[(group + 8 * (i >> 1)) * 8 + inside * 2 + (i & 1)] = r[i];
}

// mma.sp.m16n8k32: a is 16 x 32 of which each group of 4 keeps 2, given as 16 x
// 16 kept values and 16 x 8 pairs of indices (two bits each, low first); b is
// 32 x 8 column-major. Metadata as PTX ISA, "Sparse mma.m16n8k32": of lanes
// with lane % 4 / 2 == 0 (selector 0), eight nibbles: four chunks of row
// lane / 4, then four of row lane / 4 + 8.
__global__ void mma_sparse_f16(const __half *kept, const unsigned char *indices,
                               const __half *b, float *d) {
  int lane = threadIdx.x, group = lane / 4, inside = lane % 4;
  unsigned ra[4], rb[4], e = 0;
  for (int i = 0; i < 4; ++i)
    ra[i] = *(const unsigned *)&kept[(group + 8 * (i & 1)) * 16 + inside * 2 +
                                     8 * (i >> 1)];
  for (int i = 0; i < 4; ++i)
    rb[i] = *(const unsigned *)&b[group * 32 + inside * 2 + 8 * i];
  for (int j = 0; j < 8; ++j)
    e |= (unsigned)indices[(group + 8 * (j / 4)) * 8 + 4 * (lane & 1) + j % 4]
         << 4 * j;
  float r[4] = {0, 0, 0, 0};
  asm volatile("mma.sp::ordered_metadata.sync.aligned.m16n8k32.row.col.f32.f16."
               "f16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9,%10,%11}, "
               "{%0,%1,%2,%3}, %12, 0;"
               : "+f"(r[0]), "+f"(r[1]), "+f"(r[2]), "+f"(r[3])
               : "r"(ra[0]), "r"(ra[1]), "r"(ra[2]), "r"(ra[3]), "r"(rb[0]),
                 "r"(rb[1]), "r"(rb[2]), "r"(rb[3]), "r"(e));
  for (int i = 0; i < 4; ++i)
    d[(group + 8 * (i >> 1)) * 8 + inside * 2 + (i & 1)] = r[i];
}
}
