;; Single-precision kernels for serving, with 128-bit SIMD. Pointers are byte offsets into the imported memory.
(module
  (import "env" "memory" (memory 1))

  ;; The sum of the four lanes.
  (func $lanes (param $v v128) (result f32)
    (local.set $v (f32x4.add (local.get $v)
      (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $v) (local.get $v))))
    (f32.add (f32x4.extract_lane 0 (local.get $v)) (f32x4.extract_lane 1 (local.get $v))))

  ;; out[r] = sum_c matrix[r, c] * vector[c]; columns a multiple of 4.
  (func (export "dotScan") (param $vector i32) (param $matrix i32) (param $rows i32) (param $columns i32) (param $out i32)
    (local $end i32) (local $v i32) (local $v_end i32) (local $v_fast i32)
    (local $s0 v128) (local $s1 v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $rows) (i32.const 2))))
    (local.set $v_end (i32.add (local.get $vector) (i32.shl (local.get $columns) (i32.const 2))))
    (local.set $v_fast (i32.add (local.get $vector)
      (i32.shl (i32.and (local.get $columns) (i32.const -8)) (i32.const 2))))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $s0 (v128.const f32x4 0 0 0 0))
        (local.set $s1 (v128.const f32x4 0 0 0 0))
        (local.set $v (local.get $vector))
        (block $tail
          (loop $eight
            (br_if $tail (i32.ge_u (local.get $v) (local.get $v_fast)))
            (local.set $s0 (f32x4.add (local.get $s0)
              (f32x4.mul (v128.load (local.get $v)) (v128.load (local.get $matrix)))))
            (local.set $s1 (f32x4.add (local.get $s1)
              (f32x4.mul (v128.load offset=16 (local.get $v)) (v128.load offset=16 (local.get $matrix)))))
            (local.set $v (i32.add (local.get $v) (i32.const 32)))
            (local.set $matrix (i32.add (local.get $matrix) (i32.const 32)))
            (br $eight)))
        (if (i32.lt_u (local.get $v) (local.get $v_end))
          (then
            (local.set $s0 (f32x4.add (local.get $s0)
              (f32x4.mul (v128.load (local.get $v)) (v128.load (local.get $matrix)))))
            (local.set $matrix (i32.add (local.get $matrix) (i32.const 16)))))
        (f32.store (local.get $out) (call $lanes (f32x4.add (local.get $s0) (local.get $s1))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $row))))

  ;; c[i, j] (+)= sum_k a[i, k] * b[k, j], row-major; lda, ldb, ldc are the rows' lengths in elements.
  ;; The number of columns n is a multiple of 16. With $add = 0 c is overwritten.
  (func (export "matMul")
    (param $a i32) (param $lda i32) (param $b i32) (param $ldb i32) (param $c i32) (param $ldc i32)
    (param $m i32) (param $k i32) (param $n i32) (param $add i32)
    (local $j i32) (local $i i32) (local $ap i32) (local $bp i32) (local $cp i32) (local $a_end i32) (local $x v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local.set $lda (i32.shl (local.get $lda) (i32.const 2)))
    (local.set $ldb (i32.shl (local.get $ldb) (i32.const 2)))
    (local.set $ldc (i32.shl (local.get $ldc) (i32.const 2)))
    (local.set $k (i32.shl (local.get $k) (i32.const 2)))
    (local.set $n (i32.shl (local.get $n) (i32.const 2)))
    (local.set $i (i32.const 0))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $i) (local.get $m)))
        (local.set $j (i32.const 0))
        (block $row_done
          (loop $tile
            (br_if $row_done (i32.ge_u (local.get $j) (local.get $n)))
            (local.set $cp (i32.add (local.get $c) (local.get $j)))
            (if (local.get $add)
              (then
                (local.set $s0 (v128.load (local.get $cp)))
                (local.set $s1 (v128.load offset=16 (local.get $cp)))
                (local.set $s2 (v128.load offset=32 (local.get $cp)))
                (local.set $s3 (v128.load offset=48 (local.get $cp))))
              (else
                (local.set $s0 (v128.const f32x4 0 0 0 0))
                (local.set $s1 (v128.const f32x4 0 0 0 0))
                (local.set $s2 (v128.const f32x4 0 0 0 0))
                (local.set $s3 (v128.const f32x4 0 0 0 0))))
            (local.set $ap (local.get $a))
            (local.set $a_end (i32.add (local.get $a) (local.get $k)))
            (local.set $bp (i32.add (local.get $b) (local.get $j)))
            (block $summed
              (loop $inner
                (br_if $summed (i32.ge_u (local.get $ap) (local.get $a_end)))
                (local.set $x (v128.load32_splat (local.get $ap)))
                (local.set $s0 (f32x4.add (local.get $s0) (f32x4.mul (local.get $x) (v128.load (local.get $bp)))))
                (local.set $s1 (f32x4.add (local.get $s1) (f32x4.mul (local.get $x) (v128.load offset=16 (local.get $bp)))))
                (local.set $s2 (f32x4.add (local.get $s2) (f32x4.mul (local.get $x) (v128.load offset=32 (local.get $bp)))))
                (local.set $s3 (f32x4.add (local.get $s3) (f32x4.mul (local.get $x) (v128.load offset=48 (local.get $bp)))))
                (local.set $ap (i32.add (local.get $ap) (i32.const 4)))
                (local.set $bp (i32.add (local.get $bp) (local.get $ldb)))
                (br $inner)))
            (v128.store (local.get $cp) (local.get $s0))
            (v128.store offset=16 (local.get $cp) (local.get $s1))
            (v128.store offset=32 (local.get $cp) (local.get $s2))
            (v128.store offset=48 (local.get $cp) (local.get $s3))
            (local.set $j (i32.add (local.get $j) (i32.const 64)))
            (br $tile)))
        (local.set $a (i32.add (local.get $a) (local.get $lda)))
        (local.set $c (i32.add (local.get $c) (local.get $ldc)))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $row))))

  ;; Four half-precision numbers, zero-extended to 32 bits each, as single precision: shift into place, then rebias the
  ;; exponent by multiplying with 2^112, which also turns subnormal halves into normal singles. No infinities or NaN.
  (func $half (param $h v128) (result v128)
    (v128.or
      (f32x4.mul
        (i32x4.shl (v128.and (local.get $h) (v128.const i32x4 0x7fff 0x7fff 0x7fff 0x7fff)) (i32.const 13))
        (v128.const i32x4 0x77800000 0x77800000 0x77800000 0x77800000))
      (i32x4.shl (v128.and (local.get $h) (v128.const i32x4 0x8000 0x8000 0x8000 0x8000)) (i32.const 16))))

  ;; out[j] = sum_r weights[r] * table[indices[r], j]; the table is half precision; columns a multiple of 16.
  ;; Columns are the outer loop, so that the sums stay in registers.
  (func (export "sumRowsHalf")
    (param $table i32) (param $columns i32) (param $indices i32) (param $weights i32) (param $count i32) (param $out i32)
    (local $row_bytes i32) (local $j i32) (local $r i32) (local $at i32) (local $x v128) (local $h v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local.set $row_bytes (i32.shl (local.get $columns) (i32.const 1)))
    (local.set $count (i32.shl (local.get $count) (i32.const 2)))
    (local.set $j (i32.const 0))
    (block $done
      (loop $tile
        (br_if $done (i32.ge_u (local.get $j) (local.get $row_bytes)))
        (local.set $s0 (v128.const f32x4 0 0 0 0))
        (local.set $s1 (v128.const f32x4 0 0 0 0))
        (local.set $s2 (v128.const f32x4 0 0 0 0))
        (local.set $s3 (v128.const f32x4 0 0 0 0))
        (local.set $r (i32.const 0))
        (block $summed
          (loop $rows
            (br_if $summed (i32.ge_u (local.get $r) (local.get $count)))
            (local.set $x (v128.load32_splat (i32.add (local.get $weights) (local.get $r))))
            (local.set $at (i32.add (i32.add (local.get $table) (local.get $j))
              (i32.mul (i32.load (i32.add (local.get $indices) (local.get $r))) (local.get $row_bytes))))
            (local.set $h (v128.load (local.get $at)))
            (local.set $s0 (f32x4.add (local.get $s0)
              (f32x4.mul (local.get $x) (call $half (i32x4.extend_low_i16x8_u (local.get $h))))))
            (local.set $s1 (f32x4.add (local.get $s1)
              (f32x4.mul (local.get $x) (call $half (i32x4.extend_high_i16x8_u (local.get $h))))))
            (local.set $h (v128.load offset=16 (local.get $at)))
            (local.set $s2 (f32x4.add (local.get $s2)
              (f32x4.mul (local.get $x) (call $half (i32x4.extend_low_i16x8_u (local.get $h))))))
            (local.set $s3 (f32x4.add (local.get $s3)
              (f32x4.mul (local.get $x) (call $half (i32x4.extend_high_i16x8_u (local.get $h))))))
            (local.set $r (i32.add (local.get $r) (i32.const 4)))
            (br $rows)))
        (v128.store (local.get $out) (local.get $s0))
        (v128.store offset=16 (local.get $out) (local.get $s1))
        (v128.store offset=32 (local.get $out) (local.get $s2))
        (v128.store offset=48 (local.get $out) (local.get $s3))
        (local.set $out (i32.add (local.get $out) (i32.const 64)))
        (local.set $j (i32.add (local.get $j) (i32.const 32)))
        (br $tile))))

  ;; The sum of e^(scale * (values[i] - top)), for exponents of at most 0; below 2^-126 counts as that. count a multiple of 4.
  ;; e^x = 2^n 2^f with n whole and |f| at most 1/2: adding 3 * 2^22 rounds to n, which then is the end of the bits of the sum;
  ;; 2^f by a polynomial that is right to 1e-7. Of 256 numbers each lane adds up its own in single precision.
  (func (export "sumExponentials") (param $values i32) (param $count i32) (param $scale f32) (param $top f32) (result f64)
    (local $end i32) (local $block_end i32) (local $factor v128) (local $shift v128) (local $x v128) (local $n v128)
    (local $some v128) (local $sum v128)
    (local.set $end (i32.add (local.get $values) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $factor (f32x4.splat (f32.mul (local.get $scale) (f32.const 1.44269504))))
    (local.set $shift (f32x4.splat (local.get $top)))
    (local.set $sum (v128.const f64x2 0 0))
    (block $done
      (loop $block
        (br_if $done (i32.ge_u (local.get $values) (local.get $end)))
        (local.set $block_end (i32.add (local.get $values) (i32.const 1024)))
        (if (i32.gt_u (local.get $block_end) (local.get $end)) (then (local.set $block_end (local.get $end))))
        (local.set $some (v128.const f32x4 0 0 0 0))
        (loop $four
          (local.set $x (f32x4.pmax (v128.const f32x4 -126 -126 -126 -126) (f32x4.mul (local.get $factor)
            (f32x4.sub (v128.load (local.get $values)) (local.get $shift)))))
          (local.set $n (f32x4.add (local.get $x) (v128.const f32x4 12582912 12582912 12582912 12582912)))
          (local.set $x (f32x4.sub (local.get $x) (f32x4.sub (local.get $n) (v128.const f32x4 12582912 12582912 12582912 12582912))))
          (local.set $x (i32x4.add (i32x4.shl (local.get $n) (i32.const 23))
            (f32x4.add (v128.const f32x4 1.00000007 1.00000007 1.00000007 1.00000007) (f32x4.mul (local.get $x)
            (f32x4.add (v128.const f32x4 0.693146967 0.693146967 0.693146967 0.693146967) (f32x4.mul (local.get $x)
            (f32x4.add (v128.const f32x4 0.240221197 0.240221197 0.240221197 0.240221197) (f32x4.mul (local.get $x)
            (f32x4.add (v128.const f32x4 0.0555071327 0.0555071327 0.0555071327 0.0555071327) (f32x4.mul (local.get $x)
            (f32x4.add (v128.const f32x4 0.00967554133 0.00967554133 0.00967554133 0.00967554133) (f32x4.mul (local.get $x)
            (v128.const f32x4 0.00132764719 0.00132764719 0.00132764719 0.00132764719)))))))))))))
          (local.set $some (f32x4.add (local.get $some) (local.get $x)))
          (br_if $four (i32.lt_u (local.tee $values (i32.add (local.get $values) (i32.const 16))) (local.get $block_end))))
        (local.set $sum (f64x2.add (local.get $sum) (f64x2.add (f64x2.promote_low_f32x4 (local.get $some))
          (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $some) (local.get $some))))))
        (br $block)))
    (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum))))

  ;; opened[i] = opened[i] / (1 + e^-opened[i]) * valued[i]; count a multiple of 4. e^x as above.
  (func (export "gate") (param $opened i32) (param $valued i32) (param $count i32)
    (local $end i32) (local $u v128) (local $x v128) (local $n v128)
    (local.set $end (i32.add (local.get $opened) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $four
        (br_if $done (i32.ge_u (local.get $opened) (local.get $end)))
        (local.set $u (v128.load (local.get $opened)))
        (local.set $x (f32x4.pmin (v128.const f32x4 126 126 126 126) (f32x4.pmax (v128.const f32x4 -126 -126 -126 -126)
          (f32x4.mul (v128.const f32x4 -1.44269504 -1.44269504 -1.44269504 -1.44269504) (local.get $u)))))
        (local.set $n (f32x4.add (local.get $x) (v128.const f32x4 12582912 12582912 12582912 12582912)))
        (local.set $x (f32x4.sub (local.get $x) (f32x4.sub (local.get $n) (v128.const f32x4 12582912 12582912 12582912 12582912))))
        (local.set $x (i32x4.add (i32x4.shl (local.get $n) (i32.const 23))
          (f32x4.add (v128.const f32x4 1.00000007 1.00000007 1.00000007 1.00000007) (f32x4.mul (local.get $x)
          (f32x4.add (v128.const f32x4 0.693146967 0.693146967 0.693146967 0.693146967) (f32x4.mul (local.get $x)
          (f32x4.add (v128.const f32x4 0.240221197 0.240221197 0.240221197 0.240221197) (f32x4.mul (local.get $x)
          (f32x4.add (v128.const f32x4 0.0555071327 0.0555071327 0.0555071327 0.0555071327) (f32x4.mul (local.get $x)
          (f32x4.add (v128.const f32x4 0.00967554133 0.00967554133 0.00967554133 0.00967554133) (f32x4.mul (local.get $x)
          (v128.const f32x4 0.00132764719 0.00132764719 0.00132764719 0.00132764719)))))))))))))
        (v128.store (local.get $opened) (f32x4.mul (v128.load (local.get $valued))
          (f32x4.div (local.get $u) (f32x4.add (v128.const f32x4 1 1 1 1) (local.get $x)))))
        (local.set $opened (i32.add (local.get $opened) (i32.const 16)))
        (local.set $valued (i32.add (local.get $valued) (i32.const 16)))
        (br $four))))

  ;; The sums of the lanes of four vectors of integers, as singles.
  (func $sums (param $a v128) (param $b v128) (param $c v128) (param $d v128) (result v128)
    (local $ab v128) (local $cd v128)
    (local.set $ab (i32x4.add
      (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b))
      (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b))))
    (local.set $cd (i32x4.add
      (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d))
      (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d))))
    (f32x4.convert_i32x4_s (i32x4.add
      (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd))
      (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd)))))

  ;; out[r] = factor * scales[r] * sum_c matrix[r, c] * vector[c]; the matrix is signed bytes, the vector signed 16-bit integers.
  ;; columns a multiple of 8; columns * 127 * the largest of the vector must stay below 2^31. Four rows at a time, so that
  ;; a part of the vector is loaded once for them; rows that are left over are worked on together with ones before them.
  (func (export "dotScanBytes")
    (param $vector i32) (param $matrix i32) (param $scales i32) (param $factor f32) (param $rows i32) (param $columns i32) (param $out i32)
    (local $row i32) (local $v i32) (local $v_end i32) (local $m0 i32) (local $m1 i32) (local $m2 i32) (local $m3 i32)
    (local $x v128) (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (if (i32.lt_u (local.get $rows) (i32.const 4))
      (then
        (call $dotFewBytes (local.get $vector) (local.get $matrix) (local.get $scales) (local.get $factor)
          (local.get $rows) (local.get $columns) (local.get $out))
        (return)))
    (local.set $v_end (i32.add (local.get $vector) (i32.shl (local.get $columns) (i32.const 1))))
    (block $done
      (loop $four
        (br_if $done (i32.ge_u (local.get $row) (local.get $rows)))
        (if (i32.gt_u (local.get $row) (i32.sub (local.get $rows) (i32.const 4)))
          (then (local.set $row (i32.sub (local.get $rows) (i32.const 4)))))
        (local.set $s0 (v128.const i32x4 0 0 0 0))
        (local.set $s1 (v128.const i32x4 0 0 0 0))
        (local.set $s2 (v128.const i32x4 0 0 0 0))
        (local.set $s3 (v128.const i32x4 0 0 0 0))
        (local.set $v (local.get $vector))
        (local.set $m0 (i32.add (local.get $matrix) (i32.mul (local.get $row) (local.get $columns))))
        (local.set $m1 (i32.add (local.get $m0) (local.get $columns)))
        (local.set $m2 (i32.add (local.get $m1) (local.get $columns)))
        (local.set $m3 (i32.add (local.get $m2) (local.get $columns)))
        (loop $eight
          (local.set $x (v128.load (local.get $v)))
          (local.set $s0 (i32x4.add (local.get $s0) (i32x4.dot_i16x8_s (local.get $x) (v128.load8x8_s (local.get $m0)))))
          (local.set $s1 (i32x4.add (local.get $s1) (i32x4.dot_i16x8_s (local.get $x) (v128.load8x8_s (local.get $m1)))))
          (local.set $s2 (i32x4.add (local.get $s2) (i32x4.dot_i16x8_s (local.get $x) (v128.load8x8_s (local.get $m2)))))
          (local.set $s3 (i32x4.add (local.get $s3) (i32x4.dot_i16x8_s (local.get $x) (v128.load8x8_s (local.get $m3)))))
          (local.set $m0 (i32.add (local.get $m0) (i32.const 8)))
          (local.set $m1 (i32.add (local.get $m1) (i32.const 8)))
          (local.set $m2 (i32.add (local.get $m2) (i32.const 8)))
          (local.set $m3 (i32.add (local.get $m3) (i32.const 8)))
          (br_if $eight (i32.lt_u (local.tee $v (i32.add (local.get $v) (i32.const 16))) (local.get $v_end))))
        (v128.store (i32.add (local.get $out) (i32.shl (local.get $row) (i32.const 2)))
          (f32x4.mul
            (f32x4.mul (f32x4.splat (local.get $factor))
              (v128.load (i32.add (local.get $scales) (i32.shl (local.get $row) (i32.const 2)))))
            (call $sums (local.get $s0) (local.get $s1) (local.get $s2) (local.get $s3))))
        (local.set $row (i32.add (local.get $row) (i32.const 4)))
        (br $four))))

  ;; dotScanBytes for fewer than four rows, one at a time.
  (func $dotFewBytes
    (param $vector i32) (param $matrix i32) (param $scales i32) (param $factor f32) (param $rows i32) (param $columns i32) (param $out i32)
    (local $end i32) (local $v i32) (local $v_end i32) (local $sum v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $rows) (i32.const 2))))
    (local.set $v_end (i32.add (local.get $vector) (i32.shl (local.get $columns) (i32.const 1))))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $v (local.get $vector))
        (loop $eight
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.dot_i16x8_s (v128.load (local.get $v)) (v128.load8x8_s (local.get $matrix)))))
          (local.set $matrix (i32.add (local.get $matrix) (i32.const 8)))
          (br_if $eight (i32.lt_u (local.tee $v (i32.add (local.get $v) (i32.const 16))) (local.get $v_end))))
        (f32.store (local.get $out) (f32.mul (f32.mul (local.get $factor) (f32.load (local.get $scales)))
          (f32x4.extract_lane 0
            (call $sums (local.get $sum) (local.get $sum) (local.get $sum) (local.get $sum)))))
        (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $row))))

  ;; dotScanBytes for four vectors in a row at once, whose results are `stride` bytes apart: out[v * stride + r].
  ;; Two rows at a time, so that a row is loaded and widened once for four vectors; rows an even number.
  (func (export "dotScanBytesFour")
    (param $vectors i32) (param $matrix i32) (param $scales i32) (param $factors i32) (param $rows i32) (param $columns i32)
    (param $out i32) (param $stride i32)
    (local $end i32) (local $v_bytes i32) (local $v0 i32) (local $v1 i32) (local $v2 i32) (local $v3 i32) (local $v_end i32)
    (local $x v128) (local $y v128) (local $v v128) (local $f v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local $t0 v128) (local $t1 v128) (local $t2 v128) (local $t3 v128)
    (local.set $f (v128.load (local.get $factors)))
    (local.set $v_bytes (i32.shl (local.get $columns) (i32.const 1)))
    (local.set $v_end (i32.add (local.get $vectors) (local.get $v_bytes)))
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $rows) (i32.const 2))))
    (block $done
      (loop $two
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $s0 (v128.const i32x4 0 0 0 0))
        (local.set $s1 (v128.const i32x4 0 0 0 0))
        (local.set $s2 (v128.const i32x4 0 0 0 0))
        (local.set $s3 (v128.const i32x4 0 0 0 0))
        (local.set $t0 (v128.const i32x4 0 0 0 0))
        (local.set $t1 (v128.const i32x4 0 0 0 0))
        (local.set $t2 (v128.const i32x4 0 0 0 0))
        (local.set $t3 (v128.const i32x4 0 0 0 0))
        (local.set $v0 (local.get $vectors))
        (local.set $v1 (i32.add (local.get $v0) (local.get $v_bytes)))
        (local.set $v2 (i32.add (local.get $v1) (local.get $v_bytes)))
        (local.set $v3 (i32.add (local.get $v2) (local.get $v_bytes)))
        (loop $eight
          (local.set $x (v128.load8x8_s (local.get $matrix)))
          (local.set $y (v128.load8x8_s (i32.add (local.get $matrix) (local.get $columns))))
          (local.set $v (v128.load (local.get $v0)))
          (local.set $s0 (i32x4.add (local.get $s0) (i32x4.dot_i16x8_s (local.get $x) (local.get $v))))
          (local.set $t0 (i32x4.add (local.get $t0) (i32x4.dot_i16x8_s (local.get $y) (local.get $v))))
          (local.set $v (v128.load (local.get $v1)))
          (local.set $s1 (i32x4.add (local.get $s1) (i32x4.dot_i16x8_s (local.get $x) (local.get $v))))
          (local.set $t1 (i32x4.add (local.get $t1) (i32x4.dot_i16x8_s (local.get $y) (local.get $v))))
          (local.set $v (v128.load (local.get $v2)))
          (local.set $s2 (i32x4.add (local.get $s2) (i32x4.dot_i16x8_s (local.get $x) (local.get $v))))
          (local.set $t2 (i32x4.add (local.get $t2) (i32x4.dot_i16x8_s (local.get $y) (local.get $v))))
          (local.set $v (v128.load (local.get $v3)))
          (local.set $s3 (i32x4.add (local.get $s3) (i32x4.dot_i16x8_s (local.get $x) (local.get $v))))
          (local.set $t3 (i32x4.add (local.get $t3) (i32x4.dot_i16x8_s (local.get $y) (local.get $v))))
          (local.set $matrix (i32.add (local.get $matrix) (i32.const 8)))
          (local.set $v1 (i32.add (local.get $v1) (i32.const 16)))
          (local.set $v2 (i32.add (local.get $v2) (i32.const 16)))
          (local.set $v3 (i32.add (local.get $v3) (i32.const 16)))
          (br_if $eight (i32.lt_u (local.tee $v0 (i32.add (local.get $v0) (i32.const 16))) (local.get $v_end))))
        (local.set $x (f32x4.mul (f32x4.mul (local.get $f) (v128.load32_splat (local.get $scales)))
          (call $sums (local.get $s0) (local.get $s1) (local.get $s2) (local.get $s3))))
        (local.set $y (f32x4.mul (f32x4.mul (local.get $f) (v128.load32_splat offset=4 (local.get $scales)))
          (call $sums (local.get $t0) (local.get $t1) (local.get $t2) (local.get $t3))))
        ;; Both rows' results for vectors 0 and 1, then for vectors 2 and 3.
        (local.set $v (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $x) (local.get $y)))
        (v128.store64_lane 0 (local.get $out) (local.get $v))
        (local.set $v0 (i32.add (local.get $out) (local.get $stride)))
        (v128.store64_lane 1 (local.get $v0) (local.get $v))
        (local.set $v (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $x) (local.get $y)))
        (local.set $v0 (i32.add (local.get $v0) (local.get $stride)))
        (v128.store64_lane 0 (local.get $v0) (local.get $v))
        (local.set $v0 (i32.add (local.get $v0) (local.get $stride)))
        (v128.store64_lane 1 (local.get $v0) (local.get $v))
        (local.set $matrix (i32.add (local.get $matrix) (local.get $columns)))
        (local.set $scales (i32.add (local.get $scales) (i32.const 8)))
        (local.set $out (i32.add (local.get $out) (i32.const 8)))
        (br $two))))

  ;; out[i] = a[i] + b[i] + c[i], and the largest of each 64 of them; count a multiple of 64.
  (func (export "addWithMaxima")
    (param $a i32) (param $b i32) (param $c i32) (param $count i32) (param $out i32) (param $maxima i32)
    (local $end i32) (local $block_end i32) (local $x v128) (local $most v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $block
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $most (v128.const f32x4 -inf -inf -inf -inf))
        (local.set $block_end (i32.add (local.get $out) (i32.const 256)))
        (loop $four
          (local.set $x (f32x4.add
            (f32x4.add (v128.load (local.get $a)) (v128.load (local.get $b))) (v128.load (local.get $c))))
          (v128.store (local.get $out) (local.get $x))
          (local.set $most (f32x4.pmax (local.get $most) (local.get $x)))
          (local.set $a (i32.add (local.get $a) (i32.const 16)))
          (local.set $b (i32.add (local.get $b) (i32.const 16)))
          (local.set $c (i32.add (local.get $c) (i32.const 16)))
          (br_if $four (i32.lt_u (local.tee $out (i32.add (local.get $out) (i32.const 16))) (local.get $block_end))))
        (local.set $most (f32x4.pmax (local.get $most)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $most) (local.get $most))))
        (f32.store (local.get $maxima)
          (f32.max (f32x4.extract_lane 0 (local.get $most)) (f32x4.extract_lane 1 (local.get $most))))
        (local.set $maxima (i32.add (local.get $maxima) (i32.const 4)))
        (br $block))))

  ;; out[j] += sum_r weights[r] * table[indices[r], j]; columns a multiple of 4.
  (func (export "sumRows")
    (param $table i32) (param $columns i32) (param $indices i32) (param $weights i32) (param $count i32) (param $out i32)
    (local $row_bytes i32) (local $end i32) (local $at i32) (local $to i32) (local $to_end i32) (local $x v128)
    (local.set $row_bytes (i32.shl (local.get $columns) (i32.const 2)))
    (local.set $end (i32.add (local.get $indices) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $to_end (i32.add (local.get $out) (local.get $row_bytes)))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $indices) (local.get $end)))
        (local.set $x (v128.load32_splat (local.get $weights)))
        (local.set $at (i32.add (local.get $table) (i32.mul (i32.load (local.get $indices)) (local.get $row_bytes))))
        (local.set $to (local.get $out))
        (loop $four
          (v128.store (local.get $to) (f32x4.add (v128.load (local.get $to))
            (f32x4.mul (local.get $x) (v128.load (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $four (i32.lt_u (local.tee $to (i32.add (local.get $to) (i32.const 16))) (local.get $to_end))))
        (local.set $indices (i32.add (local.get $indices) (i32.const 4)))
        (local.set $weights (i32.add (local.get $weights) (i32.const 4)))
        (br $row))))

  ;; table[indices[r], j] += weights[r] * vector[j] for every r; columns a multiple of 4.
  (func (export "addToRows")
    (param $table i32) (param $columns i32) (param $indices i32) (param $weights i32) (param $count i32) (param $vector i32)
    (local $row_bytes i32) (local $end i32) (local $at i32) (local $from i32) (local $from_end i32) (local $x v128)
    (local.set $row_bytes (i32.shl (local.get $columns) (i32.const 2)))
    (local.set $end (i32.add (local.get $indices) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $from_end (i32.add (local.get $vector) (local.get $row_bytes)))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $indices) (local.get $end)))
        (local.set $x (v128.load32_splat (local.get $weights)))
        (local.set $at (i32.add (local.get $table) (i32.mul (i32.load (local.get $indices)) (local.get $row_bytes))))
        (local.set $from (local.get $vector))
        (loop $four
          (v128.store (local.get $at) (f32x4.add (v128.load (local.get $at))
            (f32x4.mul (local.get $x) (v128.load (local.get $from)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $four (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 16))) (local.get $from_end))))
        (local.set $indices (i32.add (local.get $indices) (i32.const 4)))
        (local.set $weights (i32.add (local.get $weights) (i32.const 4)))
        (br $row))))
)
