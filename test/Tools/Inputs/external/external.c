/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception */
/* Calls the installed runtime: a model that is not there is an error. */
#include <lacuna/Runtime.h>
#include <stdio.h>

int main(void) {
  lacuna_model *model = 0;
  int failed = lacuna_model_load("no-such-model.so", &model) != 0;
  printf("status %s: %s\n", failed ? "error" : "ok", lacuna_last_error());
  return failed ? 0 : 1;
}
