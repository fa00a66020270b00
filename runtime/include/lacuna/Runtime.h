/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The C interface of liblacuna_runtime: load a compiled model (model.so), give
 * it weights, run it on DLPack tensors. lacuna/ModelABI.h holds the other
 * side, what a model and the runtime call in each other.
 *
 *   lacuna_model *model;
 *   lacuna_session *session;
 *   lacuna_model_load("out/model.so", &model);
 *   lacuna_session_create(model, NULL, &session);
 *   lacuna_session_output_shapes(session, "main", in, 1, dims, 2);
 *   lacuna_session_run(session, "main", in, 1, out, 1, NULL);
 *
 * Errors. Functions that can fail return a lacuna_status and never print, exit
 * or throw. lacuna_last_error() then tells what was found, what was expected
 * and how to mend it.
 *
 * Threads. A model is immutable. A session may be used by several threads at
 * once, each call with its own inputs and outputs; calls that use the session's
 * state take turns. Results are bit-identical for any number of threads.
 * Destroying a handle must not race with its use. A session's threads do not
 * survive fork(): create sessions in the child.
 *
 * Lifetime. A session keeps its model alive, so handles may be destroyed in
 * any order. Strings and arrays of a model live as long as it does.
 */

#ifndef LACUNA_RUNTIME_H
#define LACUNA_RUNTIME_H

#include <dlpack/dlpack.h>
#include <stddef.h>
#include <stdint.h>

#define LACUNA_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

typedef enum lacuna_status {
  LACUNA_OK = 0,
  /** A null pointer, an unknown function or device, a bad option. */
  LACUNA_ERROR_ARGUMENT = 1,
  /** A file that is missing or cannot be read. */
  LACUNA_ERROR_FILE = 2,
  /** Not a compiled model, another ABI, or a damaged manifest. */
  LACUNA_ERROR_ARTIFACT = 3,
  /** The model needs CPU features or a device that this host lacks. */
  LACUNA_ERROR_UNSUPPORTED = 4,
  /** A weight that is missing, of another type or shape, or that breaks its
      layout. */
  LACUNA_ERROR_WEIGHTS = 5,
  /** An input or output that does not match the function's signature. */
  LACUNA_ERROR_TENSOR = 6,
  /** The model itself failed: sizes that do not fit together, an index out of
      range. Outputs and state are undefined, the session stays usable. */
  LACUNA_ERROR_FAILED = 7,
  /** Memory ran out. The session stays usable. */
  LACUNA_ERROR_MEMORY = 8,
  /** An unexpected failure inside the runtime. */
  LACUNA_ERROR_INTERNAL = 9
} lacuna_status;

/** The message of the last failure on this thread; "" before the first one.
    Valid until the next failure on this thread. */
LACUNA_API const char *lacuna_last_error(void);

/** "LACUNA_ERROR_TENSOR" and so on. */
LACUNA_API const char *lacuna_status_name(lacuna_status status);

/** The runtime's version, "0.1.0". */
LACUNA_API const char *lacuna_version(void);

/*===-- Models ------------------------------------------------------------===*/

typedef struct lacuna_model lacuna_model;

/** Opens a compiled model. The host is checked before any of its code runs. */
LACUNA_API lacuna_status lacuna_model_load(const char *path,
                                           lacuna_model **model);

/** Unloads the model, once its last session is gone. NULL is allowed. */
LACUNA_API void lacuna_model_destroy(lacuna_model *model);

/** The manifest, as JSON text. */
LACUNA_API const char *lacuna_model_manifest(const lacuna_model *model);

/** What is known of a tensor before it is given. */
typedef struct lacuna_tensor_info {
  const char *name;
  /** "f32", "bf16", "i1": the element type in the manifest's spelling. */
  const char *dtype_name;
  /** The same as DLPack has it; bool is unsigned with 8 bits (0 or 1). */
  DLDataType dtype;
  int32_t ndim;
  /** Sizes; -1 where a dimension is dynamic. */
  const int64_t *shape;
  /** Names of dimensions, NULL for those without; the array itself may be
      NULL. Dimensions of one function with the same name have equal sizes. */
  const char *const *symbols;
  /** Weights only: "nm<2:4, dim = 1>", or NULL for dense ones. */
  const char *layout;
} lacuna_tensor_info;

typedef struct lacuna_function_info {
  const char *name;
  size_t num_inputs;
  const lacuna_tensor_info *inputs;
  size_t num_outputs;
  const lacuna_tensor_info *outputs;
} lacuna_function_info;

LACUNA_API size_t lacuna_model_num_functions(const lacuna_model *model);

/** The function at `index`. */
LACUNA_API lacuna_status lacuna_model_function_at(const lacuna_model *model,
                                                  size_t index,
                                                  lacuna_function_info *info);

/** The function called `name`. NULL stands for the only function, or for
    "main" where there are several; so it does wherever a function is named. */
LACUNA_API lacuna_status lacuna_model_function(const lacuna_model *model,
                                               const char *name,
                                               lacuna_function_info *info);

