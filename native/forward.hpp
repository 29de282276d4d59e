// Predicting, apart from any run: a network's own passes, and one row at a time.
#pragma once

#include <algorithm>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "interrupts.hpp"
#include "passes.hpp"

namespace pellucid {

// Numbers of inputs that are taken at a time at most: of wide examples, such as pictures of a million
// pixels, fewer, so that what they become does not fill the memory.
constexpr Size WIDEST = Size(1) << 24;

// How many of n examples are taken at a time, so that a member's part of them stays near.
inline Size at_a_time(const Team& team, Size n, Size n_inputs) {
  const Size each = std::clamp<Size>(WIDEST / std::max<Size>(n_inputs * team.largest(), 1), 1, 256);
  return std::min(n, each * team.largest());
}

// Predictions P (n, n_out) for all of X, some examples at a time, at parameters as they lie inside;
// `also(chunk, rows, first)` may go on with each chunk, whose first row of X is `first`.
template <class T, class Also>
void predict_all(Team& team, Passes<T>& passes, Interrupts& interrupts, const Inputs& X,
                 const T* parameters, const T* buffers, Size units, T* P, Also&& also) {
  const Size most = at_a_time(team, X.n, passes.n_inputs());
  passes.look_at(X);
  passes.reserve(most, false);
  std::vector<std::int64_t> rows(most);
  bool going = true;
  team.together(team.worth(passes.work(most)), [&](const Member& me) {
    for (Size first = 0; first < X.n && going; first += most) {
      const Chunk chunk(me, std::min(most, X.n - first));
      const Part mine = chunk.mine;
      std::iota(rows.begin() + mine.begin, rows.begin() + mine.end, first + mine.begin);
      passes.take(chunk, X, rows.data());
      passes.forward(chunk, parameters, buffers, false);
      std::copy_n(passes.P() + mine.begin * units, mine.size() * units,
                  P + (first + mine.begin) * units);
      also(chunk, rows.data(), first);
      me.meet();
      if (me.leads()) {
        interrupts.look();
        going = !interrupts.raised();
      }
      me.meet();
    }
  });
}

// The losses of a member's part of a chunk; Y is a place for the chunk's targets.
template <class T>
void take_losses(Passes<T>& passes, const Targets& targets, const Chunk& chunk,
                 const std::int64_t* rows, Size units, T* Y, T* losses) {
  const Part mine = chunk.mine;
  targets.take(rows + mine.begin, mine.size(), units, Y + mine.begin * units);
  passes.losses(chunk, Y, losses);
}

// A network without a run: `plan` needs no more than its network.
template <class T>
class Forward {
 public:
  Forward(const Plan& plan, const Kernels<T>& kernels, int threads, Size grain, bool skips,
          std::function<bool()> signals)
      : layout_(plan, kernels.panel, kernels.lanes), interrupts_(std::move(signals)),
        team_(threads, grain), passes_(layout_.inside(), kernels, team_.largest(), skips),
        parameters_(layout_.inside().n_parameters) {}

  const Plan& plan() const { return layout_.inside(); }

  // Throws std::invalid_argument where the vectors are not of the plan's lengths.
  void set(const T* parameters, Size n_parameters, const T* buffers, Size n_buffers) {
    if (n_parameters != layout_.n_outside() || n_buffers != plan().n_buffers) {
      throw std::invalid_argument("parameters or buffers: of another length");
    }
    layout_.take_parameters(parameters, parameters_.data());
    buffers_.assign(buffers, buffers + n_buffers);
  }

  // Predictions, and where Y is given each example's loss. False where a signal's handler raised an
  // error meanwhile.
  bool predict(const Inputs& X, const Targets* Y, T* P, T* losses) {
    const Size units = plan().n_outputs();
    interrupts_.begin();
    if (Y) Y_.resize(at_a_time(team_, X.n, plan().n_inputs) * units);
    predict_all(team_, passes_, interrupts_, X, parameters_.data(), buffers_.data(), units, P,
                [&](const Chunk& chunk, const std::int64_t* rows, Size first) {
                  if (Y) take_losses(passes_, *Y, chunk, rows, units, Y_.data(), losses + first);
                });
    return !interrupts_.raised();
  }

  // One row, at once and by this thread alone.
  const T* predict_one(const Inputs& row) {
    static constexpr std::int64_t FIRST = 0;
    const FastZeros fast;
    const Member alone(0, 1, meeting_);
    const Chunk chunk(alone, 1);
    passes_.look_at(row);
    passes_.reserve(1, false);
    passes_.take(chunk, row, &FIRST);
    passes_.forward(chunk, parameters_.data(), buffers_.data(), false);
    return passes_.P();
  }

 private:
  const Layout layout_;
  Interrupts interrupts_;
  Team team_;
  Meeting meeting_;
  Passes<T> passes_;
  Array<T> parameters_, buffers_, Y_;
};

}  // namespace pellucid
