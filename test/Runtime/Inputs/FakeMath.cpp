// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// cuBLAS and cuSPARSELt for FakeCuda.cpp, whose memory is the host's: the few
// functions that lacuna-bundle calls, with the meaning that their documentation
// gives to orders, transpositions and leading dimensions. Products are
// computed, so that wrong arguments show. bf16 only.

#include <cstdint>
#include <cstring>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace {
constexpr int bf16 = 14;

float load(const void *data, int64_t at) {
  uint32_t bits = uint32_t(static_cast<const uint16_t *>(data)[at]) << 16;
  float value;
  std::memcpy(&value, &bits, 4);
  return value;
}
void store(void *data, int64_t at, float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, 4);
  bits += 0x7FFF + (bits >> 16 & 1);
  static_cast<uint16_t *>(data)[at] = uint16_t(bits >> 16);
}

/// cusparseOrder_t: 1 column-major, 2 row-major.
struct Matrix {
  int64_t rows, columns, ld;
  int order;
  int64_t at(int64_t row, int64_t column) const {
    return order == 2 ? row * ld + column : column * ld + row;
  }
};

void multiply(const Matrix &a, const void *dataA, bool turnA, const Matrix &b,
              const void *dataB, bool turnB, const Matrix &d, void *dataD) {
  int64_t depth = turnA ? a.rows : a.columns;
  for (int64_t i = 0; i < d.rows; ++i)
    for (int64_t j = 0; j < d.columns; ++j) {
      float sum = 0;
      for (int64_t k = 0; k < depth; ++k)
        sum += load(dataA, turnA ? a.at(k, i) : a.at(i, k)) *
               load(dataB, turnB ? b.at(j, k) : b.at(k, j));
      store(dataD, d.at(i, j), sum);
    }
}

/// What a plan of cuSPARSELt is here.
struct Plan {
  Matrix a, b, d;
  bool turnA, turnB;
};
} // namespace

EXPORT int cublasCreate_v2(void **handle) {
  static int it;
  *handle = &it;
  return 0;
}
EXPORT int cublasDestroy_v2(void *) { return 0; }
EXPORT int cublasSetStream_v2(void *, void *stream) { return stream ? 0 : 7; }
EXPORT int cublasGetVersion_v2(void *, int *version) {
  *version = 130000;
  return 0;
}
EXPORT int cublasGemmEx(void *, int opA, int opB, int m, int n, int k,
                        const void *alpha, const void *a, int typeA, int lda,
                        const void *b, int typeB, int ldb, const void *beta,
                        void *c, int typeC, int ldc, int compute, int) {
  float one, none;
  std::memcpy(&one, alpha, 4);
  std::memcpy(&none, beta, 4);
  if (typeA != bf16 || typeB != bf16 || typeC != bf16 || compute != 68 ||
      one != 1 || none != 0)
    return 15; // CUBLAS_STATUS_NOT_SUPPORTED
  Matrix matrixA = {opA ? k : m, opA ? m : k, lda, 1};
  Matrix matrixB = {opB ? n : k, opB ? k : n, ldb, 1};
  multiply(matrixA, a, opA, matrixB, b, opB, {m, n, ldc, 1}, c);
  return 0;
}

EXPORT int cusparseLtInit(void *) { return 0; }
EXPORT int cusparseLtDestroy(const void *) { return 0; }
EXPORT int cusparseLtGetVersion(const void *, int *version) {
  *version = 801;
  return 0;
}
EXPORT int cusparseLtDenseDescriptorInit(const void *, void *descriptor,
                                         int64_t rows, int64_t columns,
                                         int64_t ld, uint32_t, int type,
                                         int order) {
  Matrix matrix = {rows, columns, ld, order};
  std::memcpy(descriptor, &matrix, sizeof(matrix));
  return type == bf16 ? 0 : 10; // CUSPARSE_STATUS_NOT_SUPPORTED
}
EXPORT int cusparseLtStructuredDescriptorInit(const void *handle,
                                              void *descriptor, int64_t rows,
                                              int64_t columns, int64_t ld,
                                              uint32_t alignment, int type,
                                              int order, int sparsity) {
  return sparsity
             ? 3
             : cusparseLtDenseDescriptorInit(handle, descriptor, rows, columns,
                                             ld, alignment, type, order);
}
EXPORT int cusparseLtMatmulDescriptorInit(const void *, void *descriptor,
                                          int opA, int opB, const void *a,
                                          const void *b, const void *,
                                          const void *d, int compute) {
  Plan plan = {};
  std::memcpy(&plan.a, a, sizeof(Matrix));
  std::memcpy(&plan.b, b, sizeof(Matrix));
  std::memcpy(&plan.d, d, sizeof(Matrix));
  plan.turnA = opA;
  plan.turnB = opB;
  std::memcpy(descriptor, &plan, sizeof(plan));
  return compute == 2 ? 0 : 10;
}
EXPORT int cusparseLtMatmulAlgSelectionInit(const void *, void *selection,
                                            const void *matmul, int) {
  std::memcpy(selection, matmul, sizeof(Plan));
  return 0;
}
EXPORT int cusparseLtMatmulPlanInit(const void *, void *plan, const void *,
                                    const void *selection) {
  std::memcpy(plan, selection, sizeof(Plan));
  return 0;
}
EXPORT int cusparseLtMatmulPlanDestroy(const void *) { return 0; }
EXPORT int cusparseLtMatmulGetWorkspace(const void *, const void *,
                                        size_t *bytes) {
  *bytes = 64;
  return 0;
}
EXPORT int cusparseLtSpMMACompressedSize(const void *, const void *planned,
                                         size_t *bytes, size_t *scratch) {
  Plan plan;
  std::memcpy(&plan, planned, sizeof(plan));
  *bytes = 2 * size_t(plan.a.rows * plan.a.columns);
  *scratch = 64;
  return 0;
}
/// Keeps the matrix as it is, where it is 2:4.
EXPORT int cusparseLtSpMMACompress(const void *, const void *planned,
                                   const void *dense, void *compressed, void *,
                                   void *) {
  Plan plan;
  std::memcpy(&plan, planned, sizeof(plan));
  for (int64_t i = 0; i < plan.a.rows; ++i)
    for (int64_t k = 0; k < plan.a.columns; k += 4) {
      int kept = 0;
      for (int64_t w = 0; w < 4; ++w)
        kept += load(dense, plan.a.at(i, k + w)) != 0;
      if (kept > 2)
        return 3;
    }
  std::memcpy(compressed, dense, 2 * size_t(plan.a.rows * plan.a.columns));
  return 0;
}
EXPORT int cusparseLtMatmul(const void *, const void *planned, const void *,
                            const void *a, const void *b, const void *,
                            const void *, void *d, void *, void **streams,
                            int count) {
  Plan plan;
  std::memcpy(&plan, planned, sizeof(plan));
  if (count != 1 || !streams[0])
    return 3;
  multiply(plan.a, a, plan.turnA, plan.b, b, plan.turnB, plan.d, d);
  return 0;
}
EXPORT int cusparseLtMatmulSearch(const void *handle, void *plan,
                                  const void *alpha, const void *a,
                                  const void *b, const void *beta,
                                  const void *c, void *d, void *workspace,
                                  void **streams, int count) {
  return cusparseLtMatmul(handle, plan, alpha, a, b, beta, c, d, workspace,
                          streams, count);
}
