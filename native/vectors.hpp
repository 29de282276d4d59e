// Several numbers calculated with at once, as many as a register of the instruction set holds.
//
// Vector<T> is the only place that names instructions: load, store, broadcast, arithmetic, the
// sum of the lanes, which of them are not 0, and loads and stores of the first `count` lanes of a register (`Lanes`). It is
// chosen by what the compiler was told to use, and says itself whether multiply_add rounds once
// (AVX) or twice (baseline).
#pragma once

#include <cstring>

#include "matrix.hpp"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

// UNROLL: a loop of so few rounds that none is to be left. ELEMENTWISE: a loop whose rounds need
// nothing of each other; its arrays are the same or apart.
#if defined(__clang__)
#define PELLUCID_UNROLL _Pragma("clang loop unroll(full)")
#define PELLUCID_ELEMENTWISE _Pragma("clang loop vectorize(assume_safety)")
#elif defined(__GNUC__)
#define PELLUCID_UNROLL _Pragma("GCC unroll 16")
#define PELLUCID_ELEMENTWISE _Pragma("GCC ivdep")
#else
#define PELLUCID_UNROLL
#define PELLUCID_ELEMENTWISE
#endif

namespace pellucid::PELLUCID_SET {

template <class T>
struct Vector;

#if defined(__AVX2__)

// Σ of the lanes, as a tree of halves.
PELLUCID_INLINE float sum_of(__m256 x) {
    const __m128 four = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    const __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

PELLUCID_INLINE double sum_of(__m256d x) {
    const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd(x, 1));
    return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
}

#endif

#if defined(__AVX512F__)

constexpr int TILE_ROWS = 6, TILE_VECTORS = 4, DOT_ROWS = 4, DOT_COLUMNS = 4;  // of 32 registers

template <>
struct Vector<float> {
  static constexpr int lanes = 16;
  using Register = __m512;
  using Lanes = __mmask16;
  static Lanes first(int count) { return static_cast<Lanes>((1u << count) - 1); }
  static Register broadcast(float x) { return _mm512_set1_ps(x); }
  static Register load(const float* p) { return _mm512_loadu_ps(p); }
  static Register load(const float* p, Lanes m) { return _mm512_maskz_loadu_ps(m, p); }
  static void store(float* p, Register x) { _mm512_storeu_ps(p, x); }
  static void store(float* p, Register x, Lanes m) { _mm512_mask_storeu_ps(p, m, x); }
  static Register multiply_add(Register a, Register b, Register c) {
    return _mm512_fmadd_ps(a, b, c);
  }
  static Register multiply(Register a, Register b) { return _mm512_mul_ps(a, b); }
  static Register add(Register a, Register b) { return _mm512_add_ps(a, b); }
  static Register subtract(Register a, Register b) { return _mm512_sub_ps(a, b); }
  static unsigned not_zero(Register x) {
    return _mm512_cmp_ps_mask(x, _mm512_setzero_ps(), _CMP_NEQ_UQ);
  }
  static float sum(Register x) {
    return sum_of(_mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1)));
  }
};

template <>
struct Vector<double> {
  static constexpr int lanes = 8;
  using Register = __m512d;
  using Lanes = __mmask8;
  static Lanes first(int count) { return static_cast<Lanes>((1u << count) - 1); }
  static Register broadcast(double x) { return _mm512_set1_pd(x); }
  static Register load(const double* p) { return _mm512_loadu_pd(p); }
  static Register load(const double* p, Lanes m) { return _mm512_maskz_loadu_pd(m, p); }
  static void store(double* p, Register x) { _mm512_storeu_pd(p, x); }
  static void store(double* p, Register x, Lanes m) { _mm512_mask_storeu_pd(p, m, x); }
  static Register multiply_add(Register a, Register b, Register c) {
    return _mm512_fmadd_pd(a, b, c);
  }
  static Register multiply(Register a, Register b) { return _mm512_mul_pd(a, b); }
  static Register add(Register a, Register b) { return _mm512_add_pd(a, b); }
  static Register subtract(Register a, Register b) { return _mm512_sub_pd(a, b); }
  static unsigned not_zero(Register x) {
    return _mm512_cmp_pd_mask(x, _mm512_setzero_pd(), _CMP_NEQ_UQ);
  }
  static double sum(Register x) {
    return sum_of(_mm256_add_pd(_mm512_castpd512_pd256(x), _mm512_extractf64x4_pd(x, 1)));
  }
};

#elif defined(__AVX2__) && defined(__FMA__)

constexpr int TILE_ROWS = 4, TILE_VECTORS = 3, DOT_ROWS = 2, DOT_COLUMNS = 4;  // of 16