/** The weights that the model wants by name, with their dense shapes. */
LACUNA_API size_t lacuna_model_num_weights(const lacuna_model *model);
LACUNA_API lacuna_status lacuna_model_weight_at(const lacuna_model *model,
                                                size_t index,
                                                lacuna_tensor_info *info);

/** The state of the model: named tensors of a session that its runs change, by
    their names and static shapes. See lacuna_session_state_get. */
LACUNA_API size_t lacuna_model_num_state(const lacuna_model *model);
LACUNA_API lacuna_status lacuna_model_state_at(const lacuna_model *model,
                                               size_t index,
                                               lacuna_tensor_info *info);

/** What the model was compiled for: the CPU, or an architecture of GPUs. */
typedef struct lacuna_target_info {
  /** "cpu", "sm_80"; "cpu:x86-64-v3", one of several for the CPU, of which the
      first that the host can run is the one that it runs. */
  const char *name;
  /** The processor of its host code as the compiler calls it; "" if unknown. */
  const char *cpu;
  /** Its GPU kernels. */
  size_t num_kernels;
  const char *const *kernels;
} lacuna_target_info;

LACUNA_API size_t lacuna_model_num_targets(const lacuna_model *model);
LACUNA_API lacuna_status lacuna_model_target_at(const lacuna_model *model,
                                                size_t index,
                                                lacuna_target_info *info);

/** Why this host cannot run the target's host code, such as CPU features that
    it lacks; "" if it can. It lives as long as the model; NULL without a target
    of that number. */
LACUNA_API const char *lacuna_model_target_unusable(const lacuna_model *model,
                                                    size_t index);

/** A region of the model as it runs on a target, and its route, such as
    "main$dispatch_0 by vector at model.mlir:7:3"; of several routes, which
    sizes decide, all ("by vector or dense"). It lives as long as the model;
   NULL without a region of that number, in the order of the calls. */
LACUNA_API const char *lacuna_model_region(const lacuna_model *model,
                                           size_t target, size_t index);

/** The fat binary with the model's kernels, and its size; NULL and 0 without
    kernels. It lives as long as the model. */
LACUNA_API const void *lacuna_model_fatbin(const lacuna_model *model,
                                           size_t *size);

/*===-- Sessions ----------------------------------------------------------===*/

typedef struct lacuna_session lacuna_session;

/** Set to zero, then set struct_size: members left at zero are defaults. */
typedef struct lacuna_session_options {
  /** sizeof(lacuna_session_options). */
  size_t struct_size;
  /** Paths of safetensors files, or of *.safetensors.index.json files of
      sharded checkpoints. None: model.safetensors beside model.so (the same
      name with another ending), if the model has weights. */
  const char *const *params;
  size_t num_params;
  /** A parameters file of lacuna-import (model.params.json), or NULL. */
  const char *parameters_file;
  /** Threads that a run uses, the calling one included. 0: the environment's
      LACUNA_THREADS, or else as many as the hardware has. */
  int32_t threads;
  /** "cpu", or "cpu:x86-64-v3", the model's code for that processor; "cuda" or
      "cuda:0", one of NVIDIA's GPUs; "emulator" or "emulator:sm_80", which
      executes GPU code on any machine. NULL: what the environment's
      LACUNA_DEVICE names, or else a GPU if there is one that takes the model,
      or else the CPU. */
  const char *device;
} lacuna_session_options;

/** Binds the model's weights and starts the threads. Dense weights that the
    model uses as they are stay mapped from their file, not copied; replace
    such files by renaming, never in place. `options` may be NULL. */
LACUNA_API lacuna_status lacuna_session_create(
    lacuna_model *model, const lacuna_session_options *options,
    lacuna_session **session);

/** No call may be running on the session, and no work of one on a stream. NULL
    is allowed. */
LACUNA_API void lacuna_session_destroy(lacuna_session *session);

/** The number of threads that the session uses. */
LACUNA_API int32_t lacuna_session_threads(const lacuna_session *session);

/** Where a session runs. */
typedef struct lacuna_device_info {
  /** "cpu", "cuda:0", "emulator:sm_80". */
  const char *name;
  /** "NVIDIA H200", for people; "" if unknown. */
  const char *description;
  /** "sm_90a"; "" for the CPU. */
  const char *architecture;
  /** The name of the model's target that runs there. */
  const char *target;
  /** The DLPack device of tensors in its memory. */
  DLDevice device;
} lacuna_device_info;

/** What is pointed to lives as long as the session. */
LACUNA_API lacuna_status lacuna_session_device(const lacuna_session *session,
                                               lacuna_device_info *info);

/** A named count of what kernels did since the last reset. */
typedef struct lacuna_counter {
  const char *name;
  uint64_t value;
} lacuna_counter;

/** The counters of the session's device, which all its sessions share: at most
    `capacity` are written, `count` gets how many there are. lacuna/DeviceABI.h
    lists those of the emulator; cpu and cuda have none. */
