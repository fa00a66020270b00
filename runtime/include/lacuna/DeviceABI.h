/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * What a GPU is to the runtime: a table of functions. `cuda` fills it from the
 * driver's library, `emulator` is a plug-in library (liblacuna_emulator.so.1)
 * that exports one. Nothing above this table knows which of them it talks to.
 * Programs that keep tensors on a GPU, or capture runs, may use it, too.
 *
 * All functions but close, *_destroy and last_error return a lacuna_status;
 * on failure last_error() is the reason, for the calling thread. Nothing is
 * printed. Every function may be called from several threads at a time.
 *
 * A null stream is the device's default stream. Work on one stream runs in
 * order; a device may run a stream's work when it is given (the emulator
 * does), so errors of a kernel come from launch or from synchronize.
 */

#ifndef LACUNA_DEVICEABI_H
#define LACUNA_DEVICEABI_H

#include "lacuna/Runtime.h"

#include <stddef.h>
#include <stdint.h>

#define LACUNA_DEVICE_ABI_VERSION 2

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lacuna_device lacuna_device;
typedef struct lacuna_module lacuna_module;
typedef struct lacuna_kernel lacuna_kernel;
typedef struct lacuna_graph lacuna_graph;

/** Which sides a copy goes between. */
typedef enum lacuna_copy_kind {
  LACUNA_COPY_TO_DEVICE = 0,
  LACUNA_COPY_TO_HOST = 1,
  LACUNA_COPY_ON_DEVICE = 2
} lacuna_copy_kind;

#define LACUNA_UNKNOWN_PARAMS UINT32_MAX

/** Sizes of a launch, as cuLaunchKernelEx has them. */
typedef struct lacuna_launch {
  /** Blocks. A launch with a 0 here does nothing. */
  uint64_t grid[3];
  /** Threads of a block. */
  uint32_t block[3];
  /** Blocks of a cluster; all 0 or all 1: no clusters. */
  uint32_t cluster[3];
  /** Bytes of dynamic shared memory; above 48 KB the device is told first. */
  uint32_t shared_bytes;
  /** One pointer to the value of each parameter, in order. */
  void **params;
  /** Their number, which is checked where the device knows the kernel's
      signature; or LACUNA_UNKNOWN_PARAMS: as many as the kernel has. */
  uint32_t num_params;
} lacuna_launch;

