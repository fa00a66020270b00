/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A model with state for the CPU and a GPU, written by hand: sums and a count,
 * which a run updates in place. There is room behind the manifest: tests copy
 * the library and write another over it.
 */

#include "lacuna/ModelABI.h"

#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

#define VECTOR(NAME) "{\"name\":\"" NAME "\",\"dtype\":\"f32\",\"shape\":[4]}"
#define FUNCTIONS                                                              \
  "[{\"name\":\"add\",\"inputs\":[" VECTOR("x") "],\"outputs\":[" VECTOR(      \
      "y") "],\"bindings\":[{\"state\":0},{\"weight\":0,\"view\":\"dense\"},"  \
           "{\"state\":1}]},"                                                  \
           "{\"name\":\"plain\",\"inputs\":[" VECTOR(                          \
               "x") "],\"outputs\":[" VECTOR("y") "]}]"

EXPORT const char lacuna_manifest[16384] =
    "{\"abi\":3,\"producer\":\"by hand\",\"targets\":["
    "{\"name\":\"cpu\",\"prefix\":\"\",\"features\":[],"
    "\"functions\":" FUNCTIONS "},"
    "{\"name\":\"sm_80\",\"prefix\":\"sm_80_\",\"kernels\":[\"add\"],"
    "\"functions\":" FUNCTIONS "}],"
    "\"weights\":[{\"name\":\"bias\",\"dtype\":\"f32\",\"shape\":[4]},"
    "{\"name\":\"count\",\"dtype\":\"i64\",\"shape\":[]}],"
    "\"state\":[{\"name\":\"sum\",\"dtype\":\"f32\",\"shape\":[4]},"
    "{\"name\":\"count\",\"dtype\":\"i64\",\"shape\":[],\"weight\":1}]}";

/* sum += x + bias; y = sum; count += 1 */
#define PTX                                                                    \
  ".version 8.0\n.target sm_80\n.address_size 64\n"                            \
  ".visible .entry add(.param .u64 x, .param .u64 y, .param .u64 sum,\n"       \
  "  .param .u64 bias, .param .u64 count)\n"                                   \
  "{\n"                                                                        \
  "  .reg .pred %p; .reg .b32 %r; .reg .f32 %f<3>; .reg .b64 %rd<8>;\n"        \
  "  mov.u32 %r, %tid.x; mul.wide.u32 %rd0, %r, 4;\n"                          \
  "  ld.param.u64 %rd1, [x]; cvta.to.global.u64 %rd1, %rd1;\n"                 \
  "  ld.param.u64 %rd2, [y]; cvta.to.global.u64 %rd2, %rd2;\n"                 \
  "  ld.param.u64 %rd3, [sum]; cvta.to.global.u64 %rd3, %rd3;\n"               \
  "  ld.param.u64 %rd4, [bias]; cvta.to.global.u64 %rd4, %rd4;\n"              \
  "  ld.param.u64 %rd5, [count]; cvta.to.global.u64 %rd5, %rd5;\n"             \
  "  add.s64 %rd1, %rd1, %rd0; add.s64 %rd2, %rd2, %rd0;\n"                    \
  "  add.s64 %rd3, %rd3, %rd0; add.s64 %rd4, %rd4, %rd0;\n"                    \
  "  ld.global.f32 %f0, [%rd1]; ld.global.f32 %f1, [%rd4];\n"                  \
  "  add.f32 %f0, %f0, %f1; ld.global.f32 %f2, [%rd3];\n"                      \
  "  add.f32 %f2, %f2, %f0; st.global.f32 [%rd3], %f2;\n"                      \
  "  st.global.f32 [%rd2], %f2;\n"                                             \
  "  setp.ne.u32 %p, %r, 0;\n"                                                 \
  "  @%p ret;\n"                                                               \
  "  ld.global.u64 %rd6, [%rd5]; add.s64 %rd6, %rd6, 1;\n"                     \
  "  st.global.u64 [%rd5], %rd6;\n"                                            \
  "  ret;\n"                                                                   \
  "}\n"

struct image {
  uint16_t kind, version;
  uint32_t header_size;
  uint64_t size;
  uint32_t unused[3], arch;
  uint64_t unused2, flags, unused3[2];
  char data[2048];
};

EXPORT const struct {
  uint32_t magic;
  uint16_t version, header_size;
  uint64_t size;
  struct image images[1];
} lacuna_fatbin __attribute__((section(".lacuna_fatbin"))) = {
    0xba55ed50,
    1,
    16,
    sizeof(struct image),
    {{1, 0x101, 64, 2048, {0}, 80, 0, 0x11, {0}, PTX}}};
EXPORT const uint64_t lacuna_fatbin_size = 16 + sizeof(struct image);

typedef struct {
  void *allocated, *aligned;
} memref;

static void *data(void *descriptor) { return ((memref *)descriptor)->aligned; }

/* Between reading and writing the state there is time for others to do so, and
   a scratch allocation fails where x[0] is -1. */
EXPORT void lacuna_entry_add(void **d) {
  const float *x = data(d[0]), *bias = data(d[3]);
  float *y = data(d[1]), *sum = data(d[2]), before[4];
  int64_t *count = data(d[4]), counted = *(volatile int64_t *)count;
  for (int i = 0; i < 4; ++i)
    before[i] = ((volatile float *)sum)[i];
  for (volatile int i = 0; i < 20000; ++i)
    ;
  for (int i = 0; i < 4; ++i)
    sum[i] = y[i] = before[i] + x[i] + bias[i];
  *count = counted + 1;
  if (x[0] == -1)
    lacuna_rt_fail("x begins with -1");
}

EXPORT void lacuna_entry_sm_80_add(void **d) {
  int64_t sizes[7] = {1, 1, 1, 4, 1, 1, 0};
  void *values[5], *params[5];
  for (int i = 0; i < 5; ++i)
    values[i] = data(d[i]), params[i] = &values[i];
  lacuna_rt_launch(0, sizes, params, 5);
}

EXPORT void lacuna_entry_plain(void **d) {
  for (int i = 0; i < 4; ++i)
    ((float *)data(d[1]))[i] = ((float *)data(d[0]))[i];
}
EXPORT void lacuna_entry_sm_80_plain(void **d) {
  lacuna_rt_copy(data(d[1]), data(d[0]), 16);
}

#define SHAPES(NAME)                                                           \
  EXPORT void lacuna_shapes_##NAME(void **d, int64_t *out) {                   \
    (void)d;                                                                   \
    out[0] = 4;                                                                \
  }
SHAPES(add)
SHAPES(plain)
SHAPES(sm_80_add)
SHAPES(sm_80_plain)
