/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * Linked with the static C++ library, whose random_device
 * calls arc4random, which the GNU C library has from 2.36 on. With this one in
 * its place, programs run with 2.35 too (Ubuntu 22.04).
 */

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((visibility("hidden"))) uint32_t arc4random(void) {
  uint32_t value;
  if (getentropy(&value, sizeof(value)) != 0)
    abort(); /* As the function that it replaces. */
  return value;
}
