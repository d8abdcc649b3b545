package dev.naru.bigquery;

import dev.naru.runfile.RunFile.Destination;
import dev.naru.runfile.RunFile.Partitioning;
import java.util.List;
import java.util.Optional;

/** How a new target is stored; an existing one keeps what it has. */
public record Layout(Optional<Partitioning> partitioning, List<String> clusterBy) {

  public Layout {
    clusterBy = List.copyOf(clusterBy);
  }

  /** As the resource declares it. */
  public static Layout of(Destination destination) {
    return new Layout(destination.partitionBy(), destination.clusterBy());
  }
}
