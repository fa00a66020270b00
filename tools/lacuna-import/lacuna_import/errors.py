# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The one exception of the importer: a message for the user, without a trace."""


class ImportFailure(Exception):
    """What was found, what was expected, and the fix."""
