// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// For tests of the file formats: a folder that goes away, files made of bytes,
// and comparing messages.

#ifndef LACUNA_TEST_PACKING_TESTFILES_H
#define LACUNA_TEST_PACKING_TESTFILES_H

#include "lacuna/Packing/SafeTensors.h"

#include "gtest/gtest.h"

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace testfiles {

/// A fresh folder, removed at the end of the test.
class Folder {
public:
  Folder() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "lacuna-test-XXXXXX")
            .string();
    path = ::mkdtemp(pattern.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }

  std::string file(const std::string &name) const {
    return (path / name).string();
  }
  std::string write(const std::string &name, const std::string &bytes) const {
    std::ofstream(file(name), std::ios::binary) << bytes;
    return file(name);
  }
  /// The names in the folder, sorted.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto &entry : std::filesystem::directory_iterator(path))
      found.push_back(entry.path().filename().string());
    std::sort(found.begin(), found.end());
    return found;
  }

  std::filesystem::path path;
};

inline std::string read(const std::string &path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline lacuna::packing::ConstBytes view(const std::string &bytes) {
  return {reinterpret_cast<const uint8_t *>(bytes.data()), bytes.size()};
}

inline std::string text(lacuna::packing::ConstBytes bytes) {
  return bytes.size ? std::string(reinterpret_cast<const char *>(bytes.data),
                                  bytes.size)
                    : std::string();
}

/// A safetensors file of this header, byte for byte.
inline std::string safeTensors(const std::string &header,
                               const std::string &data = "") {
  uint64_t size = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &size, 8);
  return bytes + header + data;
}

/// A tensor that borrows the elements.
template <typename T>
lacuna::packing::Tensor tensorOf(lacuna::packing::ElementType type,
                                 lacuna::packing::Shape shape,
                                 const std::vector<T> &elements) {
  return {type,
          std::move(shape),
          {reinterpret_cast<const uint8_t *>(elements.data()),
           elements.size() * sizeof(T)},
          nullptr};
}

template <typename T>
std::vector<T> elementsOf(const lacuna::packing::Tensor &tensor) {
  std::vector<T> elements(tensor.bytes.size / sizeof(T));
  if (!elements.empty())
    std::memcpy(elements.data(), tensor.bytes.data, tensor.bytes.size);
  return elements;
}

/// Expects a failure whose message has all the parts.
inline void expectMessage(const lacuna::packing::Status &status,
                          const std::vector<std::string> &parts) {
  ASSERT_FALSE(status.ok()) << "expected: " << parts[0];
  for (const std::string &part : parts)
    EXPECT_NE(status.message().find(part), std::string::npos)
        << "'" << part << "' is not in: " << status.message();
}

} // namespace testfiles

#endif // LACUNA_TEST_PACKING_TESTFILES_H
