// One case for each constraint of docs/Layouts.md, and bad spellings.
// RUN: lacuna-opt %s --verify-diagnostics --split-input-file

// expected-error @+1 {{nm_c1: expected 0 < n < m, found 4:4; a layout that keeps everything is no layout: leave it out}}
func.func private @nm_c1(tensor<8x16xf32, #lacuna.nm<4:4, dim = 1>>)

// -----

// expected-error @+1 {{nm_c1: expected 0 < n < m, found 0:4}}
func.func private @nm_c1_zero(tensor<8x16xf32, #lacuna.nm<0:4, dim = 1>>)

// -----

// expected-error @+1 {{nm_c2: expected m <= 64, found 2:65}}
func.func private @nm_c2(tensor<8x16xf32, #lacuna.nm<2:65, dim = 1>>)

// -----

// expected-error @+1 {{nm_c3: expected dim < 2 (the tensor's rank), found dim = 2}}
func.func private @nm_c3(tensor<8x16xf32, #lacuna.nm<2:4, dim = 2>>)

// -----

// expected-error @+1 {{nm_c3: expected a dimension >= 0, found dim = -1}}
func.func private @nm_c3_negative(tensor<8x16xf32, #lacuna.nm<2:4, dim = -1>>)

// -----

// expected-error @+1 {{nm_c4: expected a static shape under nm<2:4, dim = 1>; layouts stand on weights, whose shapes are known}}
func.func private @nm_c4(tensor<?x16xf32, #lacuna.nm<2:4, dim = 1>>)

// -----

// expected-error @+1 {{nm_c5: expected float or integer elements of 8, 16, 32 or 64 bits, found 'i1'}}
func.func private @nm_c5(tensor<8x16xi1, #lacuna.nm<2:4, dim = 1>>)

// -----

// expected-error @+1 {{nm_c5: expected float or integer elements of 8, 16, 32 or 64 bits, found 'complex<f32>'}}
func.func private @nm_c5_complex(tensor<8x16xcomplex<f32>, #lacuna.nm<2:4, dim = 1>>)

// -----

// expected-error @+1 {{expected 'dim'}}
func.func private @keyword(tensor<8x16xf32, #lacuna.nm<2:4, axis = 1>>)

// -----

// expected-error @+1 {{expected ':'}}
func.func private @separator(tensor<8x16xf32, #lacuna.nm<2/4, dim = 1>>)

// -----

// expected-error @+1 {{integer value too large}}
func.func private @overflow(tensor<8x16xf32, #lacuna.nm<2:99999999999999999999, dim = 1>>)
