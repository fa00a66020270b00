/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Runs a compiled model from C: run MODEL.so [SIZE]
 *
 *   cc run.c -llacuna_runtime -o run
 *
 * The model has f32 inputs and outputs; SIZE (default 2) stands for each
 * dynamic dimension, inputs are all ones. model.safetensors lies beside it.
 */

#include <lacuna/Runtime.h>
#include <stdio.h>
#include <stdlib.h>

static void check(lacuna_status status) {
  if (status == LACUNA_OK)
    return;
  fprintf(stderr, "%s: %s\n", lacuna_status_name(status), lacuna_last_error());
  exit(1);
}

/* A tensor with memory of its own, filled with `value`. */
static DLTensor allocate(const lacuna_tensor_info *info, int64_t *shape,
                         float value) {
  DLTensor tensor = {0};
  size_t count = 1;
  for (int i = 0; i < info->ndim; ++i)
    count *= (size_t)shape[i];
  float *data = malloc((count ? count : 1) * sizeof(float));
  for (size_t i = 0; i < count; ++i)
    data[i] = value;
  tensor.data = data;
  tensor.device.device_type = kDLCPU;
  tensor.ndim = info->ndim;
  tensor.dtype = info->dtype;
  tensor.shape = shape;
  return tensor;
}

int main(int argc, char **argv) {
  if (argc < 2) {
    fprintf(stderr, "usage: %s MODEL.so [SIZE]\n", argv[0]);
    return 1;
  }
  int64_t size = argc > 2 ? atoll(argv[2]) : 2;
  lacuna_model *model;
  lacuna_session *session;
  lacuna_function_info main_info;
  check(lacuna_model_load(argv[1], &model));
  check(lacuna_session_create(model, NULL, &session));
  check(lacuna_model_function(model, NULL, &main_info));

  DLTensor inputs[16], outputs[16];
  int64_t shapes[16][8], dims[64], *next = dims;
  size_t num_dims = 0;
  for (size_t i = 0; i < main_info.num_inputs; ++i) {
    const lacuna_tensor_info *info = &main_info.inputs[i];
    for (int d = 0; d < info->ndim; ++d)
      shapes[i][d] = info->shape[d] < 0 ? size : info->shape[d];
    inputs[i] = allocate(info, shapes[i], 1.0f);
  }
  for (size_t i = 0; i < main_info.num_outputs; ++i)
    num_dims += (size_t)main_info.outputs[i].ndim;
  check(lacuna_session_output_shapes(session, NULL, inputs,
                                     main_info.num_inputs, dims, num_dims));
  for (size_t i = 0; i < main_info.num_outputs; ++i) {
    outputs[i] = allocate(&main_info.outputs[i], next, 0.0f);
    next += main_info.outputs[i].ndim;
  }

  check(lacuna_session_run(session, NULL, inputs, main_info.num_inputs, outputs,
                           main_info.num_outputs, NULL));
  for (size_t i = 0; i < main_info.num_outputs; ++i) {
    size_t count = 1;
    for (int d = 0; d < outputs[i].ndim; ++d)
      count *= (size_t)outputs[i].shape[d];
    printf("%s:", main_info.outputs[i].name);
    for (size_t j = 0; j < count; ++j)
      printf(" %g", ((float *)outputs[i].data)[j]);
    printf("\n");
    free(outputs[i].data);
  }
  for (size_t i = 0; i < main_info.num_inputs; ++i)
    free(inputs[i].data);
  lacuna_session_destroy(session);
  lacuna_model_destroy(model);
  return 0;
}
