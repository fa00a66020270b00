// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ldmatrix, stmatrix, movmatrix and cp.async: bytes that move, exactly. Places
// are those of the PTX ISA's "Warp-level matrix load instruction: ldmatrix":
// thread T has row T / 4, elements 2 (T % 4) and the next.

#include "Probe.h"

#include <algorithm>
#include <cstring>

using namespace lacuna::bundle;

namespace {
uint64_t loadWord(const std::vector<uint8_t> &data, size_t at, unsigned bytes) {
  uint64_t value = 0;
  std::memcpy(&value, &data[at], bytes);
  return value;
}

Expected exactly(unsigned warp, unsigned reg, unsigned lane, uint64_t bits) {
  Expected expected = {warp, reg, lane, "b32"};
  expected.bits = bits;
  return expected;
}

/// The row and column of element e of a lane's register.
unsigned rowOf(bool trans, unsigned lane, unsigned e) {
  return trans ? lane % 4 * 2 + e : lane / 4;
}
unsigned columnOf(bool trans, unsigned lane, unsigned e) {
  return trans ? lane / 4 : lane % 4 * 2 + e;
}

constexpr unsigned bufferBytes = 4096;

/// Each lane copies 128 bytes of the warp's data to `buffer`; %base is its
/// address.
const char *const fillBuffer =
    "  .reg .b32 %base, %address, %word, %k;\n  .reg .b64 %source;\n"
    "  .reg .pred %more;\n"
    "  mov.u32 %base, buffer;\n  mov.u32 %k, 0;\n"
    "COPY:\n"
    "  mad.lo.u32 %address, %lane, 128, %k;\n"
    "  cvt.u64.u32 %source, %address;\n  add.s64 %source, %source, %data;\n"
    "  add.u32 %address, %address, %base;\n"
    "  ld.global.b32 %word, [%source];\n  st.shared.b32 [%address], %word;\n"
    "  add.u32 %k, %k, 4;\n  setp.lt.u32 %more, %k, 128;\n"
    "  @%more bra COPY;\n"
    "  bar.warp.sync -1;\n";

/// Rows of 16 bytes anywhere in the buffer, all apart, as %i0.
Register drawRows(std::mt19937_64 &random) {
  std::vector<unsigned> all(bufferBytes / 16);
  for (unsigned i = 0; i < all.size(); ++i)
    all[i] = 16 * i;
  std::shuffle(all.begin(), all.end(), random);
  Register rows;
  std::copy_n(all.begin(), rows.size(), rows.begin());
  return rows;
}

class LoadMatrix : public Probe {
public:
  LoadMatrix(unsigned number, bool trans) : number(number), trans(trans) {
    std::string form = "ldmatrix.sync.aligned.m8n8.x" + std::to_string(number) +
                       (trans ? ".trans" : "") + ".shared.b16";
    name = form;
    inputs = {"b32"};
    outputs.assign(number, "b32");
    sharedBytes = dataBytes = bufferBytes;
    statements = std::string(fillBuffer) + "  add.u32 %address, %base, %i0;\n" +
                 "  " + form + " " + names("o", 0, number) + ", [%address];";
  }
  std::vector<Register> draw(std::mt19937_64 &random, unsigned) const override {
    return {drawRows(random)};
  }
  void expect(unsigned warp, const std::vector<Register> &inputs,
              const std::vector<uint8_t> &data,
              std::vector<Expected> &result) const override {
    for (unsigned q = 0; q < number; ++q)
      for (unsigned lane = 0; lane < 32; ++lane) {
        uint64_t bits = 0;
        for (unsigned e = 0; e < 2; ++e)
          bits |= loadWord(data,
                           inputs[0][8 * q + rowOf(trans, lane, e)] +
                               2 * columnOf(trans, lane, e),
                           2)
                  << (16 * e);
        result.push_back(exactly(warp, q, lane, bits));
      }
  }

private:
  unsigned number;
  bool trans;
};

/// Afterwards each lane reads 128 bytes of the buffer.
class StoreMatrix : public Probe {
public:
  StoreMatrix(unsigned number, bool trans) : number(number), trans(trans) {
    std::string form = "stmatrix.sync.aligned.m8n8.x" + std::to_string(number) +
                       (trans ? ".trans" : "") + ".shared.b16";
    name = form;
    version = "7.8";
    target = "sm_90";
    inputs.assign(1 + number, "b32");
    outputs.assign(32, "b32");
    sharedBytes = dataBytes = bufferBytes;
    statements = std::string(fillBuffer) + "  add.u32 %address, %base, %i0;\n" +
                 "  " + form + " [%address], " + names("i", 1, number) +
                 ";\n  bar.warp.sync -1;\n"
                 "  mad.lo.u32 %address, %lane, 128, %base;\n";
    for (unsigned i = 0; i < 32; ++i)
      statements += "  ld.shared.b32 %o" + std::to_string(i) + ", [%address+" +
                    std::to_string(4 * i) + "];\n";
  }
  std::vector<Register> draw(std::mt19937_64 &random, unsigned) const override {
    std::vector<Register> registers = {drawRows(random)};
    for (unsigned q = 0; q < number; ++q) {
      registers.emplace_back();
      for (uint64_t &value : registers.back())
        value = random() & 0xFFFFFFFF;
    }
    return registers;
  }
  void expect(unsigned warp, const std::vector<Register> &inputs,
              const std::vector<uint8_t> &data,
              std::vector<Expected> &result) const override {
    std::vector<uint8_t> buffer = data;
    for (unsigned q = 0; q < number; ++q)
      for (unsigned lane = 0; lane < 32; ++lane)
        for (unsigned e = 0; e < 2; ++e) {
          uint16_t half = uint16_t(inputs[1 + q][lane] >> (16 * e));
          std::memcpy(&buffer[inputs[0][8 * q + rowOf(trans, lane, e)] +
                              2 * columnOf(trans, lane, e)],
                      &half, 2);
        }
    for (unsigned lane = 0; lane < 32; ++lane)
      for (unsigned i = 0; i < 32; ++i)
        result.push_back(
            exactly(warp, i, lane, loadWord(buffer, 128 * lane + 4 * i, 4)));
  }

private:
  unsigned number;
  bool trans;
};

class MoveMatrix : public Probe {
public:
  MoveMatrix() {
    name = "movmatrix.sync.aligned.m8n8.trans.b16";
    version = "7.8";
    inputs = outputs = {"b32"};
    statements = "  " + name + " %o0, %i0;";
  }
  std::vector<Register> draw(std::mt19937_64 &random, unsigned) const override {
    std::vector<Register> registers(1);
    for (uint64_t &value : registers[0])
      value = random() & 0xFFFFFFFF;
    return registers;
  }
  void expect(unsigned warp, const std::vector<Register> &inputs,
              const std::vector<uint8_t> &,
              std::vector<Expected> &result) const override {
    for (unsigned lane = 0; lane < 32; ++lane) {
      uint64_t bits = 0;
      for (unsigned e = 0; e < 2; ++e) {
        unsigned row = lane / 4, column = lane % 4 * 2 + e;
        bits |= (inputs[0][column * 4 + row / 2] >> (16 * (row % 2)) & 0xFFFF)
                << (16 * e);
      }
      result.push_back(exactly(warp, 0, lane, bits));
    }
  }
};

/// One form of cp.async: lane l copies to buffer + 16 l, where ones were.
struct CopyForm {
  const char *name, *text;
  unsigned bytes;
  const char *version;
  /// %i0 is the number of bytes that are read, or whether none is.
  bool sized = false, ignored = false;
};

class AsyncCopy : public Probe {
public:
  AsyncCopy(const CopyForm &form, const char *wait, const char *suffix)
      : form(form) {
    name = std::string(form.name) + suffix;
    version = form.version;
    inputs = {"b32"};
    outputs.assign(4, "b32");
    sharedBytes = dataBytes = 512;
    statements =
        std::string("  .reg .b32 %t;\n  .reg .b64 %s, %policy;\n"
                    "  .reg .pred %ignored;\n"
                    "  mov.u32 %t, buffer;\n  mad.lo.u32 %t, %lane, 16, %t;\n"
                    "  mul.wide.u32 %s, %lane, 16;\n"
                    "  add.s64 %s, %s, %data;\n"
                    "  setp.ne.u32 %ignored, %i0, 0;\n"
                    "  st.shared.v4.b32 [%t], {1, 1, 1, 1};\n") +
        "  " + form.text + "\n  " + wait +
        "\n  ld.shared.v4.b32 {%o0, %o1, %o2, %o3}, [%t];";
  }
  std::vector<Register> draw(std::mt19937_64 &random, unsigned) const override {
    std::vector<Register> registers(1);
    for (uint64_t &value : registers[0])
      value = random() % (form.ignored ? 2 : form.bytes + 1);
    return registers;
  }
  void expect(unsigned warp, const std::vector<Register> &inputs,
              const std::vector<uint8_t> &data,
              std::vector<Expected> &result) const override {
    for (unsigned lane = 0; lane < 32; ++lane) {
      std::vector<uint8_t> bytes = {1, 0, 0, 0, 1, 0, 0, 0,
                                    1, 0, 0, 0, 1, 0, 0, 0};
      uint64_t given = inputs[0][lane];
      uint64_t copied = form.sized     ? given
                        : form.ignored ? (given ? 0 : form.bytes)
                                       : form.bytes;
      std::fill_n(bytes.begin(), form.bytes, 0);
      std::copy_n(data.begin() + 16 * lane, copied, bytes.begin());
      for (unsigned r = 0; r < 4; ++r)
        result.push_back(exactly(warp, r, lane, loadWord(bytes, 4 * r, 4)));
    }
  }

private:
  CopyForm form;
};
} // namespace

