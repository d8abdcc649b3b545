package dev.naru.operator.kube;

import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes quantities the way the API server stores them ({@code 1000m} is {@code 1}, {@code 1024Mi}
 * is {@code 1Gi}), so that what is desired and what is read back are equal texts. Follows {@code
 * apimachinery/pkg/api/resource}: no fraction, the largest suffix, binary only from 1024 on.
 */
public final class Quantities {

  private static final List<String> BINARY = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei");
  private static final List<String> DECIMAL =
      List.of("n", "u", "m", "", "k", "M", "G", "T", "P", "E");
  private static final BigInteger KIBI = BigInteger.valueOf(1024);
  private static final BigInteger KILO = BigInteger.valueOf(1000);

  private Quantities() {}

  /** Canonical copies of all values. */
  public static Map<String, Quantity> canonical(Map<String, Quantity> quantities) {
    var result = new TreeMap<String, Quantity>();
    quantities.forEach((name, quantity) -> result.put(name, canonical(quantity)));
    return result;
  }

  /** The canonical form of one quantity. */
  public static Quantity canonical(Quantity quantity) {
    var amount = quantity.getNumericalAmount();
    if (quantity.getFormat().endsWith("i") && amount.abs().compareTo(new BigDecimal(KIBI)) >= 0) {
      return Quantity.parse(
          largest(amount.setScale(0, RoundingMode.CEILING).toBigInteger(), KIBI, BINARY));
    }
    // nano is the finest the API server keeps; smaller parts are rounded up
    return Quantity.parse(
        largest(
            amount.movePointRight(9).setScale(0, RoundingMode.CEILING).toBigInteger(),
            KILO,
            DECIMAL));
  }

  private static String largest(BigInteger value, BigInteger base, List<String> suffixes) {
    if (value.signum() == 0) {
      return "0";
    }
    var rest = value;
    var step = 0;
    while (step + 1 < suffixes.size() && rest.mod(base).signum() == 0) {
      rest = rest.divide(base);
      step++;
    }
    return rest + suffixes.get(step);
  }
}