LACUNA_API lacuna_status lacuna_session_counters(const lacuna_session *session,
                                                 lacuna_counter *counters,
                                                 size_t capacity,
                                                 size_t *count);
LACUNA_API lacuna_status
lacuna_session_counters_reset(const lacuna_session *session);

/** Writes the sizes of all outputs, one output after the other, to `dims`,
    which has room for `num_dims` numbers: the sum of the outputs' ranks. Of
    the inputs only types and shapes are looked at, unless a shape depends on
    an input's content. */
LACUNA_API lacuna_status lacuna_session_output_shapes(
    lacuna_session *session, const char *function, const DLTensor *inputs,
    size_t num_inputs, int64_t *dims, size_t num_dims);

/** Runs a function. Tensors are in the order of the signature, contiguous and
    row-major (strides NULL or equal to that), aligned to their element size.
    Outputs are allocated by the caller and must not overlap inputs or each
    other; inputs are never written.
    On the CPU tensors are kDLCPU and `stream` is NULL. On a GPU the work is
    queued on `stream`, a CUstream (cudaStream_t) of the device `cuda`, or one
    of lacuna/DeviceABI.h of any GPU; NULL is the default stream. Tensors are in
    the device's memory, or on the host: then they are copied, and the call
    returns when all is done. Without host tensors it returns at once, failures
    of kernels show when the stream is synchronized, and a stream that is being
    captured records the run. */
LACUNA_API lacuna_status lacuna_session_run(
    lacuna_session *session, const char *function, const DLTensor *inputs,
    size_t num_inputs, DLTensor *outputs, size_t num_outputs, void *stream);

/** Writes how many bytes of temporary memory a run on such inputs needs, its
    arena; of the inputs only types and shapes are looked at. 0 when it needs
    none. */
LACUNA_API lacuna_status lacuna_session_workspace_size(lacuna_session *session,
                                                       const char *function,
                                                       const DLTensor *inputs,
                                                       size_t num_inputs,
                                                       uint64_t *bytes);

/** Set to zero, then set struct_size: members left at zero are defaults. */
typedef struct lacuna_run_options {
  /** sizeof(lacuna_run_options). */
  size_t struct_size;
  /** As lacuna_session_run takes it. */
  void *stream;
  /** Memory for the run's temporaries, of the session's device and aligned to
      256 bytes: nobody else may use it until the run's work is done. NULL: the
      runtime takes it from the device, in the order of the stream. */
  void *arena;
  /** Its bytes: at least what lacuna_session_workspace_size tells. */
  uint64_t arena_bytes;
  /** Called before (`after` is 0) and after (1) each kernel is queued on the
      stream, in order, by the thread of the call; an event recorded in each
      tells how long the kernel took. `kernel` is its name and lives as long as
      the model. On the CPU it is called before and after each region of the
      model runs, and `kernel` is "FUNCTION at FILE:LINE:COLUMN". It may neither
      throw nor jump. NULL: not called. */
  void (*on_kernel)(void *user, const char *kernel, int after);
  void *user;
} lacuna_run_options;

/** lacuna_session_run with more to say; `options` may be NULL. A run on a GPU
    with tensors in its memory and an arena allocates and waits for nothing, so
    that a stream which captures records it on every device. (A first run before
    loads the kernels. A function that allocates memory of sizes that are not
    known before is refused where the device records no allocation.) */
LACUNA_API lacuna_status lacuna_session_run_with(
    lacuna_session *session, const char *function, const DLTensor *inputs,
    size_t num_inputs, DLTensor *outputs, size_t num_outputs,
    const lacuna_run_options *options);

/*===-- State -------------------------------------------------------------===*/

/* A session owns the state of its model, such as a key-value cache: tensors in
   the memory of its device, which start as zeros, or as the weight of their
   name, and which runs read and update in place. Sessions share none of it.

   Threads. Runs of one session whose function uses state take turns, and so do
   the functions below: each sees what whole runs before it left. On a GPU a
   turn lasts until its work is queued, so such calls belong on one stream, or
   on streams that the caller orders.

   A run that fails leaves the state undefined: reset it, or set it again.

   `name` is the state's. Tensors are as those of runs: of the state's type and
   shape, contiguous, on the session's device or on the host, and then the call
   returns when all is done. `stream` is as in lacuna_session_run. */

/** Gives the state its initial value again; NULL: all of the session's. */
LACUNA_API lacuna_status lacuna_session_state_reset(lacuna_session *session,
                                                    const char *name,
                                                    void *stream);

/** Copies the state to `tensor`. */
LACUNA_API lacuna_status lacuna_session_state_get(lacuna_session *session,
                                                  const char *name,
                                                  DLTensor *tensor,
                                                  void *stream);

/** Copies `tensor` to the state. */
LACUNA_API lacuna_status lacuna_session_state_set(lacuna_session *session,
                                                  const char *name,
                                                  const DLTensor *tensor,
                                                  void *stream);

#ifdef __cplusplus
}
#endif

#endif /* LACUNA_RUNTIME_H */
