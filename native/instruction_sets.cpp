#include "instruction_sets.hpp"

#include <algorithm>
#include <stdexcept>

namespace pellucid {

const std::vector<std::string>& instruction_sets() {
  static const std::vector<std::string> here = [] {
    std::vector<std::string> names;
#if defined(PELLUCID_X86_64)
    __builtin_cpu_init();
    const bool fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (fma && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl")) {
      names.push_back("avx512");
    }
    if (fma) names.push_back("avx2");
#endif
    names.push_back("baseline");
    return names;
  }();
  return here;
}

template <class T>
const Kernels<T>& kernels_of(const std::string& instruction_set) {
  const auto& here = instruction_sets();
  if (std::find(here.begin(), here.end(), instruction_set) == here.end()) {
    throw std::invalid_argument("this machine has no instruction set " + instruction_set);
  }
#if defined(PELLUCID_X86_64)
  if (instruction_set == "avx512") return avx512::kernels<T>();
  if (instruction_set == "avx2") return avx2::kernels<T>();
#endif
  return baseline::kernels<T>();
}

template <class Row>
const Row& row_of(const Table<Row>& table, const std::string& name) {
  const Row* found =
      std::find_if(table.begin(), table.end(), [&](const Row& row) { return row.name == name; });
  if (found == table.end()) throw std::invalid_argument("the native core has no " + name);
  return *found;
}

template const Kernels<float>& kernels_of(const std::string&);
template const Kernels<double>& kernels_of(const std::string&);
template const Elementary<float>& row_of(const Table<Elementary<float>>&, const std::string&);
template const Elementary<double>& row_of(const Table<Elementary<double>>&, const std::string&);
template const Activation<float>& row_of(const Table<Activation<float>>&, const std::string&);
template const Activation<double>& row_of(const Table<Activation<double>>&, const std::string&);
template const Loss<float>& row_of(const Table<Loss<float>>&, const std::string&);
template const Loss<double>& row_of(const Table<Loss<double>>&, const std::string&);
template const Optimizer<float>& row_of(const Table<Optimizer<float>>&, const std::string&);
template const Optimizer<double>& row_of(const Table<Optimizer<double>>&, const std::string&);
template const Norm<float>& row_of(const Table<Norm<float>>&, const std::string&);
template const Norm<double>& row_of(const Table<Norm<double>>&, const std::string&);

}  // namespace pellucid
