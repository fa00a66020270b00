/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A model for the CPU and two GPU architectures, written by hand: manifest of
 * ABI 3, a fatbin, and host code that launches kernels. There is room behind
 * the manifest: tests copy the library and write others over both.
 */

#include "lacuna/ModelABI.h"

#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

#define VECTOR(NAME)                                                           \
  "{\"name\":\"" NAME "\",\"dtype\":\"f32\",\"shape\":[-1],"                   \
  "\"symbols\":[\"n\"]}"
#define FUNCTION(NAME, BINDINGS)                                               \
  "{\"name\":\"" NAME "\",\"inputs\":[" VECTOR("x") "],\"outputs\":[" VECTOR(  \
      "y") "],\"bindings\":[" BINDINGS "]}"
/* As `scratch`, with its temporaries in an arena. */
#define PLANNED                                                                \
  "{\"name\":\"planned\",\"inputs\":[" VECTOR("x") "],\"outputs\":[" VECTOR(   \
      "y") "],"                                                                \
           "\"bindings\":[{\"weight\":0,\"view\":\"dense\"}],"                 \
           "\"arena\":{\"buffers\":2,\"slots\":2}}"
#define OUTPUT(NAME, TYPE, SHAPE)                                              \
  "{\"name\":\"" NAME "\",\"dtype\":\"" TYPE "\",\"shape\":[" SHAPE "]}"
/* Each view of w, as it is bound. */
#define VIEWS                                                                                  \
  "{\"name\":\"views\",\"inputs\":[],\"outputs\":[" OUTPUT("dense", "bf16", "4,8") "," OUTPUT( \
      "values", "f16",                                                                         \
      "4,2,2") "," OUTPUT("mma", "bf16",                                                       \
                          "1,1,2,32,8") "," OUTPUT("words", "i32",                             \
                                                   "1,1,32") "],\"bindings\":"                 \
                                                             "["                               \
                                                             "{\"weight\":1,"                  \
                                                             "\"view\":"                       \
                                                             "\"dense\","                      \
                                                             "\"dtype\":"                      \
                                                             "\"bf16\"},"                      \
                                                             "{\"weight\":1,"                  \
                                                             "\"view\":"                       \
                                                             "\"values\","                     \
                                                             "\"dtype\":"                      \
                                                             "\"f16\"},"                       \
                                                             "{\"weight\":1,"                  \
                                                             "\"view\":\"mma."                 \
                                                             "values\","                       \
                                                             "\"dtype\":"                      \
                                                             "\"bf16\"},"                      \
                                                             "{\"weight\":1,"                  \
                                                             "\"view\":\"mma."                 \
                                                             "metadata\","                     \
                                                             "\"dtype\":"                      \
                                                             "\"bf16\"}]}"
/* clang-format off */
#define BIAS "{\"weight\":0,\"view\":\"dense\"}"
#define FUNCTIONS                                                              \
  "[" FUNCTION("main", BIAS) "," FUNCTION("scratch", BIAS) ","                 \
      FUNCTION("swap", "") "," FUNCTION("trouble", "") "," PLANNED "," VIEWS "]"
/* clang-format on */

EXPORT const char lacuna_manifest[16384] =
    "{\"abi\":3,\"producer\":\"by hand\",\"targets\":["
    "{\"name\":\"cpu\",\"prefix\":\"\",\"features\":[],"
    "\"functions\":" FUNCTIONS "},"
    "{\"name\":\"sm_80\",\"prefix\":\"sm_80_\","
    "\"kernels\":[\"scale\",\"missing\",\"few\"],\"functions\":" FUNCTIONS "},"
    "{\"name\":\"sm_90a\",\"prefix\":\"sm_90a_\",\"kernels\":[\"scale\"],"
    "\"functions\":" FUNCTIONS "}],"
    "\"weights\":[{\"name\":\"bias\",\"dtype\":\"f32\",\"shape\":[4]},"
    "{\"name\":\"w\",\"dtype\":\"f32\",\"shape\":[4,8],"
    "\"layout\":\"nm<2:4, dim = 1>\"}]}";

