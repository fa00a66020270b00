// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which of several targets for the CPU a session runs on.

#include "DevicesFixture.h"

#if defined(__x86_64__)
namespace {
class VariantsTest : public DevicesTest {
protected:
  void TearDown() override {
    unsetenv("LACUNA_CPU_LACKS");
    DevicesTest::TearDown();
  }

  /// The model with three targets for the CPU in the place of one: one that no
  /// host can run and two that each can.
  std::string makeVariants() {
    std::string text = manifest();
    size_t begin = text.find("{\"name\":\"cpu\"");
    size_t end = text.find(",{\"name\":\"sm_80\"");
    std::string target = text.substr(begin, end - begin);
    auto make = [&](const std::string &name, const std::string &features) {
      std::string copy = target;
      std::string from = "\"cpu\",\"prefix\":\"\",\"features\":[]";
      return copy.replace(copy.find(from), from.size(),
                          "\"cpu:" + name + "\",\"cpu\":\"" + name +
                              "\",\"features\":[" + features + "]");
    };
    // Without GPUs, so that the whole of it has room.
    size_t rest = text.find("],\"weights\"");
    return text.substr(0, begin) + make("wide", "\"sse2\",\"warp\"") + "," +
           make("middle", "\"sse2\",\"cx8\"") + "," + make("least", "\"cx8\"") +
           text.substr(rest);
  }

  std::string getTarget(lacuna_session *session) {
    lacuna_device_info info = {};
    EXPECT_WORKS(lacuna_session_device(session, &info));
    EXPECT_STREQ(info.name, "cpu");
    return info.target;
  }

  /// The target of a session that names no device.
  std::string choose(lacuna_model *model) {
    SessionPtr session;
    EXPECT_WORKS(create(model, nullptr, session));
    return session ? getTarget(session.get()) : "";
  }
};

TEST_F(VariantsTest, FirstThatHostRuns) {
  std::string path = patched(makeVariants());
  ModelPtr variants = load(path);
  ASSERT_EQ(lacuna_model_num_targets(variants.get()), 3u);
  EXPECT_EQ(choose(variants.get()), "cpu:middle");
  auto unusable = [&](size_t index) {
    return std::string(lacuna_model_target_unusable(variants.get(), index));
  };
  EXPECT_NE(unusable(0).find("'wide') with 'warp', which this host lacks"),
            std::string::npos)
      << unusable(0);
  EXPECT_EQ(unusable(1), "");
  EXPECT_EQ(unusable(2), "");
  EXPECT_EQ(lacuna_model_target_unusable(variants.get(), 3), nullptr);
  EXPECT_EQ(lacuna_model_target_unusable(nullptr, 0), nullptr);

  SessionPtr s;
  ASSERT_WORKS(create(variants.get(), "cpu", s));
  EXPECT_EQ(getTarget(s.get()), "cpu:middle");
  ASSERT_WORKS(run(s.get(), "main", 5));
  expectMain();

  // What a host lacks is known once a model is loaded.
  setenv("LACUNA_CPU_LACKS", "avx512f,sse2", 1);
  variants = load(path);
  EXPECT_EQ(choose(variants.get()), "cpu:least");
  EXPECT_NE(unusable(1).find("'sse2'"), std::string::npos) << unusable(1);
}

TEST_F(VariantsTest, DeviceNamesOne) {
  ModelPtr variants = load(patched(makeVariants()));
  SessionPtr s;
  ASSERT_WORKS(create(variants.get(), "cpu:least", s));
  EXPECT_EQ(getTarget(s.get()), "cpu:least");
  ASSERT_WORKS(run(s.get(), "main", 7));
  expectMain();
  setenv("LACUNA_DEVICE", "cpu:least", 1);
  EXPECT_EQ(choose(variants.get()), "cpu:least");
  unsetenv("LACUNA_DEVICE");
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED, create(variants.get(), "cpu:wide", s),
               "('wide') with 'warp', which this host lacks");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, create(variants.get(), "cpu:midle", s),
               "no code for the processor 'midle'",
               "'wide', 'middle' and 'least'", "did you mean 'middle'");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, create(variants.get(), "cpu:", s),
               "'cpu:' has nothing after its colon", "'cpu:NAME'");

  // One target for the CPU has a processor, too; a model for GPUs has none.
  ModelPtr one = load(patched(
      replaced("\"features\":[]", "\"cpu\":\"mine\",\"features\":[\"sse2\"]")));
  ASSERT_WORKS(create(one.get(), "cpu:mine", s));
  EXPECT_EQ(getTarget(s.get()), "cpu");
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, create(one.get(), "cpu:other", s),
               "it has code for 'mine'");
  one = load(patched(replaced("\"name\":\"cpu\"", "\"name\":\"npu\"")));
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED, create(one.get(), "cpu:mine", s),
               "cannot run on 'cpu'");
}

TEST_F(VariantsTest, NoneRunsHere) {
  std::string path = patched(makeVariants());
  lacuna_model *none = nullptr;
  setenv("LACUNA_CPU_LACKS", "sse2,cx8", 1);
  EXPECT_FAILS(LACUNA_ERROR_UNSUPPORTED, lacuna_model_load(path.c_str(), &none),
               "none of the model's targets",
               "'cpu:wide' needs 'sse2' and 'warp'; 'cpu:middle' needs 'sse2' "
               "and 'cx8'; 'cpu:least' needs 'cx8'",
               "--cpu=");
  setenv("LACUNA_CPU_LACKS", "sse22", 1);
  EXPECT_FAILS(LACUNA_ERROR_ARGUMENT, lacuna_model_load(path.c_str(), &none),
               "LACUNA_CPU_LACKS", "'sse22'");
}
} // namespace
#endif // __x86_64__
