# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""lacuna-import: models of PyTorch and transformers as MLIR.

    import lacuna_import
    lacuna_import.import_model(module, ["x:f32[batch,64]"]).write("model.mlir")
"""
from .api import Imported, import_model
from .errors import ImportFailure

__all__ = ["Imported", "ImportFailure", "import_model"]
