package dev.naru.worker.source.postgresql;

import dev.naru.worker.avro.RowWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/**
 * Turns {@code numeric} in binary form into an Avro decimal. The form: number of digits, weight of
 * the first, sign, display scale (16 bits each), then digits to the base 10,000.
 */
final class NumericDecoder {

  private static final int HEAD = 8;
  private static final int POSITIVE = 0x0000;
  private static final int NEGATIVE = 0x4000;

  /** So many digits to the base 10,000 fit into a long whatever they are. */
  private static final int LONG_DIGITS = 4;

  private static final long[] POWERS = powers();

  private NumericDecoder() {}

  /** What became of a value. */
  enum Outcome {
    WRITTEN,
    /** Digits after the last one that the column has were rounded away. */
    ROUNDED,
    /** NaN or infinity: nothing was written. */
    NOT_A_NUMBER,
    /** Outside of what the column can hold: nothing was written. */
    TOO_LARGE
  }

  /** Writes branch and value when there is one to write, nothing otherwise. */
  static Outcome decode(byte[] bytes, int at, int precision, int scale, RowWriter rows) {
    var digits = Wires.int16(bytes, at);
    var weight = Wires.int16(bytes, at + 2);
    var sign = Wires.int16(bytes, at + 4) & 0xFFFF;
    if (sign != POSITIVE && sign != NEGATIVE) {
      return Outcome.NOT_A_NUMBER;
    }
    // exponent of the last digit, to the base 10
    var exponent = 4 * (weight - digits + 1);
    var shift = exponent + scale;
    if (digits <= LONG_DIGITS && shift < POWERS.length && precision <= 18 && shift > -4) {
      var unscaled = small(bytes, at + HEAD, digits, shift);
      if (unscaled >= 0 && unscaled < POWERS[precision]) {
        rows.present();
        rows.writeDecimal(sign == NEGATIVE ? -unscaled : unscaled);
        return Outcome.WRITTEN;
      }
    }
    return large(bytes, at + HEAD, digits, exponent, sign == NEGATIVE, precision, scale, rows);
  }

  /** Unscaled value, or −1 when it needs more than a long or would be rounded. */
  private static long small(byte[] bytes, int at, int digits, int shift) {
    var value = 0L;
    for (var i = 0; i < digits; i++) {
      value = value * 10_000 + Wires.int16(bytes, at + 2 * i);
    }
    if (shift < 0) {
      var divisor = POWERS[-shift];
      return value % divisor == 0 ? value / divisor : -1;
    }
    var factor = POWERS[shift];
    return Math.multiplyHigh(value, factor) == 0 && value * factor >= 0 ? value * factor : -1;
  }

  private static Outcome large(
      byte[] bytes,
      int at,
      int digits,
      int exponent,
      boolean negative,
      int precision,
      int scale,
      RowWriter rows) {
    var text = new StringBuilder(digits * 4 + 1).append('0');
    for (var i = 0; i < digits; i++) {
      var digit = Integer.toString(10_000 + Wires.int16(bytes, at + 2 * i));
      text.append(digit, 1, 5);
    }
    var exact = new BigDecimal(new BigInteger(text.toString()), -exponent);
    var scaled = exact.setScale(scale, RoundingMode.HALF_UP);
    if (scaled.precision() > precision) {
      return Outcome.TOO_LARGE;
    }
    var unscaled = negative ? scaled.unscaledValue().negate() : scaled.unscaledValue();
    var encoded = unscaled.toByteArray();
    rows.present();
    rows.writeBytes(encoded, 0, encoded.length);
    return scaled.compareTo(exact) == 0 ? Outcome.WRITTEN : Outcome.ROUNDED;
  }

  private static long[] powers() {
    var powers = new long[19];
    powers[0] = 1;
    for (var i = 1; i < powers.length; i++) {
      powers[i] = powers[i - 1] * 10;
    }
    return powers;
  }
}
