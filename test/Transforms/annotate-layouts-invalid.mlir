// RUN: split-file %s %t
// RUN: not lacuna-opt %t/model.mlir --annotate-layouts=rules=%t/missing.json 2>&1 | FileCheck %s --check-prefix=MISSING
// MISSING: cannot read the rule file '{{.*}}missing.json': No such file or directory
// RUN: not lacuna-opt %t/model.mlir --annotate-layouts=rules=%t/text.json 2>&1 | FileCheck %s --check-prefix=TEXT
// TEXT: the rule file '{{.*}}text.json' is not JSON
// RUN: not lacuna-opt %t/model.mlir --annotate-layouts=rules=%t/array.json 2>&1 | FileCheck %s --check-prefix=ARRAY
// ARRAY: is no object; expected for example {"*.ffn.*.weight": "nm<2:4>"}
// RUN: not lacuna-opt %t/model.mlir --annotate-layouts=rules=%t/number.json 2>&1 | FileCheck %s --check-prefix=NUMBER
// NUMBER: gives 'w' no string; expected a layout such as "nm<2:4>", or "dense"
// RUN: not lacuna-opt %t/model.mlir --annotate-layouts=rules=%t/glob.json 2>&1 | FileCheck %s --check-prefix=GLOB
// GLOB: has a bad glob '[w'
// RUN: not lacuna-opt %t/model.mlir --annotate-layouts=rules=%t/spelling.json 2>&1 | FileCheck %s --check-prefix=SPELLING
// SPELLING: the rule 'w' of '{{.*}}': 'nm[2:4]' is not a layout
// RUN: not lacuna-opt %t/model.mlir --annotate-layouts=rules=%t/constraint.json 2>&1 | FileCheck %s --check-prefix=CONSTRAINT
// CONSTRAINT: nm_c1: expected 0 < n < m, found 4:4
// RUN: not lacuna-opt %t/model.mlir --annotate-layouts=rules=%t/dim.json 2>&1 | FileCheck %s --check-prefix=DIM
// DIM: the rule 'w' cannot give weight 'w' nm<2:4, dim = 7>: nm_c3: expected dim < 2
// RUN: not lacuna-opt %t/model.mlir --annotate-layouts=rules=%t/unused.json 2>&1 | FileCheck %s --check-prefix=UNUSED
// UNUSED: error: the rule 'table' cannot give weight 'table' nm<2:4>: no contraction sums over one of its dimensions
// RUN: not lacuna-opt %t/model.mlir --annotate-layouts=rules=%t/disagree.json 2>&1 | FileCheck %s --check-prefix=DISAGREE
// DISAGREE: weight 'w' is matched by '?' (nm<1:4>) and by 'w*' (nm<2:4>), which disagree; add a rule of its own name

//--- text.json
w: nm<2:4>
//--- array.json
["nm<2:4>"]
//--- number.json
{"w": 24}
//--- glob.json
{"[w": "nm<2:4>"}
//--- spelling.json
{"w": "nm[2:4]"}
//--- constraint.json
{"w": "nm<4:4>"}
//--- dim.json
{"w": "nm<2:4, dim = 7>"}
//--- unused.json
{"table": "nm<2:4>"}
//--- disagree.json
{"w*": "nm<2:4>", "?": "nm<1:4>"}

//--- model.mlir
ml_program.global private @w(#ml_program.extern : tensor<64x32xf32>) : tensor<64x32xf32>
ml_program.global private @table(#ml_program.extern : tensor<8x8xf32>) : tensor<8x8xf32>
func.func @main(%x: tensor<?x64xf32>, %e: tensor<?x32xf32>) -> (tensor<?x32xf32>, tensor<8x8xf32>) {
  %w = ml_program.global_load_const @w : tensor<64x32xf32>
  %t = ml_program.global_load_const @table : tensor<8x8xf32>
  %y = linalg.matmul ins(%x, %w : tensor<?x64xf32>, tensor<64x32xf32>) outs(%e : tensor<?x32xf32>) -> tensor<?x32xf32>
  return %y, %t : tensor<?x32xf32>, tensor<8x8xf32>
}