typedef struct lacuna_device_table {
  /** LACUNA_DEVICE_ABI_VERSION of the header that it was built with. */
  uint32_t abi_version;
  /** "cuda", "emulator". */
  const char *name;
  /** The DLPack type of tensors in its memory. */
  DLDeviceType type;

  const char *(*last_error)(void);

  /** `option` is what follows the colon of a device's name: "0" for cuda:0,
      "sm_80" for emulator:sm_80; "" when there is none. */
  lacuna_status (*open)(const char *option, lacuna_device **device);
  void (*close)(lacuna_device *device);
  /** "sm_80": the architecture; lives as long as the device. Architectures
      with features of their own end in 'a' ("sm_90a"). */
  const char *(*architecture)(lacuna_device *device);
  /** "NVIDIA H200", "emulator": for people. */
  const char *(*description)(lacuna_device *device);
  /** Its number among devices of its type, for DLPack. */
  int32_t (*ordinal)(lacuna_device *device);

  /** Memory of at least 256-byte alignment, ordered on the stream; 0 bytes
      give memory that may be released and not read. */
  lacuna_status (*allocate)(lacuna_device *device, uint64_t bytes, void *stream,
                            void **memory);
  lacuna_status (*release)(lacuna_device *device, void *memory, void *stream);
  lacuna_status (*copy)(lacuna_device *device, void *target, const void *source,
                        uint64_t bytes, lacuna_copy_kind kind, void *stream);
  /** Writes `count` elements of `width` bytes (1, 2 or 4). */
  lacuna_status (*fill)(lacuna_device *device, void *target, uint32_t value,
                        uint32_t width, uint64_t count, void *stream);

  lacuna_status (*stream_create)(lacuna_device *device, void **stream);
  void (*stream_destroy)(lacuna_device *device, void *stream);
  lacuna_status (*stream_synchronize)(lacuna_device *device, void *stream);
  lacuna_status (*stream_wait_event)(lacuna_device *device, void *stream,
                                     void *event);
  lacuna_status (*event_create)(lacuna_device *device, void **event);
  void (*event_destroy)(lacuna_device *device, void *event);
  lacuna_status (*event_record)(lacuna_device *device, void *event,
                                void *stream);
  lacuna_status (*event_synchronize)(lacuna_device *device, void *event);
  /** Milliseconds between two recorded events. */
  lacuna_status (*event_elapsed)(lacuna_device *device, void *begin, void *end,
                                 float *milliseconds);

  /** A module of PTX text, of a fatbin, or of a cubin where the device takes
      those. Of a fatbin the device picks the image for its architecture. */
  lacuna_status (*module_load)(lacuna_device *device, const void *image,
                               size_t size, lacuna_module **module);
  void (*module_destroy)(lacuna_device *device, lacuna_module *module);
  /** A kernel of the module by name; lives as long as the module. */
  lacuna_status (*module_kernel)(lacuna_device *device, lacuna_module *module,
                                 const char *name, lacuna_kernel **kernel);
  lacuna_status (*launch)(lacuna_device *device, lacuna_kernel *kernel,
                          const lacuna_launch *launch, void *stream);

  /** What follows on the stream is recorded, not run. Inside, synchronization
      is refused, and so is allocation where the device cannot record it. */
  lacuna_status (*capture_begin)(lacuna_device *device, void *stream);
  lacuna_status (*capture_end)(lacuna_device *device, void *stream,
                               lacuna_graph **graph);
  lacuna_status (*graph_launch)(lacuna_device *device, lacuna_graph *graph,
                                void *stream);
  void (*graph_destroy)(lacuna_device *device, lacuna_graph *graph);

  /** Counters since the last reset: at most `capacity` are written, `count`
      gets how many there are. The emulator counts "instructions" (of threads),
      "mma", "mma.sp" (of warps), "global.load.bytes", "global.store.bytes",
      "shared.bank.conflicts", "local.bytes"; cuda has none. */
  lacuna_status (*counters)(lacuna_device *device, lacuna_counter *counters,
                            size_t capacity, size_t *count);
  void (*counters_reset)(lacuna_device *device);

  /** Bytes of the device's memory, and how many of them are not in use. */
  lacuna_status (*memory_info)(lacuna_device *device, uint64_t *free,
                               uint64_t *total);
} lacuna_device_table;

/** What a plug-in library exports under this name. */
#define LACUNA_DEVICE_PLUGIN_SYMBOL "lacuna_device_plugin"
typedef const lacuna_device_table *(*lacuna_device_plugin_fn)(void);

/** The device of a session, for memory, streams, events and graphs of its
    kind; NULL twice on the CPU. It lives as long as the session. */
LACUNA_API lacuna_status lacuna_session_device_table(
    const lacuna_session *session, const lacuna_device_table **table,
    lacuna_device **device);

/** Opens a GPU by its name ("cuda:0", "emulator:sm_80"), or shares it with who
    has opened it in this process. NULL: what the environment's LACUNA_DEVICE
    names, or else cuda where there is one, or else the emulator. */
LACUNA_API lacuna_status lacuna_device_open(const char *name,
                                            const lacuna_device_table **table,
                                            lacuna_device **device);

/** To be called once for each lacuna_device_open; NULL is allowed. */
LACUNA_API void lacuna_device_close(lacuna_device *device);

#ifdef __cplusplus
}
#endif

#endif /* LACUNA_DEVICEABI_H */
