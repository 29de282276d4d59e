#include "updating.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "instruction_sets.hpp"

namespace pellucid {

namespace {

constexpr Size PIECE = 16384;

// What λ is divided by; the rows of equations/penalties.py.
double divisor(const std::string& name, double weight, Size n_examples) {
  if (name == "batch") return weight;
  if (name == "dataset") return static_cast<double>(n_examples);
  if (name == "cost") return 1.0;
  throw std::invalid_argument("the native core has no divisor " + name);
}

}  // namespace

template <class T>
Updating<T>::Updating(const Layout& layout, const Kernels<T>& kernels)
    : layout_(layout), plan_(layout.inside()), kernels_(kernels),
      optimizer_(plan_.optimizer.empty() ? nullptr
                                         : &row_of(kernels.optimizers, plan_.optimizer)),
      constants_(plan_.ranges.size() * CONSTANTS) {
  for (const Penalty* penalty : {&plan_.l2, &plan_.l1}) divisor(penalty->divisor, 1.0, 1);
  if (optimizer_ && plan_.n_slots != optimizer_->n_slots + (plan_.average > 0)) {
    throw std::invalid_argument("the optimizer has another count of slots");
  }
  for (const Segment& segment : layout.segments()) {
    for (Size begin = 0, size = segment.shape.size(); begin < size; begin += PIECE) {
      pieces_.push_back({&segment, segment.inside + begin, std::min(PIECE, size - begin)});
    }
  }
  squares_.resize(pieces_.size());
  magnitudes_.resize(pieces_.size());
  Size widest = 0;
  for (Size l = 1; l <= plan_.n_layers(); ++l) widest = std::max(widest, plan_.sums(l));
  lengths_.resize(widest);
  factors_.resize(widest);
}

template <class T>
bool Updating<T>::descends(const Segment& segment) const {
  return optimizer_->descends && plan_.l2.strength == 0 && plan_.l1.strength == 0 &&
         plan_.clip_value == 0 && plan_.connections[segment.connection].mask.empty();
}

template <class T>
void Updating<T>::set_batch(double weight) {
  const auto strength = [&](const Penalty& penalty) {
    if (weight == 0 || penalty.strength == 0) return 0.0;
    return penalty.strength / divisor(penalty.divisor, weight, plan_.n_examples);
  };
  l2_ = strength(plan_.l2);
  l1_ = strength(plan_.l1);
}

template <class T>
void Updating<T>::set_step(double t, const double* numbers) {
  for (std::size_t i = 0; i < plan_.ranges.size(); ++i) {
    const Range& range = plan_.ranges[i];
    double own[CONSTANTS];
    std::copy_n(numbers, n_numbers(), own);
    own[0] *= range.rate_factor;
    if (!range.penalised && optimizer_->weights_only >= 0) own[optimizer_->weights_only] = 0;
    optimizer_->constants(own, t, constants_.data() + i * CONSTANTS);
  }
}

template <class T>
void Updating<T>::add_up(const Member& me, const T* parameters) {
  const bool l2 = plan_.l2.strength != 0, l1 = plan_.l1.strength != 0;
  if (!l2 && !l1) return;
  each_piece(me, [&](const Piece& piece, Size i) {
    if (piece.segment->kind != Kind::WEIGHTS) return;
    const T* W = parameters + piece.begin;
    if (l2) squares_[i] = kernels_.sum_of_squares(W, piece.size);
    if (l1) magnitudes_[i] = kernels_.sum_of_magnitudes(W, piece.size);
  });
}

// λ/2 Σ W² and λ Σ |W|
template <class T>
double Updating<T>::penalties() const {
  double squares = 0, magnitudes = 0;
  for (std::size_t i = 0; i < pieces_.size() && (l2_ != 0 || l1_ != 0); ++i) {
    if (pieces_[i].segment->kind != Kind::WEIGHTS) continue;
    squares += squares_[i];
    magnitudes += magnitudes_[i];
  }
  return (l2_ != 0 ? l2_ * (0.5 * squares) : 0) + (l1_ != 0 ? l1_ * magnitudes : 0);
}

template <class T>
void Updating<T>::penalise(const Segment& segment, const T* W, T* dW, Size n) const {
  if (segment.kind != Kind::WEIGHTS) return;
  if (l2_ != 0) kernels_.add_multiple(dW, static_cast<T>(l2_), W, n);
  if (l1_ != 0) kernels_.add_signs(dW, static_cast<T>(l1_), W, n);
}

template <class T>
void Updating<T>::penalise(const Member& me, const T* parameters, T* gradient) const {
  if (l2_ == 0 && l1_ == 0) return;
  each_piece(me, [&](const Piece& piece, Size) {
    penalise(*piece.segment, parameters + piece.begin, gradient + piece.begin, piece.size);
  });
}

template <class T>
void Updating<T>::apply(const Segment& segment, Size place, Size n, T* g, T* parameters,
                        T* slots) const {
  penalise(segment, parameters + place, g, n);
  if (plan_.clip_value > 0) kernels_.clip(g, static_cast<T>(plan_.clip_value), n);
  optimize(segment, place, n, g, parameters, slots);
}

template <class T>
void Updating<T>::optimize(const Segment& segment, Size place, Size n, const T* g, T* parameters,
                           T* slots) const {
  T* memory[CONSTANTS];
  for (int i = 0; i < optimizer_->n_slots; ++i) {
    memory[i] = slots + i * plan_.n_parameters + place;
  }
  optimizer_->update(parameters + place, g, memory, n,
                     constants_.data() + segment.range * CONSTANTS);
}

template <class T>
void Updating<T>::update(const Member& me, T* parameters, T* gradient, T* slots) {
  clip(me, gradient);
  each_piece(me, [&](const Piece& piece, Size) {
    if (piece.segment->range == ABSENT) return;
    optimize(*piece.segment, piece.begin, piece.size, gradient + piece.begin, parameters, slots);
  });
}

template <class T>
void Updating<T>::clip(const Member& me, T* gradient) {
  const auto each = [&](auto&& f) {
    each_piece(me, [&](const Piece& piece, Size i) {
      squares_[i] = 0;
      if (piece.segment->range != ABSENT) f(gradient + piece.begin, piece.size, i);
    });
  };
  if (plan_.clip_value > 0) {
    each([&](T* g, Size n, Size) { kernels_.clip(g, static_cast<T>(plan_.clip_value), n); });
  }
  if (plan_.clip_norm == 0) return;
  each([&](T* g, Size n, Size i) { squares_[i] = kernels_.exact_sum_of_squares(g, n); });
  me.meet();
  double square = 0;
  for (const double part : squares_) square += part;
  const double length = std::sqrt(square);
  me.meet();  // the squares are read before anybody changes them
  if (!(length > plan_.clip_norm)) return;
  each([&](T* g, Size n, Size) {
    kernels_.scale(g, static_cast<T>(plan_.clip_norm / length), n);
  });
}

template <class T>
void Updating<T>::finish(const Member& me, T* parameters, T* slots, double t) {
  for (Size l = 1; l <= plan_.n_layers(); ++l) {
    if (plan_.layers[l - 1].max_norm == 0) continue;
    me.meet();
    limit_norms(me, l, parameters);
  }
  if (plan_.average == 0) return;
  me.meet();
  T* const average = slots + (plan_.n_slots - 1) * plan_.n_parameters;
  const T share = static_cast<T>((1 - plan_.average) / (1 - std::pow(plan_.average, t)));
  each_piece(me, [&](const Piece& piece, Size) {
    kernels_.approach(average + piece.begin, parameters + piece.begin, share, piece.size);
  });
}

// Cut the weights into each of the member's sums, of all the layer's connections together, to the
// layer's limit.
template <class T>
void Updating<T>::limit_norms(const Member& me, Size l, T* parameters) {
  const double limit = plan_.layers[l - 1].max_norm;
  const Part mine = me.share(plan_.sums(l));
  // f(W, rows, first sum, sums) for weights into the member's sums, as they lie in a panel; a
  // turned one has a row for each sum.
  const auto each = [&](bool turned, auto&& f) {
    for (const Connection& connection : plan_.connections) {
      if (connection.to != l || connection.turned != turned) continue;
      const Panels& panels = connection.panels;
      for (Size j = 0; j < panels.count(); ++j) {
        T* W = parameters + connection.weights;
        if (turned) {
          f(Matrix<T>{W + panels.offset(j, mine.begin), panels.row(j)}, panels.wide(j), mine.begin,
            mine.size());
          continue;
        }
        const Size begin = std::max(mine.begin, panels.begin(j));
        const Size end = std::min(mine.end, panels.begin(j) + panels.wide(j));
        if (begin >= end) continue;
        W += panels.offset(j, 0) + begin - panels.begin(j);
        f(Matrix<T>{W, panels.row(j)}, panels.rows, begin, end - begin);
      }
    }
  };
  std::fill(lengths_.begin() + mine.begin, lengths_.begin() + mine.end, 0.0);
  each(false, [&](Matrix<T> W, Size rows, Size first, Size sums) {
    kernels_.add_column_squares({W.data, W.row}, rows, sums, lengths_.data() + first);
  });
  each(true, [&](Matrix<T> W, Size columns, Size first, Size sums) {
    for (Size r = 0; r < sums; ++r) {
      lengths_[first + r] += kernels_.exact_sum_of_squares(&W.at(r, 0), columns);
    }
  });
  bool cut = false;
  for (Size j = mine.begin; j < mine.end; ++j) {
    const double length = std::sqrt(lengths_[j]);
    factors_[j] = static_cast<T>(length > limit ? limit / length : 1.0);
    cut = cut || length > limit;
  }
  if (!cut) return;
  each(false, [&](Matrix<T> W, Size rows, Size first, Size sums) {
    kernels_.multiply_columns(W, factors_.data() + first, rows, sums);
  });
  each(true, [&](Matrix<T> W, Size columns, Size first, Size sums) {
    for (Size r = 0; r < sums; ++r) kernels_.scale(&W.at(r, 0), factors_[first + r], columns);
  });
}

template class Updating<float>;
template class Updating<double>;

}  // namespace pellucid
