/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A model as the compiler would emit it, written by hand. Each function shows
 * one side of the ABI. The manifest has room behind it: tests copy the library
 * and write another manifest over it.
 */

#include "lacuna/ModelABI.h"

#include <math.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

EXPORT const char lacuna_manifest[16384] =
    "{\"abi\":1,\"producer\":\"by hand\",\"target\":\"cpu\",\"features\":[],"
    "\"functions\":["
    /* y = w x^T rows: [b, 8] -> [b, 4]; w is nm<2:4, dim = 1> of [4, 8] */
    "{\"name\":\"main\",\"inputs\":[{\"name\":\"x\",\"dtype\":\"f32\","
    "\"shape\":[-1,8],\"symbols\":[\"batch\",null]}],"
    "\"outputs\":[{\"name\":\"y\",\"dtype\":\"f32\",\"shape\":[-1,4],"
    "\"symbols\":[\"batch\",null]}],"
    "\"bindings\":[{\"weight\":0,\"view\":\"values\"},"
    "{\"weight\":0,\"view\":\"coordinates\"},"
    "{\"weight\":1,\"view\":\"dense\"}]},"
    "{\"name\":\"dense\",\"inputs\":[],\"outputs\":[{\"name\":\"w\","
    "\"dtype\":\"f32\",\"shape\":[4,8]}],"
    "\"bindings\":[{\"weight\":0,\"view\":\"dense\"}]},"
    "{\"name\":\"address\",\"inputs\":[],\"outputs\":[{\"name\":\"at\","
    "\"dtype\":\"i64\",\"shape\":[]}],"
    "\"bindings\":[{\"weight\":1,\"view\":\"dense\"}]},"
    "{\"name\":\"add\",\"inputs\":[{\"name\":\"a\",\"dtype\":\"f64\","
    "\"shape\":[-1],\"symbols\":[\"n\"]},{\"name\":\"b\",\"dtype\":\"f64\","
    "\"shape\":[-1],\"symbols\":[\"n\"]}],\"outputs\":[{\"name\":\"c\","
    "\"dtype\":\"f64\",\"shape\":[-1],\"symbols\":[\"n\"]}]},"
    "{\"name\":\"waves\",\"inputs\":[{\"name\":\"n\",\"dtype\":\"i64\","
    "\"shape\":[]}],\"outputs\":[{\"name\":\"sum\",\"dtype\":\"f32\","
    "\"shape\":[1024]}]},"
    /* how: 0 fine, 1 fail, 2 fail in a worker, 3 too much memory, 4 the same
       in a worker, 5 leave memory behind, 6 fail in a nested loop; 7: r is the
       number of threads */
    "{\"name\":\"trouble\",\"inputs\":[{\"name\":\"how\",\"dtype\":\"i32\","
    "\"shape\":[]}],\"outputs\":[{\"name\":\"r\",\"dtype\":\"i32\","
    "\"shape\":[]}]},"
    "{\"name\":\"reshape\",\"inputs\":[{\"name\":\"x\",\"dtype\":\"f32\","
    "\"shape\":[-1]}],\"outputs\":[{\"name\":\"y\",\"dtype\":\"f32\","
    "\"shape\":[-1,3]}]},"
    "{\"name\":\"third\",\"inputs\":[],\"outputs\":[{\"name\":\"y\","
    "\"dtype\":\"f64\",\"shape\":[]}]},"
    "{\"name\":\"negate\",\"inputs\":[{\"name\":\"x\",\"dtype\":\"i1\","
    "\"shape\":[4]}],\"outputs\":[{\"name\":\"y\",\"dtype\":\"i1\","
    "\"shape\":[4]}]},"
    "{\"name\":\"transpose\",\"inputs\":[{\"name\":\"x\",\"dtype\":\"f32\","
    "\"shape\":[2,3]}],\"outputs\":[{\"name\":\"y\",\"dtype\":\"f32\","
    "\"shape\":[3,2]}]}],"
    "\"weights\":[{\"name\":\"w\",\"dtype\":\"f32\",\"shape\":[4,8],"
    "\"layout\":\"nm<2:4, dim = 1>\"},"
    "{\"name\":\"bias\",\"dtype\":\"f32\",\"shape\":[4]}]}";

typedef struct {
  void *allocated;
  void *aligned;
  int64_t offset;
  int64_t dims[4]; /* sizes, then strides; at most rank 2 here, or read on */
} memref;

static float *f32(void *descriptor) { return ((memref *)descriptor)->aligned; }
static double *f64(void *descriptor) { return ((memref *)descriptor)->aligned; }
static int64_t size(void *descriptor, int i) {
  return ((memref *)descriptor)->dims[i];
}

static void main_rows(void *ctx, int64_t begin, int64_t end) {
  void **d = ctx;
  const float *x = f32(d[0]), *values = f32(d[2]), *bias = f32(d[4]);
  const uint8_t *coordinates = ((memref *)d[3])->aligned;
  for (int64_t b = begin; b < end; ++b)
    for (int o = 0; o < 4; ++o) {
      float sum = bias[o];
      for (int g = 0; g < 2; ++g)
        for (int k = 0; k < 2; ++k) {
          int at = (o * 2 + g) * 2 + k;
          sum += values[at] * x[b * 8 + g * 4 + coordinates[at]];
        }
      f32(d[1])[b * 4 + o] = sum;
    }
}
EXPORT void lacuna_entry_main(void **d) {
  lacuna_rt_parallel_for(main_rows, d, size(d[0], 0), 1);
}
EXPORT void lacuna_shapes_main(void **d, int64_t *out) {
  out[0] = size(d[0], 0);
  out[1] = 4;
}