/* y[i] = factor * x[i] + bias[i % 4], and a kernel of one parameter. */
#define PTX(ARCH)                                                              \
  ".version 8.0\n.target " ARCH "\n.address_size 64\n"                         \
  ".visible .entry scale(.param .u64 y, .param .u64 x, .param .u64 bias,\n"    \
  "  .param .u64 n, .param .f32 factor)\n"                                     \
  "{\n"                                                                        \
  "  .reg .pred %p; .reg .b32 %r<4>; .reg .f32 %f<4>; .reg .b64 %rd<12>;\n"    \
  "  mov.u32 %r0, %ctaid.x; mov.u32 %r1, %ntid.x; mov.u32 %r2, %tid.x;\n"      \
  "  mad.lo.s32 %r3, %r0, %r1, %r2;\n"                                         \
  "  cvt.u64.u32 %rd0, %r3; ld.param.u64 %rd1, [n];\n"                         \
  "  setp.ge.u64 %p, %rd0, %rd1;\n"                                            \
  "  @%p ret;\n"                                                               \
  "  ld.param.u64 %rd2, [x]; cvta.to.global.u64 %rd2, %rd2;\n"                 \
  "  ld.param.u64 %rd3, [y]; cvta.to.global.u64 %rd3, %rd3;\n"                 \
  "  ld.param.u64 %rd4, [bias]; cvta.to.global.u64 %rd4, %rd4;\n"              \
  "  shl.b64 %rd5, %rd0, 2; and.b64 %rd6, %rd5, 12;\n"                         \
  "  add.s64 %rd7, %rd2, %rd5; add.s64 %rd8, %rd3, %rd5;\n"                    \
  "  add.s64 %rd9, %rd4, %rd6;\n"                                              \
  "  ld.global.f32 %f0, [%rd7]; ld.global.f32 %f1, [%rd9];\n"                  \
  "  ld.param.f32 %f2, [factor]; fma.rn.f32 %f3, %f2, %f0, %f1;\n"             \
  "  st.global.f32 [%rd8], %f3;\n"                                             \
  "  ret;\n"                                                                   \
  "}\n"                                                                        \
  ".visible .entry few(.param .u64 x)\n{\n  ret;\n}\n"

/* One image of the fatbin; the text is padded with NULs. */
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
  struct image images[3];
} lacuna_fatbin __attribute__((section(".lacuna_fatbin"))) = {
    0xba55ed50,
    1,
    16,
    3 * sizeof(struct image),
    {{2, 0x101, 64, 2048, {0}, 80, 0, 0x11, {0}, "\177ELF no cubin"},
     {1, 0x101, 64, 2048, {0}, 80, 0, 0x11, {0}, PTX("sm_80")},
     {1, 0x101, 64, 2048, {0}, 90, 0, 0x100011, {0}, PTX("sm_90a")}}};
EXPORT const uint64_t lacuna_fatbin_size = 16 + 3 * sizeof(struct image);

typedef struct {
  void *allocated, *aligned;
  int64_t offset, size, stride;
} memref;

static int64_t size(void **d) { return ((memref *)d[0])->size; }

static void launch_scale(void *y, void *x, void *bias, int64_t n,
                         float factor) {
  int64_t sizes[7] = {(n + 127) / 128, 1, 1, 128, 1, 1, 0};
  void *params[] = {&y, &x, &bias, &n, &factor};
  lacuna_rt_launch(0, sizes, params, 5);
}

/* y = 2 x + bias */
static void gpu_main(void **d) {
  launch_scale(((memref *)d[1])->aligned, ((memref *)d[0])->aligned,
               ((memref *)d[2])->aligned, size(d), 2);
}

/* y = 3 (2 x + bias) + bias, through scratch memory of which some is left */
static void gpu_scratch(void **d) {
  void *bias = ((memref *)d[2])->aligned;
  float *half = lacuna_rt_alloc(size(d) * 4);
  float *copy = lacuna_rt_alloc(size(d) * 4);
  launch_scale(half, ((memref *)d[0])->aligned, bias, size(d), 2);
  lacuna_rt_copy(copy, half, size(d) * 4);
  lacuna_rt_free(half);
  launch_scale(((memref *)d[1])->aligned, copy, bias, size(d), 3);
}

/* The same in an arena: two slots, aligned to 256 bytes. */
static int64_t slot(void **d) { return (size(d) * 4 + 255) / 256 * 256; }
static void gpu_planned(void **d) {
  void *bias = ((memref *)d[2])->aligned;
  char *half = ((memref *)d[3])->aligned, *copy = half + slot(d);
  launch_scale(half, ((memref *)d[0])->aligned, bias, size(d), 2);
  lacuna_rt_copy(copy, half, size(d) * 4);
  launch_scale(((memref *)d[1])->aligned, copy, bias, size(d), 3);
}

/* y = x read as [2, n / 2] and transposed */
static void swap(void **d) {
  struct {
    int64_t rank;
    void *descriptor;
  } from, to;
  int64_t half = size(d) / 2;
  int64_t x[7] = {0, (int64_t)((memref *)d[0])->aligned, 0, half, 2, 1, half};
  int64_t y[7] = {0, (int64_t)((memref *)d[1])->aligned, 0, half, 2, 2, 1};
  from.rank = to.rank = 2;
  from.descriptor = x, to.descriptor = y;
  memrefCopy(4, &from, &to);
}

