// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Nothing: stands for the header of cuRAND that clang includes; see llvm.test.