EXPORT void lacuna_entry_dense(void **d) {
  for (int i = 0; i < 32; ++i)
    f32(d[0])[i] = f32(d[1])[i];
}
EXPORT void lacuna_shapes_dense(void **d, int64_t *out) {
  (void)d;
  out[0] = 4;
  out[1] = 8;
}

EXPORT void lacuna_entry_address(void **d) {
  *(int64_t *)((memref *)d[0])->aligned =
      (int64_t)(intptr_t)((memref *)d[1])->aligned;
}
EXPORT void lacuna_shapes_address(void **d, int64_t *out) {
  (void)d, (void)out;
}

EXPORT void lacuna_entry_add(void **d) {
  for (int64_t i = 0; i < size(d[0], 0); ++i)
    f64(d[2])[i] = f64(d[0])[i] + f64(d[1])[i];
}
EXPORT void lacuna_shapes_add(void **d, int64_t *out) {
  out[0] = size(d[0], 0);
}

/* Sums per piece, so that another cut gives other bits. */
typedef struct {
  float *pieces;
  int64_t n;
} waves_ctx;
static void waves_body(void *ctx, int64_t begin, int64_t end) {
  waves_ctx *c = ctx;
  float *scratch = lacuna_rt_alloc((end - begin) * 4);
  float sum = 0;
  for (int64_t i = begin; i < end; ++i)
    scratch[i - begin] = sinf((float)i) / (float)(1 + i % 7);
  for (int64_t i = begin; i < end; ++i)
    sum += scratch[i - begin];
  lacuna_rt_free(scratch);
  for (int64_t i = begin; i < end; ++i)
    c->pieces[i] = sum;
}
EXPORT void lacuna_entry_waves(void **d) {
  waves_ctx c;
  c.n = *(int64_t *)((memref *)d[0])->aligned;
  c.pieces = lacuna_rt_alloc(c.n * 4);
  lacuna_rt_parallel_for(waves_body, &c, c.n, 3);
  float *out = f32(d[1]);
  for (int j = 0; j < 1024; ++j)
    out[j] = 0;
  for (int64_t i = 0; i < c.n; ++i)
    out[i % 1024] += c.pieces[i];
  lacuna_rt_free(c.pieces);
}
EXPORT void lacuna_shapes_waves(void **d, int64_t *out) {
  (void)d;
  out[0] = 1024;
}

static void nested_body(void *ctx, int64_t begin, int64_t end) {
  (void)ctx, (void)end;
  if (begin == 70)
    lacuna_rt_fail("failed in a nested loop");
}
static void trouble_body(void *ctx, int64_t begin, int64_t end) {
  int how = *(int *)ctx;
  (void)end;
  if (how == 2 && begin >= 100)
    lacuna_rt_fail("index 1234 is out of range");
  if (how == 4 && begin == 100)
    lacuna_rt_alloc(INT64_MAX / 2);
  if (how == 6 && begin == 7)
    lacuna_rt_parallel_for(nested_body, 0, 100, 1);
  lacuna_rt_alloc(100);
}
EXPORT void lacuna_entry_trouble(void **d) {
  int how = *(int32_t *)((memref *)d[0])->aligned;
  if (how == 1)
    lacuna_rt_fail("sizes 3 and 4 do not fit");
  if (how == 3)
    lacuna_rt_alloc(INT64_MAX / 2);
  if (how == 5)
    lacuna_rt_alloc(1 << 20);
  lacuna_rt_parallel_for(trouble_body, &how, 500, 1);
  *(int32_t *)((memref *)d[1])->aligned = how == 7 ? lacuna_rt_threads() : 77;
}
EXPORT void lacuna_shapes_trouble(void **d, int64_t *out) {
  (void)d, (void)out;
}

EXPORT void lacuna_entry_reshape(void **d) {
  for (int64_t i = 0; i < size(d[0], 0); ++i)
    f32(d[1])[i] = f32(d[0])[i];
}
EXPORT void lacuna_shapes_reshape(void **d, int64_t *out) {
  if (size(d[0], 0) % 3 != 0)
    lacuna_rt_fail("the size is not a multiple of 3");
  out[0] = size(d[0], 0) / 3;
  out[1] = 3;
}

/* Shows the rounding mode. */
EXPORT void lacuna_entry_third(void **d) {
  volatile double one = 1, three = 3;
  *f64(d[0]) = one / three;
}
EXPORT void lacuna_shapes_third(void **d, int64_t *out) { (void)d, (void)out; }

EXPORT void lacuna_entry_negate(void **d) {
  for (int i = 0; i < 4; ++i)
    ((uint8_t *)((memref *)d[1])->aligned)[i] =
        !((uint8_t *)((memref *)d[0])->aligned)[i];
}
EXPORT void lacuna_shapes_negate(void **d, int64_t *out) {
  (void)d;
  out[0] = 4;
}

EXPORT void lacuna_entry_transpose(void **d) {
  struct {
    int64_t rank;
    void *descriptor;
  } from, to = {2, d[1]};
  memref view = *(memref *)d[0];
  view.dims[0] = 3, view.dims[1] = 2, view.dims[2] = 1, view.dims[3] = 3;
  from.rank = 2, from.descriptor = &view;
  memrefCopy(4, &from, &to);
}
EXPORT void lacuna_shapes_transpose(void **d, int64_t *out) {
  (void)d;
  out[0] = 3;
  out[1] = 2;
}
