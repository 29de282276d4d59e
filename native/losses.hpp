// The table of losses: equations/losses.py again, row for row. To add one, write its functions in
// residuals.hpp or likelihoods.hpp and its row here.
#pragma once

#include "likelihoods.hpp"
#include "residuals.hpp"

namespace pellucid::PELLUCID_SET {

template <class T>
constexpr Loss<T> LOSSES[] = {
    {"half_sse", "identity", 0, half_sse<T>, difference<T>, difference<T>},
    {"mse", "identity", 0, mse<T>, mse_dP<T>, mse_dP<T>},
    {"binary_cross_entropy", "sigmoid", 0, binary_cross_entropy<T>, binary_cross_entropy_dP<T>,
     difference<T>},
    {"cross_entropy", "softmax", 0, cross_entropy<T>, cross_entropy_dP<T>, difference<T>},
    {"sse", "identity", 0, sse<T>, sse_dP<T>, sse_dP<T>},
    {"mae", "identity", 0, mae<T>, mae_dP<T>, mae_dP<T>},
    {"huber", "identity", 1, huber<T>, huber_dP<T>, huber_dP<T>},
    {"quantile", "identity", SEVERAL, quantile<T>, quantile_dP<T>, quantile_dP<T>},
    {"poisson", "exp", 0, poisson<T>, poisson_dP<T>, difference<T>},
    {"squared_hinge", "identity", 0, squared_hinge<T>, squared_hinge_dP<T>, squared_hinge_dP<T>},
};

}  // namespace pellucid::PELLUCID_SET
