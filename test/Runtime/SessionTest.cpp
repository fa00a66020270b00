// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs: results, weights in all their forms, and tensors that do not fit.

#include "Support.h"

#include <cfenv>
#include <cstring>

namespace {
class SessionTest : public RuntimeTest {
protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    model = load(LACUNA_HANDMADE_MODEL);
    params = writeDense();
  }

  /// Runs main on random rows and compares with float64.
  void checkMain(lacuna_session *session, int64_t rows) {
    std::vector<float> x, y(rows * 4, NAN);
    for (int64_t i = 0; i < rows * 8; ++i)
      x.push_back(real());
    std::vector<int64_t> xs{rows, 8}, ys{rows, 4}, told(2, -7);
    DLTensor in = wrap(x, xs), out = wrap(y, ys);
    ASSERT_WORKS(
        lacuna_session_output_shapes(session, "main", &in, 1, told.data(), 2));
    EXPECT_EQ(told, ys);
    ASSERT_WORKS(lacuna_session_run(session, "main", &in, 1, &out, 1, nullptr));
    for (int64_t b = 0; b < rows; ++b)
      for (int o = 0; o < 4; ++o) {
        double sum = bias[o];
        for (int k = 0; k < 8; ++k)
          sum += double(w[o * 8 + k]) * x[b * 8 + k];
        EXPECT_NEAR(y[b * 4 + o], sum, 1e-5);
      }
  }

  std::string params;
  ModelPtr model;
};

TEST_F(SessionTest, Runs) {
  SessionPtr s = session(model.get(), params);
  ASSERT_TRUE(s);
  EXPECT_EQ(lacuna_session_threads(s.get()), 2);
  for (int64_t rows : {1, 2, 3, 64, 1000, 0})
    checkMain(s.get(), rows);
}

TEST_F(SessionTest, WeightsBesideTheModel) {
  std::string path = patched(manifest());
  ModelPtr copy = load(path);
  lacuna_session *s = nullptr;
  EXPECT_FAILS(LACUNA_ERROR_WEIGHTS,
               lacuna_session_create(copy.get(), nullptr, &s), "2 weights",
               ".safetensors");
  std::filesystem::copy_file(params,
                             path.substr(0, path.size() - 3) + ".safetensors");
  ASSERT_WORKS(lacuna_session_create(copy.get(), nullptr, &s));
  SessionPtr owner(s);
  checkMain(s, 5);
}

TEST_F(SessionTest, PackedWeights) {
  using namespace lacuna::packing;
  std::vector<float> values;
  std::vector<uint8_t> coordinates;
  for (int group = 0; group < 8; ++group) {
    values.push_back(w[group * 4 + 1] = real());
    values.push_back(w[group * 4 + 2] = real());
    w[group * 4] = w[group * 4 + 3] = 0;
    coordinates.push_back(1);
    coordinates.push_back(2);
  }
  auto write = [&](const std::string &layout) {
    auto raw = [](auto &v) {
      return ConstBytes{reinterpret_cast<const uint8_t *>(v.data()),
                        v.size() * sizeof(v[0])};
    };
    SafeTensorsWriter writer;
    EXPECT_TRUE(writer
                    .add("w.values",
                         {ElementType::F32, {4, 2, 2}, raw(values), nullptr})
                    .ok());
    EXPECT_TRUE(
        writer
            .add("w.coordinates",
                 {ElementType::U8, {4, 2, 2}, raw(coordinates), nullptr})
            .ok());
    EXPECT_TRUE(
        writer.add("bias", {ElementType::F32, {4}, raw(bias), nullptr}).ok());
    writer.setMetadata("lacuna.layout.w",
                       "{\"layout\":\"" + layout +
                           "\",\"shape\":[4,8],\"dtype\":\"F32\"}");
    EXPECT_TRUE(writer.write(at("packed.safetensors")).ok());
    return at("packed.safetensors");
  };
  SessionPtr s = session(model.get(), write("nm<2:4, dim = 1>"));
  checkMain(s.get(), 7);
  // The dense view of a packed weight.
  std::vector<float> dense(32, NAN);
  std::vector<int64_t> shape{4, 8};
  DLTensor out = wrap(dense, shape);
  ASSERT_WORKS(
      lacuna_session_run(s.get(), "dense", nullptr, 0, &out, 1, nullptr));
  EXPECT_EQ(dense, w);
  EXPECT_FAILS(LACUNA_ERROR_WEIGHTS, tryWeights(write("nm<2:5, dim = 1>")),
               "'w'", "nm<2:5, dim = 1>");
  coordinates[5] = 1; // Not increasing.
  EXPECT_FAILS(LACUNA_ERROR_WEIGHTS, tryWeights(write("nm<2:4, dim = 1>")),
               "'w'");
}

