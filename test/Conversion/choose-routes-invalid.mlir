// RUN: lacuna-opt %s --choose-routes --verify-diagnostics

// Plans are made by plan-dispatches, which asks first.
func.func @no_layout(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  // expected-error @+1 {{has a plan of several intervals, and its number of columns is not a size of its inputs; expected one interval}}
  %r = lacuna.dispatch(%a = %x : tensor<?xf32>)[%n] -> (tensor<?xf32>)
      plan(#lacuna.plan<target = "cpu", forced = false, choices = [
        <from = 0, route = dense, nanoseconds = 5, denseNanoseconds = 5, reason = "few">,
        <from = 10, route = sparse-tensor, nanoseconds = 3, denseNanoseconds = 5, reason = "some">]>) {
    lacuna.yield %a : tensor<?xf32>
  }
  return %r : tensor<?xf32>
}
