/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What a compiled model (model.so) and the runtime call in each other. The
 * compiler emits this, hand-written models include it; programs that run
 * models need lacuna/Runtime.h only. runtime/README.md describes the manifest.
 *
 * A model exports, beside `const char lacuna_manifest[]` (JSON, ends in NUL),
 * for each target with prefix P and each function F of the manifest:
 *
 *   void lacuna_entry_PF(void **descriptors);
 *   void lacuna_shapes_PF(void **descriptors, int64_t *dims);
 *   void lacuna_workspace_PF(void **descriptors, int64_t *bytes);
 *
 * (the last one where the manifest gives the function an "arena"),
 * and, when it has kernels, one fatbin, uncompressed, with PTX and cubins:
 *
 *   const unsigned char lacuna_fatbin[];    // section .lacuna_fatbin
 *   const uint64_t lacuna_fatbin_size;
 *
 * Descriptors are pointers to MLIR's ranked memref descriptors: {void
 * *allocated; void *aligned; int64_t offset; int64_t sizes[rank]; int64_t
 * strides[rank]}, with offset 0 and contiguous row-major strides. The entry
 * gets them for inputs, outputs and bindings, in this order; pointers of
 * tensors without elements are not null. `lacuna_shapes_F` gets those of the
 * inputs and writes all sizes of all outputs, one output after the other.
 * `lacuna_workspace_F` gets the same and writes how many bytes of temporary
 * memory, its arena, the function needs for such inputs; the entry then gets
 * that memory, aligned to 256 bytes and not zeroed, as a last descriptor of
 * rank 1.
 *
 * The functions of a GPU's target are host code, too. Their descriptors, and
 * lacuna_rt_alloc, give device memory, which they pass on and never read.
 *
 * The functions below are called by models only, inside an entry or a shape
 * function, from its thread or from a body that lacuna_rt_parallel_for runs.
 * Elsewhere they end the process with a message.
 */

#ifndef LACUNA_MODELABI_H
#define LACUNA_MODELABI_H

#include <stdint.h>

#define LACUNA_ABI_VERSION 4

#ifdef __cplusplus
extern "C" {
#endif

#define LACUNA_API_RT __attribute__((visibility("default")))

/** Calls body(ctx, begin, end) for ranges that cover [0, count) once, maybe on
    several threads at the same time, and returns when all are done. How the
    range is cut depends on `count` and `grain` alone: pieces start at
    multiples of `grain` (at least 1), and there are at most 512. A call from
    inside a body runs the same pieces one after the other. */
LACUNA_API_RT void
lacuna_rt_parallel_for(void (*body)(void *ctx, int64_t begin, int64_t end),
                       void *ctx, int64_t count, int64_t grain);

/** How many threads a parallel loop of the running call has, at least 1: for
    the size of pieces that each thread prepares something for. Results must
    not depend on it. */
LACUNA_API_RT int64_t lacuna_rt_threads(void);

/** Memory of the running call, aligned to 64 bytes, not zeroed and never NULL:
    without memory the call fails. What is not freed is freed when the call
    ends. Any thread of the call may free it. In a call on a GPU it is memory
    of the device, given and freed in the order of the call's stream. */
LACUNA_API_RT void *lacuna_rt_alloc(int64_t bytes);
LACUNA_API_RT void lacuna_rt_free(void *memory);

/** Launches a kernel on the call's stream: the one at index `kernel` of the
    target's "kernels" in the manifest. `sizes`: blocks in x, y and z, threads
    of a block in x, y and z, bytes of dynamic shared memory. `params`: a
    pointer to each parameter's value. A failure ends the call. */
LACUNA_API_RT void lacuna_rt_launch(int32_t kernel, const int64_t *sizes,
                                    void **params, int32_t num_params);

/** Copies memory of the call's device, in the order of its stream. */
LACUNA_API_RT void lacuna_rt_copy(void *target, const void *source,
                                  int64_t bytes);

/** Tells whoever observes the call (lacuna_run_options.on_kernel) that the
   region `name` of a CPU's target begins (`after` is 0) or has ended (1).
   `name` lives as long as the model. Outside of parallel loops only. */
LACUNA_API_RT void lacuna_rt_region(const char *name, int32_t after);

/** Ends the running call with LACUNA_ERROR_FAILED and a copy of `message`;
    does not return. In a body other pieces may still be finished before. */
LACUNA_API_RT void lacuna_rt_fail(const char *message)
    __attribute__((noreturn));

/** Copies a strided memref into another of the same shape, as MLIR's
    mlir_c_runner_utils does: {int64_t rank; void *descriptor} each. In a call
    on a GPU both are the device's; each contiguous piece is one copy. */
LACUNA_API_RT void memrefCopy(int64_t element_size, void *source,
                              void *destination);

#ifdef __cplusplus
}
#endif

#endif /* LACUNA_MODELABI_H */