TEST_F(SessionTest, BadWeights) {
  w[0] = w[1] = w[2] = 1; // Three of four; the third breaks the layout.
  EXPECT_FAILS(LACUNA_ERROR_WEIGHTS,
               tryWeights(writeWeights("bad.safetensors")), "'w'", "[0, ");
  EXPECT_FAILS(LACUNA_ERROR_FILE, tryWeights(at("none.safetensors")),
               "none.safetensors");
  std::ofstream(at("junk.safetensors")) << "junk";
  EXPECT_FAILS(LACUNA_ERROR_FILE, tryWeights(at("junk.safetensors")),
               "junk.safetensors");
  using namespace lacuna::packing;
  SafeTensorsWriter writer;
  ASSERT_TRUE(writer.write(at("none.safetensors")).ok());
  EXPECT_FAILS(LACUNA_ERROR_WEIGHTS, tryWeights(at("none.safetensors")), "'w'");
}

TEST_F(SessionTest, DenseWeightsStayMapped) {
  SessionPtr s = session(model.get(), params);
  std::vector<int64_t> address(1), scalar;
  DLTensor out = wrap(address, scalar);
  ASSERT_WORKS(
      lacuna_session_run(s.get(), "address", nullptr, 0, &out, 1, nullptr));
  std::ifstream maps("/proc/self/maps");
  bool mapped = false;
  for (std::string line; std::getline(maps, line);) {
    unsigned long long begin, end;
    if (std::sscanf(line.c_str(), "%llx-%llx", &begin, &end) == 2 &&
        uint64_t(address[0]) >= begin && uint64_t(address[0]) < end)
      mapped |= line.find("dense.safetensors") != std::string::npos;
  }
  EXPECT_TRUE(mapped);
}

TEST_F(SessionTest, BadTensors) {
  SessionPtr s = session(model.get(), params);
  std::vector<float> x(16, 1), y(8);
  std::vector<int64_t> xs{2, 8}, ys{2, 4}, other{2, 7}, flat{16}, wrong{3, 4};
  DLTensor in = wrap(x, xs), out = wrap(y, ys);
  auto run = [&](DLTensor i, DLTensor o) {
    return lacuna_session_run(s.get(), "main", &i, 1, &o, 1, nullptr);
  };
  ASSERT_WORKS(run(in, out));
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, run(wrap(x, other), out),
               "input 'x' of 'main'", "[2, 7]", "[batch, 8]");
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, run(wrap(x, flat), out),
               "1 dimensions, expected 2");
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, run(in, wrap(y, wrong)),
               "output 'y' of 'main'", "[3, 4]", "[2, 4]");
  std::vector<int64_t> negative{-1, 8};
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, run(wrap(x, negative), out), "[-1, 8]");
  std::vector<int64_t> huge{INT64_MAX / 8, 8};
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, run(wrap(x, huge), out), "'x'");
  DLTensor bad = in;
  bad.dtype.bits = 64;
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, run(bad, out), "float64", "f32");
  bad = in;
  bad.data = nullptr;
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, run(bad, out), "null pointer as its data");
  bad = in;
  bad.shape = nullptr;
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, run(bad, out), "null pointer as its shape");
  bad = in;
  bad.device = {kDLCUDA, 0};
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, run(bad, out), "device 2:0", "'cpu'");
  bad = in;
  bad.byte_offset = 2;
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, run(bad, out), "multiple of 4");
  std::vector<int64_t> column{1, 2}, row{8, 1};
  bad = in;
  bad.strides = column.data();
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, run(bad, out), "not contiguous");
  bad.strides = row.data();
  EXPECT_EQ(run(bad, out), LACUNA_OK) << lacuna_last_error();
  DLTensor overlapping = out;
  overlapping.data = x.data() + 8;
  EXPECT_FAILS(LACUNA_ERROR_TENSOR, run(in, overlapping), "overlaps");
  EXPECT_FAILS(LACUNA_ERROR_TENSOR,
               lacuna_session_run(s.get(), "main", &in, 0, &out, 1, nullptr),
               "1 input ('x'), 0 were given");
  EXPECT_FAILS(
      LACUNA_ERROR_ARGUMENT,
      lacuna_session_run(s.get(), "main", nullptr, 1, &out, 1, nullptr),
      "array of inputs");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_run(s.get(), "main", &in, 1, &out, 1, &x),
               "stream");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_run(nullptr, "main", &in, 1, &out, 1, nullptr),
               "session is a null pointer");
  int64_t dims[3];
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_output_shapes(s.get(), "main", &in, 1, dims, 3),
               "add up");
}

TEST_F(SessionTest, EqualSymbols) {
  SessionPtr s = session(model.get(), params);
  std::vector<double> a(3, 1), b(4, 2), c(3);
  std::vector<int64_t> three{3}, four{4};
  DLTensor in[] = {wrap(a, three), wrap(b, four)}, out = wrap(c, three);
  EXPECT_FAILS(LACUNA_ERROR_TENSOR,
               lacuna_session_run(s.get(), "add", in, 2, &out, 1, nullptr),
               "'n'", "is 4", "is 3");
  in[1] = in[0]; // Inputs may coincide.
  ASSERT_WORKS(lacuna_session_run(s.get(), "add", in, 2, &out, 1, nullptr));
  EXPECT_EQ(c, std::vector<double>(3, 2));
}