static void views(void **d) {
  static const int64_t bytes[] = {64, 32, 1024, 128};
  for (int i = 0; i < 4; ++i)
    lacuna_rt_copy(((memref *)d[i])->aligned, ((memref *)d[4 + i])->aligned,
                   bytes[i]);
}
static void no_shapes(void **d, int64_t *out) { (void)d, (void)out; }

/* What goes wrong depends on the size. */
static void gpu_trouble(void **d) {
  int64_t sizes[7] = {1, 1, 1, 32, 1, 1, 0};
  void *params[] = {&d};
  switch (size(d)) {
  case 1:
    lacuna_rt_launch(7, sizes, params, 1);
    break;
  case 2:
    lacuna_rt_launch(1, sizes, params, 1);
    break;
  case 3:
    lacuna_rt_launch(2, sizes, params, 0);
    break;
  case 4:
    sizes[1] = -5;
    lacuna_rt_launch(2, sizes, params, 1);
    break;
  case 5:
    lacuna_rt_alloc(64);
    lacuna_rt_alloc(INT64_MAX / 2);
    break;
  case 6:
    lacuna_rt_copy(0, ((memref *)d[0])->aligned, 8);
    break;
  case 7:
    lacuna_rt_alloc(64);
    lacuna_rt_fail("sizes 7 and 8 do not fit");
  case 8:
    lacuna_rt_alloc(-1);
    break;
  case 9:
    sizes[3] = INT64_MAX;
    lacuna_rt_launch(2, sizes, params, 1);
    break;
  case 10:
    lacuna_rt_copy(0, 0, -1);
  }
}

static float *cpu(void *descriptor) { return ((memref *)descriptor)->aligned; }
EXPORT void lacuna_entry_main(void **d) {
  for (int64_t i = 0; i < size(d); ++i)
    cpu(d[1])[i] = 2 * cpu(d[0])[i] + cpu(d[2])[i % 4];
}
EXPORT void lacuna_entry_scratch(void **d) {
  float *copy = lacuna_rt_alloc(size(d) * 4);
  lacuna_rt_copy(copy, cpu(d[0]), size(d) * 4);
  for (int64_t i = 0; i < size(d); ++i)
    cpu(d[1])[i] = 3 * (2 * copy[i] + cpu(d[2])[i % 4]) + cpu(d[2])[i % 4];
}
EXPORT void lacuna_entry_planned(void **d) {
  float *half = ((memref *)d[3])->aligned, *copy = half + slot(d) / 4;
  for (int64_t i = 0; i < size(d); ++i)
    half[i] = 2 * cpu(d[0])[i] + cpu(d[2])[i % 4];
  lacuna_rt_copy(copy, half, size(d) * 4);
  for (int64_t i = 0; i < size(d); ++i)
    cpu(d[1])[i] = 3 * copy[i] + cpu(d[2])[i % 4];
}
EXPORT void lacuna_entry_swap(void **d) { swap(d); }
EXPORT void lacuna_entry_views(void **d) { views(d); }
EXPORT void lacuna_shapes_views(void **d, int64_t *out) { no_shapes(d, out); }
EXPORT void lacuna_entry_trouble(void **d) { gpu_trouble(d); }

#define SHAPES(NAME)                                                           \
  EXPORT void lacuna_shapes_##NAME(void **d, int64_t *out) { *out = size(d); }
#define WORKSPACE(NAME)                                                        \
  EXPORT void lacuna_workspace_##NAME(void **d, int64_t *out) {                \
    *out = 2 * slot(d);                                                        \
  }
#define ENTRY(PREFIX, NAME, CODE)                                              \
  EXPORT void lacuna_entry_##PREFIX##_##NAME(void **d) { CODE(d); }            \
  SHAPES(PREFIX##_##NAME)
#define TARGET(PREFIX)                                                         \
  ENTRY(PREFIX, main, gpu_main)                                                \
  ENTRY(PREFIX, scratch, gpu_scratch)                                          \
  ENTRY(PREFIX, planned, gpu_planned)                                          \
  WORKSPACE(PREFIX##_planned)                                                  \
  ENTRY(PREFIX, swap, swap)                                                    \
  ENTRY(PREFIX, trouble, gpu_trouble)                                          \
  EXPORT void lacuna_entry_##PREFIX##_views(void **d) { views(d); }            \
  EXPORT void lacuna_shapes_##PREFIX##_views(void **d, int64_t *out) {         \
    no_shapes(d, out);                                                         \
  }
SHAPES(main)
SHAPES(scratch)
SHAPES(planned)
WORKSPACE(planned)
SHAPES(swap)
SHAPES(trouble)
TARGET(sm_80)
TARGET(sm_90a)
