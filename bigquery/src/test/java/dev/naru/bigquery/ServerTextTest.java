package dev.naru.bigquery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ServerTextTest {

  /** What PostgreSQL, MariaDB and BigQuery really say, with a telephone number as the value. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      textBlock =
          """
          invalid input syntax for type integer: "010-1234"|invalid input syntax for type integer: …
          value "010-1234" is out of range for type integer|value … is out of range for type integer
          invalid input syntax for type json: "{"phone": "010-1234"}"|invalid input syntax for type json: …
          duplicate key value violates unique constraint "phones_key"|duplicate key value violates unique constraint "phones_key"
          date/time field value out of range: "010-1234"|date/time field value out of range: …
          Incorrect DATE value: '010-1234' for column `rental`.`members`.`joined` at row 1|Incorrect DATE value: … for column `rental`.`members`.`joined` at row 1
          Truncated incorrect INTEGER value: 'it's 010-1234'|Truncated incorrect INTEGER value: …
          Duplicate entry '010-1234' for key 'phone'|Duplicate entry …
          Bad int64 value: 010-1234|Bad int64 value: …
          Could not parse '010-1234' as DATE for field joined (position 3)|Could not parse … as DATE for field joined (position 3)
          Invalid NUMERIC value: 010-1234 for field fee; line 3|Invalid NUMERIC value: … for field fee; line 3
          Error while reading data, error message: field 'fee': Bad double value: 010-1234|Error while reading data, error message: field 'fee': Bad double value: …
          Unknown column 'phone' in 'where clause'|Unknown column 'phone' in 'where clause'
          the server's answer was cut: "010-12|the server's answer was cut: …
          """)
  void valuesAreWithheldAndNamesStay(String said, String told) {
    assertThat(ServerText.withoutValues(said)).isEqualTo(told).doesNotContain("010-12");
  }

  @Test
  void aTextWithoutValuesStaysAsItIs() {
    var text = "Couldn't read from the server's socket: 0x21 (timeout)";
    assertThat(ServerText.withoutValues(text)).isEqualTo(text);
  }
}