TEST_F(SessionTest, Bools) {
  SessionPtr s = session(model.get(), params);
  std::vector<uint8_t> x{0, 1, 1, 0}, y(4, 9);
  std::vector<int64_t> shape{4};
  DLTensor in = wrap(x, shape), out = wrap(y, shape);
  ASSERT_WORKS(lacuna_session_run(s.get(), "negate", &in, 1, &out, 1, nullptr));
  EXPECT_EQ(y, (std::vector<uint8_t>{1, 0, 0, 1}));
  x[2] = 2;
  EXPECT_FAILS(LACUNA_ERROR_TENSOR,
               lacuna_session_run(s.get(), "negate", &in, 1, &out, 1, nullptr),
               "'x'");
}

TEST_F(SessionTest, CopiesStridedMemrefs) {
  SessionPtr s = session(model.get(), params);
  std::vector<float> x{1, 2, 3, 4, 5, 6}, y(6, NAN);
  std::vector<int64_t> xs{2, 3}, ys{3, 2};
  DLTensor in = wrap(x, xs), out = wrap(y, ys);
  ASSERT_WORKS(
      lacuna_session_run(s.get(), "transpose", &in, 1, &out, 1, nullptr));
  EXPECT_EQ(y, (std::vector<float>{1, 4, 2, 5, 3, 6}));
}

TEST_F(SessionTest, CallersRoundingDoesNotShow) {
  SessionPtr s = session(model.get(), params);
  std::vector<double> y(1);
  std::vector<int64_t> scalar;
  DLTensor out = wrap(y, scalar);
  volatile double one = 1, three = 3;
  double expected = one / three;
  for (int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    std::fesetround(mode);
    lacuna_status status =
        lacuna_session_run(s.get(), "third", nullptr, 0, &out, 1, nullptr);
    EXPECT_EQ(std::fegetround(), mode);
    std::fesetround(FE_TONEAREST);
    EXPECT_EQ(status, LACUNA_OK);
    EXPECT_EQ(y[0], expected);
  }
}

TEST_F(SessionTest, FailuresInTheModel) {
  for (int threads : {1, 2, 8}) {
    SessionPtr s = session(model.get(), params, threads);
    std::vector<int32_t> how(1), r(1);
    std::vector<int64_t> scalar;
    DLTensor in = wrap(how, scalar), out = wrap(r, scalar);
    auto run = [&](int what) {
      how[0] = what;
      return lacuna_session_run(s.get(), "trouble", &in, 1, &out, 1, nullptr);
    };
    for (int repeat = 0; repeat < 20; ++repeat) {
      EXPECT_FAILS(LACUNA_ERROR_FAILED, run(1), "sizes 3 and 4 do not fit");
      EXPECT_FAILS(LACUNA_ERROR_FAILED, run(2), "index 1234 is out of range");
      EXPECT_FAILS(LACUNA_ERROR_MEMORY, run(3), "out of memory");
      EXPECT_FAILS(LACUNA_ERROR_MEMORY, run(4), "4611686018427387903 bytes");
      EXPECT_FAILS(LACUNA_ERROR_FAILED, run(6), "failed in a nested loop");
      ASSERT_WORKS(run(5));
      EXPECT_EQ(r[0], 77);
      r[0] = 0;
    }
  }
}

TEST_F(SessionTest, ShapesThatFail) {
  SessionPtr s = session(model.get(), params);
  std::vector<float> x(7, 1), y(6);
  std::vector<int64_t> seven{7}, six{6}, ys{2, 3};
  DLTensor in = wrap(x, seven), out = wrap(y, ys);
  int64_t dims[2];
  EXPECT_FAILS(
      LACUNA_ERROR_FAILED,
      lacuna_session_output_shapes(s.get(), "reshape", &in, 1, dims, 2),
      "multiple of 3");
  EXPECT_FAILS(LACUNA_ERROR_FAILED,
               lacuna_session_run(s.get(), "reshape", &in, 1, &out, 1, nullptr),
               "multiple of 3");
  in = wrap(x, six);
  ASSERT_WORKS(
      lacuna_session_run(s.get(), "reshape", &in, 1, &out, 1, nullptr));
  EXPECT_EQ(y, std::vector<float>(6, 1));
}

TEST_F(SessionTest, BadOptions) {
  lacuna_session *s = nullptr;
  lacuna_session_options options = {};
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_create(model.get(), &options, &s), "struct_size");
  options.struct_size = sizeof(options);
  options.threads = -1;
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_create(model.get(), &options, &s), "-1");
  options.threads = 0;
  options.device = "quantum";
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_create(model.get(), &options, &s), "'quantum'",
               "'cpu'");
  options.device = "cpu";
  setenv("LACUNA_THREADS", "many", 1);
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_create(model.get(), &options, &s),
               "LACUNA_THREADS", "'many'");
  setenv("LACUNA_THREADS", "3", 1);
  EXPECT_EQ(lacuna_session_threads(session(model.get(), params, 0).get()), 3);
  unsetenv("LACUNA_THREADS");
  options.num_params = 1;
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_create(model.get(), &options, &s), "params");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT,
               lacuna_session_create(nullptr, nullptr, &s),
               "model is a null pointer");
  lacuna_session_destroy(nullptr);
  lacuna_model_destroy(nullptr);
}
} // namespace
