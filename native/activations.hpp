// The table of activation functions: equations/activations.py again, row for row. To add one,
// write its two functions in bounded.hpp or rectifiers.hpp and its row here.
#pragma once

#include "bounded.hpp"
#include "rectifiers.hpp"

namespace pellucid::PELLUCID_SET {

template <class T>
constexpr Activation<T> ACTIVATIONS[] = {
    {"identity", identity<T>, identity_backward<T>},
    {"sigmoid", sigmoid<T>, sigmoid_backward<T>},
    {"tanh", tanh<T>, tanh_backward<T>},
    {"relu", relu<T>, relu_backward<T>},
    {"step", step<T>, nullptr},
    {"sign", sign<T>, nullptr},
    {"scaled_tanh", scaled_tanh<T>, scaled_tanh_backward<T>},
    {"leaky_relu", leaky_relu<T>, leaky_relu_backward<T>},
    {"elu", elu<T>, elu_backward<T>},
    {"selu", selu<T>, selu_backward<T>},
    {"gelu", gelu<T>, gelu_backward<T>},
    {"gelu_tanh", gelu_tanh<T>, gelu_tanh_backward<T>},
    {"silu", silu<T>, silu_backward<T>},
    {"softplus", softplus<T>, softplus_backward<T>},
    {"softsign", softsign<T>, softsign_backward<T>},
    {"hard_tanh", hard_tanh<T>, hard_tanh_backward<T>},
    {"exp", exp<T>, exp_backward<T>},
    {"softmax", softmax<T>, softmax_backward<T>},
    {"maxout", maxout<T>, maxout_backward<T>, true},
};

}  // namespace pellucid::PELLUCID_SET