void lacuna::bundle::addMoveProbes(Probes &probes) {
  for (unsigned number : {1u, 2u, 4u})
    for (bool trans : {false, true}) {
      probes.push_back(std::make_unique<LoadMatrix>(number, trans));
      probes.push_back(std::make_unique<StoreMatrix>(number, trans));
    }
  probes.push_back(std::make_unique<MoveMatrix>());
  // Versions are those of "PTX ISA Notes" of cp.async.
  const CopyForm forms[] = {
      {"cp.async.ca-4", "cp.async.ca.shared.global [%t], [%s], 4;", 4, "7.0"},
      {"cp.async.ca-8", "cp.async.ca.shared.global [%t], [%s], 8;", 8, "7.0"},
      {"cp.async.ca-16", "cp.async.ca.shared.global [%t], [%s], 16;", 16,
       "7.0"},
      {"cp.async.cg-16", "cp.async.cg.shared.global [%t], [%s], 16;", 16,
       "7.0"},
      {"cp.async.cg.L2.128B-16",
       "cp.async.cg.shared.global.L2::128B [%t], [%s], 16;", 16, "7.4"},
      {"cp.async.ca.L2.64B-4",
       "cp.async.ca.shared.global.L2::64B [%t], [%s], 4;", 4, "7.4"},
      {"cp.async.ca.L2.256B-8",
       "cp.async.ca.shared.global.L2::256B [%t], [%s], 8;", 8, "7.4"},
      {"cp.async.ca-4-size", "cp.async.ca.shared.global [%t], [%s], 4, %i0;", 4,
       "7.0", true},
      {"cp.async.ca-8-size", "cp.async.ca.shared.global [%t], [%s], 8, %i0;", 8,
       "7.0", true},
      {"cp.async.cg-16-size", "cp.async.cg.shared.global [%t], [%s], 16, %i0;",
       16, "7.0", true},
      {"cp.async.cg-16-ignore",
       "cp.async.cg.shared.global [%t], [%s], 16, %ignored;", 16, "8.3", false,
       true}};
  for (const CopyForm &form : forms) {
    probes.push_back(std::make_unique<AsyncCopy>(
        form, "cp.async.commit_group;\n  cp.async.wait_group 0;", "-group"));
    probes.push_back(
        std::make_unique<AsyncCopy>(form, "cp.async.wait_all;", "-all"));
  }
}
