// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Several safetensors files seen as one: lists of files, and the index files
// of sharded checkpoints.

#include "Files.h"
#include "Json.h"
#include "Text.h"
#include "lacuna/Packing/SafeTensors.h"

using namespace lacuna::packing;

namespace {
/// Of each file the tensors that the index lists there.
using Shards = std::map<std::string, std::set<std::string>>;

bool endsWith(std::string_view text, std::string_view end) {
  return text.size() >= end.size() &&
         text.substr(text.size() - end.size()) == end;
}

Result<Shards> parseIndex(std::string_view text) {
  Result<Json> json = parseJsonObject(text);
  if (!json.ok())
    return json.status();
  const Json *weights = findMember(*json, "weight_map");
  if (!weights || !weights->is_object())
    return Status::error("weight_map is " +
                         (weights ? describeType(*weights) : "missing") +
                         "; expected an object that maps tensors to files; is "
                         "this a *.safetensors.index.json?");
  Shards shards;
  for (auto &[tensor, file] : weights->items()) {
    if (!file.is_string())
      return Status::error("weight_map: tensor " + quote(tensor) + " is in " +
                           describeType(file) + "; expected a file's name");
    const std::string &name = file.get_ref<const std::string &>();
    // An index must not reach out of its folder.
    if (name.empty() || name == "." || name == ".." ||
        name.find('/') != std::string::npos ||
        name.find('\0') != std::string::npos)
      return Status::error("weight_map: tensor " + quote(tensor) +
                           " is in file " + quote(name) +
                           "; expected the name of a file in the folder of "
                           "the index");
    shards[name].insert(tensor);
  }
  return shards;
}

Result<Shards> readIndex(const std::string &path) {
  Result<MappedFile> mapped = mapFile(path);
  if (!mapped.ok())
    return mapped.status();
  std::string_view text(reinterpret_cast<const char *>(mapped->bytes.data),
                        mapped->bytes.size);
  Result<Shards> shards = parseIndex(text);
  if (!shards.ok())
    return shards.status().withContext(quote(path));
  return shards;
}
} // namespace

Status SafeTensorsSet::add(SafeTensorsFile &&file,
                           const std::set<std::string> *wanted) {
  files.push_back(file.path());
  if (wanted)
    for (const std::string &name : *wanted)
      if (!file.find(name))
        return Status::error("the index lists tensor " + quote(name) + " in " +
                             quote(file.path()) +
                             ", which does not hold it; fetch the checkpoint "
                             "again, or name its files instead of the index");
  // Entries are moved: a checkpoint may have very many.
  for (auto entry = file.entries.begin(); entry != file.entries.end();) {
    auto node = file.entries.extract(entry++);
    if (wanted && !wanted->count(node.key()))
      continue;
    origins.emplace(node.mapped().owner.get(), files.size() - 1);
    auto inserted = entries.insert(std::move(node));
    if (inserted.inserted)
      continue;
    return Status::error(
        "tensor " + quote(inserted.position->first) + " is in " +
        quote(files[origins[inserted.position->second.owner.get()]]) +
        " and in " + quote(file.path()) +
        "; expected each tensor once: leave one of the files out");
  }
  for (auto &[key, value] : file.strings) {
    auto [found, isNew] = strings.try_emplace(key, std::move(value));
    if (!isNew && found->second != value && key.rfind("lacuna.", 0) == 0)
      return Status::error("metadata " + quote(key) + " is " +
                           quote(found->second) + " in an earlier file and " +
                           quote(value) + " in " + quote(file.path()) +
                           "; leave one of the files out");
  }
  return Status();
}

Result<SafeTensorsSet>
SafeTensorsSet::open(const std::vector<std::string> &paths) {
  SafeTensorsSet set;
  for (const std::string &path : paths) {
    Shards shards;
    bool isIndex = endsWith(path, ".json");
    if (isIndex) {
      Result<Shards> listed = readIndex(path);
      if (!listed.ok())
        return listed.status();
      shards = std::move(*listed);
    }
    std::string folder = path.substr(0, path.rfind('/') + 1);
    if (!isIndex)
      shards.emplace(path.substr(folder.size()), Shards::mapped_type());
    for (const auto &[name, wanted] : shards) {
      Result<SafeTensorsFile> file = SafeTensorsFile::open(folder + name);
      if (!file.ok())
        return file.status();
      Status status = set.add(std::move(*file), isIndex ? &wanted : nullptr);
      if (!status.ok())
        return status;
    }
  }
  return set;
}

const Tensor *SafeTensorsSet::find(std::string_view name) const {
  auto found = entries.find(name);
  return found == entries.end() ? nullptr : &found->second;
}

const std::string *SafeTensorsSet::findMetadata(std::string_view key) const {
  auto found = strings.find(key);
  return found == strings.end() ? nullptr : &found->second;
}

std::string SafeTensorsSet::describe() const {
  if (files.empty())
    return "any file (none was given)";
  std::string text;
  for (const std::string &file : files)
    text += (text.empty() ? "" : ", ") + quote(file);
  return text;
}
