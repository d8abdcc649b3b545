package dev.naru.worker.source.postgresql;

/** What happens to values that BigQuery cannot hold. Each one is counted per column. */
enum Change {
  INFINITY("infinity became NULL"),
  OUT_OF_RANGE("a date outside of the years 1 to 9999 became NULL"),
  END_OF_DAY("24:00:00 became NULL"),
  NOT_A_NUMBER("NaN or infinity became NULL"),
  TOO_LARGE("a number beyond BIGNUMERIC became NULL"),
  ROUNDED("a number was rounded to the decimals of its column"),
  NULL_ELEMENT("a NULL element of an array was left out"),
  NULL_ARRAY("a NULL array became an empty one"),
  FLATTENED("an array of several dimensions became one list");

  private final String text;

  Change(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
