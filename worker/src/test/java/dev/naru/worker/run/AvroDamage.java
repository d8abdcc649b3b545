package dev.naru.worker.run;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Map;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;

/** Damages staged files in a way that still parses. */
final class AvroDamage {

  private AvroDamage() {}

  static void dropLastRowOfOneFile(Map<String, byte[]> objects) {
    var uri =
        objects.keySet().stream().filter(name -> name.endsWith(".avro")).findFirst().orElseThrow();
    var rows = new ArrayList<GenericRecord>();
    var out = new ByteArrayOutputStream();
    try (var reader =
            new DataFileReader<GenericRecord>(
                new SeekableByteArrayInput(objects.get(uri)), new GenericDatumReader<>());
        var writer =
            new DataFileWriter<GenericRecord>(new GenericDatumWriter<>())
                .create(reader.getSchema(), out)) {
      reader.forEach(rows::add);
      for (var row : rows.subList(0, rows.size() - 1)) {
        writer.append(row);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    objects.put(uri, out.toByteArray());
  }
}