template <>
struct Vector<float> {
  static constexpr int lanes = 8;
  using Register = __m256;
  using Lanes = __m256i;
  static Lanes first(int count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static Register broadcast(float x) { return _mm256_set1_ps(x); }
  static Register load(const float* p) { return _mm256_loadu_ps(p); }
  static Register load(const float* p, Lanes m) { return _mm256_maskload_ps(p, m); }
  static void store(float* p, Register x) { _mm256_storeu_ps(p, x); }
  static void store(float* p, Register x, Lanes m) { _mm256_maskstore_ps(p, m, x); }
  static Register multiply_add(Register a, Register b, Register c) {
    return _mm256_fmadd_ps(a, b, c);
  }
  static Register multiply(Register a, Register b) { return _mm256_mul_ps(a, b); }
  static Register add(Register a, Register b) { return _mm256_add_ps(a, b); }
  static Register subtract(Register a, Register b) { return _mm256_sub_ps(a, b); }
  static unsigned not_zero(Register x) {
    return _mm256_movemask_ps(_mm256_cmp_ps(x, _mm256_setzero_ps(), _CMP_NEQ_UQ));
  }
  static float sum(Register x) { return sum_of(x); }
};

template <>
struct Vector<double> {
  static constexpr int lanes = 4;
  using Register = __m256d;
  using Lanes = __m256i;
  static Lanes first(int count) {
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
  }
  static Register broadcast(double x) { return _mm256_set1_pd(x); }
  static Register load(const double* p) { return _mm256_loadu_pd(p); }
  static Register load(const double* p, Lanes m) { return _mm256_maskload_pd(p, m); }
  static void store(double* p, Register x) { _mm256_storeu_pd(p, x); }
  static void store(double* p, Register x, Lanes m) { _mm256_maskstore_pd(p, m, x); }
  static Register multiply_add(Register a, Register b, Register c) {
    return _mm256_fmadd_pd(a, b, c);
  }
  static Register multiply(Register a, Register b) { return _mm256_mul_pd(a, b); }
  static Register add(Register a, Register b) { return _mm256_add_pd(a, b); }
  static Register subtract(Register a, Register b) { return _mm256_sub_pd(a, b); }
  static unsigned not_zero(Register x) {
    return _mm256_movemask_pd(_mm256_cmp_pd(x, _mm256_setzero_pd(), _CMP_NEQ_UQ));
  }
  static double sum(Register x) { return sum_of(x); }
};

#else

constexpr int TILE_ROWS = 4, TILE_VECTORS = 2, DOT_ROWS = 2, DOT_COLUMNS = 4;

// 16 bytes: every 64-bit machine has such registers. Without the vectors of GCC and Clang it is
// a plain array, right but slower.
template <class T>
struct Vector {
  static constexpr int lanes = 16 / sizeof(T);
#if defined(PELLUCID_GNU)
  typedef T Register __attribute__((vector_size(16)));
#else
  struct Register {
    T lane[lanes];
    T& operator[](int i) { return lane[i]; }
    T operator[](int i) const { return lane[i]; }
  };
#endif
  using Lanes = int;
  static Lanes first(int count) { return count; }
  static Register broadcast(T x) {
    if constexpr (lanes == 4) {
      return Register{x, x, x, x};
    } else {
      return Register{x, x};
    }
  }
  static Register load(const T* p) {
    Register all;
    std::memcpy(&all, p, sizeof all);
    return all;
  }
  static Register load(const T* p, Lanes count) {
    Register all{};
    PELLUCID_UNROLL
    for (int i = 0; i < lanes; ++i) {
      if (i < count) all[i] = p[i];
    }
    return all;
  }
  static void store(T* p, Register x) { std::memcpy(p, &x, sizeof x); }
  static void store(T* p, Register x, Lanes count) {
    PELLUCID_UNROLL
    for (int i = 0; i < lanes; ++i) {
      if (i < count) p[i] = x[i];
    }
  }
  static Register multiply_add(Register a, Register b, Register c) { return add(multiply(a, b), c); }
  static Register multiply(Register a, Register b) {
#if defined(PELLUCID_GNU)
    return a * b;
#else
    for (int i = 0; i < lanes; ++i) a[i] = a[i] * b[i];
    return a;
#endif
  }
  static Register add(Register a, Register b) {
#if defined(PELLUCID_GNU)
    return a + b;
#else
    for (int i = 0; i < lanes; ++i) a[i] = a[i] + b[i];
    return a;
#endif
  }
  static Register subtract(Register a, Register b) {
#if defined(PELLUCID_GNU)
    return a - b;
#else
    for (int i = 0; i < lanes; ++i) a[i] = a[i] - b[i];
    return a;
#endif
  }
  static unsigned not_zero(Register x) {
    unsigned found = 0;
    for (int i = 0; i < lanes; ++i) found |= static_cast<unsigned>(x[i] != 0) << i;
    return found;
  }
  static T sum(Register x) {
    if constexpr (lanes == 4) {
      return (x[0] + x[2]) + (x[1] + x[3]);
    } else {
      return x[0] + x[1];
    }
  }
};

#endif

// a b + c, rounded once where there is an instruction for it, as a Vector's: a call would cost far
// more than it gives.
template <class T>
PELLUCID_INLINE T multiply_add(T a, T b, T c) {
#if defined(__FMA__) && defined(PELLUCID_GNU)
  if constexpr (sizeof(T) == 4) {
    return __builtin_fmaf(a, b, c);
  } else {
    return __builtin_fma(a, b, c);
  }
#else
  return a * b + c;
#endif
}

// The place of the lowest bit of a word that has one.
PELLUCID_INLINE int lowest_bit(std::uint64_t word) {
#if defined(PELLUCID_GNU)
  return __builtin_ctzll(word);
#else
  int place = 0;
  for (; !(word & 1); word >>= 1) ++place;
  return place;
#endif
}

}  // namespace pellucid::PELLUCID_SET
