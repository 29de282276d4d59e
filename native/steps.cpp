// What the members of a team do in a step of a session.
#include <algorithm>
#include <cmath>

#include "session.hpp"

namespace pellucid {

namespace {

constexpr Size AHEAD = 65536;  // bytes of the next batch that are asked for in time

}  // namespace

template <class T>
double Session<T>::pass(const Member& me, const T* parameters, const Batch& batch, bool training,
                        T* gradient) {
  double cost = 0;
  const Size most = chunk(batch.n);
  updating_.add_up(me, parameters);
  for (Size first = 0; first < batch.n; first += most) {
    const Chunk part(me, std::min(most, batch.n - first));
    const std::int64_t* rows = batch.rows + first;
    passes_.take(part, batch.of.X, rows);
    take_targets(part, batch, rows);
    if (training) passes_.draw(part, progress_.epoch, progress_.position, first);
    passes_.forward(part, parameters, nullptr, training);
    passes_.losses(part, Y_.data(), losses_.data());
    passes_.backward(part, parameters, Y_.data(), shares_.data(), training);
    me.meet();
    cost += mean(batch, rows, part.n);
    if (gradient) collect(me, part.n, gradient, first > 0);
    if (first + most >= batch.n) break;
    if (me.leads()) interrupts_.look();
    me.meet();
    if (!training && interrupts_.raised()) break;  // a step is always finished
  }
  return cost + updating_.penalties();
}

// What n examples' losses contribute to a batch's.
template <class T>
double Session<T>::mean(const Batch& batch, const std::int64_t* rows, Size n) const {
  const double* const weights = batch.of.weights;
  double sum = 0;
  for (Size i = 0; i < n; ++i) {
    const double loss = static_cast<double>(losses_[i]);
    sum += weights ? loss * weights[rows[i]] : loss;
  }
  return sum / (batch.weight == 0 ? 1.0 : batch.weight);
}

template <class T>
void Session<T>::take_targets(const Chunk& chunk, const Batch& batch, const std::int64_t* rows) {
  const Size units = plan().n_outputs();
  const Part mine = chunk.mine;
  batch.of.Y.take(rows + mine.begin, mine.size(), units, Y_.data() + mine.begin * units);
  if (plan().label_smoothing > 0) {
    const T part = static_cast<T>(plan().label_smoothing);
    const T even = static_cast<T>(1.0 / static_cast<double>(plan().n_classes));
    for (Size i = mine.begin * units; i < mine.end * units; ++i) {
      Y_[i] = Y_[i] + part * (even - Y_[i]);
    }
  }
  if (!batch.of.weights) {
    std::fill(shares_.begin() + mine.begin, shares_.begin() + mine.end,
              static_cast<T>(1.0 / batch.weight));
    return;
  }
  for (Size i = mine.begin; i < mine.end; ++i) {
    // What the example contributes to the mean over the batch.
    shares_[i] = static_cast<T>(batch.of.weights[rows[i]] /
                                (batch.weight == 0 ? 1.0 : batch.weight));
  }
}

// The member's part of a whole gradient.
template <class T>
void Session<T>::collect(const Member& me, Size n, T* gradient, bool add) {
  for (const Segment& segment : layout_.segments()) {
    T* const g = gradient + segment.inside;
    const Part mine = me.share(segment.kind == Kind::WEIGHTS ? segment.shape.rows
                                                             : segment.shape.columns);
    if (segment.kind != Kind::WEIGHTS) {
      passes_.vector_gradient(segment, n, mine, g + mine.begin, add);
      continue;
    }
    const Connection& connection = plan().connections[segment.connection];
    for (Size j = 0; j < segment.shape.count(); ++j) {
      const Size first = segment.shape.offset(j, mine.begin);
      passes_.weight_gradient(connection, n, mine, j, g + first, add);
      if (!connection.mask.empty()) {
        kernels_.keep_where(g + first, connection.mask.data() + first,
                            mine.size() * segment.shape.row(j));
      }
    }
  }
}

// Afterwards the members have to meet.
template <class T>
void Session<T>::step(const Member& me, const Batch& batch, const Progress& now) {
  prefetch(me, now.position + 1);
  if (fused_) {
    step_blocks(Chunk(me, batch.n));
  } else {
    me.meet();
    updating_.penalise(me, parameters_.data(), gradient_.data());
    updating_.update(me, parameters_.data(), gradient_.data(), slots_.data());
  }
  updating_.finish(me, parameters_.data(), slots_.data(), static_cast<double>(now.step + 1));
  if (me.leads()) passes_.update_running(batch.n, buffers_.data());
}

// Gradients of the member's parameters, each used before the next is worked out.
template <class T>
void Session<T>::step_blocks(const Chunk& chunk) {
  T* const g = blocks_[chunk.me.index()].data();
  for (const Segment& segment : layout_.segments()) {
    if (segment.range == ABSENT) continue;
    if (segment.kind == Kind::WEIGHTS) {
      step_weights(chunk, segment);
      continue;
    }
    const Part mine = chunk.me.share(segment.shape.columns);
    for (Size j = mine.begin; j < mine.end; j += BLOCK) {
      const Part some{j, std::min(mine.end, j + BLOCK)};
      passes_.vector_gradient(segment, chunk.n, some, g, false);
      updating_.apply(segment, segment.inside + j, some.size(), g, parameters_.data(),
                      slots_.data());
    }
  }
}

template <class T>
void Session<T>::step_weights(const Chunk& chunk, const Segment& segment) {
  const Connection& connection = plan().connections[segment.connection];
  if (updating_.descends(segment) && passes_.skips(connection)) {
    T* const W = parameters_.data() + segment.inside;
    passes_.descend_lit(chunk, connection, W, updating_.rate(segment));
    return;
  }
  const Part mine = chunk.me.share(segment.shape.rows);
  for (Size p = mine.begin; p < mine.end; p += BLOCK) {
    for (Size j = 0; j < segment.shape.count(); ++j) {
      for (const Part band : connection.bands[j]) {
        const Part rows{std::max(p, band.begin), std::min({p + BLOCK, mine.end, band.end})};
        if (rows.size() > 0) step_rows(chunk, segment, j, rows);
      }
    }
  }
}

// At most BLOCK rows of a panel.
template <class T>
void Session<T>::step_rows(const Chunk& chunk, const Segment& segment, Size panel, Part rows) {
  const Connection& connection = plan().connections[segment.connection];
  const Size first = segment.shape.offset(panel, rows.begin);
  if (updating_.descends(segment)) {
    T* const W = parameters_.data() + segment.inside + first;
    passes_.descend(connection, chunk.n, rows, panel, W, updating_.rate(segment));
    return;
  }
  T* const g = blocks_[chunk.me.index()].data();
  const Size n = rows.size() * segment.shape.row(panel);
  passes_.weight_gradient(connection, chunk.n, rows, panel, g, false);
  if (!connection.mask.empty()) kernels_.keep_where(g, connection.mask.data() + first, n);
  updating_.apply(segment, segment.inside + first, n, g, parameters_.data(), slots_.data());
}

// The member's part of the batch at a position.
template <class T>
void Session<T>::prefetch(const Member& me, Size position) const {
  const Size begin = (position - first_) * plan().batch_size;
  if (begin >= shown_.X.n) return;
  const Part mine = me.share(std::min(plan().batch_size, shown_.X.n - begin));
  shown_.X.prefetch(order_.data() + begin + mine.begin, mine.size(), plan().n_inputs, AHEAD);
}

template double Session<float>::pass(const Member&, const float*, const Batch&, bool, float*);
template double Session<double>::pass(const Member&, const double*, const Batch&, bool, double*);
template void Session<float>::step(const Member&, const Batch&, const Progress&);
template void Session<double>::step(const Member&, const Batch&, const Progress&);

}  // namespace pellucid
