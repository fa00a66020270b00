# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What tools/dev does. Standard library only: it runs before any set-up."""
