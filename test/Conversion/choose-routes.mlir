// RUN: lacuna-opt %s --choose-routes | FileCheck %s
// RUN: lacuna-opt %s --choose-routes --materialize-layouts --pack-panels --canonicalize --outline-dispatches | FileCheck %s --check-prefix=FUNCTION

#nm = #lacuna.nm<2:4, dim = 1>
ml_program.global private @w(#ml_program.extern : tensor<32x64xf32, #nm>) : tensor<32x64xf32, #nm>

// A region for each of two routes; dense is taken in two intervals. The number
// of columns is the product of both dynamic sizes, and a third of columns.
// CHECK-LABEL: func.func @main
// CHECK: %[[B:.*]] = tensor.dim %[[X:.*]], %c0
// CHECK: %[[N:.*]] = tensor.dim %[[X]], %c1
// CHECK: %[[BN:.*]] = arith.muli %[[B]], %[[N]]
// CHECK: %[[C3:.*]] = arith.constant 3 : index
// CHECK: %[[COLUMNS:.*]] = arith.muli %[[BN]], %[[C3]]
// CHECK: %[[DENSE:.*]] = lacuna.dispatch
// CHECK-SAME: choices = [<from = 0, route = dense, nanoseconds = 5, denseNanoseconds = 5, reason = "few">]
// CHECK: %[[SPARSE:.*]] = lacuna.dispatch
// CHECK-SAME: choices = [<from = 0, route = sparse-tensor, nanoseconds = 3, denseNanoseconds = 5, reason = "some">]
// CHECK-NOT: lacuna.dispatch
// CHECK: %[[R:.*]] = lacuna.choose %[[COLUMNS]] from [0, 10, 200] of %[[DENSE]], %[[SPARSE]], %[[DENSE]]
// CHECK: return %[[R]]

// Their functions are called by a third one, in destination form; what route
// dense computes in panels is the same buffer.
// FUNCTION: func.func private @main$dispatch_0(
// FUNCTION-SAME: lacuna.route = #lacuna.route<dense>
// FUNCTION: func.func private @[[SPARSE:main\$dispatch[_0-9]+]](
// FUNCTION-SAME: lacuna.route = #lacuna.route<sparse-tensor>
// FUNCTION: func.func private @[[CHOICE:main\$dispatch[_0-9]+]](%[[COLUMNS:[a-z0-9]+]]: index,
// FUNCTION-SAME: %[[OUT:[a-z0-9]+]]: memref<?x?x3x32xf32>) attributes {lacuna.dispatch} {
// FUNCTION: %[[C10:.*]] = arith.constant 10
// FUNCTION: %[[FEW:.*]] = arith.cmpi ult, %[[COLUMNS]], %[[C10]]
// FUNCTION: scf.if %[[FEW]]
// FUNCTION: %[[PANELS:.*]] = memref.expand_shape %[[OUT]] {{\[\[}}0], [1], [2], [3, 4]]
// FUNCTION: func.call @main$dispatch_0({{.*}}, %[[PANELS]])
// FUNCTION: } else {
// FUNCTION: %[[C200:.*]] = arith.constant 200
// FUNCTION: arith.cmpi ult, %[[COLUMNS]], %[[C200]]
// FUNCTION: func.call @[[SPARSE]]({{.*}}, %[[OUT]])
// FUNCTION: } else {
// FUNCTION: func.call @main$dispatch_0(
// FUNCTION: func.func @main
// FUNCTION: lacuna.invoke @[[CHOICE]]
// FUNCTION-NOT: lacuna.choose
func.func @main(%x: tensor<?x?x3x64xf32>, %b: index, %n: index) -> tensor<?x?x3x32xf32> {
  %w = ml_program.global_load_const @w : tensor<32x64xf32, #nm>
  %r = lacuna.dispatch(%p = %b : index, %q = %n : index, %a = %x : tensor<?x?x3x64xf32>, %v = %w : tensor<32x64xf32, #nm>)[%b, %n] -> (tensor<?x?x3x32xf32>)
      plan(#lacuna.plan<target = "cpu", forced = false, choices = [
        <from = 0, route = dense, nanoseconds = 5, denseNanoseconds = 5, reason = "few">,
        <from = 10, route = sparse-tensor, nanoseconds = 3, denseNanoseconds = 5, reason = "some">,
        <from = 200, route = dense, nanoseconds = 50, denseNanoseconds = 50, reason = "many">]>) {
    %z = arith.constant 0.0 : f32
    %e = tensor.empty(%p, %q) : tensor<?x?x3x32xf32>
    %f = linalg.fill ins(%z : f32) outs(%e : tensor<?x?x3x32xf32>) -> tensor<?x?x3x32xf32>
    %m = linalg.generic {indexing_maps = [affine_map<(b, n, t, m, k) -> (b, n, t, k)>, affine_map<(b, n, t, m, k) -> (m, k)>,
                                          affine_map<(b, n, t, m, k) -> (b, n, t, m)>],
        iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
      ins(%a, %v : tensor<?x?x3x64xf32>, tensor<32x64xf32, #nm>) outs(%f : tensor<?x?x3x32xf32>) {
    ^bb0(%i: f32, %j: f32, %o: f32):
      %s = arith.mulf %i, %j : f32
      %t = arith.addf %o, %s : f32
      linalg.yield %t : f32
    } -> tensor<?x?x3x32xf32>
    lacuna.yield %m : tensor<?x?x3x32xf32>
  }
  return %r : tensor<?x?x3x32xf32>
}
