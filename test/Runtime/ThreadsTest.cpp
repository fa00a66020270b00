// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads: equal bits for any number of them, sessions side by side, and many
// callers of one session. Meant to be run under the thread sanitizer too.

#include "Support.h"

#include <atomic>
#include <cstring>
#include <thread>

namespace {
class ThreadsTest : public RuntimeTest {
protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    model = load(LACUNA_HANDMADE_MODEL);
    params = writeDense();
  }

  static std::vector<float> waves(lacuna_session *session, int64_t count) {
    std::vector<int64_t> n{count}, scalar, shape{1024};
    std::vector<float> sum(1024, NAN);
    DLTensor in = wrap(n, scalar), out = wrap(sum, shape);
    EXPECT_EQ(lacuna_session_run(session, "waves", &in, 1, &out, 1, nullptr),
              LACUNA_OK)
        << lacuna_last_error();
    return sum;
  }

  static bool sameBits(const std::vector<float> &a,
                       const std::vector<float> &b) {
    return a.size() == b.size() &&
           std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
  }

  ModelPtr model;
  std::string params;
};

TEST_F(ThreadsTest, EqualBits) {
  SessionPtr one = session(model.get(), params, 1);
  for (int64_t count : {0, 1, 2, 3, 4, 100, 1535, 1536, 1537, 20000}) {
    std::vector<float> expected = waves(one.get(), count);
    for (int threads : {2, 3, 8}) {
      SessionPtr many = session(model.get(), params, threads);
      for (int repeat = 0; repeat < 5; ++repeat)
        EXPECT_TRUE(sameBits(waves(many.get(), count), expected))
            << count << " on " << threads;
    }
  }
}

TEST_F(ThreadsTest, TellsTheirNumber) {
  for (int threads : {1, 2, 5}) {
    SessionPtr s = session(model.get(), params, threads);
    std::vector<int32_t> how{7}, r{0};
    std::vector<int64_t> scalar;
    DLTensor in = wrap(how, scalar), out = wrap(r, scalar);
    ASSERT_WORKS(
        lacuna_session_run(s.get(), "trouble", &in, 1, &out, 1, nullptr));
    EXPECT_EQ(r[0], threads);
  }
}

TEST_F(ThreadsTest, ManyCallersOfManySessions) {
  std::vector<SessionPtr> sessions;
  for (int threads : {1, 2, 4})
    sessions.push_back(session(model.get(), params, threads));
  std::vector<float> expected = waves(sessions[0].get(), 3000);
  std::atomic<int> wrong{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 6; ++caller)
    callers.emplace_back([&, caller] {
      lacuna_session *mine = sessions[caller % 3].get();
      for (int i = 0; i < 30; ++i) {
        wrong += !sameBits(waves(mine, 3000), expected);
        // Failures of one call do not disturb the others.
        std::vector<int32_t> how{i % 2 ? 2 : 4}, r(1);
        std::vector<int64_t> scalar;
        DLTensor in = wrap(how, scalar), out = wrap(r, scalar);
        lacuna_status status =
            lacuna_session_run(mine, "trouble", &in, 1, &out, 1, nullptr);
        wrong += status != (i % 2 ? LACUNA_ERROR_FAILED : LACUNA_ERROR_MEMORY);
        wrong += !std::strstr(lacuna_last_error(),
                              i % 2 ? "index 1234" : "out of memory");
      }
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(ThreadsTest, MessagesBelongToTheirThread) {
  lacuna_model *none;
  EXPECT_NE(lacuna_model_load("/nowhere/a.so", &none), LACUNA_OK);
  std::string other = "unset";
  std::thread([&] { other = lacuna_last_error(); }).join();
  EXPECT_EQ(other, "");
  EXPECT_NE(std::string(lacuna_last_error()).find("/nowhere/a.so"),
            std::string::npos);
}
} // namespace
