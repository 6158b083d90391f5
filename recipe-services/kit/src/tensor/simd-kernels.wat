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
  ;; e^x = 2^n 2^f with n whole and |f| at most 1/2; 2^f by the first seven terms of its series, which is right to 2e-7.
  (func (export "sumExponentials") (param $values i32) (param $count i32) (param $scale f32) (param $top f32) (result f64)
    (local $end i32) (local $factor v128) (local $shift v128) (local $x v128) (local $n v128) (local $sum v128)
    (local.set $end (i32.add (local.get $values) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $factor (f32x4.splat (f32.mul (local.get $scale) (f32.const 1.44269504))))
    (local.set $shift (f32x4.splat (local.get $top)))
    (local.set $sum (v128.const f64x2 0 0))
    (block $done
      (loop $four
        (br_if $done (i32.ge_u (local.get $values) (local.get $end)))
        (local.set $x (f32x4.max (v128.const f32x4 -126 -126 -126 -126) (f32x4.mul (local.get $factor)
          (f32x4.sub (v128.load (local.get $values)) (local.get $shift)))))
        (local.set $n (f32x4.nearest (local.get $x)))
        (local.set $x (f32x4.sub (local.get $x) (local.get $n)))
        (local.set $x
          (f32x4.add (v128.const f32x4 1 1 1 1) (f32x4.mul (local.get $x)
          (f32x4.add (v128.const f32x4 0.693147181 0.693147181 0.693147181 0.693147181) (f32x4.mul (local.get $x)
          (f32x4.add (v128.const f32x4 0.240226507 0.240226507 0.240226507 0.240226507) (f32x4.mul (local.get $x)
          (f32x4.add (v128.const f32x4 0.0555041087 0.0555041087 0.0555041087 0.0555041087) (f32x4.mul (local.get $x)
          (f32x4.add (v128.const f32x4 0.00961812911 0.00961812911 0.00961812911 0.00961812911) (f32x4.mul (local.get $x)
          (f32x4.add (v128.const f32x4 0.00133335581 0.00133335581 0.00133335581 0.00133335581) (f32x4.mul (local.get $x)
          (v128.const f32x4 0.000154035304 0.000154035304 0.000154035304 0.000154035304))))))))))))))
        (local.set $x (f32x4.mul (local.get $x) (i32x4.shl
          (i32x4.add (i32x4.trunc_sat_f32x4_s (local.get $n)) (v128.const i32x4 127 127 127 127)) (i32.const 23))))
        (local.set $sum (f64x2.add (local.get $sum) (f64x2.add (f64x2.promote_low_f32x4 (local.get $x))
          (f64x2.promote_low_f32x4
            (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $x) (local.get $x))))))
        (local.set $values (i32.add (local.get $values) (i32.const 16)))
        (br $four)))
    (f64.add (f64x2.extract_lane 0 (local.get $sum)) (f64x2.extract_lane 1 (local.get $sum))))

  ;; out[r] = factor * scales[r] * sum_c matrix[r, c] * vector[c]; the matrix is signed bytes, the vector signed 16-bit integers.
  ;; columns a multiple of 16; columns * 127 * the largest of the vector must stay below 2^31.
  (func (export "dotScanBytes")
    (param $vector i32) (param $matrix i32) (param $scales i32) (param $factor f32) (param $rows i32) (param $columns i32) (param $out i32)
    (local $end i32) (local $v i32) (local $v_end i32) (local $s0 v128) (local $s1 v128)
    (local.set $end (i32.add (local.get $out) (i32.shl (local.get $rows) (i32.const 2))))
    (local.set $v_end (i32.add (local.get $vector) (i32.shl (local.get $columns) (i32.const 1))))
    (block $done
      (loop $row
        (br_if $done (i32.ge_u (local.get $out) (local.get $end)))
        (local.set $s0 (v128.const i32x4 0 0 0 0))
        (local.set $s1 (v128.const i32x4 0 0 0 0))
        (local.set $v (local.get $vector))
        (loop $sixteen
          (local.set $s0 (i32x4.add (local.get $s0)
            (i32x4.dot_i16x8_s (v128.load8x8_s (local.get $matrix)) (v128.load (local.get $v)))))
          (local.set $s1 (i32x4.add (local.get $s1)
            (i32x4.dot_i16x8_s (v128.load8x8_s offset=8 (local.get $matrix)) (v128.load offset=16 (local.get $v)))))
          (local.set $matrix (i32.add (local.get $matrix) (i32.const 16)))
          (br_if $sixteen (i32.lt_u (local.tee $v (i32.add (local.get $v) (i32.const 32))) (local.get $v_end))))
        (local.set $s0 (i32x4.add (local.get $s0) (local.get $s1)))
        (local.set $s0 (i32x4.add (local.get $s0)
          (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $s0) (local.get $s0))))
        (f32.store (local.get $out)
          (f32.mul (f32.mul (local.get $factor) (f32.load (local.get $scales)))
            (f32.convert_i32_s
              (i32.add (i32x4.extract_lane 0 (local.get $s0)) (i32x4.extract_lane 1 (local.get $s0))))))
        (local.set $scales (i32.add (local.get $scales) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $row))))

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
