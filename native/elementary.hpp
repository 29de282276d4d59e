// The table of elementary functions, by which the tests reach them.
#pragma once

#include "exponentials.hpp"
#include "kernels.hpp"
#include "logarithms.hpp"
#include "loops.hpp"
#include "normal.hpp"

namespace pellucid::PELLUCID_SET {

template <class T, T (*f)(T)>
void all(const T* x, T* y, Size n) {
  PELLUCID_EACH(i, n) y[i] = f(x[i]);
}

template <class T>
PELLUCID_INLINE T normal_share(T z) {
  return normal_of(z).share;
}

template <class T>
PELLUCID_INLINE T normal_density(T z) {
  return normal_of(z).density;
}

template <class T>
constexpr Elementary<T> ELEMENTARY[] = {
    {"exp", all<T, exp_of<T>>},
    {"expm1", all<T, expm1_of<T>>},
    {"tanh", all<T, tanh_of<T>>},
    {"sigmoid", all<T, sigmoid_of<T>>},
    {"log", all<T, log_of<T>>},
    {"log1p", all<T, log1p_of<T>>},
    {"excess", all<T, excess_of<T>>},
    {"normal_share", all<T, normal_share<T>>},
    {"normal_density", all<T, normal_density<T>>},
};

}  // namespace pellucid::PELLUCID_SET
