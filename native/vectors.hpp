// Several numbers calculated with at once, as many as a register of the instruction set holds.
//
// Vector<T> is the only place that names instructions: load, store, broadcast, multiply_add, and
// the same for the first `count` lanes of a register (`Part`). It is chosen by what the compiler
// was told to use, and says itself whether multiply_add rounds once (AVX) or twice (baseline).
#pragma once

#include <cstring>

#include "matrix.hpp"

#if defined(__AVX2__)
#include <immintrin.h>
#endif

#if defined(__GNUC__)
#define PELLUCID_INLINE inline __attribute__((always_inline))
#define PELLUCID_UNROLL _Pragma("GCC unroll 16")
#else
#define PELLUCID_INLINE inline
#define PELLUCID_UNROLL
#endif

namespace pellucid::PELLUCID_SET {

template <class T>
struct Vector;

#if defined(__AVX512F__)

constexpr int TILE_ROWS = 6, TILE_VECTORS = 4, DOT_ROWS = 4, DOT_COLUMNS = 4;  // 32 registers

template <>
struct Vector<float> {
  static constexpr int lanes = 16;
  using Register = __m512;
  using Part = __mmask16;
  static Part part(int count) { return static_cast<Part>((1u << count) - 1); }
  static Register broadcast(float x) { return _mm512_set1_ps(x); }
  static Register load(const float* p) { return _mm512_loadu_ps(p); }
  static Register load(const float* p, Part m) { return _mm512_maskz_loadu_ps(m, p); }
  static void store(float* p, Register x) { _mm512_storeu_ps(p, x); }
  static void store(float* p, Register x, Part m) { _mm512_mask_storeu_ps(p, m, x); }
  static Register multiply_add(Register a, Register b, Register c) {
    return _mm512_fmadd_ps(a, b, c);
  }
};

template <>
struct Vector<double> {
  static constexpr int lanes = 8;
  using Register = __m512d;
  using Part = __mmask8;
  static Part part(int count) { return static_cast<Part>((1u << count) - 1); }
  static Register broadcast(double x) { return _mm512_set1_pd(x); }
  static Register load(const double* p) { return _mm512_loadu_pd(p); }
  static Register load(const double* p, Part m) { return _mm512_maskz_loadu_pd(m, p); }
  static void store(double* p, Register x) { _mm512_storeu_pd(p, x); }
  static void store(double* p, Register x, Part m) { _mm512_mask_storeu_pd(p, m, x); }
  static Register multiply_add(Register a, Register b, Register c) {
    return _mm512_fmadd_pd(a, b, c);
  }
};

#elif defined(__AVX2__) && defined(__FMA__)

constexpr int TILE_ROWS = 4, TILE_VECTORS = 3, DOT_ROWS = 2, DOT_COLUMNS = 4;  // 16 registers

template <>
struct Vector<float> {
  static constexpr int lanes = 8;
  using Register = __m256;
  using Part = __m256i;
  static Part part(int count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
  }
  static Register broadcast(float x) { return _mm256_set1_ps(x); }
  static Register load(const float* p) { return _mm256_loadu_ps(p); }
  static Register load(const float* p, Part m) { return _mm256_maskload_ps(p, m); }
  static void store(float* p, Register x) { _mm256_storeu_ps(p, x); }
  static void store(float* p, Register x, Part m) { _mm256_maskstore_ps(p, m, x); }
  static Register multiply_add(Register a, Register b, Register c) {
    return _mm256_fmadd_ps(a, b, c);
  }
};

template <>
struct Vector<double> {
  static constexpr int lanes = 4;
  using Register = __m256d;
  using Part = __m256i;
  static Part part(int count) {
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
  }
  static Register broadcast(double x) { return _mm256_set1_pd(x); }
  static Register load(const double* p) { return _mm256_loadu_pd(p); }
  static Register load(const double* p, Part m) { return _mm256_maskload_pd(p, m); }
  static void store(double* p, Register x) { _mm256_storeu_pd(p, x); }
  static void store(double* p, Register x, Part m) { _mm256_maskstore_pd(p, m, x); }
  static Register multiply_add(Register a, Register b, Register c) {
    return _mm256_fmadd_pd(a, b, c);
  }
};

#else

constexpr int TILE_ROWS = 4, TILE_VECTORS = 2, DOT_ROWS = 2, DOT_COLUMNS = 4;

// 16 bytes: every 64-bit machine has such registers. Without the vectors of GCC and Clang it is
// a plain array, right but slower.
template <class T>
struct Vector {
  static constexpr int lanes = 16 / sizeof(T);
#if defined(__GNUC__)
  typedef T Register __attribute__((vector_size(16)));
#else
  struct Register {
    T lane[lanes];
    T& operator[](int i) { return lane[i]; }
    T operator[](int i) const { return lane[i]; }
  };
#endif
  using Part = int;
  static Part part(int count) { return count; }
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
  static Register load(const T* p, Part count) {
    Register all{};
    PELLUCID_UNROLL
    for (int i = 0; i < lanes; ++i) {
      if (i < count) all[i] = p[i];
    }
    return all;
  }
  static void store(T* p, Register x) { std::memcpy(p, &x, sizeof x); }
  static void store(T* p, Register x, Part count) {
    PELLUCID_UNROLL
    for (int i = 0; i < lanes; ++i) {
      if (i < count) p[i] = x[i];
    }
  }
  static Register multiply_add(Register a, Register b, Register c) {
#if defined(__GNUC__)
    return a * b + c;
#else
    for (int i = 0; i < lanes; ++i) c[i] = a[i] * b[i] + c[i];
    return c;
#endif
  }
};

#endif

// Σ of the lanes, as a tree of halves.
template <class T>
PELLUCID_INLINE T sum(typename Vector<T>::Register x) {
  T lane[Vector<T>::lanes];
  Vector<T>::store(lane, x);
  PELLUCID_UNROLL
  for (int half = Vector<T>::lanes / 2; half > 0; half /= 2) {
    PELLUCID_UNROLL
    for (int i = 0; i < half; ++i) lane[i] += lane[i + half];
  }
  return lane[0];
}

}  // namespace pellucid::PELLUCID_SET
